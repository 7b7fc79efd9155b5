"""How many PDFs of others are read, and why not the rest: `python bench/pdf_documents.py FOLDER...`

Every PDF below the folders is read as an attachment, with the files inside it, in this process and with no program for
pictures (their preparation is in the times). Files that others keep for tests are broken, encrypted or made by fuzzing
in part. Prints two tables for docs/coverage.md, a row for each folder; times are processor times.
"""

from __future__ import annotations

import collections
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.old_documents import LIMIT_SECONDS, Result, files, gaps_of, too_late


def measure(path: Path, result: Result) -> None:
    """Read one file and add what came of it."""
    octets = path.read_bytes()
    before = time.process_time()
    signal.alarm(LIMIT_SECONDS)
    try:
        gaps = gaps_of(octets)
    except (TimeoutError, MemoryError, RecursionError):
        result.died += 1
        gaps = {"died"}
    signal.alarm(0)
    result.files += 1
    result.milliseconds.append((time.process_time() - before) * 1000)
    result.without_gap += not gaps
    result.reasons.update(gaps)


def main() -> None:
    signal.signal(signal.SIGALRM, too_late)
    reasons: collections.Counter[str] = collections.Counter()
    print("| files of | files | without a gap | died or late | median ms | 95 % ms | largest ms |")
    print("|---|---|---|---|---|---|---|")
    for folder in sys.argv[1:]:
        result = Result()
        for path in files([folder]):
            if path.suffix.lower() == ".pdf" and path.stat().st_size:
                measure(path, result)
        times = sorted(result.milliseconds) or [0.0]
        middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
        counts = f"{result.files} | {result.without_gap} | {result.died}"
        print(f"| {Path(folder).name} | {counts} | {middle:.0f} | {late:.0f} | {times[-1]:.0f} |")
        reasons.update(result.reasons)
    print("\n| gap | files |\n|---|---|")
    for reason, count in reasons.most_common():
        print(f"| {reason} | {count} |")


if __name__ == "__main__":
    main()
