from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.extract import extract_text
from dlp_gateway.model import Detection, Exemption, Passage
from dlp_gateway.parse import parse_message, views

Detect = Callable[..., Detection]


def invitation(*lines: str) -> tuple[Passage, ...]:
    """The passages of an attached invitation, as they are read."""
    calendar = "\r\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""))
    head = "Content-Type: text/calendar; charset=utf-8; name=invite.ics\r\n\r\n"
    passages = extract_text(parse_message((head + calendar).encode()), parse_message, views).passages
    return tuple(passage for passage in passages if passage.part == "1" and passage.place != "file name")


@pytest.mark.parametrize("name", ["ATTENDEE", "ORGANIZER", "attendee"])
def test_who_is_invited_is_no_news_to_those_who_are(name: str, detect: Detect) -> None:
    passages = invitation(f'{name};CN="Mrs Ann Whitlock":mailto:ann.whitlock@mail.example')
    detection = detect("Please come", extra=passages)
    assert {(f.entity, f.exempt) for f in detection.findings} == {
        ("EMAIL_ADDRESS", Exemption.INVITATION),
        ("PERSON", Exemption.INVITATION),
    }


def test_what_an_invitation_says_counts(detect: Detect) -> None:
    """However its lines begin: a value of several lines can't write itself an exemption."""
    passages = invitation("DESCRIPTION:About the case\\nATTENDEE: Mrs Ann Whitlock, ann.whitlock@mail.example")
    assert {f.exempt for f in detect("Please come", extra=passages).findings} == {None}
