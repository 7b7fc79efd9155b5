"""The form for one partner entry: what it shows, and the values of what was typed into it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.http import QueryDict

from ..decide.partners import PartnerEntry, TlsEvidence
from ..decide.registry import plain
from ..model import Category
from .form_fields import FormField, Kind
from .language import say
from .partner_words import BASIS_WORDS, FIELD_WORDS, HINT_WORDS, STATUS_WORDS, category_name

Typed = dict[str, str | list[str]]
"""What stands in each field of the form."""

VERIFIED, HOW = "tls_verified", "tls_how"
FORM_WORDS = {
    VERIFIED: "When it was last verified that mail to them is protected",
    HOW: "How that was verified",
    "any_route": "The council’s usual protected way",
}

_LINES = frozenset({"domains", "addresses"})
_CHECKS = frozenset({"may_receive", "sender_groups"})
_YES = frozenset({"include_subdomains", "bulk", "unreadable_attachments"})
_DATES = frozenset({"valid_from", "review_by", VERIFIED})
_ORDER = (
    *("id", "organisation", "domains", "include_subdomains", "addresses", "basis", "agreement", "purpose"),
    *("owner", "deputy_owner", "incident_contact", "may_receive", "bulk", "unreadable_attachments", "sender_groups"),
    *("route", VERIFIED, HOW, "hosting", "status", "valid_from", "review_by", "grace_days", "notes"),
)

FIELDS: Mapping[str, str] = {name: name for name in _ORDER} | {"tls_evidence": HOW}
"""Value of an entry to the field of the form that it is typed into."""


def typed_of(entry: PartnerEntry) -> Typed:
    """The form as it is opened for an entry."""
    values = entry.model_dump(mode="json")
    evidence = entry.tls_evidence
    if isinstance(evidence, TlsEvidence):
        values |= {VERIFIED: evidence.last_verified.isoformat(), HOW: evidence.how}
    else:
        values |= {VERIFIED: "", HOW: evidence or ""}
    return {name: _typed(name, values[name]) for name in _ORDER}


def typed_new(day: str) -> Typed:
    """The form for an entry that is not there yet; it begins on `day`."""
    empty: Typed = {name: [] if name in _CHECKS else "" for name in _ORDER}
    return empty | {"valid_from": day, "grace_days": "28", "status": "active"}


def typed_in(data: QueryDict) -> Typed:
    """The form as it was sent."""
    return {name: data.getlist(name) if name in _CHECKS else data.get(name, "").strip() for name in _ORDER}


def values_of(typed: Typed, before: PartnerEntry | None) -> dict[str, Any]:
    """Plain values of the entry that was typed; fields that the form lacks stay as they were."""
    values = {name: _value(name, typed[name]) for name in _ORDER if name not in (VERIFIED, HOW)}
    how, verified = str(typed[HOW]), str(typed[VERIFIED])
    values["tls_evidence"] = {"last_verified": verified, "how": how} if verified else how or None
    kept = {} if before is None else plain(before)
    if before is not None:
        values["id"] = before.id
    return {name: value for name, value in (kept | values).items() if value is not None}


def fields(typed: Typed, *, groups: Iterable[str], routes: Iterable[str], is_new: bool) -> list[FormField]:
    """The form's fields in their order, with what was typed."""
    options = {
        "may_receive": tuple((one.value, category_name(one)) for one in Category),
        "sender_groups": tuple((name, name) for name in sorted({*groups, *typed["sender_groups"]})),
        "basis": tuple((value, say(BASIS_WORDS[value])) for value in BASIS_WORDS),
        "status": tuple((value, say(STATUS_WORDS[value])) for value in STATUS_WORDS),
        "route": (("", say(FORM_WORDS["any_route"])), *((name, name) for name in _routes(routes, typed))),
    }
    return [
        _field(name, typed[name], options.get(name, ()))
        for name in _ORDER
        if (is_new or name != "id") and (name != "sender_groups" or options[name])
    ]


def _routes(routes: Iterable[str], typed: Typed) -> list[str]:
    own = str(typed["route"])
    return sorted({*routes, *([own] if own else [])})


def _field(name: str, value: str | list[str], options: tuple[tuple[str, str], ...]) -> FormField:
    label = say(FORM_WORDS[name]) if name in FORM_WORDS else say(FIELD_WORDS[name])
    hint = say(HINT_WORDS[name]) if name in HINT_WORDS else ""
    return FormField(name=name, kind=_kind(name, options), label=label, hint=hint, value=value, options=options)


def _kind(name: str, options: tuple[tuple[str, str], ...]) -> Kind:
    kinds: dict[Kind, Collection[str]] = {"lines": _LINES, "checks": _CHECKS, "check": _YES, "date": _DATES}
    for kind, names in kinds.items():
        if name in names:
            return kind
    if options:
        return "choice"
    return "long" if name == "notes" else "number" if name == "grace_days" else "text"


def _typed(name: str, value: Any) -> str | list[str]:
    if name in _CHECKS:
        return [str(one) for one in value]
    if name in _LINES:
        return "\n".join(value)
    if name in _YES:
        return "yes" if value else ""
    return "" if value is None else str(value)


def _value(name: str, typed: str | list[str]) -> Any:
    if isinstance(typed, list):
        return typed
    if name in _LINES:
        return typed.replace(",", " ").replace(";", " ").split()
    if name in _YES:
        return typed == "yes"
    if name == "grace_days" and typed.isascii() and typed.isdigit():
        return int(typed)
    return typed or None
