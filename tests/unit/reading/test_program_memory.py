from __future__ import annotations

import pytest

from dlp_gateway import sandbox
from dlp_gateway.reading import program_memory
from dlp_gateway.reading.program_memory import ProgramMemory
from dlp_gateway.sandbox import programs


@pytest.fixture(autouse=True)
def counting_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose answer differs each time it really runs."""
    command = ("sh", "-c", "head -c 4; date +%N")
    program = programs.Program(purpose="a test", needs=(("sh", "dash"),), command=command)
    monkeypatch.setitem(programs.PROGRAMS, "count", program)
    fails = programs.Program(purpose="a test", needs=(("sh", "dash"),), command=("sh", "-c", "exit 1"))
    monkeypatch.setitem(programs.PROGRAMS, "fails", fails)


def test_the_same_small_file_is_not_given_to_the_program_twice() -> None:
    memory = ProgramMemory()
    first = memory.run("count", b"same", 5)
    assert first.startswith(b"same")
    assert memory.run("count", b"same", 5) == first
    assert memory.run("count", b"else", 5) != first


def test_large_files_and_long_answers_are_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = ProgramMemory()
    large = b"x" * (program_memory._MAX_FILE_BYTES + 1)
    assert memory.run("count", large, 5) != memory.run("count", large, 5)
    monkeypatch.setattr(program_memory, "_MAX_OUTPUT_BYTES", 5)
    assert memory.run("count", b"long", 5) != memory.run("count", b"long", 5)


def test_only_the_latest_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_memory, "_MAX_ENTRIES", 2)
    memory = ProgramMemory()
    answers = {name: memory.run("count", name, 5) for name in (b"aaaa", b"bbbb", b"cccc")}
    assert memory.run("count", b"cccc", 5) == answers[b"cccc"]
    assert memory.run("count", b"aaaa", 5) != answers[b"aaaa"]


def test_a_failure_is_tried_again_each_time() -> None:
    memory = ProgramMemory()
    for _ in range(2):
        with pytest.raises(sandbox.ProgramFailedError):
            memory.run("fails", b"x", 5)
