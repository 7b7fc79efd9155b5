"""Compound files taken apart by olefile, changed, and put together by the gateway's own writer."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from typing import Any

import olefile

from dlp_gateway.extract.office_97.compound_writer import Tree, write_compound

SUMMARY = "\5SummaryInformation"
_THUMBNAIL = 17  # [MS-OSHARED] 2.3.3.2.1.1: PIDSI_THUMBNAIL


def tree_of(octets: bytes) -> dict[str, Any]:
    """Streams (octets) and storages (such dictionaries) by name."""
    tree: dict[str, Any] = {}
    with olefile.OleFileIO(io.BytesIO(octets)) as file:
        for path in file.listdir(streams=True, storages=True):
            folder = tree
            for name in path[:-1]:
                folder = folder.setdefault(name, {})
            stored = file.get_type(path) == olefile.STGTY_STREAM
            folder[path[-1]] = file.openstream(path).read() if stored else {}
    return tree


def with_streams(octets: bytes, streams: Mapping[str, bytes | Tree]) -> bytes:
    """The same file with streams or storages of its root added or replaced."""
    return write_compound({**tree_of(octets), **streams})


def without_preview(octets: bytes) -> bytes:
    """The same document without the picture of its first page, which LibreOffice stores as a bitmap of 600 kB."""
    tree = tree_of(octets)
    summary = tree[SUMMARY]
    start = struct.unpack_from("<I", summary, 44)[0]
    section = summary[start:]
    count = struct.unpack_from("<I", section, 4)[0]
    pairs = sorted((struct.unpack_from("<II", section, 8 + n * 8) for n in range(count)), key=lambda pair: pair[1])
    ends = [*(offset for _, offset in pairs[1:]), len(section)]
    index, values = b"", b""
    kept = [(number, section[at:end]) for (number, at), end in zip(pairs, ends, strict=True) if number != _THUMBNAIL]
    for number, value in kept:
        index += struct.pack("<II", number, 8 + len(kept) * 8 + len(values))
        values += value
    body = struct.pack("<II", 8 + len(index) + len(values), len(kept)) + index + values
    return write_compound({**tree, SUMMARY: summary[:start] + body})
