"""The keeper: forks readers for one worker, passes octets between the two, and ends a reader that is late.

It parses nothing of what it passes on but the kind and length of frames, and the name of a program, which must be one
of ours.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from dataclasses import dataclass, field
from typing import NoReturn

from .. import sandbox
from ..frames import KIND_AND_LENGTH, read_kind, write_kind
from .program_memory import ProgramMemory
from .reader import be_reader
from .settings import (
    BEGUN,
    DIED,
    DONE,
    ENDED,
    FAILED,
    JOB,
    LATE,
    MAX_FRAME_BYTES,
    MEMORY,
    OUTPUT,
    OVER,
    PROGRAM,
    ReadingSettings,
)

_BLOCK_BYTES = 1 << 18
# After this long a document waits behind all others: other messages are answered meanwhile.
_PATIENT_SECONDS = 0.5
_BEHIND_OTHERS = 15


class _EndedError(Exception):
    """The reader is gone; the argument is the word for why."""


@dataclass(slots=True)
class _Reader:
    pid: int
    sock: socket.socket
    handle: int  # pidfd
    buffer: bytearray = field(default_factory=bytearray)
    used: bool = False
    behind: bool = False


@dataclass(slots=True)
class _Clock:
    """What is left of the time of a file and of its message."""

    message_until: float
    file_until: float
    started: float

    def left(self) -> float:
        return min(self.message_until, self.file_until) - time.monotonic()


class Keeper:
    """`worker` is the descriptor of the worker's socket."""

    def __init__(self, worker: int, settings: ReadingSettings) -> None:
        self._worker = worker
        self._settings = settings
        self._reader: _Reader | None = None
        self._message_until: float | None = None
        self._memory = ProgramMemory()

    def serve(self) -> NoReturn:
        """Read whatever the worker hands over until it is gone. Never returns."""
        while True:
            if self._reader is None:
                self._reader = self._fork()  # before it is needed: the worker never waits for it
            try:
                kind, payload = read_kind(self._worker)
            except EOFError:
                os._exit(0)  # the worker is gone, and a reader goes with its keeper
            if kind == JOB:
                self._read(payload)
            else:
                self._message_until = None
                if self._reader.used:
                    self._end()

    def _read(self, payload: bytes) -> None:
        now = time.monotonic()
        if self._message_until is None:
            self._message_until = now + self._settings.message_seconds
        if self._message_until <= now:
            write_kind(self._worker, ENDED, OVER)
            return
        clock = _Clock(self._message_until, now + self._settings.file_seconds, now)
        reader = self._reader or self._fork()
        self._reader = reader
        reader.used = True
        try:
            self._send(reader, clock, KIND_AND_LENGTH.pack(JOB, len(payload)), payload)
            while True:
                kind, item = self._receive(reader, clock)
                if kind == PROGRAM:
                    self._run(reader, clock, item)
                    continue
                if kind == BEGUN:
                    clock.file_until = time.monotonic() + self._settings.file_seconds
                write_kind(self._worker, kind, item)
                if kind == DONE:
                    return
        except _EndedError as error:
            why = error.args[0]
            if why == LATE and clock.message_until <= time.monotonic():
                why = OVER
            self._end()
            write_kind(self._worker, ENDED, why)

    def _run(self, reader: _Reader, clock: _Clock, request: bytes) -> None:
        name, _, octets = request.partition(b"\0")
        program = sandbox.PROGRAMS.get(name.decode("ascii", "replace"))
        if program is None or not program.reads:
            raise _EndedError(DIED)
        started = time.monotonic()
        seconds = min(clock.message_until - started, self._settings.file_seconds)
        try:
            kind, answer = OUTPUT, self._memory.run(name.decode(), octets, seconds)
        except sandbox.ProgramMissingError:
            kind, answer = FAILED, b"missing"
        except sandbox.ProgramLateError:
            kind, answer = FAILED, b"late"
        except (sandbox.ProgramFailedError, OSError):
            kind, answer = FAILED, b"failed"
        clock.file_until += time.monotonic() - started
        self._send(reader, clock, KIND_AND_LENGTH.pack(kind, len(answer)), answer)

    # -- the reader's process ---------------------------------------------------------------------

    def _fork(self) -> _Reader:
        ours, theirs = socket.socketpair()
        keeper = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                be_reader(_checked(theirs.fileno(), keeper), self._settings)
            finally:
                os._exit(1)
        theirs.close()
        ours.setblocking(False)
        return _Reader(pid=pid, sock=ours, handle=os.pidfd_open(pid))

    def _end(self) -> None:
        reader, self._reader = self._reader, None
        if reader is None:
            return
        signal.pidfd_send_signal(reader.handle, signal.SIGKILL)
        os.waitpid(reader.pid, 0)
        os.close(reader.handle)
        reader.sock.close()

    # -- octets to and fro, against the clock -------------------------------------------------------

    def _send(self, reader: _Reader, clock: _Clock, head: bytes, octets: bytes) -> None:
        for piece in (head, octets):
            left = memoryview(piece)
            while left:
                self._wait(reader, clock, select.POLLOUT)
                try:
                    left = left[reader.sock.send(left[:_BLOCK_BYTES]) :]
                except BlockingIOError:
                    continue
                except OSError:
                    raise _EndedError(self._why_it_ended(reader)) from None

    def _receive(self, reader: _Reader, clock: _Clock) -> tuple[bytes, bytes]:
        kind, length = KIND_AND_LENGTH.unpack(self._exactly(reader, clock, KIND_AND_LENGTH.size))
        if length > MAX_FRAME_BYTES:
            raise _EndedError(DIED)
        return kind, self._exactly(reader, clock, length)

    def _exactly(self, reader: _Reader, clock: _Clock, count: int) -> bytes:
        while len(reader.buffer) < count:
            self._wait(reader, clock, select.POLLIN)
            try:
                block = reader.sock.recv(_BLOCK_BYTES)
            except BlockingIOError:
                continue
            except OSError:
                block = b""
            if not block:
                raise _EndedError(self._why_it_ended(reader))
            reader.buffer += block
        taken = bytes(reader.buffer[:count])
        del reader.buffer[:count]
        return taken

    def _wait(self, reader: _Reader, clock: _Clock, event: int) -> None:
        """Until the reader can be read from or written to. Ends this process when the worker has gone."""
        poll = select.poll()
        poll.register(reader.sock, event)
        poll.register(self._worker, 0)  # errors and hang-up are always reported
        while True:
            left = clock.left()
            if left <= 0:
                raise _EndedError(LATE)
            patience = clock.started + _PATIENT_SECONDS - time.monotonic()
            if not reader.behind and patience <= 0:
                os.setpriority(os.PRIO_PROCESS, reader.pid, _BEHIND_OTHERS)
                reader.behind = True
            wait = left if reader.behind else min(left, patience)
            events = dict(poll.poll(max(1, wait * 1000)))
            if self._worker in events:
                os._exit(0)
            if events:
                return

    @staticmethod
    def _why_it_ended(reader: _Reader) -> bytes:
        """Its socket is closed, so it has ended, or is about to; one that closed it and lives on is ended here."""
        signal.pidfd_send_signal(reader.handle, signal.SIGKILL)
        info = os.waitid(os.P_PIDFD, reader.handle, os.WEXITED | os.WNOWAIT)
        if info is None:
            return DIED
        if info.si_code == os.CLD_EXITED and info.si_status == sandbox.OUT_OF_MEMORY_EXIT:
            return MEMORY
        return LATE if info.si_status == signal.SIGXCPU else DIED


def _checked(descriptor: int, keeper: int) -> int:
    """The descriptor, unless the keeper died between fork and here: then nobody would ever end this reader."""
    if os.getppid() != keeper:
        os._exit(1)
    return descriptor
