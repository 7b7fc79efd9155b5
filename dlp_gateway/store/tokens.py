"""Tokens by which programs ask the JSON API. Each belongs to an account and can do no more than that; of the token
itself only a digest is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .models import ApiTokenRow, User
from .users import account_of
from .values import ApiToken, DecidedError, UserAccount, Verb
from .writer import Transaction, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    token: ApiToken
    digest: bytes = field(repr=False)
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    name: str
    by: str


def digest_of(text: str) -> bytes:
    """A token holds 256 random bits, so that no slow hash is needed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _create(tx: Transaction, news: Sequence[NewToken]) -> list[ApiToken]:
    (new,) = news
    token = new.token
    if ApiTokenRow.objects.using(tx.alias).filter(name=token.name).exists():
        raise DecidedError("there is a token of that name already; names are never used again")
    user = User.objects.using(tx.alias).filter(name=token.user).first()
    if user is None:
        raise DecidedError("there is no user of that name")
    ApiTokenRow.objects.using(tx.alias).create(
        name=token.name,
        user=user,
        digest=new.digest,
        permissions=list(token.permissions),
        created_at=token.created_at,
        expires_at=token.expires_at,
    )
    body = {
        "token": token.name,
        "user": token.user,
        "permissions": list(token.permissions),
        "expires_at": token.expires_at.isoformat(),
    }
    tx.audit(Verb.TOKEN_CREATED, new.by, None, body)
    return [token]


def _revoke(tx: Transaction, wanted: Sequence[Revocation]) -> list[ApiToken]:
    (revocation,) = wanted
    row = ApiTokenRow.objects.using(tx.alias).select_related("user").filter(name=revocation.name).first()
    if row is None:
        raise DecidedError("there is no token of that name")
    if row.revoked_at is not None:
        raise DecidedError("it was revoked already")
    row.revoked_at = datetime.now(UTC)
    row.save(using=tx.alias, update_fields=["revoked_at"])
    tx.audit(Verb.TOKEN_REVOKED, revocation.by, None, {"token": row.name, "user": row.user.name})
    return [_token_of(row)]


CREATE: Work[NewToken, ApiToken] = Work(_create, together=False)
REVOKE: Work[Revocation, ApiToken] = Work(_revoke, together=False)


def all_tokens(alias: str) -> tuple[ApiToken, ...]:
    rows = ApiTokenRow.objects.using(alias).select_related("user").order_by("name")
    return tuple(_token_of(row) for row in rows)


def holder(alias: str, digest: bytes, now: datetime) -> tuple[ApiToken, UserAccount] | None:
    row = ApiTokenRow.objects.using(alias).select_related("user").filter(digest=digest).first()
    if row is None or row.revoked_at is not None or row.expires_at <= now or not row.user.is_active:
        return None
    return _token_of(row), account_of(row.user)


def _token_of(row: ApiTokenRow) -> ApiToken:
    return ApiToken(
        name=row.name,
        user=row.user.name,
        permissions=tuple(row.permissions),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
