"""`doctor`: checks of the machine and the surroundings, each with what to do when it does not hold."""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from .. import sandbox
from ..act.direct.set_up import set_up_direct
from ..act.relay import Relay
from ..config import Config
from ..decide import indexes_asked, load_rulebook, registry
from ..decide.contacts import Marker
from ..errors import ConfigError, GatewayError, StoreUnavailableError
from ..exact_index import open_records
from ..keys import load_keys
from ..open_files import needed_files, shortage
from ..recipient_keys import NO_WORRY, count_by_state
from ..rules_folder import load_texts
from ..store import rules_in_store
from .access_checks import access_state
from .key_warnings import file_warnings, ring_in_store
from .milter_state import milter_state
from .settings import open_store, required_config
from .surroundings import circle_state, clock_state, name_state

FSYNC_TRIES = 50
SLOW_FSYNC_MS = 20.0
CONSOLE_SECONDS = 20.0
"""It waits 15 s for its store before it says that it is not well."""

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: state is "ok", "warning" or "failed"."""

    name: str
    state: str
    text: str


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    config = required_config(options)
    failed = False
    for check in _checks(config):
        print(f"{check.state:<8} {check.name:<14} {check.text}", flush=True)
        failed = failed or check.state == "failed"
    return 1 if failed else 0


def _checks(config: Config) -> Iterator[Check]:
    yield _guarded("keys", lambda: _keys(config))
    yield _guarded("rules", lambda: _rules(config))
    yield _guarded("records", lambda: _records(config))
    yield _guarded("store", lambda: _store(config))
    yield _guarded("partners", lambda: _partners(config))
    yield _guarded("recipients", lambda: _recipients(config))
    yield _guarded("contacts", lambda: _contacts(config))
    yield _guarded("console", lambda: _console(config))
    yield _guarded("access", lambda: Check("access", *access_state(config, datetime.now(UTC))))
    for listener in config.listeners.milter:
        state, text = milter_state(listener)
        yield Check("milter", state, text)
    yield _guarded("disk", lambda: _disk(config))
    yield _guarded("fsync", lambda: _fsync(config.store.spool))
    yield _guarded("memory", lambda: _memory(config))
    yield _guarded("open files", lambda: _open_files(config))
    yield _guarded("sandbox", lambda: _sandbox(config))
    yield _guarded("clock", lambda: Check("clock", *clock_state(config.store.spool, time.time())))
    yield _guarded("name", lambda: Check("name", *name_state(config)))
    yield _guarded("circles", lambda: Check("circles", *circle_state(config)))
    yield from _programs()
    yield from asyncio.run(_routes(config))


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except ConfigError as error:
        return Check(name, "failed", "; ".join(str(fault) for fault in error.faults))
    except (GatewayError, OSError) as error:
        return Check(name, "failed", str(error))


def _keys(config: Config) -> Check:
    keys = load_keys(config.keys.folder)
    loose = config.keys.folder.stat().st_mode & 0o077
    if loose:
        return Check("keys", "warning", f"{config.keys.folder} can be opened by others; chmod 0700 it")
    return Check("keys", "ok", f"{len(keys.seal)} sealing key(s), number {keys.seal_id} in use")


def _rules(config: Config) -> Check:
    try:
        rulebook = load_rulebook(_texts_in_force(config))
    except ConfigError as error:
        told = "; ".join(str(fault) for fault in error.faults)
        text = f"the newest can't be read, so a gateway goes on with those before them: {told}"
        return Check("rules", "failed", text)
    missing = sorted(rulebook.routes - set(config.routes))
    if missing:
        return Check(
            "rules", "warning", f"name routes that the configuration lacks: {', '.join(missing)}; such mail is held"
        )
    return Check("rules", "ok", f"version {rulebook.version[:12]}")


def _texts_in_force(config: Config) -> dict[str, str]:
    """The store's rules; before the first start, those that would be."""
    texts = load_texts(config.rules)
    try:
        stored = rules_in_store(config.store.url, texts)
    except StoreUnavailableError:
        return texts  # the line on the store says so
    return texts if stored is None else texts | dict(stored.current)


