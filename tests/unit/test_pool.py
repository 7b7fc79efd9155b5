"""Real processes throughout; only what a worker does with a message is replaced (pool_nursery.py)."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from dlp_gateway.config import Times, Workers
from dlp_gateway.errors import ConfigError, OverloadedError, TemporaryError
from dlp_gateway.model import Gap, GapReason, GapScope, Inspection, Question
from dlp_gateway.pool import DEADLINE_PASSED, WORKER_DIED, Pool

NURSERY = str(Path(__file__).with_name("pool_nursery.py"))
QUESTION = Question(recipients=("a@b.example",))


def pool(texts: dict[str, str] | None = None, *, seconds: float = 20, wait: float = 15, **workers: Any) -> Pool:
    return Pool(
        Workers(**{"count": 2, "names": False, **workers}),
        Times(inspection_seconds=seconds, worker_wait_seconds=wait),
        texts or {"version": "1"},
        b"k" * 32,
        command=(NURSERY,),
    )


def with_pool(made: Pool, body: Callable[[Pool], Awaitable[None]]) -> None:
    async def run() -> None:
        async with made:
            await body(made)

    asyncio.run(run())


def process_of(inspection: Inspection) -> int:
    return inspection.attachments[0].size_bytes


def said(inspection: Inspection) -> str | None:
    return inspection.attachments[0].filename


def test_an_inspection_comes_back_with_its_question_and_the_time_it_took() -> None:
    async def body(p: Pool) -> None:
        inspection = await p.inspect(b"hello", QUESTION)
        assert inspection.question == QUESTION
        assert inspection.gaps == ()
        assert inspection.seconds > 0

    with_pool(pool(), body)


def test_the_pool_works_under_uvloop() -> None:
    async def run() -> None:
        async with pool() as p:
            assert said(await p.inspect(b"hello", QUESTION)) == "done"
            assert (await p.inspect(b"die", QUESTION)).gaps[0].detail == WORKER_DIED
            assert said(await p.inspect(b"hello", QUESTION)) == "done"
            await p.reload({"version": "2"})

    uvloop.run(run())


def test_any_octets_survive_the_way_through_a_change() -> None:
    octets = bytes(range(256)) * 20_000

    async def body(p: Pool) -> None:
        changed = await p.change(octets, ("disclaimer",))
        assert changed.octets == octets + b"\x00\xff"
        assert changed.notes == ("disclaimer", "anywhere")

    with_pool(pool(), body)


def test_at_the_deadline_the_worker_is_killed_and_the_answer_is_one_gap_about_the_message() -> None:
    async def body(p: Pool) -> None:
        pid = process_of(await p.inspect(b"hello", QUESTION))
        inspection = await p.inspect(b"wait-for /never", QUESTION)
        timed_out = Gap(part="", reason=GapReason.TIMED_OUT, scope=GapScope.MESSAGE, detail=DEADLINE_PASSED)
        assert inspection.gaps == (timed_out,)
        assert process_of(await p.inspect(b"hello", QUESTION)) != pid

    with_pool(pool(seconds=0.3, count=1), body)


def test_a_worker_killed_from_outside_is_a_gap_and_is_replaced() -> None:
    async def body(p: Pool) -> None:
        pid = process_of(await p.inspect(b"hello", QUESTION))
        async with asyncio.TaskGroup() as group:
            task = group.create_task(p.inspect(b"wait-for /never", QUESTION))
            await asyncio.sleep(0)
            os.kill(pid, signal.SIGKILL)
        assert [gap.detail for gap in task.result().gaps] == [WORKER_DIED]
        assert (await p.inspect(b"hello", QUESTION)).gaps == ()

    with_pool(pool(count=1), body)


def test_an_idle_worker_that_dies_costs_no_message() -> None:
    async def body(p: Pool) -> None:
        for _ in range(5):
            os.kill(process_of(await p.inspect(b"hello", QUESTION)), signal.SIGKILL)
            await asyncio.sleep(0.05)  # the kernel's word that it died must have reached the loop
            assert (await p.inspect(b"hello", QUESTION)).gaps == ()

    with_pool(pool(count=1), body)


def test_a_worker_that_dies_costs_no_other_message() -> None:
    async def body(p: Pool) -> None:
        first, dying, second = await asyncio.gather(*(p.inspect(o, QUESTION) for o in (b"hello", b"die", b"hello")))
        assert (first.gaps, second.gaps) == ((), ())
        assert [gap.detail for gap in dying.gaps] == [WORKER_DIED]

    with_pool(pool(count=2), body)


def test_a_worker_that_needs_too_much_memory_ends() -> None:
    async def body(p: Pool) -> None:
        pid = process_of(await p.inspect(b"hello", QUESTION))
        inspection = await p.inspect(b"grow %d" % 2**30, QUESTION)
        assert [gap.detail for gap in inspection.gaps] == [WORKER_DIED]
        after = await p.inspect(b"grow 1000000", QUESTION)
        assert after.gaps == ()
        assert process_of(after) != pid

    with_pool(pool(count=1, memory_bytes=256 * 2**20), body)


def test_an_exception_in_a_worker_is_a_gap_and_tells_neither_log_nor_gap_what_it_read(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def body(p: Pool) -> None:
        inspection = await p.inspect(b"raise Jane Example QQ123456C", QUESTION)
        detail = "inspection failed: ValueError"
        assert inspection.gaps == (Gap(part="", reason=GapReason.CORRUPT, scope=GapScope.MESSAGE, detail=detail),)
        with pytest.raises(TemporaryError) as caught:
            await p.change(b"raise Jane Example QQ123456C", ())
        assert "Jane" not in str(caught.value)
        assert (await p.inspect(b"hello", QUESTION)).gaps == ()

    with_pool(pool(), body)
    seen = capfd.readouterr()
    fields = str([getattr(record, "fields", "") for record in caplog.records])
    assert "Jane" not in seen.out + seen.err + caplog.text + fields
    assert "ValueError" in fields


def test_what_a_worker_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    async def body(p: Pool) -> None:
        assert said(await p.inspect(b"print Jane Example", QUESTION)) == "done"

    with_pool(pool(), body)
    seen = capfd.readouterr()
    assert "Jane" not in seen.out + seen.err


@pytest.mark.parametrize("what", ["tcp", "udp", "unix", "pair", "exec", "signal", "write"])
def test_a_worker_is_refused(what: str) -> None:
    async def body(p: Pool) -> None:
        assert said(await p.inspect(b"try " + what.encode(), QUESTION)) == "refused"

    with_pool(pool(count=1), body)


def test_a_worker_has_its_two_sockets_and_leaves_no_core() -> None:
    async def body(p: Pool) -> None:
        open_ones = said(await p.inspect(b"try descriptors", QUESTION))
        assert open_ones == "/dev/null,/dev/null,/dev/null,socket,socket"
        assert said(await p.inspect(b"try core", QUESTION)) == "0"

    with_pool(pool(count=2), body)


def test_beyond_the_waiting_room_and_after_the_wait_the_answer_is_overloaded() -> None:
    async def body(p: Pool) -> None:
        async with asyncio.TaskGroup() as group:
            busy = group.create_task(p.inspect(b"wait-for /never", QUESTION))
            await asyncio.sleep(0)
            waiting = group.create_task(_outcome(p.inspect(b"hello", QUESTION)))
            await asyncio.sleep(0)
            with pytest.raises(OverloadedError):
                await p.inspect(b"hello", QUESTION)
            assert isinstance(await waiting, OverloadedError)
            assert not busy.done()
        assert busy.result().gaps[0].detail == DEADLINE_PASSED

    with_pool(pool(count=1, waiting_per_worker=1, seconds=1, wait=0.2), body)


def test_while_workers_are_slow_others_stand_in_for_them_and_leave_again() -> None:
    """Two messages that take long must not stop the two workers' ordinary mail."""

    async def body(p: Pool) -> None:
        async with asyncio.TaskGroup() as group:
            slow = [group.create_task(p.inspect(b"wait-for /no/such/file", QUESTION)) for _ in range(2)]
            await asyncio.sleep(0)
            for _ in range(10):
                assert said(await p.inspect(b"quick", QUESTION)) == "done"
            assert not any(task.done() for task in slow)
        assert [task.result().gaps[0].reason for task in slow] == [GapReason.TIMED_OUT] * 2
        async with asyncio.timeout(5):
            while len(p._state.workers) != 2:
                assert said(await p.inspect(b"quick", QUESTION)) == "done"

    with_pool(pool(count=2, overflow=4, slow_seconds=0.1, seconds=5), body)


