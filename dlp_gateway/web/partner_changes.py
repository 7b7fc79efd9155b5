"""Changing partners: add, change, end, restore, and what waits for a second administrator. Each with a reason, none
over what somebody else changed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ..decide import registry
from ..decide.partners import PartnerEntry
from ..errors import ConfigError
from ..rule_changes import InForce, Written, answer, checked, ended, put_in_force, today, waiting
from ..rule_changes import version as rule_version
from ..store import DecidedError, OvertakenError, RuleProposal, same_person
from . import partner_form
from .access import staff
from .form_fields import PageFault, faults_of, number_in, reason_fault, with_faults
from .language import say
from .partner_form import Typed
from .partner_words import FAULT_WORDS, DifferenceView, difference_view, differences
from .partners import entry_or_404, partner_address, registry_now, saved, version_view
from .running import console

_EDITS = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What somebody else did to an entry since a form was opened, and what the form would do to that."""

    text: str
    theirs: Sequence[DifferenceView] = ()
    mine: Sequence[DifferenceView] = ()


@_EDITS
def add(request: HttpRequest) -> HttpResponse:
    """A new entry."""
    rules = registry_now()
    if request.method != "POST":
        typed = partner_form.typed_new(today(console().config).isoformat())
        return _form_page(request, rules, None, typed)
    typed, reason = partner_form.typed_in(request.POST), request.POST.get("reason", "")
    entry, faults = _read(typed, None)
    if entry is not None and any(one.id == entry.id for one in rules.entries):
        faults.append(PageFault(text=say(FAULT_WORDS["exists"]), field="id"))
    return _save(request, rules, None, typed, entry, faults, reason)


@_EDITS
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Change an entry. The form knows the version that it was opened with: where somebody changed this entry since,
    both changes are shown and nothing is saved yet."""
    rules = registry_now()
    if request.method != "POST":
        opened = entry_or_404(rules, name)
        return _form_page(request, rules, opened, partner_form.typed_of(opened))
    typed, reason = partner_form.typed_in(request.POST), request.POST.get("reason", "")
    now = next((one for one in rules.entries if one.id == name), None)
    then = _entry_at(number_in(request.POST, "version"), name)
    before = now or then
    if before is None:
        raise Http404
    entry, faults = _read(typed, before)
    if now != then:
        conflict = _conflict(then, now, entry)
        return _form_page(request, rules, before, typed, faults=faults, reason=reason, conflict=conflict)
    return _save(request, rules, before, typed, entry, faults, reason)


@_EDITS
def expire(request: HttpRequest, name: str) -> HttpResponse:
    """End an entry today, without grace."""
    rules = registry_now()
    entry = entry_or_404(rules, name)
    after = registry.with_entry(rules.entries, ended(entry, today(console().config)))
    context = {"entry": entry, "back_to": partner_address(name)}
    return _confirm(request, rules, after, context, "partners/expire.html", partner_address(name))


@_EDITS
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Make an earlier version the newest."""
    rules = registry_now()
    found = rule_version(console().store, registry.FILE, number)
    if found is None:
        raise Http404
    after = registry.entries_of(found.text, f"version {number}")
    context = {"version": version_view(found), "back_to": reverse("partners-version", args=[number])}
    return _confirm(request, rules, after, context, "partners/restore.html", reverse("partners-history"))


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """Changes that wait for a second administrator."""
    waiting_now = console().store.open_proposals(registry.FILE)
    context = {"here": "partners", "proposals": [version_view(one) for one in waiting_now], **saved(request)}
    return render(request, "partners/proposals.html", context)


@_EDITS
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """What one of them would change; approve or refuse it."""
    here = console()
    found = waiting(here.store, registry.FILE, number)
    if found is None:
        raise Http404
    faults: list[PageFault] = []
    if request.method == "POST" and request.POST.get("answer") in ("approve", "refuse"):
        approve = request.POST["answer"] == "approve"
        try:
            answer(here.config, here.store, number, by=staff(request).actor, approve=approve)
        except ConfigError as error:
            faults += faults_of(error.faults, {})
        except DecidedError:
            own = same_person(found.author, staff(request).actor)
            faults.append(PageFault(text=say(FAULT_WORDS["own"]) if own else say(FAULT_WORDS["old"])))
        else:
            return redirect(reverse("partners-history" if approve else "partners-proposals"))
    return _proposal_page(request, found, faults)


# -- saving --


