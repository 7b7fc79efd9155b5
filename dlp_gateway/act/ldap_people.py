"""Asks the council's directory who somebody is who signs in to the console: by name and password, with the groups that
give roles."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ..config_console import LdapSignIn
from ..keys import secret_in
from .ldap_door import Directory, DirectoryError, Entry, directory, escaped, same_name

MOST_GROUPS = 200
"""Of one person, among those that the filter finds."""

AT_ONCE, WAIT_SECONDS = 3, 2.0
turns = threading.BoundedSemaphore(AT_ONCE)
"""So many wait for the directory at one time: one that does not answer must not take all threads of the console."""

NAME_CHARACTERS, PASSWORD_CHARACTERS = 200, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`id` stays with them whatever they are called; `roles` as their groups give them, perhaps none."""

    id: str
    name: str
    display_name: str
    email: str
    roles: tuple[str, ...]


def person_of(settings: LdapSignIn, name: str, password: str) -> Person | None:
    """Who has this name and this password; None where nobody has. Blocks. Raises DirectoryError where the directory
    can't be asked, and ConfigError where its files can't be used."""
    if not name.strip() or not password or len(name) > NAME_CHARACTERS or len(password) > PASSWORD_CHARACTERS:
        return None
    if not turns.acquire(timeout=WAIT_SECONDS):
        raise DirectoryError("does not answer those who wait already")
    try:
        return _person_of(settings, name, password)
    finally:
        turns.release()


def _person_of(settings: LdapSignIn, name: str, password: str) -> Person | None:
    attributes = [settings.id_attribute, settings.name_attribute, settings.mail_attribute, settings.display_attribute]
    try:
        with directory(settings, settings.user, secret_in(settings.password_file), start_tls=True) as there:
            entry = _entry(there, settings, name, attributes)
            if entry is None or not _has_password(settings, entry.dn, password):
                return None
            return _person(entry, settings, _roles(there, settings, entry.dn))
    except DirectoryError as error:
        if error.refused:  # our own name and password: nobody's fault who signs in
            raise DirectoryError("does not take console.ldap.user and its password") from None
        raise


def _entry(there: Directory, settings: LdapSignIn, name: str, attributes: list[str]) -> Entry | None:
    """The one entry of this name; none where several have it."""
    wanted = settings.user_filter.replace("{name}", escaped(name))
    try:
        entries = there.search(settings.base, wanted, attributes, 2)
    except DirectoryError as error:
        if error.too_many:
            return None
        raise
    return entries[0] if len(entries) == 1 and entries[0].dn else None


def _has_password(settings: LdapSignIn, dn: str, password: str) -> bool:
    try:
        with directory(settings, dn, password, start_tls=True):
            return True
    except DirectoryError as error:
        if error.refused:
            return False
        raise


def _roles(there: Directory, settings: LdapSignIn, dn: str) -> tuple[str, ...]:
    wanted = settings.group_filter.replace("{dn}", escaped(dn))
    entries = there.search(settings.group_base or settings.base, wanted, ["cn"], MOST_GROUPS)
    theirs = {same_name(entry.dn) for entry in entries}
    return tuple(sorted(role for role, groups in settings.roles.items() if theirs & _names(groups)))


def _names(groups: tuple[str, ...]) -> set[str]:
    return {same_name(group) for group in groups} - {""}


def _person(entry: Entry, settings: LdapSignIn, roles: tuple[str, ...]) -> Person:
    identity, name = entry.first(settings.id_attribute), _text(entry.first(settings.name_attribute))
    if not identity or not name:
        raise DirectoryError("does not tell console.ldap.id_attribute or name_attribute of whoever signs in")
    return Person(
        id=identity.hex(),
        name=name[:NAME_CHARACTERS],
        display_name=_text(entry.first(settings.display_attribute))[:NAME_CHARACTERS],
        email=_text(entry.first(settings.mail_attribute))[:NAME_CHARACTERS],
        roles=roles,
    )


def _text(octets: bytes) -> str:
    """Of an attribute that people read."""
    return " ".join(octets.decode("utf-8", "replace").split())
