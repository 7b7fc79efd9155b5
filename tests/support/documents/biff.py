"""Records of Excel workbooks before 2007 ([MS-XLS])."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def biff(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def wide_string(text: str) -> bytes:
    """A string of UTF-16 after its length and its flags (2.5.294)."""
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def sheet_stream(cells: Sequence[bytes], *, more: bytes = b"") -> bytes:
    """A workbook of one sheet, "Clients", with three cell styles: plain, a date, digits in pairs. `more`: records
    of the workbook itself."""
    begin = biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    formats = biff(0x041E, struct.pack("<H", 164) + wide_string("00-00-00"))
    styles = b"".join(biff(0x00E0, struct.pack("<HH16x", 0, number)) for number in (0, 14, 164))
    name = b"Clients"
    listed_bytes = 4 + 8 + len(name)
    end = biff(0x000A, b"")
    start = len(begin) + len(formats) + len(styles) + listed_bytes + len(more) + len(end)
    listed = biff(0x0085, struct.pack("<IBBBB", start, 0, 0, len(name), 0) + name)
    sheet = biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    return begin + formats + styles + listed + more + end + sheet + b"".join(cells) + end
