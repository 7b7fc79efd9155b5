"""A real PostgreSQL cluster, thrown away afterwards.

It listens on a free port of 127.0.0.1, and commits as durably as in service: the store refuses anything
else. A missing server is an error, never a skip.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.ports import free_port

USERS = ("postgres", "nobody")
"""Whoever exists first runs the server when the tests are root: PostgreSQL refuses to be root."""


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A running cluster whose superuser needs no password."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql://tests@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements outside any transaction."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


def programs() -> Path:
    """The folder of initdb and postgres, newest version first."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    found = versions[0] if versions else shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is not installed; `make setup` or your package manager installs it")
    return Path(found).resolve().parent


@contextmanager
def run_postgresql() -> Iterator[PostgreSQL]:
    """Start a cluster, stop and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    prefix: list[str] = []
    if os.geteuid() == 0:
        account = next(entry for name in USERS for entry in pwd.getpwall() if entry.pw_name == name)
        os.chown(folder, account.pw_uid, account.pw_gid)
        prefix = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    bin_, port = programs(), free_port()
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    initdb = [str(bin_ / "initdb"), "-D", str(folder / "data"), "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=200"
    control = [str(bin_ / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    try:
        subprocess.run([*prefix, *initdb, "--locale=C.UTF-8"], **quiet)
        subprocess.run([*prefix, *control, "-o", options, "-l", str(folder / "log"), "start"], **quiet)
        try:
            yield PostgreSQL(port=port)
        finally:
            subprocess.run([*prefix, *control, "-m", "immediate", "stop"], **quiet)
    finally:
        shutil.rmtree(folder)
