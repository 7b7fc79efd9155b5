"""Partners: the list with its filters, one entry with its history, the versions of the registry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..act.notify import time_words
from ..decide import partner_tables, registry
from ..decide.partners import PartnerEntry
from ..model import Category
from ..rule_changes import InForce, in_force, today
from ..store import RuleProposal, RuleVersion
from .access import staff
from .form_fields import number_in
from .language import language, say
from .partner_words import (
    STANDING_WORDS,
    DifferenceView,
    Standing,
    categories,
    category_name,
    difference_view,
    differences,
    standing,
    values_in_words,
)
from .permissions import Permission
from .running import console

AT_ONCE = 50
"""Rows of a page."""

_TO_LOOK_AT = "due"
_DUE = frozenset(registry.STANDINGS) - {"active", "not_begun"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry in the list."""

    entry: PartnerEntry
    standing: Standing
    may_receive: str
    review_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """A version, or a proposal, in words. `difference` is how it changed the entry that is looked at."""

    number: int
    at: str
    author: str
    reason: str
    difference: DifferenceView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where in a long list the page stands; addresses are "" where there is none."""

    number: int
    count: int
    before: str
    after: str


def registry_now() -> InForce:
    """The registry in force."""
    here = console()
    return in_force(here.config, here.store)


def entry_or_404(rules: InForce, id_: str) -> PartnerEntry:
    found = next((entry for entry in rules.entries if entry.id == id_), None)
    if found is None:
        raise Http404
    return found


def may_edit(request: HttpRequest) -> bool:
    return staff(request).may(Permission.PARTNERS_EDIT)


@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    """All entries, or those that the filters in the address leave."""
    rules, day = registry_now(), today(console().config)
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("q", "standing", "category")}
    found = [entry for entry in sorted(rules.entries, key=_by_name) if _fits(entry, asked, day)]
    shown, pages = paged(request, found, asked)
    options = ((_TO_LOOK_AT, say("To be looked at")), *((one, say(STANDING_WORDS[one])) for one in STANDING_WORDS))
    context = {
        "here": "partners",
        "rows": [_row(entry, day) for entry in shown],
        "pages": pages,
        "found": len(found),
        "all": len(rules.entries),
        "asked": asked,
        "standings": options,
        "categories": tuple((one.value, category_name(one)) for one in Category),
        "waiting": len(console().store.open_proposals(registry.FILE)),
        "may_edit": may_edit(request),
    }
    return render(request, "partners/list.html", context)


@require_safe
def partner(request: HttpRequest, name: str) -> HttpResponse:
    """One entry: what it says, how it stands, and who changed what of it."""
    rules, here = registry_now(), console()
    versions = here.store.rule_versions(registry.FILE)
    steps = registry.history_of(versions, lambda version: version.text, name)
    found = next((entry for entry in rules.entries if entry.id == name), None)
    if found is None and not steps:
        raise Http404
    context = {
        "here": "partners",
        "id": name,
        "entry": found,
        "standing": None if found is None else standing(found, today(here.config)),
        "values": [] if found is None else values_in_words(found),
        "history": [version_view(step.version, difference_view(step.difference)) for step in steps],
        "may_edit": may_edit(request) and found is not None,
        **saved(request),
    }
    return render(request, "partners/one.html", context)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """The versions of the registry, newest first."""
    registry_now()
    versions = console().store.rule_versions(registry.FILE)
    shown, pages = paged(request, versions, {})
    context = {"here": "partners", "versions": [version_view(one) for one in shown], "pages": pages, **saved(request)}
    return render(request, "partners/history.html", context)


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """What one version changed."""
    versions = {one.number: one for one in console().store.rule_versions(registry.FILE)}
    if number not in versions:
        raise Http404
    before = versions.get(number - 1)
    after = registry.entries_of(versions[number].text)
    context = {
        "here": "partners",
        "version": version_view(versions[number]),
        "differences": differences(registry.entries_of(before.text) if before is not None else (), after),
        "is_newest": number == max(versions),
        "may_edit": may_edit(request),
    }
    return render(request, "partners/version.html", context)


@require_safe
def export(_request: HttpRequest) -> HttpResponse:
    """The registry as a table, harmless in a spreadsheet; it can be imported again."""
    response = HttpResponse(partner_tables.written(registry_now().entries), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="partners.csv"'
    return response


def saved(request: HttpRequest) -> dict[str, int]:
    """For templates: the version, or the proposal, that somebody has just made."""
    return {name: number_in(request.GET, name) for name in ("saved", "proposed")}


def version_view(one: RuleVersion | RuleProposal, difference: DifferenceView | None = None) -> VersionView:
    return VersionView(
        number=one.number, at=when(one.created_at), author=one.author, reason=one.reason, difference=difference
    )


def when(moment: datetime) -> str:
    return time_words(moment, console().zone, language())


def paged(request: HttpRequest, found: Sequence[Any], asked: dict[str, str]) -> tuple[Sequence[Any], Pages]:
    """The rows of the page that the address asks for, and the way to the others."""
    count = max(1, -(-len(found) // AT_ONCE))
    number = min(max(1, number_in(request.GET, "page")), count)

    def address(wanted: int) -> str:
        return f"{request.path}?{urlencode(asked | {'page': str(wanted)})}" if 1 <= wanted <= count else ""

    pages = Pages(number=number, count=count, before=address(number - 1), after=address(number + 1))
    return found[(number - 1) * AT_ONCE : number * AT_ONCE], pages


def partner_address(id_: str) -> str:
    return reverse("partner", args=[id_])


def _by_name(entry: PartnerEntry) -> tuple[str, str]:
    return entry.organisation.casefold(), entry.id


def _row(entry: PartnerEntry, day: date) -> Row:
    return Row(
        entry=entry,
        standing=standing(entry, day),
        may_receive=categories(entry.may_receive),
        review_by=language().day_words(entry.review_by),
    )


def _fits(entry: PartnerEntry, asked: dict[str, str], day: date) -> bool:
    word = registry.standing_word(entry, day)
    wanted = _DUE if asked["standing"] == _TO_LOOK_AT else {asked["standing"]}
    if asked["standing"] and word not in wanted:
        return False
    if asked["category"] and asked["category"] not in {one.value for one in entry.may_receive}:
        return False
    return all(any(term in text for text in _searched(entry)) for term in asked["q"].casefold().split())


def _searched(entry: PartnerEntry) -> Iterable[str]:
    """What a search looks in."""
    one_each = (entry.id, entry.organisation, entry.agreement, entry.owner, entry.deputy_owner or "", entry.purpose)
    return [text.casefold() for text in (*one_each, entry.notes, entry.route or "", *entry.domains, *entry.addresses)]
