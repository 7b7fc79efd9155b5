"""The other texts that rules are made of: recipient lists, groups of reviewers and senders, disclaimers with a preview.

One page for each: its text, what would change, what is wrong, and a reason; nothing of a draft is kept. Texts of
disclaimers are shown as they go out, the HTML form in a frame in which nothing runs and nothing is loaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ..change import DisclaimerText
from ..decide import policy_text
from ..errors import ConfigError
from ..rule_changes import FileInForce, checked_file, disclaimer_of, file_in_force
from ..rule_changes import version as rule_version
from .form_fields import number_in
from .language import say
from .partners import saved, version_view
from .policy import may_edit
from .policy_draft import TextDraft, fault_lines, publish_draft
from .policy_words import FILE_WORDS
from .running import console

_DISCLAIMER = re.compile(r"templates/disclaimer(\.[a-z0-9-]+)*\.(txt|html)")


@dataclass(kw_only=True)
class FileDraft(TextDraft):
    """A draft of any other text of the rules."""

    preview: DisclaimerText | None = None


@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """All texts that can be changed here."""
    names = [name for name in console().store.current_rules() if _about(name)]
    lists, texts = [n for n in names if n in FILE_WORDS], [n for n in names if n not in FILE_WORDS]
    context = {
        "here": "policy",
        "lists": [(name, say(FILE_WORDS[name])) for name in lists],
        "texts": texts,
    }
    return render(request, "policy/files.html", context)


@require_safe
def rule_file(request: HttpRequest, name: str) -> HttpResponse:
    """One of them: its text, or that of an earlier version, to be put in force again."""
    rules = _file(name)
    wanted = number_in(request.GET, "version")
    found = rule_version(console().store, name, wanted) if wanted else None
    return _page(request, rules, _checked(FileDraft(text=rules.text if found is None else found.text), rules))


@require_http_methods(["GET", "HEAD", "POST"])
def change_file(request: HttpRequest, name: str) -> HttpResponse:
    """Check a draft of one; put it in force when asked to, with a reason."""
    if request.method != "POST":
        return redirect("rule-file", name)
    rules = _file(name)
    draft = _typed(request, rules)
    if not draft.is_conflict:
        _checked(draft, rules)
    if request.POST.get("do") == "publish" and not draft.lines and not draft.note:
        number = publish_draft(request, rules, draft)
        if number is not None:
            return redirect(f"{reverse('rule-file', args=[name])}?saved={number}")
    return _page(request, rules, draft)


def _about(name: str) -> bool:
    return name in FILE_WORDS or _DISCLAIMER.fullmatch(name) is not None


def _file(name: str) -> FileInForce:
    here = console()
    if not _about(name) or name not in here.store.current_rules():
        raise Http404
    return file_in_force(here.config, here.store, name)


def _typed(request: HttpRequest, rules: FileInForce) -> FileDraft:
    mine = request.POST.get("text", "").replace("\r\n", "\n").rstrip("\n") + "\n"
    base = rule_version(console().store, rules.name, number_in(request.POST, "version"))
    draft = FileDraft(text=mine)
    draft.bring_up(base, rules)
    return draft


def _checked(draft: FileDraft, rules: FileInForce) -> FileDraft:
    council = console().config.council.name
    try:
        checked_file(rules, draft.text, council)
        if _DISCLAIMER.fullmatch(rules.name):
            draft.preview = disclaimer_of(rules, draft.text, council)
    except ConfigError as error:
        draft.lines += fault_lines(error.faults, draft.text, rules.name)
    return draft


def _page(request: HttpRequest, rules: FileInForce, draft: FileDraft) -> HttpResponse:
    context = {
        "here": "policy",
        "name": rules.name,
        "about": say(FILE_WORDS[rules.name]) if rules.name in FILE_WORDS else "",
        "draft": draft,
        "number": rules.number,
        "differences": policy_text.difference(rules.text, draft.text),
        "versions": [version_view(one) for one in console().store.rule_versions(rules.name)],
        "reason": request.POST.get("reason", ""),
        "reason_error": next((one.text for one in draft.faults if one.field == "reason"), ""),
        "may_edit": may_edit(request),
        "error": bool(draft.lines or draft.faults or draft.is_conflict),
        **saved(request),
    }
    status = 409 if draft.is_conflict else 422 if draft.lines or draft.faults else 200
    return render(request, "policy/file.html", context, status=status)