def test_without_overflow_ordinary_mail_waits_behind_slow_messages() -> None:
    async def body(p: Pool) -> None:
        async with asyncio.TaskGroup() as group:
            slow = group.create_task(p.inspect(b"wait-for /no/such/file", QUESTION))
            await asyncio.sleep(0)
            started = time.monotonic()
            assert said(await p.inspect(b"quick", QUESTION)) == "done"
            assert time.monotonic() - started > 0.5
        assert slow.result().gaps[0].reason is GapReason.TIMED_OUT

    with_pool(pool(count=1, overflow=0, slow_seconds=0.1, seconds=1), body)


def test_a_worker_is_replaced_after_its_share_of_messages() -> None:
    async def body(p: Pool) -> None:
        pids = [process_of(await p.inspect(b"hello", QUESTION)) for _ in range(6)]
        assert pids[0] == pids[1] == pids[2] != pids[3] == pids[4] == pids[5]

    with_pool(pool(count=1, recycle_after=3), body)


def test_after_a_reload_running_messages_end_with_the_old_rules_and_new_ones_start_with_the_new(tmp_path: Path) -> None:
    async def body(p: Pool) -> None:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(p.inspect(f"wait-for {tmp_path / 'go'}".encode(), QUESTION))
            await asyncio.sleep(0)
            await p.reload({"version": "2"})
            assert (await p.inspect(b"hello", QUESTION)).ruleset == "2"
            assert p.version == "2"
            (tmp_path / "go").touch()
        assert running.result().ruleset == "1"
        assert {(await p.inspect(b"hello", QUESTION)).ruleset for _ in range(4)} == {"2"}

    with_pool(pool(count=2), body)


