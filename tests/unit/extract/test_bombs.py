"""What bombs and killers cost the process that reads them. `pytest -s` shows the table."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass

import pytest

from dlp_gateway.extract import extract_text
from dlp_gateway.parse import parse_message, views
from tests.support.bomb_archives import END
from tests.support.bombs import BODY, BOMBS, Bomb

_MEMORY_BYTES = 1536 * 2**20
_CPU_SECONDS = 10
_WALL_SECONDS = 60  # of a machine that has other things to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the process ended: `words` is what it found, None where it died."""

    words: tuple[str, ...] | None
    gaps: tuple[str, ...]
    seconds: float
    peak_bytes: int
    late: bool


def read_apart(octets: bytes) -> Ending:
    """Read a message in a forked process with limits on memory and processor time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _read_and_exit(octets, writing)
    os.close(writing)
    late = False
    deadline = time.monotonic() + _WALL_SECONDS
    answer = bytearray()
    os.set_blocking(reading, False)
    while time.monotonic() < deadline:
        try:
            block = os.read(reading, 65536)
        except BlockingIOError:
            time.sleep(0.005)
            continue
        if not block:
            break
        answer += block
    else:
        late = True
        os.kill(child, signal.SIGKILL)
    os.close(reading)
    _, status, usage = os.wait4(child, 0)
    said = json.loads(answer) if answer and status == 0 else None
    return Ending(
        words=tuple(said["words"]) if said else None,
        gaps=tuple(said["gaps"]) if said else (),
        seconds=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * 1024,
        late=late,
    )


def _read_and_exit(octets: bytes, writing: int) -> None:
    code = 1
    try:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 2)
        sys.settrace(None)  # what is measured in a process that ends so is lost
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        parsed = parse_message(octets)
        found = extract_text(parsed, parse_message, views)
        words = [word for word in (BODY.decode(), END.decode()) if any(word in p.text for p in found.passages)]
        gaps = sorted({f"{gap.reason.value}: {gap.detail}" for gap in (*parsed.gaps, *found.gaps)})
        os.write(writing, json.dumps({"words": words, "gaps": gaps[:20]}).encode())
        code = 0
    except MemoryError:
        code = 3
    finally:
        os._exit(code)


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")  # of other plugins, idle
@pytest.mark.parametrize("bomb", BOMBS, ids=[bomb.name for bomb in BOMBS])
def test_a_bomb_ends_with_a_gap_or_with_all_its_text(bomb: Bomb) -> None:
    """A process that dies is a gap too, but one for all that it would have read: it should be the rare case."""
    octets = bomb.make()
    ending = read_apart(octets)
    outcome = "died" if ending.words is None else "; ".join(ending.gaps) or "read"
    mib = ending.peak_bytes // 2**20
    print(f"{bomb.name:20} {len(octets) / 1000:10.1f} kB {ending.seconds:6.2f} s {mib:5} MiB  {outcome[:120]}")
    assert not ending.late
    assert ending.seconds <= _CPU_SECONDS + 1
    assert ending.peak_bytes <= _MEMORY_BYTES
    assert ending.words is None or ending.gaps or END.decode() in ending.words


def test_the_catalogue_is_as_long_as_promised_and_names_each_once() -> None:
    assert len({bomb.name for bomb in BOMBS}) == len(BOMBS) >= 25
