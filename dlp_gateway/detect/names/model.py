"""What of the language model's spans is a name of a person, and which of our own names it may take away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..overlap import Spans
from ..recognisers.engine import ModelName
from .evidence import acts, is_a_person, reads_as_name, starts_sentence
from .known import SURE
from .lists import FIRST, LAST, NAME, ORDINARY, PLACE, TOWN, WORDY, NameLists, ends_name, never, strong_first, unknown
from .match import NameKind, NameMatch
from .placed import TITLES
from .roles import in_public_role
from .things import SURNAMES_OF_STREETS, THINGS, at_a_place, in_address, is_thing, is_work, on_the_way

_APART = re.compile(r"\n|[ ](?:and|&|-|/|\|)[ ]|[;/|\t]")
_APART_OR_COMMA = re.compile(rf"{_APART.pattern}|,[ ](?:and[ ])?")
_SURNAME_FIRST = re.compile(r"[^\W\d_][\w'\-]+, [^\W\d_][\w'\-]*\.?(?: [^\W\d_][\w'\-]*\.?)?")
_JUNK = re.compile(r"\d|@|https?:|[<>=_\\|:]")
# LocMem is a program; McDonald, MacLeod, DeSouza and FitzGerald are people.
_INNER_CAPITAL = re.compile(r"\b(?!Mc|Mac|De|Di|Le|La|Fitz|O')[A-Z][a-z]+[A-Z]|[+]|\w\.[a-z]")
_WORD = re.compile(r"[^\W\d_](?:[\w'\-]*\w)?")


class ModelJudge:
    """Judges spans with the word lists."""

    def __init__(self, lists: NameLists) -> None:
        self._lists = lists

    def left(self, ruled: Sequence[NameMatch], spans: Iterable[ModelName]) -> Iterator[NameMatch]:
        """The names found by rule that the model leaves standing: what lists alone take for a name, and are not sure
        of, is none where the model sees an organisation or a place."""
        others, people = Spans(), Spans()
        for span in spans:
            (people if span.kind == "PERSON" else others).add(span.start, span.end)
        for match in ruled:
            doubtful = match.kind is NameKind.KNOWN and match.confidence < SURE
            if doubtful and not others.free(match.start, match.end) and people.free(match.start, match.end):
                continue
            yield match

    def people(self, text: str, spans: Iterable[ModelName]) -> Iterator[NameMatch]:
        """The spans that the model calls a person, where they can be one."""
        for span in spans:
            if span.kind != "PERSON":
                continue
            position = span.start
            apart = _APART if _SURNAME_FIRST.fullmatch(text, span.start, span.end) else _APART_OR_COMMA
            for part in [*apart.finditer(text, span.start, span.end), None]:
                end = part.start() if part else span.end
                match = self._person(text, position, end)
                if match is not None:
                    yield match
                position = part.end() if part else end

    def _person(self, text: str, start: int, end: int) -> NameMatch | None:
        value = text[start:end]
        if _JUNK.search(value) or _INNER_CAPITAL.search(value):
            return None
        words = [(m.start(), m.end(), self._lists.flags(m.group())) for m in _WORD.finditer(text, start, end)]
        while words and self._ends(text, words[0]):
            words.pop(0)
        while words and self._ends(text, words[-1]):
            words.pop()
        if not words:
            return None
        if is_thing(text, start, end) or self._lists.is_of_thing(value):
            return None
        start, end = words[0][0], words[-1][1]
        if text[start:end].endswith("'s"):
            end -= 2
        if is_thing(text, start, end) or not self._can_be(text, start, end, [f for _, _, f in words]):
            return None
        return NameMatch(
            kind=NameKind.MODEL, start=start, end=end, confidence=0.75, public=in_public_role(text, start, end)
        )

    def _ends(self, text: str, word: tuple[int, int, int]) -> bool:
        start, end, flags = word
        if text[start:end].lower() in TITLES or (ends_name(flags) and text[start].isupper()):
            return True
        return never(flags) or (end - start == 1 and text[end : end + 1] != "." and not text[start].isupper())

    def _can_be(self, text: str, start: int, end: int, flags: list[int]) -> bool:
        value = text[start:end]
        small = not any(c.isupper() for c in value)
        if in_address(text, start, end):
            return False
        if len(flags) == 1:
            return self._single(text, start, end, flags[0], small=small)
        if small:
            return not any(f & ORDINARY for f in flags) and any(f & NAME or unknown(f) for f in flags)
        if all(ends_name(f) for f in flags):
            return False
        if all(w.isupper() and len(w) < 6 for w in value.split()) and not any(f & NAME for f in flags):
            return False
        if not any(f & FIRST or (f & NAME and not f & ORDINARY) or unknown(f) for f in flags):
            return False
        if all(len(w) <= 3 and w.isupper() for w in value.split()) and not any(f & NAME for f in flags):
            return False
        return value.split()[-1].lower() not in THINGS or (
            len(flags) == 2 and strong_first(flags[0]) and value.split()[-1].lower() in SURNAMES_OF_STREETS
        )

    def _single(self, text: str, start: int, end: int, flags: int, *, small: bool) -> bool:
        word = text[start:end]
        if not strong_first(flags) and is_work(text, end):
            return False
        if flags & PLACE and not flags & FIRST:
            return False
        if len(word) < 3 or word.lower() in THINGS or (word.isupper() and not flags & NAME) or ends_name(flags):
            return False
        if (at_a_place(text, start) or on_the_way(text, start)) and (flags & (TOWN | PLACE) or not flags & FIRST):
            return False
        if small:
            return not flags & ORDINARY
        if flags & ORDINARY or (flags & WORDY and starts_sentence(text, start)):
            return bool(flags & NAME) and reads_as_name(text, start, end)
        if flags & TOWN and not flags & FIRST:
            return acts(text, end) or is_a_person(text, start, end)
        return bool(flags & (FIRST | LAST)) or not starts_sentence(text, start) or acts(text, end)
