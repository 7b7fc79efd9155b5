"""Contacts as keyed hashes: what mail teaches, written in batches, and what is asked before deciding.

Everything here is a number made under a key that the store does not have. Statements are past the ORM: one row for
each mark of each mail would cost more than the record of the mail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connections

from .models import Habit, InternalThread, LearningDay, Spelling, table
from .values import Lesson
from .writer import Transaction, Work

_FIRST_DAY = date(1970, 1, 1)

_HABIT, _SPELLING, _THREAD, _DAY = (table(m) for m in (Habit, Spelling, InternalThread, LearningDay))


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _FIRST_DAY).days


@dataclass(slots=True)
class Batch:
    """Lessons put together: each mark is written once, however many mails went there."""

    mails: dict[int, int] = field(default_factory=dict)
    spellings: set[tuple[int, int]] = field(default_factory=set)
    days: dict[tuple[int, int], int] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)
    went_on: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    last_day: int = 0

    def add(self, lesson: Lesson) -> None:
        self.last_day = max(self.last_day, day_number(lesson.day))
        for mark in lesson.marks:
            self.mails[mark] = self.mails.get(mark, 0) + 1
        self.spellings.update(lesson.spellings)
        if lesson.wrote_outside:
            today = lesson.key, day_number(lesson.day)
            self.days[today] = self.days.get(today, 0) + 1
        if lesson.thread is not None:
            kept = self.left if not lesson.thread_inside else self.begun if lesson.thread_begins else self.went_on
            kept.add(lesson.thread)

    @property
    def size(self) -> int:
        return len(self.mails) + len(self.spellings) + len(self.begun) + len(self.went_on) + len(self.left)


def _learn(tx: Transaction, batches: Sequence[Batch]) -> list[None]:
    for batch in batches:
        day = batch.last_day
        _upsert(
            tx.alias,
            _HABIT,
            ("mark", "mails", "last_day"),
            # In one order for all: two gateways on one PostgreSQL must not wait for each other.
            [(mark, mails, day) for mark, mails in sorted(batch.mails.items())],
            f"(mark) DO UPDATE SET mails = {_HABIT}.mails + excluded.mails, last_day = excluded.last_day",
        )
        _upsert(tx.alias, _SPELLING, ("spelling", "mark"), sorted(batch.spellings), "DO NOTHING")
        _upsert(
            tx.alias,
            _DAY,
            ("key", "day", "mails"),
            [(key, on, mails) for (key, on), mails in sorted(batch.days.items())],
            f"(key, day) DO UPDATE SET mails = {_DAY}.mails + excluded.mails",
        )
        _learn_threads(tx.alias, batch)
    return [None] * len(batches)


def _learn_threads(alias: str, batch: Batch) -> None:
    _upsert(
        alias,
        _THREAD,
        ("thread", "inside", "last_day"),
        [(thread, thread not in batch.left, batch.last_day) for thread in sorted(batch.begun)],
        "(thread) DO UPDATE SET last_day = excluded.last_day",
    )
    on = InternalThread.objects.using(alias)
    for start in range(0, len(batch.left), 500):
        on.filter(thread__in=sorted(batch.left)[start : start + 500]).update(inside=False, last_day=batch.last_day)
    for start in range(0, len(batch.went_on), 500):
        on.filter(thread__in=sorted(batch.went_on)[start : start + 500]).update(last_day=batch.last_day)


def _upsert(alias: str, name: str, columns: Sequence[str], rows: Sequence[Sequence[int | bool]], conflict: str) -> None:
    if not rows:
        return
    into = f"INSERT INTO {name} ({', '.join(columns)})"
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "sqlite":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"{into} VALUES ({marks}) ON CONFLICT {conflict}", rows)
        else:
            types = ("bigint", *("boolean" if isinstance(v, bool) else "bigint" for v in rows[0][1:]))
            lists = ", ".join(f"%s::{kind}[]" for kind in types)
            cursor.execute(
                f"{into} SELECT * FROM unnest({lists}) ON CONFLICT {conflict}",  # noqa: S608 - names of ours
                [list(column) for column in zip(*rows, strict=True)],
            )


LEARN: Work[Batch, None] = Work(_learn)


# --------------------------------------------------------------------------------------------------
# Reading
# --------------------------------------------------------------------------------------------------


_SOME = "{some}"  # becomes a list of numbers, as each of the databases has them
_COUNTS = f"SELECT 0, mark, mails FROM {_HABIT} WHERE mark IN {_SOME}"  # noqa: S608 - names of ours, as below
_THREADS = f"SELECT 1, thread, CASE WHEN inside THEN 1 ELSE 0 END FROM {_THREAD} WHERE thread = %s"  # noqa: S608
_SINCE = f"SELECT 2, 0, MIN(day) FROM {_DAY} WHERE key = %s"  # noqa: S608
_REMEMBERED = f"{_COUNTS} UNION ALL {_THREADS} UNION ALL {_SINCE}"
_ALIKE = (
    f"SELECT s.spelling, s.mark, h.mails FROM {_SPELLING} s JOIN {_HABIT} h ON h.mark = s.mark"  # noqa: S608
    f" WHERE s.spelling IN {_SOME}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What is known of some marks. `counts`: mails by mark; who was never written to is not in it."""

    counts: Mapping[int, int]
    thread_inside: bool | None  # None: not known as one that began inside
    since: date | None  # the first day of learning that is kept


