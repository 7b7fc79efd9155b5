"""A draft of the policy: what is wrong with it, what it would have changed over recorded mail, and putting it in force.

Nothing of a draft is kept: its page holds it. Every way to change the policy leads here, so none goes without its
checks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ..decide import Outcome, Rulebook, load_rulebook, policy_text, warnings_of
from ..errors import ConfigError, Fault
from ..replaying import Tally, replayed
from ..rule_changes import FileInForce, checked_file, publish_file
from ..rule_changes import version as rule_version
from ..store import OvertakenError, RuleVersion
from . import policy_form
from .access import staff
from .form_fields import PageFault, number_in, reason_fault
from .language import say
from .partners import when
from .policy import policy_now, raw_rule
from .policy_words import DAYS_WORDS, DRAFT_WORDS, action, recipient_class
from .running import console

REPLAY_SECONDS = 8.0
"""The longest that a page waits for what a draft would have changed; the command takes as long as it needs."""

_USUAL_DAYS = "7"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultLine:
    """A fault with the line that it is in."""

    line: int | None
    text: str
    source: str


@dataclass(kw_only=True)
class TextDraft:
    """A text on its way to being in force. `theirs`: what others changed, where both changed the same lines."""

    text: str
    note: str = ""
    theirs: Sequence[tuple[str, str]] = ()
    is_conflict: bool = False
    lines: list[FaultLine] = field(default_factory=list)
    faults: list[PageFault] = field(default_factory=list)

    def bring_up(self, base: RuleVersion | None, rules: FileInForce) -> None:
        """Make what was typed over `base` a change of the version in force, where that is another by now."""
        if base is None or base.number == rules.number:
            return
        both = policy_text.merged(base.text, self.text, rules.text)
        if both is not None:
            self.text, self.note = both, say(DRAFT_WORDS["merged"])
            return
        self.theirs = policy_text.difference(base.text, rules.text)
        self.note = say(DRAFT_WORDS["conflict"])
        self.is_conflict = True


@dataclass(kw_only=True)
class Draft(TextDraft):
    """A draft of the policy. `number` is the version that it is now made from."""

    number: int
    rulebook: Rulebook | None = None


@require_safe
def edit(request: HttpRequest) -> HttpResponse:
    """The whole text."""
    rules, _ = policy_now()
    return render(request, "policy/edit.html", {"here": "policy", "text": rules.text, "number": rules.number})


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """Check and try a draft; put it in force when asked to, with a reason, and when nothing is wrong."""
    if request.method != "POST":
        return redirect("policy")
    rules, _ = policy_now()
    made = _made(request, rules)
    if not made.is_conflict and not made.lines:
        _check(made, rules)
    if request.POST.get("do") == "publish" and made.rulebook is not None and not made.note:
        number = publish_draft(request, rules, made)
        if number is not None:
            return redirect(f"{reverse('policy-history')}?saved={number}")
    return _page(request, rules, made)


def _made(request: HttpRequest, rules: FileInForce) -> Draft:
    """The draft that was typed, whichever way, brought up to the version in force."""
    data = request.POST
    base_version = rule_version(console().store, policy_text.FILE, number_in(data, "version"))
    base = rules.text if base_version is None else base_version.text
    try:
        mine = _typed_text(request, base)
    except ConfigError as error:
        return Draft(text=base, number=rules.number, lines=fault_lines(error.faults, base))
    made = Draft(text=mine, number=rules.number)
    made.bring_up(base_version, rules)
    return made


def _typed_text(request: HttpRequest, base: str) -> str:
    """Raises ConfigError where a rule can't be changed alone."""
    data, name = request.POST, request.POST.get("rule", "")
    if "text" in data:
        return data["text"].replace("\r\n", "\n").rstrip("\n") + "\n"
    if "block" in data:
        return policy_text.with_block(base, name, data["block"])
    rulebook = load_rulebook({**policy_now()[0].texts, policy_text.FILE: base})
    found = rulebook.rule(name)
    if found is None:
        raise ConfigError([Fault(file=policy_text.FILE, text=f"has no rule “{name}” any more")])
    values = policy_form.changed_values(data, found, raw_rule(rulebook, name))
    return policy_text.with_values(base, name, values)


