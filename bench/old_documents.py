"""How many old documents of others are read, and why not the rest: `python bench/old_documents.py FOLDER...`

Every file below the folders that is a DOC, XLS, PPT, MSG, TNEF or RTF by its content is read as an attachment, with
the files inside it, in this process and with no program for pictures. Files that others keep for tests are broken,
encrypted or made by fuzzing in part. Prints two tables for docs/coverage.md; times are processor times.
"""

from __future__ import annotations

import collections
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlp_gateway.extract.budget import Spent
from dlp_gateway.extract.source import Source, no_programs
from dlp_gateway.extract.walk import read_one_file
from dlp_gateway.model import Gap
from dlp_gateway.parse import parse_message, views

LIMIT_SECONDS = 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = (("WordDocument", "DOC"), ("Workbook", "XLS"), ("Book\0", "XLS"), ("PowerPoint Document", "PPT"))
_OF_PICTURES = "can't be run here"


@dataclass(slots=True)
class Result:
    files: int = 0
    without_gap: int = 0
    died: int = 0
    milliseconds: list[float] = field(default_factory=list)
    reasons: collections.Counter[str] = field(default_factory=collections.Counter)


def type_of(octets: bytes) -> str | None:
    if octets.startswith(b"{\\rtf"):
        return "RTF"
    if octets.startswith(b"\x78\x9f\x3e\x22"):
        return "TNEF"
    if not octets.startswith(_OLE):
        return None
    for name, kind in (*_STREAMS, ("__properties_version1.0", "MSG")):
        if name.encode("utf-16-le") in octets:
            return kind
    return None


def _always(spent: Spent) -> None:
    """No file is refused for what the message has cost before it."""
    del spent


def gaps_of(octets: bytes) -> set[str]:
    """Reason and words of each gap, with "inside" for those of files within."""
    told: list[object] = []
    source = Source(part="2", octets=octets, filename="file")
    read_one_file(source, 0, parse_message, views, spent=Spent(), run=no_programs, emit=told.append, begin=_always)
    gaps = [item for item in told if isinstance(item, Gap) and _OF_PICTURES not in item.detail]
    return {f"{gap.reason}: {gap.detail}{' (inside)' if '/' in gap.part else ''}" for gap in gaps}


def files(folders: list[str]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted(Path(folder).rglob("*")) if path.is_file())


def too_late(*_: object) -> NoReturn:
    raise TimeoutError


def main() -> None:
    signal.signal(signal.SIGALRM, too_late)
    results: dict[str, Result] = collections.defaultdict(Result)
    for path in files(sys.argv[1:]):
        octets = path.read_bytes()
        kind = type_of(octets)
        if kind is None:
            continue
        result = results[kind]
        result.files += 1
        before = time.process_time()
        signal.alarm(LIMIT_SECONDS)
        try:
            gaps = gaps_of(octets)
        except (TimeoutError, MemoryError, RecursionError):
            result.died += 1
            gaps = {"died"}
        signal.alarm(0)
        result.milliseconds.append((time.process_time() - before) * 1000)
        result.without_gap += not gaps
        result.reasons.update(gaps)
    print("| type | files | without a gap | died or late | median ms | 95 % ms | largest ms |")
    print("|---|---|---|---|---|---|---|")
    for kind, result in sorted(results.items()):
        times = sorted(result.milliseconds)
        middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
        counts = f"{result.files} | {result.without_gap} | {result.died}"
        print(f"| {kind} | {counts} | {middle:.0f} | {late:.0f} | {times[-1]:.0f} |")
    print("\n| type | gap | files |\n|---|---|---|")
    for kind, result in sorted(results.items()):
        for reason, count in result.reasons.most_common():
            print(f"| {kind} | {reason} | {count} |")


if __name__ == "__main__":
    main()
