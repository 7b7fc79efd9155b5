"""The reader: a locked-down process that reads the files of one message and says what it sees, item by item."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import NoReturn

from .. import model_json, sandbox
from ..extract import Spent, read_one_file
from ..extract.source import ProgramError, Told
from ..frames import read_kind, write_kind
from ..model import Attachment, Gap, GapReason, Passage
from ..parse import parse_message, views
from .job import Job, decode_job
from .settings import ATTACHMENT, BEGUN, DONE, FAILED, GAP, PASSAGE, PROGRAM, ReadingSettings

_KINDS: dict[type, bytes] = {Passage: PASSAGE, Gap: GAP, Attachment: ATTACHMENT}
_PROGRAM_FAULTS = {
    b"missing": (GapReason.UNSUPPORTED, "a file that only a program can read which is not installed here"),
    b"late": (GapReason.TIMED_OUT, "reading it by a program took too long and was ended"),
    b"failed": (GapReason.CORRUPT, "a file that the program for it can't read"),
}


def be_reader(descriptor: int, settings: ReadingSettings) -> NoReturn:
    """Lock this process down and read what comes over `descriptor` until it closes. Never returns."""
    cpu_seconds = int(settings.message_seconds) + 1
    sandbox.lock_down_reader(settings.memory_bytes, cpu_seconds, descriptor, weak=settings.weak)
    recognised: dict[bytes, str] = {}  # one picture is often in several files of a message
    while True:
        try:
            _, payload = read_kind(descriptor)
            _read(descriptor, decode_job(payload), recognised)
        except MemoryError:
            os._exit(sandbox.OUT_OF_MEMORY_EXIT)
        except EOFError:
            os._exit(0)


def _read(descriptor: int, job: Job, recognised: dict[bytes, str]) -> None:
    telling = _Telling(descriptor, job.fatal)
    spent = read_one_file(
        job.source,
        job.depth,
        parse_message,
        views,
        spent=job.spent,
        pictures=recognised,
        run=lambda name, octets: _run(descriptor, name, octets),
        emit=telling.emit,
        begin=telling.begin,
    )
    write_kind(descriptor, DONE, json.dumps(asdict(spent)).encode())


class _Telling:
    """Says what was read, and before each file which it is, so that the worker knows what a reader ended on."""

    def __init__(self, descriptor: int, fatal: dict[int, tuple[GapReason, str]]) -> None:
        self._descriptor = descriptor
        self._fatal = fatal
        self._number = 0

    def emit(self, item: Told) -> None:
        write_kind(self._descriptor, _KINDS[type(item)], model_json.encode(item))

    def begin(self, spent: Spent) -> tuple[GapReason, str] | None:
        self._number += 1
        if self._number in self._fatal:
            return self._fatal[self._number]
        write_kind(self._descriptor, BEGUN, json.dumps({"number": self._number, "spent": asdict(spent)}).encode())
        return None


def _run(descriptor: int, name: str, octets: bytes) -> bytes:
    write_kind(descriptor, PROGRAM, name.encode() + b"\0" + octets)
    kind, payload = read_kind(descriptor)
    if kind == FAILED:
        raise ProgramError(*_PROGRAM_FAULTS[payload])
    return payload
