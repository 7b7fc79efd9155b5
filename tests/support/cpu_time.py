"""CPU seconds that work takes, told apart from those of the tracer of coverage, of a busy machine and of a slow one.

Limits are of the machine they were written on. One that needs longer for a fixed piece of work may take so much longer.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from tests.support.untraced import untraced

T = TypeVar("T")

_TRIES = 3
_FIXED_SECONDS = 0.02  # what `_fixed_work` takes on that machine when it does nothing else

_TIMES_AS_LONG = 8
_AT_MOST = 28  # linear is 8, quadratic 64
_LEAST_SECONDS = 0.005  # shorter times are noise


def within(seconds: float, work: Callable[[], T], what: str = "it") -> T:
    """What `work` answers. Raises AssertionError where it takes more CPU seconds than that in each of three tries."""
    for _ in range(_TRIES):
        took, answer = _timed(work)
        if took < seconds or took < seconds * _slowness():
            return answer
    raise AssertionError(
        f"{what} took {took:.3g} CPU seconds, not {seconds:g}; this machine is {_slowness():.1f} x slow"
    )


def grows_linearly(read: Callable[[str], object], piece: str, longest: int = 80_000) -> bool:
    """Whether reading `piece` over and over, up to `longest` characters, takes time in step with the length."""
    return in_step(lambda size: partial(read, piece * (size // len(piece))), longest)


def in_step(prepare: Callable[[int], Callable[[], object]], largest: int) -> bool:
    """Whether work takes time in step with its size, and not its square: `prepare` makes work of a size."""
    _timed(prepare(largest // 40))  # what is made once only
    short = long = float("inf")
    for _ in range(_TRIES):
        short = min(short, _timed(prepare(largest // _TIMES_AS_LONG))[0])
        long = min(long, _timed(prepare(largest))[0])
        if long < _AT_MOST * max(short, _LEAST_SECONDS):
            return True
    return False


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """The CPU seconds that `work` takes, and what it answers; without collecting what other tests left behind."""
    collects = gc.isenabled()
    gc.disable()
    try:
        with untraced():
            start = time.process_time()
            answer = work()
            return time.process_time() - start, answer
    finally:
        if collects:
            gc.enable()


def _slowness() -> float:
    """How many times as long as usual this machine takes now; never less than once."""
    return max(1.0, _timed(_fixed_work)[0] / _FIXED_SECONDS)


def _fixed_work() -> int:
    """Work of the kind that ours is: words looked up, counted and put together."""
    counts: dict[str, int] = {}
    for number in range(40):
        text = " ".join(f"word{n * number % 97}" for n in range(600))
        for match in re.finditer(r"[a-z]+\d+", text):
            counts[match[0]] = counts.get(match[0], 0) + 1
    return len(counts)
