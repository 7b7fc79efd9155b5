"""Who may send through us without a password, and how many connections each may have."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Sequence

from ..config_access import Client
from ..decide.addresses import AddressPatterns, parse_address
from ..errors import ConfigError, Fault
from .networks import Network, address_of
from .tls.certificate_judge import CertificateJudge
from .tls.peer import PeerCertificate

_MAX_REMEMBERED = 4096
STRANGER_SHARE = 4  # addresses outside every network share a quarter of all connections, or they could take them all
CONNECTIONS_PER_STRANGER = 10
NULL = "<>"
"""Among a client's addresses, the reverse-path that is none."""


class Clients:
    """Client entries by address and certificate, and how many connections each has now."""

    def __init__(self, clients: Sequence[Client], connections: int) -> None:
        """Raises ConfigError for a file of authorities or an address pattern that can't be used."""
        networks: list[tuple[Network, Client]] = [
            (ipaddress.ip_network(network), client) for client in clients for network in client.networks
        ]
        networks.sort(key=lambda pair: -pair[0].prefixlen)  # stable: of two equal networks the first entry counts
        self._networks = networks
        self._judges = {c.name: CertificateJudge(c, c.certificate) for c in clients if c.certificate is not None}
        self._anywhere = tuple(c for c in clients if c.certificate is not None and not c.networks)
        self._addresses = {c.name: _patterns(c) for c in clients if c.addresses}
        self._most = connections
        self._found: dict[str, tuple[Client, ...]] = {}
        self._now: Counter[str] = Counter()
        self._total = 0
        self._strangers = 0

    def may_use(self, client: Client, reverse_path: str | None) -> bool:
        """Whether the client may send with that reverse-path."""
        if not client.addresses:
            return True
        if reverse_path is None:
            return NULL in client.addresses
        return self._addresses[client.name].matches(parse_address(reverse_path))

    @property
    def ask_for_certificates(self) -> bool:
        """Whether anybody is known by one: then TLS asks for it."""
        return bool(self._judges)

    def find(self, ip: str, certificate: PeerCertificate | None = None) -> Client | None:
        """The entry whose network is the most specific one around the address, if its certificate was shown where it
        wants one: another with a wider network never stands in for it. Else one known by certificate alone. None for a
        stranger."""
        for client in (*self._around(ip), *self._anywhere):
            if client.certificate is None:
                return client
            if certificate is not None and self._judges[client.name].fault(certificate) is None:
                return client
        return None

    def missing(self, ip: str, certificate: PeerCertificate | None) -> dict[str, str] | None:
        """Why a stranger was not known by its certificate, by entry; empty where it showed none, None where nobody at
        its address is known by one."""
        wanting = [c for c in (*self._around(ip), *self._anywhere) if c.certificate is not None]
        if not wanting:
            return None
        if certificate is None:
            return {}
        return {client.name: self._judges[client.name].fault(certificate) or "" for client in wanting}

    def named_at(self, ip: str) -> bool:
        """Whether an entry has a network around the address, whatever else it wants."""
        return bool(self._around(ip))

    def _around(self, ip: str) -> tuple[Client, ...]:
        """The entries with the most specific network around the address, in their order."""
        if ip in self._found:
            return self._found[ip]
        address = address_of(ip)
        if address is None:
            return ()
        around = [(network, client) for network, client in self._networks if address in network]
        found = tuple(client for network, client in around if network == around[0][0])
        if len(self._found) >= _MAX_REMEMBERED:
            self._found.clear()
        self._found[ip] = found
        return found

    def enter(self, ip: str, client: Client | None) -> bool:
        """Count a connection in; False, and nothing counted, when it is one too many."""
        key, most = self._place(ip, client)
        if self._total >= self._most or self._now[key] >= most:
            return False
        if client is None:
            if self._strangers >= max(self._most // STRANGER_SHARE, 1):
                return False
            self._strangers += 1
        self._total += 1
        self._now[key] += 1
        return True

    def leave(self, ip: str, client: Client | None) -> None:
        """Count a connection out that `enter` counted in."""
        key, _ = self._place(ip, client)
        self._total -= 1
        self._strangers -= client is None
        self._now[key] -= 1
        if not self._now[key]:
            del self._now[key]

    @staticmethod
    def _place(ip: str, client: Client | None) -> tuple[str, int]:
        if client is None:
            return f"address {ip}", CONNECTIONS_PER_STRANGER
        return f"entry {client.name}", client.max_connections


def _patterns(client: Client) -> AddressPatterns:
    try:
        return AddressPatterns(pattern for pattern in client.addresses if pattern != NULL)
    except ValueError as error:
        raise ConfigError([Fault(file="clients", text=f"{client.name}: addresses: {error}")]) from None
