"""The clues to what a token is: its own form, the words before, behind, above and below it, what the message speaks of.
Each clue is a short string, "b0=accou" say: the word right before begins so.

What was tried and told nothing, or only who had written: all words of the text, the addresses of author and recipients.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..overlap import Spans
from ..patterns.labels import Hit, LabelBook
from ..people.told import Told
from .tokens import shape_of

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_STEM = 5  # letters that stand for a word: "tenan" for tenant, tenants, tenancy
_RIGHT_BEFORE, _BEFORE, _FAR_BEFORE = 3, 8, 20  # words
_RIGHT_BEHIND, _BEHIND = 2, 8
_LINES_ABOVE, _LINES_LOOKED_AT = 3, 6
_WORDS_ABOVE, _WORDS_BELOW = 25, 15
_NEAR, _RIGHT_NEAR, _ABOVE = 60, 24, 160  # characters in which labels count
_MOST_LABELS = 3
_OFTEN = 4  # as often as this, or oftener
_STEPS_TO_PERSON = (15, 60, 200)  # characters
_FAR = 1_000_000
_LINE = 400  # characters to each side: of a longer line the rest tells nothing
NAMED_OTHERWISE = "right-label=other"
"""A word right before it says that it is something else: "order no", "job"."""
_FORMS, _NAMES = ("letters=", "digits="), ("most=", "right-label", "b0=")
_BULLETS = " -*•>\t.0123456789)"
_PREFIX, _SUFFIX = re.compile(r"[A-Za-z]+"), re.compile(r"[A-Za-z]+$")
_LONGEST_PREFIX, _LONGEST_SUFFIX = 6, 4


def clues_of_message(told: Told, kinds: Iterable[str], subjects: Iterable[str]) -> tuple[str, ...]:
    """The clues that a whole message gives; `kinds`: which it asks about, in a fixed order."""
    clues: list[str] = []
    strongest, most = "", 0
    for kind in kinds:
        often = told.weights[kind]
        if often:
            clues += (f"told={kind}", f"told{min(often, _OFTEN)}={kind}")
        if often > most:
            strongest, most = kind, often
    if most:
        clues.append(f"most={strongest}")
    clues += [f"headed={kind}" for kind in sorted(told.headed.entities)]
    if told.names_others:
        clues.append("headed=others")
    clues += [f"subject={stem}" for text in subjects for stem in _stems(text)]
    return tuple(dict.fromkeys(clues))


def with_pairs(clues: Sequence[str]) -> list[str]:
    """The clues, and those to the form of a token each together with those that name a kind: eight digits are one thing
    behind "rent" and another behind "crime"."""
    forms = [clue for clue in clues if clue.startswith(_FORMS)]
    names = [clue for clue in clues if clue.startswith(_NAMES)]
    return [*clues, *(f"{form}&{name}" for form in forms for name in names)]


class TextClues:
    """The clues in one text (`lower`: in small letters). `people`: the names of those it speaks of."""

    def __init__(self, text: str, lower: str, book: LabelBook, people: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._book = book
        self._index = book.index(lower)
        self._people = Spans.of(people)
        self._are_people = bool(people)

    def around(self, start: int, end: int, header: str | None) -> list[str]:
        """What stands around a token; `header`: of its column, in a pasted table."""
        text = self._text
        first = text.rfind("\n", max(0, start - _LINE), start) + 1 or max(0, start - _LINE)
        last = text.find("\n", end, end + _LINE)
        last = min(len(text), end + _LINE) if last < 0 else last
        clues = list(_of_token(text[start:end]))
        clues += _of_line(text[first:start], text[end:last])
        clues += self._above(first)
        below = text[last + 1 : last + 1 + _LINE].partition("\n")[0]
        clues += (f"below={stem}" for stem in _stems(below, _WORDS_BELOW))
        clues += (f"column={stem}" for stem in _stems(header or ""))
        clues += self._labels(first, start, end, last)
        clues += self._of_people(first, start, end, last)
        return clues

    def _above(self, first: int) -> Iterator[str]:
        """The words of the lines above that are not empty."""
        seen, position = 0, first - 1
        for _ in range(_LINES_LOOKED_AT):
            if position <= 0 or seen == _LINES_ABOVE:
                return
            start = self._text.rfind("\n", max(0, position - _LINE), position) + 1 or max(0, position - _LINE)
            line = self._text[start:position]
            if line.strip():
                seen += 1
                name = "above" if seen == 1 else "far-above"
                yield from (f"{name}={stem}" for stem in _stems(line, _WORDS_ABOVE))
            position = start - 1

    def _labels(self, first: int, start: int, end: int, last: int) -> Iterator[str]:
        """What the phrases of the rules say near it, the nearest first."""
        index = self._index
        near = index.between(max(first, start - _NEAR), start)[::-1]
        yield from self._of_hits("label", near[:_MOST_LABELS])
        yield from self._of_hits("right-label", [hit for hit in near[:1] if hit.start >= start - _RIGHT_NEAR])
        yield from self._of_hits("label-behind", index.between(end, min(last, end + _NEAR))[:_MOST_LABELS])
        yield from self._of_hits("label-above", index.between(max(0, first - _ABOVE), first)[::-1][: _MOST_LABELS + 1])

    def _of_hits(self, name: str, hits: Iterable[Hit]) -> Iterator[str]:
        for hit in hits:
            if hit.role.other:
                yield f"{name}=other"
            yield from (f"{name}={kind}" for kind in sorted(hit.role.entities))
            yield from (f"{name}~{kind}" for kind in sorted(self._book.entities_of(hit.role.topics)))

    def _of_people(self, first: int, start: int, end: int, last: int) -> Iterator[str]:
        """Whether somebody is named, and how near."""
        if not self._are_people:
            yield "nobody"
            return
        yield "person-in-line" if self._people.touches(first, last) else "person"
        before, after = self._people.last_before(start), self._people.first_after(end)
        gap = min(start - before if before is not None else _FAR, after - end if after is not None else _FAR)
        yield f"person-within={sum(gap >= step for step in _STEPS_TO_PERSON)}"


def _of_token(token: str) -> Iterator[str]:
    shape = shape_of(token)
    digits = sum(map(str.isdigit, token))
    yield f"shape={shape}"
    yield f"letters={re.sub(r'[0-9]+', '', shape)}"
    yield f"digits={digits}"
    if token.isdigit():
        yield f"begins={digits}:{token[0]}"
        yield "all-digits"
    if (prefix := _PREFIX.match(token)) is not None:
        yield f"prefix={prefix[0].lower()[:_LONGEST_PREFIX]}"
    elif (suffix := _SUFFIX.search(token)) is not None:
        yield f"suffix={suffix[0].lower()[:_LONGEST_SUFFIX]}"


def _of_line(before: str, behind: str) -> Iterator[str]:
    ahead = [_stem(word) for word in reversed(_WORD.findall(before))]
    after = [_stem(word) for word in _WORD.findall(behind)]
    yield from (f"b{place}={stem}" for place, stem in enumerate(ahead[:_RIGHT_BEFORE]))
    if len(ahead) > 1:
        yield f"b01={ahead[1]} {ahead[0]}"
    yield from (f"before={stem}" for stem in dict.fromkeys(ahead[:_BEFORE]))
    yield from (f"far-before={stem}" for stem in dict.fromkeys(ahead[_BEFORE:_FAR_BEFORE]))
    yield from (f"a{place}={stem}" for place, stem in enumerate(after[:_RIGHT_BEHIND]))
    yield from (f"behind={stem}" for stem in dict.fromkeys(after[:_BEHIND]))
    bare = before.rstrip()
    yield f"sign-before={_sign(bare[-1:])}{'' if bare == before else '_'}"
    yield f"sign-behind={_sign(behind[:1])}"
    if not before.strip(_BULLETS):
        yield "begins-line"
    if not behind.strip():
        yield "ends-line"


def _stems(text: str, most: int | None = None) -> list[str]:
    """The words of a text, or its first ones, each once."""
    return list(dict.fromkeys(_stem(word) for word in _WORD.findall(text)[:most]))


def _sign(character: str) -> str:
    return "x" if character.isalnum() else character


def _stem(word: str) -> str:
    return word.lower()[:_STEM]
