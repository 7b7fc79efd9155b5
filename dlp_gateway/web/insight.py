"""Figures: what was held by which rule and when, how long decisions take, how often a rule was wrong, what is due.

They are about rules and mail, never about who works here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..decide import partner_tables, registry
from ..model import Action
from ..rule_changes import today
from .figures import CHART_HEIGHT, CHART_WIDTH, Figures, day_bars, figures, of_rules
from .insight_words import PERIOD_WORDS, gap, length, share
from .language import language, say
from .partner_words import STANDING_WORDS, standing
from .partners import registry_now
from .running import console

USUAL_PERIOD = "28"
_MOST_GAPS = 10


@require_safe
def insight(request: HttpRequest) -> HttpResponse:
    """All figures of the last days."""
    here, period = console(), _period(request)
    found = _figures(period)
    day = today(here.config)
    entries = registry_now().entries
    counts = registry.count_by_standing(entries, day)
    due = [one for one in entries if registry.standing_word(one, day) not in ("active", "not_begun", "suspended")]
    looked_at, gaps = here.ask(here.store.insight.gaps(here.now() - timedelta(days=int(period))))
    context = {
        "here": "insight",
        "period": period,
        "periods": tuple((value, say(PERIOD_WORDS[value])) for value in PERIOD_WORDS),
        "figures": found,
        "median": length(found.median),
        "bars": day_bars(found.by_day),
        "chart": {"width": CHART_WIDTH, "height": CHART_HEIGHT, "most": max((n for _, n in found.by_day), default=0)},
        "days": [(language().day_words(one), count) for one, count in found.by_day if count],
        "rules": [(one, share(one.false_positives), length(one.median)) for one in found.rules],
        "standings": [(say(STANDING_WORDS[word]), count) for word, count in counts.items() if count],
        "due": [(one, standing(one, day)) for one in sorted(due, key=lambda one: one.review_by)],
        "looked_at": f"{looked_at:,}",
        "gaps": [
            (gap(reason), detail, count)
            for (reason, detail), count in sorted(gaps.items(), key=lambda item: (-item[1], item[0]))[:_MOST_GAPS]
        ],
    }
    return render(request, "insight/figures.html", context)


@require_safe
def by_day(request: HttpRequest) -> HttpResponse:
    """Held by rule and day, as a table."""
    period = _period(request)
    rows = [(day.isoformat(), rule, count) for day, rule, count in _figures(period).by_day_and_rule]
    return _table(f"held-by-day-{period}.csv", ("day", "rule", "held"), rows)


@require_safe
def by_rule(request: HttpRequest) -> HttpResponse:
    """What became of each rule's holds, as a table."""
    period = _period(request)
    names = ("held", "released", "rejected", "overridden", "withdrawn", "expired", "still_open")
    rows = [
        (
            one.rule,
            *(getattr(one, name) for name in names),
            "" if one.false_positives is None else f"{one.false_positives:.3f}",
            "" if one.median is None else round(one.median.total_seconds() / 60),
        )
        for one in _figures(period).rules
    ]
    header = ("rule", *names, "false_positive_rate", "median_minutes_to_decision")
    return _table(f"rules-{period}.csv", header, rows)


def _period(request: HttpRequest) -> str:
    asked = request.GET.get("days", USUAL_PERIOD)
    return asked if asked in PERIOD_WORDS else USUAL_PERIOD


def _figures(period: str) -> Figures:
    here = console()
    now = here.now()
    since = now - timedelta(days=int(period))
    rulebook = here.rulebook()

    def can_hold(name: str) -> bool:
        rule = rulebook.rule(name)
        return rule is None or rule.strictest >= Action.HOLD  # what is no longer there may have

    facts = of_rules(here.ask(here.store.insight.holds(since)), can_hold)
    return figures(facts, since, now, here.zone)


def _table(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([partner_tables.harmless(str(cell)) for cell in row] for row in rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
