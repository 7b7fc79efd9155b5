"""Which reader reads which kind of file."""

from __future__ import annotations

from . import (
    archive,
    cms,
    csv,
    html,
    image,
    office,
    ole,
    opendocument,
    other_archive,
    pdf,
    plain,
    rtf,
    tnef,
    unreadable,
)
from .kind import Kind
from .source import Reader

READERS: dict[Kind, Reader] = {
    Kind.EMPTY: unreadable.read_nothing,
    Kind.PDF: pdf.read_pdf,
    Kind.OFFICE_OPEN: office.read_office,
    Kind.OPEN_DOCUMENT: opendocument.read_open_document,
    Kind.ZIP: archive.read_zip_archive,
    Kind.GZIP: archive.read_gzip,
    Kind.BZIP2: archive.read_bzip2,
    Kind.XZ: archive.read_xz,
    Kind.TAR: archive.read_tar,
    Kind.OTHER_ARCHIVE: other_archive.read_other_archive,
    Kind.OLE: ole.read_ole,
    Kind.RTF: rtf.read_rtf,
    Kind.IMAGE: image.read_image,
    Kind.MEDIA: unreadable.read_unsupported,
    Kind.EXECUTABLE: unreadable.read_unsupported,
    Kind.CMS: cms.read_cms,
    Kind.TNEF: tnef.read_tnef,
    Kind.HTML: html.read_html,
    Kind.TABLE: csv.read_table,
    Kind.FOLDED: plain.read_folded,
    Kind.MESSAGE: plain.read_text,
    Kind.TEXT: csv.read_text_or_table,
    Kind.BINARY: unreadable.read_unsupported,
}

# Read by Python alone, with no library that a document could take over: so they need no process of their own.
HARMLESS = frozenset({Kind.EMPTY, Kind.TEXT, Kind.TABLE, Kind.FOLDED, Kind.MESSAGE})
