"""`doctor` says since when, and how much, was learned of contacts."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from dlp_gateway.config_file import load_config
from dlp_gateway.decide.contacts import Marker
from dlp_gateway.keys import load_keys
from dlp_gateway.store import Lesson, Store
from tests.unit.cli.conftest import Run


@pytest.fixture
def config(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "gateway.yaml"
    path.write_text(
        "keys: {folder: keys}\nstore: {url: 'sqlite:///gateway.db', spool: spool}\nworkers: {count: 1, names: false}\n"
    )
    assert run(["init", "--config", path]).code == 0
    return path


def learn(path: Path, key: int) -> None:
    settings = load_config(path)

    async def once() -> None:
        store = Store.open(settings.store, load_keys(settings.keys.folder), gateway_id="test", role="cli")
        store.contacts.learn(Lesson(day=date(2026, 3, 2), key=key, marks=(1, 2, 3), wrote_outside=True))
        await asyncio.to_thread(store.close)

    asyncio.run(once())


def line(run: Run, config: Path) -> str:
    said = run(["doctor", "--config", config]).out
    return next(line for line in said.splitlines() if " contacts " in line)


def test_doctor_counts_what_was_learned(run: Run, config: Path) -> None:
    assert line(run, config).startswith("ok")
    assert "nothing learned" in line(run, config)
    learn(config, Marker(load_keys(config.parent / "keys").contacts).key_mark)
    assert "learned since 2026-03-02 from 1 mails to outside: 3 habits" in line(run, config)


def test_doctor_warns_of_what_was_learned_under_another_key(run: Run, config: Path) -> None:
    learn(config, 99)
    assert line(run, config).startswith("warning")


def test_doctor_says_that_learning_is_switched_off(run: Run, config: Path) -> None:
    config.write_text(config.read_text() + "learning: {enabled: false}\n")
    assert "switched off" in line(run, config)
