"""What a fuzzer found, as a file with the octets and one that says what happened."""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_PACKAGE = "dlp_gateway"


class Class(StrEnum):
    """All but the last are defects. A document is read in a process of its own, so a library's death on one is a gap
    for that file: said and counted, no more."""

    EXCEPTION = "exception"  # something but MemoryError left
    PROMISE = "promise"  # what must hold did not
    SLOW = "slow"  # more than SLOW_SECONDS of CPU time, confirmed without instrumentation
    MEMORY = "memory"  # more than LARGEST_MIB, confirmed likewise
    LEAK = "leak"  # memory grows though the same inputs come again and again
    NATIVE_DEATH = "native-death"


SLOW_SECONDS = 5.0
LARGEST_MIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`place` is where it happened in our code, or the promise; findings of one class and place are one."""

    target: str
    kind: Class
    place: str
    octets: bytes = field(repr=False)
    account: str = ""  # traceback, or what was measured

    @property
    def name(self) -> str:
        digest = hashlib.sha256(f"{self.kind} {self.place}".encode()).hexdigest()[:10]
        return f"{self.target}-{self.kind}-{digest}"

    def write(self, folder: Path) -> Path:
        """Keep it in the folder, unless the same was found with fewer octets before. Returns the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.name
        if not path.exists() or path.stat().st_size > len(self.octets):
            path.write_bytes(self.octets)
            told = f"{self.kind}\n{self.place}\n{self.account}"
            path.with_name(f"{self.name}.txt").write_text(told, encoding="utf-8")
        return path


def target_of(path: Path) -> str:
    """The target whose finding a file is, by its name."""
    return next(path.name.rpartition(f"-{kind}-")[0] for kind in Class if f"-{kind}-" in path.name)


def finding_of(target: str, octets: bytes, error: BaseException) -> Finding:
    """What an exception that left a target says."""
    promise = type(error).__name__ == "BrokenPromiseError"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"/{_PACKAGE}/" in frame.filename]
    if promise:
        place = str(error)
    else:
        last = ours[-1] if ours else frames[-1]
        place = f"{type(error).__name__} at {last.filename.rpartition(f'/{_PACKAGE}/')[2]}:{last.lineno}"
    account = "".join(traceback.format_exception(error))
    kind = Class.PROMISE if promise else Class.EXCEPTION
    return Finding(target=target, kind=kind, place=place, octets=octets, account=account)
