"""The values of `model.py` as JSON and back: what the store keeps and what a worker answers.

JSON, never pickle: a worker reads hostile documents, and what it sends must be able to do nothing
but be wrong.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", kind))


def encode(value: Any, kind: Any = None) -> bytes:
    """A value as compact JSON. `kind` is its type where `type(value)` does not say it (a tuple of values)."""
    return _adapter(cast("Hashable", kind or type(value))).dump_json(value)


def decode(kind: type[T], octets: bytes | str) -> T:
    """The value of that type. Raises pydantic.ValidationError (a ValueError) when it is not one."""
    value: T = _adapter(cast("Hashable", kind)).validate_json(octets)
    return value
