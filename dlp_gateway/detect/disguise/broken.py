"""Identifiers that are broken into odd groups: "94 34 76 59 19", "AB-1234-56C", "943(476)5919"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .stretch import Stretch

# Groups with a digit, or short ones of letters between them; whatever stands between groups is short.
_WITH_DIGIT = r"[A-Za-z]{0,5}[0-9][A-Za-z0-9]{0,20}"
_GROUP = rf"(?:{_WITH_DIGIT}|[A-Za-z]{{1,5}})"
_COMMENT = r"/\*[^*\n]{0,20}\*/"
_GAP = rf"(?:{_COMMENT}|[^A-Za-z0-9]{{1,4}})"
_RUN = re.compile(rf"(?<![A-Za-z0-9]){_WITH_DIGIT}(?:{_GAP}{_GROUP}){{1,30}}(?![A-Za-z0-9])")
# What stands in every such run: a group with a digit, a gap, and another group that is short or has a digit, too.
BROKEN_GATE = r"[0-9][A-Za-z0-9]{0,20}(?:[^A-Za-z0-9]{1,4}(?:[A-Za-z]{0,5}[0-9]|[A-Za-z]{1,5}(?:[^A-Za-z0-9]|$))|/[*])"
_LETTERS_BEFORE = re.compile(rf"(?<![A-Za-z0-9])(?:[A-Za-z]{{1,5}}{_GAP}){{1,2}}$")
_CAPITAL_BEFORE = re.compile(r"[A-Z][^A-Za-z0-9]|[^A-Za-z0-9]{2}")  # else words stand before
_MOST_BEFORE = 60  # characters of two groups of letters and their gaps
_PIECE = re.compile(rf"{_COMMENT}|[A-Za-z0-9]+")
_LABELS = frozenset(
    ("CHI", "CRN", "DBS", "DOB", "GMC", "IBAN", "ID", "MOB", "NHS", "NI", "NINO", "NMC", "NO", "PCN", "PIN", "REF",
     "REG", "SWE", "TEL", "ULN", "UPN", "UPRN", "UTR", "VRM", "VRN")
)  # fmt: skip
_BRACKETS = str.maketrans("()[]{}", "((((((")
_FEWEST_DIGITS, _FEWEST, _MOST = 6, 8, 40
_FEWEST_OF_SHORT = 2  # digits of a postcode or a registration mark that is broken before them
_LONGEST_SHORT = 30  # characters of a run that may be a postcode or a registration mark
_DATE = re.compile(
    r"[0-3]?[0-9]([./\-])[0-3]?[0-9]\1(?:[0-9]{2}|(?:19|20)[0-9]{2})|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
)
_SHORT = re.compile(
    r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}|[A-Za-z]{2}[0-9]{2} ?[A-Za-z]{3}|[A-Za-z][0-9]{1,3} ?[A-Za-z]{3}"
)
_SHORT_WORD = re.compile(rf"(?<![A-Za-z0-9])(?:{_SHORT.pattern})(?![A-Za-z0-9])")


def broken_identifiers(text: str) -> Iterator[Stretch]:
    """Runs of groups with one kind of gap between them, joined: two numbers stand side by side more often than one
    is broken in two ways. In order; what overlaps is left out. Linear."""
    end = 0
    for run in _RUN.finditer(text):
        digits = sum(map(str.isdigit, run[0]))
        if digits < _FEWEST_DIGITS and (digits < _FEWEST_OF_SHORT or len(run[0]) > _LONGEST_SHORT):
            continue
        before = None
        if _CAPITAL_BEFORE.match(text, max(0, run.start() - 2)):
            before = _LETTERS_BEFORE.search(text, max(end, run.start() - _MOST_BEFORE), run.start())
        for pieces in _evenly_parted(text, run.start() if before is None else before.start(), run.end()):
            stretch = _joined(text, pieces)
            if stretch is not None and stretch.start >= end:
                end = stretch.end
                yield stretch


def _evenly_parted(text: str, start: int, end: int) -> Iterator[list[tuple[int, int]]]:
    """The longest lists of groups between which the gaps are alike; neighbours share a group."""
    pieces = [m.span() for m in _PIECE.finditer(text, start, end) if m[0][0] != "/"]
    kinds = [_kind(text[one[1] : other[0]]) for one, other in pairwise(pieces)]
    first = 0
    for index, kind in enumerate(kinds):
        if kind != kinds[first]:
            yield pieces[first : index + 1]
            first = index
    yield pieces[first:]


def _kind(gap: str) -> str:
    return "/*" if "/*" in gap else gap.translate(_BRACKETS).strip(" ") or " "


def _joined(text: str, pieces: list[tuple[int, int]]) -> Stretch | None:
    """The groups without what stands between them, where they can be an identifier; words at the edges are no part."""
    while pieces and _is_word(text[slice(*pieces[0])]):
        pieces = pieces[1:]
    while pieces and _is_word(text[slice(*pieces[-1])]):
        pieces = pieces[:-1]
    if len(pieces) < 2 or any(len(g := text[slice(*piece)]) > 1 and g.isalpha() and g.islower() for piece in pieces):
        return None
    origins = [offset for first, last in pieces for offset in range(first, last)]
    joined = "".join(text[offset] for offset in origins)
    start, end = pieces[0][0], pieces[-1][1]
    if is_short_value(joined):
        origins.insert(-3, origins[-3])
        return Stretch(start, end, f"{joined[:-3]} {joined[-3:]}", origins)
    if sum(map(str.isdigit, joined)) < _FEWEST_DIGITS or not _FEWEST <= len(joined) <= _MOST:
        return None
    return None if _DATE.fullmatch(text, start, end) else Stretch(start, end, joined, origins)


def _is_word(group: str) -> bool:
    return group.isalpha() and (not group.isupper() or group in _LABELS)


def is_short_value(text: str) -> bool:
    """Whether a text has the form of a postcode or a registration mark, which hold few digits."""
    return _SHORT.fullmatch(text) is not None


def has_short_value(text: str) -> bool:
    """Whether such a value stands in a text as a word of its own."""
    return _SHORT_WORD.search(text) is not None
