"""The way of a message, in the order it goes. Read this first.

    receive -> question -> inspect -> decide -> plan -> record and act -> answer

`receive` calls `handle_message` when a client has sent its final dot and waits for our reply. Until we
answer 250 the client has custody of the message, so every trouble before that may simply raise: the
edge in `receive` answers 451 and the client tries again. `release.py` is the other way out: a held message that a
reviewer lets go is inspected and decided again, by the rules of today.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from . import metrics
from .act.carry_out import IN_CUSTODY, Carrier, Done, Job
from .act.left_with_mta import LEFT_WITH_MTA, LeftWithMta
from .act.plan import Plan, make_plan
from .act.prepare import Preparer
from .act.relay import Relay
from .act.ways import Ways
from .change.header import count_valid_marks, identity, message_id_of
from .client_watch import ClientWatch
from .config import Config
from .decide import Rulebook, decide, out_of_scope, question_for
from .errors import MessageRefusedError, RecipientNotEncryptedError, TemporaryError
from .learning import Learner, Recalled
from .log import event
from .model import (
    Action,
    Controls,
    Disposition,
    Facts,
    Gap,
    GapReason,
    GapScope,
    Inspection,
    MarkingKind,
    Message,
    Outcome,
    RecipientClass,
    Verdict,
)
from .octets import Octets, header_part
from .parse import author_of
from .pool import Pool
from .secure_way import NoWay, WayFact
from .store import MessageRecord, Store

_log = logging.getLogger("dlp_gateway.pipeline")

POISON_CRASHES = 3
"""A message in whose hands the gateway died this often is held unread."""

RETRY_WINDOW = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handled:
    attempt: str | None  # identity; None: without a Message-ID
    dispositions: tuple[Disposition, ...]
    kept_as: tuple[str, ...] = ()  # message ids of the records under which we took custody of some of it
    left: LeftWithMta | None = None  # what the mail server that showed it keeps


@dataclass(kw_only=True)
class _Attempt(ClientWatch):
    """A running attempt, and all clients that wait for it: one that is still there and patient is enough."""

    answer: asyncio.Future[_Handled]
    watches: list[ClientWatch]

    @property
    def gone(self) -> bool:
        return all(watch.gone for watch in self.watches)

    @property
    def seconds_left(self) -> float:
        return max((watch.seconds_left for watch in self.watches if not watch.gone), default=0.0)


@dataclass(kw_only=True)
class Pipeline:
    """The services a message passes, and the rules in force. `rulebook` is replaced as a whole on reload."""

    config: Config
    rulebook: Rulebook
    mark_key: bytes
    pool: Pool
    store: Store
    carrier: Carrier
    preparer: Preparer
    relay: Relay
    ways: Ways
    learner: Learner
    clock: Callable[[], datetime] = now

    def __post_init__(self) -> None:
        self._running: dict[str, _Attempt] = {}
        self._unheard: dict[str, _Handled] = {}  # by our id of the transaction: its reply is still to be heard
        self._relayed_unheard: dict[str, tuple[datetime, _Handled]] = {}  # by attempt: done, but its client had gone

    async def handle_message(self, message: Message, watch: ClientWatch) -> tuple[Disposition, ...]:
        """One mail transaction from the final dot to its dispositions, one per recipient in envelope order.

        Raises TemporaryError when nothing was promised, MessageRefusedError for a loop. Call `replied` afterwards.
        """
        dispositions, _ = await self.handle_from_mta(message, watch)
        return dispositions

    async def handle_from_mta(
        self, message: Message, watch: ClientWatch
    ) -> tuple[tuple[Disposition, ...], LeftWithMta | None]:
        """The same for a message that a mail server shows by milter, and what is to be done there for those recipients
        who stay there; None where nobody does."""
        handled = await self._handle(message, watch)
        self._unheard[message.id] = handled
        return handled.dispositions, handled.left

    def replied(self, message_id: str, *, heard: bool) -> None:
        """The reply to this transaction is known, and whether its client is still there to hear it. Where it is not,
        it will try again, and must be answered from the record."""
        handled = self._unheard.pop(message_id, None)
        if handled is None:
            return
        if handled.kept_as:
            for record_id in handled.kept_as if heard else ():
                self.store.mark_answered(record_id)
            return
        self._relayed_unheard.pop(handled.attempt or "", None)
        if (
            not heard
            and handled.attempt is not None
            and handled.left is None  # that was not relayed: the mail server must hear of it anew
            and len(relayed(handled.dispositions)) == len(handled.dispositions)
        ):
            # Of what was relayed and not kept the record says too little, so this lasts as long as the process does.
            since = self.clock() - RETRY_WINDOW
            self._relayed_unheard = {a: old for a, old in self._relayed_unheard.items() if old[0] >= since}
            self._relayed_unheard[handled.attempt] = (self.clock(), handled)

    async def _handle(self, message: Message, watch: ClientWatch) -> _Handled:
        passes = count_valid_marks(header_part(message.octets), self.mark_key)
        if passes >= self.config.limits.loop_mark_count:
            raise MessageRefusedError("this message has passed this gateway too often", enhanced_code="5.4.6")
        attempt = identity(message)
        if attempt is not None and passes:
            # Marks are trace, which `identity` leaves out. But a message that comes back while its first pass waits
            # for the next hop is no retry: joined, each would wait for the other for ever.
            attempt = f"{attempt}-{passes}"
        if attempt is not None and message.from_mta:
            # What SMTP delivers is out; what a mail server shows is there until it hears our answer.
            attempt = f"milter-{attempt}"
        if attempt is not None and (running := self._running.get(attempt)) is not None:
            # The client gave up waiting and tries again: one attempt, one result, recorded under the first one's id.
            event(_log, "attempt:joined", message_id=message.id, client=message.envelope.client_name)
            running.watches.append(watch)
            return await asyncio.shield(running.answer)
        answer: asyncio.Future[_Handled] = asyncio.get_running_loop().create_future()
        everybody = _Attempt(answer=answer, watches=[watch])
        if attempt is not None:
            self._running[attempt] = everybody
            self._in_hand(attempt, over=False)
        started = time.perf_counter()
        metrics.in_hand.inc()
        try:
            handled = await self._earlier(message, attempt, everybody) or await self._way(message, attempt, everybody)
            answer.set_result(handled)
            return handled
        except BaseException as error:
            stopped = isinstance(error, asyncio.CancelledError)  # we are; who joined us is not
            answer.set_exception(TemporaryError("the attempt was stopped") if stopped else error)
            answer.exception()  # read, so that nobody is told of an error "never retrieved"
            raise
        finally:
            if attempt is not None:
                self._running.pop(attempt, None)
                self._in_hand(attempt, over=True)
            metrics.in_hand.dec()
            metrics.handling_seconds.observe(time.perf_counter() - started)

    def _in_hand(self, attempt: str, *, over: bool) -> None:
        if self.store.in_hand is not None:
            (self.store.in_hand.end if over else self.store.in_hand.begin)(attempt)

    async def _earlier(self, message: Message, attempt: str | None, watch: ClientWatch) -> _Handled | None:
        """An attempt that is done and written, although its client never heard so: all recipients are relayed, durable
        or reported. Nothing is left to do but to say 250 again."""
        if attempt is None:
            return None
        relayed_at, relayed = self._relayed_unheard.get(attempt, (None, None))
        if relayed_at is not None and relayed_at >= self.clock() - RETRY_WINDOW:
            event(_log, "attempt:answered_again")
            return relayed
        earlier = await self.store.unanswered_attempt(attempt, self.clock() - RETRY_WINDOW)
        if earlier is None:
            return None
        record_id, dispositions = earlier
        event(_log, "attempt:answered_again", message_id=record_id)
        # What became of them since, such as an expiry, was reported: the client hears that custody is ours.
        told = tuple(
            d
            if d.outcome in (Outcome.RELAYED, Outcome.HELD)
            else replace(d, outcome=Outcome.DEFERRED, detail=IN_CUSTODY)
            for d in dispositions
        )
        handled = _Handled(attempt=attempt, dispositions=told, kept_as=(record_id,))
        left = tuple(d.recipient for d in told if LEFT_WITH_MTA in d.detail)
        return await self._left_again(message, left, handled, watch) if left else handled

    async def _left_again(
        self, message: Message, left: tuple[str, ...], earlier: _Handled, watch: ClientWatch
    ) -> _Handled:
        """The mail server never heard what it was to do for these recipients: that is found again, for them alone."""
        again = await self._way(replace(message, envelope=message.envelope.only(left)), earlier.attempt, watch)
        known = {d.recipient: d for d in (*earlier.dispositions, *again.dispositions)}
        # Whom an attempt of such a kind left out was ours before it.
        dispositions = tuple(
            known.get(r) or Disposition(recipient=r, outcome=Outcome.DEFERRED, detail=IN_CUSTODY)
            for r in message.envelope.recipients
        )
        return replace(again, dispositions=dispositions, kept_as=(*earlier.kept_as, *again.kept_as))

    async def _way(self, message: Message, attempt: str | None, watch: ClientWatch) -> _Handled:
        identified = attempt or message.id
        rulebook = self.rulebook
        author = recalled = None
        if out_of_scope(message.envelope, message.envelope.reverse_path, rulebook):
            author = author_of(header_part(message.octets))  # worth reading only where the envelope says so already
        if author is not None and out_of_scope(message.envelope, author, rulebook):
            inspection, facts, verdicts = None, None, self._verdicts_out_of_scope(message)
        else:
            recalling = self.recall(message, rulebook)  # the store is asked while a worker inspects
            inspection = await self.inspect(message, identified, rulebook)
            recalled = await recalling
            facts = self.facts(message, inspection, recalled)
            facts, verdicts = await self.judge_with_ways(message, inspection, facts, rulebook)
        record = MessageRecord(
            message_id=message.id,
            received_at=message.received_at,
            envelope=message.envelope,
            size_bytes=message.size_bytes,
            identity=identified,
            message_id_header=inspection.controls.message_id_header if inspection else None,
            author=inspection.controls.author if inspection else author,
            scope="out-of-scope" if inspection is None else "inspected",
            inspection=inspection,
            verdicts=verdicts,
            policy_version=rulebook.version,
            facts=facts,
        )
        record, done = await self._carry_out(message, record, rulebook, watch)
        self.learner.learn(recalled, relayed(done.dispositions))
        self._count(message, inspection, record.verdicts, done.dispositions)
        kept_as = (message.id,) if done.kept else ()
        return _Handled(attempt=attempt, dispositions=done.dispositions, kept_as=kept_as, left=done.left)

    async def _carry_out(
        self, message: Message, record: MessageRecord, rulebook: Rulebook, watch: ClientWatch
    ) -> tuple[MessageRecord, Done]:
        """Record and act. Where a recipient's copy can't be encrypted, that is a new fact: it is decided again, and
        that copy is held."""
        while True:
            job = Job(message=message, record=record, plan=self.plan(message, record.verdicts), watch=watch)
            try:
                return record, await self.carrier.carry_out(job)
            except RecipientNotEncryptedError as error:
                assert record.inspection is not None, "nothing else is ever encrypted"
                assert record.facts is not None, "what was inspected was decided by facts"
                facts = not_sealed(record.facts, error)
                verdicts = self.judge(message, record.inspection, facts, rulebook)
                record = replace(record, facts=facts, verdicts=verdicts)

    def plan(self, message: Message, verdicts: Sequence[Verdict]) -> Plan:
        left_route = self.config.default_route if message.from_mta else None
        return make_plan(verdicts, self.config.direct_routes, self.config.key_routes, left_route=left_route)

    async def inspect(self, message: Message, attempt: str, rulebook: Rulebook) -> Inspection:
        """What a worker finds in the message, asked only for what can change a verdict."""
        question = question_for(
            message.envelope,
            rulebook,
            received_at=message.received_at,
            own_contact_points=self.config.council.contact_points,
            time_zone=self.config.council.time_zone,
        )
        if self.store.crashes(attempt) >= POISON_CRASHES:
            detail = f"the gateway stopped {POISON_CRASHES} times while it had this message"
            unread = Gap(part="", reason=GapReason.TIMED_OUT, scope=GapScope.MESSAGE, detail=detail)
            controls = Controls(
                message_id_header=message_id_of(header_part(message.octets))
            )  # who looks for it knows no more
            return Inspection(question=question, gaps=(unread,), controls=controls)
        if question.asks_nothing:
            return Inspection(question=question, controls=Controls())  # nothing found could change anything
        started = time.perf_counter()
        inspection = await self.pool.inspect(message.octets, question)
        seconds = time.perf_counter() - started
        metrics.inspection_seconds.observe(seconds)
        return replace(inspection, seconds=round(seconds, 4))

    def recall(self, message: Message, rulebook: Rulebook) -> asyncio.Future[Recalled | None]:
        return self.learner.recall(message.envelope, header_part(message.octets), rulebook.recipients.is_internal)

    async def learn_later(self, message_id: str, dispositions: Sequence[Disposition], octets: Octets) -> None:
        """Learn from a delivery that came through after the others of its message."""
        is_internal = self.rulebook.recipients.is_internal
        await self.learner.learn_later(message_id, relayed(dispositions), header_part(octets), is_internal)

    def facts(
        self,
        message: Message,
        inspection: Inspection,
        recalled: Recalled | None = None,
        overridden: frozenset[tuple[str, str]] = frozenset(),
        *,
        encrypted_only: bool = False,
    ) -> Facts:
        """What the decision needs beside the message itself; kept with it, so that it can be decided again."""
        vouched = message.envelope.vouches_for(inspection.controls.author)
        now = self.clock()
        facts = Facts(now=now, vouched=vouched, overridden=overridden, encrypted_only=encrypted_only)
        return self.learner.remember(facts, recalled)

    async def judge_with_ways(
        self, message: Message, inspection: Inspection, facts: Facts, rulebook: Rulebook
    ) -> tuple[Facts, tuple[Verdict, ...]]:
        """The verdicts, and the facts they rest on: where one is to encrypt, also whether its route can be met."""
        verdicts = self.judge(message, inspection, facts, rulebook)
        wanted = [(verdict.route, verdict.recipient) for verdict in verdicts if verdict.action is Action.ENCRYPT]
        ways = await self.ways.facts(wanted, self.config.times.way_seconds) if wanted else ()
        if not ways:
            return facts, verdicts
        facts = replace(facts, ways=ways)
        if any(way.fault is not None for way in ways):
            verdicts = self.judge(message, inspection, facts, rulebook)
        return facts, verdicts

    def judge(self, message: Message, inspection: Inspection, facts: Facts, rulebook: Rulebook) -> tuple[Verdict, ...]:
        """One verdict per recipient, in envelope order."""
        return decide(
            message.envelope,
            inspection,
            facts,
            rulebook,
            routes=self.config.routes,
            default_route=self.config.default_route,
            default_encrypt_route=self.config.default_encrypt_route,
            in_welsh="cy" in rulebook.languages_in_use(self.config.notices.languages),
        )

    def _verdicts_out_of_scope(self, message: Message) -> tuple[Verdict, ...]:
        return tuple(
            Verdict(
                recipient=recipient,
                recipient_class=RecipientClass.UNAPPROVED,
                action=Action.RELAY,
                route=self.config.default_route,
            )
            for recipient in message.envelope.recipients
        )

    def _count(
        self,
        message: Message,
        inspection: Inspection | None,
        verdicts: Sequence[Verdict],
        dispositions: Sequence[Disposition],
    ) -> None:
        for verdict in verdicts:
            metrics.verdicts.labels(verdict.action.word, verdict.recipient_class.value).inc()
            for rule in verdict.observed:
                metrics.rules.labels(rule, "observe").inc()
            for rule in verdict.rules:
                metrics.rules.labels(rule, "enforce").inc()
        counts: dict[str, int] = {}
        for disposition in dispositions:
            metrics.outcomes.labels(disposition.outcome.value).inc()
            counts[disposition.outcome.value] = counts.get(disposition.outcome.value, 0) + 1
        if inspection is not None:
            for gap in inspection.gaps:
                metrics.gaps.labels(gap.reason.value).inc()
            if any(m.kind in (MarkingKind.SECRET, MarkingKind.TOP_SECRET) for m in inspection.markings):
                metrics.secret_markings.inc()
        event(
            _log,
            "message:answered",
            message_id=message.id,
            size_bytes=message.size_bytes,
            client=message.envelope.client_name,
            inspected=inspection is not None,
            rules=sorted({rule for verdict in verdicts for rule in verdict.rules}),
            **counts,
        )


def relayed(dispositions: Sequence[Disposition]) -> list[str]:
    """The recipients whose copies the next hop has taken."""
    return [d.recipient for d in dispositions if d.outcome is Outcome.RELAYED]


def not_sealed(facts: Facts, error: RecipientNotEncryptedError) -> Facts:
    """With what became known when a copy was to be encrypted."""
    fact = WayFact(route=error.route, recipient=error.recipient.lower(), fault=NoWay.NOT_SEALED)
    return replace(facts, ways=(*facts.ways, fact))
