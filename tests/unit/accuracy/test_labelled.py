from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.accuracy.labelled import LabelledMail, MalformedMailError, Part, part_of, piece, read_mails

HEAD = "=== adults-01 | a note\nFrom: Jo <jo@council.example>\nTo: a@b.example\n"
GOOD = (
    HEAD + "Subject: About [[PERSON Edith Crowe]]\n\n[[PERSON Edith Crowe]] of "
    "[[UK_ADDRESS 4 Mill Lane,\nAshby [[UK_POSTCODE LE65 1AB]]]]. Ring [[?PHONE_NUMBER 0300 123 4567]].\n\n"
    "--- attachment list.csv\nName,DOB\n[[PERSON Edith Crowe]],[[DATE_OF_BIRTH 12/03/1931]]\n"
)


def read(folder: Path, text: str, name: str = "adults.txt") -> list[LabelledMail]:
    (folder / name).write_text(text, encoding="utf-8")
    return read_mails(folder)


def test_marks_are_taken_out_and_their_offsets_are_those_of_the_text(tmp_path):
    (mail,) = read(tmp_path, GOOD)
    subject, body, table = mail.pieces
    assert body.text == "Edith Crowe of 4 Mill Lane,\nAshby LE65 1AB. Ring 0300 123 4567.\n"
    assert [(t.entity, body.text[t.start : t.end], t.cared_for) for t in body.truths] == [
        ("PERSON", "Edith Crowe", True),
        ("UK_ADDRESS", "4 Mill Lane,\nAshby LE65 1AB", True),
        ("UK_POSTCODE", "LE65 1AB", True),
        ("PHONE_NUMBER", "0300 123 4567", False),
    ]
    assert subject.text == "About Edith Crowe"
    assert table.name == "list.csv"


def test_the_message_holds_every_piece_as_mail_carries_it(tmp_path):
    (mail,) = read(tmp_path, GOOD)
    message = message_from_bytes(mail.octets(), policy=default)
    assert message["Subject"] == "About Edith Crowe"
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == mail.pieces[1].text
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "text/csv"
    assert attachment.get_filename() == "list.csv"
    assert b"\r\n" in mail.octets()
    assert mail.octets() == mail.octets()


@pytest.mark.parametrize(
    ("text", "place", "complaint"),
    [
        ("Hello\n" + GOOD, "adults.txt:1", "does not begin"),
        ("=== adults 01\n\nHi\n", "adults.txt:1", "is not === service-01 | note"),
        (HEAD + "\nHi [[PERSN Jo]]\n", "adults.txt:5", "no entity"),
        (HEAD + "\nHi [[PERSON Jo\n", "adults.txt:5", "does not end"),
        (HEAD + "\nHi\nJo]]\n", "adults.txt:6", "without [["),
        (HEAD + "\nHi [[Jo]]\n", "adults.txt:5", "without an entity"),
        (HEAD + "\nHi [[PERSON Jo ]]\n", "adults.txt:5", "blanks at an end"),
        (HEAD + "\n[[UK_ADDRESS a [[UK_POSTCODE b [[PERSON c]]]]]]\n", "adults.txt:5", "in a mark in a mark"),
        (HEAD + "\nHi\n--- attachment list.exe\nx\n", "adults.txt:6", "name.csv or name.txt"),
        (HEAD + "\n", "adults.txt:4", "nothing stands in the body"),
        (HEAD + "Cc: [[PERSON Jo]] <x@y.example>\n\nHi\n", "adults.txt:4", "only the subject is marked"),
        (HEAD + "To: x@y.example\n\nHi\n", "adults.txt:4", "gives To twice"),
        ("=== adults-01 | a note\nFrom: a@b.example\n\nHi\n", "adults.txt:1", "has no To"),
        (GOOD + "\n" + GOOD, "adults.txt:13", "stands already in adults.txt:1"),
        (GOOD.replace("adults-01", "adults-neg-01"), "adults.txt:1", "hard negative and marks DATE_OF_BIRTH"),
    ],
)
def test_a_malformed_file_is_an_error_with_file_and_line(tmp_path, text, place, complaint):
    with pytest.raises(MalformedMailError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(f"{place}: ")
    assert complaint in str(caught.value)


def test_a_generated_text_is_read_by_the_same_marks():
    read = piece("body", "Ring [[?PHONE_NUMBER 01632 960001]].")
    assert read.text == "Ring 01632 960001."
    assert not read.truths[0].cared_for


def test_about_seventy_in_a_hundred_are_for_development_and_the_same_each_time():
    parts = [part_of(f"adults-{number:02}") for number in range(2000)]
    assert 0.67 < parts.count(Part.DEVELOPMENT) / 2000 < 0.73
    assert parts == [part_of(f"adults-{number:02}") for number in range(2000)]
    assert part_of("adults-01") is Part.DEVELOPMENT
    assert part_of("adults-02") is Part.SEALED
