"""kill -9 under plain, held and split mail: what was answered 250 is delivered or held (short form)."""

from __future__ import annotations

from pathlib import Path

from tests.support.crash_run import run_with_kills


def test_no_acknowledged_recipient_is_lost_or_leaked_when_the_gateway_is_killed(tmp_path: Path) -> None:
    account = run_with_kills(tmp_path, kills=5, seed=1, least=50)
    print(account)
    assert not account.lost, str(account)
    assert not account.leaked, str(account)
    assert not account.refused, str(account)
    assert account.acknowledged >= 50


def test_the_same_run_catches_a_gateway_that_answers_before_the_commit(tmp_path: Path) -> None:
    account = run_with_kills(tmp_path, kills=4, seed=2, as_command="tests.support.seeded_gateway")
    print(account)
    assert account.lost, "a test of loss that can't see loss proves nothing"
