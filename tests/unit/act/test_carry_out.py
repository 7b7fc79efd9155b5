"""The custody order, against a real store and a next hop that fails at each of its stages."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp_gateway.act.carry_out import Job
from dlp_gateway.act.plan import make_plan
from dlp_gateway.act.retry import RetryLoop
from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.errors import InDoubtError, NextHopDeferredError, NextHopError, StoreUnavailableError
from dlp_gateway.model import (
    Action,
    Controls,
    Disposition,
    Envelope,
    Inspection,
    Message,
    Outcome,
    Question,
    RecipientClass,
    RecipientParams,
    Verdict,
)
from dlp_gateway.store import AuditSearch, DeliveryKind, MessageRecord, QueuedDelivery
from tests.support.fake_next_hop import Act, Answer, FakeNextHop
from tests.support.gateway_stand import GatewayStand

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PLAIN, SECURE, STRANGER = "a@supplier.example", "b@hospital.example", "c@stranger.example"
OCTETS = b"From: o@council.example\r\nMessage-ID: <1@council.example>\r\n\r\nHello\r\n"


class Gone(ClientWatch):
    @property
    def gone(self) -> bool:
        return True


class Stand(GatewayStand):
    """A stand that is told the verdicts."""

    async def carry_out(
        self,
        actions: dict[str, Action],
        *,
        watch: ClientWatch | None = None,
        reverse_path: str | None = "o@council.example",
        changes: tuple[str, ...] = (),
        notify: Sequence[str] = (),
    ) -> tuple[Disposition, ...]:
        verdicts = tuple(
            Verdict(
                recipient=recipient,
                recipient_class=RecipientClass.UNAPPROVED,
                action=action,
                route="secure" if action is Action.ENCRYPT else "relay",
                changes=changes,
                reasons=("An NHS number was found.",) if action >= Action.HOLD else (),
            )
            for recipient, action in actions.items()
        )
        envelope = Envelope(
            reverse_path=reverse_path,
            recipients=tuple(actions),
            vouches_for_sender=True,
            recipient_params=tuple(RecipientParams(notify=wish) for wish in notify),
        )
        message = Message(id="M1", envelope=envelope, octets=OCTETS, received_at=NOW)
        record = MessageRecord(
            message_id="M1",
            received_at=NOW,
            envelope=envelope,
            size_bytes=len(OCTETS),
            identity="identity",
            message_id_header="<1@council.example>",
            author="o@council.example",
            inspection=Inspection(question=Question(), controls=Controls(author="o@council.example", author_count=1)),
            verdicts=verdicts,
            policy_version="v1",
        )
        job = Job(message=message, record=record, plan=make_plan(verdicts), watch=watch or ClientWatch())
        return (await self.carrier.carry_out(job)).dispositions


StandFor = Callable[..., "AsyncStand"]


class AsyncStand:
    """`async with`: a next hop with a script, and a stand around it."""

    def __init__(self, folder: Path, script: dict[str, Answer] | None) -> None:
        self._hop = FakeNextHop(script)
        self._folder = folder

    async def __aenter__(self) -> tuple[FakeNextHop, Stand]:
        await self._hop.__aenter__()
        self._stand = Stand(self._folder, self._hop)
        return self._hop, self._stand

    async def __aexit__(self, *_: object) -> None:
        await self._stand.close()
        await self._hop.__aexit__(None, None, None)


@pytest.fixture
def stand_for(tmp_path: Path) -> StandFor:
    return lambda script=None: AsyncStand(tmp_path, script)


def outcomes(dispositions: tuple[Disposition, ...]) -> dict[str, Outcome]:
    return {d.recipient: d.outcome for d in dispositions}


async def test_a_plain_relay_passes_the_next_hops_reply_and_keeps_nothing(stand_for: StandFor) -> None:
    async with stand_for() as (hop, stand):
        (disposition,) = await stand.carry_out({PLAIN: Action.RELAY})
        assert disposition.outcome is Outcome.RELAYED
        assert "queued" in disposition.detail
        assert len(hop.taken) == 1
        await stand.nothing_is_kept()


async def test_only_two_header_fields_are_added_on_top(stand_for: StandFor) -> None:
    async with stand_for() as (hop, stand):
        await stand.carry_out({PLAIN: Action.RELAY})
        octets = hop.taken[0].octets
        assert octets.endswith(OCTETS)
        head = octets[: -len(OCTETS)]
        assert head.startswith(b"Received: ")
        assert b"\r\nX-DLP-Gateway: " in head
        assert PLAIN.encode() not in head, "the Received field would tell Bcc's names to everyone"


async def test_split_mail_is_relayed_queued_and_held_at_once(stand_for: StandFor) -> None:
    async with stand_for() as (hop, stand):
        done = await stand.carry_out({PLAIN: Action.RELAY, SECURE: Action.ENCRYPT, STRANGER: Action.HOLD})
        assert outcomes(done) == {PLAIN: Outcome.RELAYED, SECURE: Outcome.DEFERRED, STRANGER: Outcome.HELD}
        assert [t.rcpts for t in hop.taken] == [[b"RCPT TO:<a@supplier.example>"]]
        assert await stand.held() == [(STRANGER,)]
        assert await stand.outbox() == [
            (DeliveryKind.NOTICE, ("o@council.example",)),
            (DeliveryKind.QUEUE, (SECURE,)),
        ]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_a_temporary_refusal_becomes_our_reply_and_nothing_is_kept(stand_for: StandFor, stage: str) -> None:
    async with stand_for({stage: "450 4.2.0 come back later"}) as (_, stand):
        with pytest.raises(NextHopDeferredError) as raised:
            await stand.carry_out({PLAIN: Action.RELAY, STRANGER: Action.HOLD})
        assert raised.value.reply_line.startswith("450 4.2.0")
        await stand.nothing_is_kept()


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_a_final_refusal_becomes_our_reply_and_nothing_is_kept(stand_for: StandFor, stage: str) -> None:
    async with stand_for({stage: "550 5.1.1 nobody of that name"}) as (_, stand):
        done = await stand.carry_out({PLAIN: Action.RELAY, STRANGER: Action.HOLD})
        assert set(outcomes(done).values()) == {Outcome.REFUSED}
        assert done[0].detail.startswith("550 5.1.1")
        await stand.nothing_is_kept()


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_next_hop_that_goes_away_before_the_final_dot_has_nothing_and_neither_have_we(
    stand_for: StandFor, stage: str
) -> None:
    async with stand_for({stage: Act.DROP}) as (hop, stand):
        with pytest.raises(NextHopError):
            await stand.carry_out({PLAIN: Action.RELAY, STRANGER: Action.HOLD})
        assert hop.taken == []
        await stand.nothing_is_kept()


async def test_a_next_hop_that_goes_away_in_the_body_leaves_nothing_live(stand_for: StandFor) -> None:
    async with stand_for({"BODY": Act.DROP}) as (hop, stand):
        # Whether the dot was on its way already when the connection went is chance.
        with pytest.raises((NextHopError, InDoubtError)):
            await stand.carry_out({PLAIN: Action.RELAY, STRANGER: Action.HOLD})
        assert hop.taken == []
        await stand.nothing_is_kept()


async def test_silence_after_the_final_dot_is_in_doubt_and_nothing_becomes_live(stand_for: StandFor) -> None:
    async with stand_for({"DOT": Act.TAKE_AND_DROP}) as (_, stand):
        with pytest.raises(InDoubtError):
            await stand.carry_out({PLAIN: Action.RELAY, STRANGER: Action.HOLD})
        await stand.nothing_is_kept()


async def test_the_gate_stops_before_the_final_dot_when_the_client_has_gone(stand_for: StandFor) -> None:
    async with stand_for() as (hop, stand):
        with pytest.raises(NextHopError):
            await stand.carry_out({PLAIN: Action.RELAY, STRANGER: Action.HOLD}, watch=Gone())
        assert hop.taken == []
        await stand.nothing_is_kept()


async def test_without_a_record_nothing_is_relayed(stand_for: StandFor) -> None:
    async with stand_for() as (hop, stand):
        await stand.carry_out({PLAIN: Action.RELAY})
        with pytest.raises(StoreUnavailableError):  # the id is taken: the record can't be written
            await stand.carry_out({PLAIN: Action.RELAY})
        assert len(hop.taken) == 1


async def test_a_recipient_refused_for_good_is_reported_while_the_others_are_delivered(stand_for: StandFor) -> None:
    async with stand_for({f"RCPT {SECURE}": "550 5.1.1 nobody"}) as (hop, stand):
        done = await stand.carry_out({PLAIN: Action.RELAY, SECURE: Action.RELAY})
        assert outcomes(done) == {PLAIN: Outcome.RELAYED, SECURE: Outcome.REFUSED}
        assert len(hop.taken) == 1
        assert await stand.outbox() == [(DeliveryKind.NOTICE, ("o@council.example",))]


@pytest.mark.parametrize(("features", "told"), [(("PIPELINING",), True), (("PIPELINING", "DSN"), False)])
async def test_a_success_is_told_of_by_us_only_where_the_next_hop_cannot(
    stand_for: StandFor, features: tuple[str, ...], told: bool
) -> None:
    async with stand_for() as (hop, stand):
        hop.features = features
        await stand.carry_out({PLAIN: Action.RELAY, SECURE: Action.RELAY}, notify=("SUCCESS", "FAILURE"))
        assert (hop.taken[0].rcpts[0] == b"RCPT TO:<a@supplier.example>") is told
        due = await stand.store.claim_due(datetime.now(UTC), 5, 60)
        assert [queued.delivery.recipients for queued in due] == [("o@council.example",)] * told
        for queued in due:
            octets = await stand.store.unseal(queued.octets_key)
            assert octets.count(b"Action: relayed") == 1
            assert b"Final-Recipient: rfc822;a@supplier.example" in octets


async def test_a_success_is_not_told_of_where_the_final_dot_was_refused(stand_for: StandFor) -> None:
    async with stand_for({"DOT": "550 5.7.1 no"}) as (hop, stand):
        hop.features = ("PIPELINING",)
        await stand.carry_out({PLAIN: Action.RELAY}, notify=("SUCCESS",))
        await stand.nothing_is_kept()


async def test_a_recipient_deferred_goes_on_in_our_custody(stand_for: StandFor) -> None:
    async with stand_for({f"RCPT {SECURE}": "450 4.2.1 full"}) as (_, stand):
        done = await stand.carry_out({PLAIN: Action.RELAY, SECURE: Action.RELAY})
        assert outcomes(done) == {PLAIN: Outcome.RELAYED, SECURE: Outcome.DEFERRED}
        assert await stand.outbox() == [(DeliveryKind.QUEUE, (SECURE,))]


async def test_a_refused_recipient_of_a_bounce_is_held_because_nobody_can_be_told(stand_for: StandFor) -> None:
    async with stand_for({f"RCPT {SECURE}": "550 5.1.1 nobody"}) as (_, stand):
        await stand.carry_out({PLAIN: Action.RELAY, SECURE: Action.RELAY}, reverse_path=None)
        assert await stand.held() == [(SECURE,)]
        assert await stand.outbox() == []


async def test_mail_that_policy_rejects_for_all_is_recorded_and_kept_by_nobody(stand_for: StandFor) -> None:
    async with stand_for() as (hop, stand):
        done = await stand.carry_out({PLAIN: Action.REJECT})
        assert outcomes(done) == {PLAIN: Outcome.REJECTED}
        assert hop.sessions == []
        await stand.store.flush()
        stored = await stand.store.message_record("M1")
        assert stored is not None
        assert outcomes(stored.dispositions) == {PLAIN: Outcome.REJECTED}
        await stand.nothing_is_kept()


async def test_a_partial_rejection_is_told_to_the_sender(stand_for: StandFor) -> None:
    async with stand_for() as (_, stand):
        done = await stand.carry_out({PLAIN: Action.RELAY, STRANGER: Action.REJECT})
        assert outcomes(done) == {PLAIN: Outcome.RELAYED, STRANGER: Outcome.REJECTED}
        assert await stand.outbox() == [(DeliveryKind.NOTICE, ("o@council.example",))]


async def test_a_queued_delivery_is_tried_and_done(stand_for: StandFor) -> None:
    async with stand_for() as (hop, stand):
        await stand.carry_out({PLAIN: Action.RELAY, SECURE: Action.ENCRYPT})
        loop = RetryLoop(config=stand.config, store=stand.store, relay=stand.relay, preparer=stand.preparer)
        (queued,) = await stand.store.claim_due(datetime.now(UTC), 5, 60)
        await loop.try_delivery(queued)
        assert len(hop.taken) == 2
        assert await stand.outbox() == []


async def test_what_came_through_is_told_once_it_is_settled_but_not_of_notices(stand_for: StandFor) -> None:
    async with stand_for() as (_, stand):
        await stand.carry_out({PLAIN: Action.RELAY, SECURE: Action.ENCRYPT, STRANGER: Action.REJECT})
        told: list[tuple[str, dict[str, Outcome]]] = []

        async def relayed(queued: QueuedDelivery, became: Sequence[Disposition], octets: bytes) -> None:
            assert b"\r\n\r\n" in octets
            told.append((queued.message_id, outcomes(tuple(became))))

        loop = RetryLoop(
            config=stand.config, store=stand.store, relay=stand.relay, preparer=stand.preparer, relayed=relayed
        )
        due = await stand.store.claim_due(datetime.now(UTC) + timedelta(days=1), 5, 60)
        assert {queued.kind for queued in due} == {DeliveryKind.QUEUE, DeliveryKind.NOTICE}
        for queued in due:
            await loop.try_delivery(queued)
        assert [became for _, became in told] == [{SECURE: Outcome.RELAYED}]


async def test_a_queued_delivery_that_is_refused_is_reported(stand_for: StandFor) -> None:
    async with stand_for({f"RCPT {SECURE}": "550 5.1.1 nobody"}) as (_, stand):
        await stand.carry_out({PLAIN: Action.RELAY, SECURE: Action.ENCRYPT})
        loop = RetryLoop(config=stand.config, store=stand.store, relay=stand.relay, preparer=stand.preparer)
        (queued,) = await stand.store.claim_due(datetime.now(UTC), 5, 60)
        await loop.try_delivery(queued)
        assert await stand.outbox() == [(DeliveryKind.NOTICE, ("o@council.example",))]


async def test_a_deferred_delivery_is_given_up_after_its_time_with_a_report(stand_for: StandFor) -> None:
    async with stand_for({f"RCPT {SECURE}": "450 4.2.1 full"}) as (_, stand):
        await stand.carry_out({PLAIN: Action.RELAY, SECURE: Action.ENCRYPT})
        later = datetime.now(UTC) + timedelta(days=3)
        loop = RetryLoop(
            config=stand.config, store=stand.store, relay=stand.relay, preparer=stand.preparer, clock=lambda: later
        )
        (queued,) = await stand.store.claim_due(datetime.now(UTC), 5, 60)
        await loop.try_delivery(queued)
        assert await stand.outbox() == [(DeliveryKind.NOTICE, ("o@council.example",))]


async def test_why_copies_left_without_a_change_stands_in_the_record_and_the_audit(stand_for: StandFor) -> None:
    """Policy asked for it; whoever looks later must see that it was not done, and why, also when a copy went later."""
    async with stand_for() as (_, stand):
        copies = {PLAIN: Action.RELAY, SECURE: Action.ENCRYPT}
        dispositions = await stand.carry_out(copies, reverse_path=None, changes=("disclaimer",))
        assert [d.notes for d in dispositions] == [("no reverse-path",), ("no reverse-path",)]
        (queued,) = await stand.store.claim_due(datetime.now(UTC), 10, 60)
        assert queued.delivery.notes == ("no reverse-path",)
        loop = RetryLoop(config=stand.config, store=stand.store, relay=stand.relay, preparer=stand.preparer)
        await loop.try_delivery(queued)
        record = await stand.store.message_record("M1")
        assert record is not None
        assert {d.recipient: (d.outcome, d.notes) for d in record.dispositions} == {
            PLAIN: (Outcome.RELAYED, ("no reverse-path",)),
            SECURE: (Outcome.RELAYED, ("no reverse-path",)),
        }
        entries = await stand.store.search_audit(AuditSearch(message_id="M1"))
        told = [json.loads(entry.body)["notes"] for entry in entries if "notes" in entry.body]
        assert told == [{PLAIN: ["no reverse-path"], SECURE: ["no reverse-path"]}, {SECURE: ["no reverse-path"]}]
        assert await stand.store.verify_audit() == []
