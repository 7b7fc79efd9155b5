"""Who is mailed of partners that are due or expired, and what becomes of mails that are not to go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dlp_gateway.act.partner_desk import PartnerDesk
from dlp_gateway.errors import StoreUnavailableError
from dlp_gateway.model import PartnerReview, PartnerStanding
from dlp_gateway.store import DeliveryKind, MessageRecord, PreparedDelivery, Subject
from tests.support.gateway_stand import GatewayStand

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = date(2026, 12, 1)
JO, BO, ADMIN, FALLBACK = (f"{name}@council.example" for name in ("jo", "bo", "admin", "information.governance"))


def review(name: str, *owners: str, is_news: bool = True) -> PartnerReview:
    return PartnerReview(
        id=name,
        organisation=f"{name.title()} Ltd",
        owners=owners,
        standing=PartnerStanding.DUE,
        stage="due_7",
        review_by=DAY,
        works_until=DAY,
        is_news=is_news,
    )


class Desk:
    def __init__(self, stand: GatewayStand) -> None:
        self.stand = stand
        self.woken = 0
        self.config = stand.config

    def _wake(self) -> None:
        self.woken += 1

    async def tell(self, *due: PartnerReview, administrators: tuple[str, ...] = ()) -> bool:
        partners = self.config.partners.model_copy(update={"administrators": administrators})
        desk = PartnerDesk(
            config=self.config.model_copy(update={"partners": partners}),
            store=self.stand.store,
            notices=self.stand.preparer.notices,
            wake_retries=self._wake,
            clock=lambda: NOW,
        )
        return await desk.tell(due)

    async def mailed(self) -> list[str]:
        due = await self.stand.store.claim_due(datetime.now(UTC) + timedelta(hours=1), 50, 60)
        notices = [queued for queued in due if queued.kind is DeliveryKind.NOTICE]
        return sorted(recipient for queued in notices for recipient in queued.delivery.recipients)

    def sealed(self) -> int:
        """How many mails lie in the spool."""
        return sum(1 for path in self.stand.settings.spool.rglob("*") if path.is_file() and path.name[0] != ".")


@pytest.fixture
async def desk(stand: GatewayStand) -> Desk:
    return Desk(stand)


async def test_each_addressee_gets_one_mail_of_all_that_concerns_them(desk: Desk) -> None:
    assert await desk.tell(review("acme", JO, BO), review("bolt", JO), administrators=(ADMIN, JO))
    assert await desk.mailed() == [ADMIN, BO, JO]
    assert desk.woken == 1


async def test_nobody_outside_the_council_is_told_and_somebody_inside_always_is(desk: Desk) -> None:
    assert await desk.tell(review("acme", "jo@elsewhere.example"), administrators=("admin@elsewhere.example",))
    assert await desk.mailed() == [FALLBACK]


async def test_what_is_no_news_is_remembered_without_a_mail(desk: Desk) -> None:
    old = review("acme", JO, is_news=False)
    assert await desk.tell(old)
    assert await desk.mailed() == []
    assert await desk.stand.store.reviews.told() == {old.key}


async def test_where_another_gateway_was_quicker_nothing_is_mailed_and_nothing_kept(desk: Desk) -> None:
    assert await desk.tell(review("acme", JO, is_news=False))
    assert not await desk.tell(review("acme", JO), review("bolt", BO))
    assert (await desk.mailed(), desk.sealed(), desk.woken) == ([], 0, 1)


async def test_where_the_store_fails_the_mails_do_not_stay_sealed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_keys: object, _record: MessageRecord, prepared: list[PreparedDelivery], about: Subject) -> bool:
        assert desk.sealed() == len(prepared) == 1
        raise StoreUnavailableError("the database refused a question: OperationalError")

    monkeypatch.setattr(desk.stand.store.reviews, "tell", fail)
    with pytest.raises(StoreUnavailableError):
        await desk.tell(review("acme", JO))
    assert (desk.sealed(), desk.woken) == (0, 0)


async def test_nothing_to_tell_is_told_at_once(desk: Desk) -> None:
    assert await desk.tell()
    assert desk.woken == 0
