from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Callable
from urllib.parse import quote

import pytest

from dlp_gateway.model import Area
from tests.support.cpu_time import within
from tests.unit.extract.conftest import Reading, message_with, read_message

TEXT = "My number is K_TYPED, and thank you"
BASE64 = base64.b64encode(TEXT.encode()).decode()
UU = "begin 644 note.txt\n" + binascii.b2a_uu(TEXT.encode()).decode() + "`\nend\n"


def body(text: str | bytes, charset: str = "utf-8") -> Reading:
    octets = text.encode(charset) if isinstance(text, str) else text
    head = (
        f"From: a@b.example\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return read_message(head.encode() + octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def yenc(octets: bytes) -> bytes:
    escaped = b"".join(
        bytes((61, (c + 106) % 256)) if (c + 42) % 256 in (0, 10, 13, 61) else bytes(((c + 42) % 256,)) for c in octets
    )
    return b"=ybegin line=128 size=%d name=note.txt\n%b\n=yend size=%d\n" % (len(octets), escaped, len(octets))


WHOLE = {
    "one line": f"Decode this:\n{BASE64}\nRegards\n",
    "short lines": "Decode this:\n" + "\n".join(BASE64[i : i + 8] for i in range(0, len(BASE64), 8)) + "\n",
    "quoted": "> " + "\n> ".join(BASE64[i : i + 20] for i in range(0, len(BASE64), 20)),
    "within a sentence": f"Please decode ({BASE64}), thanks",
    "below a word": f"Hello\n\n{BASE64}",
    "empty lines between": "\n\n".join(BASE64[i : i + 12] for i in range(0, len(BASE64), 12)),
    "for addresses": "Decode " + base64.urlsafe_b64encode(f"{TEXT}???>>>~~~".encode()).decode(),
    "without padding": f"Decode\n{BASE64.rstrip('=')}\n",
    "twice": f"Decode\n{base64.b64encode(f'Decode {BASE64} again'.encode()).decode()}\n",
    "UTF-16": base64.b64encode(TEXT.encode("utf-16-le")).decode() + "\n\nRegards\nJo\n",
    "Windows-1252": base64.b64encode(f"{TEXT} caf\u00e9".encode("cp1252")).decode(),
    "hexadecimal": f"Decode {TEXT.encode().hex()} please",
    "in an address": f"See https://x.example/?q={BASE64.rstrip('=')}",
    "uuencode": f"See file\n\n{UU}",
    "uuencode cut off": "\n".join(UU.split("\n")[:2]),
    "uuencode of base64": f"begin-base64 644 note.txt\n{BASE64}\n====\n",
    "percent signs": "".join(f"%{ord(c):02X}" for c in TEXT),
    "percent signs twice": quote("".join(f"%{ord(c):02X}" for c in TEXT)),
    "an address with blanks": f"https://x.example/{quote(TEXT)}",
    "quoted-printable": "".join(f"={ord(c):02X}" for c in TEXT),
    "quoted-printable over lines": "".join(f"={ord(c):02X}" for c in TEXT).replace("=4B=5F", "=4B=\n=5F"),
    "backslashes": "".join(f"\\x{ord(c):02x}" for c in TEXT),
    "long backslashes": "".join(f"\\u{ord(c):04x}" for c in TEXT),
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE.keys())
def test_what_is_typed_in_another_form_is_read(text: str) -> None:
    reading = body(text)
    assert [p for p in reading.passages if "K_TYPED" in p.text]
    assert reading.gaps == ()


def test_so_is_what_a_page_shows() -> None:
    page = f"<html><body><p>Decode this:</p><p>{BASE64[:20]}<br>{BASE64[20:]}</p></body></html>"
    head = b"From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    assert read_message(head + page.encode() + b"\r\n").where("K_TYPED") == [("1/typed as base64", "", True)]


@pytest.mark.parametrize("text", [f"Decode\n{BASE64}\n", UU])
def test_so_is_an_attached_text(read: Callable, text: str) -> None:
    assert read(text.encode(), "note.txt", "text/plain").where("K_TYPED")


def test_yenc_is_read() -> None:
    octets = TEXT.encode() + bytes((214, 224, 227))  # which yEnc escapes
    reading = body(b"See below\n" + yenc(octets), "iso-8859-1")
    assert reading.where("K_TYPED")[0][0] == "1/note.txt"


def test_yenc_is_read_although_a_mail_program_made_unicode_of_it() -> None:
    text = "".join(bytes((c,)).decode("cp1252", "ignore") or chr(c) for c in yenc(TEXT.encode() * 3))
    reading = body(text, "utf-8")
    assert reading.where("K_TYPED")


def test_a_document_typed_as_base64_is_read_as_a_document(make_zip: Callable) -> None:
    archive = base64.encodebytes(make_zip({"note.txt": TEXT.encode()})).decode()
    assert body(f"Here it is:\n\n{archive}\nRegards\nJo").where("K_TYPED") == [("1/typed as base64/note.txt", "", True)]


def test_a_reviewer_is_told_how_it_stood_there() -> None:
    assert body(WHOLE["one line"]).where("K_TYPED") == [("1/typed as base64", "", True)]
    assert body(WHOLE["quoted-printable"]).where("K_TYPED") == [("1", "typed as quoted-printable", False)]


ORDINARY = {
    "a hash": f"sha256 {hashlib.sha256(b'x').hexdigest()}",
    "a list of hashes": "\n".join(hashlib.sha256(bytes([i])).hexdigest() for i in range(99)),
    "hashes in base64": "\n".join(base64.b64encode(hashlib.sha512(bytes([i])).digest()).decode() for i in range(99)),
    "a signature": "-----BEGIN PGP SIGNATURE-----\n\n"
    + base64.encodebytes(b"\x88\x75\x04\x00" + hashlib.sha512(b"x").digest() * 3).decode()
    + "-----END PGP SIGNATURE-----\n",
    "a certificate": "-----BEGIN CERTIFICATE-----\n"
    + base64.encodebytes(b"\x30\x82\x02\x10\x30\x82\x01\x79\xa0\x03" + hashlib.sha512(b"y").digest() * 9).decode()
    + "-----END CERTIFICATE-----\n",
    "addresses": "https://x.example/a/b?id=30&b=45&c=51&d=62&u=https%3A%2F%2Fwww.example%2F%3Fa%3Db&data=05%7C01%7Cjo%40b.example"
    "&sdata=Zm9vYmFyYmF6MTIzNDU2Nzg5MEFCQ0RFRkdISUpLTE1OT1A%3D",
    "an address with data of a program": "https://x.example/?q="
    + base64.b64encode(b'{"campaign":1234567,"list":"newsletter-2026"}').decode(),
    "lines": "-" * 76 + "\n" + "_" * 76 + "\n" + "=" * 76 + "\n" + "+" * 76 + "\n" + "/" * 76 + "\n" + "A" * 76 + "\n",
    "settings": "a=30\nb=45 c=51 d=62\nlimit=41",
    "short lines": "Dear Ann\n\nThanks\n\nRegards\nJo\nHousing\nCouncil\n" * 9,
    "a long name": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "percentages": "30% of 45%, 100%",
    "a path": r"C:\users\jo\x86\u-turn",
    "begin": "begin 100 years ago\nthere was a council\nend\n",
    "quoted": "caf=C3=A9 =20\n=20\n=3D",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_text_gives_nothing_more(text: str) -> None:
    reading = body(text)
    assert [p.place for p in reading.passages if p.area is not Area.HEADER] == [""]
    assert reading.gaps == ()


HOSTILE = {
    "short lines": "A\n" * 400_000,
    "uuencode begun": "begin 644 x\n" * 60_000,
    "yEnc begun": "=ybegin line=1 size=1 name=x\n" * 30_000,
    "armour begun": "-----BEGIN PGP MESSAGE-----" * 40_000,
    "padding": "=" * 1_000_000,
    "percent": "%" * 1_000_000,
    "a percent sign at the end": "x" * 1_000_000 + "%",
    "twenty-five": "%25" * 300_000,
    "backslash at the end": "x" * 1_000_000 + "\\x",
    "equals at the end": "x" * 1_000_000 + "=41=4",
    "escapes": "%41" * 300_000,
    "quoted": "=41" * 300_000,
    "one run": "A" * 1_000_000,
    "addresses": "http://x" + "/a" * 400_000,
    "backslashes": "\\x41" * 200_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_linear_time(text: str) -> None:
    within(8, lambda: body(text))


def test_random_octets_in_base64_are_neither_text_nor_file() -> None:
    """Three hundred keys of random octets: not one reads as anything."""
    text = "\n\nand\n\n".join(base64.encodebytes(os.urandom(300)).decode() for _ in range(300))
    reading = read_message(message_with(text.encode(), "keys.txt", "text/plain"))
    assert [p.part for p in reading.passages if p.part.startswith("2/")] == []
    assert reading.gaps == ()
