from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event, vCalAddress, vText

from dlp_gateway.model import GapReason
from tests.unit.extract.conftest import message_with, read_message


def calendar(*lines: str) -> bytes:
    inside = ("BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", "")
    return "\r\n".join(inside).encode()


def card(*lines: str, version: str = "4.0") -> bytes:
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", "")).encode()


def lines_of(octets: bytes, name: str = "a.ics") -> list[str]:
    reading = read_message(message_with(octets, name))
    return [line for p in reading.passages if p.part == "2" and p.place != "file name" for line in p.text.split("\n")]


def test_a_calendar_reads_as_a_line_for_each_property(read: Callable) -> None:
    octets = calendar(
        "ORGANIZER;CN=Jane Doe:mailto:jane@council.example",
        'ATTENDEE;ROLE=CHAIR;RSVP=TRUE;CN="Smith, Ann";DELEGATED-TO="mailto:bo@b.example":MAILTO:ann@b.example',
        "SUMMARY:Review\\, part 2",
    )
    (passage,) = [p for p in read(octets, "a.ics").passages if p.part == "2" and p.place == ""]
    assert passage.text.split("\n") == [
        "BEGIN:VCALENDAR",
        "VERSION: 2.0",
        "BEGIN:VEVENT",
        "ORGANIZER: Jane Doe, jane@council.example",
        "ATTENDEE: Smith, Ann, ann@b.example (DELEGATED-TO bo@b.example)",
        "SUMMARY: Review, part 2",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("DESCRIPTION:NHS 943 4\r\n 76 5919", "DESCRIPTION: NHS 943 476 5919"),
        ("DESCRIPTION:NHS 943 4\r\n\t76 5919", "DESCRIPTION: NHS 943 476 5919"),
        ("COMMENT:a\\;b\\\\c", "COMMENT: a;b\\c"),
        ("X-REF;X-KEY=943 476 5919:x", "X-REF: x (X-KEY 943 476 5919)"),
        ("SUMMARY;LANGUAGE=en-GB:x", "SUMMARY: x"),
        ("SUMMARY;LANGUAGE=9434765919:x", "SUMMARY: x (LANGUAGE 9434765919)"),
        ("ATTENDEE;CN=Ann ^'Al^' Lee:mailto:a@b.example", 'ATTENDEE: Ann "Al" Lee, a@b.example'),
        ('ATTENDEE;CN="unbalanced:mailto:a@b.example', "ATTENDEE: unbalanced, a@b.example"),
        ("no property at all", "no property at all"),
        ("END:9434765919", "END: 9434765919"),
    ],
)
def test_what_a_line_says(line: str, said: str) -> None:
    assert said in lines_of(calendar(line))


def test_a_fold_inside_a_character_parts_nothing() -> None:
    """RFC 5545, 3.1: lines are folded by octets."""
    octets = calendar("SUMMARY:Zoë").replace("ë".encode(), b"\xc3\r\n \xab")
    assert "SUMMARY: Zoë" in lines_of(octets)


def test_a_value_of_several_lines_cannot_pretend_to_be_a_property(read: Callable) -> None:
    """Names on the line of an attendee are exempt; a description must not be able to begin such a line."""
    reading = read(calendar("DESCRIPTION:Dear Ann\\nATTENDEE: K_NAME"), "a.ics")
    assert reading.where("K_NAME") == [("2", "descriptions", False)]
    assert "BEGIN:VCALENDAR" not in reading.one("K_NAME").text


@pytest.mark.parametrize(
    "line",
    [
        f"ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=K.txt:{base64.b64encode(b'hello K_FILE').decode()}",
        f"ATTACH:data:text/plain;base64,{base64.b64encode(b'hello K_FILE').decode()}",
        "ATTACH:data:text/plain,hello%20K_FILE",
        "X-ALT-DESC;FMTTYPE=text/html:<html><body>hello <b>K_</b>FILE</body></html>",
    ],
)
def test_files_inside_are_files(read: Callable, line: str) -> None:
    reading = read(calendar(line), "a.ics")
    (passage,) = [p for p in reading.passages if "K_FILE" in p.text]
    assert passage.part.startswith("2/")
    assert reading.gaps == ()


