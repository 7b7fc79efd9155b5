"""The rules by which a finding is right and a truth is found.

- `overlap`: a truth is found when a finding of its type shares a character with it; a finding is right when it shares
  a character with a truth of its type.
- `iou50`: the same, where the shared stretch is at least half of what the two cover together.

A finding that is not right is passed over when it touches a stretch that nobody cares for, and either no truth of any
type or a stretch of its own type.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of one piece of a document: code points `start` to `end`."""

    piece: str
    start: int
    end: int
    type: str

    def shared(self, other: Span) -> int:
        """How many characters the two have in common."""
        if self.piece != other.piece:
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def is_half_of_both(self, other: Span) -> bool:
        shared = self.shared(other)
        return 2 * shared >= self.end - self.start + other.end - other.start - shared > 0


Rule = Callable[[Span, Span], bool]


def overlap(one: Span, other: Span) -> bool:
    return one.shared(other) > 0


def iou50(one: Span, other: Span) -> bool:
    return one.is_half_of_both(other)


RULES: dict[str, Rule] = {"overlap": overlap, "iou50": iou50}


class Worth(Enum):
    """What a finding is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    PASSED_OVER = "passed over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Truths and findings of one document side by side: `found[i]` belongs to truth i, `worths[j]` to finding j."""

    found: tuple[bool, ...]
    worths: tuple[Worth, ...]


def judge(truths: Sequence[Span], not_cared_for: Sequence[Span], findings: Sequence[Span], rule: Rule) -> Judged:
    """Judge the findings of one document."""

    def worth(finding: Span) -> Worth:
        if any(truth.type == finding.type and rule(finding, truth) for truth in truths):
            return Worth.RIGHT
        touched = [span for span in not_cared_for if overlap(finding, span)]
        if any(span.type == finding.type for span in touched):
            return Worth.PASSED_OVER
        if touched and not any(overlap(finding, truth) for truth in truths):
            return Worth.PASSED_OVER
        return Worth.WRONG

    return Judged(
        found=tuple(any(f.type == truth.type and rule(f, truth) for f in findings) for truth in truths),
        worths=tuple(worth(finding) for finding in findings),
    )
