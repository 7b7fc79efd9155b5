"""Where a message stands in a conversation, and who its header says takes part.

Read in the main process on every message, so it looks only at a bounded slice of the header, at the fields it needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .header import addresses

MAX_HEADER_BYTES = 64 * 1024

_MESSAGE_ID = re.compile(rb"<[^<>\s]{1,998}>")
_NAMES = ("message-id", "references", "in-reply-to", "from", "to", "cc")
_INITIALS = frozenset(name[0] for name in _NAMES) | frozenset(name[0].upper() for name in _NAMES)
_WANTED = {name.encode(): name for name in _NAMES}
_LONGEST = max(map(len, _NAMES)) + 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A message's place in its thread (RFC 5322, 3.6.4).

    `root` is the Message-ID of the message that began the thread, as spelled: the first of References, else the first
    of In-Reply-To, else the message's own; None where it has none.
    """

    root: bytes | None
    is_reply: bool
    mailboxes: tuple[bytes, ...]  # values of From, To and Cc as they stand there

    @property
    def people(self) -> tuple[str, ...]:
        """The addresses of From, To and Cc, as spelled."""
        return tuple(mailbox.address for value in self.mailboxes for mailbox in addresses(value))


def thread_of(octets: bytes) -> Thread:
    """The thread of a message by its header; where a field stands twice, by the first."""
    ids: dict[str, bytes] = {}
    mailboxes: list[bytes] = []
    for name, value in _wanted_fields(octets):
        if name in ("from", "to", "cc"):
            mailboxes.append(value)
        else:
            ids.setdefault(name, value)
    earlier = _first_id(ids.get("references")) or _first_id(ids.get("in-reply-to"))
    return Thread(
        root=earlier or _first_id(ids.get("message-id")),
        is_reply="references" in ids or "in-reply-to" in ids,
        mailboxes=tuple(mailboxes),
    )


def _wanted_fields(octets: bytes) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    name: str | None = None
    lines: list[bytes] = []
    for line in octets[:MAX_HEADER_BYTES].split(b"\n\r\n", 1)[0].split(b"\n"):
        if not line:
            break  # the empty line of a message with bare LF
        if line[0] in b" \t":
            if name is not None:
                lines.append(line)
            continue
        if name is not None:
            found.append((name, b"\n".join(lines)))
            name = None
        if line[:1].decode("latin-1") in _INITIALS:
            head, colon, value = line.partition(b":")
            name = _WANTED.get(head[:_LONGEST].rstrip().lower()) if colon else None
            lines = [value]
    if name is not None:
        found.append((name, b"\n".join(lines)))
    return found


def _first_id(value: bytes | None) -> bytes | None:
    found = _MESSAGE_ID.search(value) if value is not None else None
    return found[0] if found else None
