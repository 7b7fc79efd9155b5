"""Which packages and XML files are documents of office programs, by names and root element: labels are not asked."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from .. import xml

_OPEN_PARTS = frozenset(
    ("[content_types].xml", "word/document.xml", "xl/workbook.xml", "xl/workbook.bin", "ppt/presentation.xml")
)
_OPEN_DOCUMENT_PARTS = frozenset(("meta-inf/manifest.xml", "styles.xml", "meta.xml", "mimetype"))


class XmlKind(Enum):
    """Documents in one XML file, each by its root element and a word in its namespace."""

    FLAT_OPEN_DOCUMENT = ("document", "opendocument")
    FLAT_OFFICE_OPEN = ("package", "office/2006/xmlPackage")
    WORD_2003 = ("wordDocument", "word/2003/wordml")
    EXCEL_2003 = ("Workbook", "office:spreadsheet")


def is_office_open(names: Iterable[str]) -> bool:
    """Whether an archive of those names is an Office Open XML package, also one without a list of content types."""
    return not _OPEN_PARTS.isdisjoint(_plain(names))


def is_open_document(names: Iterable[str]) -> bool:
    """Whether an archive is an OpenDocument package whose first entry does not say so."""
    plain = _plain(names)
    if "encrypted-package" in plain:
        return "meta-inf/manifest.xml" in plain
    return "content.xml" in plain and not _OPEN_DOCUMENT_PARTS.isdisjoint(plain)


def _plain(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.replace("\\", "/").lstrip("/").lower() for name in names)


def xml_kind(octets: bytes) -> XmlKind | None:
    """Which kind of document an XML file is; None for all others, which are read as text."""
    if not xml.looks_like_xml(octets):
        return None
    namespace, root = xml.root_of(octets)
    for kind in XmlKind:
        name, word = kind.value
        if root == name and word in namespace:
            return kind
    return None
