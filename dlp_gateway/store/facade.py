"""`Store`: everything durable, behind plain methods.

Writes go to the writer thread and return when they are committed; reads and files go to small thread
pools. A method that changes something raises StoreUnavailableError when the change is not durable.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from django.db import DatabaseError, connections

from .. import config
from ..errors import StoreUnavailableError
from ..keys import Keys
from ..model import Disposition, Verdict
from ..octets import Octets
from . import audit, boots, custody, held, in_hand, messages, proposals, retention, rules
from .chain import Chain
from .clean_up import clean_up
from .contact_door import Contacts
from .database import describe, free_bytes, gateway_lock, in_thread, prepare, sqlite_folder
from .desk_door import Desk
from .django_setup import alias_of
from .document_door import Documents
from .held import WAITING
from .insight import Insight
from .key_door import RecipientKeys
from .question_door import Questions
from .review_door import Reviews
from .sender_door import Senders
from .spool import Spool
from .tls_door import Tls
from .token_door import Tokens
from .user_door import Users
from .values import (
    AS_IT_IS,
    BY_FILE,
    AuditEntry,
    AuditSearch,
    DeliveryState,
    HeldMessage,
    MessageRecord,
    PreparedDelivery,
    QueuedDelivery,
    Recovery,
    ReleaseManner,
    ReleaseRequest,
    RuleProposal,
    RuleVersion,
    StoredMessage,
    Turns,
    Verb,
)
from .writer import Writer

R = TypeVar("R")
Role = Literal["gateway", "console", "cli"]


class Store:
    """One process's door to everything durable. Make it with `open`, end it with `close`.

    `recovery` says what was cleared up at the start; `boot_id` and `audit_writer` name this run.
    """

    recovery: Recovery

    def __init__(self, *, alias: str, keys: Keys, settings: config.Store, gateway_id: str, role: Role) -> None:
        self.boot_id = secrets.token_hex(8)
        self.gateway_id = gateway_id
        self.audit_writer = f"{role}:{gateway_id}:{self.boot_id}"
        self._alias = alias
        self._role = role
        self._spool = Spool(settings.spool, keys, self.boot_id)
        self._folders = [settings.spool, *sqlite_folder(alias)]
        self._lock = gateway_lock(settings.spool, gateway_id) if role == "gateway" else None
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="store-reader")
        self._files = ThreadPoolExecutor(4, thread_name_prefix="store-spool")
        self._read_connections: set[Any] = set()
        self._crashes: dict[str, int] = {}
        self.in_hand = in_hand.InHand(settings.spool, self.boot_id) if role == "gateway" else None
        self._writer = Writer(alias, boot_id=self.boot_id, gateway_id=gateway_id, chain=Chain(self.audit_writer))
        self.contacts = Contacts(self._begin_reading, self._writer)
        self.senders = Senders(self._begin_reading, self._writer)
        self.desk = Desk(self._begin_reading, self._writer)
        self.documents = Documents(self._begin_reading, self._writer)
        self.questions = Questions(self._begin_reading, self._writer)
        self.reviews = Reviews(self._begin_reading, self._writer)
        self.insight = Insight(self._begin_reading)
        self.tls = Tls(self._begin_reading, self._writer)
        self.recipient_keys = RecipientKeys(self._begin_reading, self._writer)
        self.tokens = Tokens(self._begin_reading, self._writer)
        self.users = Users(self._begin_reading, self._file, self._writer)
        self._closed = False

    @classmethod
    def open(cls, settings: config.Store, keys: Keys, *, gateway_id: str, role: Role = "gateway") -> Store:
        """Open, migrate, register this run, clear up after dead ones (only the role "gateway" does).

        Blocks. Raises ConfigError when the database could lose what it acknowledged or when this gateway
        runs already, StoreUnavailableError when the database can't be reached.
        """
        alias = alias_of(settings.url)
        settings.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        in_thread(lambda: prepare(alias, settings.spool / ".migrate.lock"))
        store = cls(alias=alias, keys=keys, settings=settings, gateway_id=gateway_id, role=role)
        try:
            left = in_hand.left_behind(settings.spool) if store.in_hand is not None else {}
            left.pop(store.boot_id, None)
            start = boots.Start(role=role, writer=store.audit_writer, in_hand=left)
            recovery = store._writer.run(boots.START, start)
            swept = in_thread(store._sweep) if role == "gateway" else 0
            store.recovery = replace(recovery, swept=swept)
            in_hand.forget(settings.spool, left, in_thread(lambda: boots.living(alias)))
            store._crashes = in_thread(lambda: boots.crash_counts(alias))
        except BaseException:
            store._end()
            raise
        return store

    def close(self) -> None:
        """Commit what waits, mark this run as ended, close everything. Blocks."""
        if self._closed:
            return
        try:
            self.contacts.write()
            self._writer.run(boots.STOP, self._role)
        finally:
            self._end()

    def _end(self) -> None:
        self._closed = True
        self._writer.close()
        self._files.shutdown()
        self._readers.shutdown()
        in_thread(lambda: [connection.close() for connection in self._read_connections])
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self.in_hand is not None:
            self.in_hand.close()

    # -- spool -----------------------------------------------------------------------------------------

    async def seal(self, octets: Octets) -> str:
        """Keep octets, sealed and durable; answers their key."""
        return await self._file(self._spool.seal, octets)

    async def unseal(self, key: str) -> Octets:
        """The octets again. Raises BodyDamagedError when they are not exactly what was sealed."""
        return await self._file(self._spool.unseal, key)

    async def discard(self, key: str) -> None:
        await self._file(self._spool.discard, key)

    def free_bytes(self) -> int:
        """Free space of the fuller disk: the spool's or, with SQLite, the database's."""
        return min(free_bytes(folder) for folder in self._folders)

    # -- the way of a message --------------------------------------------------------------------------

    async def record(self, record: MessageRecord, prepared: Sequence[PreparedDelivery] = ()) -> None:
        """Write the record with what is prepared. No record, no relay: raises StoreUnavailableError."""
        try:
            new = messages.new_message(record, prepared)
        except ValueError as error:  # such as an address that is not text; its words would quote it
            raise StoreUnavailableError(f"the record can't be written: {type(error).__name__}") from None
        await self._writer.submit(messages.RECORD, new)

    async def add_prepared(self, message_id: str, prepared: Sequence[PreparedDelivery]) -> None:
        """More prepared deliveries of an open record."""
        if prepared:
            await self._writer.submit(
                custody.ADD_PREPARED, custody.MorePrepared(message_id=message_id, prepared=tuple(prepared))
            )

    async def make_live(self, message_id: str, dispositions: Sequence[Disposition]) -> None:
        """Take custody of exactly what was prepared. Raises StoreUnavailableError when that is not there."""
        note = messages.Note(message_id=message_id, dispositions=tuple(dispositions), answered=None)
        await self._writer.submit(custody.MAKE_LIVE, note)

    async def drop_prepared(
        self, message_id: str, dispositions: Sequence[Disposition], *, answered: bool | None = False
    ) -> None:
        """Forget what was prepared and close the record: nothing was promised."""
        note = messages.Note(message_id=message_id, dispositions=tuple(dispositions), answered=answered)
        unneeded = await self._writer.submit(custody.DROP_PREPARED, note)
        await self._discard(unneeded)

    def note(self, message_id: str, dispositions: Sequence[Disposition], answered: bool | None) -> None:
        """Close the record of a message that we keep nothing of. Does not wait."""
        self._writer.post(
            messages.NOTE,
            messages.Note(message_id=message_id, dispositions=tuple(dispositions), answered=answered),
        )

    def mark_answered(self, message_id: str) -> None:
        """The client has heard 250 for what was made live. Does not wait."""
        self._writer.post(messages.MARK_ANSWERED, message_id)

    async def unanswered_attempt(self, identity: str, since: datetime) -> tuple[str, tuple[Disposition, ...]] | None:
        """(message id, what became of its recipients) of an attempt since then that is ours although its client never
        heard so; None where there is none."""
        return await self._read(messages.unanswered_attempt, identity, since)

    def crashes(self, identity: str) -> int:
        """How often a gateway died with a message of this identity in its hands."""
        return self._crashes.get(identity, 0)

    async def renew_lease(self) -> Recovery:
        """Say that we live, and clear up after gateways that no longer do; call it every 20 s or so.

        Raises StoreUnavailableError when another gateway has declared us dead: stop at once then.
        """
        recovery = await self._writer.submit(boots.RENEW, boots.Renewal(role=self._role, now=datetime.now(UTC)))
        self._crashes = await self._read(boots.crash_counts)
        return recovery

    async def flush(self) -> None:
        """Wait until everything posted and learned so far is committed."""
        self.contacts.write()
        await self._writer.submit(audit.NOTHING, None)

    # -- outbox ----------------------------------------------------------------------------------------

    async def claim_due(
        self, now: datetime, limit: int, lease_seconds: float, turns: Turns | None = None
    ) -> tuple[QueuedDelivery, ...]:
        """Deliveries that are due and whose turn it is, ours under a lease; also those whose lease ran out."""
        claim = custody.Claim(now=now, limit=limit, lease_seconds=lease_seconds, turns=turns or Turns())
        return await self._writer.submit(custody.CLAIM_DUE, claim)

    async def settle(
        self,
        delivery_id: str,
        lease: str,
        dispositions: Sequence[Disposition],
        *,
        retry_at: datetime | None,
        follow_up: Sequence[PreparedDelivery] = (),
        delay_told: bool = False,
    ) -> bool:
        """What became of a claimed delivery. Recipients with a final outcome leave it; False when the lease is gone.
        `delay_told`: `follow_up` tells of the delay, or nobody wants to hear of it."""
        settled = await self._writer.submit(
            custody.SETTLE,
            custody.Settlement(
                delivery_id=delivery_id,
                lease=lease,
                dispositions=tuple(dispositions),
                retry_at=retry_at,
                follow_up=tuple(follow_up),
                delay_told=delay_told,
            ),
        )
        await self._discard(settled.unneeded)
        return settled.ours

    # -- held messages ---------------------------------------------------------------------------------

    async def held(self, held_id: str) -> HeldMessage | None:
        return await self._read(held.held, held_id)

    async def held_list(
        self,
        *,
        states: Sequence[DeliveryState] = WAITING,
        reviewers: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[HeldMessage, ...]:
        """Oldest first."""
        return await self._read(held.held_list, states, reviewers, limit, offset)

    async def held_count(self) -> int:
        """How many messages wait for a person or for the gateway to carry out a release."""
        return await self._read(held.held_count)

    async def request_release(
        self,
        held_id: str,
        *,
        by: str,
        reason: str,
        recipients: tuple[str, ...] | None = None,
        overrides: frozenset[tuple[str, str]] = frozenset(),
        automatic: bool = False,
        manner: ReleaseManner = AS_IT_IS,
    ) -> ReleaseRequest:
        """Ask the gateway to let it go. Raises DecidedError when it no longer waits for that.

        Where more approvals are needed, this one is recorded and `approvals_left` says how many are missing.
        """
        wish = held.Wish(
            held_id=held_id,
            by=by,
            reason=reason,
            recipients=recipients,
            overrides=overrides,
            automatic=automatic,
            manner=manner,
        )
        return await self._writer.submit(held.REQUEST_RELEASE, wish)

    async def claim_release_requests(
        self, limit: int, lease_seconds: float, now: datetime | None = None
    ) -> tuple[ReleaseRequest, ...]:
        claim = held.ReleaseClaim(now=now or datetime.now(UTC), limit=limit, lease_seconds=lease_seconds)
        return await self._writer.submit(held.CLAIM_RELEASES, claim)

    async def settle_release(
        self,
        request_id: str,
        lease: str,
        dispositions: Sequence[Disposition],
        *,
        back_to_queue: bool = False,
        verdicts: Sequence[Verdict] | None = None,
        policy_version: str = "",
        queued: Sequence[PreparedDelivery] = (),
        follow_up: Sequence[PreparedDelivery] = (),
        why: Sequence[str] = (),
    ) -> bool:
        """What became of a claimed release. Recipients with a final outcome leave the hold, and so do
        those of `queued`, which becomes live in the same transaction; all others stay held. `back_to_queue`
        puts the new verdicts' rules on the hold. False: the lease is gone, nothing was changed."""
        settled = await self._writer.submit(
            held.SETTLE_RELEASE,
            held.ReleaseSettlement(
                request_id=request_id,
                lease=lease,
                dispositions=tuple(dispositions),
                back_to_queue=back_to_queue,
                verdicts=None if verdicts is None else tuple(verdicts),
                policy_version=policy_version,
                queued=tuple(queued),
                follow_up=tuple(follow_up),
                why=tuple(why),
            ),
        )
        return settled.ours

    async def reject(self, held_id: str, *, by: str, reason: str, follow_up: Sequence[PreparedDelivery] = ()) -> None:
        """End the hold: nobody gets it. Raises DecidedError."""
        ruling = held.Ruling(held_id=held_id, by=by, reason=reason, at=datetime.now(UTC), follow_up=tuple(follow_up))
        await self._writer.submit(held.REJECT, ruling)

    async def extend(self, held_id: str, *, by: str, reason: str, until: datetime) -> None:
        """Move the end of the hold. Raises DecidedError."""
        ruling = held.Ruling(held_id=held_id, by=by, reason=reason, at=datetime.now(UTC), until=until)
        await self._writer.submit(held.EXTEND, ruling)

    async def expire_due(self, now: datetime) -> tuple[HeldMessage, ...]:
        return await self._read(held.expire_due, now)

    async def embargoes_due(self, now: datetime) -> tuple[HeldMessage, ...]:
        return await self._read(held.embargoes_due, now)

    async def expire(
        self, held_id: str, follow_up: Sequence[PreparedDelivery] = (), *, now: datetime | None = None
    ) -> None:
        """End a hold whose time is over. Raises DecidedError when somebody decided or extended it meanwhile."""
        ruling = held.Ruling(
            held_id=held_id,
            by="gateway",
            reason="the time to decide is over",
            at=now or datetime.now(UTC),
            follow_up=tuple(follow_up),
        )
        await self._writer.submit(held.EXPIRE, ruling)

    # -- records, rules --------------------------------------------------------------------------------

    async def message_record(self, message_id: str) -> StoredMessage | None:
        return await self._read(messages.message_record, message_id)

    async def search_messages(self, search: messages.Search) -> tuple[StoredMessage, ...]:
        return await self._read(messages.search_messages, search)

    async def inspected_since(
        self, since: datetime, after: tuple[datetime, str] | None = None, limit: int = 200
    ) -> list[StoredMessage]:
        """Messages of which inspection and facts are kept, oldest first, from behind `after` (received at, id)."""
        return await self._read(messages.inspected_since, since, after, limit)

    def import_rules(
        self, texts: Mapping[str, str], *, author: str = BY_FILE, reason: str, base: int | None = None
    ) -> list[str]:
        """Make versions of what is new; answers the names. Raises OvertakenError where the newest version is not
        `base` (None: the newest), the one that the text, or the registry among several, was made from. Blocks."""
        wanted = rules.RuleImport(texts=texts, author=author, reason=reason, base=base)
        return self._writer.run(rules.IMPORT, self._read_now(rules.prepared, wanted))

    def changed_by_file(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Those of a folder's texts that differ from what the folder last brought. Blocks."""
        return self._read_now(rules.changed_by_file, texts)

    def current_rules(self) -> dict[str, str]:
        """Name -> newest text. Blocks."""
        return self._read_now(rules.current_rules)

    def rule_versions(self, name: str) -> tuple[RuleVersion, ...]:
        """Newest first. Blocks."""
        return self._read_now(rules.rule_versions, name)

    def rules_head(self) -> int:
        """Grows with every version of any file: a change of it means that there is something to read. Blocks."""
        return self._read_now(rules.head)

    def propose_rules(self, name: str, text: str, *, author: str, reason: str, base: int) -> int | None:
        """Let a text made from version `base` wait for a second administrator; None where it waits already or is in
        force. Raises OvertakenError as `import_rules` does. Blocks."""
        new = proposals.NewProposal(name=name, text=text, author=author, reason=reason, base=base)
        return self._writer.run(proposals.PROPOSE, new)

    def answer_proposal(self, number: int, *, by: str, approve: bool) -> None:
        """Put it in force or not. Raises DecidedError for its own author, and where it is out of date. Blocks."""
        answer = proposals.Answer(number=number, by=by, approve=approve)
        self._writer.run(proposals.ANSWER, self._read_now(proposals.prepared_answer, answer))

    def open_proposals(self, name: str) -> tuple[RuleProposal, ...]:
        """Oldest first. Blocks."""
        return self._read_now(proposals.open_proposals, name)

    # -- audit and retention ---------------------------------------------------------------------------

    async def audit_event(self, verb: Verb, *, actor: str, message_id: str | None, body: Mapping[str, Any]) -> None:
        """Record something that changes nothing else; `body` holds no found values and no message text."""
        await self._writer.submit(audit.EVENT, audit.Event(verb=verb, actor=actor, message_id=message_id, body=body))

    async def database(self) -> str:
        """The database and its version, for `doctor`: "SQLite 3.53.4"."""
        return await self._read(describe)

    async def verify_audit(self, writer: str | None = None, known: audit.Heads | None = None) -> list[str]:
        """What is wrong with the record, in words; empty when all is well."""
        return await self._read(audit.verify, writer, known)

    async def audit_heads(self) -> dict[str, tuple[int, bytes]]:
        return await self._read(audit.heads)

    async def search_audit(self, wanted: AuditSearch) -> tuple[AuditEntry, ...]:
        return await self._read(audit.search, wanted)

    async def cleanup(self, now: datetime, keep: retention.Retention | None = None) -> None:
        """Let go of what is older than its retention."""
        await self._discard(await clean_up(self._writer, now, keep or retention.Retention()))

    # -- threads ---------------------------------------------------------------------------------------

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailableError("the store is closed")

    async def _file(self, work: Callable[..., R], *arguments: Any) -> R:
        self._require_open()
        return await asyncio.get_running_loop().run_in_executor(self._files, work, *arguments)

    async def _read(self, work: Callable[..., R], *arguments: Any) -> R:
        return await self._begin_reading(work, *arguments)

    def _begin_reading(self, work: Callable[..., R], *arguments: Any) -> asyncio.Future[R]:
        self._require_open()
        return asyncio.get_running_loop().run_in_executor(self._readers, self._guarded, work, *arguments)

    def _read_now(self, work: Callable[..., R], *arguments: Any) -> R:
        self._require_open()
        return self._readers.submit(self._guarded, work, *arguments).result()

    def _guarded(self, work: Callable[..., R], *arguments: Any) -> R:
        connection = connections[self._alias]
        if connection not in self._read_connections:
            connection.inc_thread_sharing()  # `close` closes it from another thread
            self._read_connections.add(connection)
        try:
            return work(self._alias, *arguments)
        except DatabaseError as error:
            connection.close()  # it may be broken; the next read opens a new one
            raise StoreUnavailableError(f"the database refused a question: {type(error).__name__}") from None

    async def _discard(self, keys: Sequence[str]) -> None:
        for key in keys:
            await self._file(self._spool.discard, key)

    def _sweep(self) -> int:
        """Remove sealed files that no delivery needs and no living process can be about to record."""
        living = boots.living(self._alias)
        orphans = [(key, name) for boot, key, name in self._spool.files() if boot not in living]
        needed = custody.needed_keys(self._alias, [key for key, _ in orphans])
        return self._spool.sweep(name for key, name in orphans if key not in needed or name.endswith(".unfinished"))
