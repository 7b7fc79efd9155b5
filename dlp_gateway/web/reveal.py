"""What a held message says, for those who may read it: after a reason and a case, on record before anything is
opened, for ten minutes, as text only."""

from __future__ import annotations

import re
from dataclasses import replace

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ..act.notify import time_words
from ..store import DecidedError, DeskKind, DeskState, DeskWish
from ..store.reveals import Shown, open_shown
from .access import require_fresh, staff
from .decision_words import REVEAL_WORDS
from .hold import Opened, open_hold
from .language import language, say
from .running import console
from .wishes import once_answered

OPEN_SECONDS = 10.0
SHORTEST_REASON = 10
MOST = 500

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Unicode Standard Annex 9, 2: what changes the direction of text."""


class RevealForm(forms.Form):
    reason = forms.CharField(min_length=SHORTEST_REASON, max_length=MOST)
    case = forms.CharField(min_length=2, max_length=100)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_reveal(request: HttpRequest, held_id: str) -> HttpResponse:
    """Why, and for which case."""
    opened = _readable(request, held_id)
    require_fresh(request)
    form = RevealForm(request.POST if request.method == "POST" else None)
    errors = {name: say(REVEAL_WORDS[name]) for name in form.errors} if form.is_bound else {}
    if form.is_bound and not errors:
        here = console()
        wish = DeskWish(
            held_id=opened.held.id,
            kind=DeskKind.REVEAL,
            by=opened.someone.actor,
            reason=form.cleaned_data["reason"],
            case=form.cleaned_data["case"],
        )
        try:
            asked = here.ask(here.store.desk.ask(wish))
        except DecidedError:
            errors["reason"] = say(REVEAL_WORDS["gone"])
        else:
            return redirect("hold-content", opened.held.id, asked.id)
    context = {"opened": opened, "view": opened.view, "form": form, "errors": errors, "error": bool(errors)}
    return render(request, "reveal.html", context, status=422 if errors else 200)


@require_safe
def content(request: HttpRequest, held_id: str, request_id: str) -> HttpResponse:
    """What it says, for whoever asked, while that lasts."""
    opened = _readable(request, held_id)
    here = console()
    asked = once_answered(request_id, OPEN_SECONDS)
    if asked is None or asked.wish.held_id != held_id or asked.wish.by != staff(request).actor:
        raise Http404
    over = asked.good_until is not None and asked.good_until <= here.now()
    shown = open_shown(here.key, asked.id, asked.sealed) if asked.state is DeskState.DONE and not over else None
    until = time_words(asked.good_until, here.zone, language()) if asked.good_until else ""
    context = {
        "view": opened.view,
        "shown": shown if shown is None else [_marked(one) for one in shown],
        "until": until,
        "over": over,
        "waits": asked.state in (DeskState.OPEN, DeskState.BEGUN),
        "case": asked.wish.case,
    }
    return render(request, "content.html", context, status=410 if over else 200)


def _marked(one: Shown) -> Shown:
    """With characters that turn text round told of where they stand: it is read in the order in which it is written."""
    return replace(one, text=_TURNING.sub(_code_point, one.text), place=_TURNING.sub(_code_point, one.place))


def _code_point(found: re.Match[str]) -> str:
    return f"‹U+{ord(found[0]):04X}›"


def _readable(request: HttpRequest, held_id: str) -> Opened:
    opened = open_hold(request, held_id)
    if opened.has_part:
        raise PermissionDenied
    return opened
