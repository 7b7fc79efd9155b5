"""Text: one passage per part, whose code points are those of the decoded body with LF line ends.

What a mail program does to the text before it shows it (joining flowed lines) is done here
without moving any code point, so that a finding's offsets hold for the body as it was sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..source import Item, Source, Tools

OTHER_READING = "other reading"
_UNSEEN = "\u200b"


def read_text(source: Source, tools: Tools) -> Iterator[Item]:
    """Text of any charset; further readings where the charset is doubtful."""
    readings = tools.readings(source.octets, source.charset)
    for number, reading in enumerate(readings):
        text = unix_lines(reading)
        if _param(source, "format") == "flowed":
            text = join_flowed(text, delete_space=_param(source, "delsp") == "yes")
        yield source.passage(text, OTHER_READING if number else "")


def unix_lines(text: str) -> str:
    """The text with LF line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def join_flowed(text: str, *, delete_space: bool) -> str:
    """Flowed lines joined (RFC 3676, 4.1 to 4.5), of the same length: a soft line end becomes a blank; quote marks and
    stuffing after it, and the blank itself where it is to go (DelSp), become characters that no reader sees."""
    if " \n" not in text:
        return text
    pieces: list[str] = []
    previous = ""
    for line in text.split("\n"):
        marks = _quote_marks(line)
        flows = (
            previous.endswith(" ")
            and not _is_signature(previous)
            and not _is_signature(line)
            and _quote_marks(previous) == marks
        )
        if flows:
            if delete_space:
                pieces[-1] = pieces[-1][:-1] + _UNSEEN
            stuffed = line[marks : marks + 1] == " "
            end = _UNSEEN if delete_space or marks or stuffed else " "
            pieces.append(end + _UNSEEN * (marks + stuffed) + line[marks + stuffed :])
        else:
            pieces.append(f"\n{line}")
        previous = line
    return "".join(pieces)[1:]


def _is_signature(line: str) -> bool:
    """Whether it is the line before a signature, which is neither flowed nor fixed (RFC 3676, 4.3)."""
    line = line.lstrip(">")
    return line.removeprefix(" ") == "-- "


def _quote_marks(line: str) -> int:
    return len(line) - len(line.lstrip(">"))


def _param(source: Source, name: str) -> str:
    return next((value.lower() for key, value in source.params if key == name), "")
