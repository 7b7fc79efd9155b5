"""One file to be read apart, as octets for the way to the reader and back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ..extract import Spent
from ..extract.source import Source
from ..frames import LENGTH
from ..model import Area, GapReason, GapScope

_SAID = tuple(f.name for f in fields(Source) if f.name != "octets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`depth`: how many containers are around the file. `spent`: what its message has cost before. `fatal`: the files
    in it (by number, from 1, in the order of reading) that readers ended on before: each is a gap now."""

    source: Source
    depth: int
    spent: Spent
    fatal: dict[int, tuple[GapReason, str]] = field(default_factory=dict)

    def encode(self) -> bytes:
        said = {
            "source": {name: getattr(self.source, name) for name in _SAID},
            "depth": self.depth,
            "spent": asdict(self.spent),
            "fatal": list(self.fatal.items()),
        }
        head = json.dumps(said).encode()
        return LENGTH.pack(len(head)) + head + self.source.octets


def decode_job(payload: bytes) -> Job:
    """The job that `encode` made."""
    (length,) = LENGTH.unpack_from(payload)
    start = LENGTH.size + length
    said: dict[str, Any] = json.loads(payload[LENGTH.size : start])
    named = said["source"]
    named["params"] = tuple((key, value) for key, value in named["params"])
    named["area"], named["scope"] = Area(named["area"]), GapScope(named["scope"])
    return Job(
        source=Source(**named, octets=payload[start:]),
        depth=said["depth"],
        spent=Spent(**said["spent"]),
        fatal={number: (GapReason(reason), detail) for number, (reason, detail) in said["fatal"]},
    )
