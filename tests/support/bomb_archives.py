"""Archives that unpack to far more than they are, or that cost far more than they hold."""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass

MIB = 2**20
END = b"K_END"  # stands where a reader that stops early does not come


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, octets in files:
            archive.writestr(zipfile.ZipInfo(name), octets, method)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deflated:
    """A raw deflate stream, and the size and checksums of what it expands to."""

    stored: bytes
    size: int
    crc: int
    adler: int

    @property
    def zlib(self) -> bytes:
        """The same as a zlib stream (RFC 1950)."""
        return b"\x78\xda" + self.stored + struct.pack(">I", self.adler)


@functools.cache
def deflated(block: bytes, times: int, head: bytes = b"", tail: bytes = b"") -> Deflated:
    """`head`, `block` that many times, and `tail`; quick, since the block is compressed once."""
    pieces = []
    for piece, last in ((head, False), (block, False), (tail, True)):
        press = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        pieces.append(press.compress(piece) + press.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH))
    crc, adler = zlib.crc32(head), zlib.adler32(head)
    for _ in range(times):
        crc, adler = zlib.crc32(block, crc), zlib.adler32(block, adler)
    return Deflated(
        stored=pieces[0] + pieces[1] * times + pieces[2],
        size=len(head) + len(block) * times + len(tail),
        crc=zlib.crc32(tail, crc),
        adler=zlib.adler32(tail, adler),
    )


def zeros(mib: int) -> Deflated:
    return deflated(bytes(MIB), mib)


def entry(name: bytes, stored: bytes, *, size: int, crc: int, method: int = 8, flags: int = 0) -> tuple[bytes, bytes]:
    """(local header with content, directory record without the offset's value 0 changed) of a ZIP."""
    common = struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 0x21, crc, len(stored), size & 0xFFFFFFFF, len(name), 0)
    return b"PK\x03\x04" + common + name + stored, b"PK\x01\x02\x14\x00" + common + bytes(14) + name


def archive_of(*entries: tuple[bytes, bytes]) -> bytes:
    """The entries one after the other, with their directory."""
    body, directory = bytearray(), bytearray()
    for local, central in entries:
        directory += central[:42] + struct.pack("<I", len(body)) + central[46:]
        body += local
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return bytes(body + directory + end)


def zip_of_zeros(mib: int, *, says: int | None = None) -> bytes:
    """One file of zeros; `says` is the size that the archive tells instead."""
    packed = zeros(mib)
    size = packed.size if says is None else says
    return archive_of(entry(b"zeros.txt", packed.stored, size=size, crc=packed.crc))


def zip_tree(levels: int = 5, width: int = 16) -> bytes:
    """In the manner of 42.zip: archives of archives, many alike at each level, zeros at the bottom."""
    octets = zip_of_zeros(100)
    for _ in range(levels):
        octets = zipped(*((f"{number}.zip", octets) for number in range(width)))
    return octets


def nested(depth: int) -> bytes:
    """Archives within one another, one file each, which no tool opens to the end."""
    octets = zipped(("end.txt", END))
    for _ in range(depth):
        octets = zipped(("in.zip", octets), method=zipfile.ZIP_STORED)
    return octets


def overlapping(count: int = 60, mib: int = 10) -> bytes:
    """Files that share their content: each begins with a stored block that holds the next one's header, and goes on
    with that one's content."""
    locals_: list[bytes] = []
    centrals: list[bytes] = []
    stored, content_head = zeros(mib).stored, b""
    tail_size = mib * MIB
    for number in reversed(range(count)):
        crc = zlib.crc32(bytes(tail_size), zlib.crc32(content_head))
        common = (
            struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, len(stored), len(content_head) + tail_size, 4, 0)
            + b"%04d" % number
        )
        header = b"PK\x03\x04" + common
        locals_.append(header)
        centrals.append(b"PK\x01\x02\x14\x00" + common[:-4] + bytes(14) + common[-4:])
        quoted = b"\x00" + struct.pack("<HH", len(header), len(header) ^ 0xFFFF) + header
        stored = quoted + stored
        content_head = header + content_head
    body = locals_[-1] + stored[5 + len(locals_[-1]) :]
    offsets = [number * (len(locals_[0]) + 5) for number in range(count)]
    directory = b"".join(
        central[:42] + struct.pack("<I", offset) + central[46:]
        for central, offset in zip(reversed(centrals), offsets, strict=True)
    )
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def many_entries(count: int) -> bytes:
    return archive_of(*(entry(b"%d.txt" % number, b"", size=0, crc=0, method=0) for number in range(count)))


def gzip_of_zeros(members: int = 64) -> bytes:
    """Members of 16 MiB each."""
    return gzip.compress(bytes(16 * MIB), mtime=0) * members


def many_gzip_members(count: int) -> bytes:
    return gzip.compress(b"x", mtime=0) * count


