"""Typed recall on disguised identifiers: each in a sentence with its label, in a real message.

A variant is found when the message has a finding of its entity; a finding of another type is none. Nothing else in the
message could be one. Three draws of each way for each entity are for development, one is sealed.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from random import Random
from typing import NamedTuple

from .disguises import NORMALISE, Disguise
from .encodings import DECODE
from .identifiers import KINDS, Kind, sentence_of, value_of

DRAWS = {"development": 3, "sealed": 1}
PLAIN = Disguise(name="plain", make=lambda value, _: value.written)
CLASSES = {"plain": (PLAIN,), "normalisable": NORMALISE, "decodable": DECODE}

_NAMES = (*CLASSES, *(way.name for ways in CLASSES.values() for way in ways))
_ORDER = {name: _NAMES.index(name) for name in _NAMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One disguised identifier. `text` is the sentence, markup where `is_html`."""

    entity: str
    kind: str  # a key of CLASSES
    way: str
    text: str
    is_html: bool

    def octets(self) -> bytes:
        """A message whose body is the sentence."""
        message = EmailMessage(policy=SMTP)
        message["From"] = "Office <office@council.example>"
        message["To"] = "desk@partner.example"
        message["Subject"] = "As asked"
        if self.is_html:
            message.set_content(f"<html><body><p>{self.text}</p></body></html>\n", subtype="html")
        else:
            message.set_content(f"{self.text}\n")
        return message.as_bytes()


class Share(NamedTuple):
    """How many were found of how many."""

    found: int
    all: int

    def __str__(self) -> str:
        return f"{self.found / self.all:.3f}" if self.all else "-"


def variants(part: str, draws: int | None = None) -> Iterator[Variant]:
    """The variants of "development", "sealed" or "all", the same each time; so many draws of each, all by default."""
    parts = tuple(DRAWS) if part == "all" else (part,)
    for one in parts:
        for kind in KINDS:
            for name, ways in CLASSES.items():
                for way in ways:
                    for number in range(draws or DRAWS[one]):
                        variant = _variant(kind, name, way, Random(f"{one} {kind.entity} {way.name} {number}"))
                        if variant is not None:
                            yield variant


def measure(
    found: Callable[[bytes], frozenset[str]], chosen: Iterable[Variant]
) -> tuple[dict[tuple[str, str, str], Share], list[str]]:
    """Shares by (class, way, entity) and each variant that is missed. `found` gives the entities of a message."""
    shares: dict[tuple[str, str, str], Share] = {}
    missed = []
    for variant in chosen:
        key = (variant.kind, variant.way, variant.entity)
        entities = found(variant.octets())
        before = shares.get(key, Share(0, 0))
        hit = variant.entity in entities
        shares[key] = Share(before.found + hit, before.all + 1)
        if not hit:
            seen = ", ".join(sorted(entities - {"PERSON"}))
            missed.append(f"- {variant.entity:24} {variant.way:26} {variant.text!r}  ({seen})")
    return shares, missed


def summed(shares: Mapping[tuple[str, str, str], Share], *places: int) -> dict[tuple[str, ...], Share]:
    """The shares summed over all but some of class (0), way (1) and entity (2)."""
    sums: dict[tuple[str, ...], Share] = {}
    for key, share in shares.items():
        short = tuple(key[place] for place in places)
        before = sums.get(short, Share(0, 0))
        sums[short] = Share(before.found + share.found, before.all + share.all)
    return dict(sorted(sums.items(), key=lambda item: [_ORDER.get(word, 0) for word in item[0]]))


def _variant(kind: Kind, name: str, way: Disguise, chance: Random) -> Variant | None:
    sentence = sentence_of(kind, chance)
    made = way.make(value_of(kind, chance), chance)
    if made is None:
        return None
    if way.html:
        sentence = html.escape(sentence, quote=False)
    text = sentence.replace("{value}", made)
    return Variant(entity=kind.entity, kind=name, way=way.name, text=text, is_html=way.html)
