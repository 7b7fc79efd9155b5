"""What `bench` measures: a sink, a private Postfix and a gateway, each a process of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Self

PROGRAMS = "/usr/sbin:/sbin:/usr/bin:/bin"
ENVIRONMENT = {"PATH": PROGRAMS, "LANG": "C.UTF-8"}
SMTP_SOURCE = shutil.which("smtp-source", path=PROGRAMS) or "smtp-source"
SMTP_SINK = shutil.which("smtp-sink", path=PROGRAMS) or "smtp-sink"
POSTFIX = shutil.which("postfix", path=PROGRAMS) or "postfix"
START_SECONDS = 60.0

_MAIN_CF = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = bench.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
relayhost = [127.0.0.1]:{relay}
"""

# Unchrooted, otherwise as Postfix ships it.
_MASTER_CF = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

_CONFIG = """hostname: bench.council.example
listeners:
  smtp: [{{host: 127.0.0.1, port: {port}}}]
  health: {{enabled: false}}
clients: [{{name: bench, networks: [127.0.0.0/8], vouches_for_sender: true}}]
routes:
  relay: {{kind: relay, next_hop: "127.0.0.1:{relay}"}}
  secure: {{kind: tls, next_hop: "127.0.0.1:{relay}"}}
store: {{url: "sqlite:///{folder}/gateway.db", spool: "{folder}/spool"}}
keys: {{folder: "{folder}/keys"}}
log_level: warning
"""


def missing_programs() -> list[str]:
    """Names of programs that are not on this machine."""
    return [name for name in ("smtp-source", "smtp-sink", "postfix") if shutil.which(name, path=PROGRAMS) is None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def until_greeting(port: int) -> None:
    """Wait until something greets on that port. Raises TimeoutError."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                greeting = await reader.read(3)
                writer.close()
                if greeting == b"220":
                    return
            except OSError:
                pass  # not up yet
            await asyncio.sleep(0.05)


class Sink:
    """smtp-sink: takes all mail and forgets it."""

    async def __aenter__(self) -> Self:
        self.port = free_port()
        self._process = await asyncio.create_subprocess_exec(
            SMTP_SINK, "-u", "nobody", f"127.0.0.1:{self.port}", "1024", env=ENVIRONMENT
        )
        await until_greeting(self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.terminate()
        await self._process.wait()


class PostfixUnderTest:
    """Postfix as a relay to the sink, with its queue on the measured disk."""

    def __init__(self, folder: Path, relay: int) -> None:
        self._folder = folder / "postfix"
        self._relay = relay
        self.port = free_port()

    async def __aenter__(self) -> Self:
        for name in ("etc", "queue", "data"):
            (self._folder / name).mkdir(parents=True)
        shutil.chown(self._folder / "data", "postfix")
        self._folder.parent.chmod(0o755)
        values = {"folder": self._folder, "relay": self._relay, "port": self.port}
        (self._folder / "etc" / "main.cf").write_text(_MAIN_CF.format(**values))
        (self._folder / "etc" / "master.cf").write_text(_MASTER_CF.format(**values))
        await self._postfix("start")
        await until_greeting(self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._postfix("stop")

    async def _postfix(self, action: str) -> None:
        process = await asyncio.create_subprocess_exec(
            POSTFIX,
            "-c",
            str(self._folder / "etc"),
            action,
            env=ENVIRONMENT,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await process.wait()

    async def until_empty(self) -> None:
        """Wait until nothing is left in the queue's folders."""
        while any(self._holds_files(name) for name in ("maildrop", "incoming", "active", "deferred")):  # noqa: ASYNC110 - another program's files
            await asyncio.sleep(0.01)

    def _holds_files(self, name: str) -> bool:
        return any(files for _, _, files in os.walk(self._folder / "queue" / name))


class GatewayUnderTest:
    """This gateway as a process, with the shipped rules."""

    def __init__(self, folder: Path, relay: int) -> None:
        self._folder = folder / "gateway"
        self._relay = relay
        self.port = free_port()

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True)
        config = self._folder / "config.yaml"
        config.write_text(_CONFIG.format(folder=self._folder, relay=self._relay, port=self.port))
        await self._run("init", config, wait=True)
        self._process = await self._run("gateway", config, wait=False)
        await until_greeting(self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.terminate()
        await self._process.wait()

    async def _run(self, command: str, config: Path, *, wait: bool) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dlp_gateway", command, "--config", str(config), stdout=asyncio.subprocess.DEVNULL
        )
        if wait:
            await process.wait()
        return process

    def cpu_seconds(self) -> float:
        """User and system time of the gateway and its workers."""
        ticks = 0
        for pid in self._processes():
            fields = _of_process(pid, "stat").rpartition(")")[2].split()
            if fields:
                ticks += int(fields[11]) + int(fields[12])  # proc(5): utime, stime
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float:
        """Proportional set size of the gateway and its workers."""
        lines = [line for pid in self._processes() for line in _of_process(pid, "smaps_rollup").splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024

    def _processes(self) -> list[int]:
        """The gateway's process and all below it."""
        parents = {}
        for entry in Path("/proc").iterdir():
            fields = _of_process(int(entry.name), "stat").rpartition(")")[2].split() if entry.name.isdigit() else []
            if fields:
                parents[int(entry.name)] = int(fields[1])
        found = [self._process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found


def _of_process(pid: int, name: str) -> str:
    """A file of proc(5); "" when the process has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""
