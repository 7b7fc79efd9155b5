"""What encryption of a message costs, from octets to octets: `python bench/sealing.py`. Wall clock with all that runs
inside the sandbox; computing of the gateway's own process, in which other messages wait, and of all inside; memory of
both."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlp_gateway import sandbox
from dlp_gateway.act.openpgp import OpenpgpSigner, encrypt_openpgp
from dlp_gateway.act.smime import SmimeProfile, SmimeSigner, encrypt_smime
from tests.support.encryption_keys import Gpg, ec_key, rsa_key, smime_key
from tests.support.mail_shapes import encoded, mime, multipart

NAMESPACES = next(
    line.split()[1:] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("NSpid")
)
MODERN, COMPATIBLE = SmimeProfile
SIZES = {"4 kB": 4_000, "10 MB": 10_000_000, "50 MiB": 50 * 2**20}


def message(size: int) -> bytes:
    if size < 100_000:
        return mime("text/plain; charset=us-ascii", "Some words of a letter, as people write them.\r\n" * (size // 48))
    return multipart("mixed", encoded("application/pdf", os.urandom(size * 73 // 100), "letter.pdf"))


def measured(work: Callable[[], object], times: int) -> tuple[float, ...]:
    """Milliseconds of wall clock, the best of several; mean milliseconds of computing here, and inside; MiB that this
    process grew by at most, and MiB of the largest process inside. In a child, which sees nothing of other cases."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        work()
        spent, computing = [], -seconds_computed()
        for _ in range(times):
            started = time.perf_counter()
            work()
            spent.append(time.perf_counter() - started)
        computing += seconds_computed()
        computing_inside = without_walls(work, times)
        before = resident("self", "VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the highest water mark of this process begins anew
        inside = watched(work)
        grown = resident("self", "VmHWM") - before
        figures = (min(spent) * 1000, computing / times * 1000, computing_inside / times * 1000, grown, inside)
        os.write(writer, " ".join(map(str, figures)).encode())
        os._exit(0)
    os.close(writer)
    said = os.read(reader, 200).decode()
    os.close(reader)
    os.wait()
    return tuple(map(float, said.split()))


def seconds_computed() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def without_walls(work: Callable[[], object], times: int) -> float:
    """Seconds of computing of what runs inside, which bubblewrap hides: the same programs without it."""

    def run(name: str, pieces: Iterable[bytes], _seconds: float) -> bytes:
        program = sandbox.PROGRAMS[name]
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **dict(program.environment)}
        with tempfile.TemporaryDirectory() as folder:
            command, octets = program.command, b"".join(pieces)
            return subprocess.run(
                command, input=octets, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True
            ).stdout

    walled, sandbox.run_program_over = sandbox.run_program_over, run
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(times):
        work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    sandbox.run_program_over = walled
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def watched(work: Callable[[], object]) -> float:
    """MiB of the largest process below this one while it works, looked at every two milliseconds."""
    largest, done = 0.0, threading.Event()

    def look() -> None:
        nonlocal largest
        while not done.wait(0.002):
            for pid in descendants(os.getpid()):
                largest = max(largest, resident(pid, "VmHWM"))

    thread = threading.Thread(target=look)
    thread.start()
    work()
    done.set()
    thread.join()
    return largest


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            found += [child, *descendants(child)]
    return found


def resident(pid: int | str, field: str) -> float:
    """MiB; 0 for a process that is not in the sandbox yet, which still counts the memory of the one that started it."""
    with contextlib.suppress(OSError):
        lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        if "VmHWM" in lines and (pid == "self" or len(lines["NSpid"].split()) > len(NAMESPACES)):
            return int(lines[field].split()[0]) / 1024
    return 0.0


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="sealing-"))
    rsa, large = smime_key(folder, "rsa", rsa_key()), smime_key(folder, "large", rsa_key(4096))
    curve = smime_key(folder, "curve", ec_key(), uses=("key_agreement",))
    own = smime_key(folder, "own", rsa_key(3072), uses=("digital_signature",))
    gpg = Gpg(folder / "g")
    theirs = gpg.certificate(gpg.make("theirs", "future-default", "default", "1y"))
    old = gpg.certificate(gpg.make("old", "rsa4096", "sign,encr", "1y"))
    ours = gpg.secret(gpg.make("ours", "future-default", "default", "1y"))
    gpg.close()
    signer, now = SmimeSigner(certificate=own.pem, key=own.key.read_bytes()), datetime.now(UTC)
    ways: dict[str, Callable[[bytes], object]] = {
        "S/MIME modern, RSA-2048": lambda m: encrypt_smime(m, [rsa.pem], profile=MODERN, now=now),
        "S/MIME modern, RSA-4096": lambda m: encrypt_smime(m, [large.pem], profile=MODERN, now=now),
        "S/MIME modern, P-256": lambda m: encrypt_smime(m, [curve.pem], profile=MODERN, now=now),
        "S/MIME compatible, RSA-2048": lambda m: encrypt_smime(m, [rsa.pem], profile=COMPATIBLE, now=now),
        "S/MIME modern, signed before": lambda m: encrypt_smime(m, [rsa.pem], profile=MODERN, signer=signer, now=now),
        "OpenPGP, Curve25519": lambda m: encrypt_openpgp(m, [theirs], now=now),
        "OpenPGP, RSA-4096": lambda m: encrypt_openpgp(m, [old], now=now),
        "OpenPGP, signed": lambda m: encrypt_openpgp(m, [theirs], signer=OpenpgpSigner(key=ours), now=now),
    }
    subprocess.run(["openssl", "version"], check=True)
    print("load", os.getloadavg())
    for name, way in ways.items():
        for label, size in SIZES.items():
            octets = message(size)
            work, times = (lambda way=way, octets=octets: way(octets)), 25 if size < 100_000 else 3
            wall, computed, apart, grown, inside = measured(work, times)
            figures = f"{wall:5.0f} ms; computing {computed:4.0f} here, {apart:5.0f} inside"
            figures += f"; MiB {grown:4.0f} here, {inside:4.0f} inside"
            print(f"{name:28} {label:6} {figures}")


if __name__ == "__main__":
    main()
