"""The judge of time in tests sees what takes too long: one that can't proves nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.cpu_time import in_step, within


def test_work_in_step_with_its_size_passes_and_the_square_does_not() -> None:
    def line(size: int) -> Callable[[], object]:
        return lambda: sum(range(size * 20))

    def square(size: int) -> Callable[[], object]:
        return lambda: sum(1 for _ in range(size // 8) for _ in range(size // 8))

    assert in_step(line, 40_000)
    assert not in_step(square, 40_000)


def test_work_beyond_its_limit_is_told_and_other_work_answers() -> None:
    assert within(5, lambda: 17) == 17
    with pytest.raises(AssertionError, match="the sum took"):
        within(0.001, lambda: sum(range(3_000_000)), "the sum")
