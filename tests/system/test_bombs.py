"""Bombs and killers through a real gateway (long form: tests/proof/test_bombs.py)."""

from __future__ import annotations

from pathlib import Path

from tests.support.bombardment import bombard
from tests.support.bombs import BOMBS


def test_bombs_end_within_their_budget_and_ordinary_mail_goes_on(tmp_path: Path) -> None:
    """Every third of the catalogue, two at a time. Other tests use the machine meanwhile, so the median of
    ordinary mail counts here; in the long form it is the 95th percentile."""
    chosen = BOMBS[::3]
    assert len(chosen) >= 20
    report = bombard(tmp_path, chosen, at_once=2)
    print(report)
    assert set(report.replies) == {bomb.name for bomb in chosen}
    # 552 and 554: too large a header, or one that is none, is refused before anything reads it.
    assert set(report.replies.values()) <= {250, 552, 554}
    assert max(report.seconds.values()) < 40
    assert report.ordinary_replies == {250}
    assert report.median_seconds < 0.2
