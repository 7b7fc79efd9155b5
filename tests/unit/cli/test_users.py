"""`users hash`: a hash for the configuration, and never the password."""

from __future__ import annotations

import io
import sys

import pytest

from dlp_gateway.config_access import User
from dlp_gateway.receive.password import verify_password
from tests.unit.cli.conftest import Run


def test_the_hash_printed_is_of_the_password_and_does_not_hold_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery staple\n"))
    ran = run(["users", "hash"])
    assert ran.code == 0
    hashed = ran.out.strip()
    assert "horse" not in ran.out + ran.err
    assert verify_password("correct horse battery staple", User(name="jo", password_hash=hashed).password_hash)
    assert not verify_password("correct horse battery stable", hashed)


def test_a_short_password_is_refused_and_not_quoted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("hunter2\n"))
    ran = run(["users", "hash"])
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "dlp-gateway: password: is too short; use at least 12 characters\n"


def test_no_action_is_bad_usage(run: Run) -> None:
    assert run(["users"]).code == 2
