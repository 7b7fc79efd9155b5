"""The gateway carries out what reviewers ask for: the notice with the rejection, the record before the reveal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dlp_gateway.act.reviewer import AGAIN_SECONDS, REVEAL_TIME, ReviewerDesk
from dlp_gateway.errors import TemporaryError
from dlp_gateway.model import Action, Controls, Delivery, Disposition, Envelope, Inspection, Outcome, Question
from dlp_gateway.octets import Octets
from dlp_gateway.store import (
    AuditSearch,
    DeliveryKind,
    DeliveryState,
    DeskKind,
    DeskState,
    DeskWish,
    HeldMessage,
    MessageRecord,
    PreparedDelivery,
    QuestionState,
    RecipientOutlook,
    ReleaseManner,
    ReleaseOutlook,
    ReleasePlan,
    UserAccount,
    Verb,
    new_answer,
    new_question,
)
from tests.support.gateway_stand import GatewayStand

NOW = datetime.now(UTC)
AUTHOR, OUTSIDE = "officer@council.example", "a.stranger@nobody.example"


class Desk:
    """A desk over a real store, that shows what `text` says, or fails with it."""

    def __init__(self, stand: GatewayStand) -> None:
        self.stand, self.store, self.now = stand, stand.store, NOW
        self.text: bytes | Exception = b"sealed"
        self.shown: list[str] = []
        self.desk = ReviewerDesk(
            store=stand.store,
            notices=stand.preparer.notices,
            show=self._show,
            look_ahead=self._look_ahead,
            reviewers=lambda _group: ("lead@council.example",),
            wake_retries=lambda: None,
            clock=lambda: self.now,
        )

    async def _show(self, request_id: str, _octets: Octets) -> bytes:
        entries = await self.store.search_audit(AuditSearch(verb=Verb.HELD_REVEALED))
        self.shown += [f"{request_id}: {len(entries) == 1}"]
        if isinstance(self.text, Exception):
            raise self.text
        return self.text

    async def _look_ahead(self, held: HeldMessage, wish: DeskWish) -> ReleaseOutlook:
        assert wish.plan is not None
        action = Action.ENCRYPT if wish.plan.manner.encrypted else Action.RELAY
        return ReleaseOutlook(
            recipients=tuple(RecipientOutlook(recipient=one, action=action) for one in wish.plan.recipients)
        )

    async def hold(self) -> None:
        record = MessageRecord(
            message_id="M1",
            received_at=NOW,
            envelope=Envelope(reverse_path=AUTHOR, recipients=(OUTSIDE,), vouches_for_sender=True),
            size_bytes=1,
            identity="M1",
            author=AUTHOR,
            inspection=Inspection(question=Question(), controls=Controls(author=AUTHOR)),
        )
        prepared = PreparedDelivery(
            id="H1",
            kind=DeliveryKind.HOLD,
            delivery=Delivery(recipients=(OUTSIDE,), action=Action.HOLD, route="relay"),
            reverse_path=AUTHOR,
            octets_key=await self.store.seal(b"From: x\r\n\r\nx\r\n"),
            expires_at=NOW + timedelta(days=14),
        )
        await self.store.record(record, (prepared,))
        await self.store.make_live("M1", (Disposition(recipient=OUTSIDE, outcome=Outcome.HELD),))

    async def asked(self, kind: DeskKind) -> DeskState:
        wish = DeskWish(held_id="H1", kind=kind, by="user:lead", reason="because", code="too-much", case="C-1")
        request = await self.store.desk.ask(wish)
        await self.desk.carry_out()
        found = await self.store.desk.request(request.id)
        assert found is not None
        return found.state


@pytest.fixture
async def desk(stand: GatewayStand) -> Desk:
    made = Desk(stand)
    await made.hold()
    return made


async def test_a_rejection_goes_with_its_notice(desk: Desk) -> None:
    assert await desk.asked(DeskKind.REJECT) is DeskState.DONE
    held = await desk.store.held("H1")
    assert held is not None
    assert (held.state, held.decided_by) == (DeliveryState.REJECTED, "user:lead")
    due = await desk.store.claim_due(datetime.now(UTC) + timedelta(minutes=1), 10, 60)
    assert [one.kind for one in due] == [DeliveryKind.NOTICE]
    assert due[0].delivery.recipients == (AUTHOR,)


async def test_what_was_decided_meanwhile_is_too_late(desk: Desk) -> None:
    wish = DeskWish(held_id="H1", kind=DeskKind.REJECT, by="user:lead", reason="because")
    request = await desk.store.desk.ask(wish)
    await desk.store.reject("H1", by="somebody", reason="quicker")
    await desk.desk.carry_out()
    found = await desk.store.desk.request(request.id)
    assert found is not None
    assert found.state is DeskState.TOO_LATE


async def test_a_reveal_is_on_record_before_anything_is_opened(desk: Desk) -> None:
    assert await desk.asked(DeskKind.REVEAL) is DeskState.DONE
    assert [line.partition(": ")[2] for line in desk.shown] == ["True"]
    (request,) = await desk.store.desk.requests_of("M1")
    assert request.good_until == NOW + REVEAL_TIME


async def test_a_reveal_that_fails_says_so(desk: Desk) -> None:
    desk.text = TemporaryError("the worker died")
    assert await desk.asked(DeskKind.REVEAL) is DeskState.FAILED


async def test_a_question_goes_to_the_author_and_its_answer_to_the_group_neither_in_the_mail(desk: Desk) -> None:
    url = "https://mail-check.council.example"
    notices = desk.stand.preparer.notices
    console = notices.config.console.model_copy(update={"url": url})
    notices.config = notices.config.model_copy(update={"console": console})
    notices.sender_link = lambda _id, now: (f"{url}/sender/token/", now + timedelta(days=14))
    deputy = UserAccount(
        name="deputy", display_name="", email="deputy@council.example", roles=("reviewer",), is_active=True
    )
    await desk.store.users.create(deputy, None, by="test")
    words = "Did Mrs Crowe agree to this?"
    asked = await desk.store.questions.ask(new_question(b"k" * 32, "H1", words, by="user:deputy", now=NOW))
    assert await desk.desk.carry_out() == 1
    (mail,) = await desk.store.claim_due(datetime.now(UTC) + timedelta(minutes=1), 10, 60)
    assert (mail.kind, mail.delivery.recipients) == (DeliveryKind.NOTICE, (AUTHOR,))
    octets = bytes(await desk.store.unseal(mail.octets_key))
    assert b"A question about your held e-mail" in octets
    assert b"/sender/token/" in octets
    assert b"Crowe" not in octets
    assert OUTSIDE.encode() not in octets
    await desk.store.questions.answer(new_answer(b"k" * 32, asked.id, "Crowe did.", author=AUTHOR, now=NOW))
    assert await desk.desk.carry_out() == 1
    due = await desk.store.claim_due(datetime.now(UTC) + timedelta(minutes=1), 10, 60)
    (answer,) = [one for one in due if one.id != mail.id]
    assert answer.delivery.recipients == ("lead@council.example", "deputy@council.example")
    octets = bytes(await desk.store.unseal(answer.octets_key))
    assert b"/held/H1" in octets
    assert b"Crowe" not in octets
    assert AUTHOR.encode() not in octets
    (kept,) = await desk.store.questions.of("M1")
    assert kept.state is QuestionState.DONE
    assert await desk.desk.carry_out() == 0


async def test_a_look_ahead_answers_and_changes_nothing(desk: Desk) -> None:
    plan = ReleasePlan(recipients=(OUTSIDE,), overrides=frozenset(), manner=ReleaseManner(encrypted=True))
    wish = DeskWish(held_id="H1", kind=DeskKind.LOOK, by="user:lead", reason="", plan=plan)
    before = len(await desk.store.search_audit(AuditSearch()))
    request = await desk.store.desk.ask(wish)
    await desk.desk.carry_out()
    found = await desk.store.desk.request(request.id)
    assert found is not None
    assert found.wish.plan == plan
    assert found.outlook == ReleaseOutlook(recipients=(RecipientOutlook(recipient=OUTSIDE, action=Action.ENCRYPT),))
    held = await desk.store.held("H1")
    assert held is not None
    assert held.state is DeliveryState.HELD
    assert len(await desk.store.search_audit(AuditSearch())) == before


async def test_a_question_that_could_reach_nobody_says_so(desk: Desk) -> None:
    """No console, so no link: nobody could answer."""
    await desk.store.questions.ask(new_question(b"k" * 32, "H1", "Is it so?", by="user:lead", now=NOW))
    await desk.desk.carry_out()
    assert await desk.stand.outbox() == []
    (kept,) = await desk.store.questions.of("M1")
    assert kept.state is QuestionState.NOT_SENT
    held = await desk.store.held("H1")
    assert held is not None
    assert held.question is None


async def test_what_was_revealed_goes_after_its_time(desk: Desk) -> None:
    await desk.asked(DeskKind.REVEAL)
    desk.now = NOW + REVEAL_TIME
    await desk.desk.carry_out()
    (listed,) = await desk.store.desk.requests_of("M1")
    kept = await desk.store.desk.request(listed.id)
    assert kept is not None
    assert kept.sealed == b""


async def test_a_fault_of_ours_is_tried_again_later_and_keeps_nobody_else_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_arguments: object) -> None:
        raise RuntimeError("a fault")

    original = desk.store.held
    monkeypatch.setattr(desk.store, "held", broken)
    wish = DeskWish(held_id="H1", kind=DeskKind.REJECT, by="user:lead", reason="because")
    await desk.store.desk.ask(wish)
    assert await desk.desk.carry_out() == 0
    monkeypatch.setattr(desk.store, "held", original)
    assert await desk.desk.carry_out() == 0
    desk.now = NOW + timedelta(seconds=AGAIN_SECONDS + 1)
    assert await desk.desk.carry_out() == 1
