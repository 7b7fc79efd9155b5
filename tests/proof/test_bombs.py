"""The whole catalogue of bombs, four at a time, and ordinary mail meanwhile (short: tests/system/test_bombs.py)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.support.bombardment import bombard
from tests.support.bombs import BOMBS


def test_other_mail_is_answered_in_under_200_ms_while_all_bombs_go_off(tmp_path: Path) -> None:
    report = bombard(tmp_path, BOMBS, at_once=4)
    print(report)
    print(*(f"{count:4} {' '.join(gap)}" for gap, count in Counter(report.gaps).most_common()), sep="\n")
    assert set(report.replies) == {bomb.name for bomb in BOMBS}
    # 552 and 554: too large a header, or one that is none, is refused before anything reads it.
    assert set(report.replies.values()) <= {250, 552, 554}
    assert max(report.seconds.values()) < 40
    assert report.ordinary_replies == {250}
    assert report.late_seconds < 0.2
