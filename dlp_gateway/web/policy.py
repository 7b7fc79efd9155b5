"""The policy: its rules in words with their examples, one rule, and the versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..decide import check_examples, load_rulebook, policy_text
from ..decide.policy import PolicyRule
from ..decide.rulebook import Rulebook
from ..errors import Fault
from ..rule_changes import FileInForce, policy_in_force
from ..yaml_file import scalar
from . import policy_form
from .access import staff
from .language import language, say
from .partners import paged, saved, version_view
from .permissions import Permission
from .policy_words import MODE_WORDS, asks, does, recipients
from .running import console


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleView:
    """An example as it is written; `fault` says what it gets instead of its verdict, "" where it holds."""

    text: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One rule in words."""

    id: str
    clause: str
    reason: str
    acts: bool
    mode: str
    does: str
    recipients: str
    asks: tuple[str, ...]
    examples: tuple[ExampleView, ...]
    broken: int


def policy_now() -> tuple[FileInForce, Rulebook]:
    """The policy in force, and all rules with it."""
    here = console()
    rules = policy_in_force(here.config, here.store)
    return rules, load_rulebook(rules.texts)


def may_edit(request: HttpRequest) -> bool:
    return staff(request).may(Permission.POLICY_EDIT)


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """All rules, in the order of the file."""
    rules, rulebook = policy_now()
    context = {
        "here": "policy",
        "rules": rule_views(rulebook),
        "number": rules.number,
        "rollout": rulebook.policy.rollout,
        "may_edit": may_edit(request),
    }
    return render(request, "policy/list.html", context)


@require_safe
def rule(request: HttpRequest, name: str) -> HttpResponse:
    """One rule: in words, as text, and a form for its simple parts."""
    rules, rulebook = policy_now()
    found = rulebook.rule(name)
    if found is None:
        raise Http404
    block = policy_text.block_of(rules.text, name)
    typed = policy_form.typed_of(found, raw_rule(rulebook, name))
    context = {
        "here": "policy",
        "rule": next(one for one in rule_views(rulebook) if one.id == name),
        "block": "" if block is None else block.text,
        "rows": 0 if block is None else min(len(block.lines) + 2, 40),
        "fields": policy_form.fields(typed, rulebook.reviewers),
        "number": rules.number,
        "may_edit": may_edit(request) and block is not None,
    }
    return render(request, "policy/rule.html", context)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """The versions of the policy, newest first."""
    policy_now()
    versions = console().store.rule_versions(policy_text.FILE)
    shown, pages = paged(request, versions, {})
    context = {"here": "policy", "versions": [version_view(one) for one in shown], "pages": pages, **saved(request)}
    return render(request, "policy/history.html", context)


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """What one version changed, line by line."""
    versions = {one.number: one for one in console().store.rule_versions(policy_text.FILE)}
    if number not in versions:
        raise Http404
    before = versions.get(number - 1)
    context = {
        "here": "policy",
        "version": version_view(versions[number]),
        "text": versions[number].text,
        "lines": () if before is None else policy_text.difference(before.text, versions[number].text),
        "number": max(versions),
        "may_edit": may_edit(request) and number != max(versions),
    }
    return render(request, "policy/version.html", context)


def raw_rule(rulebook: Rulebook, name: str) -> dict[str, Any]:
    """A rule as it is written."""
    found = rulebook.documents[policy_text.FILE].value["rules"]
    return next(dict(one) for one in found if one["id"] == name)


def rule_views(rulebook: Rulebook) -> list[RuleView]:
    """All rules of a policy in words."""
    document = rulebook.documents[policy_text.FILE]
    faults = {(fault.line, fault.column): fault for fault in check_examples(rulebook)}
    views = []
    for n, compiled in enumerate(rulebook.rules):
        written = document.value["rules"][n].get("examples") or ()
        places = [document.position(("rules", n, "examples", i)) for i in range(len(written))]
        examples = _examples(written, [faults.get(place) for place in places])
        views.append(_view(compiled.rule, examples))
    return views


def _examples(written: Iterable[Any], faults: Iterable[Fault | None]) -> tuple[ExampleView, ...]:
    return tuple(
        ExampleView(text=scalar(one), fault="" if fault is None else fault.text)
        for one, fault in zip(written, faults, strict=True)
    )


def _view(one: PolicyRule, examples: tuple[ExampleView, ...]) -> RuleView:
    in_welsh = language().code == "cy" and one.reason_cy
    return RuleView(
        id=one.id,
        clause=one.clause,
        reason=one.reason_cy or "" if in_welsh else one.reason,
        acts=one.mode == "enforce",
        mode=say(MODE_WORDS[one.mode]),
        does=does(one),
        recipients=recipients(one),
        asks=tuple(asks(one)),
        examples=examples,
        broken=sum(1 for example in examples if example.fault),
    )
