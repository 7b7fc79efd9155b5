"""Web key directories on the command line: `keys fetch`, and what `keys check --fetch` learns of keys in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..act.ldap_directory import certificates_of
from ..act.transport_security import verifying_context
from ..act.web_key_directory import Asking, KeyFetchError, addresses_of, fetch_key
from ..config import Config
from ..decide.addresses import parse_address
from ..errors import ConfigError, Fault
from ..recipient_keys import (
    FAULT_WORDS,
    KeyKind,
    KeyRead,
    RecipientKey,
    Trust,
    UnreadableKeyError,
    fault_of,
    names_of,
    read_key,
)
from ..recipient_keys.openpgp import merged

FROM_DIRECTORY = "web key directory"
"""Where a key came from."""

look_up = addresses_of
"""How directories' names are looked up."""


def fetched(address: str, config: Config) -> KeyRead:
    """What the directory of an address has, trusted by nobody. Raises KeyFetchError where it has nothing, ConfigError
    where that is no OpenPGP key."""
    settings = config.recipient_keys
    context = verifying_context(settings.directory_ca_file, "recipient_keys.directory_ca_file")
    asking = Asking(context=context, private_addresses=settings.private_directories, look_up=look_up)
    local, domain = address.strip().rpartition("@")[0], parse_address(address).domain
    try:
        read = read_key(fetch_key(local, domain, asking))
    except UnreadableKeyError as error:
        raise _fault(domain, str(error)) from None
    if read.kind is not KeyKind.OPENPGP:
        raise _fault(domain, "holds no OpenPGP key")
    return read


def fetched_by_ldap(address: str, name: str, config: Config, trust: Trust, now: datetime) -> KeyRead:
    """The certificate that the directory of this name has for an address, trusted by nobody: of several the first that
    could be used, else the first. Raises KeyFetchError where it has none, ConfigError where there is no such directory
    or what it has is no certificate."""
    directories = {one.name: one for one in config.recipient_keys.directories}
    if name not in directories:
        known = ", ".join(sorted(directories)) or "none; see recipient_keys.directories"
        raise ConfigError([Fault(file="--ldap", text=f"no directory “{name}”; known: {known}")])
    found: list[KeyRead] = []
    why = ""
    for octets in certificates_of(address, directories[name]):
        try:
            found.append(read_key(octets))
        except UnreadableKeyError as error:
            why = str(error)
    if not found:
        raise _fault(name, why)
    return next((read for read in found if _fits(read, address, trust, now)), found[0])


def _fits(read: KeyRead, address: str, trust: Trust, now: datetime) -> bool:
    return fault_of(RecipientKey.of(read, address, at=now), trust, now) is None


def news_of(key: RecipientKey, config: Config, trust: Trust, now: datetime) -> str | None:
    """What its owner's directory says of a key in use that we do not know, in words; None where nothing is new."""
    address = key.pattern if not key.pattern.startswith("@") else next(iter(names_of(key)), None)
    if key.kind is not KeyKind.OPENPGP or address is None:
        return None
    try:
        read = fetched(address, config)
    except (KeyFetchError, ConfigError) as error:  # of a key that came in a file there need be no directory
        return f"nothing new is known: {error}" if key.source == FROM_DIRECTORY else None
    if read.fingerprint != key.fingerprint:
        return "the directory has another key; ask its owner which is right"
    newer = merged(key.octets, read.octets)
    if newer == merged(key.octets, key.octets):
        return None
    why = fault_of(replace(key, octets=newer), trust, now)
    if why is None:
        return "the directory has a newer copy; take it up with `keys fetch`"
    return f"the directory has a newer copy, and by that {FAULT_WORDS[why]}; withdraw the key"


def _fault(domain: str, text: str) -> ConfigError:
    return ConfigError([Fault(file=f"the directory of {domain}", text=text)])
