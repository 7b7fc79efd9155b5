"""The words of a text that say what a number beside them is: the labels and contexts of all rules, found in one pass.

A label that has its number already ("NHS number 943 476 5919, ...") says nothing about the next one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .phrase_book import PhraseBook, words_of

if TYPE_CHECKING:
    from .recogniser_file import RecogniserFile

_MOST_RECENT = 4
_TITLES = ("mr", "mrs", "ms", "miss", "mx", "master")
# A value that stands right behind its label: "no. is: AB 12 34 56 C", and the list that it may begin. All bounded or
# without a choice between two ways on, so that the search is linear.
_VALUE = r"(?:[a-z]{1,4}[/\-]?|[a-z]{1,2}[ ])?\d[\da-z]*(?:[ ./\-](?:[a-z]{0,3}\d[\da-z]*|[a-z](?![a-z])))*"
_TO_VALUE = (
    r"(?:['’]?s\b)?[\s:=#.\-–(\[\"'*|>]{0,6}"
    r"(?:(?:is|are|was|were|no|nos|num|number|numbers|ref|reference|id|code|of|on|the)\b[\s:=#.\-–(\[\"'*|>]{1,4}){0,2}"
)
_MORE = rf"(?:[ \t]{{0,3}}(?:[,;&/+]|and|or)[\s>*•\-]{{0,8}}(?:and\s)?{_VALUE})*"
_MORE_BELOW = rf"(?:[ \t]{{0,3}}(?:[,;&/+]|and|or|\n)[\s>*•\-]{{0,8}}(?:and\s)?{_VALUE})*"
_ATTACHED = re.compile(rf"{_TO_VALUE}({_VALUE}){_MORE}")
_ATTACHED_BELOW = re.compile(rf"{_TO_VALUE}({_VALUE}){_MORE_BELOW}")
# Words that make of a label the name of an office, a paper or a system: "the council tax team, 01632 960417".
_NO_LABEL = re.compile(
    r"[\s\-]{1,3}(?:teams?|offices?|officers?|line|helpline|hotline|enquir(?:y|ies)|queries|departments?|dept|desk|"
    r"services?|staff|managers?|polic(?:y|ies)|trusts?|england|wales|scotland|acts?|schemes?|committee|panel|meetings?|"
    r"board|forms?|leaflets?|guidance|training|exemptions?|discounts?|systems?|software|projects?|budgets?|fees?|figures|"
    r"readers?|players?|prevention|fraud|years?|bands?|bays?|holders?|parking|checks?)\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:[/\-]\d\d(?:\d\d)?)?")  # "council tax 2024/25, account 60012345"


@dataclass(slots=True)
class Role:
    """What a phrase says, by the ids of rules.

    It names the rule's value (`labels`), makes it likelier (`context`; `inherited`: some shorter phrase in it does),
    says that it is something else, before it (`against`) or right after it (`after`). `other`: it names a number that
    is no identifier of a person. `person`: it is a title or a name. `entities`: of the rules whose value it names.
    `topics`: of the rules that ask for it anywhere in the text.
    `likelier`: the rules for which it speaks in any way.
    """

    labels: set[str] = field(default_factory=set)
    context: set[str] = field(default_factory=set)
    inherited: set[str] = field(default_factory=set)
    against: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)
    likelier: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    other: bool = False
    person: bool = False

    def is_of_others(self, rule: str, entity: str) -> bool:
        """Whether it says that what it stands before, or above, is something else than this rule finds."""
        return self.other or rule in self.against or (bool(self.entities) and entity not in self.entities)


@dataclass(slots=True)
class Hit:
    """A phrase in a text. `reach`: where the values that stand right behind it end, its own end where none do. `names`:
    whether it can name a value, and not an office that deals with such."""

    start: int
    end: int
    role: Role
    reach: int
    names: bool


class LabelIndex:
    """The hits of one text, in order."""

    def __init__(self, text: str, found: Iterable[tuple[int, int, Role]]) -> None:
        self.hits = [_hit(text, start, end, role) for start, end, role in found]
        self._starts = [hit.start for hit in self.hits]
        roles = {id(hit.role): hit.role for hit in self.hits}.values()  # a name is said often, all names are one role
        self.known: set[str] = set().union(*(role.likelier for role in roles))
        self.topics: set[str] = set().union(*(role.topics for role in roles))
        self.has_person = any(role.person for role in roles)

    def before(self, position: int) -> Iterator[Hit]:
        """The hits that begin before a position, the nearest first."""
        for index in range(bisect_left(self._starts, position) - 1, -1, -1):
            yield self.hits[index]

    def between(self, start: int, end: int) -> list[Hit]:
        """The hits that begin from `start` on and before `end`."""
        return self.hits[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def after(self, position: int) -> Iterator[Hit]:
        """The hits that begin at a position or later, in order."""
        for index in range(bisect_left(self._starts, position), len(self.hits)):
            yield self.hits[index]


class LabelBook:
    """The phrases of all rules of a rules folder.

    `rules` are the files by rule id, `others` the words that name numbers of no person ("order number"), `names` words
    that are names of people and nothing else.
    """

    def __init__(
        self, rules: Mapping[str, RecogniserFile], others: Iterable[str] = (), names: Iterable[str] = ()
    ) -> None:
        roles: dict[str, Role] = {}
        headers: dict[str, Role] = {}

        def role(phrase: str, book: dict[str, Role] = roles) -> Role:
            return book.setdefault(" ".join(words_of(phrase.lower())), Role())

        for rule, file in rules.items():
            for phrase in file.naming():
                role(phrase).labels.add(rule)
            for phrase in file.labels:
                role(phrase).entities.add(file.entity)
            for phrase in (*file.naming(), *file.headers):
                role(phrase, headers).labels.add(rule)
            for phrase in (*file.labels, *file.headers):
                role(phrase, headers).entities.add(file.entity)
            if file.naming() is not file.context:
                for phrase in file.context:
                    role(phrase).context.add(rule)
            for phrase in file.not_context:
                role(phrase).against.add(rule)
                role(phrase, headers).against.add(rule)
            for phrase in file.topics:
                role(phrase).topics.add(rule)
            for phrase in file.not_after:
                role(phrase).after.add(rule)
        for title in _TITLES:
            role(title).person = True
        for phrase in others:
            role(phrase).other = True
            role(phrase, headers).other = True
        self._entities = {rule: file.entity for rule, file in rules.items()}
        _pass_on(roles, frozenset(rule for rule, file in rules.items() if file.naming() is file.context))
        self._book = PhraseBook(roles, names, Role(person=True))
        self._headers = PhraseBook(headers)
        self._recent: list[tuple[str, LabelIndex]] = []

    def index(self, lower: str) -> LabelIndex:
        """The hits of a text in small letters. Those of the last texts are kept: a text is asked for many times."""
        known = self._of_recent(lower)
        if known is None:
            known = LabelIndex(lower, self._book.find(lower))
            self._recent = [(lower, known), *self._recent[: _MOST_RECENT - 1]]
        return known

    def entities_of(self, rules: Iterable[str]) -> set[str]:
        """What these rules find."""
        return {self._entities[rule] for rule in rules}

    def near(self, lower: str, start: int, end: int) -> tuple[set[str], bool]:
        """The rules of which a label or context stands in a stretch of a text, and whether a person does."""
        known = self._of_recent(lower)
        roles = (
            [hit.role for hit in known.between(start, end)]
            if known is not None
            else [role for *_, role in self._book.find(lower[max(0, start) : end])]
        )
        rules: set[str] = set()
        for role in roles:
            rules |= role.likelier
        return rules, any(role.person for role in roles)

    def _of_recent(self, lower: str) -> LabelIndex | None:
        if self._recent and self._recent[0][0] is lower:
            return self._recent[0][1]
        for place, (text, index) in enumerate(self._recent):
            if text == lower:
                del self._recent[place]
                # Kept under the very text that was asked for: to find it again takes no look at its characters.
                self._recent.insert(0, (lower, index))
                return index
        return None

    def of_header(self, header: str) -> list[Role]:
        """What the phrases in a column's header (small letters) say."""
        return [role for _, _, role in self._headers.find(header)]


