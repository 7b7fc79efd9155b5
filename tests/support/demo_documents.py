"""Real documents with the same octets on every run: no clock, no chance."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

import docx
import openpyxl
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

MADE_AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_ZIP_TIME = (2026, 11, 24, 9, 0, 0)

Row = Sequence[object]


def pdf(title: str, pages: Sequence[str]) -> bytes:
    """A PDF with one page for each text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=0)
    canvas.setTitle(title)
    canvas.setAuthor("Example Council")
    for text in pages:
        lines = canvas.beginText(60, 780)
        lines.setFont("Helvetica", 11)
        lines.textLines(text)
        canvas.drawText(lines)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word(title: str, paragraphs: Sequence[str], table: Sequence[Row] = ()) -> bytes:
    """A DOCX with paragraphs and, below them, a table."""
    document = docx.Document()
    document.core_properties.author = "Example Council"
    document.core_properties.title = title
    document.core_properties.created = document.core_properties.modified = MADE_AT.replace(tzinfo=None)
    document.add_heading(title, 1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, value in zip(grid.add_row().cells, row, strict=True):
                cell.text = str(value)
    out = io.BytesIO()
    document.save(out)
    return _same_every_time(out.getvalue())


def spreadsheet(sheets: dict[str, Sequence[Row]], hidden: Sequence[str] = ()) -> bytes:
    """An XLSX with these sheets; those named in `hidden` can't be seen."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    workbook.properties.creator = "Example Council"
    workbook.properties.created = workbook.properties.modified = MADE_AT.replace(tzinfo=None)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    workbook.save(out)
    return _same_every_time(out.getvalue())


def csv(rows: Sequence[Row]) -> bytes:
    return "".join(",".join(str(cell) for cell in row) + "\r\n" for row in rows).encode()


def archive(files: dict[str, bytes]) -> bytes:
    """A ZIP of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, octets in files.items():
            made.writestr(zipfile.ZipInfo(name, _ZIP_TIME), octets, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def encrypted_archive(name: str, octets: bytes, password: bytes) -> bytes:
    """A ZIP whose one file is encrypted with a password (APPNOTE.TXT, 6.1)."""
    crc = zlib.crc32(octets)
    stored = _zip_cipher(password, bytes(11) + bytes([crc >> 24]) + octets)
    time = 9 << 11
    date = (2026 - 1980) << 9 | 11 << 5 | 24
    common = struct.pack("<HHHHHLLLHH", 20, 1, 0, time, date, crc, len(stored), len(octets), len(name), 0)
    local = b"PK\x03\x04" + common + name.encode() + stored
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name.encode()
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def logo() -> bytes:
    """A PNG: a green square of 16 by 16 pixels."""
    row = b"\0" + b"\x00\x70\x3c" * 16

    def chunk(kind: bytes, octets: bytes) -> bytes:
        return struct.pack(">L", len(octets)) + kind + octets + struct.pack(">L", zlib.crc32(kind + octets))

    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">LLBBBBB", 16, 16, 8, 2, 0, 0, 0)),
            chunk(b"IDAT", zlib.compress(row * 16, 0)),
            chunk(b"IEND", b""),
        ]
    )


def _same_every_time(made: bytes) -> bytes:
    """The ZIP again with fixed times."""
    with zipfile.ZipFile(io.BytesIO(made)) as source:
        return archive({name: _fixed_times(name, source.read(name)) for name in source.namelist()})


def _fixed_times(name: str, octets: bytes) -> bytes:
    # openpyxl writes the time of saving, whatever its properties say.
    if name != "docProps/core.xml":
        return octets
    head, opening, rest = octets.partition(b"<dcterms:modified")
    attributes, bracket, value = rest.partition(b">")
    return head + opening + attributes + bracket + MADE_AT.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + value[20:]


def _zip_cipher(password: bytes, plain: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]
    table = [_crc_step(number) for number in range(256)]

    def update(octet: int) -> None:
        keys[0] = table[(keys[0] ^ octet) & 0xFF] ^ keys[0] >> 8
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = table[(keys[2] ^ keys[1] >> 24) & 0xFF] ^ keys[2] >> 8

    for octet in password:
        update(octet)
    secret = bytearray()
    for octet in plain:
        temporary = (keys[2] | 2) & 0xFFFF
        secret.append(octet ^ ((temporary * (temporary ^ 1)) >> 8) & 0xFF)
        update(octet)
    return bytes(secret)


def _crc_step(number: int) -> int:
    for _ in range(8):
        number = number >> 1 ^ (0xEDB88320 if number & 1 else 0)
    return number
