"""Many rows in one statement: the two statements of the hot path, past the ORM.

SQLite runs a statement for many rows without leaving the process. With PostgreSQL each row would be a
round trip, so there all rows go into one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, models

from .models import table

Row = Sequence[Any]


def insert(alias: str, model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows whose values are as the database wants them (see `moment`)."""
    into = f"INSERT INTO {table(model)} ({', '.join(columns)}) VALUES "  # noqa: S608 - names of ours
    marks = f"({', '.join(['%s'] * len(columns))})"
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "sqlite":
            cursor.executemany(into + marks, rows)
        else:
            cursor.execute(into + ", ".join([marks] * len(rows)), [value for row in rows for value in row])


def moment(alias: str, value: Any) -> Any:
    """An aware datetime as the database wants it."""
    return connections[alias].ops.adapt_datetimefield_value(value)


def close_messages(alias: str, rows: Sequence[Row]) -> None:
    """Set what became of messages; a row is (answered, dispositions, message id, boot id). Only messages
    of that boot that are not closed yet change."""
    change = "UPDATE store_message SET state = 'closed',"
    guard = "store_message.state IN ('open', 'live')"
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "sqlite":
            cursor.executemany(
                f"{change} answered = %s, dispositions = %s WHERE id = %s AND boot = %s AND {guard}",
                rows,
            )
        else:
            values = ", ".join(["(%s::boolean, %s, %s, %s)"] * len(rows))
            cursor.execute(
                f"{change} answered = new.answered, dispositions = new.dispositions "
                f"FROM (VALUES {values}) AS new (answered, dispositions, id, boot) "
                f"WHERE store_message.id = new.id AND store_message.boot = new.boot AND {guard}",
                [value for row in rows for value in row],
            )
