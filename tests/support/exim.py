"""A private instance of the real Exim, with the configuration that docs/guides/exim.md gives."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port, speaks_first
from tests.support.waiting import wait_until

_BESIDE = "/usr/local/lib/exim-for-tests/usr/sbin"
"""Where deploy/system-packages puts it: Debian has one mail server on a machine, and that is Postfix."""

_PRIVATE = """
exim_path = {program}
spool_directory = {folder}
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
local_interfaces = 127.0.0.1
primary_hostname = exim.council.example
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exim:
    """One running instance. `port` takes mail in, `back_port` takes it back from the gateway."""

    folder: Path
    port: int
    back_port: int

    def log(self) -> str:
        path = self.folder / "mainlog"
        return path.read_text(errors="replace") if path.exists() else ""

    def queued(self) -> int:
        """Messages that wait."""
        return int(self._run("-bpc").strip())

    def run_queue(self) -> None:
        """Try everything now, whatever the retry rules say."""
        self._run("-qff")

    def _run(self, option: str) -> str:
        return subprocess.run(
            _command(self.folder, option), check=True, capture_output=True, text=True, timeout=60
        ).stdout


def guide(repository: Path) -> str:
    """The configuration as the guide shows it."""
    text = (repository / "docs/guides/exim.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```exim\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(block)


@contextmanager
def running_exim(repository: Path, *, gateway_port: int, back_port: int, next_port: int) -> Iterator[Exim]:
    """It runs meanwhile, with the guide's configuration but for ports, addresses and folders."""
    owner = pwd.getpwnam("Debian-exim")
    folder = Path(tempfile.mkdtemp(prefix="exim-"))
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = free_port()
    yours = {
        "GATEWAY_PORT": gateway_port,
        "BACK_PORT": back_port,
        "NEXT_HOST": "127.0.0.1",
        "NEXT_PORT": next_port,
        "CLIENTS": "127.0.0.1",
        "daemon_smtp_ports": f"{port} : BACK_PORT",
    }
    text = guide(repository)
    for name, value in yours.items():
        text, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        assert found == 1, f"the guide sets no {name}"
    head, begin, rest = text.partition("begin acl")
    (folder / "etc").mkdir()
    (folder / "etc/exim4.conf").write_text(head + _PRIVATE.format(folder=folder, program=_program()) + begin + rest)
    try:
        process = subprocess.Popen(_command(folder, "-bdf", "-q1h"), stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: speaks_first(port) and speaks_first(back_port), f"Exim on port {port}")
            yield Exim(folder=folder, port=port, back_port=back_port)
        finally:
            process.terminate()
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder)


def _program() -> str:
    path = shutil.which("exim4", path=f"{_BESIDE}:/usr/sbin")
    if path is None:
        raise FileNotFoundError("exim4: not on this machine; deploy/system-packages test installs it")
    return path


def _command(folder: Path, *options: str) -> list[str]:
    """Exim with this folder's configuration in the usual place: as a user of its own it believes in no other."""
    place = f'mkdir -p /etc/exim4 && mount --bind {folder}/etc /etc/exim4 && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", place, "sh", _program(), *options]
