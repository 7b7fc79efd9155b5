"""The hold queue: what waits for a person, oldest first, with the time that is left."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..decide import ReviewClock, Rulebook
from ..store.queue_values import QueueFilter, QueuePage, QueueRow
from .access import staff
from .holds_view import Line, line_of, rule_words
from .language import language, say
from .permissions import Permission, Staff
from .review_rights import groups_seen_by
from .running import console
from .talk import STANDING_WORDS

PAGE_ROWS = 50
LONG_QUEUE = 5000
COUNT_SECONDS = 10
TEXT_CHARACTERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for: filters, and behind which message the page begins."""

    rule: str = ""
    group: str = ""
    text: str = ""
    question: str = ""  # to the sender: "waiting", "answered"
    escalated: bool = False
    after: tuple[datetime, str] | None = None

    def query(self, **changes: str) -> str:
        """The part of an address that asks for this, with changes."""
        fields = {
            "rule": self.rule,
            "group": self.group,
            "text": self.text,
            "question": self.question,
            "show": "escalated" if self.escalated else "",
        }
        return urlencode({name: value for name, value in (fields | changes).items() if value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason that messages are held for, and how many."""

    rule: str
    words: str
    count: int
    address: str


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """A page of the queue. Only reads."""
    here, someone, asked = console(), staff(request), _asked(request.GET)
    rulebook = here.rulebook()
    seen = groups_seen_by(someone, rulebook)
    page = page_of(asked, someone, rulebook)
    clock = here.review_clock()
    lines = [_line(row, clock) for row in page.rows]
    counts = _counts(seen, unassigned=seen is None or _is_default(seen, rulebook))
    context = {
        "lines": lines,
        "asked": asked,
        "standings": {standing: say(STANDING_WORDS[standing]) for standing in STANDING_WORDS},
        "reasons": _reasons(counts, asked),
        "total": sum(counts.values()),
        "groups": sorted(rulebook.reviewers) if seen is None else seen,
        "next": asked.query(after=_cursor(page.rows[-1])) if page.more else "",
        "first": asked.query(),
        "may_decide": someone.may(Permission.HOLDS_DECIDE),
        "escalations": seen is None or bool(seen),
    }
    return render(request, "holds.html", context)


def _counts(groups: tuple[str, ...] | None, *, unassigned: bool) -> Mapping[str, int]:
    """How many wait for which reason. Of a long queue the count may be some seconds old: it is not counted anew for
    everybody who looks."""
    key = hashlib.sha256(f"counts:{groups!r}:{unassigned}".encode()).hexdigest()
    known: Mapping[str, int] | None = cache.get(key)
    if known is not None:
        return known
    here = console()
    counts = here.ask(here.store.desk.counts(groups, unassigned=unassigned))
    if sum(counts.values()) > LONG_QUEUE:
        cache.set(key, counts, COUNT_SECONDS)
    return counts


def page_of(asked: Asked, someone: Staff, rulebook: Rulebook, most: int = PAGE_ROWS) -> QueuePage:
    """What they may see of what is asked for."""
    here = console()
    seen = groups_seen_by(someone, rulebook)
    rules = (asked.rule,) if asked.rule else ()
    wanted = QueueFilter(rules=rules, text=asked.text, question=asked.question, after=asked.after, limit=most)
    if asked.escalated:
        wanted = replace(wanted, escalated_to=tuple(rulebook.reviewers) if seen is None else seen)
    elif asked.group and (seen is None or asked.group in seen):
        wanted = replace(wanted, groups=(asked.group,), unassigned=asked.group == rulebook.policy.default_reviewers)
    else:
        wanted = replace(wanted, groups=seen, unassigned=seen is None or _is_default(seen, rulebook))
    return here.ask(here.store.desk.page(wanted))


def _is_default(groups: tuple[str, ...], rulebook: Rulebook) -> bool:
    """Whether what is held for nobody in particular is theirs."""
    return rulebook.policy.default_reviewers in groups


def _line(row: QueueRow, clock: ReviewClock) -> Line:
    here = console()
    due = clock.due(row.main_rule, row.reviewers, row.clock_since)
    return line_of(row, due, now=here.now(), zone=here.zone, language=language())


def _reasons(counts: Mapping[str, int], asked: Asked) -> Sequence[Reason]:
    return [
        Reason(rule=rule, words=rule_words(rule), count=count, address=asked.query(rule=rule))
        for rule, count in counts.items()
    ]


def _cursor(row: QueueRow) -> str:
    return f"{row.held_at.isoformat()}~{row.id}"


def _asked(given: Mapping[str, str]) -> Asked:
    """Of an address; what can't be is as if it were not there."""
    at, _, held_id = given.get("after", "").partition("~")
    after = None
    try:
        after = (datetime.fromisoformat(at).astimezone(UTC), held_id[:100]) if held_id else None
    except ValueError:
        pass
    return Asked(
        rule=given.get("rule", "")[:TEXT_CHARACTERS],
        group=given.get("group", "")[:TEXT_CHARACTERS],
        text=" ".join(given.get("text", "").split())[:TEXT_CHARACTERS],
        question=given.get("question", "") if given.get("question") in STANDING_WORDS else "",
        escalated=given.get("show") == "escalated",
        after=after,
    )
