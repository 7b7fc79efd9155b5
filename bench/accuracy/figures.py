"""Precision, recall, F1 and F2 of counts, with intervals by the bootstrap over documents."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

_RESAMPLES = 1000
_SEED = 20260704


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was counted of one type in one document."""

    truths: int = 0
    found: int = 0
    findings: int = 0
    right: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            truths=self.truths + other.truths,
            found=self.found + other.found,
            findings=self.findings + other.findings,
            right=self.right + other.right,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A share with the interval that 95 of 100 resamples fall in; all None where there is nothing to divide by."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.value is None:
            return "-"
        return f"{self.value:.3f} ({self.low:.2f}-{self.high:.2f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One row of a table."""

    count: Count
    precision: Figure
    recall: Figure
    f1: Figure
    f2: Figure

    @property
    def by_name(self) -> dict[str, Figure]:
        return {"P": self.precision, "R": self.recall, "F1": self.f1, "F2": self.f2}


@dataclass(slots=True)
class Tally:
    """The counts of one type, document by document."""

    counts: list[Count] = field(default_factory=list)

    def add(self, count: Count) -> None:
        self.counts.append(count)

    def figures(self) -> Figures:
        """The figures of all documents. The same documents give the same intervals."""
        table = np.array([[c.truths, c.found, c.findings, c.right] for c in self.counts], dtype=float).reshape(-1, 4)
        total = table.sum(axis=0)
        rows = table[table.any(axis=1)]
        # Documents without the type add nothing to a sum: how many of a resample have it is drawn, not which.
        random = np.random.default_rng(_SEED)
        weights = random.multinomial(len(table), _shares(len(table), len(rows)), size=_RESAMPLES)[:, : len(rows)]
        resampled = weights @ rows
        shares = [_all_shares(total[None, :]), _all_shares(resampled)]
        figures = [_figure(float(one[0]), many) for one, many in zip(*shares, strict=True)]
        truths, found, findings, right = (int(number) for number in total)
        return Figures(
            count=Count(truths=truths, found=found, findings=findings, right=right),
            precision=figures[0],
            recall=figures[1],
            f1=figures[2],
            f2=figures[3],
        )


def _shares(documents: int, with_type: int) -> np.ndarray:
    """The chance of each document that has the type to be drawn, and of all others together."""
    if not documents:
        return np.ones(1)
    return np.array([*[1 / documents] * with_type, (documents - with_type) / documents])


def _all_shares(sums: np.ndarray) -> list[np.ndarray]:
    """Precision, recall, F1 and F2 of rows of sums; not a number where there is nothing to divide by."""
    truths, found, findings, right = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = right / findings
        recall = found / truths
        # Findings none, truths some: nothing is found, so F is 0 although precision is unknown.
        known = np.where(np.isnan(precision), 0.0, precision)
        scores = []
        for beta in (1.0, 4.0):
            bottom = beta * known + recall
            scores.append(np.where(bottom > 0, (1 + beta) * known * recall / bottom, np.where(truths > 0, 0.0, np.nan)))
    return [precision, recall, *scores]


def _figure(value: float, resampled: np.ndarray) -> Figure:
    if np.isnan(value):
        return Figure(value=None)
    known = resampled[~np.isnan(resampled)]
    if not len(known):
        return Figure(value=value, low=value, high=value)
    low, high = np.percentile(known, [2.5, 97.5])
    return Figure(value=value, low=float(low), high=float(high))
