"""`keys add, fetch, withdraw`: what an administrator trusts, and no longer."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ..config import Config
from ..decide import load_rulebook
from ..decide.misdirection import is_public_suffix
from ..errors import ConfigError, Fault
from ..key_trust import load_trust
from ..recipient_keys import (
    FAULT_WORDS,
    MAX_KEY_BYTES,
    KeyFault,
    KeyKind,
    KeyRead,
    RecipientKey,
    UnreadableKeyError,
    fault_of,
    read_key,
    whose,
)
from ..recipient_keys.openpgp import merged
from ..rules_folder import load_texts
from ..store import Store
from ..vocabulary import RecipientClass
from .key_directories import FROM_DIRECTORY, fetched, fetched_by_ldap
from .mail_files import printable
from .settings import check_reason, who

_TYPED = 20
"""Digits of a fingerprint that are typed in by hand. Keys with eight or so of another's are made in minutes."""


async def add(options: argparse.Namespace, config: Config, store: Store) -> int:
    check_reason(options.reason)
    pattern = _pattern(options.pattern, config, store, "--for")
    read = _read(_octets(Path(options.file)), options.file)
    return await _trusted(options, config, store, read, pattern, source="file", place=options.file)


async def fetch(options: argparse.Namespace, config: Config, store: Store) -> int:
    """Answers 0 where a key was found and shown, trusted or not."""
    if options.trust is not None:
        check_reason(options.reason)
    address = _pattern(options.address, config, store, "address")
    local, _, domain = address.rpartition("@")
    if not local:
        raise _fault("address", "directories are asked for one address; write jo@partner.example")
    pattern = address if options.pattern is None else _pattern(options.pattern, config, store, "--for")
    if options.ldap is None:
        place, source = f"the directory of {domain}", FROM_DIRECTORY
        read = fetched(options.address, config)
    else:
        place, source = f"the directory {options.ldap}", f"LDAP directory {options.ldap}"
        trust = load_trust(config.recipient_keys)
        read = fetched_by_ldap(address, options.ldap, config, trust, datetime.now(UTC))
    if options.trust is None and not options.reason:
        _show(read)
        print(
            "\nNothing is trusted yet. Ask its owner for the fingerprint by another way than mail, then run this again"
        )
        print('with --trust FINGERPRINT --reason "...".')
        return 0
    return await _trusted(options, config, store, read, pattern, source=source, place=place)


async def withdraw(options: argparse.Namespace, _config: Config, store: Store) -> int:
    check_reason(options.reason)
    await store.recipient_keys.withdraw(options.number, by=who(), reason=options.reason)
    print("Withdrawn. Running gateways stop using it within seconds.")
    return 0


async def _trusted(
    options: argparse.Namespace, config: Config, store: Store, read: KeyRead, pattern: str, *, source: str, place: str
) -> int:
    """Put it to use, where it can be used and is trusted: by a chain, by a fingerprint that the owner told, or because
    this very key is trusted already."""
    known = _known(read, pattern, await store.recipient_keys.all())
    if known is not None and read.kind is KeyKind.OPENPGP:
        read = _read(merged(known.octets, read.octets), place)
    trust, now = load_trust(config.recipient_keys), datetime.now(UTC)
    key = RecipientKey.of(read, pattern, source=source, by=who(), at=now, reason=options.reason)
    why = fault_of(key, trust, now)
    if why not in (None, KeyFault.NOT_YET_VALID):
        raise _fault(place, f"can't be used for {pattern}: {_words(why, read)}")
    _show(read)
    if options.trust is not None:
        _check_fingerprint(options.trust, read)
    elif known is not None and known.by_fingerprint:
        print("This key is trusted already; what is new of it is taken up.")
    elif read.kind is KeyKind.SMIME and fault_of(replace(key, by_fingerprint=False), trust, now) == why:
        key = replace(key, by_fingerprint=False)
    elif not _owner_agrees(read):
        return 1
    number = await store.recipient_keys.trust(key)
    later = ", once it is valid" if why is not None else ""
    print(f"\nTrusted for {pattern} as number {number}. Running gateways use it within seconds{later}.")
    return 0