def _pass_on(roles: Mapping[str, Role], without_labels: frozenset[str]) -> None:
    """Give a longer phrase the context of the shorter ones in it, since those are not looked for inside it."""
    passed: list[tuple[Role, set[str], set[str]]] = []
    for phrase, role in roles.items():
        words = phrase.split()
        for first in range(len(words)):
            for last in range(first + 1, len(words) + 1):
                inner = roles.get(" ".join(words[first:last]))
                if inner is not None and inner is not role:
                    passed.append((role, inner.context - role.against, (inner.labels & without_labels) - role.against))
                    role.topics |= inner.topics
                    if not (role.labels or role.context or role.other):
                        role.against |= inner.against  # "rent arrears", of which a text speaks, are still of rent
    for role, context, labels in passed:
        role.inherited |= context - role.labels - role.context
        role.labels |= labels
    for role in roles.values():
        role.likelier = role.labels | role.context | role.inherited


def _hit(text: str, start: int, end: int, role: Role) -> Hit:
    if role.labels or role.other:
        return Hit(start, end, role, _reach(text, end), names=_NO_LABEL.match(text, end) is None)
    return Hit(start, end, role, end, names=False)


def _reach(text: str, end: int) -> int:
    match = _ATTACHED.match(text, end)
    if match is not None and "\n" in text[end : match.start(1)]:
        match = _ATTACHED_BELOW.match(text, end)  # a list of lines begins in the line below its label
    return end if match is None or _YEAR.fullmatch(match[1]) else match.end()
