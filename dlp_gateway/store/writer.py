"""One thread writes, and commits for everybody who waits: group commit.

A durable commit costs a flush of the disk. While one group is being flushed the next one gathers, so
the cost per message falls as the load rises. Work of one kind is handed over together (`Work.together`)
so that a group's inserts are one statement. A fault in one item is rolled back to its savepoint and
fails that item alone; a fault of the commit fails all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connections, transaction

from ..errors import GatewayError, StoreUnavailableError
from ..log import event, fault
from .chain import Chain
from .values import Verb

_log = logging.getLogger("dlp_gateway.store")

A = TypeVar("A")
R = TypeVar("R")

MAX_WAITING = 10_000
MAX_GROUP = 500
MAX_COMMITS = 50
"""Failed commits after which posted work is given up."""

IDLE_SECONDS = 0.2
"""How long posted work waits for somebody's commit to join before it gets one of its own."""


@dataclass(slots=True)
class Transaction:
    """What a piece of work may use: the connection's alias and the audit chain, and who we are."""

    alias: str
    boot_id: str
    gateway_id: str
    chain: Chain
    checked_alive: bool = False

    def audit(self, verb: Verb, actor: str, message_id: str | None, body: dict[str, Any]) -> None:
        """Add a row to our audit chain, in this transaction."""
        self.chain.add(verb.value, actor, message_id, body)


@dataclass(frozen=True, slots=True)
class Work(Generic[A, R]):
    """A function of the writer thread. `do` takes all arguments of one group and answers one result each
    when `together`; otherwise it is called with one argument at a time."""

    do: Callable[[Transaction, Sequence[A]], Sequence[R]]
    together: bool = True


@dataclass(slots=True)
class _Item:
    work: Work[Any, Any]
    argument: Any
    loop: asyncio.AbstractEventLoop | None = None
    future: asyncio.Future[Any] | Future[Any] | None = None
    result: Any = None
    error: BaseException | None = None
    commits: int = 0  # that failed with it


