"""Whether time grows in step with a text: told apart from quadratic, not from the noise of a busy machine."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from tests.support.untraced import untraced

_SHORT, _LONG = 10_000, 80_000  # characters: linear is 8 times as long, quadratic 64 times
_AT_MOST = 28
_TRIES = 3
_LEAST_SECONDS = 0.005  # shorter times are noise


def grows_linearly(read: Callable[[str], object], piece: str) -> bool:
    """Whether reading `piece` over and over takes time in step with the length; the best of three tries counts."""

    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        best = float("inf")
        for _ in range(_TRIES):
            gc.collect()
            start = time.process_time()
            read(text)
            best = min(best, time.process_time() - start)
        return best

    with untraced():
        read(piece * (2_000 // len(piece)))
        return seconds(_LONG) < _AT_MOST * max(seconds(_SHORT), _LEAST_SECONDS)
