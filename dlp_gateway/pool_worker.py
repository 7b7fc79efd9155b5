"""The other side of the pool: the nursery and its workers. `python -m dlp_gateway.pool_worker FD`.

The nursery is a clean interpreter, never a fork of the gateway. It loads rules and language model
once, then forks a worker whenever the gateway sends it a socket: a replacement costs milliseconds and all
workers share the nursery's memory. It never sees a message. A worker reads one job at a time from its own socket.

A frame is its length (4 octets, big-endian) and that many octets. The gateway reads this module for the
form of frames, so what reads hostile documents is imported in functions only.
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
from pathlib import Path
from typing import Any, Protocol

from . import model_json, sandbox
from .change import Changed
from .errors import ConfigError
from .model import Extraction, Inspection, Question

LENGTH = struct.Struct(">I")
PID = struct.Struct(">q")
OUT_OF_MEMORY_EXIT = 77
_BLOCK_BYTES = 1 << 20
_PACKAGE = Path(__file__).resolve().parent


class Works(Protocol):
    """What a worker needs to have: `inspection.Inspector`, or a stand-in of the pool's own tests."""

    @property
    def version(self) -> str: ...

    def inspect(self, octets: bytes, question: Question) -> Inspection: ...

    def passages(self, octets: bytes) -> Extraction: ...

    def change(self, octets: bytes, changes: tuple[str, ...]) -> Changed: ...


def main(make: Callable[[dict[str, Any]], Works]) -> None:
    """Be a nursery on the control socket whose descriptor is the first argument. Never returns.

    `make` gets what the gateway says first: texts, names, fingerprint_key (hex), council, memory_bytes.
    """
    control = socket.socket(fileno=int(sys.argv[1]))
    # The gateway alone says when to stop, by closing the socket: a service manager's SIGTERM reaches every process of
    # the unit, and the gateway still has messages to finish then.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    start = json.loads(read_frame(control.fileno()))
    try:
        works = make(start)
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
    _fork_on_request(control, works, start["memory_bytes"])


def _fork_on_request(control: socket.socket, works: Works, memory_bytes: int) -> None:
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
        pid = os.fork()
        if pid == 0:
            try:
                _work(descriptors[0], works, memory_bytes, parent)
            finally:
                os._exit(1)
        children.add(pid)
        os.close(descriptors[0])
        # Opened here, where the child can't be reaped yet: by the time it is killed, a bare pid might be another's.
        handle = os.pidfd_open(pid)
        socket.send_fds(control, [PID.pack(pid)], [handle])
        os.close(handle)


def _reap(children: set[int]) -> None:
    for pid in list(children):
        if os.waitpid(pid, os.WNOHANG)[0]:
            children.discard(pid)


def _work(descriptor: int, works: Works, memory_bytes: int, parent: int) -> None:
    sandbox.lock_down(memory_bytes, descriptor)
    if os.getppid() != parent:
        return  # it died before we asked to die with it
    write_frame(descriptor, b"{}")
    while True:
        job = json.loads(read_frame(descriptor))
        octets = read_frame(descriptor)
        try:
            head, body = _do(works, job, octets)
        except MemoryError:
            os._exit(OUT_OF_MEMORY_EXIT)  # what is left of a library after this can't be trusted
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
    changed = works.change(octets, tuple(job["changes"]))
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


def read_frame(descriptor: int) -> bytes:
    """The next frame; ends the process where the other end has closed."""
    return _read_exactly(descriptor, LENGTH.unpack(_read_exactly(descriptor, LENGTH.size))[0])


def _read_exactly(descriptor: int, count: int) -> bytes:
    octets = bytearray()
    while len(octets) < count:
        block = os.read(descriptor, min(_BLOCK_BYTES, count - len(octets)))
        if not block:
            os._exit(0)
        octets += block
    return bytes(octets)


def write_frame(descriptor: int, octets: bytes) -> None:
    """Send one frame. Uses `write`, the filter refuses the calls of sockets."""
    left = memoryview(LENGTH.pack(len(octets)) + octets)
    while left:
        left = left[os.write(descriptor, left) :]


def _make_inspector(start: dict[str, Any]) -> Works:
    from .inspection import Inspector  # noqa: PLC0415  # loads what reads hostile documents

    key = bytes.fromhex(start["fingerprint_key"])
    return Inspector(start["texts"], names=start["names"], fingerprint_key=key, council=start["council"])


if __name__ == "__main__":
    main(_make_inspector)
