"""A domain name system of its own on loopback: the real BIND as the only authority, signed, and the real Unbound as the
validating resolver that programs ask.

Names below "safe." are signed, "plain." is a delegation without signatures, "bogus." one whose signatures do not hold.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port
from tests.support.waiting import wait_until

_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_SOA = "@ 300 IN SOA ns.safe. admin.safe. 1 3600 900 86400 300\n@ 300 IN NS ns.safe.\n"
_ROOT = _SOA + "ns.safe. 300 IN A 127.0.0.1\nplain. 300 IN NS ns.safe.\nbogus. 300 IN NS ns.safe.\n"
_NOT_ITS_KEY = f"bogus. 300 IN DS 12345 13 2 {'ab' * 32}\n"

_NAMED = """
options {{
  directory "{folder}"; pid-file none; session-keyfile none; managed-keys-directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; notify no; allow-query {{ any; }};
}};
controls {{ }};
zone "." {{ type primary; file "root.signed"; }};
zone "plain" {{ type primary; file "plain.zone"; }};
zone "bogus" {{ type primary; file "bogus.zone.signed"; }};
"""

_UNBOUND = """
server:
  interface: 127.0.0.1
  port: {port}
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: "{folder}/unbound.log"
  do-not-query-localhost: no
  do-ip6: no
  module-config: "validator iterator"
  trust-anchor-file: "{folder}/anchor"
  access-control: 127.0.0.0/8 allow
  cache-max-negative-ttl: 1
remote-control:
  control-enable: no
stub-zone:
  name: "."
  stub-addr: 127.0.0.1@{authority}
"""


@contextmanager
def name_lab(folder: Path, records: Sequence[str]) -> Iterator[str]:
    """The resolver, as "127.0.0.1:PORT". `records` are lines of a zone file with full names, final dot included."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_zones(folder, records)
    authority, port = free_port(), free_port()
    (folder / "named.conf").write_text(_NAMED.format(folder=folder, port=authority))
    (folder / "unbound.conf").write_text(_UNBOUND.format(folder=folder, port=port, authority=authority))
    with (
        _running(folder, "named", "-f", "-n", "1", "-c", "named.conf", "-L", "named.log"),
        _running(folder, "unbound", "-d", "-c", "unbound.conf"),
    ):
        wait_until(lambda: _answers(port), "the resolver to answer")
        yield f"127.0.0.1:{port}"


def _write_zones(folder: Path, records: Sequence[str]) -> None:
    zones = {"plain": _SOA, "bogus": _SOA, "root": _ROOT + _NOT_ITS_KEY}
    for record in records:
        name = record.split(maxsplit=1)[0]
        zone = next((z for z in ("plain", "bogus") if name.endswith(f".{z}.")), "root")
        zones[zone] += record + "\n"
    (folder / "plain.zone").write_text(zones["plain"])
    (folder / "bogus.zone").write_text(zones["bogus"])
    (folder / "root").write_text(zones["root"])
    _sign(folder, "bogus.", "bogus.zone")
    key = _sign(folder, ".", "root")
    (folder / "anchor").write_text((folder / f"{key}.key").read_text())


def _sign(folder: Path, zone: str, file: str) -> str:
    """Signs with new keys; answers the name of the one that anchors trust."""
    _run(folder, "dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", zone)
    key = _run(folder, "dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", zone).strip()
    _run(folder, "dnssec-signzone", "-q", "-S", "-x", "-o", zone, "-f", f"{file}.signed", file)
    return key


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=_environment(), check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stderr}"
    return done.stdout


@contextmanager
def _running(folder: Path, *command: str) -> Iterator[None]:
    with (folder / f"{command[0]}.out").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, env=_environment())
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{_PATH}"}


def _answers(port: int) -> bool:
    import dns.exception
    import dns.message
    import dns.query

    try:
        answer = dns.query.udp(dns.message.make_query("ns.safe.", "A"), "127.0.0.1", port=port, timeout=2)
    except (dns.exception.DNSException, OSError):
        return False
    return bool(answer.answer)
