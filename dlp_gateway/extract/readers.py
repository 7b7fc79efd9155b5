"""Which reader reads which kind of file."""

from __future__ import annotations

from . import pdf, unreadable
from .archives import appended, apple, archive, compressed, mbox, other_archive, tar_file
from .html import reader as html
from .kind import Kind
from .office import office, office_xml
from .office_97 import excel_97, ole, rtf
from .opendocument import reader as opendocument
from .outlook import tnef
from .pictures import image, metafile
from .sealed import cms, pgp, protected
from .source import Reader
from .text import armoured, calendar, csv, plain

READERS: dict[Kind, Reader] = {
    Kind.EMPTY: unreadable.read_nothing,
    Kind.PDF: appended.and_archives_within(pdf.read_pdf),
    Kind.OFFICE_OPEN: office.read_office,
    Kind.OPEN_DOCUMENT: opendocument.read_open_document,
    Kind.OFFICE_XML: office_xml.read_office_xml,
    Kind.ZIP: archive.read_zip_archive,
    Kind.GZIP: compressed.read_gzip,
    Kind.BZIP2: compressed.read_bzip2,
    Kind.XZ: compressed.read_xz,
    Kind.TAR: tar_file.read_tar,
    Kind.OTHER_ARCHIVE: other_archive.read_other_archive,
    Kind.OLE: appended.and_archive_at_end(ole.read_ole),
    Kind.BARE_WORKBOOK: appended.and_archives_within(excel_97.read_bare_workbook),
    Kind.RTF: rtf.read_rtf,
    Kind.IMAGE: appended.and_archives_within(image.read_image),
    Kind.MEDIA: appended.and_archives_within(unreadable.read_unsupported),
    Kind.EXECUTABLE: appended.read_program,
    Kind.METAFILE: metafile.read_metafile,
    Kind.CMS: cms.read_cms,
    Kind.PGP: pgp.read_pgp,
    Kind.PROTECTED: protected.read_protected,
    Kind.ARMOUR: armoured.read_armoured,
    Kind.TNEF: tnef.read_tnef,
    Kind.HTML: html.read_html,
    Kind.TABLE: csv.read_table,
    Kind.FOLDED: calendar.read_calendar,
    Kind.MESSAGE: plain.read_text,
    Kind.TEXT: csv.read_text_or_table,
    Kind.TAGGED_TEXT: html.read_tagged_text,
    Kind.BINARY: appended.and_archives_within(unreadable.read_unsupported),
    Kind.MIXED: appended.read_mixed,
    Kind.MBOX: mbox.read_mbox,
    Kind.APPLE_DOUBLE: apple.read_apple_double,
    Kind.FOLDER_LIST: apple.read_folder_list,
}

# Read by Python alone, with no library that a document could take over: so they need no process of their own.
HARMLESS = frozenset({Kind.EMPTY, Kind.TEXT, Kind.TABLE, Kind.FOLDED, Kind.MESSAGE})