def _known(read: KeyRead, pattern: str, keys: tuple[RecipientKey, ...]) -> RecipientKey | None:
    """The same key, perhaps of another day, that is trusted for the same recipient."""
    wanted = (pattern, read.kind, read.fingerprint)
    return next((k for k in keys if k.withdrawn_at is None and (k.pattern, k.kind, k.fingerprint) == wanted), None)


def _owner_agrees(read: KeyRead) -> bool:
    """Whether somebody at a terminal has compared the fingerprint with what its owner says."""
    if not sys.stdin.isatty():
        print(f"\nNot trusted: {_WHY[read.kind]}. Ask its owner for the fingerprint by another way than mail, then")
        print("run this again with --trust FINGERPRINT.")
        return False
    print(f"\n{_WHY[read.kind]}. Ask its owner for the fingerprint by another way than mail.".capitalize())
    typed = input(f"Its last {_TYPED} digits (five groups), as they say them (empty: do not trust it): ")
    if _plain(typed) and read.fingerprint.endswith(_plain(typed)) and len(_plain(typed)) >= _TYPED:
        return True
    print("Not trusted: that is not its fingerprint." if _plain(typed) else "Not trusted.")
    return False


_WHY = {
    KeyKind.OPENPGP: "nobody vouches for an OpenPGP key",
    KeyKind.SMIME: "no certificate authority of recipient_keys.authorities vouches for it",
}


def _check_fingerprint(said: str, read: KeyRead) -> None:
    if _plain(said) != read.fingerprint:
        raise _fault("--trust", "is not the fingerprint of this key, shown above; if its owner says so, do not use it")


def _plain(fingerprint: str) -> str:
    return re.sub(r"[\s:]", "", fingerprint).lower()


def _show(read: KeyRead) -> None:
    ends = "never" if read.not_after is None else f"{read.not_after:%Y-%m-%d %H:%MZ}"
    print(f"kind         {read.kind}")
    print(f"made out to  {printable(', '.join(read.names)) or '(nobody)'}")
    print(f"ends         {ends}")
    groups = [read.fingerprint[at : at + 4] for at in range(0, len(read.fingerprint), 4)]
    print(f"fingerprint  {' '.join(groups)}")


def _pattern(text: str, config: Config, store: Store, place: str) -> str:
    """Raises ConfigError for what is no address and no domain, and for a domain that is no one organisation's."""
    try:
        pattern = whose(text)
    except ValueError as error:
        raise _fault(place, str(error)) from None
    rulebook = load_rulebook(load_texts(config.rules) | store.current_rules())
    if pattern.startswith("@"):
        found = rulebook.recipients.classify(f"somebody{pattern}", datetime.now(UTC).date())
        if is_public_suffix(pattern[1:]) or found.recipient_class is RecipientClass.WEBMAIL:
            text = f"“{pattern}” belongs to no one organisation; name exact addresses"
            raise _fault(place, text)
    return pattern


def _octets(path: Path) -> bytes:
    """A little more than is allowed at most."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_KEY_BYTES + 1)
    except OSError as error:
        raise _fault(str(path), f"can't be read ({error.strerror})") from None


def _read(octets: bytes, place: str) -> KeyRead:
    try:
        return read_key(octets)
    except UnreadableKeyError as error:
        raise _fault(place, str(error)) from None


def _words(why: KeyFault | None, read: KeyRead) -> str:
    assert why is not None, "only what can't be used is told so"
    if why is not KeyFault.OTHER_NAME:
        return FAULT_WORDS[why]
    return f"it is made out to {printable(', '.join(read.names)) or 'nobody'}"


def _fault(place: str, text: str) -> ConfigError:
    return ConfigError([Fault(file=place, text=text)])
