"""How much ordinary mail would be held: `python bench/false_gaps.py [-v] PATH...`, with folders of mails or mbox files.

For each path: messages, and how many have a gap after our splitter alone, with the second opinions of other parsers,
and after all reading of files; then the gaps of the last by reason and detail (-v: with one file of each). Files with
LF line ends are read as SMTP would deliver them, with CRLF. What is no mail in a folder is passed over.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlp_gateway.extract import extract_text
from dlp_gateway.model import Gap
from dlp_gateway.parse import parse_message, split_message, views

_MAIL = re.compile(rb"(?:>?From [^\n]*\n)?[!-9;-~]{1,60}:[ \t\r\n]")
_MAILBOX_LINE = re.compile(rb"^From [^\n]*\d{4}\r?\n", re.MULTILINE)
_MAILBOXES = (".mbox", ".mbx")


@dataclass(slots=True)
class Count:
    """Messages with a gap of one corpus."""

    messages: int = 0
    alone: int = 0
    with_others: int = 0
    read: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)  # one file for each reason, to look at


def mails(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, octets) of each message below a path."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    for file in files:
        octets = file.read_bytes()
        if not _MAIL.match(octets):
            continue
        if file.suffix in _MAILBOXES:
            starts = [match.start() for match in _MAILBOX_LINE.finditer(octets)]
            for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(octets)], strict=True), 1):
                yield f"{file}#{number}", delivered(octets[start:end])
        else:
            yield str(file), delivered(octets)


def delivered(octets: bytes) -> bytes:
    """The message with the line ends of SMTP."""
    return octets if b"\r\n" in octets else octets.replace(b"\n", b"\r\n")


def count(path: Path) -> Count:
    """Counts of all messages below a path."""
    total = Count()
    for name, octets in mails(path):
        parsed = parse_message(octets)
        extraction = extract_text(parsed, parse_message, views)
        gaps = dict.fromkeys((*parsed.gaps, *extraction.gaps))
        total.messages += 1
        total.alone += bool(split_message(octets).gaps)
        total.with_others += bool(parsed.gaps)
        total.read += bool(gaps)
        for words in sorted({words_of(gap) for gap in gaps}):
            total.reasons[words] += 1
            total.names.setdefault(words, name)
    return total


def words_of(gap: Gap) -> str:
    return f"{gap.reason.value} ({gap.scope.value}): {gap.detail}"


def main(paths: list[str]) -> None:
    verbose = "-v" in paths
    for path in [Path(name) for name in paths if name != "-v"]:
        total = count(path)
        print(f"{path}: {total.messages} messages")
        for words, number in (
            ("splitter alone", total.alone),
            ("with second opinions", total.with_others),
            ("all files read", total.read),
        ):
            print(f"  {number:5} ({number / max(total.messages, 1):6.2%}) {words}")
        for words, number in total.reasons.most_common():
            print(f"    {number:5} {words}" + (f"  {total.names[words]}" if verbose else ""))


if __name__ == "__main__":
    main(sys.argv[1:])
