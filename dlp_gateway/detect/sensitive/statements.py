"""Clauses that say something sensitive of a person in words that no lexicon has: "he's got days".

The model says how likely a clause says so. It counts where a person stands in it or near it, and not where people in
general are spoken of. Where a lexicon has found something, that stands, as it says more closely what it is, unless the
model has no belief at all in its clause: "the diabetes clinic's fire door". What a form's label says is not doubted.
The less a message tells whom it speaks of, the surer must the model be (`somebody.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

from ...model import Category
from ..overlap import Match, Spans
from ..patterns.pattern import shadow
from ..ruleset import SENSITIVE, StatementFile
from .somebody import Known
from .statement_model import LABELS, Floats, StatementModel
from .statement_words import NAME, clauses, pieces, words
from .whom import Sentences

RECOGNISER = "statement"
_KINDS = {
    "special": ("SPECIAL_CATEGORY", Category.SPECIAL),
    "criminal": ("CRIMINAL_OFFENCE", Category.CRIMINAL),
    "safeguarding": ("SAFEGUARDING", Category.SAFEGUARDING),
}
_ARTICLES = ("the ", "The ")  # "the Roger Bannister" is a pool
_FEWEST_WORDS = 2
_FEWEST_IN_PIECE = 3
_FEWEST_IN_CELL = 3  # "lives alone": two words of a note say too little
_FEWEST_AMID = 2
_NEAR = 150  # a person named so near is the one that a note speaks of
_SHORT = 60  # so much of a clause is a note rather than prose


def asks_for_statements(entities: frozenset[str] | None) -> bool:
    """Whether anything that a statement can say is among the entities asked for; None: all are."""
    return entities is None or bool(entities & SENSITIVE)


@dataclass(frozen=True, slots=True)
class Clauses:
    """The stretches of one text that the model was asked about, how likely each says each of LABELS, and the most
    likely of these (`tops`)."""

    text: str = field(repr=False)
    spans: Sequence[tuple[int, int]]
    likely: Floats
    tops: Floats


class StatementReader:
    """Reads the clauses of texts. `names`: words in small letters that are nothing but names of people."""

    def __init__(self, file: StatementFile, model: StatementModel, names: frozenset[str]) -> None:
        self._file = file
        self._model = model
        self._names = names

    def common_words(self, count: int) -> list[str]:
        """So many words of English, the most frequent first."""
        return self._model.common_words(count)

    def ask(self, texts: Iterable[tuple[str, Callable[[int], bool]]]) -> list[Clauses]:
        """What the model thinks of the clauses of a message's texts, asked in one go: threads of mails repeat
        themselves. With each text stands whether a clause that begins at an offset is passed over, as those of
        signatures are."""
        stretches = [(text, [span for span in clauses(text) if not unread(span[0])]) for text, unread in texts]
        return self._asked(stretches, _FEWEST_WORDS)

    def judge(
        self,
        asked: Clauses,
        persons: Sequence[tuple[int, int]],
        terms: Sequence[Match],
        entities: frozenset[str] | None = None,
        known: Known = Known.IDENTIFIED,
        *,
        amid: bool = False,
    ) -> list[Match]:
        """What lexicons found in a text (`terms`) without what the model has no belief in, and the clauses that say
        something which no term does, in no order. `persons`: spans of names; `known`: whom the message makes known;
        `amid`: whether something sure is said elsewhere in the message."""
        trust = self._file.trust(known, amid=amid)
        judge = _Judge(asked.text, persons, known)
        doubted = Spans.of(asked.spans[row] for row in (asked.tops < trust.doubt).nonzero()[0].tolist())
        kept = [
            term
            for term in terms
            if term.labelled
            or (not doubted.holds(term.start, term.end) and judge.may_be_of_somebody(term.start, term.end))
        ]
        told = Spans.of((term.start, term.end) for term in terms)
        beside = self._asked_beside(asked, told, trust.threshold)
        telling = (self._telling(clauses_, told, trust.threshold) for clauses_ in (asked, beside))
        for start, end, row in chain.from_iterable(telling):
            if judge.may_be_of_somebody(start, end) and judge.is_of_person(start, end):
                kept += self._matches(start, end, row, entities, trust.threshold, amid=amid)
        return kept

    def _asked_beside(self, asked: Clauses, told: Spans, threshold: float) -> Clauses:
        """What the model thinks of what stands beside a term in clauses that say something: in "she is deaf, and he
        locks her in" the second half."""
        beside: list[tuple[int, int]] = []
        for row in (asked.tops >= threshold).nonzero()[0].tolist():
            start, end = asked.spans[row]
            if not told.free(start, end):
                beside += (piece for piece in pieces(asked.text, start, end) if told.free(*piece))
        return self._asked([(asked.text, beside)], _FEWEST_IN_PIECE)[0]

    def is_sure(self, asked: Clauses, kept: Iterable[tuple[int, int]]) -> bool:
        """Whether one of the stretches found in a text stands in a clause that the model is sure of."""
        sure = Spans.of(asked.spans[row] for row in (asked.tops >= self._file.sure).nonzero()[0].tolist())
        return any(not sure.free(*span) for span in kept)

    def read_cells(
        self, text: str, terms: Sequence[Match], entities: frozenset[str] | None = None, *, amid: bool = False
    ) -> Iterator[Match]:
        """The lines of a column's text that say something which no term does, each of the person of its row. `amid`:
        whether something sure is said elsewhere in the message."""
        if not asks_for_statements(entities):
            return
        threshold = self._file.trust(Known.IDENTIFIED, amid=amid).threshold
        (asked,) = self._asked([(text, list(_lines(text)))], _FEWEST_AMID if amid else _FEWEST_IN_CELL)
        told = Spans.of((t.start, t.end) for t in terms)
        for start, end, row in self._telling(asked, told, threshold):
            yield from self._matches(start, end, row, entities, threshold, amid=amid)

    def _asked(self, texts: Sequence[tuple[str, list[tuple[int, int]]]], fewest: int) -> list[Clauses]:
        """Each equal stretch is asked about once."""
        rows: dict[str, int | None] = {}
        asked: list[list[str]] = []
        for text, spans in texts:
            for start, end in spans:
                stretch = text[start:end]
                if stretch not in rows:
                    told = words(stretch, self._names)
                    says = _has_words(told, fewest)
                    rows[stretch] = len(asked) if says else None
                    if says:
                        asked.append(told)
        likely = self._model.probabilities(asked)
        tops = likely.max(axis=1, initial=0.0)
        made = []
        for text, spans in texts:
            placed = [(span, row) for span in spans if (row := rows[text[span[0] : span[1]]]) is not None]
            at = [row for _, row in placed]
            made.append(Clauses(text, [span for span, _ in placed], likely[at], tops[at]))
        return made

    def _telling(self, asked: Clauses, told: Spans, threshold: float) -> Iterator[tuple[int, int, Floats]]:
        """The stretches that probably say something in which nothing was found, with how likely each label is."""
        for row in (asked.tops >= threshold).nonzero()[0].tolist():
            start, end = asked.spans[row]
            if told.free(start, end):
                yield start, end, asked.likely[row]

    def _matches(
        self,
        start: int,
        end: int,
        likely: Floats,
        entities: frozenset[str] | None,
        threshold: float,
        *,
        amid: bool,
    ) -> Iterator[Match]:
        for label, likelihood in zip(LABELS, likely, strict=True):
            entity, category = _KINDS[label]
            # Where less is enough, only what is likeliest is told.
            enough = threshold if likelihood == likely.max() else max(threshold, self._file.threshold)
            enough = max(enough, self._file.least_of(entity, amid=amid))
            if likelihood >= enough and (entities is None or entity in entities):
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

    def __init__(self, text: str, persons: Sequence[tuple[int, int]], known: Known) -> None:
        self._text = text
        self._named = persons
        self._known = known

    @cached_property
    def _sentences(self) -> Sentences:
        return Sentences(shadow(self._text))

    @cached_property
    def _persons(self) -> Spans:
        return Spans.of(
            span for span in self._named if not self._text.startswith(_ARTICLES, max(0, span[0] - 4), span[0])
        )

    def may_be_of_somebody(self, start: int, end: int) -> bool:
        """Whether whoever a stretch speaks of can be known: where the message makes nobody known, its writer and its
        reader alone are."""
        return self._known > Known.NOBODY or self._sentences.around(start, end).reader

    def is_of_person(self, start: int, end: int) -> bool:
        """Whether a clause speaks of somebody in particular."""
        sentence = self._sentences.around(start, end)
        if sentence.is_general(start) or (sentence.to_all and not sentence.specific):
            return False
        if sentence.third or sentence.reader or self._persons.touches(start, end):
            return True
        first, last = self._sentences.near(start, end, _NEAR)
        return end - start <= _SHORT and (
            self._persons.touches(first, last) or self._sentences.speaks_of_person(first, last)
        )


def _has_words(told: Iterable[str], fewest: int) -> bool:
    """Whether so many of these are words, and no numbers or signs."""
    words_of_it = (word for word in told if word[0].isalpha() or word == NAME)
    return next(islice(words_of_it, fewest - 1, None), None) is not None


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        if line:
            yield start, start + len(line)
        start += len(line) + 1
