"""What a file is to people who list attachments: its media type by content, and whether it is a spreadsheet."""

from __future__ import annotations

from ..model import Attachment
from .kind import Kind
from .source import Source

_SPREADSHEETS = frozenset({"xlsx", "xlsm", "xlsb", "xltx", "xls", "ods", "csv", "tsv"})


def attachment_of(source: Source, kind: Kind) -> Attachment:
    """The file as it is recorded."""
    known = kind.value if kind.value and "/" in kind.value else None
    declared = source.declared or "application/octet-stream"
    specific = kind in (Kind.OFFICE_OPEN, Kind.OPEN_DOCUMENT) and declared.startswith(str(known))
    sheet = (
        kind is Kind.TABLE
        or (kind is Kind.OFFICE_OPEN and b"xl/workbook." in source.octets)
        or (kind is Kind.OPEN_DOCUMENT and b"opendocument.spreadsheet" in source.octets[38:128])
        or (kind is Kind.OFFICE_XML and b"spreadsheet" in source.octets[:4096])
        or (kind is Kind.OLE and (source.suffix in _SPREADSHEETS or _utf16(b"Workbook") in source.octets))
        or (kind in (Kind.OFFICE_OPEN, Kind.OPEN_DOCUMENT) and source.suffix in _SPREADSHEETS)
    )
    return Attachment(
        part=source.part,
        filename=source.filename,
        media_type=declared if specific or known is None else known,
        size_bytes=len(source.octets),
        original_spreadsheet=sheet,
    )


def _utf16(name: bytes) -> bytes:
    return name.decode("ascii").encode("utf-16-le")
