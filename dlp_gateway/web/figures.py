"""Figures of holds, worked out from what became of each. Pure. Nothing is counted by person."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..store import HoldEnd, HoldFact

_JUDGED = (HoldEnd.RELEASED, HoldEnd.CHANGED, HoldEnd.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """One rule: `false_positives` is the share of what reviewers let go in what they judged, None where they judged
    nothing; `median` the time from hold to a reviewer's decision."""

    rule: str
    held: int
    released: int
    rejected: int
    overridden: int
    withdrawn: int
    expired: int
    still_open: int
    false_positives: float | None
    median: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`by_day`: each day of the time, the first first, with how many were held on it."""

    held: int
    still_open: int
    overridden: int
    median: timedelta | None
    by_day: tuple[tuple[date, int], ...]
    by_day_and_rule: tuple[tuple[date, str, int], ...]
    rules: tuple[RuleFigures, ...]


def of_rules(facts: Iterable[HoldFact], counts: Callable[[str], bool]) -> list[HoldFact]:
    """The facts with those of their rules alone that count: a hold names all rules that applied, such as the one that
    adds the disclaimer."""
    return [replace(fact, rules=tuple(rule for rule in fact.rules if counts(rule))) for fact in facts]


def figures(facts: Sequence[HoldFact], since: datetime, now: datetime, zone: ZoneInfo) -> Figures:
    """What became of holds between these times; days are those of the zone."""
    first, last = since.astimezone(zone).date(), now.astimezone(zone).date()
    days = Counter(fact.held_at.astimezone(zone).date() for fact in facts)
    pairs = Counter((fact.held_at.astimezone(zone).date(), rule) for fact in facts for rule in fact.rules)
    all_days = [first + timedelta(n) for n in range((last - first).days + 1)]
    names = {rule for fact in facts for rule in fact.rules}
    rules = [_of_rule(name, [fact for fact in facts if name in fact.rules]) for name in names]
    return Figures(
        held=len(facts),
        still_open=_count(facts, HoldEnd.OPEN),
        overridden=_count(facts, HoldEnd.OVERRIDDEN),
        median=_median(facts),
        by_day=tuple((day, days[day]) for day in all_days),
        by_day_and_rule=tuple((day, rule, count) for (day, rule), count in sorted(pairs.items())),
        rules=tuple(sorted(rules, key=lambda one: (-one.held, one.rule))),
    )


def _of_rule(name: str, facts: Sequence[HoldFact]) -> RuleFigures:
    as_it_was, rejected = _count(facts, HoldEnd.RELEASED), _count(facts, HoldEnd.REJECTED)
    released = as_it_was + _count(facts, HoldEnd.CHANGED)
    return RuleFigures(
        rule=name,
        held=len(facts),
        released=released,
        rejected=rejected,
        overridden=_count(facts, HoldEnd.OVERRIDDEN),
        withdrawn=_count(facts, HoldEnd.WITHDRAWN),
        expired=_count(facts, HoldEnd.EXPIRED),
        still_open=_count(facts, HoldEnd.OPEN),
        false_positives=as_it_was / (released + rejected) if released + rejected else None,
        median=_median(facts),
    )


def _count(facts: Iterable[HoldFact], end: HoldEnd) -> int:
    return sum(1 for fact in facts if fact.end is end)


def _median(facts: Iterable[HoldFact]) -> timedelta | None:
    """Of what reviewers decided."""
    times = [fact.decided_at - fact.held_at for fact in facts if fact.decided_at is not None and fact.end in _JUDGED]
    return timedelta(seconds=statistics.median(one.total_seconds() for one in times)) if times else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart, in units of its picture; `label` stands below it, from its left edge or, near the end of the
    picture, up to its right one."""

    x: float
    y: float
    width: float
    height: float
    label: str
    label_x: float
    anchor: str
    value: int


CHART_WIDTH, CHART_HEIGHT = 480.0, 150.0
_LABELS = 6


def day_bars(by_day: Sequence[tuple[date, int]]) -> list[Bar]:
    """Upright bars, the first day at the left; some have the day below them."""
    most = max((count for _, count in by_day), default=0) or 1
    step = CHART_WIDTH / max(len(by_day), 1)
    every = max(1, -(-len(by_day) // _LABELS))
    bars = []
    for n, (day, count) in enumerate(by_day):
        left, right = round(n * step + step * 0.1, 1), round(n * step + step * 0.9, 1)
        is_late = left > CHART_WIDTH * 0.9
        bars.append(
            Bar(
                x=left,
                y=round(CHART_HEIGHT * (1 - count / most), 1),
                width=round(step * 0.8, 1),
                height=round(CHART_HEIGHT * count / most, 1),
                label=f"{day.day}/{day.month}" if n % every == 0 else "",
                label_x=right if is_late else left,
                anchor="end" if is_late else "start",
                value=count,
            )
        )
    return bars
