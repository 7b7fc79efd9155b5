"""What a running gateway knows of recipients' keys, and when it tells of them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp_gateway import metrics
from dlp_gateway.act.key_desk import KeyDesk
from dlp_gateway.config import Config, RecipientKeys
from dlp_gateway.errors import ConfigError, StoreUnavailableError
from dlp_gateway.key_keeper import KeyKeeper
from dlp_gateway.recipient_keys import KeyFault, KeyKind, NoKey, RecipientKey
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_stand import GatewayStand
from tests.support.mail_certificates import JO, MailAuthorities, pem
from tests.support.recipient_keys import key_of


class Kept:
    """A keeper on a stand, whose clock and files a test moves."""

    def __init__(self, stand: GatewayStand, folder: Path, authorities: MailAuthorities) -> None:
        self.stand, self.folder, self.authorities = stand, folder, authorities
        self.days = 0.0
        (folder / "roots.pem").write_bytes(authorities.root.pem)
        self.write_list()
        self.keeper = self.another()

    def another(self) -> KeyKeeper:
        settings = RecipientKeys(authorities=self.folder / "roots.pem", revocation_lists=(self.folder / "mail.crl",))
        config: Config = self.stand.config.model_copy(update={"recipient_keys": settings})
        notices = self.stand.preparer.notices
        desk = KeyDesk(config=config, store=self.stand.store, notices=notices, wake_retries=lambda: None)
        return KeyKeeper(config=config, store=self.stand.store, desk=desk, clock=self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(self.days)

    def write_list(self, *revoked: object, octets: bytes | None = None) -> None:
        path = self.folder / "mail.crl"
        told = self.authorities.mail.list_of(*revoked, days=(-1, 900))  # type: ignore[arg-type]
        path.write_bytes(told if octets is None else octets)
        self.days += 0.001
        at = self.now().timestamp() + self.days  # a later time than before, however fast the test
        os.utime(path, (at, at))

    async def trust(self, certificate: object) -> int:
        octets = pem(certificate, self.authorities.mail.certificate)  # type: ignore[arg-type]
        return await self.stand.store.recipient_keys.trust(key_of(octets))

    def found(self) -> RecipientKey | NoKey:
        return self.keeper.ring.for_recipient(JO, KeyKind.SMIME, self.now())

    async def mailed(self) -> int:
        return len(await self.stand.store.claim_due(datetime.now(UTC) + timedelta(1), 50, 60))


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    async with FakeNextHop() as hop:
        stand = GatewayStand(tmp_path, hop)
        yield Kept(stand, tmp_path, MailAuthorities())
        await stand.close()


async def test_what_administrators_trust_and_withdraw_is_taken_up(kept: Kept) -> None:
    await kept.keeper.look()
    assert kept.found() == NoKey(why=KeyFault.MISSING)
    number = await kept.trust(kept.authorities.mail.issue())
    await kept.keeper.look()
    found = kept.found()
    assert isinstance(found, RecipientKey)
    assert found.id == number
    await kept.stand.store.recipient_keys.withdraw(number, by="system:root", reason="lost their card")
    await kept.keeper.look()
    assert kept.found() == NoKey(why=KeyFault.MISSING)


async def test_a_new_revocation_list_is_taken_up_and_a_broken_one_is_not(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    bad = kept.authorities.mail.issue()
    await kept.trust(bad)
    await kept.keeper.look()
    assert isinstance(kept.found(), RecipientKey)
    kept.write_list(bad)
    await kept.keeper.look()
    found = kept.found()
    assert isinstance(found, NoKey)
    assert found.why is KeyFault.REVOKED
    kept.write_list(octets=b"nothing")
    await kept.keeper.look()
    await kept.keeper.look()
    assert isinstance(kept.found(), NoKey)
    assert sum("keys:files_passed_over" in record.getMessage() for record in caplog.records) == 1


async def test_people_are_told_once_of_each_stage_whichever_gateway_looks(kept: Kept) -> None:
    await kept.trust(kept.authorities.mail.issue(days=(-1, 40)))
    other = kept.another()
    for keeper in (kept.keeper, other, kept.keeper):
        await keeper.look()
    assert await kept.mailed() == 1
    kept.days += 20
    for keeper in (kept.keeper, other):
        await keeper.look()
    assert await kept.mailed() == 1
    assert {stage for _, _, stage in await kept.stand.store.reviews.told()} == {"due_60", "due_30"}


async def test_how_keys_stand_is_counted_and_counted_anew_as_time_goes(kept: Kept) -> None:
    await kept.trust(kept.authorities.mail.issue(days=(-1, 40)))
    await kept.keeper.look()
    assert metrics.registry.get_sample_value("dlp_gateway_recipient_keys", {"state": "due_60"}) == 1
    kept.days += 41
    await kept.keeper.look()
    assert metrics.registry.get_sample_value("dlp_gateway_recipient_keys", {"state": "due_60"}) == 0
    assert metrics.registry.get_sample_value("dlp_gateway_recipient_keys", {"state": "expired"}) == 1


async def test_while_the_store_is_away_the_keys_stay(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    await kept.trust(kept.authorities.mail.issue())
    await kept.keeper.look()

    async def fail() -> tuple[int, int]:
        raise StoreUnavailableError("the database refused a question: OperationalError")

    monkeypatch.setattr(kept.stand.store.recipient_keys, "head", fail)
    await kept.keeper.look()
    assert isinstance(kept.found(), RecipientKey)


async def test_a_file_that_is_not_there_at_the_start_is_told_before_anything_runs(kept: Kept) -> None:
    (kept.folder / "mail.crl").unlink()
    with pytest.raises(ConfigError, match=r"mail\.crl: can't be read \(No such file or directory\)"):
        kept.another()
