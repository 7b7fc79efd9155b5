"""Every header of every part, as it is shown and as it is written; every file name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.extract.mail import UNDECODED, WORDS
from dlp_gateway.model import Area

HEAD = "From: Jo <jo@council.example>\r\nTo: Pat <pat@partner.example>\r\nMIME-Version: 1.0\r\n"


def mail(*fields: str) -> bytes:
    return (HEAD + "".join(f"{field}\r\n" for field in fields) + "\r\nHello\r\n").encode()


def mixed(*parts: str, kind: str = "mixed") -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return f'{HEAD}Content-Type: multipart/{kind}; boundary="b"\r\n\r\n{body}--b--\r\n'.encode()


def header(reading: object, part: str = "HEADER") -> list[tuple[str, str]]:
    """(place, text) of what is read of a header beyond the addresses."""
    ordinary = ("header From", "header To")
    return [(p.place, p.text) for p in reading.passages if p.part == part and p.place not in ordinary]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "fields",
    [
        ("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"),
        ('Content-Type: text/plain; charset="iso-8859-15"; format=flowed; delsp=yes',),
        ('Content-Type: application/vnd.ms-excel; name="list 2026.xls"', "Content-Disposition: inline; size=1200"),
        ("Content-Disposition: attachment; filename*0*=utf-8''list%202026; filename*1=.xls",),
    ],
)
def test_ordinary_syntax_is_no_text(read_mail: Callable, fields: tuple[str, ...]) -> None:
    assert header(read_mail(mail(*fields))) == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("MIME-Version: 1.0 (K_TEXT)", "1.0 (K_TEXT)"),
        ("Content-Transfer-Encoding: 7bit (K_TEXT)", "7bit (K_TEXT)"),
        ("Content-Disposition: inline (K_TEXT)", "inline (K_TEXT)"),
        ("Content-Disposition: K_TEXT", "K_TEXT"),
        ('Content-Disposition: inline; x="K_TEXT"', 'x="K_TEXT"'),
        ('Content-Type: text/plain; charset="K TEXT"', 'charset="K TEXT"'),
        ('Content-Type: text/plain; format="K TEXT"', 'format="K TEXT"'),
        ("Content-Type: text/k-12345678; charset=utf-8", "text/k-12345678"),
    ],
)
def test_whatever_is_not_ordinary_syntax_is_text(read_mail: Callable, field: str, text: str) -> None:
    octets = mail(field).replace(b"MIME-Version: 1.0\r\n", b"", 1) if field.startswith("MIME") else mail(field)
    name = field.partition(":")[0]
    assert (f"header {name}", text) in header(read_mail(octets))


def test_boundaries_are_text(read_mail: Callable) -> None:
    assert ("header Content-Type", 'boundary="b"') in header(read_mail(mixed("\r\nHello")))


def test_a_field_with_encoded_words_is_read_as_written_too(read_mail: Callable) -> None:
    """Readers differ in which encoded words they decode: blanks inside one are a fault, to some."""
    reading = read_mail(mail("Subject: =?utf-8?Q?K_T=45XT 12 34?="))
    assert header(reading) == [("subject", "K TEXT 12 34"), (UNDECODED, "=?utf-8?Q?K_T=45XT 12 34?=")]


def test_addresses_are_not_read_twice(read_mail: Callable) -> None:
    reading = read_mail(mail("Cc: =?utf-8?Q?Zo=C3=AB?= <zoe@partner.example>"))
    assert (UNDECODED, "=?utf-8?Q?Zo=C3=AB?=") in header(reading)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ('Cc: "A\\B 1\\2 34 56 C" <x@x.example>', "AB 12 34 56 C"),
        ('Cc: "AB 12" "34 56 C" <x@x.example>', "AB 12 34 56 C"),
        ("Cc: x@x.example (A\\B 12 34 56 \\C)", "(AB 12 34 56 C)"),
        ("Message-ID: <AB123456C@council.example>", " AB123456C "),
        ("Cc: ab123456c@x.example", "ab123456c "),
        ("X-AB123456C: yes", "X-AB123456C"),
        ("Content-Location: https://x.example/AB%2012%2034", "/AB 12 34"),
    ],
)
def test_words_are_read_without_the_syntax_around_them(read_mail: Callable, field: str, words: str) -> None:
    (text,) = [text for place, text in header(read_mail(mail(field))) if place == WORDS]
    assert words in text


def test_an_ordinary_header_has_no_other_readings(read_mail: Callable) -> None:
    places = [place for place, _ in header(read_mail(mail("Subject: Papers", "Message-ID: <a1@council.example>")))]
    assert places == ["subject", "header Message-ID"]


def test_tabs_of_folds_are_blanks(read_mail: Callable) -> None:
    assert ("subject", "AB 12 34") in header(read_mail(mail("Subject: AB\r\n\t12\r\n\t34")))


def test_fields_of_a_status_are_decoded(read_mail: Callable) -> None:
    status = (
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nX-Note: =?utf-8?Q?K=5FTEXT?=\r\n"
    )
    reading = read_mail(mixed("\r\nHello", status, kind="report"))
    assert ("2.FIELDS", "", True) in reading.where("X-Note: K_TEXT")


def test_a_returned_header_is_decoded_and_unfolded(read_mail: Callable) -> None:
    returned = "Content-Type: text/rfc822-headers\r\n\r\nSubject: =?utf-8?Q?K=5FTEXT?=\r\n =?utf-8?Q?_12?=\r\n"
    assert ("2.FIELDS", "", True) in read_mail(mixed("\r\nHello", returned, kind="report")).where("Subject: K_TEXT 12")


@pytest.mark.parametrize(
    ("name", "words"), [("AB_12_34_56_C.txt", "AB 12 34 56 C.txt"), ("AB%2012%2034.txt", "AB 12 34.txt")]
)
def test_a_file_name_is_read_in_words_too(read: Callable, name: str, words: str) -> None:
    names = [(p.place, p.text) for p in read(b"x", name).passages if p.area is Area.FILE_NAME]
    assert names == [("file name", name), ("words of the file name", words)]


def test_all_file_names_that_a_part_is_given_are_read(read_mail: Callable) -> None:
    part = (
        'Content-Type: text/plain; name="K_ONE.txt"\r\n'
        'Content-Disposition: attachment; filename="K TWO.txt"; filename*=utf-8\'\'K%20THREE.txt; filename="K FOUR.txt"'
        "\r\n\r\nx"
    )
    names = {p.text for p in read_mail(mixed(part)).passages if p.place == "file name"}
    assert names == {"K_ONE.txt", "K TWO.txt", "K THREE.txt", "K FOUR.txt"}
