"""What an incremental update of a PDF has superseded and left in the file (ISO 32000-2, 7.5.6).

Each update is appended: the file up to an earlier end is the document as it was. What stands in no version at all is
carved out of the octets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf

_END = re.compile(rb"startxref\s+(\d{1,20})\s+%%EOF[\r\n]{0,2}")
_OBJECT = re.compile(rb"obj(?=[\s<\[(/\d-])")
_NUMBERS = re.compile(rb"(?<!\d)\d{1,10}\s{1,3}\d{1,5}\s{1,3}\Z")
_NUMBERS_BYTES = 22
_LINEARISED = re.compile(rb"/Linearized\b")
_HEAD_BYTES = 1_024
MOST_VERSIONS = 6
_LONGEST_OBJECT = 4 * 2**20


def earlier_ends(octets: bytes, extents: list[tuple[int, int]]) -> list[int]:
    """Where earlier versions of the document end, the newest first; not where another PDF within `extents` does."""
    found = [end for end in _END.finditer(octets) if not any(first < end.start() < last for first, last in extents)]
    if found and _LINEARISED.search(octets, 0, _HEAD_BYTES):
        found = found[1:]  # the first part of a file that is made to be shown while it comes
    return [end.end() for end in reversed(found[:-1])]


def offsets(document: pikepdf.Pdf) -> set[int]:
    """Where the objects of a document begin in the file; not those that can't be read, so that they are carved out."""
    return {
        entry.offset or 0
        for number, entry in document.get_xref_table().items()
        if entry.type == 1 and document.get_object(number) is not None
    }


def extents_of(octets: bytes, document: pikepdf.Pdf, files: Iterable[pikepdf.Stream]) -> list[tuple[int, int]]:
    """Where streams that are files stand, start and end, sorted."""
    table = document.get_xref_table()
    found = []
    for stream in files:
        entry = table.get(stream.objgen)
        length: Any = stream.get("/Length")
        if entry is not None and entry.offset is not None and isinstance(length, int):
            end = octets.find(b"endstream", entry.offset + length)
            found.append((entry.offset, end if end > 0 else len(octets)))
    return sorted(found)


def _starts(octets: bytes) -> Iterator[int]:
    """Where "12 0 obj" stands: its last word is looked for first, which is fast."""
    for match in _OBJECT.finditer(octets):
        before = octets[max(0, match.start() - _NUMBERS_BYTES) : match.start()]
        if numbers := _NUMBERS.search(before):
            yield match.start() - len(before) + numbers.start()


def unlisted(octets: bytes, known: set[int], extents: list[tuple[int, int]]) -> Iterator[bytes]:
    """The octets of each object that no version lists, but for those within `extents`: another PDF may stand there."""
    within = iter(extents)
    extent = next(within, None)
    marks = list(_starts(octets))
    for index, start in enumerate(marks):
        while extent is not None and extent[1] <= start:
            extent = next(within, None)
        if start in known or (extent is not None and extent[0] < start):
            continue
        following = marks[index + 1] if index + 1 < len(marks) else len(octets)
        yield octets[start : min(following, start + _LONGEST_OBJECT)]
