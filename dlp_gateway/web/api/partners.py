"""The partner registry: read, and changed as by the command and the console (`rule_changes.py`).

Every answer names the version of the registry; a change names the version that it was made from, and is refused where
somebody was quicker.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from ... import rule_changes
from ...decide import registry
from ...decide.partners import PartnerEntry
from ...store import OvertakenError
from ..access import staff
from ..permissions import Permission, Staff
from ..running import console
from .bearer import Token
from .versions import PastVersions, Reason, Version, past_versions

router = Router(tags=["partners"])

READ, EDIT = Token(Permission.PARTNERS_READ), Token(Permission.PARTNERS_EDIT)


class Partner(Schema):
    """`standing`: active, due_60, due_30, due_7, in_grace, expired, suspended or not_begun. `entry`: as in
    partners.yaml, without what is as it would be anyhow."""

    standing: str
    entry: dict[str, Any]


class Registry(Schema):
    version: int
    items: list[Partner]


class OnePartner(Partner):
    version: int


class Looked(Schema):
    standing: Annotated[str | None, Field(None, max_length=20, description="Only those that stand so.")]


class Change(Schema):
    """`entry`: the whole entry, by the fields of partners.yaml."""

    version: Version
    reason: Reason
    entry: dict[str, Any]


class Ending(Schema):
    version: Version
    reason: Reason


class Written(Schema):
    """`version` is in force, or `proposal` waits for a second administrator; neither: it waits already."""

    version: int | None
    proposal: int | None


class Changed(Schema):
    """`fields`: name to [before, after]."""

    kind: registry.Kind
    id: str
    fields: dict[str, tuple[Any, Any]]


class Differences(Schema):
    items: list[Changed]


@router.get("", response=Registry, auth=READ, summary="All entries in force")
def partners(request: HttpRequest, asked: Query[Looked]) -> Registry:  # noqa: ARG001 - Ninja's form
    rules, day = _in_force(), _today()
    items = [_partner(entry, day) for entry in sorted(rules.entries, key=lambda one: one.id)]
    chosen = [one for one in items if asked.standing in (None, one["standing"])]
    return Registry(version=rules.number, items=[Partner(**one) for one in chosen])


@router.get("/history", response=PastVersions, auth=READ, summary="All versions, newest first")
def history(request: HttpRequest) -> PastVersions:  # noqa: ARG001
    return past_versions(registry.FILE)


@router.get(
    "/history/{int:number}",
    response=Differences,
    auth=READ,
    summary="What a version changed",
)
def difference(request: HttpRequest, number: int) -> Differences:  # noqa: ARG001
    after = rule_changes.version(console().store, registry.FILE, number)
    if after is None:
        raise HttpError(404, "there is no such version")
    before = rule_changes.version(console().store, registry.FILE, number - 1)
    found = registry.difference(
        () if before is None else registry.entries_of(before.text), registry.entries_of(after.text)
    )
    items = [
        Changed(kind=one.kind, id=one.id, fields={name: (old, new) for name, old, new in one.fields}) for one in found
    ]
    return Differences(items=items)


@router.get("/{slug:partner}", response=OnePartner, auth=READ, summary="One entry")
def partner(request: HttpRequest, partner: str) -> OnePartner:  # noqa: ARG001
    rules = _in_force()
    return OnePartner(version=rules.number, **_partner(_entry(rules, partner), _today()))


@router.post("", response={201: Written}, auth=EDIT, summary="A new entry")
def add(request: HttpRequest, change: Change) -> tuple[int, Written]:
    rules, entry = _from(change.version), rule_changes.checked(change.entry)
    if any(one.id == entry.id for one in rules.entries):
        raise HttpError(409, "there is an entry of that id already")
    return 201, _write(rules, registry.with_entry(rules.entries, entry), staff(request), change.reason)


@router.put("/{slug:partner}", response=Written, auth=EDIT, summary="An entry as it is to be")
def edit(request: HttpRequest, partner: str, change: Change) -> Written:
    rules = _from(change.version)
    _entry(rules, partner)
    entry = rule_changes.checked({"id": partner} | change.entry)
    if entry.id != partner:
        raise HttpError(422, "entry.id: is another; an entry keeps its id")
    return _write(rules, registry.with_entry(rules.entries, entry), staff(request), change.reason)


@router.post("/{slug:partner}/expire", response=Written, auth=EDIT, summary="End an entry today")
def expire(request: HttpRequest, partner: str, ending: Ending) -> Written:
    rules = _from(ending.version)
    entry = rule_changes.ended(_entry(rules, partner), _today())
    return _write(rules, registry.with_entry(rules.entries, entry), staff(request), ending.reason)


def _in_force() -> rule_changes.InForce:
    return rule_changes.in_force(console().config, console().store)


def _from(version: int) -> rule_changes.InForce:
    """The rules in force, if they are still those. Raises OvertakenError."""
    rules = _in_force()
    if rules.number != version:
        raise OvertakenError(rules.number)
    return rules


def _entry(rules: rule_changes.InForce, id_: str) -> PartnerEntry:
    found = next((entry for entry in rules.entries if entry.id == id_), None)
    if found is None:
        raise HttpError(404, "there is no such entry")
    return found


def _write(rules: rule_changes.InForce, after: Sequence[PartnerEntry], by: Staff, reason: str) -> Written:
    here = console()
    done = rule_changes.put_in_force(here.config, here.store, rules, after, by=by.actor, reason=reason)
    return Written(version=done.version, proposal=done.proposal)


def _today() -> date:
    return rule_changes.today(console().config)


def _partner(entry: PartnerEntry, day: date) -> dict[str, Any]:
    return {"standing": registry.standing_word(entry, day), "entry": registry.plain(entry)}
