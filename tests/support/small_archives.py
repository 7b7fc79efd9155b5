"""Archives that no library of the tests can write, each of one or a few stored files, after the formats' notes."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib

import libarchive

from tests.support.bomb_archives import RAR_5_END, RAR_5_MAIN, rar_5, rar_5_block, rar_5_file, vint

__all__ = ["RAR_5_END", "RAR_5_MAIN", "rar_5", "rar_5_block", "rar_5_file", "vint"]


def written(files: dict[str, bytes], form: str, stream: str | None = None) -> bytes:
    """An archive made by libarchive: 7zip, zip, iso9660, cpio_newc, ar_bsd, xar, warc..."""
    octets = bytearray()

    def keep(block: bytes) -> int:
        octets.extend(block)
        return len(block)

    with libarchive.custom_writer(keep, form, stream) as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return bytes(octets)


def zstd_frame(content: bytes) -> bytes:
    """One block as it is (RFC 8878, 3.1.1)."""
    assert len(content) < 256
    block = (len(content) << 3 | 1).to_bytes(3, "little") + content
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(content)]) + block


def tarred(*members: tuple[str, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


# -- RAR 4 (RARLAB's technote.txt) --

_PASSWORD, _SPLIT_AFTER = 0x04, 0x02


def rar_4(*blocks: bytes, flags: int = 0) -> bytes:
    return b"Rar!\x1a\x07\x00" + rar_4_block(0x73, flags, bytes(6)) + b"".join(blocks) + rar_4_block(0x7B, 0x4000, b"")


def rar_4_block(kind: int, flags: int, fields: bytes, data: bytes = b"") -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data


def rar_4_file(name: bytes, content: bytes, *, flags: int = 0, kind: int = 0x74, method: int = 0x30) -> bytes:
    size = len(content)
    fields = struct.pack("<IIBIIBBHI", size, size, 2, zlib.crc32(content), 0, 20, method, len(name), 0x20) + name
    return rar_4_block(kind, 0x8000 | flags, fields, content)


def rar_4_secret(name: bytes) -> bytes:
    return rar_4_file(name, bytes(16), flags=_PASSWORD)


# -- Others --


def cabinet(name: bytes, content: bytes, *, flags: int = 0) -> bytes:
    """[MS-CAB], 2: one folder without compression."""
    entry = struct.pack("<IIHHHH", len(content), 0, 0, 0x2821, 0, 0x20) + name + b"\0"
    first_file, data_at = 36 + 8, 36 + 8 + len(entry)
    block = struct.pack("<IHH", 0, len(content), len(content)) + content
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, data_at + len(block), 0, first_file, 0, 3, 1, 1, 1, flags, 0, 0)
    return head + struct.pack("<IHH", data_at, 1, 0) + entry + block


def lha(name: bytes, content: bytes) -> bytes:
    """A header of level 0 and its stored content."""
    crc = 0
    for octet in content:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 * (crc & 1)
    size = len(content)
    head = b"-lh0-" + struct.pack("<IIIBBB", size, size, 0, 0x20, 0, len(name)) + name + struct.pack("<H", crc)
    return bytes([len(head), sum(head) & 0xFF]) + head + content + b"\0"


def mac_double(**entries: bytes) -> bytes:
    """AppleDouble (RFC 1740) with entries "id_3" and so on."""
    head = b"\x00\x05\x16\x07\x00\x02\x00\x00" + bytes(16) + struct.pack(">H", len(entries))
    at = len(head) + 12 * len(entries)
    table = b""
    for name, content in entries.items():
        table += struct.pack(">III", int(name.removeprefix("id_")), at, len(content))
        at += len(content)
    return head + table + b"".join(entries.values())
