"""Make durable what must be durable before we answer: octets sealed, rows described, notices written.

Nothing here promises anything: a prepared delivery becomes live only in `carry_out`'s last step.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ..config import Config
from ..model import Action, Delivery, Disposition, MailParams, Message, Outcome, RecipientParams
from ..octets import Octets
from ..store import DeliveryKind, MessageRecord, PreparedDelivery, QueuedDelivery, Store
from .notices import NoticeWriter
from .plan import Plan
from .smtp_client import Prepared
from .smtp_wire import SmtpReply
from .wire import Wire, WireMaker


def new_delivery_id() -> str:
    """An unguessable id: a reviewer's link may name it."""
    return secrets.token_hex(10)


@dataclass(slots=True, kw_only=True)
class Preparer:
    """Prepares deliveries with the services of one gateway process."""

    config: Config
    wire: WireMaker
    store: Store
    notices: NoticeWriter
    wake_retries: Callable[[], None]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def durable(self, message: Message, record: MessageRecord, plan: Plan) -> tuple[PreparedDelivery, ...]:
        """All that the plan keeps: held messages, second routes, and the notices about them."""
        if not plan.durable and (not plan.rejected or plan.all_rejected):
            return ()
        prepared: list[PreparedDelivery] = []
        try:
            for delivery in plan.durable:
                if delivery.action is Action.HOLD:
                    held_key = next((one.octets_key for one in prepared if one.kind is DeliveryKind.HOLD), "")
                    held_key = held_key or await self.store.seal(message.octets)
                    prepared.append(self._held(message, record, delivery, held_key))
                else:
                    wire = await self.wire.make(message, delivery)
                    key = await self.store.seal(wire.octets)
                    noted = replace(delivery, notes=wire.notes)
                    prepared.append(self._queued(message, noted, noted.recipients, key))
        except BaseException:
            await self.discard(prepared)
            raise
        return (*prepared, *await self.notices.on_verdicts(message, record))

    async def after_refusals(
        self, message: Message, delivery: Delivery, wire: Wire, refused: Mapping[str, SmtpReply]
    ) -> tuple[PreparedDelivery, ...]:
        """The next hop refused some recipients of the synchronous delivery: 4yz we retry, 5yz we report,
        and where nobody can be told (null reverse-path) we keep the message for its owner. `wire`: what the next hop
        was sent."""
        prepared: list[PreparedDelivery] = []
        later = tuple(r for r, reply in refused.items() if reply.code < 500)
        if later:
            prepared.append(await self._queued_for_later(message, delivery, later, wire))
        never = tuple(
            Disposition(recipient=r, outcome=Outcome.REFUSED, detail=str(reply))
            for r, reply in refused.items()
            if reply.code >= 500
        )
        if never and message.envelope.reverse_path is None:
            key = await self.store.seal(message.octets)
            kept = Delivery(recipients=tuple(d.recipient for d in never), action=Action.HOLD, route=delivery.route)
            prepared.append(self._undeliverable(kept, None, message.envelope.params, (), key))
        elif never:
            prepared += await self.notices.on_failure_of_message(message, never)
        return tuple(prepared)

    async def after_acceptance(self, message: Message, hop: Prepared) -> tuple[PreparedDelivery, ...]:
        """The next hop is about to take the synchronous delivery and knows no DSN: whoever wished to hear of a
        success hears from us that it was passed on."""
        if hop.dsn:
            return ()
        relayed = tuple(Disposition(recipient=r, outcome=Outcome.RELAYED, detail="") for r in hop.accepted)
        return await self.notices.on_relay_of_message(message, relayed)

    async def after_failure(
        self, queued: QueuedDelivery, failed: Sequence[Disposition], octets: Octets
    ) -> tuple[PreparedDelivery, ...]:
        """We give up some recipients of a delivery in our custody: tell the sender, or, where nobody can
        be told, keep the message for its owner. A notice of ours that fails is only recorded."""
        if queued.kind is DeliveryKind.NOTICE:
            return ()
        if queued.reverse_path is None:
            key = await self.store.seal(octets)
            delivery = Delivery(
                recipients=tuple(d.recipient for d in failed), action=Action.HOLD, route=queued.delivery.route
            )
            return (self._undeliverable(delivery, None, queued.params, (), key),)
        return await self.notices.on_failure(queued, failed, octets)

    async def after_release(
        self, message: Message, delivery: Delivery, results: Sequence[Disposition], wire: Wire
    ) -> tuple[tuple[PreparedDelivery, ...], tuple[PreparedDelivery, ...]]:
        """What the next hop did not take of a released message: (deliveries that go on in our custody as
        every other, reports on what it refused). `wire`: what the next hop was sent."""
        later = tuple(d.recipient for d in results if d.outcome in (Outcome.DEFERRED, Outcome.IN_DOUBT))
        refused = tuple(d for d in results if d.outcome is Outcome.REFUSED)
        queued: tuple[PreparedDelivery, ...] = ()
        if later:
            queued = (await self._queued_for_later(message, delivery, later, wire),)
        reports = await self.notices.on_failure_of_message(message, refused) if refused else ()
        return queued, reports

    async def discard(self, prepared: Sequence[PreparedDelivery]) -> None:
        """Forget the sealed octets of what could not be recorded."""
        for key in {one.octets_key for one in prepared}:
            await self.store.discard(key)

    async def _queued_for_later(
        self, message: Message, delivery: Delivery, recipients: tuple[str, ...], wire: Wire
    ) -> PreparedDelivery:
        key = await self.store.seal(wire.octets)
        first_try = self.clock() + timedelta(seconds=self.config.retry.first_seconds)
        return self._queued(message, replace(delivery, notes=wire.notes), recipients, key, due_at=first_try)

    def _held(self, message: Message, record: MessageRecord, delivery: Delivery, key: str) -> PreparedDelivery:
        verdicts = [v for v in record.verdicts if v.recipient in delivery.recipients]
        first = verdicts[0]
        start = max(self.clock(), first.hold_until) if first.hold_until else self.clock()
        return PreparedDelivery(
            id=new_delivery_id(),
            kind=DeliveryKind.HOLD,
            delivery=delivery,
            reverse_path=message.envelope.reverse_path,
            params=message.envelope.params,
            recipient_params=_params(message, delivery.recipients),
            octets_key=key,
            hold_until=first.hold_until,
            expires_at=start + timedelta(days=first.expires_days),
            reviewers=first.reviewers,
            approvals=first.approvals,
            rules=tuple(dict.fromkeys((rule, record.policy_version) for v in verdicts for rule in v.rules)),
            main_rule=next((v.main_rule for v in verdicts if v.main_rule), ""),
            reasons=_unique(reason for v in verdicts for reason in v.reasons),
            reasons_cy=_unique(reason for v in verdicts for reason in v.reasons_cy),
        )

    def _queued(
        self,
        message: Message,
        delivery: Delivery,
        recipients: tuple[str, ...],
        key: str,
        due_at: datetime | None = None,
    ) -> PreparedDelivery:
        return PreparedDelivery(
            id=new_delivery_id(),
            kind=DeliveryKind.QUEUE,
            delivery=_narrowed(delivery, recipients),
            reverse_path=message.envelope.reverse_path,
            params=message.envelope.params,
            recipient_params=_params(message, recipients),
            octets_key=key,
            due_at=due_at,
        )

    def _undeliverable(
        self,
        delivery: Delivery,
        reverse_path: str | None,
        params: MailParams,
        recipient_params: tuple[RecipientParams, ...],
        key: str,
    ) -> PreparedDelivery:
        return PreparedDelivery(
            id=new_delivery_id(),
            kind=DeliveryKind.HOLD,
            delivery=delivery,
            reverse_path=reverse_path,
            params=params,
            recipient_params=recipient_params,
            octets_key=key,
            expires_at=self.clock() + timedelta(days=14),
            reasons=("It could not be delivered, and it names nobody who could be told.",),
        )


def _narrowed(delivery: Delivery, recipients: tuple[str, ...]) -> Delivery:
    return replace(delivery, recipients=recipients)


def _params(message: Message, recipients: tuple[str, ...]) -> tuple[RecipientParams, ...]:
    if not message.envelope.recipient_params:
        return ()
    return tuple(message.envelope.params_of(recipient) for recipient in recipients)


def _unique(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reasons))
