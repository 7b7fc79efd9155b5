"""What a message says of the kinds of its numbers: in a heading above them, in its subject, in what it speaks of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..patterns.labels import Hit, LabelBook
from ..patterns.pattern import Rule
from .lines import start_of_line

_HEADING = 240  # characters before a list in which its heading stands


@dataclass(frozen=True, slots=True)
class Headed:
    """The rules and entities that a heading names, and the rules of whose topics it speaks."""

    rules: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.entities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a message tells. `topics`: the rules of whose topics it speaks. `weights`: how often it speaks of a kind,
    by entity. `headed`: what its subject names. `names_others`: whether that names numbers of no person instead."""

    topics: frozenset[str] = frozenset()
    weights: Counter[str] = field(default_factory=Counter)
    headed: Headed = field(default_factory=Headed)
    names_others: bool = False

    def speaks_of(self, rule: Rule) -> bool:
        """Whether the message speaks of the topics of a rule, or names what it finds."""
        return rule.id in self.topics or rule.entity in self.weights

    def weight_of(self, rule: Rule) -> int:
        """How often the message speaks of what a rule finds."""
        return self.weights[rule.entity]


def told_by(book: LabelBook, texts: Iterable[str], subjects: Iterable[str] = ()) -> Told:
    """What texts (small letters), and the subjects among them, tell."""
    topics: set[str] = set()
    weights: Counter[str] = Counter()
    for lower in texts:
        index = book.index(lower)
        topics |= index.topics
        for hit in index.hits:
            weights.update(hit.role.entities | book.entities_of(hit.role.topics))
    headed, others = Headed(), False
    for lower in subjects:
        of_subject, names_others = _of_subject(book, lower)
        headed = headed or of_subject
        others |= names_others
    return Told(topics=frozenset(topics), weights=weights, headed=headed, names_others=others and not headed)


def _of_subject(book: LabelBook, lower: str) -> tuple[Headed, bool]:
    rules: set[str] = set()
    entities: set[str] = set()
    others = False
    for hit in book.index(lower).hits:
        if hit.names and hit.reach <= hit.end:
            others |= _names_others(lower, hit)
            rules |= hit.role.labels if hit.role.entities else set()
            entities |= hit.role.entities
    return Headed(frozenset(rules), frozenset(entities)), others


def heading_of(book: LabelBook, lower: str, first: int) -> Headed | None:
    """What the heading of a list names whose first line with a number begins at `first`: the nearest words before it
    that name numbers, with all in their line. None where they name numbers of no person."""
    index = book.index(lower)
    rules: set[str] = set()
    entities: set[str] = set()
    topics: set[str] = set()
    reached = -1
    for hit in reversed(index.between(max(0, first - _HEADING), first)):
        topics |= hit.role.topics
        if not hit.names or hit.reach > hit.end:
            continue
        if reached >= 0 and hit.start < reached:
            break
        if not entities and not topics and _names_others(lower, hit):
            return None
        if hit.role.entities:
            reached = start_of_line(lower, hit.start)
            rules |= hit.role.labels
            entities |= hit.role.entities
    return Headed(frozenset(rules), frozenset(entities), frozenset(topics))


def _names_others(lower: str, hit: Hit) -> bool:
    """Whether a phrase names numbers of no person: "badges" may be of either kind, people stand "in order"."""
    return hit.role.other and not hit.role.topics and lower[max(0, hit.start - 3) : hit.start] != "in "
