"""The loads of tests/system/test_load.py in full: figures of docs/benchmarks.md."""

from __future__ import annotations

from pathlib import Path

from tests.support import load_stand
from tests.support.load_stand import MIB


def test_fifty_sessions_with_25_mib_each_fit_into_300_mib(tmp_path: Path) -> None:
    with load_stand.load_stand(tmp_path / "gateway") as stand:
        before, after = load_stand.large_at_one_time(stand, sessions=50, size_bytes=25 * MIB)
        print(f"before {before.rss_bytes // MIB} MiB, at most {after.peak_bytes // MIB} MiB")
        assert after.peak_bytes < 300 * MIB


def test_ten_thousand_dropped_connections_leave_nothing_behind(tmp_path: Path) -> None:
    with load_stand.load_stand(tmp_path / "gateway") as stand:
        before, after = load_stand.opened_and_dropped(stand, 10_000)
        print(f"{(after.rss_bytes - before.rss_bytes) // 1024} KiB, files {before.descriptors} and {after.descriptors}")
        assert after.descriptors <= before.descriptors + 2
        assert after.rss_bytes - before.rss_bytes < 16 * MIB


def test_a_thousand_idle_sessions_cost_little(tmp_path: Path) -> None:
    with load_stand.load_stand(tmp_path / "gateway") as stand:
        kib, share = load_stand.idle_sessions(stand, 1000, 20)
        print(f"{kib:.1f} KiB each, {share:.2%} of a CPU")
        assert kib < 50
        assert share < 0.05


def test_two_hundred_active_sessions_lose_nothing(tmp_path: Path) -> None:
    with load_stand.load_stand(tmp_path / "gateway") as stand:
        heard, rate = load_stand.active_sessions(stand, sessions=200, each=25)
        print(f"{rate:.0f} mails a second, {dict(heard)}")
