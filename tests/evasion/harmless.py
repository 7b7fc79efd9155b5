"""Messages built by the same hands as the cases, without trick and without data: none may be held."""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import io
import lzma
import zipfile

from .build import HEAD, HELLO, attached, b64, crlf, mail, multipart, part, qp, word

_TEXT = "Thank you for your help, the meeting is on Tuesday."
_LETTER = _TEXT.encode()


def _zip(name: str, octets: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), octets, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


_EML = HEAD + b"Subject: The meeting\r\n" + part(b64(_LETTER), encoding=b"base64")
_STATUS = part(
    b"Reporting-MTA: dns; mx.council.example\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n", b"message/delivery-status"
)

HARMLESS: dict[str, bytes] = {
    "plain": mail(_LETTER),
    "no-type": mail(_LETTER, None),
    "subject-words": mail(_LETTER, subject=word("Das Büro") + b"\r\n " + word(" öffnet")),
    "own-field": mail(_LETTER, fields=b"X-Mailer: Sample 1.0 (build 7)\r\n"),
    "display-name-words": mail(_LETTER, fields=b"Cc: " + word("Zoë") + b" <zoe@partner.example> (by request)\r\n"),
    "file-name-sections": multipart(
        HELLO,
        part(_LETTER, fields=b"Content-Disposition: attachment; filename*0*=utf-8''The%20; filename*1=meeting.txt\r\n"),
    ),
    "base64": mail(b64(_LETTER), encoding=b"base64"),
    "base64-folded-name": mail(b64(_LETTER), encoding=b"\r\n base64"),
    "base64-commented-name": mail(b64(_LETTER), encoding=b"base64 (as usual)"),
    "quoted": mail(qp(_LETTER), encoding=b"quoted-printable"),
    "quoted-soft-break": mail(b"Thank you =\r\nfor your help\r\n", encoding=b"quoted-printable"),
    "latin-1": mail("café".encode("latin-1"), b"text/plain; charset=iso-8859-1", encoding=b"8bit"),
    "utf-16": mail(b64(_TEXT.encode("utf-16")), b"text/plain; charset=utf-16", encoding=b"base64"),
    "japanese": mail("会議は火曜日です。".encode("iso2022_jp"), b"text/plain; charset=iso-2022-jp"),
    "korean": mail(b64("회의는 화요일입니다.".encode("euc_kr")), b"text/plain; charset=euc-kr", encoding=b"base64"),
    "arabic": mail("الاجتماع يوم الثلاثاء".encode(), encoding=b"8bit"),
    "uuencode": mail(
        b"begin 644 note.txt\r\n" + binascii.b2a_uu(_LETTER[:45]).replace(b"\n", b"\r\n") + b"`\r\nend\r\n"
    ),
    "typed-base64": mail(b"The key is\r\n\r\n" + b64(_LETTER)),
    "mixed": multipart(HELLO, part(b64(_LETTER), encoding=b"base64")),
    "mixed-preamble": multipart(HELLO, preamble=b"This is a message of several parts.\r\n", epilogue=b"\r\n"),
    "alternative": multipart(HELLO, part(b"<p>Good morning</p>", b"text/html; charset=utf-8"), kind=b"alternative"),
    "related": multipart(part(b"<p>Good morning</p>", b"text/html"), HELLO, kind=b"related"),
    "form-data": multipart(HELLO, kind=b"form-data"),
    "padded-delimiter": multipart(HELLO).replace(b"--=_limit\r\n", b"--=_limit \t\r\n"),
    "type-in-capitals": multipart(HELLO, declared=b'Multipart/Mixed;\r\n\tBOUNDARY = "=_limit"'),
    "digest": multipart(b"\r\n" + _EML, kind=b"digest"),
    "message": multipart(HELLO, part(_EML, b"message/rfc822")),
    "message-file": attached(_EML, b"a.eml"),
    "message-global": multipart(HELLO, part(b64(_EML), b"message/global", encoding=b"base64")),
    "report": multipart(HELLO, _STATUS, part(_EML, b"message/rfc822"), kind=b"report"),
    "report-cut-off": multipart(HELLO, _STATUS, part(_EML[:-20], b"message/rfc822"), kind=b"report"),
    "report-header": multipart(HELLO, _STATUS, part(b"Subject: s\r\n", b"text/rfc822-headers"), kind=b"report"),
    "lf-only": multipart(HELLO).replace(b"\r\n", b"\n"),
    "flowed": mail(b"Thank you \r\nfor your help\r\n", b"text/plain; charset=utf-8; format=flowed"),
    "nested-ten": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5 + _EML,
    "page": mail(b"<html><body><p title='x'>Good morning</p><!-- x --></body></html>", b"text/html; charset=utf-8"),
    "page-table": mail(b"<table><tr><td>1<td>2</table>", b"text/html; charset=utf-8"),
    "rtf": attached(b"{\\rtf1 Good morning}", b"a.rtf", b"application/rtf"),
    "calendar": multipart(
        HELLO,
        part(crlf("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Meeting\nEND:VEVENT\nEND:VCALENDAR\n"), b"text/calendar"),
    ),
    "card": multipart(HELLO, part(crlf("BEGIN:VCARD\nVERSION:3.0\nFN:Pat\nEND:VCARD\n"), b"text/vcard")),
    "csv": attached(b"day,room\r\nTuesday,4\r\n", b"a.csv", b"text/csv"),
    "csv-utf-16": attached("day\troom\r\nTuesday\t4\r\n".encode("utf-16"), b"a.csv", b"text/csv"),
    "json": attached(b'{"day": "Tuesday"}', b"a.json", b"application/json"),
    "xml": attached(b"<?xml version='1.0'?><day>Tuesday</day>", b"a.xml", b"application/xml"),
    "zip": attached(_zip("a.txt", _LETTER), b"a.zip", b"application/zip"),
    "zip-message": attached(_zip("a.eml", _EML), b"a.zip", b"application/zip"),
    "gzip": attached(gzip.compress(_LETTER, mtime=0), b"a.gz", b"application/gzip"),
    "bzip2": attached(bz2.compress(_LETTER), b"a.bz2"),
    "xz": attached(lzma.compress(_LETTER), b"a.xz"),
    "clear-signed": mail(
        b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHello\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\n"
        + base64.b64encode(b"not a signature")
        + b"\r\n-----END PGP SIGNATURE-----\r\n"
    ),
}
