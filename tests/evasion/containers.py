"""Files and formats around the text: archives, calendars, cards, rich text, signatures."""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from .build import HELLO, LETTER, NINO, SOLID, TEXT, Section, attached, b64, crlf, mail, multipart, part

CONTAINERS = Section("containers")
add = CONTAINERS.add

_LONG = (TEXT + "\n").encode() * 3
_B64 = base64.b64encode(LETTER).decode()


def _zip(octets: bytes = _LONG, name: str = "note.txt", comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), octets, zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return buffer.getvalue()


def _tar(octets: bytes = _LONG) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("note.txt")
        entry.size = len(octets)
        archive.addfile(entry, io.BytesIO(octets))
    return buffer.getvalue()


def _signed(octets: bytes) -> bytes:
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
    builder = pkcs7.PKCS7SignatureBuilder().set_data(octets).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _binhex(octets: bytes) -> bytes:
    """BinHex 4.0 (RFC 1741, appendix A): a header, the data and an empty second fork, each with its checksum."""
    name = b"note.txt"
    header = bytes([len(name)]) + name + b"\0TEXTttxt\0\0" + struct.pack(">II", len(octets), 0)
    plain = b"".join(fork + struct.pack(">H", binascii.crc_hqx(fork, 0)) for fork in (header, octets, b""))
    bits = "".join(f"{octet:08b}" for octet in plain.replace(b"\x90", b"\x90\0"))
    sextets = [int(bits[start : start + 6].ljust(6, "0"), 2) for start in range(0, len(bits), 6)]
    alphabet = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
    return b"(This file must be converted with BinHex 4.0)\r\n\r\n:" + bytes(alphabet[s] for s in sextets) + b":\r\n"


def _typed(kind: bytes, text: str) -> bytes:
    return multipart(HELLO, part(crlf(text), kind))


