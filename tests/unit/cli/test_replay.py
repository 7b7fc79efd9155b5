"""`replay`: a draft over what a gateway recorded."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp_gateway.config_file import load_config
from dlp_gateway.keys import load_keys
from dlp_gateway.model import Facts, Question
from dlp_gateway.store import Store
from tests.support.policy_mail import HOSPITAL, RESIDENT, Mail, people, shipped_texts
from tests.support.store_values import record
from tests.unit.cli.conftest import Run

CONFIG = """
store: {url: "sqlite:///gateway.db", spool: spool}
keys: {folder: keys}
routes: {relay: {kind: relay, next_hop: "127.0.0.1:2526"}, secure: {kind: tls, next_hop: "hop.example:25"}}
default_route: relay
default_encrypt_route: secure
"""
LETTER = people(1, "PERSON", "UK_NHS")


@pytest.fixture
def recorded(tmp_path: Path, run: Run) -> Path:
    """A configuration whose store holds two messages of yesterday and one of last year."""
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    assert run(["init", "--config", path]).code == 0
    config = load_config(path)
    store = Store.open(config.store, load_keys(config.keys.folder), gateway_id="test", role="cli")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    mail = Mail(to=(HOSPITAL, RESIDENT), people=LETTER)
    inspection = replace(mail.inspection, question=Question(indexes=None, documents=True))
    unasked = replace(inspection, question=Question(entities=frozenset()))

    async def write() -> None:
        for message_id, found, at in (
            ("M1", inspection, yesterday),
            ("M2", unasked, yesterday),
            ("M3", inspection, yesterday - timedelta(days=365)),
        ):
            await store.record(
                record(
                    message_id,
                    received_at=at,
                    envelope=mail.envelope,
                    inspection=found,
                    verdicts=mail.verdicts(),
                    facts=Facts(now=at),
                )
            )

    asyncio.run(write())
    store.close()
    return path


def draft(folder: Path) -> Path:
    """The shipped policy, with one rule only observed."""
    observed = "- id: unapproved-high\n    mode: observe\n"
    path = folder / "draft.yaml"
    path.write_text(shipped_texts()["policy.yaml"].replace("- id: unapproved-high\n", observed), encoding="utf-8")
    return path


def test_what_would_change_is_counted_by_rule_and_class(recorded: Path, tmp_path: Path, run: Run) -> None:
    ran = run(["replay", "--config", recorded, "--policy", draft(tmp_path), "--since", "7d", "--json"])
    assert (ran.code, ran.err) == (0, "")
    said = json.loads(ran.out)
    counts = {key: said[key] for key in ("messages", "recipients", "same", "changed", "unknown")}
    assert counts == {"messages": 2, "recipients": 4, "same": 1, "changed": 1, "unknown": 2}
    way = {"from": "hold", "to": "relay", "class": "webmail", "rules": ["unapproved-high"], "recipients": 1}
    assert said["rules"] == [way]
    (change,) = said["changes"]
    assert (change["message_id"], change["recipient"]) == ("M1", RESIDENT)


def test_the_table_is_for_people_and_the_list_names_every_change(recorded: Path, tmp_path: Path, run: Run) -> None:
    words = ["replay", "--config", recorded, "--policy", draft(tmp_path), "--since", "7d"]
    table, listed = run(words), run([*words, "--list"])
    assert "2 messages since" in table.out
    assert "1 would be as they were, 1 would change." in table.out
    assert "2 can't be told: the draft asks for what nobody looked for then." in table.out
    assert RESIDENT not in table.out
    assert RESIDENT in listed.out


def test_the_rules_in_force_change_nothing(recorded: Path, tmp_path: Path, run: Run) -> None:
    same = tmp_path / "same.yaml"
    same.write_text(shipped_texts()["policy.yaml"], encoding="utf-8")
    ran = run(["replay", "--config", recorded, "--policy", same, "--since", "2d", "--json"])
    assert json.loads(ran.out)["changed"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "replay: name a draft: --policy FILE, --partners FILE or --rules DIR"),
        (["--policy", "nowhere.yaml"], "nowhere.yaml: can't be read as UTF-8 text"),
        (["--rules", "nowhere"], "nowhere: is not a folder; --rules takes a folder of rule files"),
        (["--policy", "nowhere.yaml", "--since", "soon"], "--since: “soon” is not a time"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(recorded: Path, run: Run, words: list[str], said: str) -> None:
    ran = run(["replay", "--config", recorded, *words])
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"dlp-gateway: {said}")
    assert ran.err.count("\n") == 1


def test_a_draft_with_faults_is_refused_with_their_places(recorded: Path, tmp_path: Path, run: Run) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("rules:\n  - {id: a, reason: r, when: {recipient_clas: [press]}, then: hold}\n", encoding="utf-8")
    ran = run(["replay", "--config", recorded, "--policy", broken])
    assert ran.code == 2
    assert "policy.yaml:2:" in ran.err
    assert "recipient_class" in ran.err