def nested_gzip(depth: int) -> bytes:
    octets = END
    for _ in range(depth):
        octets = gzip.compress(octets, mtime=0)
    return octets


def bzip2_of_zeros(streams: int = 40) -> bytes:
    return bz2.compress(bytes(16 * MIB)) * streams


def xz_of_zeros(streams: int = 40) -> bytes:
    return lzma.compress(bytes(16 * MIB)) * streams


def xz_with_dictionary(exponent: int) -> bytes:
    """A stream that asks for a dictionary of 2 to that power."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
    octets = bytearray(lzma.compress(END, filters=filters))
    octets[16] = 2 * (exponent - 12)  # header of the first block: sizes, flags, filter id, size of properties
    octets[20:24] = struct.pack("<I", zlib.crc32(bytes(octets[12:20])))
    return bytes(octets)


def seven_zip(content: bytes, *, dictionary: int = 1 << 16, says: int | None = None) -> bytes:
    """One file "letter.txt" in LZMA with its header in the clear (7zFormat.txt)."""
    coder = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}
    packed = lzma.compress(content, format=lzma.FORMAT_RAW, filters=[coder])
    return seven_zip_of(
        packed, b"\x5d" + struct.pack("<I", dictionary), len(content) if says is None else says, content
    )


def seven_zip_of(packed: bytes, properties: bytes, size: int, content: bytes) -> bytes:
    name = "letter.txt".encode("utf-16-le") + b"\0\0"
    header = (
        b"\x01\x04\x06" + _number(0) + _number(1) + b"\x09" + _number(len(packed)) + b"\x00"  # packed streams
        b"\x07\x0b\x01\x00\x01\x23\x03\x01\x01" + _number(len(properties)) + properties  # one folder, one coder
        + b"\x0c" + _number(size) + b"\x00\x08\x0a\x01" + struct.pack("<I", zlib.crc32(content)) + b"\x00\x00"
        b"\x05\x01\x11" + _number(len(name) + 1) + b"\x00" + name + b"\x00\x00"
    )  # fmt: skip
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def _number(value: int) -> bytes:
    """7z's numbers: the leading ones of the first octet count those that follow."""
    if value < 0x80:
        return bytes([value])
    if value < 0x4000:
        return bytes([0x80 | value >> 8, value & 0xFF])
    return b"\xff" + struct.pack("<Q", value)


def tar_of_holes(tib: int = 1) -> bytes:
    """A sparse file of that many TiB with nothing stored."""
    member = tarfile.TarInfo("holes.bin")
    member.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": "0,0"}
    member.pax_headers["GNU.sparse.size"] = str(tib * 2**40)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(member)
    return buffer.getvalue()


def many_tar_entries(count: int) -> bytes:
    """Compressed, since each takes 512 octets."""
    header = tarfile.TarInfo("x.txt").tobuf()
    return gzip.compress(header * count + bytes(1024), 6, mtime=0)


def tar_of_zeros(mib: int) -> bytes:
    """Empty blocks only, after one file: the way to the end is long."""
    member = tarfile.TarInfo("a.txt")
    return gzip.compress(member.tobuf() + bytes(mib * MIB), 6, mtime=0)


def vint(value: int) -> bytes:
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


def rar_5(*blocks: bytes) -> bytes:
    """A RAR 5 archive of these headers with their data ("RAR 5.0 archive format")."""
    return b"Rar!\x1a\x07\x01\x00" + b"".join(blocks)


def rar_5_block(kind: int, fields: bytes, *, data: bytes | None = None, extra: bytes = b"") -> bytes:
    """A header; `data` None: without the field that says how much follows it."""
    head = vint(kind) + vint(bool(extra) | 2 * (data is not None))
    head += (vint(len(extra)) if extra else b"") + (vint(len(data)) if data is not None else b"") + fields + extra
    head = vint(len(head)) + head
    return struct.pack("<I", zlib.crc32(head)) + head + (data or b"")


def rar_5_file(
    name: bytes, content: bytes, *, compression: int = 0, size: int | None = None, mode: int = 0o100644, **more: bytes
) -> bytes:
    """The file header with its content as it is stored; 4 in the flags: a checksum is there."""
    size = len(content) if size is None else size
    fields = vint(4) + vint(size) + vint(mode) + struct.pack("<I", zlib.crc32(content)) + vint(compression) + vint(1)
    return rar_5_block(2, fields + vint(len(name)) + name, data=content, **more)


RAR_5_MAIN, RAR_5_END = rar_5_block(1, b"\x00"), rar_5_block(5, b"\x00")


def rar_with_dictionary() -> bytes:
    """A compressed file whose window is of 4 GB: 128 KiB, doubled 15 times."""
    file = rar_5_file(b"letter.txt", b"\xc0\x00\x00" + bytes(64), compression=1 << 7 | 15 << 10, size=2**40)
    return rar_5(RAR_5_MAIN, file, RAR_5_END)
