"""Finds names of people in a text: what grammar places, lists know and the language model names, judged together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from ..overlap import Spans
from ..recognisers.engine import ModelName
from ..ruleset import Ruleset
from . import grammar
from .again import again
from .beside import beside
from .capitals import lines_of_capitals, truecase
from .edges import at_edges
from .grammar import Place
from .known import known, surname_first
from .lists import NameLists, strong_first
from .match import NameKind, NameMatch, united
from .model import ModelJudge
from .peopled import Greetings, PeopleLists
from .placed import Judge
from .roles import in_public_role
from .small_letters import SmallLetters
from .surname_initials import with_surname_initials
from .things import firms
from .words import Word, runs, words_with_capitals

_WORD = re.compile(r"[^\W\d_](?:[\w'\-]*\w)?")
_JUNK = re.compile(r"[\d@<>=_/\\|]|https?:")
_MOST_IN_LIST = 12
_QUOTED = re.compile(r'"(?! [A-Z])')
_SOMEBODY_BEFORE = re.compile(
    r"\b(?:man|woman|lad|girl|boy|chap|bloke|lodger|tenant|neighbour|friend|mate|officer|worker|carer|nurse|driver|"
    r"boyfriend|girlfriend|partner|husband|wife|son|daughter|dad|mum|father|mother|brother|sister|uncle|aunt|nephew|"
    r"niece|cousin|landlord|male|female|person|child|colleague)[,:]?[ ][(]?\"$",
    re.IGNORECASE,
)
_PET_BEFORE = re.compile(
    r"\b(?:dog|dogs|puppy|cat|cats|kitten|pony|horse|parrot|budgie|rabbit|hamster|tortoise|staffie|staffy|lurcher|collie|labrador|lab|"
    r"terrier|spaniel|alsatian|rottweiler|pet)(?:,|:| is| was)?(?: called| named)?[ ][(\"']?$",
    re.IGNORECASE,
)
# "Nat. Ins.", "CHI 1504837126", "Carlton St library"
_NATIONAL_INSURANCE = re.compile(r"\.?[ ]?Ins\b|[ ]?\|[ ]?DOB\b")
_NUMBER_AFTER = re.compile(r"(?:[ :.#]|no\.?){0,3}\d{3}")
_LONGEST_LABEL = 4
_STREET_ENDS = frozenset({"St", "Rd", "La", "Ln", "Ave", "Cl", "Cres", "Mkt"})


class NameFinder:
    """Finds names by rule and judges those of the language model."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.lists = NameLists(ruleset.words)
        self._small = SmallLetters(self.lists, ruleset.words.get("surnames-that-are-words", frozenset()))
        self._model = ModelJudge(self.lists)
        self._judge = Judge(self.lists)
        self._greetings = Greetings(self._judge)
        self._people = PeopleLists(self._judge)

    def titled(self, text: str) -> list[NameMatch]:
        """Only names with a title or in a public role: cheap, for when names alone can't matter."""
        return united(self._of_places(text, grammar.titled(text)))

    def for_model(self, text: str) -> str:
        """The text as the language model is to read it: names with a capital, other words of capitals without. Same
        length, same offsets."""
        small = [w.span() for match in self._small.find(text) for w in _WORD.finditer(text, match.start, match.end)]
        return truecase(text, self.lists, small)

    def capitals(self, text: str) -> list[Word]:
        """The words with a capital, in order."""
        return list(words_with_capitals(text, self.lists))

    def find(self, text: str, capitals: Sequence[Word], spans: Sequence[ModelName] = ()) -> list[NameMatch]:
        """The names, in order, but those of `again`. `capitals` are the text's words with a capital, `spans` those of
        the language model, if it was asked."""
        ruled = list(self._by_rule(text, capitals))
        matches = united([*self._model.left(ruled, spans), *self._model.people(text, spans)])
        matches = united([*matches, *beside(text, matches, self.lists)])
        matches = list(with_surname_initials(text, matches))
        things = Spans()
        for start, end in (*self.lists.things_named(text), *firms(text)):
            if things.free(start, end):
                things.add(start, end)
        return [
            m if m.public else replace(m, public=in_public_role(text, m.start, m.end))
            for m in matches
            if not self._is_nobody(text, m, things)
        ]

    def again(
        self, text: str, capitals: Sequence[Word], matches: Sequence[NameMatch], names: AbstractSet[str]
    ) -> list[NameMatch]:
        """All names, those included that are only a word of a name that the message has in full: `names`, folded."""
        return united([*matches, *again(text, capitals, matches, names)])

    def _is_nobody(self, text: str, match: NameMatch, things: Spans) -> bool:
        name = text[match.start : match.end]
        if _JUNK.search(name):
            return True
        if not match.title and self._is_other(text, match, name):
            return True
        if match.kind in (NameKind.KNOWN, NameKind.MODEL) and " " not in name and _QUOTED.match(text, match.end):
            if text[match.start - 1 : match.start] != '"':
                return False
            # A printer, a server, a horse; but 'an older man, "Besnik"' is somebody.
            return _SOMEBODY_BEFORE.search(text[max(0, match.start - 24) : match.start]) is None
        return not match.title and (self.lists.is_of_thing(name) or not things.free(match.start, match.end))

    def _is_other(self, text: str, match: NameMatch, name: str) -> bool:
        """Whether a name is that of a pet or a street, or a label."""
        if " " in name:
            return name.rpartition(" ")[2] in _STREET_ENDS
        if name == "Nat" and _NATIONAL_INSURANCE.match(text, match.end):
            return True
        is_label = name.isupper() and len(name) <= _LONGEST_LABEL and not strong_first(self.lists.flags(name))
        if is_label and _NUMBER_AFTER.match(text, match.end):
            return True
        return _PET_BEFORE.search(text[max(0, match.start - 24) : match.start]) is not None

    def greeting(self, text: str) -> NameMatch | None:
        """The first name that a text greets."""
        return min(self._greetings.find(text), key=lambda m: m.start, default=None)

    def _by_rule(self, text: str, words: Sequence[Word]) -> Iterator[NameMatch]:
        yield from self._of_places(text, grammar.titled(text))
        yield from self._of_places(text, grammar.placed(text))
        yield from self._greetings.find(text)
        yield from self._people.find(text)
        capitals = Spans()
        for start, end in lines_of_capitals(text):
            capitals.add(start, end)
        previous = None
        for run in runs(text, words):
            yield from known(text, run, capitals=not capitals.free(run[0].start, run[0].end))
            yield from surname_first(text, previous, run)
            previous = run
        yield from self._small.find(text)
        yield from at_edges(text, self.lists)

    def _of_places(self, text: str, places: Iterable[Place]) -> Iterator[NameMatch]:
        for place in places:
            match = self._judge.match(text, place)
            if match is None:
                continue
            yield match
            if place.several:
                yield from self._following(text, place, match)

    def _following(self, text: str, place: Place, match: NameMatch) -> Iterator[NameMatch]:
        """The further names of a list whose first name is found: ", X and Y"."""
        for _ in range(_MOST_IN_LIST):
            at = grammar.after_comma(text, match.end)
            following = at and self._judge.match(text, replace(place, at=at, unknown=place.public))
            if not following:
                return
            yield following
            match = following
