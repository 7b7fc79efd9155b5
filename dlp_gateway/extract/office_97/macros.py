"""Macros of Office documents ([MS-OVBA]): the source text of every module."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ...model import GapReason, Passage
from ..source import Item, Source, Tools
from ..text.code_page import decode_page
from .compound import Storage
from .leftover import OTHER_CONTENT, left_over

_CODE_PAGE, _STREAM_NAME, _OFFSET, _VERSION = 0x0003, 0x001A, 0x0031, 0x0009
_CHUNK = 4096


def is_project(storage: Storage) -> bool:
    """Whether a storage holds a project's modules."""
    return "_VBA_PROJECT" in storage or ("dir" in storage and "PROJECT" in storage)


def read_macros(source: Source, storage: Storage, tools: Tools) -> Iterator[Item]:
    """The modules named in the project's directory, and the texts of what else the storage holds."""
    modules, code_page = _modules(decompress(storage.read("dir"), tools))
    read = {"DIR", "_VBA_PROJECT"}
    for name, offset in modules:
        octets = storage.read(name)
        read.add(name.upper())
        text = decode_page(decompress(octets[offset:], tools), code_page)
        if octets and not text:
            yield source.gap(GapReason.CORRUPT, "a macro that can't be read")
        yield _macro(source, text)
    others = [stream.octets() for name, stream in storage.streams.items() if name not in read and name[:5] != "__SRP"]
    yield source.passage(left_over(others, set()), OTHER_CONTENT, hidden=True)


def _macro(source: Source, text: str) -> Passage:
    return source.passage(text.replace("\r\n", "\n").replace("\r", "\n"), "macro", hidden=True)


def _modules(directory: bytes) -> tuple[list[tuple[str, int]], int]:
    """Stream name and offset of the source of each module (2.3.4.2.3.2), and the code page of the project."""
    modules: list[tuple[str, int]] = []
    code_page, name, position = 1252, "", 0
    while position + 6 <= len(directory):
        kind, size = struct.unpack_from("<HI", directory, position)
        if kind == _VERSION:
            size = 6  # 2.3.4.2.1.11: its size field says four
        value = directory[position + 6 : position + 6 + size]
        if kind == _CODE_PAGE and len(value) >= 2:
            code_page = struct.unpack_from("<H", value)[0]
        elif kind == _STREAM_NAME:
            name = decode_page(value, code_page)
        elif kind == _OFFSET and len(value) >= 4:
            modules.append((name, struct.unpack_from("<I", value)[0]))
        position += 6 + size
    return modules, code_page


def decompress(octets: bytes, tools: Tools) -> bytes:
    """Decompress a container (2.4.1.3.1), as far as it goes; empty where it is none."""
    if octets[:1] != b"\x01":
        return b""
    pieces: list[bytes] = []
    position = 1
    while position + 2 <= len(octets):
        header = struct.unpack_from("<H", octets, position)[0]
        end = min(position + (header & 0xFFF) + 3, len(octets))
        if header >> 12 & 7 != 3:  # 2.4.1.1.5: the signature of a chunk
            break
        body = octets[position + 2 : end]
        chunk = _chunk(body) if header & 0x8000 else body
        tools.meter.expand(len(chunk))
        pieces.append(chunk)
        position = end
    return b"".join(pieces)


def _chunk(body: bytes) -> bytes:
    """Literals and copies of what came before (2.4.1.3.5): eight of them after each octet of flags."""
    out = bytearray()
    position = 0
    while position < len(body):
        flags = body[position]
        position += 1
        for bit in range(8):
            if position >= len(body) or len(out) >= _CHUNK:
                break
            if not flags >> bit & 1:
                out.append(body[position])
                position += 1
                continue
            if position + 2 > len(body) or not out:
                return bytes(out)
            token = struct.unpack_from("<H", body, position)[0]
            position += 2
            shift = 16 - max((len(out) - 1).bit_length(), 4)
            length, distance = (token & ((1 << shift) - 1)) + 3, (token >> shift) + 1
            if distance > len(out):
                return bytes(out)
            for _ in range(min(length, _CHUNK - len(out))):
                out.append(out[-distance])
        if len(out) >= _CHUNK:
            break
    return bytes(out)
