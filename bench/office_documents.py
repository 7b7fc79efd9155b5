"""How many modern office documents of others are read, and why not the rest:
`python bench/office_documents.py FOLDER...`

Every file below the folders whose name says that it is an Office Open XML or OpenDocument file is read as an
attachment, with the files inside it, in this process and with no program for pictures. Prints two tables for
docs/coverage.md; times are processor times.
"""

from __future__ import annotations

import collections
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import old_documents
from bench.old_documents import LIMIT_SECONDS, files, gaps_of, too_late

_FAMILIES = {
    "DOCX": ("docx", "docm", "dotx", "dotm"),
    "XLSX": ("xlsx", "xlsm", "xltx", "xltm", "xlam"),
    "XLSB": ("xlsb",),
    "PPTX": ("pptx", "pptm", "potx", "potm", "ppsx", "ppsm"),
    "ODT": ("odt", "ott", "odm"),
    "ODS": ("ods", "ots"),
    "ODP": ("odp", "otp"),
    "flat OpenDocument": ("fodt", "fods", "fodp"),
}
FAMILY = {suffix: family for family, suffixes in _FAMILIES.items() for suffix in suffixes}


@dataclass(slots=True)
class Result(old_documents.Result):
    own_gap: int = 0  # files with a gap that is not of a file inside


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
    result.own_gap += any(not gap.endswith("(inside)") for gap in gaps)
    result.reasons.update(gaps)


def main() -> None:
    signal.signal(signal.SIGALRM, too_late)
    results: dict[str, Result] = collections.defaultdict(Result)
    for path in files(sys.argv[1:]):
        family = FAMILY.get(path.suffix[1:].lower())
        if family is not None and path.stat().st_size:
            measure(path, results[family])
    print("| type | files | without a gap | own gap | died or late | median ms | 95 % ms | largest ms |")
    print("|---|---|---|---|---|---|---|---|")
    for family in _FAMILIES:
        result = results[family]
        times = sorted(result.milliseconds) or [0.0]
        middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
        counts = f"{result.files} | {result.without_gap} | {result.own_gap} | {result.died}"
        print(f"| {family} | {counts} | {middle:.0f} | {late:.0f} | {times[-1]:.0f} |")
    print("\n| type | gap | files |\n|---|---|---|")
    for family in _FAMILIES:
        for reason, count in results[family].reasons.most_common():
            print(f"| {family} | {reason} | {count} |")


if __name__ == "__main__":
    main()
