"""Accounts of the console."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connections

from .models import User
from .values import DecidedError, UserAccount, Verb
from .writer import Transaction, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    account: UserAccount
    password_hash: str = field(repr=False)
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """None leaves as it is."""

    name: str
    by: str
    password_hash: str | None = field(default=None, repr=False)
    roles: tuple[str, ...] | None = None
    is_active: bool | None = None
    no_second_factor: bool = False  # the ones that they had are forgotten
    display_name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    account: UserAccount
    marks: frozenset[str]


_SECOND_FACTORS = "mfa_authenticator"
"""The table of django-allauth, which only the console loads; there is none before a console ran."""


def _create(tx: Transaction, news: Sequence[NewUser]) -> list[UserAccount]:
    (new,) = news
    account = new.account
    if User.objects.using(tx.alias).filter(name=account.name).exists():
        raise DecidedError("there is a user of that name already")
    User.objects.using(tx.alias).create(
        name=account.name,
        display_name=account.display_name,
        email=account.email,
        roles=list(account.roles),
        is_active=account.is_active,
        must_change_password=account.must_change_password,
        directory=account.directory,
        password=new.password_hash,
        created_at=datetime.now(UTC),
    )
    tx.audit(Verb.USER_CREATED, new.by, None, {"user": account.name, "roles": list(account.roles)})
    return [account]


def _change(tx: Transaction, changes: Sequence[UserChange]) -> list[UserAccount]:
    (change,) = changes
    row = User.objects.using(tx.alias).select_for_update().filter(name=change.name).first()
    if row is None:
        raise DecidedError("there is no user of that name")
    if change.password_hash is not None:
        if row.directory:
            raise DecidedError("they sign in by the council's directory, which alone has their password")
        row.password = change.password_hash
        row.must_change_password = True
    if change.roles is not None:
        row.roles = list(change.roles)
    if change.is_active is not None:
        row.is_active = change.is_active
    row.display_name = row.display_name if change.display_name is None else change.display_name
    row.email = row.email if change.email is None else change.email
    row.save(using=tx.alias)
    body = {
        "user": change.name,
        "roles": list(row.roles),
        "is_active": row.is_active,
        "password": change.password_hash is not None,
        "no_second_factor": change.no_second_factor,
    }
    if change.no_second_factor:
        _forget_second_factors(tx.alias, row.pk)
    tx.audit(Verb.USER_CHANGED, change.by, None, body)
    return [account_of(row)]


def _mark(tx: Transaction, works: Sequence[Marked]) -> list[None]:
    for work in works:
        account = work.account
        kept = json.dumps([_marked_as(account.display_name, account.email), *sorted(work.marks)])
        User.objects.using(tx.alias).filter(name=account.name).update(marks=kept)
    return [None] * len(works)


def _marked_as(display_name: str, email: str) -> str:
    """Tells whether marks are still those of this name and address."""
    return hashlib.sha256(f"{display_name}\0{email}".encode()).hexdigest()[:16]


def _marks(row: User) -> frozenset[str] | None:
    marked_as, *marks = json.loads(row.marks) if row.marks else [""]
    return frozenset(marks) if marked_as == _marked_as(row.display_name, row.email) else None


MARK: Work[Marked, None] = Work(_mark)
CREATE: Work[NewUser, UserAccount] = Work(_create, together=False)
CHANGE: Work[UserChange, UserAccount] = Work(_change, together=False)


def _forget_second_factors(alias: str, user_id: int) -> None:
    connection = connections[alias]
    if _SECOND_FACTORS in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {_SECOND_FACTORS} WHERE user_id = %s", [user_id])  # noqa: S608 - a constant


def password_hash(password: str | None) -> str:
    """Slow on purpose: never call it in the writer thread. None: nobody can sign in by a password. Raises DecidedError
    for one that is too easily guessed."""
    if password is not None:
        try:
            validate_password(password)
        except ValidationError as error:
            raise DecidedError(" ".join(error.messages)) from None
    return make_password(password)


def all_users(alias: str) -> tuple[UserAccount, ...]:
    return tuple(account_of(row) for row in User.objects.using(alias).order_by("name"))


def account_of(row: User) -> UserAccount:
    return UserAccount(
        name=row.name,
        display_name=row.display_name,
        email=row.email,
        roles=tuple(row.roles),
        is_active=row.is_active,
        must_change_password=row.must_change_password,
        directory=row.directory,
        marks=_marks(row),
    )
