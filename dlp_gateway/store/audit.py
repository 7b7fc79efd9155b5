"""The record read and verified."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from .chain import genesis, link_hash
from .messages import digest
from .models import Audit, Boot, Message
from .values import AuditEntry, AuditSearch, Verb
from .writer import Transaction, Work

_RECORDS_AT_ONCE = 500

Heads = Mapping[str, tuple[int, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something worth recording that changes nothing else, such as the reading of a held body."""

    verb: Verb
    actor: str
    message_id: str | None
    body: Mapping[str, Any]


def _note(tx: Transaction, events: Sequence[Event]) -> list[None]:
    for event in events:
        tx.audit(event.verb, event.actor, event.message_id, dict(event.body))
    return [None] * len(events)


def _nothing(_tx: Transaction, nothings: Sequence[None]) -> list[None]:
    return list(nothings)


EVENT: Work[Event, None] = Work(_note)
NOTHING: Work[None, None] = Work(_nothing)


def verify(alias: str, writer: str | None = None, known: Heads | None = None) -> list[str]:
    """Recompute every chain, or one; answers what is wrong, in words, empty when all is well.

    `known` are heads (n, hash) noted elsewhere: entries removed from the end of the newest chain can be
    told by nothing else. Records are compared with what the chain says of them as well.
    """
    expected: dict[str, dict[int, bytes]] = {}
    for name, (n, head) in (known or {}).items():
        expected.setdefault(name, {})[n] = head
    _add_witnessed(alias, expected)
    rows = Audit.objects.using(alias)
    writers = set(rows.values_list("writer", flat=True).distinct())
    writers |= set(expected) | set(Boot.objects.using(alias).values_list("writer", flat=True))
    problems: list[str] = []
    for name in sorted(writers if writer is None else {writer}):
        problems += _verify_chain(alias, name, expected.get(name, {}))
    return problems


def _add_witnessed(alias: str, expected: dict[str, dict[int, bytes]]) -> None:
    opened = Audit.objects.using(alias).filter(verb=Verb.CHAIN_OPENED).values_list("body", flat=True)
    for body in opened.iterator():
        try:
            for name, (n, head) in json.loads(body)["heads"].items():
                expected.setdefault(name, {})[n] = bytes.fromhex(head)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # an altered row: its own chain does not hold


def _verify_chain(alias: str, writer: str, expected: Mapping[int, bytes]) -> list[str]:
    """Stops at the first link that does not hold: after it nothing is known."""
    problems: list[str] = []
    head, last = genesis(writer), 0
    records: list[Audit] = []
    for row in Audit.objects.using(alias).filter(writer=writer).order_by("n").iterator(chunk_size=2000):
        fault = _fault_of_link(row, writer, last, head, expected)
        if fault is not None:
            return [*problems, *_verify_records(alias, writer, records), fault]
        head, last = bytes(row.hash), row.n
        if row.verb == Verb.MESSAGE_RECORDED:
            records.append(row)
        if len(records) == _RECORDS_AT_ONCE:
            problems += _verify_records(alias, writer, records)
            records = []
    problems += _verify_records(alias, writer, records)
    longest = max(expected, default=0)
    if longest > last:
        problems.append(f"{writer}: ends at {last}, but {longest} was noted elsewhere; the end was cut off")
    return problems


def _fault_of_link(row: Audit, writer: str, last: int, head: bytes, expected: Mapping[int, bytes]) -> str | None:
    if row.n != last + 1:
        return f"{writer}: entry {last + 1} is missing, the next is {row.n}"
    if bytes(row.previous) != head:
        return f"{writer}#{row.n}: does not follow from the entry before it"
    right = link_hash(head, writer, row.n, row.at, row.verb, row.actor, row.message_id, row.body)
    if bytes(row.hash) != right:
        return f"{writer}#{row.n}: was altered"
    if expected.get(row.n, right) != right:
        return f"{writer}#{row.n}: differs from what was noted elsewhere; the chain was made again"
    return None


def _verify_records(alias: str, writer: str, rows: Sequence[Audit]) -> list[str]:
    """Compare the records of messages with what the chain says of them."""
    messages = Message.objects.using(alias).in_bulk([row.message_id for row in rows])
    problems = []
    for row in rows:
        message = messages.get(row.message_id)
        if message is None:
            problems.append(f"{writer}#{row.n}: the record of message {row.message_id} is missing")
            continue
        said = json.loads(row.body)
        altered = said.get("record") != digest(message.envelope, message.verdicts, message.policy_version)
        if message.inspection is not None:  # retention takes it
            altered |= said.get("inspection") != digest(message.inspection)
        if message.facts is not None or "facts" in said:
            altered |= said.get("facts") != digest(message.facts or "")
        if altered:
            problems.append(f"{writer}#{row.n}: the record of message {row.message_id} was altered")
    return problems


def search(alias: str, wanted: AuditSearch) -> tuple[AuditEntry, ...]:
    rows = Audit.objects.using(alias).order_by("at", "writer", "n")
    if wanted.message_id is not None:
        rows = rows.filter(message_id=wanted.message_id)
    if wanted.actor is not None:
        rows = rows.filter(actor=wanted.actor)
    if wanted.verb is not None:
        rows = rows.filter(verb=wanted.verb)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.after is not None:
        at, writer, n = wanted.after
        behind = Q(at__gt=at) | Q(at=at, writer__gt=writer) | Q(at=at, writer=writer, n__gt=n)
        rows = rows.filter(behind, at__gte=at)
    return tuple(_entry(row) for row in rows[: wanted.limit])


def heads(alias: str) -> dict[str, tuple[int, bytes]]:
    """The last (n, hash) of every chain: to be kept off this host and given to `verify` later."""
    return {row.writer: (row.n, bytes(row.hash)) for row in _last_rows(alias)}


def _last_rows(alias: str) -> Iterator[Audit]:
    for writer in Boot.objects.using(alias).values_list("writer", flat=True):
        last = Audit.objects.using(alias).filter(writer=writer).order_by("-n").first()
        if last is not None:
            yield last


def _entry(row: Audit) -> AuditEntry:
    return AuditEntry(
        writer=row.writer,
        n=row.n,
        at=row.at,
        verb=row.verb,
        actor=row.actor,
        message_id=row.message_id,
        body=row.body,
        previous=bytes(row.previous),
        hash=bytes(row.hash),
    )
