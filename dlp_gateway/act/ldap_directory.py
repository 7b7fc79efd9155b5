"""Asks a directory by LDAP for the certificates of an address (RFC 4523, userCertificate). An administrator's act,
never done in the way of a message; what is found is trusted by nobody yet."""

from __future__ import annotations

from ..config_ways import LdapDirectory
from ..keys import secret_in
from .ldap_door import DirectoryError, directory, escaped
from .web_key_directory import KeyFetchError

MOST_ENTRIES = 20
MOST_CERTIFICATES = 20


def certificates_of(address: str, settings: LdapDirectory) -> tuple[bytes, ...]:
    """The octets under the directory's attribute for this address, whatever they are, each once. Blocks for some
    seconds at most. Raises KeyFetchError, whose text names the directory alone, and ConfigError where its files can't
    be used."""
    wanted = f"({settings.address_attribute}={escaped(address)})"
    try:
        with directory(settings, settings.user, secret_in(settings.password_file)) as there:
            entries = there.search(settings.base, wanted, [settings.attribute], MOST_ENTRIES)
    except DirectoryError as error:
        raise KeyFetchError(f"{settings.name}: {error}") from None
    bare = settings.attribute.partition(";")[0].lower()
    octets = [value for entry in entries for value in entry.values.get(bare, ())]
    found = tuple(dict.fromkeys(octets))[:MOST_CERTIFICATES]
    if not found:
        raise KeyFetchError(f"{settings.name}: has no certificate for this address")
    return found
