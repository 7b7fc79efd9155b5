"""The other side of the pool: the nursery and its workers. `python -m dlp_gateway.pool_worker FD`.

The nursery is a clean interpreter, never a fork of the gateway. It loads rules and language model
once, then forks a worker whenever the gateway sends it a socket: a replacement costs milliseconds and all
workers share the nursery's memory. It never sees a message. A worker reads one job at a time from its own socket.

Documents are read apart (`reading/`): the first thing a nursery does is to fork the brood that readers come from.
The gateway imports this module too, so what reads hostile documents is imported in functions only.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import socket
import struct
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from . import model_json, sandbox
from .change import Changed, Manner
from .errors import ConfigError, Fault
from .frames import read_frame, write_frame
from .model import Extraction, Inspection, Question
from .reading.brood import READY, start_brood
from .reading.settings import ReadingSettings

if TYPE_CHECKING:
    from .extract import Apart

PID = struct.Struct(">q")
_FAULT_BYTES = 1000
_PACKAGE = Path(__file__).resolve().parent


class Works(Protocol):
    """What a worker needs to have: `inspection.Inspector`, or a stand-in of the pool's own tests."""

    @property
    def version(self) -> str: ...

    def read_apart_with(self, apart: Apart) -> None: ...

    def inspect(self, octets: bytes, question: Question) -> Inspection: ...

    def passages(self, octets: bytes) -> Extraction: ...

    def change(self, octets: bytes, changes: tuple[str, ...], manner: Manner) -> Changed: ...


def main(make: Callable[[dict[str, Any]], Works]) -> None:
    """Be a nursery on the control socket whose descriptor is the first argument. Never returns.

    `make` gets what the gateway says first: texts, names, fingerprint_key (hex), council, records,
    memory_bytes, reading.
    """
    control = socket.socket(fileno=int(sys.argv[1]))
    # The gateway alone says when to stop, by closing the socket: a service manager's SIGTERM reaches every process of
    # the unit, and the gateway still has messages to finish then.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    start = json.loads(read_frame(control.fileno()))
    settings = ReadingSettings(**start["reading"])
    brood = start_brood(settings)
    gc.disable()  # until all is loaded: nothing of it is garbage, and to look for some takes a tenth of the time
    from .reading.client import Readers  # noqa: PLC0415  # loads what reads hostile documents

    try:
        works = make(start)
        if (said := brood.recv(_FAULT_BYTES)) != READY:
            raise ConfigError([Fault(file="workers", text=_no_sandbox(said.decode()))])
    except ConfigError as error:
        faults = [model_json.encode(fault).decode() for fault in error.faults]
        write_frame(control.fileno(), json.dumps({"faults": faults}).encode())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  # the gateway must hear why no worker can be had
        write_frame(control.fileno(), json.dumps({"error": type(error).__name__, "at": _place(error)}).encode())
        sys.exit(1)
    _silence()
    # Builds the encoders once for all workers: 60 ms in each otherwise.
    model_json.decode(Inspection, model_json.encode(Inspection(question=Question())))
    model_json.decode(Question, model_json.encode(Question()))
    write_frame(control.fileno(), json.dumps({"version": works.version}).encode())
    gc.collect()
    gc.freeze()  # else the first collection in each worker would copy every page
    gc.enable()
    _fork_on_request(control, works, brood, _Limits(memory_bytes=start["memory_bytes"], weak=settings.weak), Readers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    memory_bytes: int
    weak: bool


def _no_sandbox(why: str) -> str:
    return (
        f"{why or 'documents could not be kept apart'}; mail is not inspected without a whole sandbox. "
        "`dlp-gateway doctor` says what this machine offers; workers.weak_sandbox does without what is missing"
    )


def _fork_on_request(
    control: socket.socket, works: Works, brood: socket.socket, limits: _Limits, readers: Callable[[int], Apart]
) -> None:
    children: set[int] = set()
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        _reap(children)
        if not request:  # the gateway is gone, or done with us
            for pid in children:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            os._exit(0)
        parent = os.getpid()
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(brood, [b"+"], [theirs.fileno()])
        except OSError:
            os._exit(1)  # the brood has died: the gateway starts another nursery
        theirs.close()
        pid = os.fork()
        if pid == 0:
            try:
                works.read_apart_with(readers(ours.fileno()))
                _work(descriptors[0], ours.fileno(), works, limits, parent)
            finally:
                os._exit(1)
        children.add(pid)
        os.close(descriptors[0])
        ours.close()
        # Opened here, where the child can't be reaped yet: by the time it is killed, a bare pid might be another's.
        handle = os.pidfd_open(pid)
        socket.send_fds(control, [PID.pack(pid)], [handle])
        os.close(handle)


def _reap(children: set[int]) -> None:
    for pid in list(children):
        if os.waitpid(pid, os.WNOHANG)[0]:
            children.discard(pid)


def _work(descriptor: int, keeper: int, works: Works, limits: _Limits, parent: int) -> None:
    sandbox.lock_down(limits.memory_bytes, (descriptor, keeper), weak=limits.weak)
    if os.getppid() != parent:
        return  # it died before we asked to die with it
    write_frame(descriptor, b"{}")
    while True:
        try:
            job = json.loads(read_frame(descriptor))
            octets = read_frame(descriptor)
        except EOFError:
            os._exit(0)  # the gateway wants no more of this worker
        try:
            head, body = _do(works, job, octets)
        except (MemoryError, EOFError):
            # What is left of a library after the one can't be trusted; the other says that the keeper has died.
            os._exit(sandbox.OUT_OF_MEMORY_EXIT)
        except Exception as error:  # noqa: BLE001
            # Type and place only: the text of an exception may quote the message.
            head, body = {"error": type(error).__name__, "at": _place(error)}, b""
        octets = b""
        write_frame(descriptor, json.dumps(head).encode())
        write_frame(descriptor, body)


def _do(works: Works, job: dict[str, Any], octets: bytes) -> tuple[dict[str, Any], bytes]:
    if job["do"] == "inspect":
        return {}, model_json.encode(works.inspect(octets, model_json.decode(Question, job["question"])))
    if job["do"] == "passages":
        return {}, model_json.encode(works.passages(octets))
    changed = works.change(octets, tuple(job["changes"]), Manner(**job["manner"]))
    return {"notes": list(changed.notes)}, changed.octets


def _silence() -> None:
    logging.disable(logging.CRITICAL)
    for logger in (logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))):
        logger.handlers.clear()
    warnings.simplefilter("ignore")


def _place(error: BaseException) -> str:
    """Where in our code the error rose: "extract/pdf.py:42"."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if _PACKAGE in Path(frame.filename).parents:
            return f"{Path(frame.filename).relative_to(_PACKAGE)}:{frame.lineno}"
    return "outside our code"


def _make_inspector(start: dict[str, Any]) -> Works:
    from .detect.records.index_table import NOTHING_REGISTERED  # noqa: PLC0415  # as below
    from .exact_index import open_records  # noqa: PLC0415  # as below
    from .inspection import Inspector  # noqa: PLC0415  # loads what reads hostile documents

    key = bytes.fromhex(start["fingerprint_key"])
    records, folder = NOTHING_REGISTERED, start["records"]["folder"]
    if folder is not None:
        # Mapped here, where files can still be opened: the workers forked from this process share the pages.
        records = open_records(Path(folder), key, tuple(start["records"]["required"]))
    return Inspector(
        start["texts"], names=start["names"], fingerprint_key=key, council=start["council"], records=records
    )


if __name__ == "__main__":
    main(_make_inspector)
