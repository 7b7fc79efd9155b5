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


_AND = ", account "  # between a sort code and its account

_SHORT = 7  # registrations, postcodes and sort codes come apart where their halves meet

Make = Callable[[Value, Random], str | None]
Change = Callable[[str, Random], str]


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
        return _AND.join(separator.join(_cut(group, chance, odd=odd)) for group in value.groups)

    return make


def _cut(group: str, chance: Random, *, odd: bool) -> list[str]:
    if len(group) <= _SHORT and not odd:
        return [group[:-3], group[-3:]]
    size = 2 if odd else 3 if len(group) % 3 != 1 else chance.choice((3, 4))
    return [group[i : i + size] for i in range(0, len(group), size)]


def _split(gap: str) -> Make:
    """Broken into two or three pieces over lines or cells."""

    def make(value: Value, chance: Random) -> str | None:
        if not value.groups:
            return None
        pieces = chance.choice((2, 3))
        return _AND.join(gap.join(_in_pieces(group, pieces)) for group in value.groups)

    return make


def _in_pieces(group: str, pieces: int) -> list[str]:
    if len(group) <= _SHORT:
        return [group[:-3], group[-3:]]
    borders = [len(group) * i // pieces for i in range(pieces + 1)]
    return [group[start:end] for start, end in pairwise(borders)]


def _written(change: Change) -> Make:
    """The usual written form, changed; an account by itself, beside its sort code."""

    def make(value: Value, chance: Random) -> str | None:
        made = _AND.join(change(piece, chance) for piece in value.written.split(_AND))
        return made if made != value.written else None

    return make


def _between(fillers: str, *, every: bool = True) -> Change:
    """Invisible characters between all characters, or after every second."""

    def change(text: str, chance: Random) -> str:
        filled = [c + (chance.choice(fillers) if every or i % 2 else "") for i, c in enumerate(text[:-1])]
        return "".join(filled) + text[-1]

    return change


def _shifted(noughts: tuple[int, ...]) -> Change:
    """Digits of another alphabet."""

    def change(text: str, chance: Random) -> str:
        nought = chance.choice(noughts)
        return "".join(chr(nought + int(c)) if c in "0123456789" else c for c in text)

    return change


def _replaced(table: dict[str, str]) -> Change:
    return lambda text, _: "".join(table.get(c, c) for c in text)


def _full_width(text: str, _: Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _bold(text: str, _: Random) -> str:
    """Letters of mathematics."""
    return "".join(
        chr(0x1D400 + ord(c) - 65) if "A" <= c <= "Z" else chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c
        for c in text
    )


def _turned(text: str, _: Random) -> str:
    """Reversed, under a control that shows it the right way round."""
    return f"\u202e{text[::-1]}\u202c"


def _mixed(text: str, _: Random) -> str:
    return "".join(c.lower() if i % 2 else c.upper() for i, c in enumerate(text))


def _in_cells(value: Value, chance: Random) -> str | None:
    """Each piece in a cell of a row of its own table."""
    split = _split("</td><td>")(value, chance)
    return f"<table><tr><td>{split}</td></tr></table>" if split else None


def _references(text: str, chance: Random) -> str:
    return "".join(chance.choice((f"&#{ord(c)};", f"&#x{ord(c):x};")) if c.isalnum() else c for c in text)


def _in_markup(*pieces: str) -> Change:
    """Tags, comments or references between the characters; "*" in a piece stands for the character."""
    return lambda text, chance: "".join(chance.choice(pieces).replace("*", html.escape(c)) for c in text)


NORMALISE = (
    Disguise(name="dots", make=_separated(".")),
    Disguise(name="slashes", make=_separated("/")),
    Disguise(name="underscores", make=_separated("_")),
    Disguise(name="two blanks", make=_separated("  ")),
    Disguise(name="groups of two", make=_separated(" ", odd=True)),
    Disguise(name="dashes of all kinds", make=_separated(*_DASHES)),
    Disguise(name="blanks of all kinds", make=_separated(*_BLANKS)),
    Disguise(name="zero-width characters", make=_written(_between(_ZERO_WIDTH))),
    Disguise(name="soft hyphens", make=_written(_between("\u00ad", every=False))),
    Disguise(name="direction marks", make=_written(_between("\u200e\u200f\u2066\u2069\u202a\u202c", every=False))),
    Disguise(name="turned by a control", make=_written(_turned)),
    Disguise(name="combining marks", make=_written(_between(_MARKS))),
    Disguise(name="full width", make=_written(_full_width)),
    Disguise(name="mathematical digits", make=_written(_shifted(_MATHEMATICAL_NOUGHTS))),
    Disguise(name="mathematical letters", make=_written(_bold)),
    Disguise(name="digits of other scripts", make=_written(_shifted(tuple(_NOUGHTS.values())))),
    Disguise(name="Cyrillic letters", make=_written(_replaced(_CYRILLIC))),
    Disguise(name="Greek letters", make=_written(_replaced(_GREEK))),
    Disguise(name="letters like digits", make=_written(_replaced(_DIGIT_LIKE))),
    Disguise(name="small letters", make=_written(lambda text, _: text.lower())),
    Disguise(name="capitals", make=_written(lambda text, _: text.upper())),
    Disguise(name="mixed case", make=_written(_mixed)),
    Disguise(name="over lines", make=_split("\n")),
    Disguise(name="over quoted lines", make=_split("\n> ")),
    Disguise(name="over cells", make=_split("\t")),
    Disguise(name="character references", make=_written(_references), html=True),
    Disguise(name="tags between", make=_written(_in_markup("<b>*</b>", "<span>*</span>", "<i>*</i>", "*")), html=True),
    Disguise(name="comments between", make=_written(_in_markup("*<!-- x -->", "*<!--1-->")), html=True),
    Disguise(
        name="invisible references", make=_written(_in_markup("*&shy;", "*&zwnj;", "*<wbr>", "*&#8203;")), html=True
    ),
    Disguise(name="over cells of markup", make=_in_cells, html=True),
    Disguise(
        name="styled apart",
        make=_written(_in_markup('<span style="color:red">*</span>', "<u>*</u>")),
        html=True,
    ),
)