def write(
    request: HttpRequest, rules: InForce, after: Sequence[PartnerEntry], reason: str, faults: list[PageFault]
) -> Written | None:
    """Put the entries in force in the name of whoever asks; None with what is wrong added to `faults`."""
    here = console()
    if (wrong := reason_fault(reason)) is not None:
        faults.append(wrong)
    elif not faults and not registry.difference(rules.entries, after):
        faults.append(PageFault(text=say(FAULT_WORDS["nothing"])))
    if faults:
        return None
    try:
        written = put_in_force(here.config, here.store, rules, after, by=staff(request).actor, reason=reason.strip())
    except ConfigError as error:
        faults += faults_of(error.faults, partner_form.FIELDS)
        return None
    except OvertakenError:
        faults.append(PageFault(text=say(FAULT_WORDS["overtaken"])))
        return None
    if written.version is None and written.proposal is None:
        faults.append(PageFault(text=say(FAULT_WORDS["waits"])))
        return None
    return written


def done(written: Written, address: str) -> HttpResponse:
    """On to where the change is seen, or where it waits."""
    if written.version is not None:
        return redirect(f"{address}?{urlencode({'saved': written.version})}")
    return redirect(f"{reverse('partners-proposals')}?{urlencode({'proposed': written.proposal})}")


def _save(
    request: HttpRequest,
    rules: InForce,
    before: PartnerEntry | None,
    typed: Typed,
    entry: PartnerEntry | None,
    faults: list[PageFault],
    reason: str,
) -> HttpResponse:
    after = rules.entries if entry is None else registry.with_entry(rules.entries, entry)
    written = write(request, rules, after, reason, faults)
    if written is None or entry is None:
        return _form_page(request, rules, before, typed, faults=faults, reason=reason)
    return done(written, partner_address(entry.id))


def _confirm(
    request: HttpRequest,
    rules: InForce,
    after: Sequence[PartnerEntry],
    context: dict[str, object],
    template: str,
    address: str,
) -> HttpResponse:
    """A page that shows what would change and asks why; what it shows is what is done, or it is shown anew."""
    faults: list[PageFault] = []
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        if number_in(request.POST, "version") != rules.number:
            faults.append(PageFault(text=say(FAULT_WORDS["overtaken"])))
        written = write(request, rules, after, reason, faults)
        if written is not None:
            return done(written, address)
    page = context | {
        "here": "partners",
        "differences": differences(rules.entries, after),
        "number": rules.number,
        "faults": faults,
        "reason": reason,
        "error": any(one.field == "reason" for one in faults),
    }
    return render(request, template, page, status=422 if faults else 200)


# -- pages --


def _read(typed: Typed, before: PartnerEntry | None) -> tuple[PartnerEntry | None, list[PageFault]]:
    """The entry that was typed, or what is wrong with it."""
    try:
        return checked(partner_form.values_of(typed, before)), []
    except ConfigError as error:
        return None, faults_of(error.faults, partner_form.FIELDS)


def _entry_at(number: int, name: str) -> PartnerEntry | None:
    """The entry as a form that was opened with this version knew it."""
    found = rule_version(console().store, registry.FILE, number)
    return None if found is None else registry.entry_in(found.text, name)


def _conflict(then: PartnerEntry | None, now: PartnerEntry | None, mine: PartnerEntry | None) -> Conflict:
    if then is None or now is None:
        return Conflict(text=say(FAULT_WORDS["gone"]))
    wanted = () if mine is None else registry.difference((now,), (mine,))
    return Conflict(
        text=say(FAULT_WORDS["changed"]),
        theirs=differences((then,), (now,)),
        mine=[difference_view(one) for one in wanted],
    )


def _form_page(
    request: HttpRequest,
    rules: InForce,
    entry: PartnerEntry | None,
    typed: Typed,
    *,
    faults: Sequence[PageFault] = (),
    reason: str = "",
    conflict: Conflict | None = None,
) -> HttpResponse:
    here = console()
    fields = partner_form.fields(
        typed, groups=here.rulebook().senders.groups, routes=here.config.routes, is_new=entry is None
    )
    context = {
        "here": "partners",
        "entry": entry,
        "fields": with_faults(fields, faults),
        "faults": faults,
        "reason": reason,
        "reason_error": next((one.text for one in faults if one.field == "reason"), ""),
        "number": rules.number,
        "conflict": conflict,
        "second": here.config.partners.second_approval,
        "error": bool(faults or conflict),
    }
    status = 409 if conflict is not None else 422 if faults else 200
    return render(request, "partners/edit.html", context, status=status)


def _proposal_page(request: HttpRequest, found: RuleProposal, faults: list[PageFault]) -> HttpResponse:
    store = console().store
    base = rule_version(store, registry.FILE, found.base)
    context = {
        "here": "partners",
        "proposal": version_view(found),
        "differences": differences(
            registry.entries_of(base.text) if base is not None else (), registry.entries_of(found.text)
        ),
        "faults": faults,
        "error": bool(faults),
    }
    return render(request, "partners/proposal.html", context, status=422 if faults else 200)
