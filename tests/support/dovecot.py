"""The real Dovecot on loopback, for nothing but its answers to log-ins."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port
from tests.support.waiting import wait_until

_CONFIG = """
base_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols =
ssl = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
auth_username_format = %Lu
first_valid_uid = 0
passdb {{
  driver = passwd-file
  args = {folder}/passwd
}}
service auth {{
  user = root
  unix_listener {folder}/auth-client {{
    mode = 0600
  }}
  inet_listener {{
    address = 127.0.0.1
    port = {port}
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """Where it answers: the same over a Unix socket and over TCP."""

    socket: str
    tcp: str


@contextmanager
def running_dovecot(folder: Path, people: Mapping[str, str], *, mechanisms: str = "plain login") -> Iterator[Dovecot]:
    """`people`: the rest of a line of its passwd-file by name, such as "{PLAIN}secret"."""
    port = free_port()
    (folder / "passwd").write_text("".join(f"{name}:{rest}\n" for name, rest in people.items()))
    config = folder / "dovecot.conf"
    config.write_text(_CONFIG.format(folder=folder, port=port, mechanisms=mechanisms))
    command = ["/usr/sbin/dovecot", "-F", "-c", str(config)]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        wait_until((folder / "auth-client").exists, "Dovecot to listen")
        yield Dovecot(socket=str(folder / "auth-client"), tcp=f"127.0.0.1:{port}")
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # its auth process would else go on for those who are connected
        process.wait(10)
