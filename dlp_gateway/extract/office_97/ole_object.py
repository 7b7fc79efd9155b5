"""Objects embedded in documents ([MS-OLEDS]): the file that a user put into a document."""

from __future__ import annotations

import struct

from ..source import Inner
from .compound import SIGNATURE

# What begins so is a file; any other data of an object only its own program can read.
_FILES = (
    (SIGNATURE, "ole"), (b"PK\x03\x04", "zip"), (b"%PDF-", "pdf"), (b"{\\rtf", "rtf"), (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"), (b"BM", "bmp"), (b"II*\0", "tif"), (b"MM\0*", "tif"),
)  # fmt: skip
_EMBEDDED = 2  # 2.2.4: the kind of an object that holds its data
_PACKAGE = b"\2\0"


def object_files(octets: bytes, number: int) -> list[Inner]:
    """The file in the data of an object as RTF has it (2.2.5): class, topic and item, then the data of its program.
    Empty where that is no file."""
    at = 8
    if len(octets) >= 12 and struct.unpack_from("<I", octets, 4)[0] == _EMBEDDED:
        for _ in range(3):  # strings, each after its length
            at += 4 + (struct.unpack_from("<I", octets, at)[0] if at + 4 <= len(octets) else 0)
        native = native_files(octets[at + 4 :], number)
        if native:
            return native
    start = octets.find(SIGNATURE)
    return [_file(octets[start:], number)] if start >= 0 else []


def native_files(octets: bytes, number: int) -> list[Inner]:
    """The file in the data of a program: one that the packager of Windows wrote (label, path, temporary path, data),
    or the data itself where it is a file of a known kind."""
    label_end = octets.find(b"\0", 2)
    path_end = octets.find(b"\0", label_end + 1)
    if octets[:2] == _PACKAGE and 0 < label_end < path_end and len(octets) >= path_end + 9:
        at = path_end + 9 + struct.unpack_from("<I", octets, path_end + 5)[0]
        if at + 4 <= len(octets):
            length = struct.unpack_from("<I", octets, at)[0]
            label = octets[2:label_end].decode("cp1252", "replace").rpartition("\\")[2]
            return [Inner(name=label or f"embedded file {number}", octets=octets[at + 4 : at + 4 + length])]
    return [_file(octets, number)] if any(octets.startswith(sign) for sign, _ in _FILES) else []


def _file(octets: bytes, number: int) -> Inner:
    suffix = next((suffix for sign, suffix in _FILES if octets.startswith(sign)), "bin")
    return Inner(name=f"embedded object {number}.{suffix}", octets=octets)
