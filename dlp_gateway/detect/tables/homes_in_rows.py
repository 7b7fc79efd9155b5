"""Addresses that the words of a line tell, not its column's header, in tables that were pasted into a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..found import Found, Reading
from ..overlap import Match, Spans

_ADDRESS = "UK_ADDRESS"
_CELL_END = re.compile(r"[\n\t|;]|[ ]{3}")


def homes_in_rows(reading: Reading, matches: Iterable[Match], found: Sequence[Found]) -> Iterator[Match]:
    """Those of the addresses found in a canonical text, `matches`, that stand in one cell of a table in which its
    columns, `found`, showed none."""
    inside = [match for match in matches if match.entity == _ADDRESS and reading.row_at(match.start) is not None]
    if not inside:
        return
    known = Spans.of((item.at, item.until) for item in found if item.entity == _ADDRESS)
    for match in inside:
        if known.free(match.start, match.end) and not _CELL_END.search(reading.canonical.text, match.start, match.end):
            yield match
