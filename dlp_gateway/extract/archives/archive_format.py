"""Which kind of archive or compressed stream octets are, by their signatures.

What libarchive reads is named as libarchive names it; `UNAR` marks formats that only the program unar reads.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

RAW, UNAR, NOTHING = "raw", "unar", "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFormat:
    """`reader` is libarchive's format, UNAR, or NOTHING for what can't be read; `stream` its filter for a compressed
    stream of one file."""

    name: str
    reader: str
    stream: str = "none"


_SEVEN_ZIP = ArchiveFormat(name="7z", reader="7zip")
_RAR4 = ArchiveFormat(name="rar4", reader="rar")
_RAR5 = ArchiveFormat(name="rar5", reader="rar5")
_CPIO = ArchiveFormat(name="cpio", reader="cpio")
_ISO = ArchiveFormat(name="iso", reader="iso9660")
_UDF = ArchiveFormat(name="udf", reader=NOTHING)
_DMG = ArchiveFormat(name="dmg", reader=NOTHING)
_LHA = ArchiveFormat(name="lha", reader="lha")
_ZSTD = ArchiveFormat(name="zst", reader=RAW, stream="zstd")
_LZ4 = ArchiveFormat(name="lz4", reader=RAW, stream="lz4")
_STUFFIT = ArchiveFormat(name="sit", reader=UNAR)

# (offset, signature, format). None is made of letters only that a text could begin with, but those marked in _LETTERS.
_SIGNATURES: tuple[tuple[int, bytes, ArchiveFormat], ...] = (
    (0, b"7z\xbc\xaf\x27\x1c", _SEVEN_ZIP),
    (0, b"Rar!\x1a\x07\x00", _RAR4),
    (0, b"Rar!\x1a\x07\x01\x00", _RAR5),
    (0, b"RE\x7e\x5e", ArchiveFormat(name="rar1", reader=UNAR)),
    (0, b"MSCF\x00\x00\x00\x00", ArchiveFormat(name="cab", reader="cab")),
    (0, b"!<arch>\n", ArchiveFormat(name="ar", reader="ar")),
    (0, b"xar!\x00", ArchiveFormat(name="xar", reader=UNAR)),
    (0, b"070701", _CPIO),
    (0, b"070702", _CPIO),
    (0, b"070707", _CPIO),
    (0, b"\xc7\x71", _CPIO),
    (0, b"\x71\xc7", _CPIO),
    (0, b"\xed\xab\xee\xdb", ArchiveFormat(name="rpm", reader="cpio", stream="rpm")),
    (0, b"\x60\xea", ArchiveFormat(name="arj", reader=UNAR)),
    (7, b"**ACE**", ArchiveFormat(name="ace", reader=UNAR)),
    (0, b"StuffIt (c)1997-", _STUFFIT),
    (10, b"rLau", _STUFFIT),
    (0, b"StuffIt!", _STUFFIT),
    (20, b"\xdc\xa7\xc4\xfd", ArchiveFormat(name="zoo", reader=UNAR)),
    (0, b"\x1f\x9d", ArchiveFormat(name="Z", reader=RAW, stream="compress")),
    (0, b"LZIP\x01", ArchiveFormat(name="lz", reader=RAW, stream="lzip")),
    (0, b"LZIP\x00", ArchiveFormat(name="lz", reader=RAW, stream="lzip")),
    (0, b"\x28\xb5\x2f\xfd", _ZSTD),
    (0, b"\x04\x22\x4d\x18", _LZ4),
    (0, b"\x02\x21\x4c\x18", _LZ4),  # the legacy frame
    (0, b"\x89LZO\x00\x0d\x0a\x1a\x0a", ArchiveFormat(name="lzo", reader=NOTHING)),
)
_WEAK = frozenset({b"\xc7\x71", b"\x71\xc7", b"\x60\xea", b"\x1f\x9d"})
_SECTOR = 2048


def archive_format(octets: bytes) -> ArchiveFormat | None:
    """The format, None where the octets are no archive (or one that has a reader of its own: ZIP, tar, gzip...)."""
    for offset, signature, found in _SIGNATURES:
        if octets.startswith(signature, offset) and (signature not in _WEAK or _is_likely(octets, found)):
            return found
    if octets[2:4] == b"-l" and octets[6:7] == b"-" and octets[4:5] in b"hz":  # LHA, level 0 to 3: "-lh5-"
        return _LHA
    if _is_skippable(octets):
        return _after_skippable(octets)
    if octets[-512:-508] == b"koly":
        return _DMG
    return _disc(octets)


def _is_likely(octets: bytes, found: ArchiveFormat) -> bool:
    """Two octets alone are no signature: what follows them must fit."""
    if len(octets) < 26:
        return found.name == "Z" and len(octets) > 3
    if found.name == "Z":
        return 9 <= octets[2] & 0x1F <= 16 and not octets[2] & 0x60
    if found.name == "arj":
        size = struct.unpack_from("<H", octets, 2)[0]
        return 30 <= size <= 2600 and octets[10] == 2  # the archive's own header is of file type 2
    order = "<" if octets[:1] == b"\xc7" else ">"
    name_size = struct.unpack_from(f"{order}H", octets, 20)[0]
    return 1 < name_size <= 4096 and octets[25 + name_size : 26 + name_size] == b"\0"


def _is_skippable(octets: bytes) -> bool:
    """RFC 8878, 3.1.2; LZ4 frames have the same."""
    return len(octets) > 8 and octets[0] & 0xF0 == 0x50 and octets[1:4] == b"\x2a\x4d\x18"


def _after_skippable(octets: bytes) -> ArchiveFormat:
    at = 0
    for _ in range(1000):
        if not _is_skippable(octets[at : at + 9]):
            break
        at += 8 + struct.unpack_from("<I", octets, at + 4)[0]
    return _LZ4 if octets[at : at + 4] == b"\x04\x22\x4d\x18" else _ZSTD


def _disc(octets: bytes) -> ArchiveFormat | None:
    """A disc image by its volume descriptors (ECMA-119, 6.7.1; ECMA-167, 2/8.3.1)."""
    if octets[16 * _SECTOR + 1 : 16 * _SECTOR + 6] not in (b"CD001", b"BEA01"):
        return None
    return _ISO if octets[16 * _SECTOR + 1 : 16 * _SECTOR + 6] == b"CD001" else _UDF


def has_udf(octets: bytes) -> bool:
    """Whether a disc image has a second directory, of UDF, besides that of ISO 9660."""
    return any(octets[sector * _SECTOR + 1 : sector * _SECTOR + 6] in (b"NSR02", b"NSR03") for sector in range(17, 64))


def is_one_of_several(octets: bytes) -> bool:
    """Whether a cabinet goes on in another one, or from one (MS-CAB, 2.1: flags)."""
    return bool(octets[30] & 3) if len(octets) > 31 else False
