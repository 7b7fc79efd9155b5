"""Mail folders in one file (RFC 4155): each message is read as one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..source import Inner, Item, Source, Tools

# A line that begins a message: "From ", a sender, a date; and a header field or a quoted one in the next line. In
# that no line of prose that begins with the word is taken for it.
_BEGIN = re.compile(rb"(?:\A|(?<=\n))>?From [^\r\n]*\r?\n(?=>?From |[!-9;-~]{1,76}:)")


def is_mbox(octets: bytes) -> bool:
    """Whether the octets begin as a mail folder does."""
    return octets.startswith(b"From ") and _BEGIN.match(octets) is not None


def read_mbox(source: Source, tools: Tools) -> Iterator[Item]:
    """The messages, numbered from 1."""
    del tools
    octets = source.octets
    number, start = 0, None
    for match in _BEGIN.finditer(octets):
        if match[0].startswith(b">"):
            continue  # quoted: a line within a message
        if start is not None:
            yield _message(octets[start : match.start()], number)
        number, start = number + 1, match.end()
    if start is not None:
        yield _message(octets[start:], number)


def _message(octets: bytes, number: int) -> Inner:
    return Inner(name=f"message {number}.eml", octets=octets)
