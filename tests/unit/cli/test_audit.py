"""`audit`: what an auditor asks of the record, and that it says so when it was altered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from pathlib import Path

import pytest

from dlp_gateway.config_file import load_config
from dlp_gateway.keys import load_keys
from dlp_gateway.store import Store, Verb
from dlp_gateway.store.chain import link_hash
from tests.support.store_values import record
from tests.unit.cli.conftest import Run

CONFIG = """
store: {url: "sqlite:///gateway.db", spool: spool}
keys: {folder: keys}
"""


@pytest.fixture
def config(tmp_path: Path, run: Run) -> Path:
    """A configuration whose store has recorded three messages and 1,200 other events."""
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    assert run(["init", "--config", path]).code == 0
    settings = load_config(path)
    store = Store.open(settings.store, load_keys(settings.keys.folder), gateway_id="test", role="cli")

    async def write() -> None:
        for n in range(3):
            await store.record(record(f"M{n}"))
        await asyncio.gather(
            *(store.audit_event(Verb.BODY_READ, actor="user:jo", message_id="M1", body={"n": n}) for n in range(1200))
        )

    try:
        asyncio.run(write())
    finally:
        store.close()
    return path


def lines(text: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in text.splitlines()]


def altered(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "gateway.db")
    for trigger in ("audit_no_update", "audit_no_delete"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_untouched_record_holds(config: Path, run: Run) -> None:
    ran = run(["audit", "verify", "--config", config])
    assert ran.code == 0
    assert ran.out.startswith("The record holds: 1")
    assert ran.out.endswith(" chains.\n")


def test_an_altered_record_does_not(config: Path, run: Run) -> None:
    altered(config.parent, "UPDATE store_audit SET actor = 'user:mo' WHERE body LIKE '%\"n\":700}'")
    ran = run(["audit", "verify", "--config", config])
    assert ran.code == 1
    assert "was altered" in ran.out
    assert ran.out.endswith("The record does not hold.\n")


def test_a_record_whose_end_was_cut_off_is_found_by_the_heads_that_were_kept(
    config: Path, run: Run, tmp_path: Path
) -> None:
    heads = tmp_path / "heads.jsonl"
    heads.write_text(run(["audit", "heads", "--config", config]).out, encoding="utf-8")
    assert run(["audit", "verify", "--heads", heads, "--config", config]).code == 0
    last = max(lines(heads.read_text()), key=lambda one: one["n"])
    altered(tmp_path, f"DELETE FROM store_audit WHERE writer = '{last['writer']}' AND n > 600")
    ran = run(["audit", "verify", "--heads", heads, "--config", config])
    assert ran.code == 1
    assert "the end was cut off" in ran.out


@pytest.mark.parametrize("text", ["nonsense", '{"writer": "a", "n": "x", "hash": ""}', '{"n": 1}'])
def test_a_file_of_heads_that_is_none_is_one_clear_line(config: Path, run: Run, tmp_path: Path, text: str) -> None:
    heads = tmp_path / "heads.jsonl"
    heads.write_text(text, encoding="utf-8")
    ran = run(["audit", "verify", "--heads", heads, "--config", config])
    assert (ran.code, ran.err) == (2, f"dlp-gateway: {heads}:1: is no line that `audit heads` has written\n")


def test_everything_is_exported_once_in_order_with_what_computes_the_chain_anew(config: Path, run: Run) -> None:
    entries = lines(run(["audit", "export", "--config", config]).out)
    assert [entry["body"] for entry in entries if entry["verb"] == "body:read"] == [f'{{"n":{n}}}' for n in range(1200)]
    by_writer: dict[str, list[dict[str, str]]] = {}
    for entry in entries:
        by_writer.setdefault(entry["writer"], []).append(entry)
    from datetime import datetime

    for writer, chain in by_writer.items():
        head = hashlib.sha256(b"genesis\0" + writer.encode()).digest()
        for n, entry in enumerate(chain, 1):
            at = datetime.fromisoformat(entry["at"])
            head = link_hash(head, writer, n, at, entry["verb"], entry["actor"], entry["message_id"], entry["body"])
            assert head.hex() == entry["hash"]


def test_a_search_keeps_to_what_was_asked(config: Path, run: Run) -> None:
    found = lines(
        run(["audit", "search", "--message", "M1", "--verb", "message:recorded", "--json", "--config", config]).out
    )
    assert [entry["message_id"] for entry in found] == ["M1"]
    assert run(["audit", "search", "--actor", "user:nobody", "--config", config]).out == (
        "The record has no such entry.\n"
    )
    assert run(["audit", "search", "--since", "1d", "--until", "2020-01-01", "--json", "--config", config]).out == ""


def test_a_search_says_that_there_is_more(config: Path, run: Run) -> None:
    ran = run(["audit", "search", "--actor", "user:jo", "--limit", "2", "--config", config])
    first, second, more = ran.out.splitlines()
    assert "body:read" in first
    assert '{"n":1}' in second
    assert more == "There are more; `--limit` shows them."
    assert len(lines(run(["audit", "search", "--limit", "1100", "--json", "--config", config]).out)) == 1100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--verb", "held:relesed"], "--verb: “held:relesed” is none; there are audit:exported, "),
        (["--since", "yesterday"], "--since: “yesterday” is not a time; write it like 2026-12-01"),
        (["--limit", "0"], "--limit: is a number from 1"),
    ],
)
def test_what_is_asked_wrongly_is_said(config: Path, run: Run, words: list[str], said: str) -> None:
    ran = run(["audit", "search", *words, "--config", config])
    assert ran.code == 2
    assert ran.err.startswith(f"dlp-gateway: {said}")