def remembered(alias: str, marks: Collection[int], thread: int | None, key: int) -> Remembered:
    """One question for one message."""
    rows = _ask(alias, _REMEMBERED, marks, (thread, key))
    since = next((value for kind, _, value in rows if kind == 2), None)
    return Remembered(
        counts={mark: mails for kind, mark, mails in rows if kind == 0},
        thread_inside=next((bool(value) for kind, _, value in rows if kind == 1), None),
        since=None if since is None else _FIRST_DAY + timedelta(days=since),
    )


def alike(alias: str, spellings: Collection[int]) -> list[tuple[int, int, int]]:
    """(spelling, mark, mails) of all whose spelling is one of these."""
    return _ask(alias, _ALIKE, spellings)


def counts(alias: str, marks: Collection[int]) -> dict[int, int]:
    """Mails by mark."""
    return {mark: mails for _, mark, mails in _ask(alias, _COUNTS, marks)}


def _ask(alias: str, question: str, some: Iterable[int], more: Sequence[Any] = ()) -> list[tuple[int, int, int]]:
    """However many are asked for, it is one statement that the database knows already."""
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "sqlite":
            values, given = "(SELECT value FROM json_each(%s))", f"[{','.join(map(str, some))}]"
        else:
            values, given = "(SELECT unnest(%s::bigint[]))", list(some)  # type: ignore[assignment]
        cursor.execute(question.replace(_SOME, values), [given, *more])
        return [(a, b, c) for a, b, c in cursor.fetchall()]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedSoFar:
    """How much was learned; for `doctor`."""

    since: date | None
    mails: int
    habits: int
    spellings: int
    threads: int


def learned_so_far(alias: str, key: int) -> LearnedSoFar:
    days = LearningDay.objects.using(alias).filter(key=key).order_by("day")
    first = days.values_list("day", flat=True).first()
    return LearnedSoFar(
        since=None if first is None else _FIRST_DAY + timedelta(days=first),
        mails=sum(days.values_list("mails", flat=True)),
        habits=Habit.objects.using(alias).count(),
        spellings=Spelling.objects.using(alias).count(),
        threads=InternalThread.objects.using(alias).count(),
    )


# --------------------------------------------------------------------------------------------------
# Retention
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsCut:
    """What was not written to since goes."""

    contacts: date
    threads: date
    batch: int


def _forget_contacts(tx: Transaction, cuts: Sequence[ContactsCut]) -> list[int]:
    """Answers how many habits and threads went: `batch` or more means that there may be more."""
    (cut,) = cuts
    old = Habit.objects.using(tx.alias).filter(last_day__lt=day_number(cut.contacts))
    marks = list(old.values_list("mark", flat=True)[: cut.batch])
    for start in range(0, len(marks), 500):
        some = marks[start : start + 500]
        Habit.objects.using(tx.alias).filter(mark__in=some).delete()
        Spelling.objects.using(tx.alias).filter(mark__in=some).delete()
    LearningDay.objects.using(tx.alias).filter(day__lt=day_number(cut.contacts)).delete()
    ended = InternalThread.objects.using(tx.alias).filter(last_day__lt=day_number(cut.threads))
    threads = list(ended.values_list("thread", flat=True)[: cut.batch])
    for start in range(0, len(threads), 500):
        InternalThread.objects.using(tx.alias).filter(thread__in=threads[start : start + 500]).delete()
    return [max(len(marks), len(threads))]


FORGET_CONTACTS: Work[ContactsCut, int] = Work(_forget_contacts, together=False)
