"""Messages of the shapes that people send, each with words planted in its body, in names of attachments and in its
subject, so that a test can look for them where they must not be."""

from __future__ import annotations

import base64
import quopri
import random
import subprocess
from pathlib import Path

SUBJECT, BODY, NAME = "K-SUBJECT-5530", "K-BODY-7391", "K-NAME-2284"
TEXT = f"Dear Ms Okafor,\r\n\r\nthe reference is {BODY}, and the school has been told.\r\n\r\nYours, Jo\r\n"
WELSH = f"Annwyl Siân,\r\n\r\ny cyfeirnod yw {BODY}: £40 – diolch.\r\n"
HEAD = (
    "Received: from mail.council.example (mail.council.example [192.0.2.5])\r\n"
    "\tby gw.council.example with ESMTPS id 4Zx1;\r\n\tMon, 5 Oct 2026 09:14:00 +0000\r\n"
    'From: "Bloggs, Jo" <jo@council.example>\r\n'
    "To: Pat <pat@partner.example>\r\n"
    f"Subject: {SUBJECT}\r\n"
    f"Thread-Topic: {SUBJECT}\r\n"
    "Date: Mon, 5 Oct 2026 09:14:00 +0000\r\n"
    "Message-ID: <0001@council.example>\r\n"
    "X-Odd-Spacing:   kept \t as it is  \r\n"
)


def shapes() -> dict[str, bytes]:
    """Name and octets of each; `clear_signed` makes one more."""
    plain = part("text/plain; charset=us-ascii", TEXT)
    html = part("text/html; charset=utf-8", f"<p>Dear Ms Okafor, <b>{BODY}</b></p>\r\n")
    pdf = encoded("application/pdf", b"%PDF-1.7 " + BODY.encode() + bytes(range(256)), f"{NAME}.pdf")
    zipped = encoded("application/zip", b"PK\3\4" + BODY.encode() + bytes(500), f"{NAME}.zip")
    picture = encoded("image/png", b"\x89PNG\r\n\x1a\n" + bytes(300), f"{NAME}.png")
    calendar = f"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:{BODY}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return {
        "plain": mime("text/plain; charset=us-ascii", TEXT),
        "no MIME at all": (HEAD + "\r\n" + TEXT).encode(),
        "MIME-Version alone": (HEAD + "MIME-Version: 1.0\r\n\r\n" + TEXT).encode(),
        "utf-8, 8 bits": mime("text/plain; charset=utf-8", WELSH, "8bit"),
        "quoted-printable": mime(
            "text/plain; charset=utf-8",
            quopri.encodestring(WELSH.encode()).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").decode(),
            "quoted-printable",
        ),
        "base64": mime("text/plain; charset=utf-8", lines_of_base64(WELSH.encode()), "base64"),
        "utf-16": mime("text/plain; charset=utf-16", lines_of_base64(WELSH.encode("utf-16")), "base64"),
        "html alone": mime("text/html; charset=utf-8", f"<p>Dear Ms Okafor, <b>{BODY}</b></p>\r\n"),
        "alternative": multipart("alternative", plain, html),
        "mixed with PDF and ZIP": multipart("mixed", plain, pdf, zipped),
        "nested message": multipart("mixed", plain, "Content-Type: message/rfc822\r\n\r\n" + HEAD + "\r\n" + TEXT),
        "message as attachment alone": mime("message/rfc822", HEAD + "\r\n" + TEXT),
        "related": multipart("related", html, picture),
        "format=flowed": mime(
            "text/plain; charset=us-ascii; format=flowed; delsp=yes", TEXT + "and on \r\nit goes\r\n"
        ),
        "calendar": multipart("alternative", plain, part("text/calendar; charset=utf-8; method=REQUEST", calendar)),
        "empty body": mime("text/plain; charset=us-ascii", ""),
        "no body end": mime("text/plain; charset=us-ascii", f"the reference is {BODY}"),
        "no subject": mime("text/plain", TEXT).replace(f"Subject: {SUBJECT}\r\n".encode(), b"", 1),
        "long folded header": mime("text/plain", TEXT).replace(
            b"To: Pat", b"Cc: " + b",\r\n ".join(b"person%d@partner.example" % n for n in range(200)) + b"\r\nTo: Pat"
        ),
        "header in utf-8": mime("text/plain; charset=utf-8", WELSH, "8bit").replace(b"To: Pat", "To: Siân".encode()),
        "MIME fields between others": (
            "mime-version: 1.0 (made by hand)\r\ncontent-type:\r\n text/plain;\r\n\tcharset=us-ascii ;\r\n"
            + HEAD
            + f"Content-Description: {NAME}\r\nX-Last: yes\r\n\r\n{TEXT}"
        ).encode(),
        "lines as long as may be": mime("text/plain; charset=us-ascii", f"{BODY} {'x' * 980}\r\n" * 20),
        "dots and From at the start of lines": mime("text/plain", f".\r\n..{BODY}\r\nFrom here\r\n--\r\n-- \r\n"),
        "already OpenPGP": multipart(
            'encrypted; protocol="application/pgp-encrypted"',
            part("application/pgp-encrypted", "Version: 1\r\n"),
            part(
                "application/octet-stream", "-----BEGIN PGP MESSAGE-----\r\n\r\nwV4D\r\n-----END PGP MESSAGE-----\r\n"
            ),
        ),
        "five megabytes": multipart(
            "mixed", plain, encoded("application/pdf", random.Random(1).randbytes(3_700_000), f"{NAME}.pdf")
        ),
    }


def clear_signed(certificate: Path, key: Path) -> bytes:
    """A message that its author has signed, as multipart/signed, by the real openssl."""
    command = ["openssl", "cms", "-sign", "-binary", "-crlfeol", "-signer", str(certificate), "-inkey", str(key)]
    entity = part("text/plain; charset=us-ascii", TEXT).encode()
    signed = subprocess.run(command, input=entity, capture_output=True, check=True).stdout
    return HEAD.encode() + signed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def mime(kind: str, body: str, encoding: str = "7bit") -> bytes:
    fields = f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return (HEAD + fields + "\r\n" + body).encode()


def part(kind: str, body: str) -> str:
    return f"Content-Type: {kind}\r\n\r\n{body}"


def encoded(kind: str, octets: bytes, name: str) -> str:
    return (
        f'Content-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n{lines_of_base64(octets)}'
    )


def multipart(kind: str, *parts: str) -> bytes:
    body = "".join(f"--=_shape\r\n{each}\r\n" for each in parts)
    fields = f'MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary="=_shape"\r\n'
    return (HEAD + fields + "\r\nThis is a message in parts.\r\n" + body + "--=_shape--\r\n").encode()


def lines_of_base64(octets: bytes) -> str:
    return base64.encodebytes(octets).decode().replace("\n", "\r\n")
