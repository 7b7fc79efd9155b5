from __future__ import annotations

import os
from pathlib import Path

from dlp_gateway.file_watch import FileWatch


def test_a_change_is_told_once_when_the_files_are_quiet(tmp_path: Path) -> None:
    """A certificate and its key are written one after the other: between them they are no pair."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    watch = FileWatch((one, two))
    assert not watch.changed()
    one.write_text("22")
    assert not watch.changed()
    two.write_text("2")
    assert not watch.changed()
    assert watch.changed()
    assert not watch.changed()


def test_it_is_told_at_once_to_whoever_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_text("1")
    watch = FileWatch((path,))
    path.unlink()
    assert watch.changed(at_once=True)
    assert not watch.changed(at_once=True)


def test_a_file_that_is_replaced_by_another_of_the_same_size_and_time_is_a_change(tmp_path: Path) -> None:
    path, other = tmp_path / "one", tmp_path / "other"
    for file in (path, other):
        file.write_text("1")
        os.utime(file, (1, 1))
    watch = FileWatch((path,))
    other.replace(path)
    assert watch.changed(at_once=True)
