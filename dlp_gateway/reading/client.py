"""The worker's end: hands files to its keeper, and makes gaps of readers that ended."""

from __future__ import annotations

import json

from .. import model_json
from ..extract import Spent
from ..extract.source import Source, Told
from ..frames import read_kind, write_kind
from ..model import Attachment, Gap, GapReason, Passage
from .job import Job
from .settings import ATTACHMENT, BEGUN, DIED, DONE, ENDED, GAP, JOB, LATE, MEMORY, MESSAGE_ENDS, OVER, PASSAGE

_MAX_DEATHS = 3
_TYPES: dict[bytes, type[Told]] = {PASSAGE: Passage, GAP: Gap, ATTACHMENT: Attachment}
_GAPS = {
    LATE: (GapReason.TIMED_OUT, "reading it took too long and was ended"),
    OVER: (GapReason.TIMED_OUT, "the time for reading this message was used up"),
    MEMORY: (GapReason.TOO_LARGE, "reading it needs more memory than is allowed"),
    DIED: (GapReason.CORRUPT, "the process that read it died"),
}


class Readers:
    """Readers for one message after another, over the descriptor of the keeper's socket."""

    def __init__(self, keeper: int) -> None:
        self._keeper = keeper
        self._message = False

    def read(self, source: Source, depth: int, spent: Spent) -> tuple[list[Told], Spent]:
        """What a file and the files in it hold, and what the message has cost thereafter.

        Where a reader ends, the file it was reading (which may be one inside) becomes a gap, and all the rest is read
        anew by another, three times at most. What any of them told counts.
        """
        self._message = True
        told: dict[Told, None] = {}
        fatal: dict[int, tuple[GapReason, str]] = {}
        latest = spent
        for _ in range(_MAX_DEATHS):
            job = Job(source=source, depth=depth, spent=spent, fatal=fatal)
            write_kind(self._keeper, JOB, job.encode())
            number = 1
            while (frame := read_kind(self._keeper))[0] not in (DONE, ENDED):
                if frame[0] == BEGUN:
                    begun = json.loads(frame[1])
                    number, latest = begun["number"], Spent(**begun["spent"])
                else:
                    told[_item(*frame, source)] = None
            if frame[0] == DONE:
                return list(told), Spent(**json.loads(frame[1]))
            fatal[number] = _GAPS[frame[1]]
            if frame[1] == OVER:
                break
        told[source.gap(*fatal[number])] = None
        return list(told), latest

    def end(self) -> None:
        """The message is read: the process that saw it ends."""
        if self._message:
            self._message = False
            write_kind(self._keeper, MESSAGE_ENDS)


def _item(kind: bytes, payload: bytes, source: Source) -> Told:
    """The item as told, if it speaks of this file: a reader that a document has taken over may say anything."""
    try:
        item: Told = model_json.decode(_TYPES[kind], payload)
    except (ValueError, KeyError):
        return source.gap(*_GAPS[DIED])
    if item.part == source.part or item.part.startswith(f"{source.part}/"):
        return item
    return source.gap(*_GAPS[DIED])
