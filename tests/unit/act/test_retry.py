"""Deliveries in our custody: next hops that rest, room for each, and what their senders hear of it."""

from __future__ import annotations

import asyncio
import email
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import pytest

from dlp_gateway.act.direct.set_up import set_up_direct
from dlp_gateway.act.relay import Relay
from dlp_gateway.act.retry import RetryLoop, retry_after
from dlp_gateway.config import Retry, Route
from dlp_gateway.model import Action, Delivery, Disposition, MailParams, Outcome, RecipientParams
from dlp_gateway.store import DeliveryKind, PreparedDelivery
from tests.support.fake_next_hop import Act, Answer, FakeNextHop
from tests.support.gateway_stand import GatewayStand
from tests.support.store_values import record
from tests.support.waiting import wait_until_async

SENDER = "o@council.example"
OCTETS = (
    b"From: Olu <o@council.example>\r\nTo: Ann <ann@far.example>\r\nSubject: Discharge of Mr Fennimore\r\n"
    b"Message-ID: <1@council.example>\r\n\r\nNHS number 943 476 5919\r\n"
)
NOBODY = ("PIPELINING", "8BITMIME")  # a next hop that knows no DSN


class Queue:
    """A stand with deliveries in its custody: route `far` goes to one next hop, `near` to another."""

    def __init__(self, stand: GatewayStand, far: FakeNextHop, near: FakeNextHop, **retry: Any) -> None:
        routes = {
            name: Route(kind="relay", next_hop=f"127.0.0.1:{hop.port}", tls="none")
            for name, hop in (("far", far), ("near", near))
        }
        self.stand = stand
        self.far, self.near = far, near
        self.later = timedelta()
        settings = stand.config.retry.model_copy(update=retry)
        stand.config = stand.config.model_copy(update={"routes": stand.config.routes | routes, "retry": settings})
        self.relay = Relay(stand.config, set_up_direct(stand.config))
        self.loop = RetryLoop(
            config=stand.config,
            store=stand.store,
            relay=self.relay,
            preparer=stand.preparer,
            clock=lambda: self.now,
        )

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    async def put(
        self,
        name: str,
        *recipients: str,
        route: str = "far",
        octets: bytes = OCTETS,
        reverse_path: str | None = SENDER,
        notify: Sequence[str | None] = (),
        require_tls: bool = False,
    ) -> None:
        wishes = tuple(RecipientParams(notify=one, orcpt="rfc822;first@far.example" if one else None) for one in notify)
        prepared = PreparedDelivery(
            id=f"D-{name}",
            kind=DeliveryKind.QUEUE,
            delivery=Delivery(recipients=recipients, action=Action.RELAY, route=route),
            reverse_path=reverse_path,
            params=MailParams(envid="E+2D7", ret="FULL", require_tls=require_tls),
            recipient_params=wishes,
            octets_key=await self.stand.store.seal(octets),
        )
        await self.stand.store.record(record(name, *recipients), [prepared])
        dispositions = tuple(Disposition(recipient=r, outcome=Outcome.DEFERRED) for r in recipients)
        await self.stand.store.make_live(name, dispositions)

    async def run_until(self, done: Callable[[], bool]) -> None:
        """Let the loop run until that is so; 30 seconds at most."""
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.loop.run())
            try:
                await wait_until_async(done, "the loop's work", seconds=30)
            finally:
                running.cancel()

    async def try_all(self) -> None:
        """One try of everything that is due."""
        for queued in await self.stand.store.claim_due(self.now, 100, 60):
            if queued.kind is DeliveryKind.QUEUE:
                await self.loop.try_delivery(queued)

    async def reports(self) -> list[Mail]:
        """The reports that wait to be sent."""
        due = await self.stand.store.claim_due(self.now + timedelta(days=10), 100, 60)
        notices = [await self.stand.store.unseal(q.octets_key) for q in due if q.kind is DeliveryKind.NOTICE]
        return [email.message_from_bytes(octets) for octets in notices]


OpenQueue = Callable[..., AbstractAsyncContextManager[Queue]]


@pytest.fixture
def queue_for(tmp_path: Path) -> OpenQueue:
    @asynccontextmanager
    async def opened(
        script: dict[str, Answer | Sequence[Answer]] | None = None, *, features: Sequence[str] = NOBODY, **retry: Any
    ) -> AsyncIterator[Queue]:
        async with FakeNextHop(script, features=features) as far, FakeNextHop() as near:
            stand = GatewayStand(tmp_path, near)
            queue = Queue(stand, far, near, **retry)
            try:
                yield queue
            finally:
                await queue.relay.close()
                await stand.close()

    return opened


def blocks(report: Mail) -> list[dict[str, str]]:
    """The fields of a report for machines: on the message, then on each recipient."""
    status = next(part for part in report.walk() if part.get_content_type() == "message/delivery-status")
    return [dict(block.items()) for block in status.get_payload()]  # type: ignore[union-attr]


# -- a next hop that is down -------------------------------------------------------------------------


