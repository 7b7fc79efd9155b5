"""dnstwist, without what it does to the process that imports it, and without encoding more than is asked for."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterable

from dnstwist import Fuzzer

# It gives every socket of the process a time limit, with which asyncio's no longer work.
socket.setdefaulttimeout(None)


def some_look_alikes(domain: str, methods: Iterable[str], most: int) -> dict[str, list[str]]:
    """By method, at most so many of the look-alikes that dnstwist makes of a domain, the same each time.

    Of ten thousand homoglyphs the draw comes before dnstwist writes them as domains, which takes it a second. As it
    leaves out what can be no domain, twice as many are drawn first as are kept.
    """
    fuzzer = Fuzzer(domain)
    for method in methods:
        name = f"_{method.replace('-', '_')}"
        if (made := getattr(fuzzer, name, None)) is not None:
            setattr(fuzzer, name, _some_of(made, 2 * most))
    fuzzer.generate(list(methods))
    found: dict[str, list[str]] = {}
    for one in fuzzer.domains:
        found.setdefault(one["fuzzer"], []).append(one["domain"])
    return {method: some(made, most) for method, made in found.items()}


def some(names: Iterable[str], most: int) -> list[str]:
    """So many of the names, drawn by what they are and not by their order."""
    return sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())[:most]


def _some_of(made: Callable[[], Iterable[str]], most: int) -> Callable[[], list[str]]:
    return lambda: some(set(made()), most)
