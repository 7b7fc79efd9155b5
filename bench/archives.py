"""How many archives of others are read, and why not the rest: `python bench/archives.py FOLDER...`

Every file below the folders that is an archive by its content is opened by its reader in a process of its own, as
the gateway would, without going into the files inside. Files of text and the like are passed over. The sets of test
files that libarchive, Commons Compress and Tika carry are broken on purpose in large part; libarchive's are in
uuencode and have to be decoded first.
"""

from __future__ import annotations

import collections
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

from dlp_gateway.extract.archives.archive_format import archive_format
from dlp_gateway.extract.budget import Budget, BudgetSpentError, Meter
from dlp_gateway.extract.kind import Kind, kind_of
from dlp_gateway.extract.readers import READERS
from dlp_gateway.extract.source import Inner, ProgramError, Source, Tools
from dlp_gateway.model import Gap, GapReason
from dlp_gateway.parse import views
from dlp_gateway.sandbox.errors import ProgramFailedError, ProgramLateError, ProgramMissingError
from dlp_gateway.sandbox.programs import run_program

FAMILIES = {
    Kind.ZIP: "ZIP",
    Kind.OFFICE_OPEN: "packages (Office, OpenDocument)",
    Kind.OPEN_DOCUMENT: "packages (Office, OpenDocument)",
    Kind.TAR: "tar",
    Kind.GZIP: "gzip",
    Kind.BZIP2: "bzip2",
    Kind.XZ: "xz, lzma",
    Kind.MBOX: "mail folders",
    Kind.EXECUTABLE: "programs with an archive inside",
}
REASONS = ["encrypted", "unsupported", "corrupt", "ambiguous", "too_large", "died"]


def run(name: str, octets: bytes) -> bytes:
    try:
        return run_program(name, octets, 20.0)
    except (ProgramFailedError, ProgramLateError, ProgramMissingError) as error:
        raise ProgramError(GapReason.UNSUPPORTED, type(error).__name__) from None


def family(kind: Kind, octets: bytes) -> str | None:
    if kind is Kind.OTHER_ARCHIVE and (found := archive_format(octets)) is not None:
        return found.name
    return FAMILIES.get(kind)


def read(octets: bytes, name: str) -> dict[str, object] | None:
    """Family, number of files and reasons of gaps; None for what is no archive."""
    source = Source(part="1", octets=octets, filename=name)
    kind = kind_of(source, views)
    shown = family(kind, octets)
    if shown is None:
        return None
    reader = READERS[Kind.ZIP] if shown.startswith("packages") else READERS[kind]
    reasons: set[str] = set()
    files = 0
    try:
        for item in reader(source, Tools(meter=Meter(Budget()), readings=views, run=run)):
            if isinstance(item, Gap):
                reasons.add(item.reason.value)
            files += isinstance(item, Inner)
    except BudgetSpentError as error:
        reasons.add(error.reason.value)
    except Exception:  # noqa: BLE001  # as the walk does
        reasons.add("corrupt")
    if kind is Kind.EXECUTABLE:
        if not files:
            return None
        reasons.discard("unsupported")  # of the program itself
    return {"family": shown, "files": files, "reasons": sorted(reasons)}


def apart(path: Path) -> dict[str, object] | None:
    octets = path.read_bytes()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        os.write(writing, json.dumps(read(octets, path.name)).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    if answer:
        return json.loads(answer)
    kind = kind_of(Source(part="1", octets=octets, filename=path.name), views)
    return {"family": family(kind, octets) or "?", "files": 0, "reasons": ["died"]}


def main() -> None:
    rows: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    times: dict[str, list[float]] = collections.defaultdict(list)
    for folder in sys.argv[1:]:
        for path in sorted(Path(folder).rglob("*")):
            if not path.is_file():
                continue
            start = time.perf_counter()
            if (found := apart(path)) is None:
                continue
            row = rows[str(found["family"])]
            times[str(found["family"])].append(time.perf_counter() - start)
            reasons = list(found["reasons"])  # type: ignore[call-overload]
            row["n"] += 1
            row["whole"] += not reasons
            row["partly"] += bool(reasons and found["files"])
            for reason in reasons:
                row[reason] += 1
    print("| family | files | read whole | read in part | " + " | ".join(REASONS).replace("_", " ") + " | median ms |")
    print("|---" * (len(REASONS) + 5) + "|")
    for name, row in sorted(rows.items(), key=lambda item: -item[1]["n"]):
        median = sorted(times[name])[len(times[name]) // 2] * 1000
        counts = " | ".join(str(row[reason]) for reason in REASONS)
        print(f"| {name} | {row['n']} | {row['whole']} | {row['partly']} | {counts} | {median:.0f} |")


if __name__ == "__main__":
    main()
