"""What a file is, by its content. A label is believed for the flavours of text only: there it can
hide nothing, since text of any flavour is read."""

from __future__ import annotations

import re
from enum import Enum

from .source import Readings, Source
from .zip_file import entry_names


class Kind(Enum):
    """A format, with its media type; None where the declared one is as good."""

    EMPTY = None
    PDF = "application/pdf"
    OFFICE_OPEN = "application/vnd.openxmlformats-officedocument"
    OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
    ZIP = "application/zip"
    GZIP = "application/gzip"
    BZIP2 = "application/x-bzip2"
    XZ = "application/x-xz"
    TAR = "application/x-tar"
    OTHER_ARCHIVE = "application/x-archive"
    OLE = "application/x-ole-storage"
    RTF = "application/rtf"
    IMAGE = "image"
    MEDIA = "audio-or-video"
    EXECUTABLE = "application/x-executable"
    CMS = "application/pkcs7-mime"
    TNEF = "application/vnd.ms-tnef"
    MESSAGE = "message/rfc822"
    HTML = "text/html"
    TABLE = "text/csv"
    FOLDED = "text/calendar"
    TEXT = "text/plain"
    BINARY = "application/octet-stream"


_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", Kind.PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLE),
    (b"{\\rtf", Kind.RTF),
    (b"\x78\x9f\x3e\x22", Kind.TNEF),
    (b"\x89PNG\r\n\x1a\n", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF87a", Kind.IMAGE),
    (b"GIF89a", Kind.IMAGE),
    (b"BM", Kind.IMAGE),
    (b"II*\x00", Kind.IMAGE),
    (b"MM\x00*", Kind.IMAGE),
    (b"\x00\x00\x01\x00", Kind.IMAGE),
    (b"\xd7\xcd\xc6\x9a", Kind.IMAGE),
    (b"\x01\x00\x09\x00", Kind.IMAGE),
    (b"\x01\x00\x00\x00", Kind.IMAGE),  # EMF, confirmed below
    (b"\x1f\x8b\x08", Kind.GZIP),
    (b"BZh", Kind.BZIP2),
    (b"\xfd7zXZ\x00", Kind.XZ),
    (b"7z\xbc\xaf\x27\x1c", Kind.OTHER_ARCHIVE),
    (b"Rar!\x1a\x07", Kind.OTHER_ARCHIVE),
    (b"MSCF", Kind.OTHER_ARCHIVE),
    (b"\x1f\x9d", Kind.OTHER_ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Kind.OTHER_ARCHIVE),
    (b"ID3", Kind.MEDIA),
    (b"OggS", Kind.MEDIA),
    (b"fLaC", Kind.MEDIA),
    (b"\x1a\x45\xdf\xa3", Kind.MEDIA),
    (b"MZ", Kind.EXECUTABLE),
    (b"\x7fELF", Kind.EXECUTABLE),
)
# Too short, or plain letters: believed only where the content is no text.
_WEAK = (b"BM", b"BZh", b"MZ", b"ID3", b"MSCF")
_CMS_IDENTIFIER = bytes.fromhex("06092a864886f70d0107")
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--|<!doctype\s+html|<(?:html|head|body|meta|table)\b)", re.IGNORECASE
)
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]")
_MAIL_FIELDS = frozenset({"from", "to", "subject", "date", "received", "message-id", "mime-version", "return-path"})
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_SAMPLE_CHARS = 65536


def kind_of(source: Source, readings: Readings) -> Kind:
    """The format of the octets."""
    octets = source.octets
    if not octets.strip(b"\0 \t\r\n"):
        return Kind.EMPTY
    container = _container(octets)
    if container is not None:
        return container
    text = readings(octets[: 4 * _SAMPLE_CHARS], source.charset)[0][:_SAMPLE_CHARS]
    readable = len(_CONTROL.findall(text)) * 100 <= len(text)
    kind = _signature(octets, readable)
    if kind is not None:
        return kind
    if not readable:
        return Kind.BINARY
    return Kind.TEXT if source.margin else _flavour(source, text)


def _container(octets: bytes) -> Kind | None:
    if octets.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        if octets[30:38] == b"mimetype" and b"application/vnd.oasis.opendocument" in octets[38:128]:
            return Kind.OPEN_DOCUMENT
        if "[Content_Types].xml" in entry_names(octets):
            return Kind.OFFICE_OPEN
        return Kind.ZIP
    if octets[257:262] == b"ustar":
        return Kind.TAR
    return None


def _signature(octets: bytes, readable: bool) -> Kind | None:
    for signature, kind in _SIGNATURES:
        if octets.startswith(signature) and not (readable and signature in _WEAK):
            if signature == b"\x01\x00\x00\x00" and octets[40:44] != b" EMF":
                continue
            return kind
    if octets[4:8] == b"ftyp" or (octets[:4] == b"RIFF" and octets[8:12] in (b"AVI ", b"WAVE")):
        image = octets[8:12] in (b"heic", b"heix", b"mif1", b"avif")
        return Kind.IMAGE if image else Kind.MEDIA
    if octets[:4] == b"RIFF" and octets[8:12] == b"WEBP":
        return Kind.IMAGE
    if octets[:1] == b"\x30" and _CMS_IDENTIFIER in octets[:40]:
        return Kind.CMS
    if not readable and b"%PDF-" in octets[:1024]:
        return Kind.PDF
    return None


def _flavour(source: Source, text: str) -> Kind:
    declared = source.declared or ""
    if declared == "text/html" or source.suffix in ("html", "htm", "xhtml", "mht") or _HTML_START.match(text):
        return Kind.HTML
    if declared in ("text/calendar", "text/vcard", "text/x-vcard", "text/directory") or text.lstrip()[:6] == "BEGIN:":
        return Kind.FOLDED
    if source.is_body:
        return Kind.TEXT
    if is_mail_by_label(source):
        return Kind.MESSAGE
    if not declared.startswith("message/") and declared != "text/rfc822-headers" and _looks_like_mail(text):
        return Kind.MESSAGE
    if declared in ("text/csv", "text/tab-separated-values") or source.suffix in ("csv", "tsv", "tab"):
        return Kind.TABLE
    return Kind.TEXT


def is_mail_by_label(source: Source) -> bool:
    """Whether mail programs will open it as a message, so that unclear structure in it counts."""
    return source.declared in ("message/rfc822", "message/global", "message/news") or source.suffix == "eml"


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
