from __future__ import annotations

import pytest

from dlp_gateway.errors import ConfigError
from dlp_gateway.store.django_setup import alias_of, database_settings


def test_a_sqlite_address_is_a_path():
    assert database_settings("sqlite:////var/lib/gateway.db")["NAME"] == "/var/lib/gateway.db"


def test_a_postgresql_address_has_user_host_port_and_options():
    known = database_settings("postgresql://gate%40way@db.council.example:5433/mail?sslmode=verify-full")
    assert (known["USER"], known["HOST"], known["PORT"]) == ("gate@way", "db.council.example", "5433")
    assert (known["NAME"], known["OPTIONS"]) == ("mail", {"sslmode": "verify-full"})


def test_a_socket_folder_may_be_the_host():
    known = database_settings("postgresql:///mail?host=/run/postgresql")
    assert (known["HOST"], known["NAME"], known["PORT"]) == ("/run/postgresql", "mail", "")


def test_an_address_without_a_database_is_refused():
    with pytest.raises(ConfigError, match="names no database"):
        database_settings("postgresql://gateway@db.council.example")


def test_one_address_has_one_alias(store, tmp_path):
    first = alias_of(f"sqlite:///{tmp_path / 'one.db'}")
    assert alias_of(f"sqlite:///{tmp_path / 'one.db'}") == first
    assert alias_of(f"sqlite:///{tmp_path / 'two.db'}") != first
