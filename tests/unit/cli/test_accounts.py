"""`users add` and its neighbours: accounts of the console, and what each line tells."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.support.gateway_process import make_gateway
from tests.unit.cli.conftest import Run

NOWHERE = {"next_hop": "127.0.0.1:1", "tls": "none"}
WAYS = {"relay": {"kind": "relay", **NOWHERE}, "secure": {"kind": "gateway", **NOWHERE}}


@pytest.fixture
def users(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gateway = make_gateway(tmp_path, WAYS)

    def ran(*arguments: str, typed: str = "purple lantern ferry"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
        return run(["users", *arguments, "--config", str(gateway.config)])

    return ran


def test_the_life_of_an_account(users) -> None:
    assert "No accounts." in users("list").out
    added = users("add", "ada", "--role", "administrator", "--email", "ada@council.example")
    assert added.code == 0
    assert "ada can sign in" in added.out
    assert users("role", "ada", "--role", "reviewer", "auditor").out == "ada: reviewer, auditor\n"
    assert users("disable", "ada").out == "ada: reviewer, auditor, disabled\n"
    assert json.loads(users("list", "--json").out) == {
        "name": "ada",
        "display_name": "",
        "email": "ada@council.example",
        "roles": ["reviewer", "auditor"],
        "is_active": False,
    }
    assert users("enable", "ada").out == "ada: reviewer, auditor\n"
    assert users("password", "ada", typed="another lantern ferry").code == 0
    assert users("second-factor", "ada").code == 0


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (("add", "ada", "--role", "administrator"), "short", "too short"),
        (("add", "ada", "--role", "administrator"), "password1234", "too common"),
        (("role", "nobody", "--role", "auditor"), "", "there is no user of that name"),
        (("password", "nobody"), "purple lantern ferry", "there is no user of that name"),
        (("add", "ada", "--role", "chief"), "", "invalid choice: 'chief'"),
    ],
)
def test_what_can_not_be_is_told_in_a_line(users, arguments: tuple[str, ...], typed: str, told: str) -> None:
    ran = users(*arguments, typed=typed)
    assert ran.code == 2
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_name_is_given_once(users) -> None:
    assert users("add", "ada", "--role", "auditor").code == 0
    ran = users("add", "ada", "--role", "administrator")
    assert ran.code == 2
    assert "there is a user of that name already" in ran.err
