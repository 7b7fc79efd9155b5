"""Where several names stand together: greetings, lists of people, lines below sign-offs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import grammar
from .grammar import Place
from .lists import NAME, ORDINARY
from .match import NameKind, NameMatch
from .placed import TITLES, Judge
from .words import run_from

_GREETED = re.compile(
    rf"[ ]*(?:and |& )?(?P<title>(?:(?:{grammar.TITLES}|Cllrs?|Councillors?)\.?(?:[ ]+(?:&|and))?[ ]+){{0,3}})",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[ ]?(?:,[ ]?(?:and[ ]|&[ ])?|[ ]and[ ]|[ ]?&[ ]?|/)")
_END_OF_ITEM = re.compile(r"[ \t]*(?:[,\-!:;.|(<\[\n]|$)")
_BEFORE_ITEM = re.compile(r"[ \t>*\"'\u2022\-]*(?:\d{1,2}[.)][ ]+)?")
_MOST_ITEMS = 40
_NOT_ONLY_PEOPLE = frozenset(
    {"team", "names", "required", "optional", "panel", "to", "from", "present", "absent", "cc"}
)


class Greetings:
    """Names in greetings and thanks: "Dear Mrs Begum and Mr Khan", "Hi Tom, Sarah and Jo", "Thanks, Priya"."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def find(self, text: str) -> Iterator[NameMatch]:
        """The names greeted, and those below sign-offs."""
        for word, start, end in grammar.greetings(text):
            yield from self._greeted(text, word, start, end)
        for start, _ in grammar.sign_offs(text):
            place = Place(kind=NameKind.SIGN_OFF, at=start, rank=0.85, unknown=True)
            match = self._named_at(text, place)
            if match is not None and _END_OF_ITEM.match(text, match.end):
                yield match

    def _greeted(self, text: str, word: str, at: int, end: int) -> Iterator[NameMatch]:
        thanks = grammar.is_thanks(word)
        kind = NameKind.SIGN_OFF if thanks else NameKind.GREETING
        while at < end:
            head = _GREETED.match(text, at)
            title = head["title"].strip() if head else ""
            place = Place(
                kind=kind, at=head.end() if head else at, rank=0.7 if thanks else 0.85, title=title,
                public=title[:1].lower() == "c", unknown=not thanks,
            )  # fmt: skip
            match = self._named_at(text, place)
            between = _BETWEEN.match(text, match.end) if match else None
            if match is None or not (
                title or between or _END_OF_ITEM.match(text, match.end) or self._is_known(text, match)
            ):
                return
            yield match
            if between is None:
                return
            at = between.end()

    def _named_at(self, text: str, place: Place) -> NameMatch | None:
        words = run_from(text, place.at, self._judge.lists)
        match = self._judge.of_words(text, place, words)
        first = words[0].start if words else 0
        if match is None or (match.start != first and words[0].text.lower() not in TITLES):
            return None
        return match

    def _is_known(self, text: str, match: NameMatch) -> bool:
        flags = self._judge.lists.flags(text[match.start : match.end].partition(" ")[0])
        return bool(flags & NAME and not flags & ORDINARY)


class PeopleLists:
    """Lists of people: attendees, apologies, the header of a quoted mail."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def find(self, text: str) -> Iterator[NameMatch]:
        """The names behind the label of a list, or in the lines below it."""
        read: dict[tuple[int, bool], bool] = {}  # whether a line is an item: the lines of several lists may be the same
        for label, start, end in grammar.lists(text):
            sure = label not in _NOT_ONLY_PEOPLE
            if text[start:end].strip():
                for at in _items(text, start, end):
                    yield from self._item(text, at, sure=sure)
                continue
            position = end + 1
            for _ in range(_MOST_ITEMS):
                if (position, sure) not in read:
                    line = list(self._item(text, position, sure=sure))
                    read[position, sure] = bool(line)
                    yield from line
                if not read[position, sure]:
                    break
                stop = text.find("\n", position)
                if stop < 0:
                    break
                position = stop + 1

    def _item(self, text: str, at: int, *, sure: bool) -> Iterator[NameMatch]:
        before = _BEFORE_ITEM.match(text, at)
        at = before.end() if before else at
        words = run_from(text, at, self._judge.lists, commas=True)
        place = Place(kind=NameKind.LISTED, at=at, rank=0.75, unknown=sure)
        if (
            not words
            or len(words) > 5
            or not (_END_OF_ITEM.match(text, words[-1].end) or text.startswith(" and ", words[-1].end))
        ):
            return
        match = self._judge.of_words(text, place, words)
        if match is not None and (match.start == words[0].start or words[0].text.lower() in TITLES):
            yield match


def _items(text: str, start: int, end: int) -> Iterator[int]:
    """Where the items of a list begin. Commas part them unless semicolons do; "Smith, John" is then one item."""
    line = text[start:end]
    separator = re.compile(
        r";" if ";" in line else r">[,;]?" if "<" in line else r",[ ]?(?:and[ ])?|[ ]and[ ]|[ ]&[ ]|[/|]"
    )
    yield start
    for match in separator.finditer(line):
        yield start + match.end()
