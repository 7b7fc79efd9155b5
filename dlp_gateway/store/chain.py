"""The audit chain of one process: every row holds the hash of the one before it.

`hash = SHA-256(01 ‖ previous ‖ SHA-256(00 ‖ JSON of [writer, n, at, verb, actor, message id, body]))`.
Each boot of each process has a chain of its own, so that writers never wait for each other; the first
row of a chain (`chain:opened`) names the last hash of every chain before it, so that a whole chain can't
vanish either.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from . import many_rows
from .models import Audit

_COLUMNS = ("writer", "n", "at", "verb", "actor", "message_id", "body", "previous", "hash")
_escape = json.encoder.encode_basestring_ascii


def genesis(writer: str) -> bytes:
    return hashlib.sha256(b"genesis\0" + writer.encode()).digest()


def link_hash(
    previous: bytes, writer: str, n: int, at: datetime, verb: str, actor: str, message_id: str | None, body: str
) -> bytes:
    """The hash of a row. `body` goes in as the text that is stored: nothing is parsed to be verified."""
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    name = "null" if message_id is None else _escape(message_id)
    text = f"[{_escape(writer)},{n},{_escape(when)},{_escape(verb)},{_escape(actor)},{name},{_escape(body)}]"
    return hashlib.sha256(b"\x01" + previous + hashlib.sha256(b"\x00" + text.encode()).digest()).digest()


class Chain:
    """Rows waiting for the commit. Only the writer thread uses it."""

    def __init__(self, writer: str) -> None:
        self.writer = writer
        self._known = False  # whether n and head are what the database has
        self._n = 0
        self._head = genesis(writer)
        self._pending: list[tuple[str, str, str | None, str]] = []
        self._written: tuple[int, bytes] | None = None

    def begin(self, alias: str) -> None:
        """Start a transaction: after a commit of unknown outcome the head is asked for again."""
        self._pending.clear()
        if self._known:
            return
        last = Audit.objects.using(alias).filter(writer=self.writer).order_by("-n").first()
        self._n, self._head = (last.n, bytes(last.hash)) if last else (0, genesis(self.writer))
        self._known = True

    def add(self, verb: str, actor: str, message_id: str | None, body: dict[str, Any]) -> None:
        self._pending.append((verb, actor, message_id, json.dumps(body, separators=(",", ":"))))

    def mark(self) -> int:
        return len(self._pending)

    def rewind(self, mark: int) -> None:
        del self._pending[mark:]

    def write(self, alias: str) -> None:
        """Chain and insert what was added, just before the commit."""
        if not self._pending:
            return
        at = datetime.now(UTC)
        stored_at = many_rows.moment(alias, at)
        n, head = self._n, self._head
        rows = []
        for verb, actor, message_id, body in self._pending:
            n += 1
            previous, head = head, link_hash(head, self.writer, n, at, verb, actor, message_id, body)
            rows.append((self.writer, n, stored_at, verb, actor, message_id, body, previous, head))
        many_rows.insert(alias, Audit, _COLUMNS, rows)
        self._written = (n, head)

    def committed(self) -> None:
        if self._written is not None:
            self._n, self._head = self._written
            self._written = None
        self._pending.clear()

    def forget(self) -> None:
        self._known = False
        self._written = None
        self._pending.clear()
