from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from dlp_gateway.model import Area, Detection, MarkingKind, Passage

Detect = Callable[..., Detection]
K = MarkingKind


def kinds(detection: Detection) -> set[MarkingKind]:
    return {marking.kind for marking in detection.markings}


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("OFFICIAL-SENSITIVE: placement", "x", {K.OFFICIAL_SENSITIVE}),
        ("RE: [OFFICIAL - SENSITIVE] case", "x", {K.OFFICIAL_SENSITIVE}),
        ("x", "OFFICIAL SENSITIVE\n\nHello", {K.OFFICIAL_SENSITIVE}),
        ("x", "Hello\n\n" + "line\n" * 30 + "Official-Sensitive\n", {K.OFFICIAL_SENSITIVE}),
        ("x", "This is OFFICIAL mail about sensitive plants.", set()),
        ("SECRET - exercise", "x", {K.SECRET}),
        ("x", "SECRET\n\nHello", {K.SECRET}),
        ("FW: TOP SECRET", "x", {K.TOP_SECRET}),
        ("x", "TOP SECRET // EYES ONLY\nHello", {K.TOP_SECRET}),
        ("Secret Santa", "The secret of good cakes is butter. Our SECRET weapon is patience.", set()),
        ("x", "NOT FOR PUBLICATION by virtue of Schedule 12A", {K.NOT_FOR_PUBLICATION}),
        ("x", "Exempt information: paragraph 3 of Part 1", {K.NOT_FOR_PUBLICATION}),
        ("x", "Internal bulletin\nNot for onward circulation", {K.INTERNAL_COMMUNICATION}),
        ("Press statement: library", "x", {K.PRESS_STATEMENT}),
        ("x", "A council spokesperson said: we are sorry.", {K.PRESS_STATEMENT}),
        ("[secure] your case", "x", {K.SECURE_REQUESTED}),
        ("Re: [Encrypt] your case", "x", {K.SECURE_REQUESTED}),
        ("x", "type [secure] in the subject", set()),
        ("Trade embargo talks", "The embargo on imports continues.", set()),
    ],
)
def test_markings_are_read_where_they_are_markings(
    subject: str, body: str, expected: set[MarkingKind], detect: Detect
) -> None:
    assert kinds(detect(body, subject=subject)) == expected


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("EMBARGOED UNTIL 00:01 on Thursday 4 December 2026", datetime(2026, 12, 4, 0, 1, tzinfo=UTC)),
        ("not for release before 9am, 3 Dec", datetime(2026, 12, 3, 9, 0, tzinfo=UTC)),
        ("Embargo: 06.00 1st July 2027", datetime(2027, 7, 1, 5, 0, tzinfo=UTC)),  # British Summer Time
        ("Strictly embargoed until noon tomorrow", datetime(2026, 11, 24, 12, 0, tzinfo=UTC)),
        ("EMBARGO until 10:30 01/12/2026", datetime(2026, 12, 1, 10, 30, tzinfo=UTC)),
        ("EMBARGOED UNTIL 0001hrs 5 January", datetime(2027, 1, 5, 0, 1, tzinfo=UTC)),
        ("Embargoed until midnight on 30 November 2026", datetime(2026, 12, 1, 0, 0, tzinfo=UTC)),
        ("Embargoed until 5pm Friday", datetime(2026, 11, 27, 17, 0, tzinfo=UTC)),
        ("Embargo: 00.01hrs Tuesday 1 December", datetime(2026, 12, 1, 0, 1, tzinfo=UTC)),
        ("EMBARGO 10th December 2026, 0001 hours", datetime(2026, 12, 10, 0, 1, tzinfo=UTC)),
        ("UNDER EMBARGO UNTIL: 2026-12-10T06:30Z", datetime(2026, 12, 10, 6, 30, tzinfo=UTC)),
        ("Embargoed until one minute past midnight on 10 December", datetime(2026, 12, 10, 0, 1, tzinfo=UTC)),
        ("Embargo lifts at 7.30 a.m. on Monday, December 7, 2026", datetime(2026, 12, 7, 7, 30, tzinfo=UTC)),
        ("Embargoed until 00:01 BST 30 June 2027", datetime(2027, 6, 29, 23, 1, tzinfo=UTC)),
        ("Embargoed until 08:00 GMT 30 June 2027", datetime(2027, 6, 30, 8, 0, tzinfo=UTC)),
        ("Embargoed until 08:00 30 June 2027", datetime(2027, 6, 30, 7, 0, tzinfo=UTC)),
        ("Embargoed until 01:30 on 28 March 2027", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # no such hour
        ("Embargoed until 11.59pm on 31 October 2027", datetime(2027, 10, 31, 23, 59, tzinfo=UTC)),
        ("Embargo tan 09:00, 10 Rhagfyr 2026", datetime(2026, 12, 10, 9, 0, tzinfo=UTC)),
        ("EMBARGO TAN hanner dydd 3 Mawrth 2027", datetime(2027, 3, 3, 12, 0, tzinfo=UTC)),
        ("EMBARGOED", None),
        ("Embargoed until 99 December 2026", None),
    ],
)
def test_an_embargo_ends_at_a_moment_in_the_councils_time_zone(
    line: str, until: datetime | None, detect: Detect
) -> None:
    markings = [m for m in detect(f"{line}\n\nThe library opens.").markings if m.kind is K.EMBARGO]
    assert [m.until for m in markings] == [until]


def test_markings_in_header_fields_and_document_properties_count(detect: Detect) -> None:
    extra = (
        Passage(part="HEADER", place="header X-Protective-Marking", text="OFFICIAL-SENSITIVE", area=Area.HEADER),
        Passage(part="2", place="document properties", text="OFFICIAL-SENSITIVE", area=Area.ATTACHMENT),
    )
    assert [(m.part, m.place) for m in detect("x", extra=extra).markings] == [
        ("HEADER", "header X-Protective-Marking"),
        ("2", "document properties"),
    ]


def test_markings_quoted_from_an_earlier_message_do_not_count(detect: Detect) -> None:
    assert (
        kinds(detect("Thanks.\n\nOn 2 June 2026, A B wrote:\n> EMBARGOED UNTIL 9am 3 Dec 2026\nOFFICIAL-SENSITIVE\n"))
        == set()
    )


@pytest.mark.parametrize(
    ("place", "area", "text", "expected"),
    [
        ("document properties", Area.ATTACHMENT, "Official Sensitive\nMSIP_Label_87_Name", K.OFFICIAL_SENSITIVE),
        ("document properties", Area.ATTACHMENT, "Top Secret\nClassification", K.TOP_SECRET),
        ("document properties", Area.ATTACHMENT, "Annual report\nSecret gardens of Ashby", None),
        (
            "header msip_labels",
            Area.HEADER,
            f"MSIP_Label_87_Enabled=true; {'MSIP_Label_87_SiteId=0; ' * 12}MSIP_Label_87_Name=Official-Sensitive; x=1",
            K.OFFICIAL_SENSITIVE,
        ),
        ("header X-Protective-Marking", Area.HEADER, "VER=1.0, NS=gov.uk, SEC=SECRET", K.SECRET),
        ("header X-Mailer", Area.HEADER, "Mailer; edition=Secret", None),
    ],
)
def test_labels_of_programs_count_however_they_are_written(
    place: str, area: Area, text: str, expected: MarkingKind | None, detect: Detect
) -> None:
    found = detect("x", extra=(Passage(part="2", place=place, text=text, area=area),))
    assert kinds(found) == ({expected} if expected else set())
