"""The pages for the author of a held message: sign in, look, decide once.

A link only ever opens a page. Nothing is decided by GET, nothing is shown before somebody has signed in as the author,
and what is decided is written down for the gateway, which carries it out.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..act.notify import time_words
from ..store import (
    DeliveryState,
    HeldMessage,
    HeldQuestion,
    LinkError,
    LinkUsedError,
    SenderChoice,
    SenderRequest,
    SenderRequestState,
    SignIn,
    StoredMessage,
    TooManyCodesError,
    code_digest,
    link_digest,
    message_of_link,
)
from . import sender_session
from .language import language, say
from .patience import wait_until
from .running import console
from .sender_view import HeldView, held_view, request_words

REASON_CHARACTERS = 1000
_MOST = f"{REASON_CHARACTERS:,}"
SHORTEST_REASON = 10
CARRY_OUT_SECONDS = 4.0
"""How long an answer waits for the gateway, so that it can say what became of the decision."""


CODE_ERROR_WORDS = {"required": "Type the code", "max_length": "The code is made of digits only"}
REASON_ERROR_WORDS = {
    "required": "Write why it may be sent",
    "min_length": "Write a little more: why may it be sent?",
    "max_length": "Write at most {most} characters",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A good link and the message it leads to."""

    token: str
    link: str  # digest
    author: str
    stored: StoredMessage
    held: tuple[HeldMessage, ...]
    decided: SenderRequest | None  # by this link
    question: HeldQuestion | None = None  # a reviewer's, that waits for an answer

    @property
    def message_id(self) -> str:
        return self.stored.record.message_id


Page = Callable[[HttpRequest, Opened], HttpResponse]


class CodeForm(forms.Form):
    code = forms.CharField(max_length=20, error_messages=CODE_ERROR_WORDS)

    def clean_code(self) -> str:
        """Digits, however they were grouped."""
        digits = "".join(self.cleaned_data["code"].split())
        if not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(CODE_ERROR_WORDS["max_length"])
        return digits


class ReasonForm(forms.Form):
    """`version`: of the rules that the page told of."""

    reason = forms.CharField(
        min_length=SHORTEST_REASON,
        max_length=REASON_CHARACTERS,
        error_messages=REASON_ERROR_WORDS,
    )
    version = forms.CharField(required=False)


