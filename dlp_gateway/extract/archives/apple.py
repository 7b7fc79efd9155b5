"""What macOS packs beside files: AppleDouble files ("._name") with their properties, and ".DS_Store" folders' lists.

RFC 1740, appendices A and B; the extended attributes in Finder information as in the sources of XNU, vfs_xattr.c.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from .. import mail
from ..source import Inner, Item, Source, Tools
from .members import printable_runs

_SINGLE, _DOUBLE = b"\x00\x05\x16\x00", b"\x00\x05\x16\x07"
_FOLDER_LIST = b"\x00\x00\x00\x01Bud1"
_DATA_FORK, _RESOURCE_FORK, _REAL_NAME, _COMMENT, _FINDER = 1, 2, 3, 4, 9
_MOST_ENTRIES = 64
_WIDE = re.compile(rb"(?:\x00[\x20-\x7e\xa0-\xff]|[\x01-\x05\x1e\x20][\x00-\xff]){3,}")


def is_apple_double(octets: bytes) -> bool:
    return octets.startswith((_SINGLE, _DOUBLE)) and octets[4:8] in (b"\x00\x01\x00\x00", b"\x00\x02\x00\x00")


def is_folder_list(octets: bytes) -> bool:
    return octets.startswith(_FOLDER_LIST)


def read_apple_double(source: Source, tools: Tools) -> Iterator[Item]:
    """The file's content if it is there, its name and comment, and text in its properties."""
    octets = source.octets
    properties: list[bytes] = []
    for kind, content in _entries(octets):
        if kind == _DATA_FORK:
            yield Inner(name="content", octets=content)
        elif kind == _REAL_NAME:
            yield from mail.name_passages(source.part, (tools.readings(content, None)[0],))
        elif kind == _COMMENT:
            yield source.passage(tools.readings(content, None)[0], "comment", hidden=True)
        elif kind in (_RESOURCE_FORK, _FINDER):
            properties.append(content)
    texts = filter(None, (printable_runs(properties), *map(_wide_runs, properties)))
    yield source.passage("\n".join(texts), "file properties", hidden=True)


def read_folder_list(source: Source, tools: Tools) -> Iterator[Item]:
    """The names and comments of the files that the Finder showed in a folder, each once."""
    del tools
    yield source.passage(_wide_runs(source.octets), "list of a folder", hidden=True)


def _entries(octets: bytes) -> Iterator[tuple[int, bytes]]:
    count = min(struct.unpack_from(">H", octets, 24)[0], _MOST_ENTRIES)
    for number in range(count):
        kind, offset, size = struct.unpack_from(">III", octets, 26 + 12 * number)
        yield kind, octets[offset : offset + size]


def _wide_runs(octets: bytes) -> str:
    """Runs of UTF-16, big-endian, each once, as lines."""
    return "\n".join(dict.fromkeys(match[0].decode("utf-16-be", "replace") for match in _WIDE.finditer(octets)))
