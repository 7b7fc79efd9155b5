"""`Store.senders`: senders who sign in and decide about their own held mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from . import sender_requests, sign_in
from .held import Pairs
from .reading import Read
from .sender_values import CodeLimits, SenderChoice, SenderRequest, SignIn, WantedCode
from .values import HeldMessage, PreparedDelivery
from .writer import Writer

LIMITS = CodeLimits()


class Senders:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer

    # -- signing in ------------------------------------------------------------------------------------

    async def ask_code(
        self, link: str, message_id: str, author: str, *, now: datetime, limits: CodeLimits = LIMITS
    ) -> str:
        """Let the gateway mail a code; answers its id. Older ones of this link die. Raises TooManyCodesError."""
        wish = sign_in.CodeWish(link=link, message_id=message_id, author=author, now=now, limits=limits)
        return await self._writer.submit(sign_in.ASK, wish)

    async def wanted_codes(self, since: datetime, limit: int) -> tuple[WantedCode, ...]:
        """Codes that were asked for since then and not made yet, oldest first."""
        return await self._read(lambda alias: sign_in.wanted(alias, since, limit))

    async def send_code(
        self, code_id: str, digest: str, *, good_until: datetime, follow_up: Sequence[PreparedDelivery]
    ) -> None:
        """Keep the digest of a code and send the mail with it. Raises DecidedError when it is not wanted any more."""
        made = sign_in.MadeCode(id=code_id, digest=digest, good_until=good_until, follow_up=tuple(follow_up))
        await self._writer.submit(sign_in.SEND, made)

    async def try_code(self, code_id: str, digest: str, *, now: datetime, limits: CodeLimits = LIMITS) -> SignIn:
        """Whether a code with this digest signs in; counted, and good once."""
        return await self._writer.submit(
            sign_in.TRY, sign_in.TypedCode(id=code_id, digest=digest, now=now, limits=limits)
        )

    async def forget_codes(self, before: datetime) -> None:
        """Retention: of codes asked for before then nothing is kept."""
        await self._writer.submit(sign_in.FORGET, before)

    # -- deciding --------------------------------------------------------------------------------------

    async def held_of(self, message_id: str) -> tuple[HeldMessage, ...]:
        """All that is or was held of one message."""
        return await self._read(lambda alias: sender_requests.held_of(alias, message_id))

    async def decide(
        self,
        link: str,
        message_id: str,
        kind: SenderChoice,
        *,
        by: str,
        reason: str,
        overrides: Pairs = frozenset(),
        now: datetime,
    ) -> SenderRequest:
        """Write down what the sender decided. Raises LinkUsedError when this link led to a decision before."""
        new = sender_requests.NewRequest(
            link=link, message_id=message_id, kind=kind, by=by, reason=reason, overrides=overrides, now=now
        )
        return await self._writer.submit(sender_requests.DECIDE, new)

    async def requests_of(self, message_id: str) -> tuple[SenderRequest, ...]:
        """What senders decided about one message, oldest first."""
        return await self._read(lambda alias: sender_requests.requests_of(alias, message_id))

    async def open_requests(self, limit: int) -> tuple[SenderRequest, ...]:
        """What the gateway has not carried out yet, oldest first."""
        return await self._read(lambda alias: sender_requests.open_requests(alias, limit))

    async def withdraw(
        self, request: SenderRequest, held: Sequence[str], *, now: datetime, follow_up: Sequence[PreparedDelivery]
    ) -> None:
        """End these holds: nobody gets them. Raises DecidedError when one of them no longer waits."""
        work = sender_requests.CarriedOut(request=request, held=tuple(held), now=now, follow_up=tuple(follow_up))
        await self._writer.submit(sender_requests.WITHDRAW, work)

    async def ask_review(
        self,
        request: SenderRequest,
        held: Sequence[str],
        *,
        now: datetime,
        follow_up: Sequence[PreparedDelivery],
        at_risk: Mapping[str, str | None] | None = None,
    ) -> None:
        """Put the question to the reviewers; of a release that is not the sender's to decide, too. `at_risk`: marked as
        urgent, and brought before this second group. Raises DecidedError when that was done before."""
        work = sender_requests.CarriedOut(
            request=request, held=tuple(held), now=now, at_risk=at_risk or {}, follow_up=tuple(follow_up)
        )
        await self._writer.submit(sender_requests.ASK_REVIEW, work)

    async def release(
        self,
        request: SenderRequest,
        held: Sequence[str],
        *,
        now: datetime,
        overrides: Pairs,
        only: Mapping[str, tuple[str, ...]] | None = None,
        at_risk: Mapping[str, str | None] | None = None,
        follow_up: Sequence[PreparedDelivery] = (),
    ) -> None:
        """Ask for the release of these holds, lifting exactly `overrides`; `only`: of a hold only these recipients;
        `at_risk`: as `ask_review`. Raises DecidedError."""
        work = sender_requests.CarriedOut(
            request=request,
            held=tuple(held),
            now=now,
            overrides=overrides,
            only=only or {},
            at_risk=at_risk or {},
            follow_up=tuple(follow_up),
        )
        await self._writer.submit(sender_requests.RELEASE, work)

    async def too_late(self, request: SenderRequest) -> None:
        """Nothing can be done any more. Raises DecidedError when it was carried out meanwhile."""
        await self._writer.submit(sender_requests.TOO_LATE, request)
