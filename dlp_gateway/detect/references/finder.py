"""Finds references that no rule names, by what a model thinks of the clues around them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from ...model import Area, Category
from ..found import Found, Reading, position
from ..overlap import Match, Spans
from ..patterns.context import same_length_lower
from ..patterns.pattern import PatternScanner
from ..people.lines import NamedPeople
from ..people.told import Told
from ..ruleset import ReferenceFile, Ruleset
from .clues import NAMED_OTHERWISE, TextClues, clues_of_message, with_pairs
from .reference_model import ReferenceModel, load_model
from .tokens import shape_of, tokens

RECOGNISER = "reference"
_MOST = 5000  # tokens of one text: in longer lists of numbers the first ones do
_LONGEST_FINDING = 400  # characters, that an earlier finding may reach into a token
_NUMBERED = frozenset({Category.REFERENCE, Category.IDENTITY, Category.FINANCIAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a message when its references are looked for: the texts in it that people wrote, whom they name,
    what was found, names included, and `told`, what it says of its numbers, asked only where it is needed."""

    texts: Sequence[Reading]
    people: NamedPeople
    found: Sequence[Found]
    told: Callable[[], Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What may be a reference, in a canonical text. `shape`: how it is made."""

    reading: Reading
    start: int
    end: int
    shape: str


class ReferenceFinder:
    """Asks the model of all tokens in which nothing else was found."""

    def __init__(self, file: ReferenceFile, model: ReferenceModel, scanner: PatternScanner) -> None:
        self._file = file
        self._model = model
        self._book = scanner.book
        self._categories = {rule.entity: rule.file.category for rule in reversed(scanner.rules)}

    def find(self, seen: Seen, entities: frozenset[str] | None) -> Iterator[tuple[Reading, Match]]:
        """The references in a message outside of what was found."""
        if entities is None and not seen.people.spans and all(item.exempt is not None for item in seen.found):
            return  # of whom could it be? Where not everything is looked for, of anybody
        asked = self.candidates(seen, taken=seen.found)
        weighed = [(token, self._model.weigh(clues)) for token, clues in asked if NAMED_OTHERWISE not in clues]
        # What is made alike in one text is of one kind: such tokens are judged together.
        for _, group in groupby(sorted(weighed, key=_group), key=_group):
            alike, weights = zip(*group, strict=True)
            likely, kind = self._model.judge(weights)
            is_asked = kind in self._categories and (entities is None or kind in entities)
            if is_asked and likely >= self._file.threshold:
                yield from ((token.reading, self._match(token, kind)) for token in alike)

    def candidates(self, seen: Seen, *, taken: Iterable[Found]) -> Iterator[tuple[Token, list[str]]]:
        """What may be a reference, with the clues to it, but for what lies in `taken` and in signatures."""
        spans: dict[int, list[tuple[int, int]]] = {}
        for item in taken:
            spans.setdefault(item.reading.index, []).append((item.at, item.until))
        places = [(r, _places(r, Spans.of(spans.get(r.index, ())))) for r in seen.texts]
        if not any(here for _, here in places):
            return
        subjects = [r.canonical.text for r, _ in places if r.passage.area is Area.SUBJECT]
        of_message = clues_of_message(seen.told(), self._model.kinds, subjects)
        others = _Others(seen.found)
        for reading, here in places:
            if not here:
                continue
            text = reading.canonical.text
            of_token = TextClues(text, same_length_lower(text), self._book, seen.people.spans.get(reading.index, ()))
            of_text = (*of_message, "in-subject") if reading.passage.area is Area.SUBJECT else of_message
            for start, end in here:
                shape = shape_of(text[start:end])
                around = of_token.around(start, end, reading.header_at(start))
                clues = with_pairs([*around, *of_text, *others.clues(reading, start, end, shape)])
                yield Token(reading=reading, start=start, end=end, shape=shape), clues

    def _match(self, token: Token, kind: str) -> Match:
        return Match(
            entity=kind,
            category=self._categories[kind],
            recogniser=RECOGNISER,
            start=token.start,
            end=token.end,
            confidence=self._file.confidence,
            mask=self._file.mask,
        )


def finder_of(ruleset: Ruleset) -> ReferenceFinder | None:
    """The finder that a rules folder asks for; none where it holds no file for it, or switches it off."""
    file = ruleset.references
    return ReferenceFinder(file, load_model(), ruleset.scanner) if file is not None and file.threshold <= 1 else None


def _group(weighed: tuple[Token, object]) -> tuple[int, str]:
    return weighed[0].reading.index, weighed[0].shape


def _places(reading: Reading, taken: Spans) -> list[tuple[int, int]]:
    free = (span for span in tokens(reading.canonical.text) if taken.free(*span))
    return [span for span in islice(free, _MOST) if not reading.layout.is_signature(span[0])]


class _Others:
    """What else was found in a message, and how that is made: clues to what its tokens are."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._entities = Counter(item.entity for item in found)
        self._alike: dict[str, Counter[str]] = {}
        self._by_reading: dict[int, list[Found]] = {}
        for item in sorted(found, key=position):
            self._by_reading.setdefault(item.reading.index, []).append(item)
            if item.category in _NUMBERED:
                self._alike.setdefault(shape_of(item.value), Counter())[item.entity] += 1

    def clues(self, reading: Reading, start: int, end: int, shape: str) -> list[str]:
        """Those for a token; what was found in the token itself is none."""
        itself = Counter(item.entity for item in self._touching(reading, start, end))
        alike = self._alike.get(shape, Counter())
        return [
            *(f"with={entity}" for entity in sorted(self._entities - itself)),
            *(f"like={entity}" for entity in sorted(alike - itself)),
        ]

    def _touching(self, reading: Reading, start: int, end: int) -> Iterator[Found]:
        items = self._by_reading.get(reading.index, [])
        for index in range(bisect_left(items, end, key=position) - 1, -1, -1):
            if items[index].at < start - _LONGEST_FINDING:
                return
            if items[index].until > start:
                yield items[index]
