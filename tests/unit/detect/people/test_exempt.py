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


BUSINESS = """Please see below.

From: Olga Marsh <olga.marsh@hospital.example>
Sent: 3 May 2026 10:12
To: Housing

The patient Edith Crowe, DOB 12/03/1931, is ready.

Kind regards
Olga Marsh
Discharge Coordinator
Example Hospital
01632 960417
"""


def exemptions(detection: Detection, body: str) -> dict[str, set[Exemption | None]]:
    found: dict[str, set[Exemption | None]] = {}
    for finding in detection.findings:
        found.setdefault(body[finding.start : finding.end], set()).add(finding.exempt)
    return found


def test_the_signature_of_a_business_contact_does_not_count_but_what_they_wrote_does(detect: Detect) -> None:
    found = exemptions(detect(BUSINESS), BUSINESS)
    assert found["01632 960417"] == {Exemption.COLLEAGUE}
    assert Exemption.COLLEAGUE in found["Olga Marsh"]
    assert found["Edith Crowe"] == {None}


@pytest.mark.parametrize(
    "block",
    [
        "Thanks\nOlga Marsh\n4 Mill Lane, Ashby LE65 1AB\n01632 960417\n",
        "Thanks\nOlga Marsh, Nurse\nolga77@gmail.com\n01632 960417\n",
    ],
)
def test_a_residents_signature_counts(block: str, detect: Detect) -> None:
    body = f"Please see below.\n\nFrom: Olga <olga77@gmail.com>\nSent: 3 May 2026\n\nThe boiler is cold.\n\n{block}"
    assert exemptions(detect(body), body)["01632 960417"] == {None}


@pytest.mark.parametrize("name", ["Jane", "Jane Doe", "J Doe", "Mrs Doe", "Janie Doe", "DOE, Jane", "Jane M. Doe"])
def test_the_author_is_known_under_all_names(name: str, detect: Detect) -> None:
    body = f"I can confirm that {name} was there.\n"
    assert {f.exempt for f in detect(body).findings} <= {Exemption.AUTHOR}


@pytest.mark.parametrize("end", ["\n\nLorraine, x2114\n", "\nThanks, Lorraine\n", "\nThx - Lorraine\n"])
def test_whoever_signs_from_a_shared_mailbox_is_its_author(end: str, detect: Detect) -> None:
    body = f"The rota is attached.{end}"
    found = exemptions(detect(body), body)
    assert found.get("Lorraine", {Exemption.AUTHOR}) == {Exemption.AUTHOR}


def test_thanks_at_the_top_exempt_nothing_below_them(detect: Detect) -> None:
    body = (
        "Thanks\n\nMrs Edith Whitlock is on 07700 900123 from ten, and her son Liam after six.\n\nRegards\nJane Doe\n"
    )
    found = exemptions(detect(body), body)
    assert found["07700 900123"] == {None}
    assert found["Edith Whitlock"] == {None}
    assert found["Jane Doe"] == {Exemption.AUTHOR}


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ("Dear Mrs Doe\n\nYour National Insurance number YX 82 06 45 B is wrong.\n", {}),
        ("Ruth Doe rang. Mrs Doe has National Insurance number YX 82 06 45 B.\n", {}),
        (
            "Mrs Doe has National Insurance number YX 82 06 45 B.\n",
            {"to": "r77@gmail.com", "display_names": {"r77@gmail.com": "Ruth Doe"}},
        ),
    ],
    ids=["greeted", "named in full as well", "a recipient"],
)
def test_somebody_with_the_authors_surname_is_not_the_author(
    body: str, more: dict[str, object], detect: Detect
) -> None:
    detection = detect(body, **more)
    told = [person for person in detection.individuals if not person.is_author]
    assert {detection.findings[n].entity for person in told for n in person.findings} >= {"PERSON"}
    assert all(f.exempt is None for f in detection.findings if f.entity == "PERSON")


def accounts(detection: Detection) -> list[Exemption | None]:
    """Why each bank account that was found does not count; None: it does."""
    return [f.exempt for f in detection.findings if f.entity in ("UK_BANK_ACCOUNT", "IBAN_CODE")]


@pytest.mark.parametrize(
    "text",
    [
        "Please pay into our bank account, sort code 20-17-84, account number 22997880.",
        "Pay by BACS: 22997880, sort code 201784",
        "Bank details: sort code 20 17 84\n\nIts bank account number is 2299 7880.",
        "Our IBAN is GB33BUKB20201555555555.",
        "The lady called Zhyvka: 201784 22997880",
    ],
)
def test_the_account_into_which_the_council_is_paid_is_its_own(text: str, detect: Detect) -> None:
    found = accounts(detect(text))
    assert found
    assert set(found) == {Exemption.COUNCIL}


@pytest.mark.parametrize(
    "text",
    [
        "Please refund her: sort code 20-17-84, account number 55779911.",
        "Her bank account number is 55779911.",
        "Her IBAN is GB29NWBK60161331926819.",
        "The lady called Zhyvka: 201784 55779911",
    ],
)
def test_another_account_at_the_same_branch_is_not(text: str, detect: Detect) -> None:
    assert None in accounts(detect(text))
