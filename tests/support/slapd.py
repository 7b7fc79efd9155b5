"""The real OpenLDAP server on loopback, with a few people's certificates in it."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port
from tests.support.waiting import wait_until

BASE = "dc=partner,dc=example"
USER, PASSWORD = f"cn=reader,{BASE}", "let me look"

_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.pem
require {require}
database mdb
suffix "{base}"
directory {folder}/data
rootdn "{user}"
rootpw "{password}"
"""


@contextmanager
def running_slapd(
    folder: Path,
    server_pem: bytes,
    people: Mapping[str, Sequence[bytes]],
    *,
    log_in: bool = False,
    entries: Sequence[str] = (),
    clear_port: int | None = None,
) -> Iterator[str]:
    """Its URL meanwhile. `people`: certificates (DER) by address. `log_in`: nobody may search without. `entries`: more,
    as LDIF. `clear_port`: where it begins without TLS, too."""
    (folder / "data").mkdir(parents=True)
    (folder / "server.pem").write_bytes(server_pem)
    require = "authc" if log_in else "none"
    config = _CONFIG.format(folder=folder, base=BASE, user=USER, password=PASSWORD, require=require)
    (folder / "slapd.conf").write_text(config)
    written = [f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: partner\no: Partner\n"]
    for number, (address, certificates) in enumerate(people.items()):
        values = "".join(f"userCertificate;binary:: {base64.b64encode(der).decode()}\n" for der in certificates)
        written.append(
            f"dn: cn=person {number},{BASE}\nobjectClass: inetOrgPerson\ncn: person {number}\nsn: {number}\n"
            f"mail: {address}\n{values}"
        )
    ldif = "\n".join([*written, *entries]).encode()
    environment = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}
    command = ["slapadd", "-f", str(folder / "slapd.conf")]
    added = subprocess.run(command, input=ldif, capture_output=True, env=environment, check=False)
    assert added.returncode == 0, added.stderr.decode()
    port = free_port()
    url = f"ldaps://localhost:{port}"
    urls = url if clear_port is None else f"{url} ldap://localhost:{clear_port}"
    with (folder / "slapd.log").open("wb") as log:
        process = subprocess.Popen(
            ["slapd", "-d", "0", "-f", str(folder / "slapd.conf"), "-h", urls], stdout=log, stderr=log, env=environment
        )
    try:
        wait_until((folder / "pid").exists, "slapd to listen")
        yield url
    finally:
        process.terminate()
        process.wait(10)
