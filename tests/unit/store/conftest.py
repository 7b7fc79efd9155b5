"""Stores on both databases: every test that asks for `open_store` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.apps import apps

from dlp_gateway import config
from dlp_gateway.keys import Keys
from dlp_gateway.store import Store
from dlp_gateway.store.models import table
from tests.support.postgresql import PostgreSQL, run_postgresql

KEYS = Keys(seal={"0001": b"1" * 32, "0002": b"2" * 32}, seal_id="0002", fingerprint=b"f" * 32, mark=b"m" * 32)


@dataclass
class Place:
    """One database with a spool; stores opened on it are closed at the end of the test."""

    url: str
    spool: Path
    stores: list[Store] = field(default_factory=list)

    def open(self, gateway_id: str = "gateway-1", **more: object) -> Store:
        spool = self.spool / "shared"
        store = Store.open(config.Store(url=self.url, spool=spool), KEYS, gateway_id=gateway_id, **more)  # type: ignore[arg-type]
        self.stores.append(store)
        return store

    def close(self) -> None:
        for store in self.stores:
            store.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with run_postgresql() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the schema and nothing in it."""
    folder = tmp_path_factory.mktemp("migrated")
    place = Place(url=f"sqlite:///{folder / 'gateway.db'}", spool=folder)
    place.open("template", role="cli").close()
    return folder / "gateway.db"


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> str:
    postgresql.run("CREATE DATABASE migrated")
    place = Place(url=postgresql.url("migrated"), spool=tmp_path_factory.mktemp("migrated"))
    place.open("template", role="cli").close()
    return "migrated"


@pytest.fixture
def empty_postgresql(postgresql: PostgreSQL, migrated_postgresql: str) -> str:
    """Emptied, not made anew: that is ten times as fast."""
    postgresql.run(
        "SET session_replication_role = replica",  # past the triggers of the audit chain
        *(f"DELETE FROM {table(model)}" for model in apps.get_app_config("store").get_models()),
        database=migrated_postgresql,
    )
    return migrated_postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty migrated database of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "gateway.db")
        place = Place(url=f"sqlite:///{tmp_path / 'gateway.db'}", spool=tmp_path)
    else:
        cluster: PostgreSQL = request.getfixturevalue("postgresql")
        place = Place(url=cluster.url(request.getfixturevalue("empty_postgresql")), spool=tmp_path)
    yield place
    place.close()


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()


@pytest.fixture
def sqlite_place(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Place]:
    """For what concerns the file itself."""
    shutil.copy(migrated_sqlite, tmp_path / "gateway.db")
    place = Place(url=f"sqlite:///{tmp_path / 'gateway.db'}", spool=tmp_path)
    yield place
    place.close()
