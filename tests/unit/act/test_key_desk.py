"""Who is mailed of keys that end, and what the mail says."""

from __future__ import annotations

import email
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import default

from dlp_gateway.act.key_desk import KeyDesk
from dlp_gateway.config import Notices, Partners
from dlp_gateway.recipient_keys import KeyDue
from dlp_gateway.store import AuditSearch, Verb
from tests.support.gateway_stand import GatewayStand

ADMIN, BO, FALLBACK = (f"{name}@council.example" for name in ("admin", "bo", "information.governance"))


def due(number: int, pattern: str, stage: str = "due_7", *, is_news: bool = True) -> KeyDue:
    return KeyDue(id=number, pattern=pattern, kind="smime", stage=stage, last_day=date(2026, 12, 3), is_news=is_news)


def desk(stand: GatewayStand, *administrators: str, languages: tuple[str, ...] = ("en",)) -> KeyDesk:
    changed = {
        "partners": Partners(administrators=administrators),
        "notices": Notices(languages=languages),  # type: ignore[arg-type]
    }
    config = stand.config.model_copy(update=changed)
    notices = stand.preparer.notices
    notices.config = config
    return KeyDesk(config=config, store=stand.store, notices=notices, wake_retries=lambda: None)


async def mails(stand: GatewayStand) -> list[tuple[tuple[str, ...], EmailMessage]]:
    queued = await stand.store.claim_due(datetime.now(UTC) + timedelta(hours=1), 50, 60)
    return [
        (one.delivery.recipients, email.message_from_bytes(await stand.store.unseal(one.octets_key), policy=default))
        for one in queued
    ]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def test_each_administrator_gets_one_mail_of_all_keys_that_end(stand: GatewayStand) -> None:
    ending, over = due(3, "jo@partner.example"), due(4, "@clinic.example", "expired")
    assert await desk(stand, ADMIN, BO, "admin@elsewhere.example").tell([ending, over])
    told = await mails(stand)
    assert sorted(to for to, _ in told) == [(ADMIN,), (BO,)]
    (_, mail), _ = told
    assert mail["Subject"] == "Keys for encryption that end: jo@partner.example and 1 more"
    assert mail["Auto-Submitted"] == "auto-generated"
    ended, _, ends = text_of(mail).partition("These will end:")
    assert "- @clinic.example (S/MIME, 4): worked until 3 December 2026" in ended
    assert "- jo@partner.example (S/MIME, 3): works until 3 December 2026" in ends
    assert len(await stand.store.search_audit(AuditSearch(verb=Verb.KEYS_DUE))) == 1
    assert len(await stand.store.search_audit(AuditSearch(verb=Verb.KEYS_EXPIRED))) == 1


async def test_where_no_administrator_is_named_somebody_is_told(stand: GatewayStand) -> None:
    assert await desk(stand).tell([due(3, "jo@partner.example")])
    assert [to for to, _ in await mails(stand)] == [(FALLBACK,)]


async def test_what_another_gateway_told_is_not_told_again(stand: GatewayStand) -> None:
    one = due(3, "jo@partner.example")
    assert await desk(stand, ADMIN).tell([one])
    assert not await desk(stand, ADMIN).tell([one, due(5, "bo@partner.example")])
    assert len(await mails(stand)) == 1


async def test_what_is_no_news_is_remembered_without_a_mail(stand: GatewayStand) -> None:
    one = due(3, "jo@partner.example", "expired", is_news=False)
    assert await desk(stand, ADMIN).tell([one])
    assert await mails(stand) == []
    assert await stand.store.reviews.told() == {one.key}


async def test_it_is_told_in_both_languages(stand: GatewayStand) -> None:
    assert await desk(stand, ADMIN, languages=("cy", "en")).tell([due(3, "jo@partner.example")])
    ((_, mail),) = await mails(stand)
    assert "jo@partner.example (S/MIME, 3): yn gweithio tan 3 Rhagfyr 2026" in text_of(mail)
    assert "jo@partner.example (S/MIME, 3): works until 3 December 2026" in text_of(mail)
