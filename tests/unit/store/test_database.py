"""Databases that could lose acknowledged mail are refused; the schema fits the models."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connections

from dlp_gateway import config
from dlp_gateway.errors import ConfigError, StoreUnavailableError
from dlp_gateway.keys import Keys
from dlp_gateway.model import Outcome
from dlp_gateway.store import DeliveryKind, Store, Turns
from dlp_gateway.store.database import hold_lock, in_thread
from tests.support.ports import free_port
from tests.support.store_values import RESIDENT, became, prepared, record

KEYS = Keys(seal={"0001": b"1" * 32}, seal_id="0001", fingerprint=b"", mark=b"")


def open_url(url: str, spool) -> Store:
    return Store.open(config.Store(url=url, spool=spool), KEYS, gateway_id="gateway-1")


def asked(alias: str, question: str) -> object:
    def ask() -> object:
        with connections[alias].cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]

    return in_thread(ask)


def test_sqlite_writes_ahead_and_flushes_every_commit(sqlite_place):
    store = sqlite_place.open()
    assert asked(store._alias, "PRAGMA journal_mode") == "wal"
    assert asked(store._alias, "PRAGMA synchronous") == 2
    assert asked(store._alias, "PRAGMA foreign_keys") == 1
    assert asked(store._alias, "PRAGMA busy_timeout") == 10_000
    assert store._writer._thread.is_alive()


@pytest.mark.parametrize("setting", ["synchronous_commit", "fsync"])
def test_postgresql_that_could_lose_a_commit_is_refused(postgresql, migrated_postgresql, tmp_path, setting):
    if setting == "fsync":
        postgresql.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    else:
        postgresql.run(f"ALTER DATABASE {migrated_postgresql} SET synchronous_commit = off")
    try:
        with pytest.raises(ConfigError, match=setting):
            open_url(postgresql.url(migrated_postgresql), tmp_path)
    finally:
        postgresql.run("ALTER SYSTEM RESET fsync", "SELECT pg_reload_conf()")
        postgresql.run(f"ALTER DATABASE {migrated_postgresql} RESET synchronous_commit")


def test_a_server_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(StoreUnavailableError):
        open_url(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing", tmp_path)


def test_a_file_that_is_no_database_is_unavailable(tmp_path):
    (tmp_path / "gateway.db").write_bytes(b"this is not a database, it is a letter" * 100)
    with pytest.raises(StoreUnavailableError):
        open_url(f"sqlite:///{tmp_path / 'gateway.db'}", tmp_path / "spool")


def test_a_database_is_made_and_migrated_at_the_first_start(tmp_path):
    store = open_url(f"sqlite:///{tmp_path / 'new' / 'gateway.db'}", tmp_path / "spool")
    try:
        assert asked(store._alias, "SELECT count(*) FROM store_message") == 0
    finally:
        store.close()


def test_the_migrations_are_the_models(store):
    out = io.StringIO()
    call_command("makemigrations", "store", check=True, dry_run=True, stdout=out)
    assert "No changes" in out.getvalue()


def test_a_lock_is_held_until_it_is_closed(tmp_path):
    first = hold_lock(tmp_path / "lock")
    with pytest.raises(BlockingIOError):
        hold_lock(tmp_path / "lock")
    os.close(first)
    os.close(hold_lock(tmp_path / "lock"))


async def test_no_clear_text_reaches_the_disk(sqlite_place, tmp_path):
    planted = b"NHS number 943 476 5919, refuge at 14 Willow Walk"
    store = sqlite_place.open()
    key = await store.seal(b"From: a@council.example\r\n\r\n" + planted * 5000)
    await store.record(record(), [prepared("H1", kind=DeliveryKind.HOLD, octets_key=key)])
    await store.make_live("M1", became(Outcome.HELD, RESIDENT))
    assert planted in await store.unseal(key)
    found = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert {"gateway.db", "gateway.db-wal", f"{key}.sealed"} <= {path.name for path in found}
    assert [path for path in found if b"943 476" in path.read_bytes() or b"Willow" in path.read_bytes()] == []


def test_the_database_is_for_the_owner_alone(tmp_path):
    store = open_url(f"sqlite:///{tmp_path / 'new' / 'gateway.db'}", tmp_path / "spool")
    try:
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()}
        assert set(modes) >= {"gateway.db", "gateway.db-wal"}
        assert set(modes.values()) == {0o600}
    finally:
        store.close()


async def test_deliveries_of_an_earlier_version_are_known_by_their_route(sqlite_place):
    """Or a next hop that rests would be asked by each of them."""
    store = sqlite_place.open()
    await store.record(record(), [prepared("D1")])
    await store.make_live("M1", became(Outcome.DEFERRED, RESIDENT))
    store.close()
    in_thread(lambda: call_command("migrate", "store", "0008", database=store._alias, verbosity=0))
    again = sqlite_place.open()
    later = datetime.now(UTC)
    assert await again.claim_due(later, 5, 60, Turns(at_most={"relay": 0})) == ()
    (claimed,) = await again.claim_due(later, 5, 60, Turns(at_most={"relay": 1}))
    assert claimed.id == "D1"
