"""Private instances of the real Postfix, before and behind the gateway.

Each has its own configuration, queue, log and unprivileged ports on 127.0.0.1, and leaves the
machine's own Postfix alone. Its master must be root (master(8)), so these tests must be too.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.ports import free_port, speaks_first
from tests.support.waiting import wait_until

_PROGRAMS = "/usr/sbin:/sbin:/usr/bin:/bin"

_MAIN_CF = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = {name}.postfix.example
myorigin = $myhostname
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
message_size_limit = 104857600
mailbox_size_limit = 0
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
smtputf8_enable = yes
smtpd_relay_restrictions = permit_mynetworks, reject
# tests wait for the second attempt, not for five minutes
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
notify_classes =
"""

# All services without chroot: Debian's chroot wants files that only its own start script puts there.
_MASTER_CF = """
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""

_REINJECTION = (
    "127.0.0.1:{port} inet n - n - - smtpd"
    " -o content_filter= -o smtpd_proxy_filter= -o smtpd_milters= -o smtpd_authorized_xforward_hosts=127.0.0.0/8"
    " -o smtpd_client_restrictions= -o smtpd_helo_restrictions= -o smtpd_sender_restrictions="
    " -o smtpd_relay_restrictions= -o smtpd_recipient_restrictions=permit_mynetworks,reject"
    " -o smtpd_data_restrictions= -o mynetworks=127.0.0.0/8"
    " -o receive_override_options=no_unknown_recipient_checks\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postfix:
    """One running instance. `port` takes mail in; `reinjection_port` takes it back from a filter."""

    name: str
    folder: Path
    port: int
    reinjection_port: int | None = None
    _process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def mail(self) -> Path:
        """The folder whose Maildir gets the mail that this instance delivers itself."""
        return self.folder / "mail"

    def log(self) -> str:
        path = self.folder / "maillog"
        return path.read_text(errors="replace") if path.exists() else ""

    def queue(self) -> list[dict[str, Any]]:
        """What waits in the queue, as `postqueue -j` says it (postqueue(1), JSON OBJECT FORMAT): each message once."""
        waiting = [json.loads(line) for line in self.run("postqueue", "-j").splitlines()]
        # The command walks one queue after the other: it tells a message that moves on meanwhile twice.
        return list({message["queue_id"]: message for message in waiting}.values())

    def wait_for_empty_queue(self, *, seconds: float = 60) -> None:
        """Wait until all mail has left. Raises TimeoutError."""
        wait_until(lambda: not self.queue(), f"an empty queue of {self.name}", seconds=seconds)

    def flush(self) -> None:
        """Try all waiting mail now."""
        self.run("postqueue", "-f")

    def submit(self, octets: bytes, *recipients: str, reverse_path: str) -> None:
        """Hand a message in by the sendmail command, as programs on the MTA's own machine do."""
        command = [_find("sendmail"), "-C", str(self.folder / "etc"), "-i", "-f", reverse_path, *recipients]
        subprocess.run(command, check=True, input=octets.replace(b"\r\n", b"\n"), env=_ENVIRONMENT, timeout=60)

    def run(self, program: str, *arguments: str) -> str:
        """Run one of Postfix's own programs on this instance."""
        command = [_find(program), "-c", str(self.folder / "etc"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=_ENVIRONMENT, timeout=60).stdout


@contextmanager
def delivering(name: str = "back", **options: str) -> Iterator[Postfix]:
    """A next hop that delivers mail for every address into one Maildir (`messages_for` tells them apart)."""
    with _running(name, _delivery_options() | options, "{smtpd}\n") as postfix:
        yield postfix


@contextmanager
def relaying(gateway_port: int, name: str = "front", **options: str) -> Iterator[Postfix]:
    """An MTA that has the gateway as its smart host."""
    with _running(name, _relay_options(gateway_port) | options, "{smtpd}\n") as postfix:
        yield postfix


@contextmanager
def proxying(
    gateway_port: int, *, reinjection_port: int, relay_port: int | None = None, name: str = "proxy", **options: str
) -> Iterator[Postfix]:
    """An MTA with the gateway as before-queue filter (SMTPD_PROXY_README). It delivers into its own
    Maildir what comes back on `reinjection_port`, or hands it to `relay_port`."""
    smtpd = f"{{smtpd}} -o smtpd_proxy_filter=127.0.0.1:{gateway_port}\n"
    onward = _delivery_options() if relay_port is None else _relay_options(relay_port)
    with _running(name, onward | options, smtpd, reinjection_port) as postfix:
        yield postfix


@contextmanager
def content_filtering(
    gateway_port: int, *, reinjection_port: int, relay_port: int | None = None, name: str = "filter", **options: str
) -> Iterator[Postfix]:
    """An MTA with the gateway as after-queue filter (FILTER_README). As `proxying` otherwise."""
    services = (
        f"{{smtpd}} -o content_filter=scan:[127.0.0.1]:{gateway_port}"
        " -o receive_override_options=no_address_mappings\n"
        "scan unix - - n - 10 smtp -o smtp_send_xforward_command=yes -o disable_mime_output_conversion=yes"
        " -o smtp_generic_maps=\n"
    )
    onward = _delivery_options() if relay_port is None else _relay_options(relay_port)
    with _running(name, onward | options, services, reinjection_port) as postfix:
        yield postfix


@contextmanager
def asking(milter: str, *, reinjection_port: int, name: str = "asking", **options: str) -> Iterator[Postfix]:
    """An MTA that shows all its mail to a milter (MILTER_README) and delivers into its own Maildir, also what comes in
    on `reinjection_port`, which it shows to nobody."""
    settings = {"smtpd_milters": milter, "non_smtpd_milters": milter}
    with _running(name, _delivery_options() | settings | options, "{smtpd}\n", reinjection_port) as postfix:
        yield postfix


@contextmanager
def as_written(services: str, name: str = "guide", **options: str) -> Iterator[Postfix]:
    """An MTA with these lines of master.cf, in which `{port}` is where it takes mail in. It delivers what comes
    to the port where mail comes back from a filter, or would go outside, into its own Maildir."""
    with _running(name, _delivery_options() | options, services) as postfix:
        yield postfix


def send_with_smtp_source(port: int, *arguments: str) -> None:
    """Send mail with Postfix's load generator (smtp-source(1)) to a port of 127.0.0.1."""
    subprocess.run([_find("smtp-source"), *arguments, f"127.0.0.1:{port}"], check=True, env=_ENVIRONMENT, timeout=120)


# Postfix looks at little of the environment, and nothing of ours should steer it.
_ENVIRONMENT = {"PATH": _PROGRAMS, "LANG": "C.UTF-8"}


def _find(program: str) -> str:
    path = shutil.which(program, path=_PROGRAMS)
    if path is None:
        raise FileNotFoundError(f"{program}: not on this machine; deploy/system-packages test installs it")
    return path


def _delivery_options() -> dict[str, str]:
    owner = pwd.getpwnam("nobody")
    return {
        "transport_maps": "static:virtual:",
        # A regular expression may not name the mailbox (virtual(8), SECURITY), so there is one for all;
        # X-Original-To on top of each message says whose it is.
        "virtual_mailbox_base": "{folder}/mail",
        "virtual_mailbox_maps": "static:all/",
        "virtual_mailbox_limit": "0",
        "virtual_minimum_uid": "1",
        "virtual_uid_maps": f"static:{owner.pw_uid}",
        "virtual_gid_maps": f"static:{owner.pw_gid}",
        "virtual_destination_concurrency_limit": "20",
    }


def _relay_options(port: int) -> dict[str, str]:
    return {"relayhost": f"[127.0.0.1]:{port}", "smtp_destination_concurrency_limit": "20"}


@contextmanager
def _running(
    name: str, options: dict[str, str], services: str, reinjection_port: int | None = None
) -> Iterator[Postfix]:
    if os.geteuid() != 0:
        raise PermissionError("Postfix starts as root only: run the system tests as root, best in a container")
    # Not below pytest's tmp_path, which only root may enter: Postfix works as other users too.
    folder = Path(tempfile.mkdtemp(prefix=f"postfix-{name}-"))
    port = free_port()
    try:
        _write(folder, name, port, options, services, reinjection_port)
        command = [_find("postfix"), "-c", str(folder / "etc"), "start-fg"]
        with (folder / "start.log").open("wb") as start_log:
            process = subprocess.Popen(
                command, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=start_log, stderr=start_log
            )
        postfix = Postfix(name=name, folder=folder, port=port, reinjection_port=reinjection_port, _process=process)
        try:
            _wait_for_start(postfix, process)
            yield postfix
        finally:
            _stop(postfix, process)
    finally:
        shutil.rmtree(folder)


def _write(
    folder: Path, name: str, port: int, options: dict[str, str], services: str, reinjection_port: int | None
) -> None:
    folder.chmod(0o755)
    owner = pwd.getpwnam("postfix")
    for sub, uid in (("etc", 0), ("queue", 0), ("data", owner.pw_uid), ("mail", pwd.getpwnam("nobody").pw_uid)):
        (folder / sub).mkdir(mode=0o755)
        os.chown(folder / sub, uid, 0)
    lines = [f"{key} = {value.format(folder=folder)}" for key, value in options.items()]
    (folder / "etc/main.cf").write_text(_MAIN_CF.format(folder=folder, name=name) + "\n".join(lines) + "\n")
    listening = services.format(smtpd=f"127.0.0.1:{port} inet n - n - - smtpd", port=port)
    if reinjection_port is not None:
        listening += _REINJECTION.format(port=reinjection_port)
    (folder / "etc/master.cf").write_text(_MASTER_CF + listening)


def _wait_for_start(postfix: Postfix, process: subprocess.Popen[bytes]) -> None:
    ports = [port for port in (postfix.port, postfix.reinjection_port) if port is not None]

    def ready() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"Postfix did not start: {(postfix.folder / 'start.log').read_text()}\n{postfix.log()}")
        return all(speaks_first(port) for port in ports)

    wait_until(ready, f"Postfix {postfix.name} on port {postfix.port}")


def _stop(postfix: Postfix, process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        postfix.run("postfix", "stop")
        process.wait(timeout=30)
