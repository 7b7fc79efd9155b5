"""What a sender's page tells, in words, and nothing that it must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dlp_gateway.act.words import left_words
from dlp_gateway.decide import Rulebook
from dlp_gateway.language import languages_of
from dlp_gateway.model import Area, Controls, Disposition, Outcome
from dlp_gateway.store import (
    DeliveryState,
    HeldMessage,
    MessageState,
    SenderChoice,
    SenderRequest,
    SenderRequestState,
    StoredMessage,
)
from dlp_gateway.web.sender_view import HeldView, held_view, request_words
from tests.support.notices import finding, inspection
from tests.support.policy_mail import rulebook_with
from tests.support.store_values import AUTHOR, NOON, PARTNER, RESIDENT, prepared, record

ZONE = ZoneInfo("Europe/London")
POLICY = """\
rules:
  - {id: external, reason: a, then: disclaimer}
  - {id: theirs, clause: "3.3", reason: a, then: hold, release_by: [reviewer, sender]}
  - {id: reviewers, reason: a, then: hold}
"""
BOOK = rulebook_with(policy=POLICY)


def held(*rules: str, state: DeliveryState = DeliveryState.HELD, approvals: int = 1) -> HeldMessage:
    one = prepared("H1", RESIDENT)
    return HeldMessage(
        id="H1",
        message_id="M1",
        state=state,
        delivery=one.delivery,
        reverse_path=AUTHOR,
        params=one.params,
        recipient_params=(),
        octets_key="k",
        held_at=NOON,
        hold_until=None,
        expires_at=NOON + timedelta(days=14),
        reviewers="leads",
        approvals=approvals,
        approvals_given=(),
        rules=tuple((rule, "v7") for rule in rules),
        reasons=("Health data may not go there.",),
        decided_by=None,
        decided_at=None,
        decision_reason=None,
        envelope=record("M1").envelope,
        author=AUTHOR,
        message_id_header=None,
        received_at=NOON,
        size_bytes=1,
    )


def stored(*dispositions: Disposition, **more: object) -> StoredMessage:
    became = dispositions or (
        Disposition(recipient=RESIDENT, outcome=Outcome.HELD),
        Disposition(recipient=PARTNER, outcome=Outcome.RELAYED),
    )
    return StoredMessage(
        record=record("M1", inspection=inspection(controls=Controls(author=AUTHOR)), **more),
        state=MessageState.CLOSED,
        answered=True,
        dispositions=became,
        gateway_id="g",
    )


def view(*holds: HeldMessage, message: StoredMessage | None = None, rulebook: Rulebook = BOOK) -> HeldView:
    return held_view(message or stored(), holds, rulebook, now=NOON, zone=ZONE)


def test_it_says_to_whom_why_by_which_rule_what_was_found_and_how_long() -> None:
    told = view(held("external", "theirs"))
    assert told.sent_at == "Monday 2 March 2026 at 12:00"
    assert told.held_for == (RESIDENT,)
    assert told.reasons == ("Health data may not go there.",)
    assert [(rule.id, rule.clause) for rule in told.rules] == [("theirs", "3.3")]
    (found,) = told.found
    assert (found.what, found.masked, found.where) == ("an NHS number", "943 ### ####", "page 2 of report.pdf")
    assert told.markings == ("the marking OFFICIAL-SENSITIVE, page 1 of report.pdf",)
    assert told.unread == ("clients.zip could not be read: it is encrypted or protected by a password",)
    assert (told.kept_until, told.time_left) == ("Monday 16 March 2026 at 12:00", "14 days")
    assert told.became[1] == (PARTNER, "Sent: the next mail server has taken it")


def test_the_sender_may_release_only_where_every_hold_says_so() -> None:
    assert view(held("theirs")).overrides == {("theirs", BOOK.version)}
    assert not view(held("theirs", "reviewers")).may_release
    assert not view(held("theirs"), held("reviewers")).may_release
    assert not view(held("theirs", approvals=2)).may_release
    assert not view(held("theirs", state=DeliveryState.REJECTED)).may_release


def test_without_its_inspection_a_page_still_tells_the_reasons() -> None:
    message = stored()
    message = replace(message, record=replace(message.record, inspection=None))
    told = view(held("theirs"), message=message)
    assert (told.found, told.unread) == ((), ())
    assert told.reasons


def test_the_name_of_a_file_that_holds_a_finding_is_not_shown() -> None:
    message = stored()
    seen = inspection(findings=(finding(area=Area.FILE_NAME), finding(fingerprint="f2")))
    message = replace(message, record=replace(message.record, inspection=seen))
    told = view(held("theirs"), message=message)
    assert not any("report.pdf" in one.where for one in told.found)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=13, hours=23), "13 days"),
        (timedelta(hours=24), "1 day"),
        (timedelta(hours=5, minutes=59), "5 hours"),
        (timedelta(minutes=59), "less than an hour"),
        (timedelta(minutes=-5), "less than an hour"),
    ],
)
def test_the_time_left_is_told_in_words_and_never_more_than_there_is(left: timedelta, words: str) -> None:
    assert left_words(left) == words


def request(kind: SenderChoice, state: SenderRequestState = SenderRequestState.DONE) -> SenderRequest:
    return SenderRequest(
        id="r",
        link="l",
        message_id="M1",
        kind=kind,
        state=state,
        by=AUTHOR,
        reason="x",
        overrides=frozenset(),
        asked_at=datetime(2026, 3, 2, 13, 0, tzinfo=UTC),
    )


def test_sent_is_said_only_when_the_next_hop_has_taken_it() -> None:
    asked = request(SenderChoice.RELEASE)
    refused = stored(Disposition(recipient=RESIDENT, outcome=Outcome.REFUSED, detail="550 no"))
    done = view(held("theirs", state=DeliveryState.DONE), message=refused)
    assert done.became[0] == (RESIDENT, "Not sent: the next mail server refused it")
    for state in (DeliveryState.RELEASE_REQUESTED, DeliveryState.RELEASING):
        heading, _ = request_words(asked, view(held("theirs", state=state)), ZONE)
        assert heading == "It is being checked once more and sent"
    heading, words = request_words(asked, view(held("reviewers")), ZONE)
    assert heading == "It is still held"
    assert "A reviewer will decide." in words[1]


def test_who_waits_after_an_emergency_was_either_not_asked_for_or_is_held_anew() -> None:
    asked, rest = request(SenderChoice.URGENT), view(held("reviewers"))
    heading, words = request_words(asked, rest, ZONE)
    assert heading == "You decided to send it"
    assert "The other recipients wait for a reviewer." in words[1]
    heading, words = request_words(asked, replace(rest, urgent_for=(PARTNER,)), ZONE)
    assert heading == "It is still held"
    assert "something else holds it now" in words[1]


@pytest.mark.parametrize(
    ("kind", "state", "heading"),
    [
        (SenderChoice.WITHDRAW, SenderRequestState.DONE, "You withdrew the e-mail"),
        (SenderChoice.REVIEW, SenderRequestState.DONE, "You asked a reviewer to look at it"),
        (SenderChoice.RELEASE, SenderRequestState.PASSED_ON, "A reviewer will decide"),
        (SenderChoice.WITHDRAW, SenderRequestState.OPEN, "We have your decision"),
        (SenderChoice.RELEASE, SenderRequestState.TOO_LATE, "Too late: it had been decided already"),
    ],
)
def test_each_end_has_words_of_its_own(kind: SenderChoice, state: SenderRequestState, heading: str) -> None:
    assert request_words(request(kind, state), view(held("theirs")), ZONE)[0] == heading


def test_in_welsh_every_word_is_welsh_and_reasons_without_a_welsh_text_are_english() -> None:
    welsh = languages_of({})["cy"]
    one = replace(held("theirs"), reasons_cy=("Ni chaiff data iechyd fynd yno.",))
    told = held_view(stored(), [one], BOOK, now=NOON, zone=ZONE, language=welsh)
    assert told.reasons == ("Ni chaiff data iechyd fynd yno.",)
    assert told.became[1] == (PARTNER, "Anfonwyd: mae'r gweinydd e-bost nesaf wedi'i derbyn")
    assert (told.kept_until, told.time_left) == ("dydd Llun 16 Mawrth 2026 am 12:00", "14 diwrnod")
    heading, words = request_words(request(SenderChoice.WITHDRAW), told, ZONE, welsh)
    assert heading == "Gwnaethoch dynnu'r neges yn ôl"
    assert words == ("Gwnaethoch ei thynnu'n ôl ddydd Llun 2 Mawrth 2026 am 13:00. Ni chaiff ei hanfon.",)
    english = held_view(stored(), [held("theirs")], BOOK, now=NOON, zone=ZONE, language=welsh)
    assert english.reasons == ("Health data may not go there.",)
    assert left_words(timedelta(days=2), welsh) == "2 ddiwrnod"
