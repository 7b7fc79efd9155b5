"""Entries of the record as they leave it: JSON that the chain can be computed anew from, and rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from .values import AuditEntry

COLUMNS = ("at", "verb", "actor", "message_id", "body", "writer", "n", "previous", "hash")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def entry_as_json(entry: AuditEntry) -> dict[str, Any]:
    """With what is needed to compute the chain anew elsewhere: `body` stays the text that was hashed."""
    return {
        "writer": entry.writer,
        "n": entry.n,
        "at": entry.at.isoformat(),
        "verb": entry.verb,
        "actor": entry.actor,
        "message_id": entry.message_id,
        "body": entry.body,
        "previous": entry.previous.hex(),
        "hash": entry.hash.hex(),
    }


def csv_line(cells: Sequence[str]) -> str:
    """One line of CSV (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it."""
    made = io.StringIO()
    csv.writer(made).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return made.getvalue()


def entry_as_csv(entry: AuditEntry) -> str:
    values = entry_as_json(entry)
    return csv_line(["" if values[column] is None else str(values[column]) for column in COLUMNS])
