"""Every error that is raised on purpose.

What mail can do to us is data (a Gap, a Disposition); what the world can do to us is a
TemporaryError; what an administrator wrote wrongly is a ConfigError; any other exception is a bug
of ours. One place, the edge in ``receive``, turns them into replies.
"""

from __future__ import annotations

from dataclasses import dataclass


class GatewayError(Exception):
    """Base of the errors below; never raised itself."""


class TemporaryError(GatewayError):
    """The world is in our way: the client keeps the message and tries again (451).

    The text is for the log only and must hold no personal data; the reply comes from
    ``receive/reply.py`` and says nothing but our id.
    """

    enhanced_code = "4.3.0"


class StoreUnavailableError(TemporaryError):
    """The store could not take a record. No record, no relay."""


class OverloadedError(TemporaryError):
    """All workers are busy and the waiting room is full, or the wait took too long."""

    enhanced_code = "4.3.2"


class NextHopError(TemporaryError):
    """The next hop could not be reached, closed, or answered outside the protocol, before it had
    taken the message."""

    enhanced_code = "4.4.1"


class TlsError(NextHopError):
    """The next hop's TLS was not what its route demands. `result` is the word of RFC 8460, 4.3 for it."""

    def __init__(self, text: str, result: str) -> None:
        super().__init__(text)
        self.result = result


class NextHopDeferredError(NextHopError):
    """The next hop said 4yz to the whole synchronous delivery: its reply becomes ours."""

    def __init__(self, reply_line: str) -> None:
        super().__init__("the next hop deferred the delivery")
        self.reply_line = reply_line  # "450 4.2.0 text", as the next hop said it


class InDoubtError(TemporaryError):
    """The next hop fell silent after the final dot: it may or may not have the message (RFC 1047)."""

    enhanced_code = "4.4.2"


class EncryptionUnavailableError(TemporaryError):
    """What encrypts is missing on this machine, or took too long: nothing is wrong with message and keys."""


class NotEncryptedError(GatewayError):
    """The message can't be encrypted or signed as asked: it is held, never sent in clear text.

    `why` is one of a few fixed texts and holds nothing of the message, the keys or a library's error.
    `certificate`: which of the recipient's certificates is at fault, from 0; None where none is.
    """

    def __init__(self, why: str, *, certificate: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.certificate = certificate


class RecipientNotEncryptedError(NotEncryptedError):
    """The message can't be encrypted to this recipient by this route. The text does not hold the address."""

    def __init__(self, why: str, *, route: str, recipient: str) -> None:
        super().__init__(why)
        self.route = route
        self.recipient = recipient


class MessageRefusedError(GatewayError):
    """The message can never be taken as it is (554): loop, bare CR or LF, too many hops."""

    def __init__(self, text: str, *, code: int = 554, enhanced_code: str = "5.6.0") -> None:
        super().__init__(text)
        self.code = code
        self.enhanced_code = enhanced_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file that an administrator wrote: where, what, and what would be right."""

    file: str
    line: int | None = None
    column: int | None = None
    text: str

    def __str__(self) -> str:
        where = ":".join(str(x) for x in (self.file, self.line, self.column) if x is not None)
        return f"{where}: {self.text}"


class ConfigError(GatewayError):
    """Configuration, rules or a command's input can't be used. Carries every fault found, not only
    the first."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(f) for f in faults))
        self.faults = faults
