"""What a file is, by its content. A label is believed for the flavours of text only: there it can
hide nothing, since text of any flavour is read."""

from __future__ import annotations

import re
from enum import Enum

from .archives.appended import has_archive_within
from .archives.apple import is_apple_double, is_folder_list
from .archives.archive_format import archive_format
from .archives.compressed import is_lzma
from .archives.mbox import is_mbox
from .archives.tar_file import is_tar
from .archives.zip_file import entry_names
from .office.office_kind import is_office_open, is_open_document, xml_kind
from .sealed.pgp import is_pgp
from .sealed.protected import protection_of
from .source import Readings, Source
from .text.armour import has_armour


class Kind(Enum):
    """A format, with its media type; None where the declared one is as good."""

    EMPTY = None
    PDF = "application/pdf"
    OFFICE_OPEN = "application/vnd.openxmlformats-officedocument"
    OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
    OFFICE_XML = "application/xml"
    ZIP = "application/zip"
    GZIP = "application/gzip"
    BZIP2 = "application/x-bzip2"
    XZ = "application/x-xz"
    TAR = "application/x-tar"
    OTHER_ARCHIVE = "application/x-archive"
    OLE = "application/x-ole-storage"
    BARE_WORKBOOK = "application/vnd.ms-excel"  # of Excel 2 to 4, or one taken out of its compound file
    RTF = "application/rtf"
    IMAGE = "image"
    MEDIA = "audio-or-video"
    EXECUTABLE = "application/x-executable"
    METAFILE = "image/x-emf"
    CMS = "application/pkcs7-mime"
    PGP = "application/pgp-encrypted"
    PROTECTED = "application/x-protected"
    ARMOUR = "text/x-armour"
    TNEF = "application/vnd.ms-tnef"
    APPLE_DOUBLE = "multipart/appledouble"
    FOLDER_LIST = "application/x-apple-ds-store"
    MBOX = "application/mbox"
    MIXED = "application/x-text-and-archive"
    MESSAGE = "message/rfc822"
    HTML = "text/html"
    TABLE = "text/csv"
    FOLDED = "text/calendar"
    TEXT = "text/plain"
    TAGGED_TEXT = "text-with-tags"  # text that some readers would show as a page
    BINARY = "application/octet-stream"


