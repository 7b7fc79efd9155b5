"""Ways of writing an identifier so that a reader still understands it and a pattern may not.

`NORMALISE` are those that only need another look at the characters; what is encoded stands in `encodings.py`.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from .identifiers import Value

_BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_MARKS = "\u0301\u0323\u0332\u0336\u0338\u20dd"
_NOUGHTS = {
    "Arabic": 0x0660,
    "Persian": 0x06F0,
    "Devanagari": 0x0966,
    "Bengali": 0x09E6,
    "Gurmukhi": 0x0A66,
    "Tamil": 0x0BE6,
    "Thai": 0x0E50,
    "Khmer": 0x17E0,
    "Nko": 0x07C0,
}
_MATHEMATICAL_NOUGHTS = (0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6)
_CYRILLIC = dict(zip("ABCEHIJKMOPSTXYaceijopsxy", "АВСЕНІЈКМОРЅТХУасеіјорѕху", strict=True))
_GREEK = dict(zip("ABEHIKMNOPTXYZo", "ΑΒΕΗΙΚΜΝΟΡΤΧΥΖο", strict=True))
_DIGIT_LIKE = dict(zip("0136", "ОІЗб", strict=True))


Make = Callable[[Value, Random], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguise:
    """One way. `make` gives the disguised value, None where the way does not suit it; `html`: the result is markup."""

    name: str
    make: Make
    html: bool = False


def _separated(*separators: str, odd: bool = False) -> Make:
    """Groups of three or four characters, or of two, with one of the separators between them."""

    def make(value: Value, chance: Random) -> str | None:
        if not value.groups:
            return None
        separator = chance.choice(separators)
        return ", account ".join(separator.join(_cut(group, chance, odd=odd)) for group in value.groups)

    return make


def _cut(group: str, chance: Random, *, odd: bool) -> list[str]:
    size = 2 if odd else 3 if len(group) % 3 != 1 else chance.choice((3, 4))
    return [group[i : i + size] for i in range(0, len(group), size)]


def _between(fillers: str, *, every: bool = True) -> Make:
    """Invisible characters between all characters, or after every second."""

    def make(value: Value, chance: Random) -> str | None:
        return (
            "".join(c + (chance.choice(fillers) if every or i % 2 else "") for i, c in enumerate(value.written[:-1]))
            + value.written[-1]
        )

    return make


def _shifted(noughts: tuple[int, ...]) -> Make:
    """Digits of another alphabet."""

    def make(value: Value, chance: Random) -> str | None:
        nought = chance.choice(noughts)
        made = "".join(chr(nought + int(c)) if c in "0123456789" else c for c in value.written)
        return made if made != value.written else None

    return make


def _replaced(table: dict[str, str]) -> Make:
    def make(value: Value, _chance: Random) -> str | None:
        made = "".join(table.get(c, c) for c in value.written)
        return made if made != value.written else None

    return make


def _split(gap: str) -> Make:
    """Broken into two or three pieces over lines or cells."""

    def make(value: Value, chance: Random) -> str | None:
        if not value.groups:
            return None
        pieces = chance.choice((2, 3))
        return ", account ".join(gap.join(_in_pieces(group, pieces)) for group in value.groups)

    return make


def _in_pieces(group: str, pieces: int) -> list[str]:
    borders = [len(group) * i // pieces for i in range(pieces + 1)]
    return [group[start:end] for start, end in pairwise(borders)]


def _full_width(value: Value, _chance: Random) -> str | None:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value.written)


def _letters_of_mathematics(value: Value, _chance: Random) -> str | None:
    made = "".join(
        chr(0x1D400 + ord(c) - 65) if "A" <= c <= "Z" else chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c
        for c in value.written
    )
    return made if made != value.written else None


def _turned(value: Value, _chance: Random) -> str | None:
    """Reversed, under a control that shows it the right way round."""
    return f"\u202e{value.written[::-1]}\u202c"


def _other_case(change: Callable[[str], str]) -> Make:
    def make(value: Value, _chance: Random) -> str | None:
        made = ", account ".join(change(piece) for piece in value.written.split(", account "))
        return made if made != value.written else None

    return make


def _mixed(text: str) -> str:
    return "".join(c.lower() if i % 2 else c.upper() for i, c in enumerate(text))


def _character_references(value: Value, chance: Random) -> str | None:
    return "".join(chance.choice((f"&#{ord(c)};", f"&#x{ord(c):x};")) if c.isalnum() else c for c in value.written)


def _in_markup(*pieces: str) -> Make:
    """Tags, comments or references between the characters; "*" in a piece stands for the character."""

    def make(value: Value, chance: Random) -> str | None:
        return "".join(chance.choice(pieces).replace("*", html.escape(c)) for c in value.written)

    return make


NORMALISE = (
    Disguise(name="dots", make=_separated(".")),
    Disguise(name="slashes", make=_separated("/")),
    Disguise(name="underscores", make=_separated("_")),
    Disguise(name="two blanks", make=_separated("  ")),
    Disguise(name="groups of two", make=_separated(" ", odd=True)),
    Disguise(name="dashes of all kinds", make=_separated(*_DASHES)),
    Disguise(name="blanks of all kinds", make=_separated(*_BLANKS)),
    Disguise(name="zero-width characters", make=_between(_ZERO_WIDTH)),
    Disguise(name="soft hyphens", make=_between("\u00ad", every=False)),
    Disguise(name="direction marks", make=_between("\u200e\u200f\u2066\u2069\u202a\u202c", every=False)),
    Disguise(name="turned by a control", make=_turned),
    Disguise(name="combining marks", make=_between(_MARKS)),
    Disguise(name="full width", make=_full_width),
    Disguise(name="mathematical digits", make=_shifted(_MATHEMATICAL_NOUGHTS)),
    Disguise(name="mathematical letters", make=_letters_of_mathematics),
    Disguise(name="digits of other scripts", make=_shifted(tuple(_NOUGHTS.values()))),
    Disguise(name="Cyrillic letters", make=_replaced(_CYRILLIC)),
    Disguise(name="Greek letters", make=_replaced(_GREEK)),
    Disguise(name="letters like digits", make=_replaced(_DIGIT_LIKE)),
    Disguise(name="small letters", make=_other_case(str.lower)),
    Disguise(name="capitals", make=_other_case(str.upper)),
    Disguise(name="mixed case", make=_other_case(_mixed)),
    Disguise(name="over lines", make=_split("\n")),
    Disguise(name="over quoted lines", make=_split("\n> ")),
    Disguise(name="over cells", make=_split("\t")),
    Disguise(name="character references", make=_character_references, html=True),
    Disguise(name="tags between", make=_in_markup("<b>*</b>", "<span>*</span>", "<i>*</i>", "*"), html=True),
    Disguise(name="comments between", make=_in_markup("*<!-- x -->", "*<!--1-->"), html=True),
    Disguise(name="invisible references", make=_in_markup("*&shy;", "*&zwnj;", "*<wbr>", "*&#8203;"), html=True),
    Disguise(
        name="styled apart", make=_in_markup('<span style="font-size:12px">*</span>', "<font>*</font>"), html=True
    ),
)
