"""The CPU boundary: processes that inspect and change messages, with a deadline each.

    gateway -> nursery (rules and model loaded once) -> workers, forked from it

The gateway speaks with each worker over a socket pair, one message at a time. A worker that
passes its deadline is killed and replaced; one that dies costs no other message. While workers are busy with slow
messages, others stand in for them, so that ordinary mail does not wait behind a bomb. At most
`count x waiting_per_worker` messages wait: beyond that the client's MTA is our queue.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from . import log, model_json
from .change import USUAL, Manner
from .config import ExactMatch, Times, Workers
from .errors import ConfigError, Fault, OverloadedError, TemporaryError
from .model import Extraction, Gap, GapReason, GapScope, Inspection, Question
from .octets import Octets, whole
from .pool_processes import DiedError, Nursery, Worker, readable, receive, send, start_nursery
from .pool_worker import PID

_log = logging.getLogger("dlp_gateway.pool")

DEADLINE_PASSED = "inspection took too long and was ended"
WORKER_DIED = "the inspecting process died"
INSPECTION_FAILED = "inspection failed"

_COMMAND = ("-m", "dlp_gateway.pool_worker")
_START_SECONDS = 120.0
_SPAWN_SECONDS = 10.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 5.0


@dataclass(slots=True, kw_only=True)
class _State:
    """What changes while the pool runs."""

    nursery: Nursery | None = None
    waiting: int = 0
    workers: set[Worker] = field(default_factory=set)
    nurseries: list[Nursery] = field(default_factory=list)  # open, or not yet reaped
    keeper: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworked:
    """A message after the changes of its delivery. `notes` say in fixed words which were left undone and why."""

    octets: Octets = field(repr=False)
    notes: tuple[str, ...] = ()


class Pool:
    """Workers that inspect and change messages. Use as `async with`, or `start` and `stop`.

    `council` is the name that stands in disclaimers, `records` says where the council's own records lie (None: none
    are looked in); they are opened anew at each reload. Large messages that were changed are kept in the folder `spool`
    (None: in memory). `command` is what the interpreter is given to become the
    nursery; only the pool's own tests name another.
    """

    def __init__(
        self,
        workers: Workers,
        times: Times,
        texts: Mapping[str, str],
        fingerprint_key: bytes,
        *,
        council: str = "the council",
        records: ExactMatch | None = None,
        spool: Path | None = None,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self._workers = workers
        self._times = times
        self._texts = dict(texts)
        self._fingerprint_key = fingerprint_key
        self._council = council
        self._records = records or ExactMatch(folder=None)
        self._spool = spool
        self._command = tuple(command)
        self._state = _State()
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._wanted = asyncio.Event()
        self._changing = asyncio.Lock()

    @property
    def version(self) -> str:
        """Version of the rules that new messages are inspected with; "" while there is no nursery."""
        return self._state.nursery.version if self._state.nursery else ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # -- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Load the rules and start all workers. Raises ConfigError for rules that can't be used,
        TemporaryError when no worker can be had (the system refuses the sandbox, no memory)."""
        try:
            self._state.nursery = await self._open_nursery(self._texts)
            await self._fill()
        except BaseException as error:
            await self.stop()
            if isinstance(error, OSError | ValueError | DiedError | TimeoutError):
                raise TemporaryError(f"no worker could be started ({log.place_of(error)})") from None
            raise
        # It lives from start to stop, which are two calls; stop waits for it, and it catches what a start can raise.
        self._state.keeper = asyncio.create_task(self._keep())  # noqa: TID251

    async def stop(self) -> None:
        """End all workers, whatever they do, and wait until they are gone."""
        state = self._state
        if state.keeper is not None:
            state.keeper.cancel()
            await asyncio.gather(state.keeper, return_exceptions=True)
            state.keeper = None
        for worker in list(state.workers):
            if worker.busy:
                worker.kill()
            else:
                self._retire(worker)
        state.nursery = None
        for nursery in state.nurseries:
            nursery.close()
            await nursery.process.wait()
        state.nurseries.clear()

    async def reload(self, texts: Mapping[str, str]) -> None:
        """Inspect every message taken from now on with these rules; running ones finish with theirs.

        Raises ConfigError for rules that can't be used, TemporaryError when no new worker can be had; the old
        rules stay then.
        """
        try:
            async with self._changing:
                nursery = await self._open_nursery(texts)
                try:
                    fresh = [await self._spawn(nursery) for _ in range(self._workers.count)]
                except BaseException:
                    self._retire_all_of(nursery)
                    raise
        except (OSError, ValueError, DiedError, TimeoutError) as error:
            raise TemporaryError(f"no worker could be started ({log.place_of(error)})") from None
        self._texts = dict(texts)
        old, self._state.nursery = self._state.nursery, nursery
        while not self._idle.empty():
            self._retire(self._idle.get_nowait())
        for worker in fresh:
            self._idle.put_nowait(worker)
        if old is not None:
            self._close_when_empty(old)
        log.event(_log, "pool:reloaded", ruleset=nursery.version)

    # -- work ------------------------------------------------------------------------------------

    async def inspect(self, octets: Octets, question: Question) -> Inspection:
        """Inspect one message. Deadline or dead worker: an Inspection whose only content is a gap about
        the whole message. Raises OverloadedError when no worker is free and none will be in time."""
        job = {"do": "inspect", "question": model_json.encode(question).decode()}
        started = time.perf_counter()
        try:
            head, body = await self._run(job, octets)
            if "error" in head:
                raise _FailedError(_log_failure(head))
            inspection = model_json.decode(Inspection, whole(body))
        except TimeoutError:
            inspection = _blind(question, GapReason.TIMED_OUT, DEADLINE_PASSED)
        except _FailedError as error:
            inspection = _blind(question, GapReason.CORRUPT, f"{INSPECTION_FAILED}: {error}")
        except (DiedError, ValueError):
            inspection = _blind(question, GapReason.TIMED_OUT, WORKER_DIED)
        return replace(inspection, seconds=time.perf_counter() - started)

    async def passages(self, octets: bytes) -> Extraction:
        """The text that inspection sees, in clear: for an administrator's own eyes (`inspect --text`).
        Raises TemporaryError when the worker dies, fails or passes the deadline."""
        _, body = await self._run_or_raise({"do": "passages"}, octets)
        return model_json.decode(Extraction, whole(body))

    async def change(self, octets: Octets, changes: tuple[str, ...], manner: Manner = USUAL) -> Reworked:
        """Apply the changes of a delivery. Raises TemporaryError when the worker dies, fails or passes
        the deadline, OverloadedError when none is free."""
        job = {"do": "change", "changes": list(changes), "manner": asdict(manner)}
        head, body = await self._run_or_raise(job, octets, self._spool)
        return Reworked(octets=body, notes=tuple(str(note) for note in head.get("notes", ())))

    async def _run_or_raise(
        self, job: dict[str, Any], octets: Octets, spool: Path | None = None
    ) -> tuple[dict[str, Any], Octets]:
        try:
            head, body = await self._run(job, octets, spool)
        except TimeoutError:
            raise TemporaryError("a worker passed its deadline") from None
        except DiedError:
            raise TemporaryError("a worker died") from None
        if "error" in head:
            raise TemporaryError(f"a worker failed: {_log_failure(head)}")
        return head, body

    async def _run(
        self, job: dict[str, Any], octets: Octets, spool: Path | None = None
    ) -> tuple[dict[str, Any], Octets]:
        worker = await self._acquire()
        usable = False
        patience = asyncio.get_running_loop().call_later(self._workers.slow_seconds, self._mark_slow, worker)
        try:
            async with asyncio.timeout(self._times.inspection_seconds):
                answer = await worker.ask(job, octets, spool)
            usable = True
            return answer
        except TimeoutError:
            log.event(_log, "worker:killed", level=logging.WARNING, why="deadline")
            raise
        except DiedError:
            log.event(_log, "worker:died", level=logging.WARNING)
            raise
        finally:
            patience.cancel()
            # Also when our caller was cancelled: the worker is in the middle of a message nobody waits for.
            self._release(worker, usable)

    async def _acquire(self) -> Worker:
        state = self._state
        if state.nursery is None:
            raise OverloadedError("no worker is up")
        if self._idle.empty() and state.waiting >= self._workers.count * self._workers.waiting_per_worker:
            raise OverloadedError("the waiting room is full")
        state.waiting += 1
        try:
            async with asyncio.timeout(self._times.worker_wait_seconds):
                while True:
                    worker = await self._idle.get()
                    if not worker.dead:
                        worker.busy = True
                        return worker
        except TimeoutError:
            raise OverloadedError("no worker became free in time") from None
        finally:
            state.waiting -= 1

    def _release(self, worker: Worker, usable: bool) -> None:
        worker.jobs += 1
        worker.busy = worker.slow = False
        current = worker.nursery is self._state.nursery
        wanted = current and self._count_current() <= self._count_wanted()
        if usable and wanted and not worker.dead and worker.jobs < self._workers.recycle_after:
            self._idle.put_nowait(worker)
        else:
            self._retire(worker)

    def _mark_slow(self, worker: Worker) -> None:
        worker.slow = True
        self._wanted.set()

    def _count_current(self) -> int:
        return sum(worker.nursery is self._state.nursery for worker in self._state.workers)

    def _count_wanted(self) -> int:
        slow = sum(worker.slow and worker.nursery is self._state.nursery for worker in self._state.workers)
        return self._workers.count + min(slow, self._workers.overflow)

    # -- workers and their nursery -----------------------------------------------------------------

    async def _keep(self) -> None:
        """Keep as many workers alive as are wanted, and a nursery to fork them from, until cancelled."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                async with self._changing:
                    await self._fill()
                pause = _FIRST_PAUSE_SECONDS
            except (OSError, ValueError, DiedError, TimeoutError, ConfigError) as error:
                log.fault(_log, "pool:short", error)
                self._drop_nursery()
                self._wanted.set()
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _fill(self) -> None:
        state = self._state
        if state.nursery is None:
            state.nursery = await self._open_nursery(self._texts)
        while self._count_current() < self._count_wanted():
            self._idle.put_nowait(await self._spawn(state.nursery))

    def _drop_nursery(self) -> None:
        nursery, self._state.nursery = self._state.nursery, None
        if nursery is None:
            return
        for worker in [w for w in self._state.workers if w.nursery is nursery and not w.busy]:
            self._retire(worker)
        self._close_when_empty(nursery)

    async def _open_nursery(self, texts: Mapping[str, str]) -> Nursery:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            process = await start_nursery(self._command, theirs)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        nursery = Nursery(process=process, control=ours)
        self._state.nurseries.append(nursery)
        start = {
            "texts": dict(texts),
            "names": self._workers.names,
            "council": self._council,
            "records": {
                "folder": str(self._records.folder) if self._records.folder else None,
                "required": self._records.required,
            },
            "fingerprint_key": self._fingerprint_key.hex(),
            "memory_bytes": self._workers.memory_bytes,
            "reading": {
                "memory_bytes": self._workers.reader_memory_bytes,
                "file_seconds": self._times.file_seconds,
                "message_seconds": self._times.reading_seconds,
                "weak": self._workers.weak_sandbox,
            },
        }
        try:
            async with asyncio.timeout(_START_SECONDS):
                await send(ours, json.dumps(start).encode())
                answer = json.loads(await receive(ours))
            if "faults" in answer:
                raise ConfigError([model_json.decode(Fault, fault) for fault in answer["faults"]])
            if "error" in answer:
                _log_failure(answer)
                raise DiedError
        except BaseException:
            nursery.close()
            raise
        nursery.version = answer["version"]
        self._forget_ended_nurseries()
        return nursery

    async def _spawn(self, nursery: Nursery) -> Worker:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        handles: list[int] = []
        try:
            async with asyncio.timeout(_SPAWN_SECONDS):
                socket.send_fds(nursery.control, [b"+"], [theirs.fileno()])
                theirs.close()
                await readable(nursery.control)
                octets, handles, _, _ = socket.recv_fds(nursery.control, PID.size, 1)
                if len(octets) != PID.size or len(handles) != 1:
                    raise DiedError
                await receive(ours)  # it has locked itself down
        except BaseException:
            ours.close()
            theirs.close()
            for handle in handles:
                os.close(handle)
            raise
        worker = Worker(nursery=nursery, handle=handles[0], sock=ours)
        self._state.workers.add(worker)
        asyncio.get_running_loop().add_reader(worker.handle, self._mark_dead, worker)
        return worker

    def _mark_dead(self, worker: Worker) -> None:
        """A pidfd becomes readable when its process ends. A busy worker's caller notices by itself."""
        asyncio.get_running_loop().remove_reader(worker.handle)
        worker.dead = True
        if not worker.busy:
            self._retire(worker)

    def _retire(self, worker: Worker) -> None:
        state = self._state
        if worker not in state.workers:
            return
        state.workers.discard(worker)
        worker.dead = True
        asyncio.get_running_loop().remove_reader(worker.handle)
        worker.kill()
        worker.sock.close()
        os.close(worker.handle)
        if worker.nursery is not state.nursery:
            self._close_when_empty(worker.nursery)
        self._wanted.set()

    def _retire_all_of(self, nursery: Nursery) -> None:
        for worker in [w for w in self._state.workers if w.nursery is nursery]:
            self._retire(worker)
        nursery.close()

    def _close_when_empty(self, nursery: Nursery) -> None:
        if not any(worker.nursery is nursery for worker in self._state.workers):
            nursery.close()

    def _forget_ended_nurseries(self) -> None:
        self._state.nurseries[:] = [n for n in self._state.nurseries if n.process.returncode is None]


class _FailedError(Exception):
    """The worker met an exception of ours and lives on; the text is the exception's type."""


def _blind(question: Question, reason: GapReason, detail: str) -> Inspection:
    gap = Gap(part="", reason=reason, scope=GapScope.MESSAGE, detail=detail)
    return Inspection(question=question, gaps=(gap,))


def _log_failure(head: Mapping[str, Any]) -> str:
    """Log type and place of a worker's exception; answers the type. Neither is trusted to be short or plain."""
    kind = str(head.get("error"))[:80]
    kind = kind if kind.isidentifier() else "unknown"
    at = "".join(c for c in str(head.get("at"))[:120] if c.isalnum() or c in "/._: ")
    log.event(_log, "worker:failed", level=logging.ERROR, error=kind, place=at)
    return kind
