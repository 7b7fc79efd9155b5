"""What a text names besides people: places, organisations, groups. Shown to those who look into a mail, so that
they see what the gateway took for no person; never counted, never stored by the way of a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...model import Category
from ..overlap import Match, Spans
from ..recognisers.engine import ModelName
from ..ruleset import Ruleset
from .gazetteer import Gazetteer
from .organisations import Organisations, groups
from .place_names import PlaceNames
from .street_address import AddressFinder

_LOCATION, _ORGANIZATION, _NRP = "LOCATION", "ORGANIZATION", "NRP"
_CATEGORY = {_LOCATION: Category.CONTACT, _ORGANIZATION: Category.NAME, _NRP: Category.NAME}
_RECOGNISER = {_LOCATION: "place", _ORGANIZATION: "organisation", _NRP: "group"}


class Surroundings:
    """Finds them by the lexicons, by form, and by what the language model saw."""

    def __init__(self, ruleset: Ruleset, gazetteer: Gazetteer, addresses: AddressFinder) -> None:
        words = ruleset.words
        first_names = words.get("first-names", frozenset())
        self._peoples = words.get("peoples", frozenset())
        self._addresses = addresses
        self._places = PlaceNames(gazetteer, first_names | words.get("not-names", frozenset()))
        self._organisations = Organisations(first_names)

    def find(self, text: str, spans: Sequence[ModelName]) -> list[Match]:
        """Matches that do not overlap, in order. `spans` are the names that the model saw in `text`."""
        taken = Spans()
        found = []
        for kind, source, start, end in self._candidates(text, spans):
            if start < end and taken.free(start, end):
                taken.add(start, end)
                found.append(_match(kind, source, start, end))
        return sorted(found, key=lambda m: m.start)

    def _candidates(self, text: str, spans: Sequence[ModelName]) -> Iterator[tuple[str, str, int, int]]:
        """Kind, source, span: the surest first, so that of two that overlap the surer stays."""
        yield from _of(_LOCATION, "address", ((a.start, a.end) for a in self._addresses.abroad(text)))
        yield from _of(_LOCATION, "led", self._places.led_to(text))
        yield from _of(_ORGANIZATION, "form", self._organisations.find(text))
        yield from _of(_LOCATION, "lexicon", self._places.known(text))
        yield from _of(_NRP, "lexicon", groups(text, self._peoples))
        for span in spans:
            if span.kind in _CATEGORY and _can_be(span.kind, text[span.start : span.end]):
                yield span.kind, "model", span.start, span.end
        yield from _of(_LOCATION, "likely", self._places.likely(text))


def _can_be(kind: str, value: str) -> bool:
    """Whether a span of the model can be what it says: no number is a place, no abbreviation a people."""
    return any(c.isalpha() for c in value) and not (kind == _NRP and value.isupper() and len(value) < 5)


def _of(kind: str, source: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[str, str, int, int]]:
    for start, end in spans:
        yield kind, source, start, end


def _match(kind: str, source: str, start: int, end: int) -> Match:
    """A match whose mask shows nothing but a first letter."""
    return Match(
        entity=kind,
        category=_CATEGORY[kind],
        recogniser=f"{_RECOGNISER[kind]}-{source}",
        start=start,
        end=end,
        confidence=0.6,
        mask="{^1}###",
    )
