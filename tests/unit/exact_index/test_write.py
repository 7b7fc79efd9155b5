"""An index is there whole or not at all, and memory does not grow with it."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable
from pathlib import Path

import pytest

from dlp_gateway.exact_index.open import open_index
from dlp_gateway.exact_index.write import IndexWriter
from tests.support.council_records import MAKER
from tests.support.untraced import untraced


def test_whoever_gives_up_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "one.index"
    path.write_bytes(b"old")
    with pytest.raises(OverflowError), IndexWriter(path, MAKER) as writer:  # record numbers have 32 bits
        _add(writer, [*range(100_000), 2**32])
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_root_makes_belongs_to_whom_the_folder_belongs(tmp_path: Path) -> None:
    owner = (os.geteuid() or 12345, os.getegid() or 12346)
    os.chown(tmp_path, *owner)
    path = tmp_path / "new" / "one.index"
    with IndexWriter(path, MAKER) as writer:
        writer.finish(kinds=[("reference",)], records=0)
    for made in (path, path.parent):
        assert (made.stat().st_uid, made.stat().st_gid) == owner


def test_an_empty_index_can_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "one.index"
    with IndexWriter(path, MAKER) as writer:
        assert writer.finish(kinds=[("reference",)], records=0) == 0
    assert open_index(path, MAKER).find(b"0123456789") == ()


def test_memory_stays_where_it_is_while_entries_come(tmp_path: Path) -> None:
    # Untraced: tests of fewer entries measure what runs here two million times.
    with untraced(), IndexWriter(tmp_path / "one.index", MAKER) as writer:
        for number in range(400_000):
            writer.add(number.to_bytes(3, "little") + bytes(7), number)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in range(400_000, 2_000_000):
            writer.add(number.to_bytes(3, "little") + bytes(7), number)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert after - before < 30_000  # KiB, of 22 MiB of entries that may wait in buffers
        assert writer.finish(kinds=[("reference",)], records=1) == 2_000_000


def _add(writer: IndexWriter, records: Iterable[int]) -> None:
    for number in records:
        writer.add(MAKER.key("reference", (str(number),)), number)
