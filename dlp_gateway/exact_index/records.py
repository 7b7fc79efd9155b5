"""Where records come from: a CSV file, or a query to SQLite or PostgreSQL. Read one after the other, never kept."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import ConfigError, Fault

_FETCHED = 5000  # rows of a database at one time
_SNIFFED_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Rows with as many values as there are columns; what is not text is as the database gives it."""

    source: str
    columns: tuple[str, ...]
    rows: Iterator[Sequence[Any]]


@contextmanager
def csv_records(path: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Iterator[Records]:
    """The rows of a CSV file whose first row names the columns (RFC 4180). `delimiter` None: comma, semicolon, tab or
    bar, whichever the first row has most of. Raises ConfigError for what can't be read."""
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 20))
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(_SNIFFED_BYTES)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter or max(",;\t|", key=first.count), strict=True)
            columns = tuple(name.strip() for name in next(reader, []))
            yield Records(source=str(path), columns=columns, rows=_whole(reader, len(columns), path))
    except OSError as error:
        raise ConfigError([Fault(file=str(path), text=f"can't be read ({error.strerror})")]) from None
    except (UnicodeDecodeError, LookupError):
        text = f"is not text in {encoding}; name its encoding with --encoding, such as cp1252"
        raise ConfigError([Fault(file=str(path), text=text)]) from None
    except csv.Error as error:
        raise ConfigError([Fault(file=str(path), text=f"is no CSV file: {error}")]) from None


def _whole(reader: Any, count: int, path: Path) -> Iterator[Sequence[str]]:
    for row in reader:
        if len(row) == count:
            yield row
        elif row:
            text = f"this row has {len(row)} values, the first one {count}; is the delimiter right?"
            raise ConfigError([Fault(file=str(path), line=reader.line_num, text=text)])


@contextmanager
def sql_records(url: str, query: str) -> Iterator[Records]:
    """The rows of a query, which may only read. Raises ConfigError where the database can't be asked."""
    parts = urlsplit(url)
    shown = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    if parts.password:
        text = "a password on the command line is seen by everybody on this machine; put it into ~/.pgpass (PGPASSFILE)"
        raise ConfigError([Fault(file="--sql", text=text)])
    if url.startswith("sqlite:///"):
        with _sqlite(Path(url.removeprefix("sqlite:///")), query, shown) as records:
            yield records
    elif parts.scheme in ("postgresql", "postgres"):
        with _postgresql(url, query, shown) as records:
            yield records
    else:
        text = "must start with sqlite:/// or postgresql://; from other databases export CSV"
        raise ConfigError([Fault(file="--sql", text=text)])


@contextmanager
def _sqlite(path: Path, query: str, shown: str) -> Iterator[Records]:
    import sqlite3  # noqa: PLC0415 - each door only where somebody goes through it

    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise ConfigError([Fault(file=shown, text=f"can't be opened: {error}")]) from None
    try:
        cursor = connection.execute(query)
        yield Records(source=shown, columns=_columns(cursor.description, shown), rows=iter(cursor))
    except sqlite3.Error as error:
        raise ConfigError([Fault(file=shown, text=f"the query failed: {error}")]) from None
    finally:
        connection.close()


def _columns(description: Sequence[Any] | None, shown: str) -> tuple[str, ...]:
    """The names of a result's columns (PEP 249)."""
    if not description:
        raise ConfigError([Fault(file=shown, text="the query answers no rows; it must be a SELECT")])
    return tuple(str(column[0]) for column in description)


@contextmanager
def _postgresql(url: str, query: str, shown: str) -> Iterator[Records]:
    import psycopg  # noqa: PLC0415 - as above

    try:
        with psycopg.connect(url) as connection:
            connection.read_only = True
            with connection.cursor(name="records") as cursor:  # on the server: millions of rows never come at once
                cursor.itersize = _FETCHED
                cursor.execute(query)
                yield Records(source=shown, columns=_columns(cursor.description, shown), rows=iter(cursor))
    except psycopg.Error as error:
        first = str(error).strip().partition("\n")[0]
        raise ConfigError([Fault(file=shown, text=f"the database refused: {first}")]) from None
