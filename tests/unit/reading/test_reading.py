"""Worker, keeper and reader together, over real processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dlp_gateway.extract import Spent
from dlp_gateway.extract.source import Source, Told
from dlp_gateway.model import Gap, GapReason, GapScope, Passage
from dlp_gateway.reading.client import Readers
from dlp_gateway.reading.job import Job, decode_job

KEEPER = Path(__file__).parent / "obedient_keeper.py"
Start = Callable[..., Readers]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a keeper with these settings; answers the worker's end."""
    running: list[tuple[subprocess.Popen[bytes], socket.socket]] = []

    def run(**settings: Any) -> Readers:
        ours, theirs = socket.socketpair()
        process = subprocess.Popen(
            [sys.executable, str(KEEPER), str(theirs.fileno()), json.dumps(settings)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        theirs.close()
        running.append((process, ours))
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return Readers(ours.fileno())

    yield run
    for process, sock in running:
        sock.close()
        process.communicate(timeout=10)


def file(*lines: str, part: str = "2") -> Source:
    return Source(part=part, octets="\n".join(("%PDF-", *lines)).encode())


def read(readers: Readers, source: Source, spent: Spent = Spent()) -> tuple[list[Told], Spent]:  # noqa: B008
    try:
        return readers.read(source, 0, spent)
    finally:
        readers.end()


def texts(told: list[Told]) -> list[str]:
    return [item.text for item in told if isinstance(item, Passage)]


def gaps(told: list[Told]) -> list[tuple[str, GapReason]]:
    return [(item.part, item.reason) for item in told if isinstance(item, Gap)]


def test_what_a_file_holds_comes_back_with_what_it_cost(start: Start) -> None:
    readers = start()
    told, spent = read(readers, file("say one", "say two", "spend 7"), Spent(cells=5, files=1))
    assert texts(told) == ["one", "two"]
    assert gaps(told) == []
    assert (spent.cells, spent.files, spent.text_chars) == (12, 1, 6)


def test_every_message_has_a_reader_of_its_own_and_its_files_share_one(start: Start) -> None:
    readers = start()
    first = [texts(readers.read(file(f"say {n}", part=str(n)), 0, Spent())[0]) for n in (2, 3)]
    readers.end()
    assert first == [["2"], ["3"]]
    assert texts(read(readers, file("say again"))[0]) == ["again"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("die", GapReason.CORRUPT),
        ("grow 9000000000", GapReason.TOO_LARGE),
        ("spin", GapReason.TIMED_OUT),
        ("sleep", GapReason.TIMED_OUT),
        ("close", GapReason.CORRUPT),
        ("raw 00ffffffff", GapReason.CORRUPT),  # a frame of 4 GiB
        ("raw 5000000004726d0078", GapReason.CORRUPT),  # a program that is none of ours
        (
            "raw 500000000c736d696d652d7369676e0078",
            GapReason.CORRUPT,
        ),  # smime-sign, not for readers
    ],
)
def test_a_reader_that_ends_is_a_gap_and_the_next_file_is_read(start: Start, command: str, reason: GapReason) -> None:
    readers = start(file_seconds=0.5)
    told, _ = readers.read(file("say before", command, "say after"), 0, Spent())
    assert texts(told) == ["before"]
    assert gaps(told) == [("2", reason)]
    assert texts(readers.read(file("say well", part="3"), 0, Spent())[0]) == ["well"]
    readers.end()
    assert texts(read(readers, file("say well"))[0]) == ["well"]


def test_only_the_file_inside_that_a_reader_died_of_is_lost(start: Start) -> None:
    readers = start()
    lines = ("say one", "inner good say two", "inner bad die", "inner other say three", "say four")
    told, _ = read(readers, file(*lines))
    assert sorted(texts(told)) == sorted(["one", "two", "three", "four", "good", "bad", "other"])
    assert gaps(told) == [("2/bad", GapReason.CORRUPT)]


def test_a_file_that_kills_reader_after_reader_is_given_up(start: Start) -> None:
    readers = start()
    told, _ = read(readers, file("say one", *(f"inner n{n} die" for n in range(9))))
    assert "one" in texts(told)
    assert {reason for _, reason in gaps(told)} == {GapReason.CORRUPT}
    assert [part for part, _ in gaps(told)][-1] == "2"  # the whole file is said to be unread


def test_beyond_the_time_of_a_message_all_its_files_are_gaps_at_once(start: Start) -> None:
    readers = start(file_seconds=30, message_seconds=0.5)
    started = time.monotonic()
    told = [*readers.read(file("spin"), 0, Spent())[0], *readers.read(file("say late", part="3"), 0, Spent())[0]]
    assert time.monotonic() - started < 15  # half of what the file alone might take
    assert gaps(told) == [("2", GapReason.TIMED_OUT), ("3", GapReason.TIMED_OUT)]
    readers.end()
    assert texts(read(readers, file("say a new message"))[0]) == ["a new message"]


def test_a_program_is_run_by_the_keeper_and_its_failure_is_a_gap(start: Start) -> None:
    told, _ = read(start(), file("say before", "run ocr", "say after"))
    assert texts(told) == ["before"]
    assert gaps(told) == [("2", GapReason.CORRUPT)]  # "input" is no picture


def test_a_reader_that_speaks_of_other_files_or_nonsense_is_not_believed(start: Start) -> None:
    forged = Gap(part="1", reason=GapReason.ENCRYPTED, scope=GapScope.MESSAGE, detail="forged")
    octets = json.dumps({"part": forged.part, "reason": "encrypted", "scope": "message", "detail": "forged"}).encode()
    frames = b"G" + len(octets).to_bytes(4, "big") + octets
    readers = start()
    told, _ = read(readers, file(f"raw {frames.hex()}", "say on", f"raw {(b'T' + bytes([0, 0, 0, 2]) + b'{}').hex()}"))
    assert texts(told) == ["on"]
    assert gaps(told) == [("2", GapReason.CORRUPT)]


def test_a_keeper_ends_with_its_worker_and_its_readers_with_it(start: Start) -> None:
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, str(KEEPER), str(theirs.fileno()), "{}"],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    theirs.close()
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    readers = Readers(ours.fileno())
    assert texts(read(readers, file("say here"))[0]) == ["here"]
    process.kill()  # the brood goes with its parent, the keeper with the brood, the reader with the keeper
    process.wait()
    process.stdin.close()  # type: ignore[union-attr]
    process.stdout.close()
    deadline = time.monotonic() + 10
    with pytest.raises(EOFError):
        _read_until(readers, deadline)
    ours.close()


def _read_until(readers: Readers, deadline: float) -> None:
    """A kill takes a moment to reach the last in the row."""
    while time.monotonic() < deadline:
        read(readers, file("say nobody"))


def test_a_job_survives_its_way() -> None:
    source = Source(
        part="2/a b.zip",
        octets=b"\x00\xff",
        filename="ä.zip",
        params=(("name", "ä.zip"),),
        scope=GapScope.MESSAGE,
        hidden=True,
    )
    job = Job(source=source, depth=3, spent=Spent(files=4), fatal={2: (GapReason.CORRUPT, "x")})
    assert decode_job(job.encode()) == job
