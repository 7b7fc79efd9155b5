"""TNEF, the form in which Outlook packs a message (`winmail.dat`; [MS-OXTNEF])."""

from __future__ import annotations

from collections.abc import Iterator

from .source import Item, Source, Tools
from .unreadable import read_unsupported


def read_tnef(source: Source, tools: Tools) -> Iterator[Item]:
    """The files inside."""
    yield from read_unsupported(source, tools)
