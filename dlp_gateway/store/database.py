"""Open a database: safe settings, schema up to date."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from ..errors import ConfigError, Fault, StoreUnavailableError

R = TypeVar("R")

_MIGRATION_LOCK = 0x444C5053  # PostgreSQL advisory lock: one process migrates, the others wait


def in_thread(work: Callable[[], R]) -> R:
    """Do it in a thread of its own: Django refuses to block a thread that runs a loop, and a connection
    belongs to its thread. Blocks until done."""
    answers: list[R] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, name="store-opening")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return answers[0]


def prepare(alias: str, lock: Path) -> None:
    """Check that commits are durable, and migrate.

    Raises ConfigError when the server is set so that acknowledged mail can be lost, StoreUnavailableError
    when it can't be reached.
    """
    try:
        for folder in sqlite_folder(alias):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # The files beside it (-wal, -shm) take its mode.
            os.close(os.open(str(connections[alias].settings_dict["NAME"]), os.O_CREAT | os.O_RDWR, 0o600))
        _check_durable(alias)
        with locked(lock, wait=True):
            _migrate(alias)
    except DatabaseError as error:
        raise StoreUnavailableError(f"the database can't be opened: {type(error).__name__}") from error
    except OSError as error:
        raise StoreUnavailableError(f"the database can't be opened: {error.strerror}") from error


def sqlite_folder(alias: str) -> list[Path]:
    """The folder of the database's file, if it is one."""
    settings = connections.databases[alias]
    return [Path(str(settings["NAME"])).parent] if "sqlite" in str(settings["ENGINE"]) else []


def free_bytes(folder: Path) -> int:
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def describe(alias: str) -> str:
    """The database and its version."""
    sqlite = connections[alias].vendor == "sqlite"
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if sqlite else "SHOW server_version")
        return f"{'SQLite' if sqlite else 'PostgreSQL'} {cursor.fetchone()[0]}"


def _check_durable(alias: str) -> None:
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            wanted = {"PRAGMA journal_mode": ("wal",), "PRAGMA synchronous": (2, 3), "PRAGMA foreign_keys": (1,)}
        else:
            wanted = {"SHOW synchronous_commit": ("on", "local", "remote_write", "remote_apply"), "SHOW fsync": ("on",)}
        for question, right in wanted.items():
            cursor.execute(question)
            value = cursor.fetchone()[0]
            if value not in right:
                name = question.split()[1]
                text = f"{name} is {value}: a crash could lose mail that was answered 250; set it to {right[0]}"
                raise ConfigError([Fault(file="store.url", text=text)])


def _migrate(alias: str) -> None:
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", database=alias, verbosity=0, interactive=False)
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_advisory_unlock(%s)", (_MIGRATION_LOCK,))


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a lock file."""
    descriptor = hold_lock(path, wait=wait)
    try:
        yield
    finally:
        os.close(descriptor)


def hold_lock(path: Path, *, wait: bool = False) -> int:
    """Lock the file until the descriptor is closed, at the latest by the end of the process, however it
    ends. Raises BlockingIOError when another process has it and we do not wait."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def gateway_lock(folder: Path, gateway_id: str) -> int:
    """The lock by which one gateway of that id runs at a time. Raises ConfigError where one does already."""
    name = hashlib.sha256(gateway_id.encode()).hexdigest()[:16]
    try:
        return hold_lock(folder / f".gateway-{name}.lock")
    except BlockingIOError:
        text = f"a gateway with the id “{gateway_id}” runs already; stop it first, or give this one another id"
        raise ConfigError([Fault(file="store.spool", text=text)]) from None
