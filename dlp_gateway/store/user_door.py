"""`Store.users`: who may sign in to the console, and as what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import users
from .reading import Read
from .values import UserAccount
from .writer import Writer


class Users:
    """`work_out` does what takes a thread for long: to hash a password is meant to."""

    def __init__(
        self,
        read: Read,
        work_out: Callable[..., Any],
        writer: Writer,
    ) -> None:
        self._read = read
        self._work_out = work_out
        self._writer = writer

    async def create(self, account: UserAccount, password: str | None, *, by: str) -> UserAccount:
        """`password` None: they sign in elsewhere. Raises DecidedError when the name is taken, or the password is too
        easily guessed."""
        hashed = await self._work_out(users.password_hash, password)
        return await self._writer.submit(users.CREATE, users.NewUser(account=account, password_hash=hashed, by=by))

    async def change(
        self,
        name: str,
        *,
        by: str,
        password: str | None = None,
        roles: tuple[str, ...] | None = None,
        is_active: bool | None = None,
        no_second_factor: bool = False,
        display_name: str | None = None,
        email: str | None = None,
    ) -> UserAccount:
        """None leaves as it is; a new password must be changed at once by its owner. Raises DecidedError when nobody
        has that name, or the password is too easily guessed."""
        hashed = None if password is None else await self._work_out(users.password_hash, password)
        change = users.UserChange(
            name=name,
            by=by,
            password_hash=hashed,
            roles=roles,
            is_active=is_active,
            no_second_factor=no_second_factor,
            display_name=display_name,
            email=email,
        )
        return await self._writer.submit(users.CHANGE, change)

    async def mark(self, account: UserAccount, marks: frozenset[str]) -> None:
        """Keep by what whoever has this account is known in findings."""
        await self._writer.submit(users.MARK, users.Marked(account=account, marks=marks))

    async def all(self) -> tuple[UserAccount, ...]:
        return await self._read(users.all_users)
