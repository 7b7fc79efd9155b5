"""The page on which the author of a held message answers what a reviewer asks. An answer is no decision: the link goes
on to lead to one, and the message stays held."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ..store import DecidedError, new_answer, words_of
from ..store.question_values import ANSWER_CHARACTERS
from . import sender_session
from .language import say
from .running import console
from .sender import Opened, by_link, view_of
from .talk import safe_lines

ANSWER_WORDS = {
    "required": "Write your answer",
    "max_length": "Write at most {most} characters",
    "changed": "A reviewer has asked something else since you opened this page. Read it, then answer",
}
_MOST = f"{ANSWER_CHARACTERS:,}"


class AnswerForm(forms.Form):
    """`question`: the one that the page showed."""

    answer = forms.CharField(max_length=ANSWER_CHARACTERS, error_messages=ANSWER_WORDS)
    question = forms.CharField(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def answer(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Shows the question, and keeps the answer."""
    asked = opened.question
    if not sender_session.is_signed_in(request, opened.author) or asked is None:
        return redirect("message", opened.token)
    here = console()
    form = AnswerForm(request.POST if request.method == "POST" else None)
    error_words = str(form.errors["answer"][0]) if form.is_bound and form.errors else ""
    if form.is_bound and not error_words:
        if form.cleaned_data["question"] == asked.id:
            new = new_answer(here.key, asked.id, form.cleaned_data["answer"], author=opened.author, now=here.now())
            try:
                here.ask(here.store.questions.answer(new))
            except DecidedError:
                return redirect("message", opened.token)  # which says how it stands
            return render(request, "answered.html", _common(opened))
        error_words = ANSWER_WORDS["changed"]
    context = _common(opened) | {
        "asked": asked.id,
        "question": safe_lines(words_of(here.key, asked).question or ""),
        "answer": form.data.get("answer", "") if form.is_bound else "",
        "error": say(error_words, most=_MOST) if error_words else "",
        "most": _MOST,
    }
    return render(request, "answer.html", context, status=422 if error_words else 200)


def _common(opened: Opened) -> dict[str, object]:
    return {"token": opened.token, "author": opened.author, "view": view_of(opened)}
