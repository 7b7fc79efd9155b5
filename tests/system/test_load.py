"""What many clients at one time cost, and that none of their mail is lost (in full: tests/proof/test_load.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import load_stand
from tests.support.load_stand import MIB, Stand


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with load_stand.load_stand(tmp_path_factory.mktemp("gateway")) as running:
        yield running


def test_large_mails_at_one_time_do_not_fill_the_memory(stand: Stand) -> None:
    """96 MiB of mail, which in memory would be there once at least."""
    before, after = load_stand.large_at_one_time(stand, sessions=12, size_bytes=8 * MIB)
    assert after.peak_bytes - before.rss_bytes < 80 * MIB
    assert after.peak_bytes < 300 * MIB
    assert stand.metric("dlp_gateway_large_messages_total") >= 12


def test_connections_dropped_at_all_points_leave_nothing_behind(stand: Stand) -> None:
    before, after = load_stand.opened_and_dropped(stand, 600)
    assert after.descriptors <= before.descriptors + 2
    assert after.rss_bytes - before.rss_bytes < 8 * MIB


def test_idle_sessions_cost_little_memory_and_no_time(stand: Stand) -> None:
    kib, share = load_stand.idle_sessions(stand, 150, 0.5)
    assert kib < 100
    assert share < 0.2


def test_of_what_many_sessions_send_at_one_time_nothing_is_lost(stand: Stand) -> None:
    load_stand.active_sessions(stand, sessions=60, each=3)


def test_who_is_in_gets_through_while_others_are_turned_away(tmp_path: Path) -> None:
    limits = {"connections": 20, "command_seconds": 1.5, "data_seconds": 2}
    with load_stand.load_stand(tmp_path / "gateway", limits=limits) as stand:
        turned_away, seconds = load_stand.flood_beyond_limits(stand, 60, 20)
        assert turned_away >= 41
        assert seconds < 2
        heard, slowest = load_stand.slow_clients(stand, 2)
        assert slowest < 2
        assert heard.pop("reads nothing") == b"ended"
        assert {answer[:9] for answer in heard.values()} == {b"421 4.4.2"}
        assert len(heard) == 6
        _, last = load_stand.drained(stand)
        assert {state: answer[:3] for state, answer in last.items()} == {
            "idle": b"421",
            "in MAIL": b"421",
            "in DATA": b"250",
            "in a large DATA": b"250",
        }