def test_a_file_that_cannot_be_decoded_is_a_gap(read: Callable) -> None:
    assert read(calendar("ATTACH;ENCODING=BASE64;VALUE=BINARY:!!!"), "a.ics").reasons == [GapReason.CORRUPT]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("NOTE;ENCODING=QUOTED-PRINTABLE:=51=51=20=31=32", "NOTE: QQ 12"),
        ("NOTE;QUOTED-PRINTABLE:QQ 12=\r\n 34", "NOTE: QQ 1234"),
        ("N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg;;Dr.", "N: Dr. Jörg Müller"),
        (f"NOTE;ENCODING=b:{base64.b64encode(b'QQ 12').decode()}", "NOTE: QQ 12"),
        (f"NOTE;BASE64:\r\n{base64.b64encode(b'QQ 12').decode()}\r\n", "NOTE: QQ 12"),
        ("ADR;HOME:;;14 High Street;Leeds;;LS1 1AA;UK", "ADR: 14 High Street, Leeds, LS1 1AA, UK"),
        ("item1.TEL;CELL:07700 900123", "item1.TEL: 07700 900123"),
        ("ORG:Council;Housing", "ORG: Council, Housing"),
    ],
)
def test_what_an_old_card_says(line: str, said: str) -> None:
    assert said in lines_of(card(line, version="2.1"), "a.vcf")


def test_a_fold_of_an_old_card_is_read_both_ways() -> None:
    lines = lines_of(card("NOTE:943 476\r\n 5919", version="2.1"), "a.vcf")
    assert "NOTE: 943 4765919" in lines
    assert "NOTE: 943 476 5919" in lines


def test_utf_16_is_read() -> None:
    assert "SUMMARY: Zoë" in lines_of(calendar("SUMMARY:Zoë").decode().encode("utf-16"))


def test_a_picture_on_a_card_is_a_file(read: Callable) -> None:
    octets = card(f"PHOTO;ENCODING=b;TYPE=JPEG:{base64.b64encode(b'GIF89a' + bytes(30)).decode()}", version="3.0")
    assert {p.part for p in read(octets, "a.vcf").passages} | {g.part for g in read(octets, "a.vcf").gaps} >= {
        "2/photo"
    }


def test_a_hundred_thousand_folds_take_linear_time() -> None:
    octets = calendar("DESCRIPTION:x" + "\r\n y" * 100_000)
    assert "DESCRIPTION: x" + "y" * 100_000 in lines_of(octets)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(str.strip)


@given(TEXT, TEXT, TEXT)
def test_what_another_library_writes_is_read(summary: str, description: str, name: str) -> None:
    """icalendar, an independent writer of RFC 5545."""
    event = Event()
    event.add("uid", "1")
    event.add("dtstamp", datetime(2026, 11, 1, tzinfo=UTC))
    event.add("summary", summary)
    event.add("description", f"{description}\nsecond line")
    attendee = vCalAddress("mailto:ann@b.example")
    attendee.params["CN"] = vText("Ann Lee")
    event.add("attendee", attendee)
    event.add("x-note", vText(name))
    whole = Calendar()
    whole.add_component(event)
    text = "\n".join(lines_of(whole.to_ical()))
    for value in (summary, description, name):
        assert value.strip() in text
    assert "ATTENDEE: Ann Lee, ann@b.example" in text


def test_every_octet_string_is_read_without_a_fault() -> None:
    for octets in (b"BEGIN:VCARD\n:\n;\n;;:\n=\nA;B;C:K_X\nPHOTO;ENCODING=B:", b"BEGIN:VCALENDAR\n\xff\xfe:K_X"):
        assert read_message(message_with(octets, "a.ics")).where("K_X")
