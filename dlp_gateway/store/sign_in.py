"""Codes by which a sender signs in: asked for by the console, made and mailed by the gateway, tried by the console.

The console never sees a code before its owner types it, and the store never holds one: only a hash under the console's
key, which is not in the store. A code is good once, for some minutes, for a few tries, and only for whoever asked.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from .custody import follow
from .models import SignInCode
from .sender_values import CodeLimits, SignIn, TooManyCodesError, WantedCode, actor_of
from .values import DecidedError, PreparedDelivery, Verb
from .writer import Transaction, Work

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DIGITS = 6
_SALT = "dlp-gateway: code to sign in with "


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWish:
    link: str  # digest
    message_id: str
    author: str = field(repr=False)
    now: datetime
    limits: CodeLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCode:
    """A code that was made; `follow_up` is the mail with it."""

    id: str
    digest: str = field(repr=False)
    good_until: datetime
    follow_up: tuple[PreparedDelivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCode:
    id: str
    digest: str = field(repr=False)
    now: datetime
    limits: CodeLimits


def new_code() -> str:
    """Digits, each as likely as any other."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def code_digest(key: bytes, code_id: str, code: str) -> str:
    """The keyed hash of a code: without the key nobody can try all codes on it."""
    return salted_hmac(_SALT + code_id, code, secret=key, algorithm="sha256").hexdigest()


def code_maker(key: bytes) -> Callable[[str], tuple[str, str]]:
    """Makes, for the id of a wanted code, a code and its digest."""

    def make(code_id: str) -> tuple[str, str]:
        code = new_code()
        return code, code_digest(key, code_id, code)

    return make


def _ask(tx: Transaction, wishes: Sequence[CodeWish]) -> list[str]:
    (wish,) = wishes
    codes = SignInCode.objects.using(tx.alias)
    of_link = codes.filter(link=wish.link)
    _refuse_too_many(wish, of_link.order_by("-asked_at"), codes.filter(author=wish.author).order_by("-asked_at"))
    of_link.filter(state__in=("wanted", "sent")).update(state="void", digest="")
    code_id = secrets.token_hex(16)
    codes.create(
        id=code_id,
        link=wish.link,
        message_id=wish.message_id,
        author=wish.author,
        state="wanted",
        asked_at=wish.now,
    )
    tx.audit(Verb.SENDER_CODE_ASKED, "console", wish.message_id, {"link": wish.link, "code": code_id})
    return [code_id]


def _refuse_too_many(wish: CodeWish, of_link: QuerySet[SignInCode], of_author: QuerySet[SignInCode]) -> None:
    """Raises TooManyCodesError. Both lists: newest first."""
    limits = wish.limits
    for rows, count, within in (
        (of_link, 1, limits.between),
        (of_link, limits.per_link, DAY),
        (of_author, limits.per_author, HOUR),
    ):
        recent = list(rows.filter(asked_at__gt=wish.now - within).values_list("asked_at", flat=True)[:count])
        if len(recent) == count:
            raise TooManyCodesError(recent[-1] + within)


def _send(tx: Transaction, made: Sequence[MadeCode]) -> list[None]:
    (code,) = made
    rows = SignInCode.objects.using(tx.alias).filter(id=code.id, state="wanted")
    row = rows.select_for_update().first()
    if row is None:
        raise DecidedError("this code was made by another gateway, or replaced by a newer one")
    rows.update(state="sent" if code.follow_up else "void", digest=code.digest, good_until=code.good_until)
    follow(tx, row.message_id, code.follow_up)
    body = {"link": row.link, "code": row.id, "notices": [one.id for one in code.follow_up]}
    tx.audit(Verb.SENDER_CODE_SENT, f"gateway {tx.gateway_id}", row.message_id, body)
    return [None]


def _try(tx: Transaction, typed: Sequence[TypedCode]) -> list[SignIn]:
    (one,) = typed
    rows = SignInCode.objects.using(tx.alias).filter(id=one.id, state="sent")
    row = rows.select_for_update().first()
    if row is None or row.good_until is None or row.good_until <= one.now:
        return [SignIn.DEAD]
    body = {"link": row.link, "code": row.id}
    if not constant_time_compare(row.digest, one.digest):
        rows.update(tries=F("tries") + 1)
        dead = row.tries + 1 >= one.limits.tries
        if dead:
            rows.update(state="void", digest="")
        tx.audit(Verb.SENDER_SIGN_IN_FAILED, "console", row.message_id, body | {"tries": row.tries + 1})
        return [SignIn.DEAD if dead else SignIn.WRONG]
    rows.update(state="used", digest="")
    tx.audit(Verb.SENDER_SIGNED_IN, actor_of(row.author), row.message_id, body)
    return [SignIn.GOOD]


def _forget(tx: Transaction, befores: Sequence[datetime]) -> list[None]:
    (before,) = befores
    SignInCode.objects.using(tx.alias).filter(asked_at__lt=before).delete()
    return [None]


ASK: Work[CodeWish, str] = Work(_ask, together=False)
SEND: Work[MadeCode, None] = Work(_send, together=False)
TRY: Work[TypedCode, SignIn] = Work(_try, together=False)
FORGET: Work[datetime, None] = Work(_forget, together=False)


def wanted(alias: str, since: datetime, limit: int) -> tuple[WantedCode, ...]:
    """Oldest first. Who asked before `since` waits for it no longer."""
    rows = SignInCode.objects.using(alias).filter(state="wanted", asked_at__gte=since).order_by("asked_at")[:limit]
    return tuple(WantedCode(id=row.id, message_id=row.message_id, author=row.author) for row in rows)
