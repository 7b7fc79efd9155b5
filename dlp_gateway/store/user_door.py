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

    async def create(self, account: UserAccount, password: str, *, by: str) -> UserAccount:
        """Raises DecidedError when the name is taken."""
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
    ) -> UserAccount:
        """None leaves as it is. Raises DecidedError when nobody has that name."""
        hashed = None if password is None else await self._work_out(users.password_hash, password)
        change = users.UserChange(name=name, by=by, password_hash=hashed, roles=roles, is_active=is_active)
        return await self._writer.submit(users.CHANGE, change)

    async def check_password(self, name: str, password: str) -> UserAccount | None:
        """The account, where it is active and this is its password."""
        return await self._read(lambda alias: users.check_password(alias, name, password))

    async def all(self) -> tuple[UserAccount, ...]:
        return await self._read(users.all_users)
