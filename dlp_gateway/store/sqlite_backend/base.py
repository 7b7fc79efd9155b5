"""Django's own SQLite backend, on the SQLite inside the `pysqlite3` wheel.

SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections write or checkpoint together,
and the system's library is often that old. Where the wheel is missing (it exists for x86-64 only) the
standard library's module serves if it is new enough; otherwise nothing is opened.
"""

from __future__ import annotations

import datetime as dt
import decimal
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

from django.db.backends.sqlite3 import base as stock
from django.db.backends.sqlite3._functions import register as register_functions  # type: ignore[import-untyped]
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from ...errors import ConfigError, Fault

OLDEST_SAFE_SQLITE = (3, 51, 3)


def choose_sqlite(candidates: Iterable[Any]) -> Any:
    """The first DB-API module whose SQLite is safe. Raises ConfigError when none is."""
    seen = []
    for module in candidates:
        if module.sqlite_version_info >= OLDEST_SAFE_SQLITE:
            return module
        seen.append(module.sqlite_version)
    oldest = ".".join(str(number) for number in OLDEST_SAFE_SQLITE)
    raise ConfigError(
        [
            Fault(
                file="store.url",
                text=f"SQLite {' and '.join(seen)} can corrupt a database that two connections write "
                f"(fixed in {oldest}); install the package pysqlite3, a system SQLite of {oldest} or newer, "
                "or use PostgreSQL",
            )
        ]
    )


def _candidates() -> list[ModuleType]:
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415 - not on every platform
    except ImportError:
        return [sqlite3]
    return [dbapi2, sqlite3]


Database = choose_sqlite(_candidates())


def _decoder(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda octets: read(octets.decode())


# As Django does for the standard library's module: both registries are separate.
Database.register_converter("bool", b"1".__eq__)
Database.register_converter("date", _decoder(parse_date))
Database.register_converter("time", _decoder(parse_time))
Database.register_converter("datetime", _decoder(parse_datetime))
Database.register_converter("timestamp", _decoder(parse_datetime))
Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(dt.date, dt.date.isoformat)
Database.register_adapter(dt.datetime, lambda value: value.isoformat(" "))


_stock: Any = stock  # the stubs know little of it
_Cursor: Any = Database.Cursor


class SQLiteCursorWrapper(_Cursor):  # type: ignore[misc]
    """Django writes placeholders as %s, SQLite as ?."""

    def execute(self, query: str, params: Any = None) -> Any:
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, Mapping) else None
        return super().execute(self._convert(query, names), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        return super().executemany(self._convert(query, None), param_list)

    def _convert(self, query: str, names: list[str] | None) -> str:
        return str(_stock.SQLiteCursorWrapper.convert_query(self, query, param_names=names))


class DatabaseWrapper(stock.DatabaseWrapper):
    Database = Database
    init_commands: list[str]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = Database.connect(**conn_params)
        register_functions(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA legacy_alter_table = OFF")
        for command in self.init_commands:
            if command.strip():
                connection.execute(command)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002 - server-side cursors are PostgreSQL's
        return self.connection.cursor(factory=SQLiteCursorWrapper)
