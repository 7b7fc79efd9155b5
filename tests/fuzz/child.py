"""The far side of a fuzzing run: a forked process that feeds one target until it is ended."""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import math
import mmap
import os
import resource
import signal
import struct
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import atheris

from dlp_gateway.extract.kind import Kind
from dlp_gateway.extract.readers import READERS
from dlp_gateway.extract.source import Item, Reader, Source, Tools
from tests.support.mutations import broken, broken_within

from .findings import LARGEST_MIB, finding_of
from .target import Target

MEMORY_BYTES = 3 << 30  # of addresses; the product allows a reader half of that
_HANDLED_BY_US = ("segv", "bus", "abrt", "ill", "fpe", "xfsz")  # faulthandler tells the place in Python
_PDEATHSIG = 1
_PLACES = "clumsy.txt"
_WARM_ROUNDS, _FEWEST_ROUNDS, _MOST_ROUNDS = 3, 3, 300


class Blackboard:
    """Memory that parent and child share: which input is being read, since when, and how many were."""

    _HEAD = struct.Struct("=QQQdQ")  # busy, inputs read, of them out of memory, CPU seconds at the start, length

    def __init__(self, most_bytes: int) -> None:
        self._memory = mmap.mmap(-1, self._HEAD.size + most_bytes)
        self._inputs = self._starved = 0

    def begin(self, octets: bytes) -> None:
        self._inputs += 1
        self._memory[self._HEAD.size : self._HEAD.size + len(octets)] = octets
        self._write(1, time.process_time(), len(octets))

    def end(self, *, starved: bool) -> None:
        self._starved += starved
        self._write(0, time.process_time(), 0)

    def _write(self, busy: int, started: float, length: int) -> None:
        self._HEAD.pack_into(self._memory, 0, busy, self._inputs, self._starved, started, length)

    @property
    def counts(self) -> tuple[int, int]:
        """Inputs read, and how many of them wanted more memory than there is."""
        _, inputs, starved, _, _ = self._HEAD.unpack_from(self._memory)
        return inputs, starved

    @property
    def current(self) -> tuple[bytes, float] | None:
        """The input being read and the CPU time of its process when that began; None between inputs."""
        busy, _, _, started, length = self._HEAD.unpack_from(self._memory)
        return (bytes(self._memory[self._HEAD.size : self._HEAD.size + length]), started) if busy else None

    def clear(self) -> None:
        """Before another child takes over; what it reads is counted on."""
        self._inputs, self._starved = self.counts
        self._write(0, math.inf, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`corpus` is grown, `seeds` only read; `deadly` are inputs that killed a child before."""

    target: Target
    seconds: int
    seed: int
    corpus: Path
    seeds: Path
    dictionary: Path
    findings: Path
    log: Path
    deadly: frozenset[bytes]


def fuzz(task: Task, board: Blackboard) -> None:
    """Fuzz until the parent ends it. Never returns."""
    _settle(task.log)
    _note_clumsy_ends(task.log.with_name(_PLACES))
    check, target = task.target.check, task.target
    seeds = [path.read_bytes() for path in sorted(task.seeds.iterdir())] or [b""]

    def one_input(octets: bytes) -> None:
        if octets in task.deadly or len(octets) > target.max_bytes:
            return
        starved = False
        board.begin(octets)
        try:
            check(octets)
        except MemoryError:
            starved = True
        except BaseException as error:  # noqa: BLE001  # that is what is looked for
            finding_of(target.name, octets, error).write(task.findings)
        board.end(starved=starved)

    def mutate(octets: bytes, most: int, seed: int) -> bytes:
        chance = Random(seed)
        choice = chance.randrange(8)
        changed: bytes | None = None
        if choice < 3:
            changed = broken_within(octets, chance, lambda inner: atheris.Mutate(inner, max(len(inner) * 2, 64)))
        elif choice == 3:
            changed = broken(octets, chance.choice(seeds), chance)
        if changed is None or len(changed) > most:
            changed = atheris.Mutate(octets, most)
        return changed

    arguments = [
        "fuzz",
        str(task.corpus),
        str(task.seeds),
        f"-seed={task.seed}",
        f"-max_len={target.max_bytes}",
        f"-dict={task.dictionary}",
        f"-rss_limit_mb={LARGEST_MIB}",
        f"-artifact_prefix={task.log.parent}/",
        "-timeout=3600",  # the parent holds the clock, by CPU time
        "-len_control=0",
        "-reload=0",
        *(f"-handle_{name}=0" for name in _HANDLED_BY_US),
    ]
    atheris.Setup(arguments, one_input, custom_mutator=mutate)
    atheris.Fuzz()


def measure_leak(task: Task, inputs: list[bytes], result: Path) -> None:
    """Read the same inputs again and again; writes rounds and growth of memory in KiB after a warm-up."""
    _settle(task.log)
    until = time.monotonic() + task.seconds

    def read_all() -> None:
        for octets in inputs:
            try:
                task.target.check(octets)
            except BaseException:  # noqa: BLE001  # told by the fuzzing before
                continue

    for _ in range(_WARM_ROUNDS):
        read_all()
    before = _resident_kib()
    rounds = 0
    while rounds < _FEWEST_ROUNDS or (rounds < _MOST_ROUNDS and time.monotonic() < until):
        read_all()
        rounds += 1
    grown = _resident_kib() - before
    result.write_text(json.dumps({"rounds": rounds, "inputs": len(inputs), "grown_kib": grown}), encoding="utf-8")


def _settle(log: Path) -> None:
    """Say everything to the log, end with the parent, and take no more memory than a machine has."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    faulthandler.enable(sys.__stderr__)
    faulthandler.register(signal.SIGUSR1, sys.__stderr__, all_threads=False)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _resident_kib() -> int:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024


def _note_clumsy_ends(file: Path) -> None:
    """Write down, once each, where readers end in an exception that speaks of a slip of ours rather than of a broken
    file. The walk makes a gap of it, so it is no defect by itself, but what came after is not read."""
    slips = (AttributeError, TypeError, NameError, AssertionError, RecursionError)
    seen: set[str] = set()

    def noting(reader: Reader) -> Reader:
        def read(source: Source, tools: Tools) -> Iterator[Item]:
            try:
                yield from reader(source, tools)
            except slips as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                place = f"{type(error).__name__} at {last.filename.rpartition('/dlp_gateway/')[2]}:{last.lineno}"
                if "/dlp_gateway/" in last.filename and place not in seen:
                    seen.add(place)
                    with file.open("a", encoding="utf-8") as lines:
                        lines.write(f"{place}\n")
                raise

        return read

    kinds: list[Kind] = list(READERS)
    READERS.update({kind: noting(READERS[kind]) for kind in kinds})