def _png(chunk: bytes, data: bytes) -> bytes:
    """A picture of one dot with a chunk of text."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (chunk, data),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    )
    out = b"\x89PNG\r\n\x1a\n"
    for name, content in chunks:
        out += struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return out


# -- Archives and streams --
add("zip", "A ZIP archive.", attached(_zip(), b"a.zip", b"application/zip"))
add("zip-in-zip", "An archive in an archive.", attached(_zip(_zip(), "b.zip"), b"a.zip"))
add("zip-as-picture", "An archive that says it is a picture.", attached(_zip(), b"a.jpg", b"image/jpeg"))
add("zip-as-body", "An archive in place of the body.", mail(b64(_zip()), b"text/plain", encoding=b"base64"))
add("zip-name", "The name of a file in an archive.", attached(_zip(b"x", f"{NINO}.txt"), b"a.zip"))
add("zip-folder-name", "The name of a folder in an archive.", attached(_zip(b"x", f"{NINO}/x.txt"), b"a.zip"))
add("zip-comment", "The comment of an archive.", attached(_zip(b"x", comment=LETTER), b"a.zip"))
add("zip-prefixed", "An archive behind a programme's octets.", attached(b"MZ" + bytes(200) + _zip(), b"a.exe"))
add(
    "zip-after-text",
    "An archive behind a line of text.",
    attached(b"Good morning\r\n" + _zip(), b"a.txt", b"text/plain"),
)
add(
    "zip-after-picture",
    "An archive behind a picture.",
    attached(_png(b"tEXt", b"Title\0x") + _zip(), b"a.png", b"image/png"),
)
add("zip-twice", "Two archives one after the other.", attached(_zip() + _zip(b"x"), b"a.zip"))
add("zip-text-after", "Text behind the archive.", attached(_zip(b"x") + LETTER, b"a.zip"))
add(
    "zip-stored-unlisted",
    "An archive whose list is empty.",
    attached(_zip().partition(b"PK\x01\x02")[0] + b"PK\x05\x06" + bytes(18), b"a.zip"),
)
add("zip-cut", "An archive cut off.", attached(_zip()[:-40], b"a.zip"))
add(
    "zip-encrypted",
    "An archive that says it is encrypted.",
    attached(
        _zip()
        .replace(b"PK\x03\x04\x14\0\0\0", b"PK\x03\x04\x14\0\1\0")
        .replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0"),
        b"a.zip",
    ),
)
add(
    "gzip-as-text",
    "A compressed file that says it is text.",
    attached(gzip.compress(_LONG, mtime=0), b"a.txt", b"text/plain"),
)
add(
    "gzip-members",
    "A compressed file of two members.",
    attached(gzip.compress(b"x", mtime=0) + gzip.compress(_LONG, mtime=0), b"a.gz"),
)
add("gzip-trailing", "Text behind a compressed file.", attached(gzip.compress(b"x", mtime=0) + LETTER, b"a.gz"))
add(
    "gzip-name",
    "The name inside a compressed file.",
    attached(
        b"\x1f\x8b\x08\x08" + bytes(6) + f"{NINO}.txt".encode() + b"\0" + gzip.compress(b"x", mtime=0)[10:], b"a.gz"
    ),
)
add("bzip2", "A file of bzip2.", attached(bz2.compress(_LONG), b"a.bz2"))
add("xz", "A file of xz.", attached(lzma.compress(_LONG), b"a.xz"))
add("lzma", "A file of the format before xz.", attached(lzma.compress(_LONG, format=lzma.FORMAT_ALONE), b"a.lzma"))
add("zlib", "A bare compressed stream.", attached(zlib.compress(_LONG), b"a.dat"))
add("tar", "A tar archive.", attached(_tar(), b"a.tar"))
add("tar-gzip", "A compressed tar archive.", attached(gzip.compress(_tar(), mtime=0), b"a.tgz"))
add("tar-trailing", "Text behind the end of a tar archive.", attached(_tar(b"x") + LETTER, b"a.tar"))
add(
    "message-in-zip",
    "A message in an archive.",
    attached(_zip(mail(b64(LETTER), encoding=b"base64"), "a.eml"), b"a.zip"),
)
add(
    "page-in-zip",
    "A page in an archive.",
    attached(_zip(f"<html><p>{'<b></b>'.join(NINO)}</p></html>".encode(), "a.html"), b"a.zip"),
)
add(
    "unknown-binary",
    "A format nobody knows.",
    attached(bytes(range(1, 32)) * 20 + bytes(c ^ 0x55 for c in LETTER), b"a.dat"),
)
add("text-in-binary", "Text inside a format nobody knows.", attached(bytes(range(1, 32)) * 20 + LETTER, b"a.dat"))

add("binhex", "The format of old Macintosh programs.", mail(_binhex(LETTER), b"application/mac-binhex40"))
add("binhex-typed", "The same typed into text.", mail(b"Good morning\r\n" + _binhex(LETTER)))

# -- Rich text --
add("rtf-body", "Rich text in place of the body.", mail(rb"{\rtf1 A\b B\b0  12 34 56\~C}", b"text/rtf"))
add(
    "rtf-hex",
    "Characters as hexadecimal escapes.",
    attached(("{\\rtf1 " + "".join(f"\\'{ord(c):02x}" for c in NINO) + "}").encode(), b"a.rtf", b"application/rtf"),
)
add(
    "rtf-unicode",
    "Characters as numbers.",
    attached(("{\\rtf1\\uc1 " + "".join(f"\\u{ord(c)}?" for c in NINO) + "}").encode(), b"a.rtf", b"application/rtf"),
)
add("rtf-hidden", "Hidden text.", attached(b"{\\rtf1 x {\\v " + NINO.encode() + b"}}", b"a.rtf", b"application/rtf"))
add(
    "rtf-info",
    "The title of the document.",
    attached(b"{\\rtf1{\\info{\\title " + NINO.encode() + b"}} x}", b"a.rtf", b"application/rtf"),
)
add(
    "rtf-trailing",
    "Text behind the end of the document.",
    attached(b"{\\rtf1 x}" + LETTER, b"a.rtf", b"application/rtf"),
)
add("enriched", "Enriched text.", mail(b"<bold>A</bold>B 12 34<x-y></x-y> 56 C\r\n", b"text/enriched"))
add("richtext", "The format before it.", mail(b"<bold>A</bold>B 12<nl>34 56 C\r\n", b"text/richtext"))

# -- Calendars and cards --
_EVENT = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n{}\nEND:VEVENT\nEND:VCALENDAR\n"
_CARD = "BEGIN:VCARD\nVERSION:{}\nFN:Pat Example\n{}\nEND:VCARD\n"
_CALENDAR = b"text/calendar; charset=utf-8"
add(
    "calendar-folded",
    "A folded line of an appointment.",
    _typed(_CALENDAR, _EVENT.format("DESCRIPTION:NI AB 12 3\n 4 56 C")),
)
add(
    "calendar-escaped",
    "Escapes in a line of an appointment.",
    _typed(_CALENDAR, _EVENT.format("DESCRIPTION:NI\\nAB 12 34 56 C\\, thanks")),
)
add(
    "calendar-attachment",
    "A file inside an appointment.",
    _typed(_CALENDAR, _EVENT.format(f"ATTACH;ENCODING=BASE64;VALUE=BINARY:{_B64}")),
)
add(
    "calendar-parameter",
    "A parameter of a line.",
    _typed(_CALENDAR, _EVENT.format(f'ATTENDEE;CN="{NINO}":mailto:pat@partner.example')),
)
add(
    "calendar-page",
    "The page of an appointment.",
    _typed(_CALENDAR, _EVENT.format(f"X-ALT-DESC;FMTTYPE=text/html:<p>{'<b></b>'.join(NINO)}</p>")),
)
add(
    "calendar-address",
    "A text in an address.",
    _typed(_CALENDAR, _EVENT.format(f"ATTACH:data:text/plain;base64\\,{_B64}")),
)
add(
    "calendar-unlabelled",
    "An appointment that says it is a file.",
    attached(crlf(_EVENT.format("DESCRIPTION:NI AB 12 3\n 4 56 C")), b"a.ics"),
)
add(
    "card-quoted",
    "A line of a card in quoted-printable.",
    _typed(
        b"text/vcard", _CARD.format("2.1", "NOTE;ENCODING=QUOTED-PRINTABLE:" + "".join(f"={ord(c):02X}" for c in NINO))
    ),
)
add(
    "card-quoted-broken",
    "A line of a card with a soft break.",
    _typed(b"text/x-vcard", _CARD.format("2.1", "NOTE;QUOTED-PRINTABLE:AB 12=20=\n34 56 C")),
)
add("card-base64", "A line of a card in base64.", _typed(b"text/vcard", _CARD.format("3.0", f"NOTE;ENCODING=b:{_B64}")))
add(
    "card-photo",
    "A text where the picture should be.",
    _typed(b"text/vcard", _CARD.format("3.0", f"PHOTO;ENCODING=b;TYPE=JPEG:{_B64}")),
)
add(
    "card-address",
    "A text in a data address.",
    _typed(b"text/vcard", _CARD.format("4.0", f"PHOTO:data:text/plain;base64,{_B64}")),
)
add("card-structured", "A name in pieces.", _typed(b"text/vcard", _CARD.format("3.0", f"N:{NINO};;;;")))
add(
    "directory-base64",
    "An entry of a directory in base64.",
    attached(f"dn: cn=Pat\ncn: Pat\ndescription:: {_B64}\n".encode(), b"a.ldif", b"text/plain"),
)

# -- Tables, data, signatures, pictures --
add("csv-characters", "A cell for each character.", attached(",".join(SOLID).encode(), b"a.csv", b"text/csv"))
add(
    "csv-groups",
    "A cell for each group.",
    attached(b"name,ni\r\nPat," + NINO.replace(" ", ",").encode(), b"a.csv", b"text/csv"),
)
add("csv-rows", "A row for each group.", attached(NINO.replace(" ", "\r\n").encode(), b"a.csv", b"text/csv"))
add("csv-utf-16", "A table in UTF-16 with tabs.", attached(f"ni\t{NINO}\r\n".encode("utf-16"), b"a.csv", b"text/csv"))
add(
    "csv-formula",
    "A formula that joins pieces.",
    attached(b'name,ni\r\nPat,"=""AB 12 34 56 C"""\r\n', b"a.csv", b"text/csv"),
)
add(
    "csv-semicolons",
    "Semicolons and comma decimals.",
    attached(f"name;ni\r\nPat;{NINO}\r\n".encode(), b"a.csv", b"text/csv"),
)
add(
    "json-escapes",
    "Escapes of JSON.",
    attached(
        ('{"note": "' + "".join(f"\\u{ord(c):04x}" for c in NINO) + '"}').encode(), b"a.json", b"application/json"
    ),
)
add(
    "xml-entities",
    "Entities of XML.",
    attached(
        ("<?xml version='1.0'?><a>" + "".join(f"&#{ord(c)};" for c in NINO) + "</a>").encode(),
        b"a.xml",
        b"application/xml",
    ),
)
add(
    "xml-attribute",
    "An attribute of XML.",
    attached(f"<?xml version='1.0'?><a n='{NINO}'/>".encode(), b"a.xml", b"text/xml"),
)
add(
    "xml-utf-16",
    "XML in UTF-16.",
    attached(f"<?xml version='1.0' encoding='utf-16'?><a>{NINO}</a>".encode("utf-16"), b"a.xml"),
)
add(
    "svg-file",
    "A drawing as file.",
    attached(
        f"<svg xmlns='http://www.w3.org/2000/svg'><text>{'</text><text>'.join(NINO.split())}</text></svg>".encode(),
        b"a.svg",
        b"image/svg+xml",
    ),
)
add(
    "page-archive",
    "A saved web page.",
    attached(
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=w\r\n\r\n--w\r\n"
        + part(b64(f"<p>{TEXT}</p>".encode()), b"text/html", encoding=b"base64")
        + b"--w--\r\n",
        b"a.mht",
    ),
)
add(
    "signed",
    "Signed data with the text inside.",
    mail(
        b64(_signed(b"Content-Type: text/plain\r\n\r\n" + LETTER)),
        b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        encoding=b"base64",
    ),
)
add(
    "signed-encoded",
    "Signed data whose inside is in base64.",
    mail(
        b64(_signed(b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER))),
        b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        encoding=b"base64",
    ),
)
add(
    "signed-label",
    "Signed data that says it is a certificate.",
    multipart(
        HELLO,
        part(
            b64(_signed(b"Content-Type: text/plain\r\n\r\n" + LETTER)),
            b"application/pkcs7-signature; name=smime.p7s",
            encoding=b"base64",
        ),
    ),
)
add(
    "clear-signed",
    "Text between the lines of a signature.",
    mail(
        b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n"
        + LETTER
        + b"\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\nxx\r\n-----END PGP SIGNATURE-----\r\n"
    ),
)
add(
    "armoured-comment",
    "A comment of a signature.",
    mail(
        b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHi\r\n-----BEGIN PGP SIGNATURE-----\r\nComment: "
        + LETTER
        + b"\r\n\r\nxx\r\n-----END PGP SIGNATURE-----\r\n"
    ),
)
add(
    "armoured",
    "An encrypted message in text.",
    mail(b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + b64(LETTER) + b"=abcd\r\n-----END PGP MESSAGE-----\r\n"),
)
add(
    "armoured-literal",
    "A message that says it is encrypted and is not.",
    mail(
        b"-----BEGIN PGP MESSAGE-----\r\n\r\n"
        + b64(b"\xcb" + bytes([len(LETTER) + 6]) + b"t\0" + bytes(4) + LETTER)
        + b"-----END PGP MESSAGE-----\r\n"
    ),
)
add("picture-text", "A note inside a picture.", attached(_png(b"tEXt", b"Comment\0" + LETTER), b"a.png", b"image/png"))
add(
    "picture-text-packed",
    "A compressed note inside a picture.",
    attached(_png(b"zTXt", b"Comment\0\0" + zlib.compress(LETTER)), b"a.png", b"image/png"),
)
add("picture-trailing", "Text behind a picture.", attached(_png(b"tEXt", b"Title\0x") + LETTER, b"a.png", b"image/png"))
