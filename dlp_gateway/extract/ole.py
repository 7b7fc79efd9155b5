"""OLE compound files ([MS-CFB]): which document is inside, and whether a password protects it."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import GapReason
from .source import Item, Source, Tools

_OLE_ENCRYPTED = tuple(name.encode("utf-16-le") for name in ("EncryptedPackage", "EncryptionInfo"))
_OLE_KINDS = (
    ("WordDocument", "a Word 97-2003 document"),
    ("Workbook", "an Excel 97-2003 workbook"),
    ("PowerPoint Document", "a PowerPoint 97-2003 presentation"),
    ("__substg1.0_", "an Outlook message file"),
    ("_VBA_PROJECT", "the macros of an Office document"),
)


def read_ole(source: Source, tools: Tools) -> Iterator[Item]:
    """OLE files: Office documents with a password, and the formats before 2007, which are not read."""
    del tools
    if any(name in source.octets for name in _OLE_ENCRYPTED):
        yield source.gap(GapReason.ENCRYPTED, "an Office document with a password")
        return
    for name, words in _OLE_KINDS:
        if name.encode("utf-16-le") in source.octets:
            yield source.gap(GapReason.UNSUPPORTED, f"{words}, which can't be read")
            return
    yield source.gap(GapReason.UNSUPPORTED, "a compound file of a kind that can't be read")
