"""A release in another way than as it is: encrypted only, or without some attachments.

First the gateway says what would become of each recipient's copy, by the rules and the ways of now; then, with a
reason, it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from ..act.words import removal_words, shown
from ..store import DecidedError, DeskKind, DeskRequest, DeskState, ReleaseManner
from .decision_words import FIELD_WORDS, OTHERWISE_WORDS, OUTLOOK_WORDS
from .decisions import ReasonForm, carried_out, deciding, decision_page, errors_of, has_changed
from .hold import Opened
from .hold_view import size_words
from .language import language, say
from .wishes import LOOK_SECONDS, ask_release, look_ahead, once_answered, removable


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An attachment that can be taken away."""

    part: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What would become of one recipient's copy."""

    recipient: str
    words: str
    why: tuple[str, ...]


@deciding
def choose(request: HttpRequest, opened: Opened) -> HttpResponse:
    """How, and to whom. Nothing is decided yet."""
    recipients = tuple(one for one in opened.held.delivery.recipients if one in request.POST.getlist("recipient"))
    choices = _choices(opened, request.POST.getlist("without"))
    manner = ReleaseManner(
        encrypted=request.POST.get("encrypted") == "yes", without=tuple(one.part for one in choices if one.chosen)
    )
    errors = {}
    if request.method == "POST":
        if not recipients:
            errors["recipient"] = say(FIELD_WORDS["recipients"])
        if not manner.encrypted and not manner.without:
            errors["encrypted"] = say(OTHERWISE_WORDS["nothing"])
        if not errors and not has_changed(request, opened, errors, "recipient"):
            try:
                asked = look_ahead(opened, recipients, manner)
            except DecidedError as error:
                errors["recipient"] = str(error)
            else:
                return redirect("hold-release-outlook", opened.held.id, asked.id)
    more = {
        "chosen": recipients if request.method == "POST" else opened.held.delivery.recipients,
        "choices": choices,
        "encrypted": manner.encrypted,
    }
    return decision_page(request, "release_otherwise.html", opened, ReasonForm(None), errors, **more)


@deciding
def outlook(request: HttpRequest, opened: Opened, request_id: str) -> HttpResponse:
    """What would become of it; and, with a reason, the release."""
    asked = _asked(opened, request_id)
    assert asked.wish.plan is not None
    plan, found = asked.wish.plan, asked.outlook
    goes = found is not None and not found.undone and all(one.goes for one in found.recipients)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    errors = errors_of(form)
    if form.is_bound and goes and not errors and not has_changed(request, opened, errors):
        try:
            ask_release(opened, plan.recipients, form.cleaned_data["reason"], plan.manner)
        except DecidedError as error:
            errors["reason"] = str(error)
        else:
            return carried_out(opened)
    names = {one.part: _name(one.filename, one.part) for one in removable(opened)}
    more = {
        "copies": _copies(asked),
        "undone": tuple(removal_words(one, language()) for one in found.undone) if found is not None else (),
        "goes": goes,
        "looking": asked.state is DeskState.OPEN,
        "manner": plan.manner,
        "taken": tuple(names.get(part, part) for part in plan.manner.without),
    }
    return decision_page(request, "release_outlook.html", opened, form, errors, **more)


def _asked(opened: Opened, request_id: str) -> DeskRequest:
    """Of whoever asks, about this message. Raises Http404."""
    asked = once_answered(request_id, LOOK_SECONDS)
    if (
        asked is None
        or asked.wish.kind is not DeskKind.LOOK
        or asked.wish.held_id != opened.held.id
        or asked.wish.by != opened.someone.actor
    ):
        raise Http404
    return asked


def _choices(opened: Opened, chosen: list[str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            part=one.part,
            words=f"{_name(one.filename, one.part)} ({shown(one.media_type)}, {size_words(one.size_bytes)})",
            chosen=one.part in chosen,
        )
        for one in removable(opened)
    )


def _name(filename: str | None, part: str) -> str:
    return shown(filename) if filename else say("part {part}", part=shown(part))


def _copies(asked: DeskRequest) -> tuple[Copy, ...]:
    if asked.outlook is None:
        return ()
    welsh = language().code == "cy"
    return tuple(
        Copy(
            recipient=shown(one.recipient, 320),
            words=say(OUTLOOK_WORDS[one.action]),
            why=tuple(shown(reason, 500) for reason in (one.why_cy if welsh and one.why_cy else one.why)),
        )
        for one in asked.outlook.recipients
    )
