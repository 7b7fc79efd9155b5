"""Who may send through us: clients by their network, users by their password."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ..config_access import Client, User
from ..decide.addresses import AddressPatterns, parse_address
from ..errors import ConfigError, Fault
from .networks import Network, address_of
from .password import impossible_hash, is_password_hash, verify_password

_MAX_REMEMBERED = 4096
STRANGER_SHARE = 4  # addresses outside every network share a quarter of all connections, or they could take them all
CONNECTIONS_PER_STRANGER = 10


class Clients:
    """Client entries by address, and how many connections each has now."""

    def __init__(self, clients: Sequence[Client], connections: int) -> None:
        networks: list[tuple[Network, Client]] = [
            (ipaddress.ip_network(network), client) for client in clients for network in client.networks
        ]
        networks.sort(key=lambda pair: -pair[0].prefixlen)  # stable: of two equal networks the first entry counts
        self._networks = networks
        self._most = connections
        self._found: dict[str, Client | None] = {}
        self._now: Counter[str] = Counter()
        self._total = 0
        self._strangers = 0

    def find(self, ip: str) -> Client | None:
        """The entry whose network is the most specific one around the address; None for a stranger."""
        if ip in self._found:
            return self._found[ip]
        address = address_of(ip)
        if address is None:
            return None
        found = next((client for network, client in self._networks if address in network), None)
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


class Users:
    """Accounts for SMTP AUTH."""

    def __init__(self, users: Sequence[User]) -> None:
        """Raises ConfigError for every hash that `hash_password` can't have written and every bad pattern."""
        faults = []
        self._users: dict[str, User] = {}
        self._patterns: dict[str, AddressPatterns] = {}
        for user in users:
            if not is_password_hash(user.password_hash):
                text = f"user {user.name}: password_hash is not one; `dlp-gateway users hash` prints it"
                faults.append(Fault(file="users", text=text))
            if user.name in self._users:
                faults.append(Fault(file="users", text=f"user {user.name} stands twice; keep one of them"))
            self._users[user.name] = user
            try:
                self._patterns[user.name] = AddressPatterns(user.addresses)
            except ValueError as error:
                faults.append(Fault(file="users", text=f"user {user.name}: {error}"))
        if faults:
            raise ConfigError(faults)
        # Two threads: a flood of guesses may slow down logging in, never the mail.
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password") if users else None
        # An unknown name must cost what a known one costs, or the time tells which names exist.
        self._nobody = impossible_hash()

    def __bool__(self) -> bool:
        return bool(self._users)

    async def check(self, name: str, password: str) -> bool:
        """Whether the password is the user's; in a thread, and as slow for a name that does not exist."""
        if self._threads is None:
            return False
        user = self._users.get(name)
        password_hash = self._nobody if user is None else user.password_hash
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._threads, verify_password, password, password_hash)
        return right and user is not None

    def may_use(self, name: str, reverse_path: str | None) -> bool:
        """Whether the user may send with that reverse-path; with no patterns in its entry, any."""
        if not self._users[name].addresses:
            return True
        return self.owns(name, reverse_path)

    def owns(self, name: str, reverse_path: str | None) -> bool:
        """Whether the entry of the user names that reverse-path: then it is proof of the sender."""
        return reverse_path is not None and self._patterns[name].matches(parse_address(reverse_path))

    def close(self) -> None:
        """End the threads."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
