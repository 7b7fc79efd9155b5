"""What stands around the gateway, for `doctor`: its name, circles of mail, and the clock.

Nothing here sends anything but questions to the machine's resolver. Each answers a state ("ok", "warning", "failed")
and a text.
"""

from __future__ import annotations

import socket
import time
from pathlib import Path

from ..config import Config

SLOW_SECONDS = 2.0
CLOCK_SLACK_SECONDS = 120.0
_ANY = {"0.0.0.0", "::", ""}


def name_state(config: Config) -> tuple[str, str]:
    """Whether the name that we give in every greeting can be found, and how long the resolver takes."""
    started = time.monotonic()
    addresses = _addresses(config.hostname)
    seconds = time.monotonic() - started
    if not addresses:
        return "warning", f"{config.hostname} has no address: other servers may refuse such a name; set hostname or DNS"
    if seconds > SLOW_SECONDS:
        return (
            "warning",
            f"the resolver took {seconds:.1f} s for {config.hostname}; mail waits as long: look at resolv.conf",
        )
    return "ok", f"{config.hostname} is {', '.join(addresses)}, found in {seconds * 1000:.0f} ms"


def circle_state(config: Config) -> tuple[str, str]:
    """Whether a route leads into one of our own listeners."""
    circles = []
    for name, route in sorted(config.routes.items()):
        if route.next_hop is None:
            continue
        for listener in config.listeners.smtp:
            here = [a for a in _addresses(route.host) if listener.host == a or (listener.host in _ANY and _is_ours(a))]
            if route.port == listener.port and here:
                circles.append(
                    f"route {name} ({route.next_hop}) is our own listener: set its next_hop to the next server"
                )
    return ("failed", "; ".join(circles)) if circles else ("ok", "no route leads back into a listener of ours")


def clock_state(newest: Path, now: float) -> tuple[str, str]:
    """Whether the clock is behind what was already written here. `newest`: a file or folder that changes with use."""
    behind = newest.stat().st_mtime - now
    if behind > CLOCK_SLACK_SECONDS:
        return "failed", f"the clock is {behind:.0f} s behind what was written here before; set it (timedatectl)"
    return "ok", "not behind what was written here before; whether it is right, only a time server can tell"


def _addresses(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return sorted({str(entry[4][0]) for entry in found})


def _is_ours(address: str) -> bool:
    """Only addresses of this machine can be bound."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
