"""A connection to a directory by LDAP (RFC 4511), and what it answers. The only door to ldap3.

Nothing is sent before the server's certificate was verified, nothing to where a server refers us, and no text of the
library, which may hold what was asked, gets further than this file.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ldap3 import NONE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from ..config_ldap import LdapServer

SECONDS = 10

_REFUSED = frozenset(
    f"LDAP{name}Result"
    for name in ("InvalidCredentials", "InappropriateAuthentication", "UnwillingToPerform", "ConstraintViolation")
)
"""Of a log-in: not this name with this password, or not now (an account that is locked, or has no password)."""


_TOO_MANY = "LDAPSizeLimitExceededResult"


class DirectoryError(Exception):
    """It could not be asked: the text is in fixed words of ours. `refused`: it does not take the name and password.
    `too_many`: it found more than were asked for."""

    def __init__(self, text: str, *, refused: bool = False, too_many: bool = False) -> None:
        super().__init__(text)
        self.refused = refused
        self.too_many = too_many


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `values`: octets, by the attribute's name in lower case without its options."""

    dn: str
    values: Mapping[str, tuple[bytes, ...]] = field(repr=False)

    def first(self, attribute: str) -> bytes:
        """b"" where it has none."""
        return next(iter(self.values.get(attribute.partition(";")[0].lower(), ())), b"")


class Directory:
    """What can be asked of an open connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def search(self, base: str, wanted: str, attributes: Sequence[str], most: int) -> tuple[Entry, ...]:
        """At most so many entries below `base`. Raises DirectoryError, also where there are more."""
        with _told():
            self._connection.search(base, wanted, attributes=list(attributes), size_limit=most, time_limit=SECONDS)
            return tuple(_entry(one) for one in self._connection.response or [] if one["type"] == "searchResEntry")


@contextmanager
def directory(
    server: LdapServer, user: str | None, password: str | None, *, start_tls: bool = False
) -> Iterator[Directory]:
    """A connection on which this user has logged in; nobody where it is None. `start_tls`: where there is no TLS from
    the beginning, it is begun before anything else is said. Blocks for some SECONDS at most. Raises DirectoryError."""
    if user is not None and not (user and password):
        # RFC 4513, 5.1.2: a server may answer success to a name without a password, and know nobody.
        raise DirectoryError("a name or a password is empty", refused=True)
    tls = Tls(
        validate=ssl.CERT_REQUIRED,
        version=ssl.PROTOCOL_TLS_CLIENT,
        ca_certs_file=None if server.ca_file is None else str(server.ca_file),
        valid_names=[server.host],
    )
    connection = Connection(
        Server(server.host, server.port, use_ssl=server.tls, tls=tls, connect_timeout=SECONDS, get_info=NONE),
        user,
        password,
        read_only=True,
        raise_exceptions=True,
        receive_timeout=SECONDS,
        auto_referrals=False,  # another host could ask for the password
    )
    try:
        with _told():
            connection.open(read_server_info=False)
            if start_tls and not server.tls and not connection.start_tls(read_server_info=False):
                raise DirectoryError("does not begin TLS")
            connection.bind(read_server_info=False)
        yield Directory(connection)
    finally:
        with _told(quiet=True):
            connection.unbind()
        if connection.socket is not None:  # where it came to no connection
            connection.socket.close()


def escaped(value: str) -> str:
    """A value in a filter, which means itself (RFC 4515, 3)."""
    return str(escape_filter_chars(value))


def same_name(dn: str) -> str:
    """A form that all spellings of a name share (RFC 4514): "CN=Audit, OU=Groups" and "cn=audit,ou=groups". "" for what
    is no name."""
    try:
        parts = parse_dn(dn, strip=True)
    except LDAPException:
        return ""
    return ",".join(f"{kind.casefold()}={' '.join(value.split()).casefold()}" for kind, value, _ in parts)


def _entry(answered: Mapping[str, object]) -> Entry:
    """A server may name an attribute without its option."""
    raw = answered.get("raw_attributes")
    values: dict[str, tuple[bytes, ...]] = {}
    if isinstance(raw, Mapping):
        for name, found in raw.items():
            bare = str(name).partition(";")[0].lower()
            values[bare] = (*values.get(bare, ()), *(bytes(value) for value in found))
    return Entry(dn=str(answered.get("dn", "")), values=values)


@contextmanager
def _told(*, quiet: bool = False) -> Iterator[None]:
    """What goes wrong, in fixed words."""
    try:
        yield
    except LDAPException as error:
        if not quiet:
            name = type(error).__name__
            raise DirectoryError(_said(error), refused=name in _REFUSED, too_many=name == _TOO_MANY) from None
    except (OSError, ssl.SSLError) as error:
        if not quiet:
            raise DirectoryError(f"can't be asked ({type(error).__name__})") from None


def _said(error: LDAPException) -> str:
    name = type(error).__name__
    if "InvalidCredentials" in name:
        return "does not take the name and the password"
    if "NoSuchObject" in name:
        return "has no such base"
    if "InsufficientAccess" in name:
        return "does not let us search"
    if "Certificate" in str(error) or "certificate" in str(error):
        return "its certificate does not hold"
    return f"can't be asked ({name})"