def _check(made: Draft, rules: FileInForce) -> None:
    try:
        made.rulebook = checked_file(rules, made.text, console().config.council.name)
    except ConfigError as error:
        made.lines += fault_lines(error.faults, made.text)


def publish_draft(request: HttpRequest, rules: FileInForce, made: TextDraft) -> int | None:
    """The version that the draft became; None with what is wrong added."""
    here, reason = console(), request.POST.get("reason", "")
    if (wrong := reason_fault(reason)) is not None:
        made.faults.append(wrong)
    elif made.text == rules.text:
        made.faults.append(PageFault(text=say(DRAFT_WORDS["same"])))
    if made.faults:
        return None
    by, council = staff(request).actor, here.config.council.name
    try:
        return publish_file(here.store, rules, made.text, council, by=by, reason=reason.strip())
    except OvertakenError:
        made.faults.append(PageFault(text=say(DRAFT_WORDS["overtaken"])))
        return None


def _page(request: HttpRequest, rules: FileInForce, made: Draft) -> HttpResponse:
    days = request.POST.get("days", _USUAL_DAYS)
    days = days if days in DAYS_WORDS else _USUAL_DAYS
    tally = None if made.rulebook is None else _tried(made.rulebook, int(days))
    fault = next((one.text for one in made.faults if one.field == "reason"), "")
    context = {
        "here": "policy",
        "draft": made,
        "differences": policy_text.difference(rules.text, made.text),
        "warnings": [] if made.rulebook is None else _warnings(made),
        "days": days,
        "all_days": tuple((value, say(DAYS_WORDS[value])) for value in DAYS_WORDS),
        "result": None if tally is None else _result(tally),
        "reason": request.POST.get("reason", ""),
        "reason_error": fault,
        "error": bool(made.lines or made.faults or made.is_conflict),
    }
    status = 409 if made.is_conflict else 422 if made.lines or made.faults else 200
    return render(request, "policy/draft.html", context, status=status)


def _tried(rulebook: Rulebook, days: int) -> Tally:
    """In this thread, so that other pages need not wait for it."""
    here = console()
    since = here.now() - timedelta(days=days)
    return asyncio.run(replayed(here.store, here.config, rulebook, since, seconds=REPLAY_SECONDS, keep=False))


def _result(tally: Tally) -> dict[str, object]:
    """What the page says of it."""
    rows = [
        (action(was), action(would), recipient_class(kind), count, ", ".join(rules))
        for (was, would, kind, rules), count in tally.ways.most_common()
    ]
    held = sum(count for (was, would, _, _), count in tally.ways.items() if would == "hold" and was != "hold")
    freed = sum(count for (was, would, _, _), count in tally.ways.items() if was == "hold" and would != "hold")
    return {
        "messages": f"{tally.messages:,}",
        "same": f"{tally.outcomes[Outcome.SAME]:,}",
        "changed": f"{tally.outcomes[Outcome.CHANGED]:,}",
        "unknown": f"{tally.outcomes[Outcome.UNKNOWN]:,}",
        "held": f"{held:,}",
        "freed": f"{freed:,}",
        "rows": rows,
        "until": "" if tally.is_whole or tally.until is None else when(tally.until),
    }


def _warnings(made: Draft) -> list[FaultLine]:
    assert made.rulebook is not None
    found = [one for one in warnings_of(made.rulebook) if one.file == policy_text.FILE]
    return fault_lines(found, made.text)


def fault_lines(faults: Sequence[Fault], text: str, name: str = policy_text.FILE) -> list[FaultLine]:
    """Faults of a text with its lines; what is wrong in other files says so."""
    lines = text.splitlines()
    found = []
    for one in faults:
        own = one.file == name and one.line is not None and one.line <= len(lines)
        source = lines[one.line - 1].strip() if own and one.line is not None else ""
        told = one.text if one.file == name else str(one)
        found.append(FaultLine(line=one.line if own else None, text=told, source=source))
    return found
