"""What it costs to find and judge a recipient's key: `python -m bench.recipient_keys`."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pysequoia import Tsk

from dlp_gateway.recipient_keys import KeyKind, KeyRing, Trust, fault_of, names_of
from dlp_gateway.recipient_keys.trust import read_lists
from tests.support.mail_certificates import JO, MailAuthorities, pem, rsa_key
from tests.support.recipient_keys import key_of

ROUNDS = 500
KEYS = 2000
REVOKED = 10_000


def measured(what: str, work: Callable[[], object], rounds: int = ROUNDS) -> None:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    print(f"{what:<60} {statistics.median(times):8.3f} ms median  {times[rounds * 9 // 10]:8.3f} ms 90 %", flush=True)


def main() -> None:
    now = datetime.now(UTC)
    authorities = MailAuthorities()
    leaf = authorities.mail.issue(key=rsa_key(2048))
    octets = pem(leaf, authorities.mail.certificate)
    trust = Trust(roots=(authorities.root.certificate,))
    smime = key_of(octets)
    openpgp = key_of(bytes(Tsk.generate(f"Jo <{JO}>").extract_certificate()), by_fingerprint=True)
    measured("S/MIME, chain of three, no list", lambda: fault_of(smime, trust, now))
    shared = rsa_key(2048)
    told = authorities.mail.list_of(*(authorities.mail.issue(key=shared) for _ in range(REVOKED)))
    listed = Trust(roots=trust.roots, lists=read_lists(told, "list.pem"))
    measured(f"S/MIME, with a list of {REVOKED:,} ({len(told) >> 10} KiB)", lambda: fault_of(smime, listed, now))
    measured("OpenPGP, one subkey for encryption", lambda: fault_of(openpgp, trust, now))
    measured("names of a certificate", lambda: names_of(smime))
    ring = KeyRing.of([key_of(octets, f"p{n}@partner.example", id_=n) for n in range(KEYS)] + [smime], trust)
    measured(f"look-up among {KEYS:,}, found and judged", lambda: ring.for_recipient(JO, KeyKind.SMIME, now))
    measured(f"look-up among {KEYS:,}, nothing there", lambda: ring.for_recipient("x@none.example", KeyKind.SMIME, now))
    with tempfile.TemporaryDirectory() as folder:
        root, file = Path(folder, "root.pem"), Path(folder, "jo.pem")
        root.write_bytes(authorities.root.pem)
        file.write_bytes(octets)
        command = [
            "openssl",
            "verify",
            "-purpose",
            "smimeencrypt",
            "-CAfile",
            str(root),
            "-untrusted",
            str(file),
            str(file),
        ]
        measured(
            "openssl verify, a process, no sandbox",
            lambda: subprocess.run(command, check=True, capture_output=True),
            50,
        )


if __name__ == "__main__":
    main()