class Writer:
    """The thread, its queue and its connection."""

    def __init__(self, alias: str, *, boot_id: str, gateway_id: str, chain: Chain) -> None:
        self._alias = alias
        self._boot_id = boot_id
        self._gateway_id = gateway_id
        self._chain = chain
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._posted: deque[_Item] = deque()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"store-writer-{alias}", daemon=True)
        self._thread.start()

    async def submit(self, work: Work[A, R], argument: A) -> R:
        """Do it and wait until it is durable.

        Raises StoreUnavailableError when the database did not take it, and whatever error of ours the
        work raised.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._put(_Item(work, argument, loop, future))
        return await future

    def run(self, work: Work[A, R], argument: A) -> R:
        """As `submit`, for callers without a loop; blocks."""
        future: Future[R] = Future()
        self._put(_Item(work, argument, None, future))
        return future.result()

    def post(self, work: Work[A, R], argument: A) -> None:
        """Do it with the next commit, at the latest after IDLE_SECONDS; nobody waits, faults are logged."""
        if self._closed or len(self._posted) >= 10 * MAX_WAITING:
            event(_log, "store:posted_work_dropped", level=logging.ERROR, closed=self._closed)
            return
        self._posted.append(_Item(work, argument))

    def close(self) -> None:
        """Finish what waits, then end the thread and its connection."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _put(self, item: _Item) -> None:
        if self._closed:
            raise StoreUnavailableError("the store is closed")
        if self._queue.qsize() >= MAX_WAITING:
            raise StoreUnavailableError("too much waits for the store")
        self._queue.put(item)

    def _run(self) -> None:
        end = False
        try:
            while not end:
                group, end = self._gather()
                if group:
                    self._write(group)
                    _resolve(group)
        finally:
            self._closed = True  # should this thread ever die, nobody must wait for it
            self._fail_rest()
            connections[self._alias].close()

    def _gather(self) -> tuple[list[_Item], bool]:
        group: list[_Item] = []
        try:
            item = self._queue.get(timeout=IDLE_SECONDS)
            while item is not None:
                group.append(item)
                if len(group) >= MAX_GROUP:
                    break
                item = self._queue.get_nowait()
            end = item is None
        except queue.Empty:
            end = False
        while self._posted:
            group.append(self._posted.popleft())
        return group, end

    def _fail_rest(self) -> None:
        """Whoever slipped in while we closed must not wait for ever."""
        rest = []
        with contextlib.suppress(queue.Empty):
            while True:
                if (item := self._queue.get_nowait()) is not None:
                    item.error = StoreUnavailableError("the store is closed")
                    rest.append(item)
        _resolve(rest)

    def _write(self, group: list[_Item]) -> None:
        tx = Transaction(self._alias, self._boot_id, self._gateway_id, self._chain)
        try:
            with transaction.atomic(using=self._alias):
                self._chain.begin(self._alias)
                for work, items in _by_work(group):
                    self._do(tx, work, items)
                self._chain.write(self._alias)
        except Exception as error:  # noqa: BLE001 - a thread that dies takes all mail with it: everybody hears 451
            fault(_log, "store:commit_failed", error, items=len(group))
            self._chain.forget()
            with contextlib.suppress(Exception):
                connections[self._alias].close()  # it may be broken; the next group opens a new one
            for item in group:
                item.result = None
                item.error = _for_caller(error, commit=True)
            self._post_again(group)
            return
        self._chain.committed()

    def _post_again(self, group: list[_Item]) -> None:
        """Nobody waits for posted work and nobody would do it again: it joins later commits."""
        for item in group:
            if item.future is None and item.commits < MAX_COMMITS:
                self._posted.append(_Item(item.work, item.argument, commits=item.commits + 1))

    def _do(self, tx: Transaction, work: Work[Any, Any], items: list[_Item]) -> None:
        """All items together; when that fails, each alone, so that only the guilty one fails."""
        mark = self._chain.mark()
        try:
            with transaction.atomic(using=self._alias):
                results = work.do(tx, [item.argument for item in items])
        except Exception as error:  # noqa: BLE001 - goes to whoever waits for it
            self._chain.rewind(mark)
            if len(items) > 1:
                for item in items:
                    self._do(tx, work, [item])
            else:
                if isinstance(error, DatabaseError) or items[0].future is None:
                    fault(_log, "store:work_failed", error)
                items[0].error = _for_caller(error, commit=False)
            return
        for item, result in zip(items, results, strict=True):
            item.result = result


def _by_work(group: list[_Item]) -> list[tuple[Work[Any, Any], list[_Item]]]:
    """The group in the order of arrival, but what may be done together is gathered at its first place."""
    batches: list[tuple[Work[Any, Any], list[_Item]]] = []
    places: dict[int, list[_Item]] = {}
    for item in group:
        if item.work.together and id(item.work) in places:
            places[id(item.work)].append(item)
            continue
        items = [item]
        places[id(item.work)] = items
        batches.append((item.work, items))
    return batches


def _for_caller(error: Exception, *, commit: bool) -> Exception:
    """Never the database's own text: it quotes values."""
    if isinstance(error, GatewayError) and not commit:
        return error
    if isinstance(error, DatabaseError) or commit:
        what = "commit" if commit else "statement"
        return StoreUnavailableError(f"the database refused a {what}: {type(error).__name__}")
    return error


def _resolve(group: Sequence[_Item]) -> None:
    """Tell everybody; one wake-up per loop, not one per message."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Item]] = {}
    for item in group:
        if item.loop is not None:
            by_loop.setdefault(item.loop, []).append(item)
        elif isinstance(item.future, Future):
            if item.error is not None:
                item.future.set_exception(item.error)
            else:
                item.future.set_result(item.result)
    for loop, items in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            loop.call_soon_threadsafe(_settle, items)


def _settle(items: list[_Item]) -> None:
    for item in items:
        future = item.future
        if future is None or future.done():
            continue  # cancelled: the work is durable all the same
        if item.error is not None:
            future.set_exception(item.error)
        else:
            future.set_result(item.result)
