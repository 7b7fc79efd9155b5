"""Who may come in, as far as it stands in files: certificates of listeners, users, authorities of clients."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from ..config import Config
from ..errors import ConfigError, Fault
from ..receive.auth.account import AccountsSilentError
from ..receive.auth.dovecot import DovecotAccounts
from ..receive.auth.hashed import own_users
from ..receive.auth.user_file import read_users
from ..receive.clients import Clients
from ..receive.tls.listener_tls import certificate_ends_at, make_context

SOON = timedelta(days=21)
DOVECOT_SECONDS = 5.0


def access_warnings(config: Config, now: datetime) -> list[Fault]:
    """What will need somebody soon, or works and should not be so. Raises ConfigError with every file, hash and pattern
    that can't be used."""
    faults: list[Fault] = []
    warnings: list[Fault] = []
    try:
        own_users(config.users)
    except ConfigError as error:
        faults += error.faults
    try:
        Clients(config.clients, 1)
    except ConfigError as error:
        faults += error.faults
    if config.authentication.file is not None:
        try:
            read_users(config.authentication.file)
            warnings += _open_to_all(config.authentication.file)
        except ConfigError as error:
            faults += error.faults
    for listener in config.listeners.smtp:
        if listener.tls is None:
            continue
        try:
            make_context(listener.tls)
            warnings += _ending(listener.tls.certificate, certificate_ends_at(listener.tls), now)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return [*warnings, *_nobody_can_log_in(config)]


def access_state(config: Config, now: datetime) -> tuple[str, str]:
    """For `doctor`: "ok" or "warning", and what there is. Raises ConfigError as above."""
    told = [str(warning) for warning in access_warnings(config, now)]
    ends = sorted(certificate_ends_at(listener.tls) for listener in config.listeners.smtp if listener.tls is not None)
    text = [f"certificates until {ends[0].date()}" if ends else "no listener has TLS", f"log-ins: {_log_ins(config)}"]
    if config.authentication.kind == "dovecot" and (silence := asyncio.run(_dovecot_silence(config))) is not None:
        told.append(f"{silence}; nobody can log in meanwhile")
    return ("warning" if told else "ok"), "; ".join([*text, *told])


def _log_ins(config: Config) -> str:
    asked = config.authentication
    if asked.kind == "users":
        return f"{len(config.users)} users of the configuration" if config.users else "none"
    if asked.kind == "file":
        assert asked.file is not None, "the configuration sees to that"
        return f"{len(read_users(asked.file))} users of {asked.file}"
    return (
        "by Dovecot" if asked.kind == "dovecot" else f"by the next hop of route {asked.route or config.default_route}"
    )


async def _dovecot_silence(config: Config) -> str | None:
    accounts = DovecotAccounts(config.authentication)
    try:
        async with asyncio.timeout(DOVECOT_SECONDS):
            await accounts.greet()
    except AccountsSilentError as error:
        return str(error)
    except TimeoutError:
        return f"Dovecot did not greet within {DOVECOT_SECONDS:g} s"
    finally:
        await accounts.close()
    return None


def _ending(path: Path, ends_at: datetime, now: datetime) -> list[Fault]:
    if ends_at <= now:
        return [Fault(file=str(path), text=f"ended on {ends_at.date()}; clients refuse it: put a new one there")]
    if ends_at <= now + SOON:
        return [Fault(file=str(path), text=f"ends on {ends_at.date()}; a new one in its place is taken up by itself")]
    return []


def _open_to_all(path: Path) -> list[Fault]:
    if path.stat().st_mode & 0o007:
        return [Fault(file=str(path), text="can be read by everybody on this machine; chmod 0640 it")]
    return []


def _nobody_can_log_in(config: Config) -> list[Fault]:
    wanted = config.users or config.authentication.kind != "users"
    if wanted and not any(listener.tls for listener in config.listeners.smtp):
        text = "nobody can log in: that is taken under TLS only, and no SMTP listener has a certificate"
        return [Fault(file="authentication", text=text)]
    return []
