"""What many clients at one time cost, and that none of their mail is lost (in full: tests/proof/test_load.py)."""

from __future__ import annotations

from collections.abc import Iterator

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
