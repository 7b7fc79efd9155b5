"""Files without text, and formats that are not read: a gap says which, so that policy can decide."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import GapReason
from .source import Item, Source, Tools


def read_nothing(source: Source, tools: Tools) -> Iterator[Item]:
    """A file without text."""
    del source, tools
    return iter(())


def read_unsupported(source: Source, tools: Tools) -> Iterator[Item]:
    """A file of a format that is not read."""
    del tools
    yield source.gap(GapReason.UNSUPPORTED, "a file of a kind that can't be read")