_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", Kind.PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLE),
    (b"\x09\x00\x04\x00", Kind.BARE_WORKBOOK),
    (b"\x09\x02\x06\x00", Kind.BARE_WORKBOOK),
    (b"\x09\x04\x06\x00", Kind.BARE_WORKBOOK),
    (b"\x09\x08\x08\x00\x00\x05", Kind.BARE_WORKBOOK),
    (b"\x09\x08\x10\x00\x00\x06", Kind.BARE_WORKBOOK),
    (b"{\\rtf", Kind.RTF),
    (b"\x78\x9f\x3e\x22", Kind.TNEF),
    (b"\x89PNG\r\n\x1a\n", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF87a", Kind.IMAGE),
    (b"GIF89a", Kind.IMAGE),
    (b"BM", Kind.IMAGE),
    (b"II*\x00", Kind.IMAGE),
    (b"MM\x00*", Kind.IMAGE),
    (b"MM\x00+", Kind.IMAGE),  # BigTIFF
    (b"II+\x00", Kind.IMAGE),
    (b"\x00\x00\x01\x00", Kind.IMAGE),
    (b"\x00\x00\x02\x00", Kind.IMAGE),  # a cursor
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", Kind.IMAGE),  # JPEG 2000, and its bare code stream
    (b"\xff\x4f\xff\x51", Kind.IMAGE),
    (b"8BPS", Kind.IMAGE),
    (b"\xd7\xcd\xc6\x9a", Kind.METAFILE),
    (b"\x01\x00\x09\x00", Kind.METAFILE),
    (b"\x02\x00\x09\x00", Kind.METAFILE),
    (b"\x01\x00\x00\x00", Kind.METAFILE),  # EMF, confirmed below
    (b"\x1f\x8b\x08", Kind.GZIP),
    (b"BZh", Kind.BZIP2),
    (b"\xfd7zXZ\x00", Kind.XZ),
    (b"ID3", Kind.MEDIA),
    (b"OggS", Kind.MEDIA),
    (b"fLaC", Kind.MEDIA),
    (b"\x1a\x45\xdf\xa3", Kind.MEDIA),
    (b"MZ", Kind.EXECUTABLE),
    (b"\x7fELF", Kind.EXECUTABLE),
)
# Too short, or plain letters: believed only where the content is no text.
_WEAK = (b"BM", b"BZh", b"MZ", b"ID3")
# White pixels pass for letters: a bitmap file is known by the size of its second header ([MS-WMF] 2.2.2).
_BITMAP = re.compile(rb"BM.{4}\0{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL)
_PICTURE_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")  # ISO/IEC 23008-12
)
_CMS_START = re.compile(  # a sequence that begins with a content type: RFC 5652, 3 and 14
    rb"\x30(?:[\x00-\x80]|\x81.|\x82..|\x83...|\x84....)"
    rb"\x06[\x09\x0b]\x2a\x86\x48\x86\xf7\x0d\x01(?:\x07|\x09\x10\x01)",
    re.DOTALL,
)
_CERTIFICATE = re.compile(rb"\x30\x82..\x30\x82..\xa0\x03\x02\x01[\x00-\x02]\x02", re.DOTALL)  # RFC 5280, 4.1
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--|<!doctype\s+html|<(?:html|head|body|meta|table|svg)\b)", re.IGNORECASE
)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml", "text/x-amp-html", "text/watch-html"})
_HTML_SUFFIXES = frozenset({"html", "htm", "xhtml", "shtml", "svg"})
# Of a page or an enriched text (RFC 1896): tags of names in use, numbers of characters, comments.
_TAGS = re.compile(
    rb"</?(?:a|abbr|b|bdo|big|blockquote|body|bold|br|center|code|del|div|em|fixed|flushright|font|form|h[1-6]|head|hr|html"
    rb"|i|iframe|img|input|ins|italic|label|li|meta|object|ol|option|p|pre|ruby|s|script|select|small|span|strike"
    rb"|strong|style|sub|sup|svg|table|tbody|td|textarea|th|title|tr|tt|u|ul|underline)(?:[\s/][^<>]{0,2000})?>"
    rb"|<!--|&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6})|&(?:nbsp|shy|zwnj|zwj);",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]")