def _records(config: Config) -> Check:
    """Indexes of the council's own records, and registered documents."""
    settings = config.exact_match
    if settings.folder is None:
        return Check("records", "ok", "exact match is not set up")
    records = open_records(settings.folder, load_keys(config.keys.folder).fingerprint, settings.required)
    missing = sorted(set(indexes_asked(load_rulebook(_texts_in_force(config)))) - set(records.indexes))
    told = [f"{name}: {table.records:,} recorded on {table.built_at[:10]}" for name, table in records.indexes.items()]
    documents = len(records.documents.documents) if records.documents else 0
    text = f"{'; '.join(told) or 'no index'}; {documents} registered document{'' if documents == 1 else 's'}"
    if missing:
        return Check("records", "warning", f"{text}. Rules ask for what does not exist: {', '.join(missing)}")
    return Check("records", "ok", text)


def _store(config: Config) -> Check:
    store = open_store(config)

    async def look() -> tuple[str, list[str]]:
        return await store.database(), await store.verify_audit()

    try:
        database, problems = asyncio.run(look())
    finally:
        store.close()
    if problems:
        return Check("store", "failed", f"the audit chain does not hold: {problems[0]}")
    return Check("store", "ok", f"{database}, commits are durable, the audit chain holds")


def _partners(config: Config) -> Check:
    """The registry in force; before the first start, the one that would be."""
    store = open_store(config)
    try:
        text = store.current_rules().get(registry.FILE) or load_texts(config.rules)[registry.FILE]
        waiting = len(store.open_proposals(registry.FILE))
    finally:
        store.close()
    day = datetime.now(ZoneInfo(config.council.time_zone)).date()
    counts = {word: n for word, n in registry.count_by_standing(registry.entries_of(text), day).items() if n}
    told = ", ".join(f"{n} {word.replace('due_', 'due within ').replace('_', ' ')}" for word, n in counts.items())
    if waiting:
        told += f"; {waiting} {'change waits' if waiting == 1 else 'changes wait'} for a second administrator"
    if any(word.startswith(("due_", "in_grace")) for word in counts):
        return Check("partners", "warning", f"{told} (days to review); `dlp-gateway partners list --due` names them")
    return Check("partners", "ok", told or "no entry")


def _recipients(config: Config) -> Check:
    """Recipients' keys, and the files that vouch for them."""
    ring = ring_in_store(config, with_store=True)
    now = datetime.now(UTC)
    counts = {state: n for state, n in count_by_state(ring, now).items() if n}
    told = ", ".join(f"{n} {state.replace('due_', 'ending within ').replace('_', ' ')}" for state, n in counts.items())
    text = f"keys for encryption: {told or 'none'}"
    warnings = file_warnings(ring, now)
    if warnings:
        return Check("recipients", "warning", f"{text}; {'; '.join(map(str, warnings))}")
    if counts.keys() - NO_WORRY:
        return Check("recipients", "warning", f"{text} (days); `dlp-gateway keys list` names them")
    return Check("recipients", "ok", text)


def _contacts(config: Config) -> Check:
    """What was learned of contacts."""
    if not config.learning.enabled:
        return Check("contacts", "ok", "learning is switched off; rules about habits never apply")
    key = Marker(load_keys(config.keys.folder).contacts).key_mark
    store = open_store(config)
    try:
        known = asyncio.run(store.contacts.so_far(key))
    finally:
        store.close()
    if known.since is None:
        text = "nothing learned under this key; rules about habits don't apply yet"
        return Check("contacts", "warning", text) if known.habits else Check("contacts", "ok", text)
    text = f"learned since {known.since} from {known.mails:,} mails to outside: {known.habits:,} habits"
    return Check("contacts", "ok", f"{text}, {known.spellings:,} spellings, {known.threads:,} internal threads")


def _console(config: Config) -> Check:
    """Links in hold notices lead to it."""
    if config.console.url is None:
        return Check("console", "ok", "is not set up, so hold notices carry no link")
    listener = config.listeners.console
    # An address that means every one of this machine's is none to go to.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listener.host, listener.host)
    with closing(http.client.HTTPConnection(host, listener.port, timeout=CONSOLE_SECONDS)) as connection:
        try:
            connection.request("GET", "/healthz")
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            text = "nobody answers; `dlp-gateway serve` or `dlp-gateway console` runs it"
            return Check("console", "warning", f"{listener.host}:{listener.port}: {text}")
    if status != http.HTTPStatus.OK:
        return Check(
            "console", "failed", f"{listener.host}:{listener.port}: is not well (status {status}); see its log"
        )
    return Check("console", "ok", f"answers at {listener.host}:{listener.port}")


