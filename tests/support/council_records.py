"""Indexes of invented records, built as the command builds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dlp_gateway.detect.records.index_table import CouncilRecords, KeyMaker
from dlp_gateway.exact_index import (
    Registration,
    Report,
    build_index,
    fingerprinted,
    index_path,
    open_records,
    registered_documents,
    write_register,
)
from dlp_gateway.exact_index.mapping import mapping_of
from dlp_gateway.exact_index.records import Records

KEY = b"k" * 32
MAKER = KeyMaker(KEY)


def build(
    folder: Path, name: str, columns: Sequence[str], keys: Sequence[str], rows: Iterable[Sequence[Any]], **more: Any
) -> Report:
    """An index whose columns are called like their fields."""
    mapping = mapping_of([f"{column}={column}" for column in columns], keys)
    records = Records(source="test", columns=tuple(columns), rows=iter(rows))
    return build_index(index_path(folder, name), records, mapping, MAKER, **more)


def register(folder: Path, new: Iterable[Registration]) -> None:
    """Beside what is registered there."""
    write_register(folder, MAKER, [*registered_documents(folder, MAKER), *(fingerprinted(MAKER, one) for one in new)])


def opened(folder: Path) -> CouncilRecords:
    return open_records(folder, KEY)
