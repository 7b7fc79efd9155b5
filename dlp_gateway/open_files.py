"""How many files the gateway may have open, against how many it may need."""

from __future__ import annotations

import resource

from .config import Config

_FOR_OURSELVES = 256
"""Store, workers, rules, console, and connections to next hops with room for more."""


def needed_files(config: Config) -> int:
    """One for each connection that `limits.connections` allows, and one for the large message that it may bring."""
    routes = sum(route.max_connections for route in config.routes.values())
    return 2 * config.limits.connections + routes + _FOR_OURSELVES


def allow_open_files(config: Config) -> str | None:
    """Raise this process's limit as far as need be. Answers what the system refuses, in words, or None."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = needed_files(config)
    within = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < within:
        resource.setrlimit(resource.RLIMIT_NOFILE, (within, hard))
    return shortage(config)


def shortage(config: Config) -> str | None:
    """What is wrong with the limit as it can be raised at most; None where it suffices."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = needed_files(config)
    if hard == resource.RLIM_INFINITY or hard >= needed:
        return None
    return (
        f"at most {hard} open files are allowed, and limits.connections ({config.limits.connections}) may need "
        f"{needed}: raise the limit (LimitNOFILE= of the systemd unit, ulimit -n) or lower limits.connections"
    )
