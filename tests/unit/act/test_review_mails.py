"""Who is told what waits for a decision and what nobody decided in time: once, and nothing of the mails themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dlp_gateway.act.review_mails import ReviewMails
from dlp_gateway.act.waiting_notice import Digest, Escalated, digest_notice, escalation_notice
from dlp_gateway.language import languages_of
from dlp_gateway.model import Outcome
from dlp_gateway.store import AuditSearch, DeliveryKind
from dlp_gateway.store.queue_values import QueueFilter
from tests.support.gateway_stand import GatewayStand
from tests.support.notices import NOW, TEXTS, occasion, text_of
from tests.support.store_values import became, prepared, record

LEAD, DUTY, OUTSIDER = "lead@council.example", "duty@council.example", "agency@elsewhere.example"
WRITER, RESIDENT = "j.evans@council.example", "okafor@post.example"


@dataclass
class Times:
    """Every message is overdue after an hour and goes from the leads to the duty team; digests are due at `slot`."""

    slot: datetime | None = None
    groups: tuple[str, ...] = ("leads", "duty")
    soonest: timedelta = timedelta(0)

    def name_of(self, reviewers: str | None) -> str:
        return reviewers or "leads"

    def members(self, reviewers: str | None) -> tuple[str, ...]:
        return {"leads": (LEAD,), "press": (LEAD,), "duty": (DUTY, OUTSIDER)}[self.name_of(reviewers)]

    def due(self, rule_id: str, reviewers: str | None, since: datetime) -> datetime | None:
        return since + timedelta(hours=1)

    def escalates_at(self, rule_id: str, reviewers: str | None, since: datetime) -> datetime | None:
        return self.due(rule_id, reviewers, since)

    def escalates_to(self, rule_ids: Iterable[str], reviewers: str | None) -> str | None:
        return "duty" if self.name_of(reviewers) != "duty" else None

    def digest_at(self, name: str, now: datetime) -> datetime | None:
        return self.slot


class Desk:
    def __init__(self, stand: GatewayStand, *, later: timedelta, times: Times | None = None) -> None:
        self.stand, self.store = stand, stand.store
        self.now = datetime.now(UTC) + later
        self.times = times or Times()
        self.woken = 0

    def mails(self) -> ReviewMails:
        """As a gateway that has just started."""
        return ReviewMails(
            store=self.store,
            notices=self.stand.preparer.notices,
            times=lambda: self.times,
            wake_retries=self._wake,
            clock=lambda: self.now,
        )

    def _wake(self) -> None:
        self.woken += 1

    async def hold(self, number: int, reviewers: str | None = "leads") -> None:
        one = prepared(f"H{number}", RESIDENT, kind=DeliveryKind.HOLD, reviewers=reviewers, main_rule="bulk")
        await self.store.record(record(f"M{number}", RESIDENT), [one])
        await self.store.make_live(f"M{number}", became(Outcome.HELD, RESIDENT))

    async def mailed(self) -> list[tuple[str, ...]]:
        return [to for kind, to in await self.stand.outbox() if kind is DeliveryKind.NOTICE]

    async def escalated(self) -> list[str]:
        page = await self.store.desk.page(QueueFilter(escalated_to=("duty",)))
        return [row.id for row in page.rows]

    async def verbs(self) -> list[str]:
        wanted = ("held:escalated", "digest:sent")
        return [one.verb for one in await self.store.search_audit(AuditSearch()) if one.verb in wanted]


async def test_what_is_overdue_goes_to_the_second_group_once(stand: GatewayStand) -> None:
    desk = Desk(stand, later=timedelta(minutes=61))
    for number, reviewers in ((1, "leads"), (2, None), (3, "duty")):
        await desk.hold(number, reviewers)
    await desk.mails().look()
    assert await desk.escalated() == ["H1", "H2"]
    assert await desk.verbs() == ["held:escalated"] * 2
    assert desk.woken == 1
    for again in (desk.mails(), desk.mails()):  # other gateways, and this one after a restart
        assert await again.escalate() == 0
    assert await desk.mailed() == [(DUTY,)], "one mail tells of both, and nobody outside is told"
    assert await desk.verbs() == ["held:escalated"] * 2


async def test_what_somebody_decides_meanwhile_is_not_escalated_and_no_mail_stays_behind(stand: GatewayStand) -> None:
    desk = Desk(stand, later=timedelta(minutes=61))
    await desk.hold(1)
    await desk.hold(2)
    slow = desk.mails()
    running = await desk.store.reviews.running(desk.now)
    await desk.store.reject("H1", by="reviewer", reason="no")
    assert await slow._escalate("duty", running, desk.times) == 0
    assert await desk.mailed() == []
    assert await slow.escalate() == 1
    assert await desk.escalated() == ["H2"]


async def test_who_is_handed_what_was_escalated_has_a_clock_of_their_own_and_it_may_be_escalated_again(
    stand: GatewayStand,
) -> None:
    desk = Desk(stand, later=timedelta(minutes=61))
    await desk.hold(1)
    await desk.mails().look()
    assert await desk.escalated() == ["H1"]
    await desk.store.desk.hand_over("H1", to="press", by="user:lead", reason="a statement")
    assert await desk.escalated() == [], "it is the press group's now, whatever the duty team was told"
    desk.now = datetime.now(UTC) + timedelta(minutes=59)
    assert await desk.mails().escalate() == 0
    desk.now = datetime.now(UTC) + timedelta(minutes=61)
    assert await desk.mails().escalate() == 1
    assert await desk.escalated() == ["H1"]
    assert await desk.verbs() == ["held:escalated"] * 2
    assert await desk.mailed() == [(DUTY,)] * 2


async def test_what_has_time_left_stays_with_its_group(stand: GatewayStand) -> None:
    desk = Desk(stand, later=timedelta(minutes=30))
    await desk.hold(1)
    await desk.mails().look()
    assert await desk.escalated() == []
    assert await desk.mailed() == []
    assert desk.woken == 0


async def test_a_digest_goes_once_to_each_group_for_which_something_waited_then(stand: GatewayStand) -> None:
    desk = Desk(stand, later=timedelta(minutes=30))
    desk.times.slot = desk.now - timedelta(minutes=5)
    await desk.hold(1)
    await desk.hold(2)
    first = desk.mails()
    await first.look()
    await first.look()
    await desk.mails().look()
    assert await desk.verbs() == ["digest:sent"]
    assert await desk.mailed() == [(LEAD,)]


async def test_what_came_after_its_time_waits_for_the_next_digest(stand: GatewayStand) -> None:
    desk = Desk(stand, later=timedelta(minutes=5), times=Times(slot=datetime.now(UTC)))
    await desk.hold(1)
    await desk.mails().look()
    assert await desk.verbs() == []


def test_a_digest_counts_and_tells_times_in_the_language_of_its_readers() -> None:
    digest = Digest(
        group="leads",
        count=3,
        oldest=NOW - timedelta(hours=50),
        overdue=2,
        escalated=1,
        decide_by=NOW + timedelta(hours=2),
        expires_at=NOW + timedelta(days=5),
    )
    texts = replace(TEXTS, languages=languages_of({}))
    english = text_of(digest_notice(replace(occasion(), to_owner=True, link="https://c.example/held"), digest, texts))
    for part in ("3 e-mails wait.", "(2 days)", "Overdue: 2.", "nobody else decided: 1.", "(time left: 2 hours)"):
        assert part in english, part
    assert "https://c.example/held" in english
    assert "(time left: 5 days); then it is not sent." in english
    welsh = replace(occasion(), to_owner=True, languages=("cy",))
    assert "Mae 3 neges yn aros." in text_of(digest_notice(welsh, digest, texts))
    told = {"leads": Escalated(count=2, oldest=NOW)}
    assert "leads: 2, a'r hynaf yn cael ei dal ers" in text_of(escalation_notice(welsh, "duty", told, texts))
