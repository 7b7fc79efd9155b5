"""Fields of forms as templates show them, and what an administrator typed that can't be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.http import QueryDict

from ..errors import Fault
from ..rule_changes import SHORTEST_REASON
from .language import say

LONGEST_REASON = 1000

Kind = Literal["text", "date", "number", "lines", "long", "choice", "checks", "check"]
"""How a field is filled in. `lines`: one value a line. `checks`: any of the options. `check`: yes or no."""

FIELD_ERROR_WORDS = {
    "missing": "This field is needed. Fill it in",
    "date": "Write a date, such as 2027-03-31",
    "number": "Write a number",
    "reason": "Say why, for whoever reads the record later",
    "reason_long": "Write at most 1,000 characters",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field with what stands in it. `value` is a list for `checks`, "yes" or "" for `check`. `options` are
    (value, words)."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    value: str | list[str] = ""
    options: tuple[tuple[str, str], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFault:
    """Something wrong, and the field that it is about ("" for none)."""

    text: str
    field: str = ""
    is_english: bool = False  # in whatever language the page is: what reads rules says it so


def reason_fault(reason: str) -> PageFault | None:
    """What is wrong with a reason that somebody typed."""
    if len(reason.strip()) < SHORTEST_REASON:
        return PageFault(text=say(FIELD_ERROR_WORDS["reason"]), field="reason")
    if len(reason) > LONGEST_REASON:
        return PageFault(text=say(FIELD_ERROR_WORDS["reason_long"]), field="reason")
    return None


def faults_of(found: Iterable[Fault], fields: Mapping[str, str]) -> list[PageFault]:
    """Faults of values as those of the form's fields: `fields` are the names of values, and of their fields."""
    told = [_fault_of(one, fields) for one in found]
    return [one for n, one in enumerate(told) if one not in told[:n]]


def _fault_of(found: Fault, fields: Mapping[str, str]) -> PageFault:
    name, _, text = found.text.partition(": ")
    field = fields.get(name.split(".")[0], "")
    if not field:
        return PageFault(text=found.text, is_english=True)
    for kind, signs in _SIGNS.items():
        if any(sign in text for sign in signs):
            return PageFault(text=say(FIELD_ERROR_WORDS[kind]), field=field)
    return PageFault(text=text[:1].upper() + text[1:], field=field, is_english=True)


_SIGNS: Mapping[str, Sequence[str]] = {
    "missing": ("missing; it is required", "at least 1 character"),
    "date": ("valid date", "invalid date"),
    "number": ("valid integer", "greater than or equal", "less than or equal"),
}


def with_faults(fields: Iterable[FormField], faults: Iterable[PageFault]) -> list[FormField]:
    """The fields, each with what is wrong with it."""
    texts: dict[str, list[str]] = {}
    for fault in faults:
        texts.setdefault(fault.field, []).append(fault.text)
    return [replace(field, error="; ".join(texts.get(field.name, ()))) for field in fields]


def number_in(data: QueryDict, name: str) -> int:
    """A whole number from a form or an address; 0 where there is none that is one."""
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
