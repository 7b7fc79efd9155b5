"""The other way out: a held message that a reviewer lets go, as it is, encrypted, or without some of its parts.

    take parts away -> question -> inspect -> decide -> send -> settle

It is inspected and decided again by the rules of today, with the whole envelope as it came (who else gets it can
matter to a rule); exactly the (rule, policy version) pairs that the reviewers were shown are lifted, so a new reason to
hold puts it back into the queue, and a required encryption is never lifted. “Released” is what the next hop's reply
says, recipient by recipient.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .act.wire import Wire
from .act.words import shown
from .change import TAKE_AWAY, identity
from .decide import Rulebook
from .errors import RecipientNotEncryptedError
from .language import ENGLISH, Language
from .log import event
from .model import Action, Delivery, Disposition, Facts, Inspection, Message, Verdict
from .octets import Octets
from .pipeline import Pipeline, not_sealed, relayed
from .store import (
    DeskWish,
    HeldMessage,
    PreparedDelivery,
    RecipientOutlook,
    ReleaseManner,
    ReleaseOutlook,
    ReleasePlan,
    ReleaseRequest,
)

_log = logging.getLogger("dlp_gateway.release")

IN_PLACE_WORDS = "{council} has taken an attachment away here before it sent this message."
"""What recipients read in place of it. The name of the file may tell of somebody, so it does not stand there."""

Ready = Sequence[tuple[Delivery, Wire]]


class NotTakenAwayError(Exception):
    """Parts can't be taken away; `why` says it in fixed words of `change`."""

    def __init__(self, why: Sequence[str]) -> None:
        super().__init__("a part can't be taken away")
        self.why = tuple(why)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """The message as it would go, and what it would go by."""

    message: Message
    inspection: Inspection
    facts: Facts
    rulebook: Rulebook
    verdicts: tuple[Verdict, ...]  # of those who are to get it

    @property
    def released(self) -> Message:
        """As it goes to them alone."""
        recipients = tuple(one.recipient for one in self.verdicts)
        return replace(self.message, envelope=self.message.envelope.only(recipients))