def _disk(config: Config) -> Check:
    free = shutil.disk_usage(config.store.spool).free
    least = config.store.min_free_bytes
    if free < least:
        return Check("disk", "failed", f"{free // MIB} MiB free, mail is refused below {least // MIB} MiB; make room")
    return Check("disk", "ok", f"{free // MIB} MiB free")


def _fsync(folder: Path) -> Check:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".doctor-{os.getpid()}"
    times = []
    with path.open("wb", buffering=0) as file:
        try:
            for _ in range(FSYNC_TRIES):
                file.write(bytes(4096))
                started = time.perf_counter()
                os.fsync(file.fileno())
                times.append((time.perf_counter() - started) * 1000)
        finally:
            path.unlink()
    median = statistics.median(times)
    if median > SLOW_FSYNC_MS:
        return Check("fsync", "warning", f"median {median:.1f} ms: each record waits for the disk; a faster one helps")
    return Check("fsync", "ok", f"median {median:.2f} ms, longest {max(times):.1f} ms of {FSYNC_TRIES}")


def _memory(config: Config) -> Check:
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    needed = 600 * MIB + config.workers.count * 200 * MIB
    if total < needed:
        return Check(
            "memory", "warning", f"{total // MIB} MiB in all; {config.workers.count} workers want {needed // MIB} MiB"
        )
    return Check(
        "memory", "ok", f"{total // MIB} MiB in all, {os.cpu_count()} cores for {config.workers.count} workers"
    )


def _open_files(config: Config) -> Check:
    said = shortage(config)
    return Check("open files", "failed", said) if said else Check("open files", "ok", f"{needed_files(config)} allowed")


def _sandbox(config: Config) -> Check:
    weak = config.workers.weak_sandbox
    version = sandbox.landlock_version()
    if version == 0 and not weak:
        return Check(
            "sandbox",
            "failed",
            "this kernel has no Landlock (Linux 5.13 or newer, switched on by lsm=landlock,...), so documents can't be "
            "read apart and the gateway does not start; workers.weak_sandbox: true does without, which is not advised",
        )
    if through := sandbox.escapes(weak=weak):
        return Check("sandbox", "failed", f"it does not hold: a process inside could {', '.join(through)}")
    walls = f"Landlock {version}, system-call filter and limits" if version else "system-call filter and limits only"
    state = "ok" if version else "warning"
    return Check("sandbox", state, f"{walls}; every attempt to get out was refused")


def _programs() -> Iterator[Check]:
    """What runs under bubblewrap. Without those that read, such files are gaps, and mail is held; without those that
    encrypt, mail that must be encrypted so is not sent."""
    for name, program in sandbox.PROGRAMS.items():
        fault = sandbox.bubblewrap_fault(system_folders=program.system_folders)
        missing = sandbox.missing_programs(name)
        verb = "read" if program.reads else "made"
        if missing:
            text = f"{program.purpose}: not {verb}; install Debian's package {' and '.join(missing)}"
        elif fault is not None:
            text = f"{program.purpose}: not {verb}; {fault}"
        else:
            yield Check(f"program {name}", "ok", f"{program.purpose}: {verb} under bubblewrap")
            continue
        meanwhile = "Each message with one is held" if program.reads else "Mail that needs it is not sent"
        yield Check(f"program {name}", "warning", f"{text}. {meanwhile} meanwhile")


async def _routes(config: Config) -> list[Check]:
    relay = Relay(config, set_up_direct(config))
    checks = []
    try:
        for name in sorted(config.routes):
            try:
                checks.append(Check(f"route {name}", "ok", await relay.probe(name)))
            except GatewayError as error:
                checks.append(Check(f"route {name}", "failed", str(error)))
    finally:
        await relay.close()
    return checks
