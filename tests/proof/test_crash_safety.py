"""kill -9 under plain, held and split mail, long form: the figure that the README may state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.crash_run import run_with_kills


def test_sixty_kills_lose_and_leak_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account = run_with_kills(tmp_path, kills=60, seed=3)
    with capsys.disabled():
        print(f"\n{account}")
    assert not account.lost, str(account)
    assert not account.leaked, str(account)
    assert not account.refused, str(account)
