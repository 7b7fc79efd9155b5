"""Signing in by name and password of the council's directory: behind django-allauth's form, its throttle and its second
factor.

Roles follow the groups at every sign-in. An account belongs to whoever has its id in the directory: one that was made
by hand, or by somebody who had the same name before, is never taken over, and what is typed with the name of the former
is not sent to the directory.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from ..act.ldap_door import DirectoryError
from ..act.ldap_people import Person, person_of
from ..errors import ConfigError
from ..log import event
from ..store import DecidedError, UserAccount
from ..store.models import User
from .account_words import DIRECTORY_WORDS
from .running import console

_log = logging.getLogger("dlp_gateway.web")

BY = "ldap"
"""Who the record says changed an account whose roles came from the directory."""


class DirectoryBackend(ModelBackend):
    """One of Django's, asked when the console itself knows no such name and password."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's form
        username: str | None = None,
        password: str | None = None,
        **_more: Any,
    ) -> User | None:
        """Raises ValidationError, which the form shows, where that is the directory's or an administrator's fault."""
        settings = console().config.console.ldap
        if settings is None or not username or not password:
            return None
        if User.objects.filter(name=username, directory="").exists():
            return None  # made by hand: their password is none of the directory's business
        try:
            person = person_of(settings, username, password)
        except (DirectoryError, ConfigError) as error:
            event(_log, "ldap:not_asked", level=logging.ERROR, why=str(error))
            raise _refused("unreachable") from None
        return None if person is None else _account_of(person)


def _account_of(person: Person) -> User:
    """Theirs, with the roles that their groups give now. Raises ValidationError."""
    here = console()
    row = User.objects.filter(directory=person.id).first()
    if row is None:
        if not person.roles:
            raise _refused("no_role")
        account = UserAccount(
            name=person.name,
            display_name=person.display_name,
            email=person.email,
            roles=person.roles,
            is_active=True,
            directory=person.id,
        )
        try:
            here.ask(here.store.users.create(account, None, by=BY))
        except DecidedError:
            raise _refused("name_taken") from None
        return User.objects.get(name=person.name)
    if (tuple(row.roles), row.display_name, row.email) != (person.roles, person.display_name, person.email):
        here.ask(
            here.store.users.change(
                row.name, by=BY, roles=person.roles, display_name=person.display_name, email=person.email
            )
        )
        row.refresh_from_db()
    if not row.is_active:
        raise _refused("disabled")
    if not person.roles:
        raise _refused("no_role")
    return row


def _refused(words: str) -> ValidationError:
    return ValidationError(DIRECTORY_WORDS[words])
