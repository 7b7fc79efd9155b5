"""Archives that are neither ZIP nor tar: 7z, RAR, cabinets and others, by libarchive."""

from __future__ import annotations

from collections.abc import Iterator

from .source import Item, Source, Tools
from .unreadable import read_unsupported


def read_other_archive(source: Source, tools: Tools) -> Iterator[Item]:
    """The files inside."""
    yield from read_unsupported(source, tools)
