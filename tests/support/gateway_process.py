"""The gateway as a process of its own, as an operator runs it: its folder, its configuration, its life."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dlp_gateway.keys import create_keys
from tests.support.forked_service import ForkedService, start_service
from tests.support.forks import run_command
from tests.support.migrated import put_migrated_database
from tests.support.ports import free_port

START_SECONDS = 60.0
PRODUCT = "dlp_gateway"

_HELD = "SELECT id FROM store_delivery WHERE kind = 'hold' AND state = 'held' ORDER BY created_at"


@dataclass(slots=True, kw_only=True)
class GatewayProcess:
    """A gateway whose folder outlives its process: it can be killed and started again."""

    folder: Path
    port: int
    as_command: str | None = None
    """The module that an interpreter of its own runs, as an operator's does: PRODUCT, or the same with a bug seeded
    into it. Where there is none the process is forked from one that has loaded the code, which starts in a tenth of
    the time, but holds more memory and is not measured by coverage."""

    command: str = "gateway"
    process: subprocess.Popen[str] | ForkedService | None = field(default=None, repr=False)

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def start(self) -> None:
        """Start and wait for the line `ready`. Raises RuntimeError with the log when it ends instead."""
        words, log = [self.command, "--config", str(self.config)], self.folder / "gateway.log"
        if self.as_command is None:
            self.process = start_service(words, log)
        else:
            with log.open("ab") as opened:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", self.as_command, *words], stdout=subprocess.PIPE, stderr=opened, text=True
                )
        assert self.process.stdout is not None
        if self.process.stdout.readline().strip() != "ready":
            self._reap()
            raise RuntimeError(f"the gateway did not start:\n{self.log()[-2000:]}")

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        assert self.process is not None
        self.process.kill()
        self._reap()

    def stop(self) -> int:
        """SIGTERM, and wait for the end of the drain; answers the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self._reap()

    def _reap(self) -> int:
        assert self.process is not None
        code = self.process.wait(timeout=START_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code

    def log(self) -> str:
        path = self.folder / "gateway.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read the store as it stands, without the gateway's help."""
        connection = sqlite3.connect(f"file:{self.folder}/gateway.db?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def held(self) -> list[str]:
        """Ids of the messages that are held, oldest first."""
        return [row[0] for row in self.rows(_HELD)]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command of ours under the same configuration."""
        return run_command([*arguments, "--config", str(self.config)])


def make_gateway(
    folder: Path, routes: Mapping[str, Mapping[str, Any]], *, as_command: str | None = None, **sections: Any
) -> GatewayProcess:
    """A gateway's folder with configuration and keys. `sections` replace top-level ones of the configuration."""
    port = free_port()
    settings: dict[str, Any] = {
        "hostname": "gateway.council.example",
        "listeners": {"smtp": [{"host": "127.0.0.1", "port": port}], "health": {"enabled": False}},
        "clients": [{"name": "test", "networks": ["127.0.0.0/8"], "vouches_for_sender": True}],
        "routes": {name: dict(route) for name, route in routes.items()},
        "store": {"url": "sqlite:///gateway.db", "spool": "spool", "min_free_bytes": 0},
        "keys": {"folder": "keys"},
        "workers": {"count": 2, "names": False},
        "retry": {"first_seconds": 0.2, "max_seconds": 1},
    }
    folder.mkdir(parents=True, exist_ok=True)
    gateway = GatewayProcess(folder=folder, port=port, as_command=as_command)
    settings |= sections
    gateway.config.write_text(yaml.safe_dump(settings))
    # What `init` does, and the first start, without the seconds that they take for each of fifty gateways.
    create_keys(folder / (settings | sections)["keys"]["folder"])
    (folder / "spool").mkdir(mode=0o700, exist_ok=True)
    if settings["store"]["url"] == "sqlite:///gateway.db":
        put_migrated_database(folder)
    return gateway


@contextmanager
def running_gateway(folder: Path, routes: Mapping[str, Mapping[str, Any]], **sections: Any) -> Iterator[GatewayProcess]:
    """A gateway that runs meanwhile."""
    gateway = make_gateway(folder, routes, **sections)
    gateway.start()
    try:
        yield gateway
    finally:
        if gateway.process is not None:
            gateway.stop()