async def test_a_next_hop_that_is_down_is_not_asked_by_each_delivery_and_others_go_on(queue_for: OpenQueue) -> None:
    async with queue_for({"CONNECT": "421 4.3.2 down"}, per_route=3, parallel=4) as queue:
        for n in range(40):
            await queue.put(f"F{n}", f"r{n}@far.example")
        for n in range(5):
            await queue.put(f"N{n}", f"r{n}@near.example", route="near")
        await queue.run_until(lambda: len(queue.near.taken) == 5)
        assert len(queue.far.sessions) <= 3, "those under way when the first of them failed"
        assert queue.relay.rests()["far"].resting


async def test_a_next_hop_that_comes_back_gets_everything(queue_for: OpenQueue) -> None:
    script = {"CONNECT": ["421 4.3.2 down"] * 4 + ["220 fake.example ESMTP"]}
    async with queue_for(
        script, rest_seconds=0.01, rest_max_seconds=0.02, per_route=2, first_seconds=0.01, max_seconds=0.02
    ) as queue:
        for n in range(20):
            await queue.put(f"F{n}", f"r{n}@far.example")

        def woken() -> bool:
            queue.loop.wake()
            return len(queue.far.taken) >= 20

        await queue.run_until(woken)
        assert sorted(len(taken.rcpts) for taken in queue.far.taken) == [1] * 20


async def test_a_next_hop_on_trial_is_asked_by_one_delivery_alone(queue_for: OpenQueue) -> None:
    async with queue_for({"CONNECT": Act.SILENCE}, per_route=5) as queue:
        rest = queue.relay.rests()["far"]
        rest.failed("it was down")
        rest._until = float("-inf")  # the pause is over
        for n in range(10):
            await queue.put(f"F{n}", f"r{n}@far.example")
        await queue.put("N", "r@near.example", route="near")
        await queue.run_until(lambda: len(queue.near.taken) == 1 and len(queue.far.sessions) > 0)
        assert len(queue.far.sessions) == 1


async def test_a_slow_next_hop_leaves_room_for_others(queue_for: OpenQueue) -> None:
    async with queue_for({"DOT": Act.SILENCE}, per_route=3, parallel=5) as queue:
        for n in range(20):
            await queue.put(f"F{n}", f"r{n}@far.example")
        for n in range(10):
            await queue.put(f"N{n}", f"r{n}@near.example", route="near")
        await queue.run_until(lambda: len(queue.near.taken) == 10)
        assert len(queue.far.sessions) == 3


async def test_deliveries_by_one_route_share_connections(queue_for: OpenQueue) -> None:
    async with queue_for(per_route=2) as queue:
        for n in range(20):
            await queue.put(f"F{n}", f"r{n}@far.example")
        await queue.run_until(lambda: len(queue.far.taken) == 20)
        assert len(queue.far.sessions) <= 2


async def test_what_is_given_up_while_its_next_hop_rests_is_reported_without_asking_it(queue_for: OpenQueue) -> None:
    async with queue_for() as queue:
        await queue.put("F", "ann@far.example")
        queue.relay.rests()["far"].failed("next hop far.example:25 can't be reached (Connection refused)")
        await queue.run_until(lambda: True)
        assert queue.far.sessions == []
        queue.later += timedelta(days=3)
        (queued,) = await queue.stand.store.claim_due(queue.now, 5, 60, queue.loop._turns(queue.now))
        await queue.loop.try_delivery(queued)
        assert queue.far.sessions == []
        (report,) = await queue.reports()
        assert blocks(report)[1]["Action"] == "failed"
        assert blocks(report)[1]["Status"] == "4.4.7"


# -- late mail ---------------------------------------------------------------------------------------


async def test_the_sender_is_told_once_that_mail_still_waits(queue_for: OpenQueue) -> None:
    async with queue_for({"RCPT": "450 4.2.1 mailbox busy"}) as queue:
        await queue.put("F", "ann@far.example", notify=["FAILURE,DELAY"])
        for _ in range(3):
            queue.later += timedelta(hours=3)
            await queue.try_all()
        (report,) = await queue.reports()
        whole, ann = blocks(report)
        assert whole["Original-Envelope-Id"] == "E-7"
        assert ann["Action"] == "delayed"
        assert ann["Status"] == "4.2.1"
        assert ann["Original-Recipient"] == "rfc822;first@far.example"
        assert "Will-Retry-Until" in ann
        assert b"Fennimore" not in report.as_bytes()
        assert b"943 476" not in report.as_bytes()


async def test_it_is_tried_no_later_than_its_sender_must_hear_of_it(queue_for: OpenQueue) -> None:
    async with queue_for({"RCPT": "450 4.2.1 busy"}, first_seconds=4000, max_seconds=4000, delay_seconds=4400) as queue:
        await queue.put("F", "ann@far.example")
        await queue.try_all()
        queue.later += timedelta(seconds=4300)  # 4000 s, spread by at most a fifth, or 4400 s after it came
        await queue.try_all()
        queue.later += timedelta(seconds=150)
        await queue.try_all()
        assert len(await queue.reports()) == 1


