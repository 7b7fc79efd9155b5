"""Changing the partner registry: entries to text and back, what differs, what is due. Pure.

The registry is one text, `partners.yaml`, of which the store keeps every version. Written by a command it has its
entries in the order of their ids and no comments; what somebody wants to say about an entry belongs under `notes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from ..errors import ConfigError
from ..yaml_file import load_document, scalar, validate
from .partners import WARN_DAYS, PartnerEntry, PartnersFile

FILE = "partners.yaml"
_HEAD = "# The partner registry as `dlp-gateway partners` wrote it. Comments are not kept: use `notes`.\npartners:\n"
_FIELDS = tuple(PartnerEntry.model_fields)

V = TypeVar("V")


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one entry differs between two versions. `fields`: name, before, after; None for what is not given."""

    kind: Kind
    id: str
    fields: tuple[tuple[str, Any, Any], ...] = ()


def entries_of(text: str, file: str = FILE) -> tuple[PartnerEntry, ...]:
    """The entries of a registry. Raises ConfigError with every fault."""
    return validate(load_document(text, file), PartnersFile).partners


def plain(entry: PartnerEntry) -> dict[str, Any]:
    """The entry as an administrator writes it: without what is as it would be anyhow."""
    values: dict[str, Any] = entry.model_dump(mode="json", exclude_defaults=True)
    return {name: values[name] for name in _FIELDS if name in values}


def text_of(entries: Iterable[PartnerEntry]) -> str:
    """The registry as text, one entry after the other."""
    blocks = []
    for entry in sorted(entries, key=lambda e: e.id):
        lines = [f"{name}: {scalar(_value(entry, name))}" for name in plain(entry)]
        blocks.append("  - " + "\n    ".join(lines) + "\n")
    return _HEAD + "\n".join(blocks) if blocks else "partners: []\n"


def entry_at(text: str, line: int) -> str | None:
    """The id of the entry that has this line (from 1) of a text as `text_of` writes it; None above the first."""
    above = text.splitlines()[:line]
    return next((one.partition("id: ")[2].strip("'\"") for one in reversed(above) if one.startswith("  - id: ")), None)


def entry_in(text: str, id_: str, file: str = FILE) -> PartnerEntry | None:
    """One entry of a registry, None where it has none of that id. Of a text as `text_of` writes it only the entry is
    read: a history has hundreds of versions. Raises ConfigError where the text is no registry."""
    head, *blocks = re.split(r"(?m)^  - (?=id: )", text)
    found = [block for block in blocks if re.match(rf"id: ['\"]?{re.escape(id_)}['\"]?\s*$", block, re.MULTILINE)]
    if len(found) == 1 and head.endswith("partners:\n"):
        try:
            (entry,) = entries_of(f"partners:\n  - {found[0]}", file)
        except (ConfigError, ValueError):  # it needs what stands elsewhere in the text
            pass
        else:
            return entry
    return next((entry for entry in entries_of(text, file) if entry.id == id_), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[V]):
    """What a version changed of one entry."""

    version: V
    difference: Difference


def history_of(versions: Sequence[V], text: Callable[[V], str], id_: str) -> tuple[Step[V], ...]:
    """The versions, the newest first as given, that changed the entry, each with how. The last of them is compared with
    nothing: before it there was no registry, or it is not looked at. One that can't be read changes nothing."""
    found: list[Step[V]] = []
    before: PartnerEntry | None = None
    for version in reversed(versions):
        try:
            after = entry_in(text(version), id_)
        except ConfigError:
            continue
        if after != before:
            (change,) = difference(*([one] if one is not None else [] for one in (before, after)))
            found.append(Step(version=version, difference=change))
        before = after
    return tuple(reversed(found))


def _value(entry: PartnerEntry, name: str) -> Any:
    """A date stays one: in quotes it would be a text."""
    value = getattr(entry, name)
    return value if isinstance(value, date) else plain(entry)[name]


def with_entry(entries: Sequence[PartnerEntry], entry: PartnerEntry) -> tuple[PartnerEntry, ...]:
    """The entries with this one added, or in the place of the one that has its id."""
    return (*(e for e in entries if e.id != entry.id), entry)


def changed(entry: PartnerEntry, values: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of an entry after a change; a value of None is taken out."""
    merged = plain(entry) | dict(values)
    return {name: value for name, value in merged.items() if value is not None}


def difference(before: Sequence[PartnerEntry], after: Sequence[PartnerEntry]) -> tuple[Difference, ...]:
    """What an administrator would see between two versions, by id."""
    old, new = ({e.id: plain(e) for e in entries} for entries in (before, after))
    found = []
    for id_ in sorted(old.keys() | new.keys()):
        if id_ not in new:
            found.append(Difference(kind=Kind.REMOVED, id=id_))
        elif id_ not in old:
            fields = tuple((name, None, value) for name, value in new[id_].items() if name != "id")
            found.append(Difference(kind=Kind.ADDED, id=id_, fields=fields))
        elif old[id_] != new[id_]:
            names = [name for name in _FIELDS if old[id_].get(name) != new[id_].get(name)]
            fields = tuple((name, old[id_].get(name), new[id_].get(name)) for name in names)
            found.append(Difference(kind=Kind.EDITED, id=id_, fields=fields))
    return tuple(found)


_DUE = {days: f"due_{days}" for days in sorted(WARN_DAYS)}
STANDINGS = ("active", *_DUE.values(), "in_grace", "expired", "suspended", "not_begun")
"""One word for how an entry stands: due_7 is due for review within 7 days, due_30 within 30 and not within 7."""


def count_by_standing(entries: Iterable[PartnerEntry], day: date) -> dict[str, int]:
    """How many entries stand how on a day: every word of STANDINGS, each entry counted once."""
    counts = dict.fromkeys(STANDINGS, 0)
    for entry in entries:
        counts[standing_word(entry, day)] += 1
    return counts


def standing_word(entry: PartnerEntry, day: date) -> str:
    """The word of STANDINGS for how an entry stands on a day."""
    if entry.status == "suspended":
        return "suspended"
    if entry.valid_from > day:
        return "not_begun"
    if not entry.works_on(day):
        return "expired"
    if entry.in_grace(day):
        return "in_grace"
    left = entry.days_to_review(day)
    return "active" if left is None else next(word for days, word in _DUE.items() if left <= days)


def standing(entry: PartnerEntry, day: date) -> str:
    """How an entry stands on a day, in a word or two: active, suspended, in grace, expired, due in n days ..."""
    word = standing_word(entry, day)
    if word in _DUE.values():
        return f"due in {entry.days_to_review(day)} days"
    texts = {
        "not_begun": f"begins {entry.valid_from}",
        "in_grace": f"in grace until {entry.review_by + timedelta(entry.grace_days)}",
        "expired": f"expired {entry.review_by}",
    }
    return texts.get(word, word)
