"""The file of messages in hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp_gateway.store import in_hand
from dlp_gateway.store.in_hand import InHand, forget, left_behind


def test_what_was_begun_and_not_ended_is_left_behind(tmp_path: Path) -> None:
    for boot, ended in (("b1", "a"), ("b2", "b")):
        book = InHand(tmp_path, boot)
        for identity in ("a", "b"):
            book.begin(identity)
        book.end(ended)
    assert left_behind(tmp_path) == {"b1": {"b"}, "b2": {"a"}}
    forget(tmp_path, left_behind(tmp_path), living={"b2"})
    assert left_behind(tmp_path) == {"b2": {"a"}}


def test_an_end_with_nothing_in_hand_leaves_no_file(tmp_path: Path) -> None:
    book = InHand(tmp_path, "b1")
    book.begin("a")
    book.end("a")
    book.close()
    assert list(tmp_path.iterdir()) == []


def test_the_file_stays_small_and_forgets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_hand, "_MAX_BYTES", 100)
    book = InHand(tmp_path, "b1")
    book.begin("stays")
    for n in range(200):
        book.begin(f"n{n}")
        book.end(f"n{n}")
    assert left_behind(tmp_path) == {"b1": {"stays"}}
    assert (tmp_path / ".in-hand-b1").stat().st_size < 200


def test_a_line_that_was_cut_short_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / ".in-hand-b1").write_bytes(b"+a\n+b\n-a\n+cut sho")
    assert left_behind(tmp_path) == {"b1": {"b"}}


def test_a_disk_that_is_full_stops_no_mail() -> None:
    book = InHand(Path("/dev/shm"), "full")
    try:
        book._file, whole = 10**6, book._file  # a descriptor that can't be written to
        book.begin("a")
        book.end("a")
        book._file = whole
    finally:
        book.close()
