"""The octets of a message as they come: checked, taken out in blocks where they are many, their end found. Pure.

A message is looked at in blocks, never in lines: that is four times as fast at 100 kB.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..config import Limits
from ..errors import MessageRefusedError

_DISGUISED_END = re.compile(rb"(?:\A|\n)(?:\0+\.\0*|\.\0+)(?:\r\n|\Z)")
_RECEIVED = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLimits:
    """What a message may be at most; `line_octets` counts a line without its end."""

    message_bytes: int
    line_octets: int
    header_bytes: int
    hops: int

    @classmethod
    def of(cls, limits: Limits) -> MessageLimits:
        return cls(
            message_bytes=limits.message_bytes,
            line_octets=limits.line_octets,
            header_bytes=limits.header_bytes,
            hops=limits.hops,
        )


class MessageOctets:
    """A message that comes in pieces. A small one is kept and answered by `octets`. Of a large one whoever adds takes
    out `cut` after `cut`, each checked by then, and in the end `last`. Beyond the limit, after a fault that was found
    on the way, or after `discard`, nothing is kept.
    """

    __slots__ = ("_begun", "_cut_bytes", "_limits", "_most", "_refusal", "_wire")

    def __init__(self, limits: MessageLimits) -> None:
        self._limits = limits
        self._most = limits.message_bytes + 2
        self._wire = bytearray(b"\r\n")  # the line end before the first line: an empty message begins with the dot
        self._begun = False  # something was taken out
        self._cut_bytes = 0  # of the message, so far
        self._refusal: MessageRefusedError | None = None

    @property
    def held_bytes(self) -> int:
        """Octets in memory now."""
        return len(self._wire)

    def discard(self) -> None:
        """Keep nothing more of this message; `octets` and `last` will refuse it as too large."""
        self.refuse(_too_large())

    def refuse(self, refusal: MessageRefusedError) -> None:
        """Keep nothing more; `octets` and `last` will raise the first of such refusals."""
        self._refusal = self._refusal or refusal
        self._wire.clear()

    def add(self, octets: bytes) -> None:
        """Take what comes next."""
        if self._refusal is None:
            self._wire += octets
            if len(self._wire) > self._most:
                self.discard()

    def cut(self) -> bytes:
        """Take out what has come before its last line end; b"" where that is not possible yet, or nothing is kept any
        more. The first one begins with the whole header. All that was cut, and `last`, are the message."""
        end = self._wire.rfind(b"\r\n")
        if self._refusal is not None:
            return b""
        if end <= (0 if self._begun else 2):  # still one line, or nothing but an empty header before it
            if len(self._wire) - end - 2 > self._limits.line_octets:
                self.refuse(_line_too_long())
            return b""
        if not self._begun and self._wire.find(b"\r\n\r\n") < 0 and end <= self._limits.header_bytes:
            return b""
        octets = bytes(memoryview(self._wire)[:end])
        del self._wire[:end]  # the line end stays: what follows it tells whether a dot is one too many
        try:
            return self._checked(octets)
        except MessageRefusedError as refusal:
            self.refuse(refusal)
            return b""

    def last(self) -> bytes:
        """What was not cut, after the end has come. Raises MessageRefusedError as `octets` does."""
        if self._refusal is not None:
            raise self._refusal
        octets, self._wire = bytes(self._wire), bytearray()
        return self._checked(octets)

    def octets(self) -> bytes:
        """The message after its end has come, where nothing was cut: CRLF line ends, no dot-stuffing. Frees our copy.

        Raises MessageRefusedError: too large, a bare CR or LF, too many hops, header or line too long.
        """
        wire, self._wire = self._wire, bytearray()
        if self._refusal is not None:
            raise self._refusal
        assert not self._begun, "a part was taken out"
        plain = self._plain(wire)
        octets = bytes(memoryview(plain)[2:])
        del wire, plain
        check_message(octets, self._limits)
        return octets

    def _plain(self, wire: bytes | bytearray) -> bytes | bytearray:
        """The message as its author wrote it, of what came; every line begins behind a line end."""
        return wire

    def _checked(self, wire: bytes) -> bytes:
        """A block, which begins with the line end before its first line."""
        octets = bytes(self._plain(wire))
        if not self._begun:
            self._begun = True
            octets = octets[2:]  # there is no line before the first
            _check_header(octets if octets.find(b"\r\n\r\n") >= 0 else octets + b"\r\n", self._limits)
        self._cut_bytes += len(octets)
        if self._cut_bytes > self._limits.message_bytes:
            raise _too_large()
        _check_line_ends(octets)
        if has_long_line(octets, self._limits.line_octets):
            raise _line_too_long()
        return octets


class MessageReader(MessageOctets):
    """Takes what comes after 354, in any pieces, until CR LF . CR LF and nothing else. Memory stays bounded however
    much comes: of what is not kept, only the last octets are, to find the end.
    """

    __slots__ = ("ended",)

    def __init__(self, limits: MessageLimits) -> None:
        super().__init__(limits)
        # Dot-stuffing makes a line of one dot (3 octets) one octet longer: never more than a third in all.
        self._most = limits.message_bytes + limits.message_bytes // 3 + 8
        self.ended = False  # the final dot has come

    def refuse(self, refusal: MessageRefusedError) -> None:
        self._refusal = self._refusal or refusal
        del self._wire[:-4]

    def feed(self, block: bytes | bytearray) -> bytes | None:
        """Take a block. Answers None while the end has not come, else what came after it (often b"")."""
        wire = self._wire
        start = max(len(wire) - 4, 0)
        wire += block
        end = wire.find(b"\r\n.\r\n", start)
        if end < 0:
            if self._refusal is not None:
                del wire[:-4]
            elif len(wire) > self._most:
                self.discard()
            return None
        self.ended = True
        rest = bytes(wire[end + 5 :])
        del wire[end + 2 :]
        return rest

    def cut(self) -> bytes:
        return b"" if self.ended else super().cut()

    def last(self) -> bytes:
        assert self.ended
        return super().last()

    def octets(self) -> bytes:
        assert self.ended
        return super().octets()

    def _plain(self, wire: bytes | bytearray) -> bytes | bytearray:
        # RFC 5321, 4.5.2: whatever follows the dot.
        return wire.replace(b"\r\n.", b"\r\n") if wire.find(b"\r\n.") >= 0 else wire


def check_message(octets: bytes, limits: MessageLimits) -> None:
    """Raises MessageRefusedError for what must not be inspected or relayed as it is."""
    if len(octets) > limits.message_bytes:
        raise _too_large()
    _check_line_ends(octets)
    _check_header(octets, limits)
    if has_long_line(octets, limits.line_octets):
        raise _line_too_long()


def _check_header(octets: bytes, limits: MessageLimits) -> None:
    header_end = header_length(octets)
    if header_end > limits.header_bytes:
        raise MessageRefusedError("header larger than the limit", code=552, enhanced_code="5.3.4")
    if count_hops(octets[:header_end]) > limits.hops:
        raise MessageRefusedError("too many hops", enhanced_code="5.4.6")


def _check_line_ends(octets: bytes) -> None:
    if has_bare_cr_or_lf(octets):
        # A next hop that takes LF alone as a line end would see another message than we do.
        raise MessageRefusedError("bare CR or LF", enhanced_code="5.6.11")
    if has_disguised_end(octets):
        raise MessageRefusedError("a line of a dot and NUL", enhanced_code="5.6.11")


def _too_large() -> MessageRefusedError:
    return MessageRefusedError("larger than the limit", code=552, enhanced_code="5.3.4")


def _line_too_long() -> MessageRefusedError:
    return MessageRefusedError("line longer than the limit", enhanced_code="5.6.0")


def has_bare_cr_or_lf(octets: bytes) -> bool:
    """Whether a CR or LF stands outside a CR LF pair (RFC 5321, 2.3.8)."""
    pairs = octets.count(b"\r\n")
    return octets.count(b"\n") != pairs or octets.count(b"\r") != pairs


def has_disguised_end(octets: bytes) -> bool:
    """Whether a line holds nothing but a dot and NUL: a next hop that drops NUL would end the message there."""
    return b"\0" in octets and _DISGUISED_END.search(octets) is not None


def header_length(octets: bytes) -> int:
    """Length of the header block with its last line end; the whole message where no empty line is."""
    if octets.startswith(b"\r\n"):
        return 0
    end = octets.find(b"\r\n\r\n")
    return len(octets) if end < 0 else end + 2


def count_hops(header: bytes) -> int:
    """Received fields in a header block (RFC 5321, 6.3)."""
    return len(_RECEIVED.findall(header))


def has_long_line(octets: bytes, most: int) -> bool:
    """Whether a line has more than `most` octets, its end not counted. Jumps from line end to line end
    at most that far apart, so that its cost is the number of such jumps, not of lines."""
    place, length = 0, len(octets)
    while length - place > most:
        end = octets.rfind(b"\r\n", place, place + most + 2)
        if end < 0:
            return True
        place = end + 2
    return False
