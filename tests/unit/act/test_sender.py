"""The gateway carries out what senders decided, by the rules of today."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp_gateway.act.sender import AGAIN_SECONDS, Overrides, SenderDesk
from dlp_gateway.errors import StoreUnavailableError
from dlp_gateway.model import (
    Action,
    Controls,
    Delivery,
    Disposition,
    Envelope,
    Inspection,
    Outcome,
    Question,
    RecipientClass,
    Verdict,
)
from dlp_gateway.store import (
    DeliveryKind,
    DeliveryState,
    HeldMessage,
    MessageRecord,
    PreparedDelivery,
    SenderChoice,
    SenderRequestState,
    SignIn,
)
from tests.support.gateway_stand import GatewayStand

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AUTHOR = "officer@council.example"
OUTSIDE = "a.stranger@nobody.example"
LEAD, DUTY = "lead@council.example", "duty@council.example"
HOUSING = "lettings@housing.example"
PAIR = ("theirs", "v1")


class Desk:
    """A desk over a real store. `may` is what senders may lift, `urgent` what of the mail to HOUSING because someone is
    at risk, by the rules of today."""

    def __init__(self, stand: GatewayStand) -> None:
        self.stand = stand
        self.senders = stand.store.senders
        self.may: Overrides | None = None
        self.urgent: Overrides | None = None
        self.woken = 0
        self.desk = SenderDesk(
            store=stand.store,
            notices=stand.preparer.notices,
            code_minutes=15,
            make_code=lambda code_id: ("048213", f"digest of {code_id}"),
            overrides=lambda held: self.may,
            urgent=lambda verdict, _inspection: self.urgent if verdict.recipient == HOUSING else None,
            reviewers=lambda group: {"leads": (LEAD,), "duty": (DUTY, LEAD)}.get(group or "", ()),
            escalation=lambda _held: "duty",
            wake_retries=self._wake,
            clock=lambda: NOW,
        )

    def _wake(self) -> None:
        self.woken += 1

    async def hold(
        self, *recipients: str, author: str = AUTHOR, vouched: bool = True, approvals: int = 1
    ) -> HeldMessage:
        recipients = recipients or (OUTSIDE,)
        envelope = Envelope(reverse_path=author, recipients=recipients, vouches_for_sender=vouched)
        record = MessageRecord(
            message_id="M1",
            received_at=NOW,
            envelope=envelope,
            size_bytes=1,
            identity="M1",
            author=author,
            inspection=Inspection(question=Question(), controls=Controls(author=author)),
            verdicts=tuple(
                Verdict(recipient=recipient, recipient_class=RecipientClass.PARTNER, action=Action.HOLD, route="relay")
                for recipient in recipients
            ),
        )
        prepared = PreparedDelivery(
            id="H1",
            kind=DeliveryKind.HOLD,
            delivery=Delivery(recipients=recipients, action=Action.HOLD, route="relay"),
            reverse_path=author,
            octets_key=await self.stand.store.seal(b"From: x\r\n\r\nx\r\n"),
            expires_at=NOW + timedelta(days=14),
            reviewers="leads",
            rules=(PAIR,),
            approvals=approvals,
        )
        await self.stand.store.record(record, (prepared,))
        held = tuple(Disposition(recipient=recipient, outcome=Outcome.HELD) for recipient in recipients)
        await self.stand.store.make_live("M1", held)
        return (await self.senders.held_of("M1"))[0]

    async def decided(self, kind: SenderChoice, *, by: str = AUTHOR) -> SenderRequestState:
        """Write a decision down, let the desk carry it out, and say how it stands."""
        await self.senders.decide(
            "link", "M1", kind, by=by, reason="They need it.", overrides=frozenset({PAIR}), now=NOW
        )
        await self.desk.carry_out()
        return (await self.senders.requests_of("M1"))[-1].state

    async def state(self) -> DeliveryState:
        return (await self.senders.held_of("M1"))[0].state


@pytest.fixture
async def desk(stand: GatewayStand) -> Desk:
    return Desk(stand)


async def test_a_code_is_mailed_to_the_author_and_wakes_the_delivery(desk: Desk) -> None:
    await desk.hold()
    code_id = await desk.senders.ask_code("link", "M1", AUTHOR, now=NOW)
    assert await desk.desk.carry_out() == 1
    assert desk.woken == 1
    assert await desk.stand.outbox() == [(DeliveryKind.NOTICE, (AUTHOR,))]
    assert await desk.senders.try_code(code_id, f"digest of {code_id}", now=NOW) is SignIn.GOOD
    assert await desk.desk.carry_out() == 0


@pytest.mark.parametrize("author", ["outsider@elsewhere.example", AUTHOR])
async def test_no_code_is_mailed_where_a_notice_would_not_go(desk: Desk, author: str) -> None:
    """To nobody outside, and to nobody for whom no one vouches: a typed From must not bring mail to anybody."""
    await desk.hold(author=author, vouched=author != AUTHOR)
    code_id = await desk.senders.ask_code("link", "M1", author, now=NOW)
    await desk.desk.carry_out()
    assert await desk.stand.outbox() == []
    assert await desk.senders.try_code(code_id, f"digest of {code_id}", now=NOW) is SignIn.DEAD


async def test_a_withdrawn_message_is_ended_and_its_author_told(desk: Desk) -> None:
    await desk.hold()
    assert await desk.decided(SenderChoice.WITHDRAW) is SenderRequestState.DONE
    assert await desk.state() is DeliveryState.WITHDRAWN
    assert await desk.stand.outbox() == [(DeliveryKind.NOTICE, (AUTHOR,))]


async def test_a_question_goes_to_the_members_of_the_group(desk: Desk) -> None:
    await desk.hold()
    assert await desk.decided(SenderChoice.REVIEW) is SenderRequestState.DONE
    assert await desk.state() is DeliveryState.HELD
    assert await desk.stand.outbox() == [(DeliveryKind.NOTICE, (LEAD,))]


async def test_a_release_that_the_rules_allow_lifts_what_the_sender_was_shown(desk: Desk) -> None:
    await desk.hold()
    desk.may = frozenset({PAIR, ("another", "v1")})
    assert await desk.decided(SenderChoice.RELEASE) is SenderRequestState.DONE
    (request,) = await desk.stand.store.claim_release_requests(10, 60)
    assert (request.by, request.overrides) == (f"sender:{AUTHOR}", frozenset({PAIR}))


@pytest.mark.parametrize(("may", "approvals"), [(None, 1), (frozenset({PAIR}), 2)])
async def test_a_release_that_the_rules_of_today_do_not_allow_becomes_a_question(
    desk: Desk, may: Overrides | None, approvals: int
) -> None:
    await desk.hold(approvals=approvals)
    desk.may = may
    assert await desk.decided(SenderChoice.RELEASE) is SenderRequestState.PASSED_ON
    assert await desk.state() is DeliveryState.HELD
    assert await desk.stand.outbox() == [(DeliveryKind.NOTICE, (LEAD,))]
    assert await desk.stand.store.claim_release_requests(10, 60) == ()


async def test_someone_at_risk_sends_it_to_those_alone_and_tells_the_group_and_whoever_it_escalates_to(
    desk: Desk,
) -> None:
    await desk.hold(HOUSING, OUTSIDE)
    desk.urgent = frozenset({PAIR})
    assert await desk.decided(SenderChoice.URGENT) is SenderRequestState.DONE
    (request,) = await desk.stand.store.claim_release_requests(10, 60)
    assert (request.by, request.recipients, request.overrides) == (f"sender:{AUTHOR}", (HOUSING,), frozenset({PAIR}))
    went, waits = (DeliveryKind.NOTICE, (LEAD, DUTY)), (DeliveryKind.NOTICE, (LEAD, DUTY))
    assert await desk.stand.outbox() == [went, waits]
    (held,) = await desk.senders.held_of("M1")
    assert (held.urgent, held.escalated_to) == (True, "duty")


@pytest.mark.parametrize(
    ("recipient", "urgent", "approvals"),
    [
        (OUTSIDE, frozenset({PAIR}), 1),
        (HOUSING, None, 1),
        (HOUSING, frozenset({PAIR}), 2),
        (HOUSING, frozenset({PAIR, ("not-shown", "v1")}), 1),
    ],
)
async def test_someone_at_risk_where_the_rules_of_today_do_not_allow_it_is_a_question_to_all_of_them(
    desk: Desk, recipient: str, urgent: Overrides | None, approvals: int
) -> None:
    await desk.hold(recipient, approvals=approvals)
    desk.urgent = urgent
    assert await desk.decided(SenderChoice.URGENT) is SenderRequestState.PASSED_ON
    assert await desk.state() is DeliveryState.HELD
    assert await desk.stand.outbox() == [(DeliveryKind.NOTICE, (LEAD, DUTY))]
    assert await desk.stand.store.claim_release_requests(10, 60) == ()
    (held,) = await desk.senders.held_of("M1")
    assert (held.urgent, held.escalated_to) == (True, "duty"), "the second group sees it at once, at any hour"


@pytest.mark.parametrize("kind", SenderChoice)
async def test_what_somebody_else_has_decided_stays_decided(desk: Desk, kind: SenderChoice) -> None:
    await desk.hold()
    desk.may = frozenset({PAIR})
    await desk.stand.store.reject("H1", by="reviewer", reason="no")
    assert await desk.decided(kind) is SenderRequestState.TOO_LATE
    assert await desk.state() is DeliveryState.REJECTED
    assert await desk.stand.outbox() == []


async def test_nobody_decides_about_the_mail_of_another(desk: Desk) -> None:
    await desk.hold()
    assert await desk.decided(SenderChoice.WITHDRAW, by="other@council.example") is SenderRequestState.TOO_LATE
    assert await desk.state() is DeliveryState.HELD


async def test_one_wish_that_fails_keeps_no_other_from_being_done(desk: Desk) -> None:
    await desk.hold()
    await desk.senders.ask_code("link", "M1", AUTHOR, now=NOW)

    def broken(code_id: str) -> tuple[str, str]:
        raise StoreUnavailableError("a fault")

    desk.desk = replace(desk.desk, make_code=broken)
    assert await desk.decided(SenderChoice.WITHDRAW) is SenderRequestState.DONE
    assert len(await desk.senders.wanted_codes(NOW, 10)) == 1


async def test_what_failed_is_left_alone_for_a_while_and_then_tried_again(desk: Desk) -> None:
    await desk.hold()
    await desk.senders.ask_code("link", "M1", AUTHOR, now=NOW)
    now, tried = NOW, 0

    def broken(code_id: str) -> tuple[str, str]:
        nonlocal tried
        tried += 1
        raise StoreUnavailableError("a fault")

    desk.desk = replace(desk.desk, make_code=broken, clock=lambda: now)
    for _ in range(3):
        assert await desk.desk.carry_out() == 0
    assert tried == 1
    now = NOW + timedelta(seconds=AGAIN_SECONDS)
    await desk.desk.carry_out()
    assert tried == 2


async def test_what_was_sealed_for_a_notice_that_nobody_needs_is_taken_away(desk: Desk, tmp_path: Path) -> None:
    await desk.hold()
    code_id = await desk.senders.ask_code("link", "M1", AUTHOR, now=NOW)
    (wanted,) = await desk.senders.wanted_codes(NOW, 1)
    await desk.senders.send_code(code_id, "by another gateway", good_until=NOW, follow_up=())
    before = sorted(path.name for path in (tmp_path / "spool").glob("*.sealed"))
    assert not await desk.desk._guarded(wanted)
    assert sorted(path.name for path in (tmp_path / "spool").glob("*.sealed")) == before
