"""Committed documents with canaries, and the changes that tests make to them."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Mapping
from pathlib import Path

import olefile

_FOLDER = Path(__file__).parents[2] / "documents"
_NARROW = re.compile(rb"Zebra[A-Z][A-Za-z]*?End")
_WIDE = re.compile("Zebra".encode("utf-16-le") + rb"(?:[A-Za-z]\0)+?" + "End".encode("utf-16-le"))

Planted = Mapping[tuple[str, bool], str]
"""Names of canaries, parted by blanks, by place and whether they are hidden."""


@functools.cache
def planted_file(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


def each(planted: Planted) -> list[tuple[str, str, bool]]:
    """Canary, place and hidden of each, as parameters of a test."""
    return [(f"Zebra{name}End", place, hidden) for (place, hidden), names in planted.items() for name in names.split()]


def written(octets: bytes) -> set[str]:
    """The canaries that stand in one piece in the octets of a file, in the streams of a compound one."""
    pieces = [octets]
    if octets.startswith(olefile.MAGIC):
        with olefile.OleFileIO(io.BytesIO(octets)) as file:
            pieces = [file.openstream(path).read() for path in file.listdir()]
    found = {match.decode() for piece in pieces for match in _NARROW.findall(piece)}
    return found | {match.decode("utf-16-le") for piece in pieces for match in _WIDE.findall(piece)}