def test_rules_that_cannot_be_used_leave_the_old_ones_in_force_and_name_every_fault() -> None:
    async def body(p: Pool) -> None:
        with pytest.raises(ConfigError) as caught:
            await p.reload({"broken": ""})
        assert [str(fault) for fault in caught.value.faults] == ["a.yaml:3: is wrong", "b.yaml: is wrong too"]
        assert (await p.inspect(b"hello", QUESTION)).ruleset == "1"

    with_pool(pool(), body)


@pytest.mark.parametrize(
    ("texts", "kind"), [({"broken": ""}, ConfigError), ({"crash": "secret words"}, TemporaryError)]
)
def test_a_pool_that_cannot_load_does_not_start(
    texts: dict[str, str], kind: type[Exception], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(kind):
        asyncio.run(pool(texts).start())
    assert "secret" not in capfd.readouterr().err


def test_a_nursery_that_dies_is_started_again() -> None:
    async def body(p: Pool) -> None:
        parent = _parent_of(process_of(await p.inspect(b"hello", QUESTION)))
        os.kill(parent, signal.SIGKILL)
        async with asyncio.timeout(10):
            while True:
                answer = await _outcome(p.inspect(b"hello", QUESTION))
                if isinstance(answer, Inspection) and not answer.gaps and _parent_of(process_of(answer)) != parent:
                    break
                await asyncio.sleep(0.01)

    with_pool(pool(), body)


def test_a_caller_that_gives_up_frees_its_worker() -> None:
    async def body(p: Pool) -> None:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(p.inspect(b"wait-for /never", QUESTION))
            await asyncio.sleep(0)
            task.cancel()
        assert task.cancelled()
        assert (await p.inspect(b"hello", QUESTION)).gaps == ()

    with_pool(pool(count=1), body)


def test_stopping_ends_every_process_even_a_busy_one() -> None:
    pids: list[int] = []

    async def run() -> None:
        async with asyncio.TaskGroup() as group, pool(count=1) as p:
            pids.append(process_of(await p.inspect(b"hello", QUESTION)))
            pids.append(_parent_of(pids[0]))
            running = group.create_task(p.inspect(b"wait-for /never", QUESTION))
            await asyncio.sleep(0)
        assert running.result().gaps[0].detail == WORKER_DIED

    asyncio.run(run())
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def _outcome(awaitable: Awaitable[Inspection]) -> Any:
    try:
        return await awaitable
    except TemporaryError as error:
        return error
