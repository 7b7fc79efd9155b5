"""Builds every object of the gateway process from the configuration, starts and stops them. The only
constructor of services."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from . import metrics
from .act.carry_out import Carrier
from .act.direct.set_up import set_up_direct
from .act.dkim_signing import DkimSigner
from .act.hold import HoldKeeper
from .act.hop_offers import keep_asking
from .act.key_desk import KeyDesk
from .act.notices import NoticeWriter
from .act.partner_desk import PartnerDesk
from .act.prepare import Preparer
from .act.relay import Relay
from .act.retry import RetryLoop
from .act.review_mails import ReviewMails
from .act.reviewer import ReviewerDesk
from .act.sealing import Sealer
from .act.sender import SenderDesk
from .act.ways import Ways
from .act.wire import WireMaker
from .change import Manner
from .client_watch import ClientWatch
from .config import Config
from .decide import (
    DECIDING_FILES,
    ReviewClock,
    Rulebook,
    load_rulebook,
    registry,
    reviews,
    sender_overrides,
    urgent_overrides,
)
from .detect.records.index_table import KeyMaker
from .document_keeper import DocumentKeeper
from .errors import ConfigError, Fault, StoreUnavailableError
from .health import HealthServer
from .key_keeper import KeyKeeper
from .keys import load_console_key, load_keys
from .last_good import LastGood, last_good
from .learning import Learner
from .log import event, fault
from .model import Message, Reply
from .notice_rules import notice_rules
from .octets import Octets, whole
from .open_files import allow_open_files
from .pipeline import Pipeline
from .pool import Pool
from .receive.milter import MilterServer
from .receive.milter_answer import NO_EDITS, MtaAnswer
from .receive.offers import Offers
from .receive.reply import DISK_LOW, STOPPING, reply_for
from .receive.smtp import SmtpServer
from .release import Releaser
from .review_times import review_clock
from .rules_folder import load_texts
from .secure_way import TlsTerms
from .store import BY_FILE, OvertakenError, Retention, Store, code_maker, link_maker
from .store.reveals import Shown, seal_shown
from .tls_keeper import TlsKeeper

_log = logging.getLogger("dlp_gateway.app")

DRAIN_SECONDS = 60.0
LEASE_SECONDS = 30.0
DISK_CHECK_SECONDS = 1.0
RULES_SECONDS = 3.0
"""Between looks for rules that were changed elsewhere."""

_UNREAD = -1
"""No version has this number."""

_BY_FILE_REASON = "rules folder at start or reload"


class Gateway:
    """The gateway process: `start`, then `stop`. Raises ConfigError before anything listens."""

    def __init__(self, config: Config) -> None:
        self.config = config
        keys = load_keys(config.keys.folder)
        self._keys = keys
        config.store.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.store = Store.open(config.store, keys, gateway_id=config.hostname)
        self._import_files()
        started_by = self._last_good()
        texts, rulebook = started_by.texts, started_by.rulebook
        self._reloading = asyncio.Lock()
        self._partners_counted: tuple[str, date] | None = None  # by which rules, on which day
        self._partners_told: tuple[str, date] | None = None
        direct = set_up_direct(config, self._secure_domain, self.store.tls.keep)
        self._evidence = direct.evidence
        self.relay = Relay(config, direct)
        self.recipients = self.relay.recipient_check(config.default_route)
        self.pool = Pool(
            config.workers,
            config.times,
            texts,
            keys.fingerprint,
            council=config.council.name,
            records=config.exact_match,
            spool=config.store.spool,
        )
        signer = DkimSigner.load(config.dkim)
        self.notices = NoticeWriter(config=config, store=self.store, rules=notice_rules(texts, rulebook), signer=signer)
        self.sealer = Sealer(config, lambda: self.recipient_keys.ring)
        self.wire = self._wire_maker(keys.mark, signer, rulebook)
        self.preparer = Preparer(
            config=config,
            wire=self.wire,
            store=self.store,
            notices=self.notices,
            wake_retries=self._wake,
        )
        self.partners = PartnerDesk(config=config, store=self.store, notices=self.notices, wake_retries=self._wake)
        key_desk = KeyDesk(config=config, store=self.store, notices=self.notices, wake_retries=self._wake)
        self.recipient_keys = KeyKeeper(config=config, store=self.store, desk=key_desk)
        carrier = Carrier(
            store=self.store,
            relay=self.relay,
            preparer=self.preparer,
            next_hop_seconds=config.times.next_hop_seconds,
            final_dot_seconds=config.times.final_dot_seconds,
        )
        self.tls = TlsKeeper(
            config=config, store=self.store, direct=direct, notices=self.notices, wake_retries=self._wake
        )
        self.learner = Learner(store=self.store, key=keys.contacts, settings=config.learning)
        self.pipeline = Pipeline(
            config=config,
            rulebook=rulebook,
            mark_key=keys.mark,
            pool=self.pool,
            store=self.store,
            carrier=carrier,
            preparer=self.preparer,
            relay=self.relay,
            ways=Ways(
                direct_routes=config.direct_routes,
                key_routes=config.key_routes,
                evidence=direct.evidence,
                sealer=self.sealer,
            ),
            learner=self.learner,
        )
        self.releaser = Releaser(pipeline=self.pipeline)
        self.retries = RetryLoop(
            config=config,
            store=self.store,
            relay=self.relay,
            preparer=self.preparer,
            relayed=lambda queued, became, octets: self.pipeline.learn_later(queued.message_id, became, octets),
        )
        mails = ReviewMails(store=self.store, notices=self.notices, times=self._review_clock, wake_retries=self._wake)
        self.holds = HoldKeeper(
            store=self.store,
            preparer=self.preparer,
            release=self.releaser.release_message,
            fingerprint_key=keys.fingerprint,
            keep=Retention(
                contacts=timedelta(days=config.learning.keep_days), threads=timedelta(days=config.learning.thread_days)
            ),
            senders=None if config.console.url is None else self._sender_desk(config.console.url),
            reviewers=None if config.console.url is None else self._reviewer_desk(),
            mails=mails,
        )
        self.documents = self._document_keeper(keys.fingerprint)
        self.smtp = SmtpServer(
            config,
            self._take_message,
            self._admission,
            self.relay.log_in,
            next_hop=self._next_hop,
            ask_recipient=self.recipients.ask,
        )
        self.milter = MilterServer(config, self._take_from_mta, self._admission)
        self.health = HealthServer(config.listeners.health, self._not_ready)
        self._accepting = False
        self._disk_low, self._disk_checked_at = False, float("-inf")

    def _wire_maker(self, mark_key: bytes, signer: DkimSigner, rulebook: Rulebook) -> WireMaker:
        return WireMaker(
            config=self.config,
            mark_key=mark_key,
            pool=self.pool,
            sealer=self.sealer,
            signer=signer,
            size_limit=self.relay.size_limit,
            manner=_manner(rulebook),
        )

    def _last_good(self) -> LastGood:
        found = last_good(self._rules_in_force(), self._earlier_texts)
        metrics.rules_passed_over.set(found.files)
        if found.faults:
            faults = [str(fault) for fault in found.faults]
            event(_log, "rules:passed_over", level=logging.ERROR, version=found.rulebook.version, faults=faults)
        return found

    def _earlier_texts(self, name: str) -> list[str]:
        return [version.text for version in self.store.rule_versions(name)]

    def _sender_desk(self, url: str) -> SenderDesk:
        """What senders ask for through the console; from now on hold notices carry its links."""
        key = load_console_key(self.config.keys.folder)
        self.notices.sender_link = link_maker(url, key, timedelta(days=self.config.console.link_days))
        return SenderDesk(
            store=self.store,
            notices=self.notices,
            code_minutes=self.config.console.code_minutes,
            make_code=code_maker(key),
            overrides=lambda held: sender_overrides((rule for rule, _ in held.rules), self.pipeline.rulebook),
            urgent=lambda verdict, inspection: urgent_overrides(verdict, inspection, self.pipeline.rulebook),
            reviewers=self._members,
            escalation=lambda held: self._review_clock().escalates_to((r for r, _ in held.rules), held.reviewers),
            wake_retries=self._wake,
        )

    def _review_clock(self) -> ReviewClock:
        return review_clock(self.config, self.pipeline.rulebook)

    def _reviewer_desk(self) -> ReviewerDesk:
        """What reviewers ask for through the console."""
        key = load_console_key(self.config.keys.folder)

        async def show(request_id: str, octets: Octets) -> bytes:
            passages = (await self.pool.passages(whole(octets))).passages
            texts = [Shown(part=one.part, place=one.place, text=one.text) for one in passages]
            return seal_shown(key, request_id, texts)

        return ReviewerDesk(
            store=self.store,
            notices=self.notices,
            show=show,
            look_ahead=self.releaser.look_ahead,
            reviewers=self._members,
            wake_retries=self._wake,
        )

    def _document_keeper(self, fingerprint_key: bytes) -> DocumentKeeper:
        has_console = self.config.console.url is not None
        return DocumentKeeper(
            store=self.store,
            pool=self.pool,
            folder=self.config.exact_match.folder,
            maker=KeyMaker(fingerprint_key),
            console_key=load_console_key(self.config.keys.folder) if has_console else None,
            changed=self._reload_workers,
        )

    async def _reload_workers(self) -> None:
        """Have them look into files that were made anew, by the rules in force."""
        async with self._reloading:
            await self.pool.reload(self.notices.rules.texts)

    def _members(self, group: str | None) -> tuple[str, ...]:
        """Who is of a reviewer group by the rules in force."""
        return self._review_clock().members(group)

    def _rules_in_force(self) -> Mapping[str, str]:
        self._rules_head = self.store.rules_head()  # before the texts: what comes between is taken up by the next look
        return self.store.current_rules()

    def _import_files(self) -> None:
        """The store is authoritative: the files seed it, and a changed file becomes a version by "file", once it
        holds together with all that is in force: a broken one must never become a version."""
        changed = self.store.changed_by_file(load_texts(self.config.rules))
        if not changed:
            return
        current = self.store.current_rules()
        load_rulebook(dict(last_good(current, self._earlier_texts).texts if current else {}) | changed)
        approved = self._without_proposed(changed)
        try:
            self.store.import_rules(approved, author=BY_FILE, reason=_BY_FILE_REASON)
        except OvertakenError:  # another gateway starts with the same change, or a command came between
            self.store.import_rules(approved, author=BY_FILE, reason=_BY_FILE_REASON)

    def _without_proposed(self, changed: Mapping[str, str]) -> Mapping[str, str]:
        """Where a second administrator must agree to a registry that was changed by file, that waits as a proposal."""
        versions = self.store.rule_versions(registry.FILE)
        if not self.config.partners.second_approval or registry.FILE not in changed or not versions:
            return changed
        number = self.store.propose_rules(
            registry.FILE,
            changed[registry.FILE],
            author=BY_FILE,
            reason=_BY_FILE_REASON,
            base=versions[0].number,
        )
        if number is not None:
            event(_log, "rules:proposed", file=registry.FILE, number=number)
        return {name: text for name, text in changed.items() if name != registry.FILE}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run workers, loops and listeners; inside the block mail is taken. At its end: drain (take no new
        mail, let every transaction that runs finish), then stop.

        A loop that ends by itself is a bug of ours and ends the block with its error, so that the service
        manager starts us again: better than taking mail that nobody will retry.
        """
        try:
            async with asyncio.TaskGroup() as group:
                await self.documents.take_up()
                await self.pool.start()
                await self.recipient_keys.look()
                await self.tls.start()
                loops = [
                    group.create_task(self.retries.run(), name="retries"),
                    group.create_task(self.holds.run(), name="holds"),
                    group.create_task(self._keep_lease(), name="lease"),
                    group.create_task(self._follow_rules(), name="rules"),
                    group.create_task(self.documents.run(), name="documents"),
                    group.create_task(keep_asking(self.relay, self.config.default_route), name="offers"),
                ]
                try:
                    await self._listen()
                    yield
                finally:
                    await self._stop(loops)
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None  # a TaskGroup wraps even a single error

    async def _listen(self) -> None:
        if (said := allow_open_files(self.config)) is not None:
            event(_log, "open_files:too_few", level=logging.WARNING, why=said)
        try:
            await self.health.start()
            await self.milter.start()
            await self.smtp.start()
        except OSError as error:
            text = f"can't listen there ({error.strerror}); stop what uses the address, or name another"
            raise ConfigError([Fault(file="listeners", text=text)]) from None
        self._accepting = True
        smtp = [f"{host}:{port}" for host, port in self.smtp.addresses]
        event(_log, "gateway:ready", smtp=smtp, milter=self.milter.places)

    async def _stop(self, loops: list[asyncio.Task[None]]) -> None:
        self._accepting = False
        await asyncio.gather(self.smtp.drain(DRAIN_SECONDS), self.milter.drain(DRAIN_SECONDS))
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await self.health.stop()
        await self.recipients.close()
        await self.relay.close()
        await asyncio.to_thread(self.sealer.close)
        await self.pool.stop()
        await asyncio.to_thread(self.store.close)
        event(_log, "gateway:stopped")

    async def reload(self, *, whole: bool = True) -> None:
        """Read the rules again and swap them as a whole. A broken file changes nothing and is logged. Mail that is
        being judged is judged to its end by the rules that it began with. Without `whole` the store's rules alone are
        read, not the folder's; workers are only replaced where what they look for has changed, and indexes of records
        are not opened anew."""
        async with self._reloading:
            try:
                if whole:
                    await asyncio.to_thread(self._import_files)
                    await self.documents.take_up(anew=True)
                texts, rulebook = await asyncio.to_thread(self._read_rules)
                if whole or _looked_for(texts) != _looked_for(self.notices.rules.texts):
                    await self.pool.reload(texts)
            except Exception as error:  # noqa: BLE001 - rules in force stay in force: a bad edit must not stop the mail
                if isinstance(error, StoreUnavailableError):
                    self._rules_head = _UNREAD  # it says nothing about the rules: the next look tries again
                faults = getattr(error, "faults", [])
                metrics.rules_passed_over.set(len({f.file for f in faults}))
                fault(_log, "rules:reload_failed", error, faults=[str(f) for f in faults])
                return
            metrics.rules_passed_over.set(0)
            self.pipeline.rulebook = rulebook
            self._evidence.forget()
            self.notices.rules = notice_rules(texts, rulebook)
            self.wire.manner = _manner(rulebook)
            event(_log, "rules:reloaded", version=rulebook.version)

    def _read_rules(self) -> tuple[Mapping[str, str], Rulebook]:
        texts = self._rules_in_force()
        return texts, load_rulebook(texts)  # beside the loop: 500 partners take 0.3 s

    async def _take_message(self, message: Message, watch: ClientWatch) -> Reply:
        dispositions = await self.pipeline.handle_message(message, watch)
        self.pipeline.replied(message.id, heard=not watch.gone)
        return reply_for(dispositions, message.id)

    def _next_hop(self) -> Offers | None:
        """What the next hop of ordinary mail takes, as far as is known."""
        said = self.relay.features(self.config.default_route)
        if said is None:
            return None
        size = said.size or None
        return Offers(eight_bit=said.eight_bit, utf8=said.utf8, size_bytes=size, require_tls=said.require_tls)

    async def _take_from_mta(self, message: Message, watch: ClientWatch) -> MtaAnswer:
        dispositions, left = await self.pipeline.handle_from_mta(message, watch)
        self.pipeline.replied(message.id, heard=not watch.gone)
        return MtaAnswer(
            reply=reply_for(dispositions, message.id),
            left=left.accepted if left is not None else (),
            edits=left.edits if left is not None else NO_EDITS,
        )

    def _admission(self) -> Reply | None:
        if not self._accepting:
            return STOPPING
        if self._disk_is_low():
            return DISK_LOW
        return None

    def _disk_is_low(self) -> bool:
        now = time.monotonic()
        if now >= self._disk_checked_at + DISK_CHECK_SECONDS:  # asked at each MAIL: no system call for each
            self._disk_checked_at = now
            self._disk_low = self.store.free_bytes() < self.config.store.min_free_bytes
        return self._disk_low

    def _not_ready(self) -> str | None:
        if not self._accepting:
            return "stopping"
        return "disk is low" if self._disk_is_low() else None

    def _wake(self) -> None:
        self.retries.wake()

    async def _follow_rules(self) -> None:
        """Take up what administrators put in force by commands or in the console, in every gateway process."""
        while True:
            self._count_partners()
            await self._tell_of_partners()
            await self.recipient_keys.look()
            await self.tls.look()
            await self.smtp.look()
            await asyncio.sleep(RULES_SECONDS)
            try:
                head = await asyncio.to_thread(self.store.rules_head)
            except StoreUnavailableError:
                continue  # mail is answered 451 for the same reason; nothing to add
            if head != self._rules_head:  # a broken version is told of once: to read it is to have seen it
                await self.reload(whole=False)

    async def _tell_of_partners(self) -> None:
        """Owners and administrators hear of entries that are due or expired: of each once, whichever gateway tells."""
        day = self._today()
        looked_at = (self.pipeline.rulebook.version, day)
        if looked_at == self._partners_told:
            return
        try:
            told = await self.store.reviews.told()
            if await self.partners.tell(reviews(self.pipeline.rulebook.partners.entries, day, told)):
                self._partners_told = looked_at
        except StoreUnavailableError as error:  # the next look tries again
            fault(_log, "partners:not_told", error)
        except Exception as error:  # noqa: BLE001 - a bug here must not end the gateway, nor be met every three seconds
            self._partners_told = looked_at
            fault(_log, "partners:not_told", error)

    def _today(self) -> date:
        return datetime.now(ZoneInfo(self.config.council.time_zone)).date()

    def _secure_domain(self, domain: str) -> TlsTerms | None:
        return self.pipeline.rulebook.secure_domains.terms_for(domain, self._today())

    def _count_partners(self) -> None:
        """How entries stand changes with the registry and with the day."""
        day = self._today()
        counted = (self.pipeline.rulebook.version, day)
        if counted != self._partners_counted:
            for word, count in registry.count_by_standing(self.pipeline.rulebook.partners.entries, day).items():
                metrics.partners.labels(word).set(count)
            self._partners_counted = counted

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            await self.store.renew_lease()


def _manner(rulebook: Rulebook) -> Manner:
    wanted = rulebook.policy.disclaimer
    return Manner(once=wanted.once, wrap=wanted.if_not_editable == "wrap")


def _looked_for(texts: Mapping[str, str]) -> dict[str, str]:
    """What workers are given: all but what only decides."""
    return {name: text for name, text in texts.items() if name not in DECIDING_FILES}
