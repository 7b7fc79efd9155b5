"""One small document of each kind that a library or a few lines here can make: where mutation begins."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import libarchive
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from docx import Document
from openpyxl import Workbook
from openpyxl.comments import Comment
from PIL import Image
from pptx import Presentation
from pptx.util import Inches
from reportlab.pdfgen.canvas import Canvas

from tests.support.documents.outlook import (
    BINARY,
    LONG,
    STRING_8,
    UNICODE,
    MessageFile,
    make_msg,
    make_tnef,
    mapi,
    rich_text,
    wide,
)

TEXT = "Jo Sample, NHS number 943 476 5919, 12 Mill Lane"
_LINES = f"{TEXT}\nsecond line\n"


def html() -> bytes:
    return (
        "<!doctype html><html><head><title>News</title><style>.x{display:none}</style></head><body>"
        f'<p>{TEXT} &amp; more<br>line</p><p class=x style="color:#fff">hidden</p><!-- note --><img alt="a map" '
        'src="data:image/png;base64,iVBORw0KGgo="><table><tr><td>Name</td><td>Jo</td></tr></table></body></html>'
    ).encode()


def rtf() -> bytes:
    return (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\info{\author Jo}}{\*\annotation a note}"
        rb"\f0 Jo Sample {\v hidden} \u8364?\'e9 943 476 5919\par{\header top}\trowd\cell\row"
        rb"{\object\objemb{\*\objdata 0105000002000000}}{\pict\pngblip 89504e47}}"
    )


def csv() -> bytes:
    return b'Name;NHS number\r\nJo Sample;943 476 5919\r\n"Pat; Other";"a ""b"""\r\n'


