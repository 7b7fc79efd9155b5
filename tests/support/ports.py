"""Ports on loopback that nobody listens on."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A TCP port that was free a moment ago, for a program that can't choose one itself.

    Where our own code listens, prefer port 0: another process may take this one first.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def speaks_first(port: int, octets: bytes = b"220") -> bool:
    """Whether something on that port of 127.0.0.1 greets with these octets."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return connection.recv(len(octets)) == octets
    except OSError:
        return False
