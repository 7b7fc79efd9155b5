"""Asks a directory by LDAP for the certificates of an address (RFC 4523, userCertificate). An administrator's act,
never done in the way of a message; what is found is trusted by nobody yet. The only door to ldap3.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

from ldap3 import NONE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars

from ..config_ways import LdapDirectory
from ..errors import ConfigError, Fault
from .web_key_directory import KeyFetchError

SECONDS = 10
MOST_ENTRIES = 20
MOST_CERTIFICATES = 20


def certificates_of(address: str, directory: LdapDirectory) -> tuple[bytes, ...]:
    """The octets under the directory's attribute for this address, whatever they are, each once. Blocks for some
    SECONDS at most. Raises KeyFetchError, whose text names the directory alone, and ConfigError where its files can't
    be used."""
    host = directory.host
    tls = Tls(
        validate=ssl.CERT_REQUIRED,
        version=ssl.PROTOCOL_TLS_CLIENT,
        ca_certs_file=None if directory.ca_file is None else str(directory.ca_file),
        valid_names=[host],
    )
    server = Server(host, directory.port, use_ssl=directory.tls, tls=tls, connect_timeout=SECONDS, get_info=NONE)
    wanted = f"({directory.address_attribute}={escape_filter_chars(address)})"
    try:
        with Connection(
            server,
            directory.user,
            _password(directory),
            read_only=True,
            raise_exceptions=True,
            receive_timeout=SECONDS,
        ) as connection:
            connection.search(
                directory.base,
                wanted,
                attributes=[directory.attribute],
                size_limit=MOST_ENTRIES,
                time_limit=SECONDS,
            )
            entries: list[dict[str, Any]] = connection.response or []
    except LDAPException as error:
        raise KeyFetchError(f"{directory.name}: {_said(error)}") from None
    except (OSError, ssl.SSLError) as error:
        raise KeyFetchError(f"{directory.name}: can't be asked ({type(error).__name__})") from None
    found = tuple(dict.fromkeys(_octets(entries, directory.attribute)))[:MOST_CERTIFICATES]
    if not found:
        raise KeyFetchError(f"{directory.name}: has no certificate for this address")
    return found


def _octets(entries: Iterable[dict[str, Any]], attribute: str) -> Iterable[bytes]:
    """A server may name the attribute without its option."""
    bare = attribute.partition(";")[0].lower()
    for entry in entries:
        for name, values in (entry.get("raw_attributes") or {}).items():
            if name.partition(";")[0].lower() == bare:
                yield from values


def _password(directory: LdapDirectory) -> str | None:
    if directory.password_file is None:
        return None
    try:
        return directory.password_file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise ConfigError([Fault(file=str(directory.password_file), text="can't be read as UTF-8 text")]) from None


def _said(error: LDAPException) -> str:
    """In fixed words: a library's text may hold what was asked."""
    name = type(error).__name__
    if "InvalidCredentials" in name:
        return "does not take the user and password of its entry in the configuration"
    if "NoSuchObject" in name:
        return "has no such base; check recipient_keys.directories"
    if "InsufficientAccess" in name:
        return "does not let us search"
    if "Certificate" in str(error) or "certificate" in str(error):
        return "its certificate does not hold"
    return f"can't be asked ({name})"
