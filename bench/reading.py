"""What reading one document costs: `python bench/reading.py [-n TIMES] [--only WORD] [FOLDER...]`.

Each document is sent as the attachment of a message. *Pool* is what production does: one worker, a reader process for
the message, programs under bubblewrap; from handing over to answer, and no recogniser (the question asks for nothing).
*In process* is the same reading without processes. *Peak* is the largest process that it took (the reader, or the
program that recognises text), in a process of its own. Documents are made here; with folders, their files are measured
instead, by suffix, each once.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import importlib.metadata
import os
import platform
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.typical_documents import documents
from dlp_gateway import config, sandbox
from dlp_gateway.cli.workers import show_progress
from dlp_gateway.errors import TemporaryError
from dlp_gateway.extract import extract_text
from dlp_gateway.extract.source import ProgramError
from dlp_gateway.model import AskNames, GapReason, Question
from dlp_gateway.parse import parse_message, views
from dlp_gateway.pool import Pool
from dlp_gateway.rules_folder import load_texts

_NOTHING_ASKED = Question(entities=frozenset(), names=AskNames.NEVER)
_PROGRAM_SECONDS = 20.0
_LIBRARIES = ("lxml", "pypdfium2", "pikepdf", "pillow", "libarchive-c")


@dataclass(slots=True)
class Measured:
    """Seconds and MiB of one kind of document."""

    octets: list[int] = field(default_factory=list)
    pool: list[float] = field(default_factory=list)
    in_process: list[float] = field(default_factory=list)
    peak_mib: float = 0.0
    gaps: int = 0  # documents with one


def message_with(name: str, octets: bytes) -> bytes:
    """A message with that file in base64."""
    head = (
        "From: officer@council.example\r\nTo: a@b.example\r\nSubject: papers\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\nPlease see.\r\n'
        "--=_b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(octets).replace(b"\n", b"\r\n") + b"--=_b--\r\n"


def run_program(name: str, octets: bytes) -> bytes:
    """As a keeper runs it."""
    try:
        return sandbox.run_program(name, octets, _PROGRAM_SECONDS)
    except (sandbox.ProgramMissingError, sandbox.ProgramLateError, sandbox.ProgramFailedError) as error:
        raise ProgramError(GapReason.UNSUPPORTED, "a program that could not be run") from error


def read(message: bytes) -> int:
    """Read it here; how many gaps there were."""
    parsed = parse_message(message)
    return len(parsed.gaps) + len(extract_text(parsed, parse_message, views, run=run_program).gaps)


def peak_mib(message: bytes) -> float:
    """Of the largest of the processes that reading took."""
    pid = os.fork()
    if pid == 0:
        read(message)
        os._exit(0)
    _, status, usage = os.wait4(pid, 0)
    return usage.ru_maxrss / 1024 if status == 0 else float("nan")


async def in_pool(pool: Pool, message: bytes) -> float:
    started = time.perf_counter()
    await pool.inspect(message, _NOTHING_ASKED)
    return time.perf_counter() - started


async def measure(pool: Pool, measured: Measured, message: bytes, times: int) -> None:
    """One document; the first time of each way is not counted, except where there is one time only."""
    measured.peak_mib = max(measured.peak_mib, peak_mib(message))
    for number in range(times + (times > 1)):
        seconds = await in_pool(pool, message)
        started = time.perf_counter()
        gaps = read(message)
        here = time.perf_counter() - started
        if number or times == 1:
            measured.pool.append(seconds)
            measured.in_process.append(here)
    measured.octets.append(len(message))
    measured.gaps += gaps > 0


async def bench(times: int, only: str, folders: list[Path]) -> None:
    workers = config.Workers(count=1, overflow=0, names=False)
    pool = Pool(workers, config.Times(), load_texts(None), b"k" * 32)
    rows: dict[str, Measured] = defaultdict(Measured)
    async with pool:
        for what, name, octets in _given(folders) if folders else documents():
            if only.lower() in what.lower():
                await measure(pool, rows[what], message_with(name, octets), 1 if folders else times)
                show_progress(what)
    show_progress("")
    show(rows)


def _given(folders: list[Path]) -> Iterator[tuple[str, str, bytes]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.suffix.lower() or "(no suffix)", f"a{path.suffix}", path.read_bytes()


def show(rows: dict[str, Measured]) -> None:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)
    print(f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}, ", end="")
    print(f"Python {platform.python_version()}, {versions}; load {os.getloadavg()[0]:.1f}; one worker")
    print("| document | kB | n | pool, median ms | p95 | in process, median ms | p95 | peak MiB | with a gap |")
    print("|---|---|---|---|---|---|---|---|---|")
    for what, row in sorted(rows.items()):
        size = statistics.median(row.octets) / 1000
        pool, here = (f"{_ms(s, 50)} | {_ms(s, 95)}" for s in (row.pool, row.in_process))
        gaps = f"{row.gaps} of {len(row.octets)}" if row.gaps else ""
        print(f"| {what} | {size:,.0f} | {len(row.pool)} | {pool} | {here} | {row.peak_mib:.0f} | {gaps} |")


def _ms(seconds: list[float], percent: int) -> str:
    ordered = sorted(seconds)
    value = ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))] * 1000
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("-n", dest="times", type=int, default=20, help="times of each document (default: 20)")
    parser.add_argument("--only", default="", help="measure only documents whose description holds this")
    options = parser.parse_args()
    try:
        asyncio.run(bench(options.times, options.only, options.folders))
    except TemporaryError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
