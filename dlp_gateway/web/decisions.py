"""What reviewers decide: release, reject, ask the sender, extend, hand over; one by one, or several at once after a
page that asks again.

Nothing is decided by GET. A form carries the version of what its page showed; when somebody else was quicker the page
comes back and says so. Releases and rejections are wishes that the gateway carries out.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ..act.words import REASON_WORDS
from ..store import DecidedError, HeldMessage
from ..store.question_values import QUESTION_CHARACTERS, SHORTEST_QUESTION
from .decision_words import FIELD_WORDS, QUESTION_WORDS
from .hold import Opened, open_hold
from .language import say
from .patience import wait_until
from .running import console
from .wishes import (
    CODES,
    MOST_DAYS,
    NOTE_CHARACTERS,
    REASON_CHARACTERS,
    SHORTEST_REASON,
    ask_rejection,
    ask_release,
    ask_sender,
    extend_by,
)

AT_ONCE = 50
CARRY_OUT_SECONDS = 4.0


class ReasonForm(forms.Form):
    reason = forms.CharField(
        min_length=SHORTEST_REASON,
        max_length=REASON_CHARACTERS,
        error_messages=FIELD_WORDS,
    )


class RejectForm(ReasonForm):
    code = forms.ChoiceField(choices=[(code, code) for code in CODES])
    note = forms.CharField(max_length=NOTE_CHARACTERS, required=False, error_messages=FIELD_WORDS)


class AskForm(forms.Form):
    question = forms.CharField(
        min_length=SHORTEST_QUESTION, max_length=QUESTION_CHARACTERS, error_messages=QUESTION_WORDS
    )


class ExtendForm(ReasonForm):
    days = forms.IntegerField(min_value=1, max_value=MOST_DAYS)


class HandOverForm(ReasonForm):
    group = forms.CharField(max_length=200)


_MOST = {"reason": REASON_CHARACTERS, "note": NOTE_CHARACTERS, "question": QUESTION_CHARACTERS}

Page = Callable[..., HttpResponse]
"""Of a request, what was opened, and what else the address names."""


def deciding(page: Page) -> Page:
    """Let only somebody have the page who may decide about the message; where nothing is left to decide, its own
    page says so."""

    @functools.wraps(page)
    def guarded(request: HttpRequest, held_id: str, **more: str) -> HttpResponse:
        opened = open_hold(request, held_id)
        if opened.has_part:
            raise PermissionDenied
        if not opened.view.waits:
            return redirect("hold", held_id)
        return page(request, opened, **more)

    return require_http_methods(["GET", "HEAD", "POST"])(guarded)


@deciding
def release(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Have it sent to all or some of those who wait, lifting exactly the rules that the page shows."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    chosen = tuple(one for one in opened.held.delivery.recipients if one in request.POST.getlist("recipient"))
    errors = errors_of(form)
    if form.is_bound and not chosen:
        errors["recipient"] = say(FIELD_WORDS["recipients"])
    if form.is_bound and not errors and not has_changed(request, opened, errors):
        try:
            ask_release(opened, chosen, form.cleaned_data["reason"])
        except DecidedError as error:
            errors["reason"] = str(error)
        else:
            return carried_out(opened)
    return decision_page(
        request, "release_hold.html", opened, form, errors, chosen=chosen or opened.held.delivery.recipients
    )


@deciding
def reject(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Have nobody get it, and the sender told."""
    form = RejectForm(request.POST if request.method == "POST" else None)
    errors = errors_of(form)
    if form.is_bound and not errors and not has_changed(request, opened, errors):
        try:
            data = form.cleaned_data
            ask_rejection(opened, data["reason"], data["code"], data["note"])
        except DecidedError as error:
            errors["reason"] = str(error)
        else:
            return carried_out(opened)
    codes = [(code, say(REASON_WORDS[code])) for code in CODES]
    return decision_page(request, "reject_hold.html", opened, form, errors, codes=codes)


