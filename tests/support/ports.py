"""Ports on loopback that nobody listens on."""

from __future__ import annotations

import random
import socket

_NEVER_OF_CLIENTS = range(12_000, 32_000)
"""Below those that Linux gives to outgoing connections (ip_local_port_range), which would come in between."""

_chance = random.SystemRandom()
_given: set[int] = set()


def free_port() -> int:
    """A TCP port that was free a moment ago, for a program that can't choose one itself; no process gets it twice.

    Where our own code listens, prefer port 0: another process may take this one first.
    """
    while True:
        port = _chance.choice(_NEVER_OF_CLIENTS)
        if port in _given:
            continue
        _given.add(port)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def speaks_first(port: int, octets: bytes = b"220") -> bool:
    """Whether something on that port of 127.0.0.1 greets with these octets."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return connection.recv(len(octets)) == octets
    except OSError:
        return False
