"""What one target of the fuzzer is, and how it says that something does not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlp_gateway.extract.kind import Kind

TABLE = "tests.fuzz.targets"
"""The module whose TARGETS are fuzzed where nobody says otherwise."""


class BrokenPromiseError(Exception):
    """The argument says which promise, in fixed words."""


def require(kept: bool, promise: str) -> None:
    """Raise BrokenPromiseError unless the promise is kept."""
    if not kept:
        raise BrokenPromiseError(promise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`check` raises BrokenPromiseError, or lets out whatever the product let out. `kinds` are those of the files that
    it begins from, `holding` what one of them must hold; `texts` that it begins from header fields and plain text,
    `messages` from messages."""

    name: str
    check: Callable[[bytes], None]
    words: str  # its dictionary in `tokens`
    kinds: frozenset[Kind] = frozenset()
    holding: tuple[bytes, ...] = (b"",)
    texts: bool = False
    messages: bool = False
    max_bytes: int = 1 << 16
