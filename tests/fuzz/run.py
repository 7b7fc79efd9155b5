"""Fuzz with coverage: `python -m tests.fuzz.run TARGET SECONDS`, or `all SECONDS`, shared by all targets.

The package is instrumented once; each target runs in a forked child, since a native library may die on an input. Then
the child is followed by another, until the time is over. Findings are files under `--folder`; each is printed with how
to see it again. Ends with 1 where one of them is a defect (`findings.Class`), 0 otherwise.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .findings import SLOW_SECONDS, Class, Finding, target_of
from .target import TABLE

if TYPE_CHECKING:
    from .child import Blackboard, Task
    from .target import Target

PURE_LIBRARIES = ("asn1crypto", "compressed_rtf", "msoffcrypto")
"""Written in Python, so that coverage guides the fuzzer into them too."""
GROWTH_LIMIT_MIB = 16

_ROOT = Path(__file__).parents[2]
_OUT_OF_MEMORY = 71  # libFuzzer's own exit code
_PATIENCE_SECONDS = 90.0  # of wall time for one input, beyond any CPU time
_CONFIRM_SECONDS = 120.0
_MOST_RESTARTS = 40
_LEAK_SHARE = 0.15
_LEAK_INPUTS, _LEAK_INPUTS_A_SECOND = 30, 2  # each is read six times at least, so that few suit a short run
_SEEDS_A_SECOND = 5  # reading them all is not to take the time away from what grows of them
_COVERAGE = re.compile(r"cov: (\d+)")
_OUR_LINE = re.compile(r'File ".*?/dlp_gateway/([^"]+)", line (\d+)')


@dataclass(slots=True, kw_only=True)
class Account:
    """What came of one target."""

    target: str
    inputs: int = 0
    starved: int = 0  # ended in MemoryError, which is allowed
    covered: int = 0
    restarts: int = 0
    grown_kib: int | None = None  # of memory, while the same inputs came again
    rounds: int = 0
    clumsy: list[str] = field(default_factory=list)
    findings: list[Path] = field(default_factory=list)

    @property
    def defects(self) -> list[Path]:
        return [path for path in self.findings if f"-{Class.NATIVE_DEATH}-" not in path.name]

    def __str__(self) -> str:
        leak = "not measured" if self.grown_kib is None else f"{self.grown_kib:+d} KiB in {self.rounds} rounds"
        deaths = len(self.findings) - len(self.defects)
        return (
            f"{self.target:<16} {self.inputs:>9,} inputs  {self.covered:>5} branches  {self.restarts:>2} restarts  "
            f"{self.starved:>3} out of memory  {deaths} native deaths  {len(self.defects)} defects  memory {leak}"
        )


class Job:
    """One target's time: fuzzing, then the same inputs again and again to see whether memory grows."""

    def __init__(self, target: Target, table: str, seeds: list[bytes], seconds: float, seed: int, folder: Path) -> None:
        from .child import Blackboard
        from .seeds import write
        from .tokens import dictionary

        self.account = Account(target=target.name)
        self._target = target
        self._table = table
        self._seconds = seconds
        self._seed = seed
        self._work = folder / "work" / target.name
        self._corpus = folder / "corpus" / target.name
        self._findings = folder / "findings"
        self._findings.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._work, ignore_errors=True)
        self._corpus.mkdir(parents=True, exist_ok=True)
        write([*seeds, *self._earlier_findings()], self._work / "seeds")
        (self._work / "words.dict").write_text(dictionary(target.words), encoding="ascii")
        self._board: Blackboard = Blackboard(target.max_bytes)
        self._deadly: set[bytes] = set()
        self._log = self._work / "log.txt"
        self._pid = 0
        self._leaking = self._over = False
        self._started = 0.0
        self._moved = (0, 0.0)  # inputs read, and when that last changed

    def start(self) -> None:
        self._started = time.monotonic()
        self._fork()

    def poll(self) -> bool:
        """Look after the child; True when the target's time is over."""
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid == 0:
            self._watch()
            return False
        if self._leaking:
            self._end_of_leak()
            return True
        if not self._over:
            self._judge(os.waitstatus_to_exitcode(status))
        if self._over or self._left() < 1 or self.account.restarts == _MOST_RESTARTS:
            self._fork_for_leak()
        else:
            self.account.restarts += 1
            self._fork()
        return False

    def finish(self) -> Account:
        account = self.account
        account.inputs, account.starved = self._board.counts
        found = _COVERAGE.findall(self._log.read_text(encoding="utf-8", errors="replace"))
        account.covered = max(map(int, found), default=0)
        clumsy = self._log.with_name("clumsy.txt")
        account.clumsy = sorted(set(clumsy.read_text(encoding="utf-8").splitlines())) if clumsy.exists() else []
        account.findings = self._found()
        return account

    def _found(self) -> list[Path]:
        mine = (path for path in sorted(self._findings.glob(f"{self._target.name}-*")) if path.suffix != ".txt")
        return [path for path in mine if target_of(path) == self._target.name]

    def _earlier_findings(self) -> list[bytes]:
        """What was found before is where this run begins; it counts if it is found again."""
        earlier = []
        for path in self._found():
            earlier.append(path.read_bytes())
            path.unlink()
            path.with_name(f"{path.name}.txt").unlink()
        return earlier

    # -- children --

    def _left(self) -> float:
        return self._started + self._seconds * (1 - _LEAK_SHARE) - time.monotonic()

    def _task(self, seconds: float) -> Task:
        from .child import Task

        return Task(
            target=self._target,
            seconds=max(1, int(seconds)),
            seed=self._seed + self.account.restarts,
            corpus=self._corpus,
            seeds=self._work / "seeds",
            dictionary=self._work / "words.dict",
            findings=self._findings,
            log=self._log,
            deadly=frozenset(self._deadly),
        )

    def _fork(self) -> None:
        from .child import fuzz

        task = self._task(self._left())
        self._board.clear()
        self._moved = (self._board.counts[0], time.monotonic())
        self._pid = os.fork()
        if self._pid == 0:
            try:
                fuzz(task, self._board)
            finally:
                os._exit(9)  # Fuzz ends the process by itself

    def _fork_for_leak(self) -> None:
        from .child import measure_leak

        self._leaking = self._over = True
        files = sorted((*self._corpus.iterdir(), *(self._work / "seeds").iterdir()))
        most = min(_LEAK_INPUTS, math.ceil(self._seconds * _LEAK_INPUTS_A_SECOND))
        inputs = [b"", *(path.read_bytes() for path in files[:: max(1, len(files) // most)])]
        task = self._task(self._seconds * _LEAK_SHARE)
        self._board.clear()
        self._moved = (self._board.counts[0], time.monotonic())
        self._pid = os.fork()
        if self._pid == 0:
            try:
                measure_leak(task, [octets for octets in inputs if octets not in self._deadly], self._result)
                os._exit(0)
            finally:
                os._exit(9)

    @property
    def _result(self) -> Path:
        return self._work / "leak.json"

    def _watch(self) -> None:
        """End a child whose time is over, or that is too long at one input, after asking it where it is."""
        if self._leaking:
            if time.monotonic() > self._moved[1] + self._seconds + _PATIENCE_SECONDS:
                os.kill(self._pid, signal.SIGKILL)
            return
        inputs, _ = self._board.counts
        if inputs != self._moved[0]:
            self._moved = (inputs, time.monotonic())
            if self._left() <= 0:  # between two inputs, so that a slow one is not taken for the end
                self._over = True
                os.kill(self._pid, signal.SIGKILL)
                return
        current = self._board.current
        if current is None:
            return
        too_long = _cpu_seconds(self._pid) - current[1] > SLOW_SECONDS and self._board.counts[0] == inputs
        if too_long or time.monotonic() > self._moved[1] + _PATIENCE_SECONDS:
            os.kill(self._pid, signal.SIGUSR1)
            time.sleep(0.3)
            os.kill(self._pid, signal.SIGKILL)

    # -- what ended it --

    def _judge(self, code: int) -> None:
        current = self._board.current
        if current is None or code == 0:
            return  # between two inputs, as at the end
        octets = current[0]
        self._forget(octets)
        place = self._place()
        if code == -signal.SIGKILL:
            self._confirm(Class.SLOW, place, octets)
        elif code == _OUT_OF_MEMORY:
            self._confirm(Class.MEMORY, place, octets)
        else:
            account = f"the process ended with {code}\n{self._tail()}"
            self._write(Class.NATIVE_DEATH, place, octets, account)

    def _confirm(self, kind: Class, place: str, octets: bytes) -> None:
        """Only what holds without instrumentation and in a fresh process counts."""
        suspect = self._work / "suspect"
        suspect.write_bytes(octets)
        named = ["--table", self._table, "--target", self._target.name]
        command = [sys.executable, "-m", "tests.fuzz.replay", *named, str(suspect)]
        try:
            done = subprocess.run(command, cwd=_ROOT, capture_output=True, timeout=_CONFIRM_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            self._write(kind, place, octets, f"not done in {_CONFIRM_SECONDS:.0f} s\n{self._tail()}")
            return
        if done.returncode != 0:
            said = (done.stdout + done.stderr).decode(errors="replace")
            self._write(kind, place, octets, f"{said}\n{self._tail()}")

    def _end_of_leak(self) -> None:
        if not self._result.exists():
            return  # it died: not measured, and said so
        said = json.loads(self._result.read_text(encoding="utf-8"))
        self.account.grown_kib, self.account.rounds = said["grown_kib"], said["rounds"]
        if said["grown_kib"] > GROWTH_LIMIT_MIB * 1024:
            self._write(Class.LEAK, self._target.name, b"", json.dumps(said))

    def _write(self, kind: Class, place: str, octets: bytes, account: str) -> None:
        finding = Finding(target=self._target.name, kind=kind, place=place, octets=octets, account=account)
        finding.write(self._findings)

    def _forget(self, octets: bytes) -> None:
        self._deadly.add(octets)
        for path in (*self._corpus.iterdir(), *(self._work / "seeds").iterdir()):
            if path.stat().st_size == len(octets) and path.read_bytes() == octets:
                path.unlink()

    def _place(self) -> str:
        """The innermost line of ours in the last traceback that faulthandler wrote."""
        _, _, last = self._log.read_text(encoding="utf-8", errors="replace").rpartition("(most recent call first)")
        found = _OUR_LINE.search(last)
        return f"{found[1]}:{found[2]}" if found else "unknown"

    def _tail(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-60:])


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(table: str, names: list[str], seconds: float, *, parallel: int, seed: int, folder: Path) -> list[Account]:
    """Fuzz each of the targets for that long, some at a time. The package must have been instrumented before."""
    targets = _targets(table)
    seeds = _seeds([targets[name] for name in names], folder)
    most = max(10, int(seconds * _SEEDS_A_SECOND))
    waiting = [Job(targets[name], table, _spread(seeds[name], most), seconds, seed, folder) for name in names]
    running: list[Job] = []
    accounts = []
    while waiting or running:
        while waiting and len(running) < parallel:
            job = waiting.pop(0)
            job.start()
            running.append(job)
        time.sleep(0.1)
        for job in [job for job in running if job.poll()]:
            running.remove(job)
            accounts.append(job.finish())
            print(accounts[-1], flush=True)
    return accounts


def _spread(seeds: list[bytes], most: int) -> list[bytes]:
    """Not more than `most`, small and large ones."""
    ordered = sorted(seeds, key=len)
    return ordered[:: max(1, -(-len(ordered) // most))]


def _targets(table: str) -> dict[str, Target]:
    targets: dict[str, Target] = importlib.import_module(table).TARGETS
    return targets


def _seeds(targets: list[Target], folder: Path) -> dict[str, list[bytes]]:
    """Made in a process of its own: libraries that are forked have not run before."""
    if not any(target.kinds or target.texts or target.messages for target in targets):
        return {target.name: [] for target in targets}
    made = folder / "work" / "made"
    shutil.rmtree(made, ignore_errors=True)
    pid = os.fork()
    if pid == 0:
        try:
            from .seeds import Seeds, write

            seeds = Seeds()
            for target in targets:
                write(seeds.of(target), made / target.name)
            os._exit(0)
        finally:
            import traceback

            traceback.print_exc()
            os._exit(1)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0:
        raise SystemExit("the seeds could not be made")
    return {each.name: [path.read_bytes() for path in sorted((made / each.name).glob("*"))] for each in targets}


def _instrument(table: str) -> None:
    """Import the table with all that its targets call, instrumented for coverage."""
    import atheris

    if "dlp_gateway" in sys.modules:
        raise SystemExit("the package was imported before it could be instrumented")
    with open(os.devnull, "w", encoding="ascii") as nowhere, redirect_stderr(nowhere):  # a line for each module
        with atheris.instrument_imports(include=["dlp_gateway", *PURE_LIBRARIES]):
            importlib.import_module(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", help="a name of tests/fuzz/targets.py, several with commas between, or all")
    parser.add_argument("seconds", type=float, help="for the target; with `all` or several, for all of them together")
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="of the fuzzer's chance (default: another each time)")
    parser.add_argument("--folder", type=Path, default=_ROOT / ".fuzz", help="for corpora and findings")
    parser.add_argument("--table", default=TABLE, help="the module whose TARGETS they are")
    parser.add_argument("--plain", action="store_true", help="without coverage, which takes ten seconds to prepare")
    options = parser.parse_args()
    if not options.plain:
        _instrument(options.table)
    from .promises import is_ours  # not before what it imports could be instrumented

    known = _targets(options.table)
    is_ours("")  # reads our sources, which takes seconds: once, for all children
    names = list(known) if options.target == "all" else options.target.split(",")
    if unknown := [name for name in names if name not in known]:
        parser.error(f"no such target: {', '.join(unknown)}; there are {', '.join(known)}")
    seed = options.seed or int.from_bytes(os.urandom(3), "big") + 1
    each = options.seconds * min(options.parallel, len(names)) / len(names)
    print(f"{len(names)} targets, {each:.0f} s each, {options.parallel} at a time, seed {seed}", flush=True)
    accounts = run(options.table, names, each, parallel=options.parallel, seed=seed, folder=options.folder)
    return _tell(accounts)


def _tell(accounts: list[Account]) -> int:
    for account in accounts:
        for place in account.clumsy:
            print(f"  {account.target}: a reader ended clumsily, {place}")
    for path in (path for account in accounts for path in account.findings):
        kind, place, *_ = path.with_name(f"{path.name}.txt").read_text(encoding="utf-8").splitlines()
        print(f"\n{kind}: {place}\n  python -m tests.fuzz.replay {path}")
    total = sum(account.inputs for account in accounts)
    defects = [path for account in accounts for path in account.defects]
    deaths = sum(len(account.findings) for account in accounts) - len(defects)
    print(f"\n{total:,} inputs, {len(defects)} defects, {deaths} native deaths")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