@dataclass(frozen=True, slots=True, kw_only=True)
class Releaser:
    """Lets held messages go with the services of the pipeline."""

    pipeline: Pipeline = field(repr=False)

    async def release_message(self, request: ReleaseRequest, held: HeldMessage) -> None:
        """Let it go, as far as the rules of today allow. What can't go in the manner that was asked for stays held by
        what holds it, and the record says why."""
        plan = ReleasePlan(recipients=request.recipients, overrides=request.overrides, manner=request.manner)
        try:
            judged = await self._judge(held, plan)
        except NotTakenAwayError as error:
            await self._came_back(request, held, error.why)
            return
        while not _stopped(judged):
            try:
                ready = await self._ready(judged)
            except RecipientNotEncryptedError as error:
                judged = self._judge_again(judged, not_sealed(judged.facts, error))
            else:
                await self._send(request, held, judged, ready)
                return
        await self._hold_again(request, held, judged)

    async def look_ahead(self, held: HeldMessage, wish: DeskWish) -> ReleaseOutlook:
        """What a release would do if it were asked for now. Nothing is sent, and nothing changes."""
        assert wish.plan is not None
        try:
            judged = await self._judge(held, wish.plan)
        except NotTakenAwayError as error:
            return ReleaseOutlook(undone=error.why)
        return ReleaseOutlook(
            recipients=tuple(
                RecipientOutlook(
                    recipient=one.recipient,
                    action=one.action,
                    why=one.reasons if one.action >= Action.HOLD else (),
                    why_cy=one.reasons_cy if one.action >= Action.HOLD else (),
                )
                for one in judged.verdicts
            )
        )

    async def _judge(self, held: HeldMessage, plan: ReleasePlan) -> _Judged:
        """Raises NotTakenAwayError."""
        way, rulebook = self.pipeline, self.pipeline.rulebook
        whole = Message(
            id=held.message_id,
            envelope=held.envelope,
            octets=await way.store.unseal(held.octets_key),
            received_at=held.received_at,
        )
        message = replace(whole, octets=await self._without(whole.octets, plan.manner))
        inspection = await way.inspect(message, identity(whole) or whole.id, rulebook)
        facts = way.facts(
            message,
            inspection,
            await way.recall(message, rulebook),
            plan.overrides,
            encrypted_only=plan.manner.encrypted,
        )
        facts, verdicts = await way.judge_with_ways(message, inspection, facts, rulebook)
        return _Judged(
            message=message,
            inspection=inspection,
            facts=facts,
            rulebook=rulebook,
            verdicts=_of(verdicts, plan.recipients),
        )

    def _judge_again(self, judged: _Judged, facts: Facts) -> _Judged:
        """By other facts."""
        verdicts = self.pipeline.judge(judged.message, judged.inspection, facts, judged.rulebook)
        wanted = [one.recipient for one in judged.verdicts]
        return replace(judged, facts=facts, verdicts=_of(verdicts, wanted))

    async def _without(self, octets: Octets, manner: ReleaseManner) -> Octets:
        if not manner.without:
            return octets
        wire = self.pipeline.preparer.wire
        edit = replace(wire.manner, signed_later=wire.signer.signs(octets), in_place=self._in_place())
        taken = await self.pipeline.pool.change(octets, tuple(f"{TAKE_AWAY}{part}" for part in manner.without), edit)
        if taken.notes:
            raise NotTakenAwayError(taken.notes)
        return taken.octets

    def _in_place(self) -> str:
        """In English, and in the other language in which the council writes."""
        config, rulebook = self.pipeline.config, self.pipeline.rulebook
        wanted = {*rulebook.languages_in_use(config.notices.languages), ENGLISH.code}
        in_use: list[Language] = [language for code, language in rulebook.languages.items() if code in wanted]
        return "\n".join(language.say(IN_PLACE_WORDS, council=config.council.name) for language in in_use)

    async def _ready(self, judged: _Judged) -> Ready:
        released, deliveries = judged.released, self.pipeline.plan(judged.message, judged.verdicts).deliveries
        return [(one, await self.pipeline.preparer.wire.make(released, one)) for one in deliveries]

    async def _came_back(self, request: ReleaseRequest, held: HeldMessage, why: Sequence[str]) -> None:
        """Not in this manner; what holds it is what it was."""
        await self.pipeline.store.settle_release(request.id, request.lease, (), why=why)
        event(_log, "release:came_back", message_id=held.message_id, why=list(why))

    async def _hold_again(self, request: ReleaseRequest, held: HeldMessage, judged: _Judged) -> None:
        """By the rules of today; or only because it was to go encrypted and can't."""
        if request.manner.encrypted:
            usual = self._judge_again(judged, replace(judged.facts, encrypted_only=False))
            if not _stopped(usual):
                stopped = [one for one in judged.verdicts if one.action >= Action.HOLD]
                await self._came_back(request, held, tuple(dict.fromkeys(r for one in stopped for r in one.reasons)))
                return
        await self.pipeline.store.settle_release(
            request.id,
            request.lease,
            (),
            back_to_queue=True,
            verdicts=judged.verdicts,
            policy_version=judged.rulebook.version,
        )
        rules = sorted({rule for one in judged.verdicts for rule in one.rules})
        event(_log, "release:held_again", message_id=held.message_id, rules=rules)

    async def _send(self, request: ReleaseRequest, held: HeldMessage, judged: _Judged, ready: Ready) -> None:
        way, message = self.pipeline, judged.released
        dispositions: list[Disposition] = []
        queued: list[PreparedDelivery] = []
        follow_up: list[PreparedDelivery] = []
        for delivery, wire in ready:
            delivered = await way.relay.deliver(
                delivery.route,
                message.envelope.reverse_path,
                delivery.recipients,
                message.envelope.params,
                tuple(message.envelope.params_of(r) for r in delivery.recipients),
                wire.pieces,
            )
            dispositions += [replace(result, notes=wire.notes) for result in delivered.dispositions]
            later, reports = await way.preparer.after_release(message, delivery, delivered.dispositions, wire)
            queued += later
            follow_up += reports
            follow_up += await way.preparer.notices.on_relay_of_message(message, delivered.unreported)
        sent = relayed(dispositions)
        encrypted = [v.recipient for v in judged.verdicts if v.recipient in sent and v.action is Action.ENCRYPT]
        plain = [v.recipient for v in judged.verdicts if v.recipient in sent and v.action is not Action.ENCRYPT]
        follow_up += await way.preparer.notices.on_release(
            held, plain, encrypted, await self._names(held, request.manner)
        )
        settled = await way.store.settle_release(
            request.id, request.lease, dispositions, queued=queued, follow_up=follow_up
        )
        way.preparer.wake_retries()
        if settled:
            await way.learn_later(message.id, dispositions, message.octets)
        event(
            _log,
            "release:tried",
            message_id=message.id,
            outcomes=sorted({d.outcome.value for d in dispositions}),
            settled=settled,
        )

    async def _names(self, held: HeldMessage, manner: ReleaseManner) -> tuple[str, ...]:
        """What the sender calls the files that are taken away."""
        stored = await self.pipeline.store.message_record(held.message_id)
        inspection = stored.record.inspection if stored is not None else None
        names = {one.part: one.filename for one in inspection.attachments} if inspection is not None else {}
        return tuple(shown(names.get(part) or part) for part in manner.without)


def _of(verdicts: Sequence[Verdict], recipients: Sequence[str]) -> tuple[Verdict, ...]:
    return tuple(one for one in verdicts if one.recipient in recipients)


def _stopped(judged: _Judged) -> bool:
    return any(one.action >= Action.HOLD for one in judged.verdicts)
