"""What a text names besides people: places, organisations, groups. Shown to those who look into a mail, so that
they see what the gateway took for no person; never counted, never stored by the way of a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Category
from .overlap import Match
from .recognisers.engine import ModelName

_CATEGORY = {"LOCATION": Category.CONTACT, "ORGANIZATION": Category.NAME, "NRP": Category.NAME}
_RECOGNISER = {"LOCATION": "place-model", "ORGANIZATION": "organisation-model", "NRP": "group-model"}


def surroundings(spans: Sequence[ModelName]) -> Iterator[Match]:
    """The spans of the language model that are no person, as matches. Their mask shows nothing but a first letter."""
    for span in spans:
        if span.kind in _CATEGORY:
            yield Match(
                entity=span.kind,
                category=_CATEGORY[span.kind],
                recogniser=_RECOGNISER[span.kind],
                start=span.start,
                end=span.end,
                confidence=0.6,
                mask="{^1}###",
            )
