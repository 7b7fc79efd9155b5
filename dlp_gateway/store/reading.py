"""How the doors of the store read: what `Store` gives each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

R = TypeVar("R")


class Read(Protocol):
    """Does the work of a function of the store, which is given the database's alias, in one of its reading threads. It
    begins at once, whenever the answer is waited for. Raises StoreUnavailableError, also by the answer."""

    def __call__(self, work: Callable[[str], R], /) -> asyncio.Future[R]: ...
