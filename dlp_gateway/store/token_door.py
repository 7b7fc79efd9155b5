"""`Store.tokens`: by what programs ask the JSON API."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from . import tokens
from .reading import Read
from .values import ApiToken, UserAccount
from .writer import Writer

PREFIX = "dlpgw_"
"""Begins every token, so that programs which look for secrets in files find it."""


class Tokens:
    def __init__(self, read: Read, writer: Writer) -> None:
        self._read = read
        self._writer = writer

    async def create(self, name: str, *, user: str, permissions: tuple[str, ...], expires_at: datetime, by: str) -> str:
        """The token itself, which nobody can be shown again. Raises DecidedError when the name is taken, or nobody
        has that account."""
        text = PREFIX + secrets.token_urlsafe(32)
        token = ApiToken(
            name=name, user=user, permissions=permissions, created_at=datetime.now(UTC), expires_at=expires_at
        )
        await self._writer.submit(tokens.CREATE, tokens.NewToken(token=token, digest=tokens.digest_of(text), by=by))
        return text

    async def revoke(self, name: str, *, by: str) -> ApiToken:
        """It works no longer, at once. Raises DecidedError."""
        return await self._writer.submit(tokens.REVOKE, tokens.Revocation(name=name, by=by))

    async def all(self) -> tuple[ApiToken, ...]:
        return await self._read(tokens.all_tokens)

    async def holder(self, text: str, now: datetime) -> tuple[ApiToken, UserAccount] | None:
        """Whose token it is; None where it is none, was revoked or has expired, or its account is disabled."""
        digest = tokens.digest_of(text)
        return await self._read(lambda alias: tokens.holder(alias, digest, now))