@pytest.mark.parametrize(
    ("notify", "octets", "reverse_path", "told"),
    [
        (None, OCTETS, SENDER, True),
        ("DELAY", OCTETS, SENDER, True),
        ("SUCCESS,FAILURE", OCTETS, SENDER, False),
        ("NEVER", OCTETS, SENDER, False),
        (None, b"Auto-Submitted: auto-generated\r\n" + OCTETS, SENDER, False),
        (None, b"Precedence: bulk\r\n" + OCTETS, SENDER, False),
        ("DELAY", b"Auto-Submitted: auto-generated\r\n" + OCTETS, SENDER, True),
        (None, OCTETS, None, False),
    ],
)
async def test_late_mail_is_told_of_to_those_who_wish_it_and_to_people(
    queue_for: OpenQueue, notify: str | None, octets: bytes, reverse_path: str | None, told: bool
) -> None:
    async with queue_for({"RCPT": "450 4.2.1 busy"}) as queue:
        wishes = [notify] if notify else []
        await queue.put("F", "ann@far.example", notify=wishes, octets=octets, reverse_path=reverse_path)
        queue.later += timedelta(hours=5)
        await queue.try_all()
        assert len(await queue.reports()) == told


async def test_late_mail_is_told_of_even_while_its_next_hop_rests(queue_for: OpenQueue) -> None:
    async with queue_for() as queue:
        await queue.put("F", "ann@far.example")
        queue.relay.rests()["far"].failed("next hop far.example:25 can't be reached (Connection refused)")
        queue.later += timedelta(hours=5)
        for expected in (1, 0):
            due = await queue.stand.store.claim_due(queue.now, 5, 60, queue.loop._turns(queue.now))
            queued = [one for one in due if one.kind is DeliveryKind.QUEUE]
            assert len(queued) == expected
            for one in queued:
                await queue.loop.try_delivery(one)
            queue.later += timedelta(hours=5)
        (report,) = await queue.reports()
        assert blocks(report)[1]["Status"] == "4.4.1"


# -- success -----------------------------------------------------------------------------------------


async def test_who_wished_to_hear_of_a_success_hears_that_it_was_passed_on_to_a_next_hop_without_dsn(
    queue_for: OpenQueue,
) -> None:
    async with queue_for() as queue:
        await queue.put("F", "ann@far.example", "bob@far.example", "cy@far.example", notify=["SUCCESS", "NEVER", None])
        await queue.try_all()
        assert queue.far.taken[0].rcpts[0] == b"RCPT TO:<ann@far.example>"
        (report,) = await queue.reports()
        _, *told = blocks(report)
        assert [one["Final-Recipient"] for one in told] == ["rfc822;ann@far.example"]
        assert told[0]["Action"] == "relayed"
        assert told[0]["Status"] == "2.0.0"
        assert b"Fennimore" not in report.as_bytes()


async def test_a_next_hop_with_dsn_is_told_the_wishes_and_reports_itself(queue_for: OpenQueue) -> None:
    async with queue_for(features=("PIPELINING", "DSN")) as queue:
        await queue.put("F", "ann@far.example", notify=["SUCCESS,DELAY"])
        await queue.try_all()
        assert queue.far.taken[0].mail == b"MAIL FROM:<o@council.example> RET=FULL ENVID=E+2D7"
        assert queue.far.taken[0].rcpts == [
            b"RCPT TO:<ann@far.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;first@far.example"
        ]
        assert await queue.reports() == []


async def test_mail_in_our_custody_that_asks_for_requiretls_still_does_so(queue_for: OpenQueue) -> None:
    """A next hop that no longer offers it gets nothing; the report says why, and holds nothing of the mail (RFC 8689,
    4.2.1 and 5)."""
    async with queue_for() as queue:
        await queue.put("F", "ann@far.example", require_tls=True)
        await queue.try_all()
        assert "MAIL" not in queue.far.verbs()
        (report,) = await queue.reports()
        _, told = blocks(report)
        assert (told["Action"], told["Status"]) == ("failed", "5.7.30")
        assert b"Fennimore" not in report.as_bytes()
        assert b"943 476 5919" not in report.as_bytes()


@pytest.mark.parametrize("notify", ["NEVER", "SUCCESS", "DELAY"])
async def test_a_failure_is_not_told_to_those_who_do_not_wish_it(queue_for: OpenQueue, notify: str) -> None:
    async with queue_for({"RCPT": "550 5.1.1 nobody"}) as queue:
        await queue.put("F", "ann@far.example", notify=[notify])
        await queue.try_all()
        assert await queue.reports() == []


def test_waits_double_up_to_the_longest_and_are_spread_by_jitter() -> None:
    settings = Retry(first_seconds=10, max_seconds=100)
    waits = [retry_after(settings, tries, 0.5).total_seconds() for tries in range(6)]
    assert waits == [10, 20, 40, 80, 100, 100]
    assert retry_after(settings, 0, 0.0).total_seconds() == pytest.approx(8)
    assert retry_after(settings, 10**9, 1.0).total_seconds() == pytest.approx(120)
