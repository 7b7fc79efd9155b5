from __future__ import annotations

import re

from dlp_gateway.receive.message_id import new_message_id


def test_ids_are_short_safe_in_a_url_and_never_repeat() -> None:
    ids = {new_message_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(re.fullmatch("[0-9a-v]{20}", one) for one in ids)


def test_ids_sort_by_time() -> None:
    times = [new_message_id()[:9] for _ in range(1000)]
    assert times == sorted(times)
