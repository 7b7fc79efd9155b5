"""Clauses that say something sensitive of a person in words that no lexicon has: "he's got days".

The model says how likely a clause says so. It counts where a person stands in it or near it, and not where people in
general are spoken of. Where a lexicon has found something, that stands, as it says more closely what it is, unless the
model has no belief at all in its clause: "the diabetes clinic's fire door". What a form's label says is not doubted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ...model import Category
from ..overlap import Match, Spans
from ..patterns.pattern import shadow
from ..ruleset import SENSITIVE, StatementFile
from .statement_model import LABELS, Floats, StatementModel
from .statement_words import clauses, words
from .whom import Sentences

RECOGNISER = "statement"
_KINDS = {
    "special": ("SPECIAL_CATEGORY", Category.SPECIAL),
    "criminal": ("CRIMINAL_OFFENCE", Category.CRIMINAL),
    "safeguarding": ("SAFEGUARDING", Category.SAFEGUARDING),
}
_Asked = tuple[int, int, list[str]]
_FEWEST_WORDS = 2
_FEWEST_IN_CELL = 3  # "lives alone": two words of a note say too little
_NEAR = 150  # a person named so near is the one that a note speaks of
_SHORT = 60  # so much of a clause is a note rather than prose


class StatementReader:
    """Reads the clauses of texts. `names`: words in small letters that are nothing but names of people."""

    def __init__(self, file: StatementFile, model: StatementModel, names: frozenset[str]) -> None:
        self._file = file
        self._model = model
        self._names = names

    def read(
        self,
        text: str,
        persons: Sequence[tuple[int, int]],
        terms: Sequence[Match],
        entities: frozenset[str] | None = None,
        *,
        unread: Callable[[int], bool] = lambda _start: False,
    ) -> list[Match]:
        """What lexicons found (`terms`) without what the model has no belief in, and the clauses that say something
        which no term does, in no order. `persons`: spans of names; `unread`: whether a clause that begins there is
        passed over, as those of signatures are."""
        if entities is not None and not entities & SENSITIVE:
            return list(terms)
        read = (span for span in clauses(text) if not unread(span[0]))
        asked = self._asked(text, read, _FEWEST_WORDS)
        likely = self._likely(asked)
        doubted = _spans(
            (start, end)
            for (start, end, _), top in zip(asked, likely.max(axis=1, initial=0.0), strict=True)
            if top < self._file.doubt
        )
        kept = [term for term in terms if term.labelled or not doubted.holds(term.start, term.end)]
        told = _spans((term.start, term.end) for term in terms)
        judge: _Judge | None = None
        for start, end, row in self._telling(asked, likely, told):
            judge = judge or _Judge(text, persons)
            if judge.is_of_person(start, end):
                kept += self._matches(start, end, row, entities)
        return kept

    def read_cells(self, text: str, terms: Sequence[Match], entities: frozenset[str] | None = None) -> Iterator[Match]:
        """The lines of a column's text that say something which no term does, each of the person of its row."""
        if entities is not None and not entities & SENSITIVE:
            return
        asked = self._asked(text, _lines(text), _FEWEST_IN_CELL)
        for start, end, row in self._telling(asked, self._likely(asked), _spans((t.start, t.end) for t in terms)):
            yield from self._matches(start, end, row, entities)

    def _asked(self, text: str, stretches: Iterable[tuple[int, int]], fewest: int) -> list[_Asked]:
        read = ((start, end, words(text[start:end], self._names)) for start, end in stretches)
        return [item for item in read if len(item[2]) >= fewest]

    def _likely(self, asked: Sequence[_Asked]) -> Floats:
        return self._model.probabilities([clause for _, _, clause in asked])

    def _telling(self, asked: Sequence[_Asked], likely: Floats, told: Spans) -> Iterator[tuple[int, int, Floats]]:
        """The stretches that probably say something in which nothing was found, with how likely each label is."""
        for row in (likely.max(axis=1, initial=0.0) >= self._file.threshold).nonzero()[0]:
            start, end, _ = asked[row]
            if told.free(start, end):
                yield start, end, likely[row]

    def _matches(self, start: int, end: int, likely: Floats, entities: frozenset[str] | None) -> Iterator[Match]:
        for label, likelihood in zip(LABELS, likely, strict=True):
            entity, category = _KINDS[label]
            if likelihood >= self._file.threshold and (entities is None or entity in entities):
                yield Match(
                    entity=entity,
                    category=category,
                    recogniser=RECOGNISER,
                    start=start,
                    end=end,
                    confidence=round(min(0.9, float(likelihood)), 3),
                    mask=self._file.topics[entity],
                )


class _Judge:
    """Judges of whom the clauses of one text speak."""

    def __init__(self, text: str, persons: Sequence[tuple[int, int]]) -> None:
        self._sentences = Sentences(shadow(text))
        self._persons = _spans(persons)

    def is_of_person(self, start: int, end: int) -> bool:
        """Whether a clause speaks of somebody in particular."""
        sentence = self._sentences.around(start, end)
        if sentence.is_general(start) or (sentence.to_all and not sentence.specific):
            return False
        if sentence.third or sentence.reader or self._persons.touches(start, end):
            return True
        first, last = start - _NEAR, end + _NEAR
        return end - start <= _SHORT and (
            self._persons.touches(first, last) or self._sentences.speaks_of_person(first, last)
        )


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        if line:
            yield start, start + len(line)
        start += len(line) + 1


def _spans(spans: Iterable[tuple[int, int]]) -> Spans:
    kept = Spans()
    for start, end in sorted(spans):
        if kept.free(start, end):
            kept.add(start, end)
    return kept