def by_link(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """Let a page have the message of its link; a link that leads nowhere has a page of its own."""

    @functools.wraps(page)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        here = console()
        try:
            message_id = message_of_link(here.key, token, timedelta(days=here.config.console.link_days))
        except LinkError as error:
            if not error.expired:
                raise Http404 from None
            return render(request, "expired.html", status=410)
        return page(request, _open(token, message_id))

    return opened


def for_author(page: Page) -> Page:
    """Let only the author have the page, and only while there is something left to decide."""

    @functools.wraps(page)
    def guarded(request: HttpRequest, opened: Opened) -> HttpResponse:
        if not sender_session.is_signed_in(request, opened.author) or opened.decided or not view_of(opened).waits:
            return redirect("message", opened.token)
        return page(request, opened)

    return guarded


@require_safe
@by_link
def message(request: HttpRequest, opened: Opened) -> HttpResponse:
    """What is held, and what the author can do; or how to sign in; or what became of it."""
    if not sender_session.is_signed_in(request, opened.author):
        return _start_page(request, opened)
    view = view_of(opened)
    context = {"token": opened.token, "view": view, "author": opened.author, "asked": opened.question is not None}
    if opened.decided is not None:
        heading, words = request_words(opened.decided, view, console().zone, language())
        return render(request, "decided.html", context | {"heading": heading, "words": words})
    return render(request, "held.html", context)


@require_POST
@by_link
def ask_code(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Have a code mailed to the author, and go on to where it is typed."""
    here = console()
    try:
        code_id = here.ask(here.store.senders.ask_code(opened.link, opened.message_id, opened.author, now=here.now()))
    except TooManyCodesError as error:
        again = time_words(error.again_at + timedelta(minutes=1), here.zone, language())
        error_words = say("Too many codes were asked for. Try again after {time}", time=again)
        return _start_page(request, opened, error=error_words)
    sender_session.note_code(request, opened.link, code_id)
    return redirect("sign-in", opened.token)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def sign_in(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Where the code is typed."""
    code_id = sender_session.noted_code(request, opened.link)
    if request.method != "POST":
        return _code_page(request, opened) if code_id else redirect("message", opened.token)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, opened, error=_first_error(form, "code"))
    here = console()
    came = SignIn.DEAD
    if code_id is not None:
        digest = code_digest(here.key, code_id, form.cleaned_data["code"])
        came = here.ask(here.store.senders.try_code(code_id, digest, now=here.now()))
    if came is SignIn.GOOD:
        sender_session.sign_in(request, opened.author)
        return redirect("message", opened.token)
    wrong = say("This is not the code that we sent last. Check it and type it again")
    dead = say("This code does not work any more. Ask for a new one")
    return _code_page(request, opened, error=wrong if came is SignIn.WRONG else dead)


@require_POST
@by_link
def sign_out(request: HttpRequest, opened: Opened) -> HttpResponse:
    sender_session.sign_out(request)
    return redirect("message", opened.token)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
@for_author
def withdraw(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Asks whether it is meant, and has it withdrawn."""
    if request.method == "POST":
        return _decide(opened, SenderChoice.WITHDRAW, "", frozenset())
    return render(request, "withdraw.html", {"token": opened.token, "view": view_of(opened), "author": opened.author})


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
@for_author
def review(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Asks a reviewer to let it go, with a reason."""
    view = view_of(opened)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _decide(opened, SenderChoice.REVIEW, form.cleaned_data["reason"], frozenset())
    return _reason_page(request, opened, view, form, "review.html")


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
@for_author
def release(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Sends it by the author's own decision, with a reason, where every rule that holds it allows that."""
    view = view_of(opened)
    if view.overrides is None:
        return redirect("message", opened.token)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if form.cleaned_data["version"] == view.version:
            return _decide(opened, SenderChoice.RELEASE, form.cleaned_data["reason"], view.overrides)
        form.add_error("reason", say("The rules have changed since you opened this page. Read it again, then send"))
    return _reason_page(request, opened, view, form, "release.html")


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
@for_author
def urgent(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Sends it to partners and public bodies because someone is at risk now; reviewers look at it afterwards."""
    view = view_of(opened)
    if not view.urgent:
        return redirect("message", opened.token)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if form.cleaned_data["version"] == view.version:
            reason = f"Someone is at risk now: {form.cleaned_data['reason']}"
            return _decide(opened, SenderChoice.URGENT, reason, view.urgent)
        form.add_error("reason", say("The rules have changed since you opened this page. Read it again, then send"))
    return _reason_page(request, opened, view, form, "urgent.html")


def _open(token: str, message_id: str) -> Opened:
    here = console()
    stored = here.ask(here.store.message_record(message_id))
    held = here.ask(here.store.senders.held_of(message_id))
    if stored is None or stored.record.author is None or not held:
        raise Http404
    link = link_digest(token)
    requests = here.ask(here.store.senders.requests_of(message_id))
    return Opened(
        token=token,
        link=link,
        author=stored.record.author,
        stored=stored,
        held=held,
        decided=next((request for request in requests if request.link == link), None),
        question=_question(message_id, held),
    )


def _question(message_id: str, held: tuple[HeldMessage, ...]) -> HeldQuestion | None:
    """The oldest that can still be answered."""
    here = console()
    waiting = {one.id for one in held if one.state is DeliveryState.HELD and one.question == "waiting"}
    if not waiting:
        return None
    asked = here.ask(here.store.questions.of(message_id))
    return next((one for one in asked if one.held_id in waiting and one.waits), None)


def view_of(opened: Opened) -> HeldView:
    here = console()
    return held_view(opened.stored, opened.held, here.rulebook(), now=here.now(), zone=here.zone, language=language())


def _start_page(request: HttpRequest, opened: Opened, error: str = "") -> HttpResponse:
    context = {"token": opened.token, "used": opened.decided is not None, "error": error}
    return render(request, "start.html", context, status=429 if error else 200)


def _code_page(request: HttpRequest, opened: Opened, error: str = "") -> HttpResponse:
    context = {"token": opened.token, "error": error, "minutes": console().config.console.code_minutes}
    return render(request, "code.html", context, status=422 if error else 200)


def _reason_page(request: HttpRequest, opened: Opened, view: HeldView, form: ReasonForm, template: str) -> HttpResponse:
    error = _first_error(form, "reason") if form.is_bound else ""
    context = {
        "token": opened.token,
        "view": view,
        "author": opened.author,
        "error": error,
        "reason": form.data.get("reason", "") if form.is_bound else "",
        "most": _MOST,
    }
    return render(request, template, context, status=422 if error else 200)


def _first_error(form: forms.Form, field: str) -> str:
    found = form.errors.get(field)
    words = str(found[0]) if found else ""
    return say(words, most=_MOST)


def _decide(opened: Opened, kind: SenderChoice, reason: str, overrides: frozenset[tuple[str, str]]) -> HttpResponse:
    here = console()
    try:
        here.ask(
            here.store.senders.decide(
                opened.link,
                opened.message_id,
                kind,
                by=opened.author,
                reason=reason,
                overrides=overrides,
                now=here.now(),
            )
        )
    except LinkUsedError:
        return redirect("message", opened.token)  # which says what was decided first
    wait_until(lambda: _is_open(_open(opened.token, opened.message_id)), operator.not_, CARRY_OUT_SECONDS)
    return redirect("message", opened.token)


def _is_open(opened: Opened) -> bool:
    """Whether the gateway is still at it."""
    if opened.decided is None or opened.decided.state is SenderRequestState.OPEN:
        return True
    return any(one.state in ("release_requested", "releasing") for one in opened.held)