@deciding
def extend(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Give it more time."""
    form = ExtendForm(request.POST if request.method == "POST" else None)
    errors = errors_of(form)
    if form.is_bound and not errors and not has_changed(request, opened, errors):
        try:
            extend_by(opened, form.cleaned_data["days"], form.cleaned_data["reason"])
        except DecidedError as error:
            errors["reason"] = str(error)
        else:
            return redirect("hold", opened.held.id)
    return decision_page(request, "extend_hold.html", opened, form, errors)


@deciding
def ask(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Put a question to its sender; it stays held meanwhile."""
    if not opened.may_ask:
        return redirect("hold", opened.held.id)
    form = AskForm(request.POST if request.method == "POST" else None)
    errors = errors_of(form)
    if form.is_bound and not errors and not has_changed(request, opened, errors, "question"):
        try:
            ask_sender(opened, form.cleaned_data["question"])
        except DecidedError as error:
            errors["question"] = str(error)
        else:
            return redirect("hold", opened.held.id)
    return decision_page(request, "ask_hold.html", opened, form, errors, most=f"{QUESTION_CHARACTERS:,}")


@deciding
def hand_over(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Let another group decide."""
    here = console()
    groups = [name for name in here.rulebook().reviewers if name != opened.view.reviewers]
    form = HandOverForm(request.POST if request.method == "POST" else None)
    errors = errors_of(form)
    if form.is_bound and "group" not in errors and form.cleaned_data.get("group") not in groups:
        errors["group"] = say(FIELD_WORDS["group"])
    if form.is_bound and not errors and not has_changed(request, opened, errors):
        data = form.cleaned_data
        handed = here.store.desk.hand_over(
            opened.held.id, to=data["group"], by=opened.someone.actor, reason=data["reason"]
        )
        try:
            here.ask(handed)
        except DecidedError as error:
            errors["reason"] = str(error)
        else:
            return redirect("holds")
    return decision_page(request, "hand_over_hold.html", opened, form, errors, groups=groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Some held messages to be decided in the same way, and those that can't be."""

    what: str
    opened: tuple[Opened, ...]
    left_out: int

    @property
    def recipients(self) -> int:
        return len({one for opened in self.opened for one in opened.held.delivery.recipients})

    @property
    def domains(self) -> list[str]:
        every = {one.rpartition("@")[2].lower() for opened in self.opened for one in opened.held.delivery.recipients}
        return sorted(every)


@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """At most fifty: first a page that shows what would be done, then, with a reason, the same once more to do it."""
    ids = list(dict.fromkeys(request.POST.getlist("held")))
    what = request.POST.get("what", "")
    if what not in ("release", "reject"):
        raise Http404
    if not ids or len(ids) > AT_ONCE:
        return render(request, "several_none.html", {"most": AT_ONCE}, status=422)
    chosen = _several(request, what, ids)
    form_type = ReasonForm if what == "release" else RejectForm
    form = form_type(request.POST if "reason" in request.POST else None)
    errors = errors_of(form)
    if form.is_bound and not errors:
        seen = set(request.POST.getlist("version"))
        done = [_decide_one(one, form.cleaned_data, what) for one in chosen.opened if one.view.version in seen]
        return render(
            request,
            "several_done.html",
            {"chosen": chosen, "done": sum(done), "not_done": len(ids) - sum(done)},
        )
    codes = [(code, say(REASON_WORDS[code])) for code in CODES]
    context = {"chosen": chosen, "form": form, "errors": errors, "error": bool(errors), "codes": codes}
    return render(request, "several.html", context, status=422 if errors else 200)


def _several(request: HttpRequest, what: str, ids: Sequence[str]) -> Several:
    found = []
    for held_id in ids:
        try:
            opened = open_hold(request, held_id)
        except Http404:
            continue
        if opened.may_decide:
            found.append(opened)
    return Several(what=what, opened=tuple(found), left_out=len(ids) - len(found))


def _decide_one(opened: Opened, data: dict[str, str], what: str) -> bool:
    """Whether it was written down; not where somebody else was quicker."""
    try:
        if what == "reject":
            ask_rejection(opened, data["reason"], data["code"], data["note"])
        else:
            ask_release(opened, opened.held.delivery.recipients, data["reason"])
    except DecidedError:
        return False
    return True


def errors_of(form: forms.Form) -> dict[str, str]:
    """By field, in the language of the page."""
    if not form.is_bound:
        return {}
    errors = {}
    for name, found in form.errors.items():
        words = FIELD_WORDS.get(name, str(found[0]))
        errors[name] = say(words, most=f"{_MOST.get(name, 0):,}")
    return errors


def has_changed(request: HttpRequest, opened: Opened, errors: dict[str, str], field: str = "reason") -> bool:
    """Whether the form was made from something older; then its page says so, at this field."""
    if request.POST.get("version") == opened.view.version:
        return False
    errors[field] = say(FIELD_WORDS["changed"])
    return True


def decision_page(
    request: HttpRequest, template: str, opened: Opened, form: forms.Form, errors: dict[str, str], **more: object
) -> HttpResponse:
    context = {"opened": opened, "view": opened.view, "form": form, "errors": errors, "error": bool(errors)}
    return render(request, template, context | more, status=422 if errors else 200)


def carried_out(opened: Opened) -> HttpResponse:
    """Its page, once the gateway has done it, or after a few seconds."""
    wait_until(lambda: _is_open(opened.held), operator.not_, CARRY_OUT_SECONDS)
    return redirect("hold", opened.held.id)


def _is_open(held: HeldMessage) -> bool:
    here = console()
    now = here.ask(here.store.held(held.id))
    if now is None or now.approvals_given != held.approvals_given:
        return False
    wishes = here.ask(here.store.desk.requests_of(held.message_id))
    open_wish = any(one.wish.held_id == held.id and one.state == "open" for one in wishes)
    return open_wish or now.state in ("release_requested", "releasing")
