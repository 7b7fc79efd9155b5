"""The form for the simple parts of a rule, beside its text: what it shows, and the values it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from ..decide.policy import PolicyRule
from .form_fields import FormField, Kind
from .language import say
from .policy_words import MODE_WORDS, POLICY_FIELD_WORDS, RELEASE_WORDS

Typed = dict[str, str | list[str]]

_NUMBERS = ("working_minutes", "out_of_hours_minutes", "expires_days")


def typed_of(rule: PolicyRule, raw: Mapping[str, Any]) -> Typed:
    """The form as it is opened. `raw` is the rule as it is written: what nobody wrote stays unwritten."""
    clock, people = rule.clock, _people(raw)
    typed: Typed = {
        "mode": rule.mode,
        "approvals": str(rule.approvals),
        "release_by": list(rule.release_by),
        "working_minutes": str(clock.working_minutes),
        "out_of_hours_minutes": str(clock.out_of_hours_minutes),
        "escalate_to": clock.escalate_to or "",
        "expires_days": str(rule.expires_days),
    }
    if rule.reviewers is None or isinstance(rule.reviewers, str):
        typed["reviewers"] = rule.reviewers or ""
    if people is not None:
        typed["min_people"] = str(people)
    return typed


def fields(typed: Typed, groups: Iterable[str]) -> list[FormField]:
    """The form's fields; those that a rule does not have in a simple form are not there."""
    names = tuple((name, name) for name in sorted(groups))
    options = {
        "mode": tuple((value, say(MODE_WORDS[value])) for value in MODE_WORDS),
        "approvals": (("1", "1"), ("2", "2")),
        "reviewers": (("", say(POLICY_FIELD_WORDS["usual"])), *names),
        "release_by": tuple((value, say(RELEASE_WORDS[value])) for value in RELEASE_WORDS),
        "escalate_to": (("", say(POLICY_FIELD_WORDS["nobody"])), *names),
    }
    return [
        FormField(
            name=name,
            kind=_kind(name),
            label=say(POLICY_FIELD_WORDS[name]),
            value=typed[name],
            options=options.get(name, ()),
        )
        for name in POLICY_FIELD_WORDS
        if name in typed
    ]


def changed_values(data: QueryDict, rule: PolicyRule, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of the rule whose value the form changes, as they are to be written. What is no number stays a text, so that
    reading the rule tells what is wrong."""
    before = typed_of(rule, raw)
    now: Typed = {name: data.getlist(name) if name == "release_by" else data.get(name, "").strip() for name in before}
    new = {name: value for name, value in now.items() if value != before[name]}
    values: dict[str, Any] = {}
    for name in ("mode", "release_by", "reviewers"):
        if name in new:
            values[name] = new[name] or None
    for name in ("approvals", "expires_days"):
        if name in new:
            values[name] = _number(new[name])
    clock = {name: new[name] for name in ("working_minutes", "out_of_hours_minutes", "escalate_to") if name in new}
    if clock:
        written = dict(raw.get("clock") or {})
        written |= {name: _number(value) if name in _NUMBERS else value for name, value in clock.items()}
        values["clock"] = {name: value for name, value in written.items() if value != ""}
    if "min_people" in new:
        when = dict(raw["when"])
        when["individuals"] = dict(when["individuals"]) | {"min": _number(new["min_people"])}
        values["when"] = when
    return values


def _people(raw: Mapping[str, Any]) -> int | None:
    """The number of people from which on the rule counts, where it is written so."""
    when = raw.get("when")
    people = when.get("individuals") if isinstance(when, dict) else None
    least = people.get("min") if isinstance(people, dict) else None
    return least if isinstance(least, int) else None


def _kind(name: str) -> Kind:
    if name == "release_by":
        return "checks"
    return "number" if name in (*_NUMBERS, "min_people") else "choice"


def _number(typed: str | list[str]) -> int | str:
    text = str(typed)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else text
