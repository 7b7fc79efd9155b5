"""Builds an index from records: keys of their normal forms, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

from ..detect.records.dates import date_forms
from ..detect.records.index_table import KeyMaker, part_label
from ..detect.records.normal_forms import (
    email_form,
    fold,
    joined,
    name_words,
    parted,
    phone_form,
    postcode_form,
    recorded_forms,
    reference_form,
)
from ..errors import ConfigError, Fault
from .mapping import RecordMapping
from .open import open_index
from .records import Records
from .write import IndexWriter

LEAST_OF_BEFORE = 0.5
"""An index with fewer records than this part of the one before is a broken export more often than not."""

_TOLD_EVERY = 100_000
_MOST_REMEMBERED = 200_000  # values of records, for a moment: the writer drops what comes twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was built. `left_out` counts values, by field, that are no such thing; `empty` counts rows without a key."""

    records: int
    entries: int
    size_bytes: int
    empty: int
    left_out: dict[str, int]
    kinds: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class _Count:
    rows: int = 0
    empty: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def build_index(
    path: Path,
    records: Records,
    mapping: RecordMapping,
    maker: KeyMaker,
    *,
    shrink: bool = False,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Report:
    """Write the index of these records to `path`, in place of the one that is there.

    Raises ConfigError, and leaves the old index, for columns that are missing, for records without any key, and for
    an index of less than half the records of before, unless `shrink`.
    """
    if missing := mapping.missing(records.columns):
        known = ", ".join(records.columns) or "none"
        faults = [Fault(file=records.source, text=f"has no column “{name}”; it has: {known}") for name in missing]
        raise ConfigError(faults)
    forms = _Forms(mapping, records.columns)
    kinds = mapping.wanted_keys
    labels = ["+".join(key) for key in kinds]
    count = _Count()
    with IndexWriter(path, maker) as writer:
        parts = _Parts(writer, maker, kinds)
        for number, row in enumerate(records.rows):
            record = forms.record(row, number, maker)
            values = forms.of(row, count)
            added = 0
            for key, label in zip(kinds, labels, strict=True):
                choices = [values.get("alone" if key == ("name",) else name, ()) for name in key]
                for combination in product(*choices):
                    writer.add(maker.key(label, combination), record)
                    added += 1
            if added:
                parts.add(values)
            count.rows += 1
            count.empty += not added
            if count.rows % _TOLD_EVERY == 0:
                progress(count.rows)
        _refuse_broken(path, records.source, count, maker, shrink=shrink)
        entries = writer.finish(kinds=kinds, records=count.rows - count.empty)
    return Report(
        records=count.rows - count.empty,
        entries=entries,
        size_bytes=path.stat().st_size,
        empty=count.empty,
        left_out=dict(count.left_out),
        kinds=kinds,
    )


def _refuse_broken(path: Path, source: str, count: _Count, maker: KeyMaker, *, shrink: bool) -> None:
    records = count.rows - count.empty
    if not records:
        raise ConfigError([Fault(file=source, text="holds nobody of whom a key could be made; are the columns right?")])
    if shrink or not path.exists():
        return
    try:
        before = open_index(path, maker).records
    except ConfigError:
        return  # it can't be used anyhow
    if records < before * LEAST_OF_BEFORE:
        text = f"holds {records} records, the index of now {before}; if that is right, say --shrink"
        raise ConfigError([Fault(file=source, text=text)])


class _Parts:
    """Adds the parts of combinations by themselves, each but seldom more than once."""

    def __init__(self, writer: IndexWriter, maker: KeyMaker, kinds: Sequence[tuple[str, ...]]) -> None:
        self._writer = writer
        self._maker = maker
        fields = dict.fromkeys(name for key in kinds if len(key) > 1 for name in key)
        self._labels = {name: part_label(name) for name in fields}
        self._seen: set[tuple[str, str]] = set()

    def add(self, values: Mapping[str, tuple[str, ...]]) -> None:
        for name, label in self._labels.items():
            for value in values.get(name, ()):
                if (name, value) not in self._seen:
                    if len(self._seen) >= _MOST_REMEMBERED:
                        self._seen.clear()
                    self._seen.add((name, value))
                    self._writer.add(self._maker.key(label, (value,)), 0)


class _Forms:
    """Reads the fields of a row in their normal forms."""

    def __init__(self, mapping: RecordMapping, columns: Sequence[str]) -> None:
        self._at: dict[str, list[int]] = {
            field: [columns.index(name) for name in names] for field, names in mapping.columns.items()
        }
        self._record = columns.index(mapping.record) if mapping.record else None
        self._date_format = mapping.date_format
        self._makers: dict[str, Callable[[Any], tuple[str, ...]]] = {
            "date_of_birth": self._dates,
            "postcode": _optional(postcode_form),
            "phone": _optional(phone_form),
            "email": _optional(email_form),
            "contact": _optional(email_form),
            "reference": _optional(reference_form),
        }

    def record(self, row: Sequence[Any], number: int, maker: KeyMaker) -> int:
        """The number of the person: the row's, or one made of what the column for it holds."""
        if self._record is None:
            return number & 0xFFFFFFFF
        return int.from_bytes(maker.key("record", (str(row[self._record]).strip(),))[:4], "big")

    def of(self, row: Sequence[Any], count: _Count) -> dict[str, tuple[str, ...]]:
        """The forms by field; "alone" are those of a name by itself. Values that are no such thing are counted."""
        found: dict[str, tuple[str, ...]] = {"contact": ()}
        for name, make in self._makers.items():
            if name in self._at:
                found[name] = tuple(dict.fromkeys(self._values(row, name, make, count)))
        alone: dict[str, None] = {}
        combined: dict[str, None] = {}
        given: dict[str, None] = {}
        family: dict[str, None] = {}
        for forename, surname in self._names(row):
            one, several = recorded_forms(forename, surname)
            alone.update(dict.fromkeys(one))
            combined.update(dict.fromkeys(several))
            first = [word for word, _, _ in name_words(forename)][:1]
            given.update(dict.fromkeys(word for word in first if len(word) > 1))
            words = [word for word, _, _ in name_words(surname)]
            family.update(dict.fromkeys([joined(words)] if words else []))
            family.update(dict.fromkeys(word for word in words if len(words) > 1 and len(word) > 2))
        count.left_out["name"] += not combined and not given and bool(self._text_of_name(row))
        found |= {"alone": tuple(alone), "name": tuple(combined), "forename": tuple(given), "surname": tuple(family)}
        return found

    def _values(
        self, row: Sequence[Any], name: str, make: Callable[[Any], tuple[str, ...]], count: _Count
    ) -> Iterator[str]:
        for at in self._at[name]:
            value = row[at]
            if value is None or not str(value).strip():
                continue
            forms = make(value)
            count.left_out[name] += not forms
            yield from forms

    def _names(self, row: Sequence[Any]) -> Iterator[tuple[str, str]]:
        """Forename and surname of each name of a row."""
        for at in self._at.get("name", ()):
            if row[at]:
                yield parted(str(row[at]))
        forenames = [str(row[at] or "") for at in self._at.get("forename", ())]
        surnames = [str(row[at] or "") for at in self._at.get("surname", ())]
        if "name" not in self._at or forenames or surnames:
            yield from product(forenames or [""], surnames or [""])

    def _text_of_name(self, row: Sequence[Any]) -> str:
        places = [at for name in ("name", "forename", "surname") for at in self._at.get(name, ())]
        return "".join(fold(str(row[at] or "")) for at in places).strip()

    def _dates(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, date):
            return (value.strftime("%Y-%m-%d"),)
        text = str(value).strip()
        if self._date_format is None:
            return date_forms(text)
        try:
            return (datetime.strptime(text, self._date_format).strftime("%Y-%m-%d"),)  # noqa: DTZ007 - a day has no zone
        except ValueError:
            return ()


def _optional(make: Callable[[str], str | None]) -> Callable[[Any], tuple[str, ...]]:
    def forms(value: Any) -> tuple[str, ...]:
        form = make(str(value))
        return () if form is None else (form,)

    return forms