def calendar() -> bytes:
    return (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=en:Case meeting\r\nDESCRIPTION:Jo Sample\\, 943 476\r\n"
        b'  5919\r\nATTENDEE;CN="Jo":mailto:jo@a.example\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:SGVsbG8=\r\n'
        b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def card() -> bytes:
    return (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=utf-8;ENCODING=QUOTED-PRINTABLE:Sample;Jo=C3=A9=\r\n=20x\r\n"
        b"TEL;CELL:01632 960123\r\nPHOTO;ENCODING=b:iVBORw0KGgo=\r\nEND:VCARD\r\n"
    )


def mail() -> bytes:
    return (
        b"From: Jo <jo@a.example>\r\nTo: b@c.example\r\nSubject: =?utf-8?Q?caf=C3=A9?=\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nbegin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n"
        b"--x\r\nContent-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxiDQox\r\n--x--\r\n"
    )


def mbox() -> bytes:
    return b"From jo@a.example Mon Nov 23 10:00:00 2026\n" + mail().replace(b"\r\n", b"\n") + b"\n"


def typed() -> bytes:
    """Base64, uuencode and yEnc typed into text."""
    octets = bytes((value + 42) % 256 for value in TEXT.encode())
    return (
        b"Hello\r\nSm8gU2FtcGxlLCBOSFMgbnVtYmVyIDk0MyA0NzYgNTkxOSwgMTIgTWlsbCBMYW5lIGFuZCBzbyBvbg==\r\n"
        b"begin 644 note.txt\r\n#0V%%T\r\n`\r\nend\r\n"
        b"=ybegin line=128 size=%d name=a.txt\r\n%b\r\n=yend size=%d\r\n" % (len(octets), octets, len(octets))
    )


def armour() -> bytes:
    return (
        b"-----BEGIN PGP MESSAGE-----\r\nComment: for Jo\r\n\r\nywpiAGEudHh0AAAAAEpvIFNhbXBsZQ==\r\n=abcd\r\n"
        b"-----END PGP MESSAGE-----\r\n"
    )


def pgp_packets() -> bytes:
    """A literal data packet (RFC 9580, 5.9) and one encrypted (5.13)."""
    literal = b"b\x05a.txt\0\0\0\0" + TEXT.encode()
    return b"\xcb" + bytes([len(literal)]) + literal + b"\xd2\x08\x01" + b"sealed!"


def zipped(members: dict[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members or {"notes/a.txt": _LINES.encode(), "b.html": html()}).items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("a.txt")
        entry.size = len(_LINES)
        archive.addfile(entry, io.BytesIO(_LINES.encode()))
    return buffer.getvalue()


def gz() -> bytes:
    return gzip.compress(_LINES.encode(), mtime=0)


def bzip2() -> bytes:
    return bz2.compress(_LINES.encode())


def xz() -> bytes:
    return lzma.compress(_LINES.encode())


def archive(form: str) -> bytes:
    """An archive as libarchive writes it: "7zip", "cpio", "ar_bsd", "iso9660", "xar"."""
    pieces: list[bytes] = []

    def write(piece: bytes) -> int:
        pieces.append(bytes(piece))
        return len(piece)

    with libarchive.custom_writer(write, form) as writer:
        writer.add_file_from_memory("a.txt", len(_LINES), _LINES.encode())
    return b"".join(pieces)


def docx() -> bytes:
    document = Document()
    document.add_heading("Case notes", 1)
    document.add_paragraph(TEXT)
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "Name"
    table.cell(1, 1).text = "943 476 5919"
    document.sections[0].header.paragraphs[0].text = "header"
    document.core_properties.author = "Jo Sample"
    buffer = io.BytesIO()
    document.save(buffer)
    keep = ("[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/header1.xml", "docProps/core.xml")
    with zipfile.ZipFile(buffer) as package:  # without its large style sheets
        names = [name for name in package.namelist() if name in keep or name.endswith("document.xml.rels")]
        return zipped({name: package.read(name) for name in names})


def xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Clients"
    sheet.append(["Name", "NHS number", "Born"])
    sheet.append(["Jo Sample", 9434765919, datetime(1970, 1, 2, tzinfo=UTC).replace(tzinfo=None)])
    sheet["A2"].comment = Comment("a comment", "Jo")
    sheet.column_dimensions["B"].hidden = True
    hidden = book.create_sheet("Old")
    hidden.sheet_state = "hidden"
    hidden["A1"] = '="x"&"y"'
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def pptx() -> bytes:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    slide.shapes.add_textbox(Inches(1), Inches(1), Inches(3), Inches(1)).text_frame.text = TEXT
    slide.notes_slide.notes_text_frame.text = "speaker note"
    buffer = io.BytesIO()
    show.save(buffer)
    with zipfile.ZipFile(buffer) as package:  # without layouts and themes
        drop = ("slideLayout", "theme", "printerSettings", "thumbnail")
        names = [name for name in package.namelist() if not any(word in name for word in drop)]
        return zipped({name: package.read(name) for name in names})


def odt() -> bytes:
    space = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    text = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    table = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    content = (
        f"<office:document-content {space} {text} {table}><office:body><office:text><text:p>{TEXT}<text:s/>x</text:p>"
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        '</text:changed-region></text:tracked-changes><table:table table:name="T"><table:table-row '
        'table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2"><text:p>a</text:p>'
        "</table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        package.writestr(zipfile.ZipInfo("content.xml"), content, zipfile.ZIP_DEFLATED)
        package.writestr(zipfile.ZipInfo("META-INF/manifest.xml"), "<m/>", zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=0, invariant=1)
    canvas.setTitle("Case notes")
    canvas.drawString(72, 720, TEXT)
    canvas.linkURL("https://council.example/?q=Jo", (72, 700, 200, 720))
    canvas.acroForm.textfield(name="who", value="Jo Sample", x=72, y=600)
    canvas.bookmarkPage("one")
    canvas.addOutlineEntry("Chapter", "one")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def image(form: str) -> bytes:
    """A small picture: "png", "jpeg", "gif", "bmp", "tiff", "webp", "ico"."""
    picture = Image.linear_gradient("L").resize((80, 40)).convert("RGB")
    buffer = io.BytesIO()
    more = {}
    if form in ("jpeg", "png", "webp", "tiff"):
        exif = Image.Exif()
        exif[0x010E] = "photo of Jo Sample"  # ImageDescription
        more["exif"] = exif.tobytes()
    picture.save(buffer, form, **more)
    return buffer.getvalue()


def metafile() -> bytes:
    """An enhanced metafile with one record of text (MS-EMF, 2.3.5.8)."""
    text = TEXT.encode("utf-16-le")
    record = struct.pack("<II16xIff", 84, 76 + len(text), 1, 1.0, 1.0)
    record += struct.pack("<iiIII16xI", 0, 0, len(TEXT), 76, 0, 0) + text
    end = struct.pack("<IIIII", 14, 20, 0, 0, 20)
    size = 108 + len(record) + len(end)
    head = struct.pack("<II16x16x4sIIIHHIII8x8x", 1, 108, b" EMF", 0x10000, size, 3, 1, 0, 0, 0, 0)
    return head.ljust(108, b"\0") + record + end


def signed() -> bytes:
    """CMS signed data with the text inside (RFC 5652, 5)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Sample")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(_LINES.encode()).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.NoCapabilities])


def msg() -> bytes:
    """A message of Outlook's with a body in rich text, a recipient and a file."""
    return make_msg(
        MessageFile(
            properties={
                (0x0037, UNICODE): wide("Case meeting"),
                (0x1000, UNICODE): wide(TEXT),
                (0x1009, BINARY): rich_text(rtf()),
                (0x3FFD, LONG): 1252,
                (0x8000, STRING_8): b"a named property",
            },
            recipients=({(0x3001, UNICODE): wide("Jo Sample"), (0x39FE, UNICODE): wide("jo@a.example")},),
            attachments=({(0x3707, UNICODE): wide("a.txt"), (0x3701, BINARY): _LINES.encode()},),
            names=("Reference",),
        )
    )


def tnef() -> bytes:
    """The same, packed (MS-OXTNEF, 2.1)."""
    attachment = mapi({(0x3707, UNICODE): wide("a.txt\0"), (0x3705, LONG): 1})
    return make_tnef(
        [
            (1, 0x00089006, struct.pack("<I", 0x10000)),
            (1, 0x00069007, struct.pack("<II", 1252, 0)),
            (1, 0x00018004, b"Case meeting\0"),
            (1, 0x0002800C, b"Dear Jo\0"),
            (1, 0x00069003, mapi({(0x1009, BINARY): rich_text(rtf()), (0x1000, UNICODE): wide(TEXT)})),
            (2, 0x00069002, bytes(14)),
            (2, 0x00018010, b"a.txt\0"),
            (2, 0x0006800F, _LINES.encode()),
            (2, 0x00069005, attachment),
        ]
    )


def program() -> bytes:
    """A program of another system, with an archive at its end."""
    return b"MZ" + bytes(range(256)) + b"\0" * 100 + zipped()


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    **{maker.__name__: maker for maker in (html, rtf, csv, calendar, card, mail, mbox, typed, armour, pgp_packets)},
    **{maker.__name__: maker for maker in (zipped, tar, gz, bzip2, xz, docx, xlsx, pptx, odt, pdf, metafile)},
    **{maker.__name__: maker for maker in (signed, msg, tnef, program)},
    **{form: (lambda form=form: archive(form)) for form in ("7zip", "cpio", "ar_bsd", "iso9660", "xar")},
    **{form: (lambda form=form: image(form)) for form in ("png", "jpeg", "gif", "bmp", "tiff", "webp", "ico")},
}


@cache
def small_documents() -> dict[str, bytes]:
    """All of them by name, made once."""
    return {name: make() for name, make in DOCUMENTS.items()}