_MAIL_SUFFIXES = frozenset({"eml", "mht", "mhtml"})  # a saved page is a message too (RFC 2557)
_MAIL_FIELDS = frozenset({"from", "to", "subject", "date", "received", "message-id", "mime-version", "return-path"})
_FOLDED_TYPES = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/x-vcalendar", "text/directory"})
_FOLDED_START = re.compile(r"\s*begin:[ \t]*v[a-z]{3,8}[ \t]*[\r\n]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_CONTROL_IN_TABLE = re.compile(r"[\x02-\x08\x0e-\x1a\x7f\ufffe\uffff]")
_SAMPLE_CHARS = 65536


def kind_of(source: Source, readings: Readings) -> Kind:
    """The format of the octets."""
    octets = source.octets
    if not octets.strip(b"\0 \t\r\n"):
        return Kind.EMPTY
    if protection_of(octets) is not None:
        return Kind.PROTECTED
    container = _container(octets)
    if container is not None:
        return container
    if not source.is_body and not source.margin and xml_kind(octets) is not None:
        return Kind.OFFICE_XML
    text = readings(octets[: 4 * _SAMPLE_CHARS], source.charset)[0][:_SAMPLE_CHARS]
    # Control characters part the cells of some tables, and zero octets fill the fields of others.
    controls = _CONTROL_IN_TABLE if _is_table_by_label(source) else _CONTROL
    readable = len(controls.findall(text)) * 100 <= len(text)
    kind = _signature(octets, readable)
    if kind is not None:
        return kind
    if not readable:
        return Kind.BINARY
    if source.margin:
        return Kind.TEXT
    if is_mbox(octets) and not is_mail_by_label(source) and not source.is_body:
        return Kind.MBOX
    if has_archive_within(octets):
        return Kind.MIXED
    return Kind.ARMOUR if has_armour(octets) else _flavour(source, text)


def _container(octets: bytes) -> Kind | None:
    if octets.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK00PK\x03\x04")):
        if octets[30:38] == b"mimetype" and b"application/vnd.oasis.opendocument" in octets[38:128]:
            return Kind.OPEN_DOCUMENT
        names = entry_names(octets)
        if is_office_open(names):
            return Kind.OFFICE_OPEN
        return Kind.OPEN_DOCUMENT if is_open_document(names) else Kind.ZIP
    if is_tar(octets):
        return Kind.TAR
    if is_apple_double(octets):
        return Kind.APPLE_DOUBLE
    if is_folder_list(octets):
        return Kind.FOLDER_LIST
    if is_lzma(octets) and octets[40:44] != b" EMF":  # the head of a metafile passes for that of LZMA
        return Kind.XZ
    return Kind.OTHER_ARCHIVE if archive_format(octets) is not None else None


def _signature(octets: bytes, readable: bool) -> Kind | None:
    for signature, kind in _SIGNATURES:
        if octets.startswith(signature) and not (readable and signature in _WEAK):
            if signature == b"\x01\x00\x00\x00" and octets[40:44] != b" EMF":
                continue
            return kind
    if octets[4:8] == b"ftyp" or (octets[:4] == b"RIFF" and octets[8:12] in (b"AVI ", b"WAVE")):
        return Kind.IMAGE if octets[8:12] in _PICTURE_BRANDS else Kind.MEDIA
    if (octets[:4] == b"RIFF" and octets[8:12] == b"WEBP") or _BITMAP.match(octets):
        return Kind.IMAGE
    if octets[:1] == b"\x30" and (_CMS_START.match(octets) or _CERTIFICATE.match(octets)):
        return Kind.CMS
    if is_pgp(octets):
        return Kind.PGP
    if not readable and b"%PDF-" in octets[:1024]:
        return Kind.PDF
    return None


def _flavour(source: Source, text: str) -> Kind:
    declared = source.declared or ""
    if declared in _HTML_TYPES or source.suffix in _HTML_SUFFIXES or _HTML_START.match(text):
        return Kind.HTML
    if declared in _FOLDED_TYPES or source.suffix in ("ics", "vcs", "vcf") or _FOLDED_START.match(text):
        return Kind.FOLDED
    if source.is_body:
        return _text(source, text)
    if is_mail_by_label(source):
        return Kind.MESSAGE
    if not declared.startswith("message/") and declared != "text/rfc822-headers" and _looks_like_mail(text):
        return Kind.MESSAGE
    if _is_table_by_label(source):
        return Kind.TABLE
    return _text(source, text)


def _text(source: Source, text: str) -> Kind:
    """Text, with or without tags. They may begin beyond the sample; in UTF-16 zero octets stand between."""
    octets = source.octets.replace(b"\0", b"")
    return Kind.TAGGED_TEXT if _TAGS.search(octets) or _TAGS.search(text.encode()) else Kind.TEXT


def is_mail_by_label(source: Source) -> bool:
    """Whether mail programs will open it as a message, so that unclear structure in it counts."""
    return source.declared in ("message/rfc822", "message/global", "message/news") or source.suffix in _MAIL_SUFFIXES


def _is_table_by_label(source: Source) -> bool:
    return source.declared in ("text/csv", "text/tab-separated-values") or source.suffix in ("csv", "tsv", "tab")


def _looks_like_mail(text: str) -> bool:
    names = set()
    for line in text.splitlines()[:40]:
        if line[:1] in (" ", "\t"):
            continue
        match = _HEADER_LINE.match(line)
        if match is None:
            break
        names.add(match[1].lower())
    return len(names & _MAIL_FIELDS) >= 3
