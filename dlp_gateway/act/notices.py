"""Notices and reports as durable deliveries: who is told, and the octets sealed and described.

`notify.py` and `report.py` write the texts; this file knows the store and who may be told: the author,
where it is one of ours and vouched for; else the owner named in the configuration, because a typed
From proves nothing and a notice to a forged one would tell a stranger what was held.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ..config import Config
from ..language import LanguageCode, languages_of
from ..model import Action, Controls, Delivery, Disposition, Envelope, Message
from ..octets import Octets, header_part
from ..parse import is_automatic_mail
from ..store import DeliveryKind, HeldMessage, MessageRecord, PreparedDelivery, QueuedDelivery, Store
from .dkim_signing import NOBODY, DkimSigner
from .notify import (
    CouncilTexts,
    Notice,
    Occasion,
    answer_notice,
    code_notice,
    expiry_notice,
    hold_notice,
    question_notice,
    refusal_notice,
    rejection_notice,
    release_notice,
    review_notice,
    risk_notice,
    urgent_notice,
    withdrawal_notice,
)
from .report import delay_report, non_delivery_report, relayed_report, wants_success

TEMPLATES = "templates/"

Languages = tuple[LanguageCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRules:
    """What the rules in force say of notices. `is_internal` says whether an address is the council's own,
    `group_languages` in which languages an author is written to, given whether they are vouched for (None: the usual
    ones), `languages_in_use` all in which anybody is."""

    texts: Mapping[str, str]  # rule files by name: templates are among them
    is_internal: Callable[[str], bool]
    group_languages: Callable[[Controls, bool], Languages | None] = lambda _controls, _vouched: None
    languages_in_use: Callable[[Languages], frozenset[LanguageCode]] = frozenset


@dataclass(slots=True, kw_only=True)
class NoticeWriter:
    """Writes notices, signed where `signer` has a key for their author. `rules` are replaced on reload.
    `sender_link` makes the address of a message's page for its author, and says until when it works; None where there
    is no console."""

    config: Config
    store: Store
    rules: NoticeRules
    sender_link: Callable[[str, datetime], tuple[str, datetime]] | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    signer: DkimSigner = NOBODY

    async def on_verdicts(self, message: Message, record: MessageRecord) -> tuple[PreparedDelivery, ...]:
        """The receipt for a message of which something was held, or rejected beside others."""
        if record.inspection is None:
            return ()
        occasion = self._occasion(message, record.inspection.controls)
        notice = hold_notice(self._linked(occasion), record.inspection, record.verdicts, self._council())
        if notice is None:
            notice = rejection_notice(occasion, record.inspection, record.verdicts, self._council())
        return await self._prepared(notice)

    async def on_failure_of_message(
        self, message: Message, failed: Sequence[Disposition]
    ) -> tuple[PreparedDelivery, ...]:
        """The report on recipients that the next hop refused while it took others."""
        return await self._report(message, Controls(), lambda o: non_delivery_report(o, failed, self._council()))

    async def on_relay_of_message(
        self, message: Message, relayed: Sequence[Disposition]
    ) -> tuple[PreparedDelivery, ...]:
        """The report on recipients that went to a next hop which knows no DSN, where it was asked for."""
        if not wants_success(message.envelope):
            return ()
        return await self._report(message, Controls(), lambda o: relayed_report(o, relayed, self._council()))

    async def on_failure(
        self, queued: QueuedDelivery, failed: Sequence[Disposition], octets: Octets
    ) -> tuple[PreparedDelivery, ...]:
        """The report on recipients of a delivery in our custody that we give up."""
        message, controls = _about(queued, octets)
        return await self._report(message, controls, lambda o: non_delivery_report(o, failed, self._council()))

    async def on_relay(
        self, queued: QueuedDelivery, relayed: Sequence[Disposition], octets: Octets
    ) -> tuple[PreparedDelivery, ...]:
        """As `on_relay_of_message`, of a delivery in our custody."""
        message, controls = _about(queued, octets)
        if not wants_success(message.envelope):
            return ()
        return await self._report(message, controls, lambda o: relayed_report(o, relayed, self._council()))

    async def on_delay(
        self, queued: QueuedDelivery, waiting: Sequence[Disposition], octets: Octets, until: datetime
    ) -> tuple[PreparedDelivery, ...]:
        """The report on recipients of a delivery in our custody that we try until `until`."""
        message, controls = _about(queued, octets)
        controls = replace(controls, auto_submitted=is_automatic_mail(header_part(octets)))
        return await self._report(message, controls, lambda o: delay_report(o, waiting, self._council(), until=until))

    async def on_expiry(self, held: HeldMessage) -> tuple[PreparedDelivery, ...]:
        """Nobody decided in time."""
        occasion = await self._held_occasion(held)
        return await self._prepared(expiry_notice(occasion, self._council(), recipients=held.delivery.recipients))

    async def on_refusal(self, held: HeldMessage, reason_code: str, note: str) -> tuple[PreparedDelivery, ...]:
        """A reviewer rejected it."""
        occasion = await self._held_occasion(held)
        notice = refusal_notice(
            occasion, self._council(), recipients=held.delivery.recipients, reason_code=reason_code, note=note
        )
        return await self._prepared(notice)

    async def on_release(
        self, held: HeldMessage, sent: Sequence[str], encrypted: Sequence[str], removed: Sequence[str] = ()
    ) -> tuple[PreparedDelivery, ...]:
        """It was let go: by a reviewer, by its author, or because its embargo ended."""
        if not sent and not encrypted:
            return ()
        occasion = await self._held_occasion(held)
        notice = release_notice(occasion, self._council(), sent=sent, encrypted=encrypted, removed=removed)
        return await self._prepared(notice)

    async def on_code(
        self, held: HeldMessage, author: str, code: str, good_until: datetime
    ) -> tuple[PreparedDelivery, ...]:
        """The author asked for a code to sign in with. Nothing where it would go to anybody else."""
        occasion = await self._held_occasion(held)
        if occasion.to != (author,):
            return ()
        return await self._prepared(code_notice(occasion, self._council(), code=code, good_until=good_until))

    async def on_withdrawal(self, held: Sequence[HeldMessage]) -> tuple[PreparedDelivery, ...]:
        """The author withdrew all of these, which are of one message."""
        occasion = await self._held_occasion(held[0])
        recipients = [recipient for one in held for recipient in one.delivery.recipients]
        return await self._prepared(withdrawal_notice(occasion, self._council(), recipients=recipients))

    async def on_review_asked(
        self, held: Sequence[HeldMessage], reviewers: Sequence[str]
    ) -> tuple[PreparedDelivery, ...]:
        """The author asks these reviewers to let the message go."""
        if not reviewers:
            return ()
        occasion = await self._for_reviewers(held, reviewers)
        expires_at = min((one.expires_at for one in held if one.expires_at is not None), default=None)
        ids = [one.id for one in held]
        return await self._prepared(review_notice(occasion, self._council(), held_ids=ids, expires_at=expires_at))

    async def on_urgent_release(
        self, held: Sequence[HeldMessage], reviewers: Sequence[str]
    ) -> tuple[PreparedDelivery, ...]:
        """The author has these sent because someone is at risk now; these reviewers look at it afterwards."""
        if not reviewers:
            return ()
        occasion = await self._for_reviewers(held, reviewers)
        return await self._prepared(urgent_notice(occasion, self._council(), held_ids=[one.id for one in held]))

    async def on_question(self, held: HeldMessage) -> tuple[PreparedDelivery, ...]:
        """A reviewer asks its author something. Nothing where it would go to anybody else, or there is no console."""
        occasion = self._linked(await self._held_occasion(held))
        return await self._prepared(question_notice(occasion, self._council(), expires_at=held.expires_at))

    async def on_answer(self, held: HeldMessage, reviewers: Sequence[str]) -> tuple[PreparedDelivery, ...]:
        """Its author has answered these reviewers."""
        if not reviewers or not self._queue:
            return ()
        occasion = await self._for_reviewers([held], reviewers)
        return await self._prepared(answer_notice(occasion, self._council(), expires_at=held.expires_at))

    async def on_risk(self, held: Sequence[HeldMessage], reviewers: Sequence[str]) -> tuple[PreparedDelivery, ...]:
        """The author says that someone is at risk now, and these need a reviewer before they may go."""
        if not held or not reviewers:
            return ()
        occasion = await self._for_reviewers(held, reviewers)
        return await self._prepared(risk_notice(occasion, self._council(), held_ids=[one.id for one in held]))

    async def on_waiting(
        self, message: Message, to: Sequence[str], query: str, write: Callable[[Occasion, CouncilTexts], Notice]
    ) -> tuple[PreparedDelivery, ...]:
        """What waits for reviewers, with a link to their queue; `query` says what it shows of it."""
        occasion = self._to_others(self._occasion(message, Controls()), to)
        link = f"{self._queue}?{query}" if self._queue else ""
        return await self._prepared(write(replace(occasion, link=link), self._council()))

    async def on_due(
        self, message: Message, to: str, write: Callable[[Occasion, CouncilTexts], Notice | None]
    ) -> tuple[PreparedDelivery, ...]:
        """What `to` looks after is due, has ended or does not work: a desk's own text says which."""
        occasion = self._to_others(self._occasion(message, Controls()), [to])
        return await self._prepared(write(occasion, self._council()))

    async def ready_made(self, octets: bytes, to: str) -> tuple[PreparedDelivery, ...]:
        """A message of ours that is no text of the rules folder."""
        return await self._prepared(Notice(to=(to,), octets=octets))

    async def _report(
        self, message: Message, controls: Controls, write: Callable[[Occasion], Notice | None]
    ) -> tuple[PreparedDelivery, ...]:
        """Whoever the reverse-path names is told, so it is their language that counts."""
        own = self.rules.group_languages(Controls(author=message.envelope.reverse_path), False)
        occasion = replace(self._occasion(message, controls), languages=own or self.config.notices.languages)
        return await self._prepared(write(occasion))

    def _linked(self, occasion: Occasion) -> Occasion:
        """With the link by which the author decides; nobody else gets one."""
        if self.sender_link is None or occasion.to_owner:
            return occasion
        link, until = self.sender_link(occasion.message.id, occasion.now)
        return replace(occasion, link=link, link_until=until)

    def _to_others(self, occasion: Occasion, to: Sequence[str]) -> Occasion:
        """To people who did not write the mail, in the usual languages."""
        return replace(occasion, to=tuple(to), to_owner=True, languages=self.config.notices.languages)

    @property
    def _queue(self) -> str:
        """Address of the console's queue; "" where there is no console."""
        url = self.config.console.url
        return "" if url is None else f"{url}/held"

    async def _for_reviewers(self, held: Sequence[HeldMessage], reviewers: Sequence[str]) -> Occasion:
        """With a link to the message in the console, or to the queue where it is held in several copies."""
        occasion = self._to_others(await self._held_occasion(held[0]), reviewers)
        if not self._queue:
            return occasion
        return replace(occasion, link=f"{self._queue}/{held[0].id}" if len(held) == 1 else self._queue)

    def _council(self) -> CouncilTexts:
        templates = {n.removeprefix(TEMPLATES): t for n, t in self.rules.texts.items() if n.startswith(TEMPLATES)}
        return CouncilTexts(
            council=self.config.council.name,
            duty_team=self.config.council.duty_team,
            from_address=self.config.notices.from_address,
            from_name=self.config.notices.from_name,
            hostname=self.config.hostname,
            zone=ZoneInfo(self.config.council.time_zone),
            templates=templates,
            languages=languages_of(self.rules.texts),
            page_has_languages=self.rules.languages_in_use(self.config.notices.languages) != {"en"},
        )

    def _occasion(self, message: Message, controls: Controls) -> Occasion:
        author = controls.author
        vouched = message.envelope.vouches_for(author)
        tell_author = author is not None and vouched and self.rules.is_internal(author)
        to = author if tell_author and author is not None and not controls.auto_submitted else None
        own = self.rules.group_languages(controls, vouched) if to is not None else None
        return Occasion(
            message=message,
            controls=controls,
            to=(to or self.config.notices.fallback_owner,),
            to_owner=to is None,
            now=self.clock(),
            notice_id=f"{message.id}.{secrets.token_hex(6)}",
            languages=own or self.config.notices.languages,
        )

    async def _held_occasion(self, held: HeldMessage) -> Occasion:
        stored = await self.store.message_record(held.message_id)
        inspection = stored.record.inspection if stored else None
        controls = inspection.controls if inspection else Controls()
        controls = replace(controls, author=held.author, message_id_header=held.message_id_header)
        message = Message(id=held.message_id, envelope=held.envelope, octets=b"", received_at=held.received_at)
        return self._occasion(message, controls)

    async def _prepared(self, notice: Notice | None) -> tuple[PreparedDelivery, ...]:
        if notice is None:
            return ()
        signature = await self.signer.sign(notice.octets, self.clock())
        key = await self.store.seal(signature + notice.octets)
        route = self.config.notices.route or self.config.default_route
        return (
            PreparedDelivery(
                id=secrets.token_hex(10),
                kind=DeliveryKind.NOTICE,
                delivery=Delivery(recipients=notice.to, action=Action.RELAY, route=route),
                reverse_path=None,  # RFC 3834, 3.3: a notice must never cause another
                octets_key=key,
            ),
        )


def _about(queued: QueuedDelivery, octets: Octets) -> tuple[Message, Controls]:
    """What a report on a delivery in our custody is about."""
    envelope = Envelope(
        reverse_path=queued.reverse_path,
        recipients=queued.delivery.recipients,
        params=queued.params,
        recipient_params=queued.recipient_params,
    )
    message = Message(id=queued.message_id, envelope=envelope, octets=octets, received_at=queued.received_at)
    return message, Controls(author=queued.author, message_id_header=queued.message_id_header)
