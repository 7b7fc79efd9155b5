"""Further readings of a passage beside the canonical one, made only where something in it asks for them.

A reader turns round what a control character turns round, takes letters that are set apart for a word, and sees
through letters of other scripts and the blanks of a picture's text. Each view holds only the stretches
concerned, with what stands around them, so that its cost is theirs.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from ...model import Passage
from ..lookalikes import look_of
from ..normalise import Canonical, canonical
from ..overlap import Spans
from ..patterns.pattern import shadow
from .bidi import RIGHT_TO_LEFT, turned_stretches
from .stretch import Stretch

FROM_PICTURE = "(read from a picture)"
"""What a place says of text that was recognised in a picture."""

_BEFORE, _AFTER = 200, 60  # characters around a stretch: as many as any rule looks at
_PARAGRAPH = "\n\n"  # between stretches that do not follow one another: no context leaks over

# What stands between characters or groups: the same kind all through, or rows of a table would run into one another.
_LINE_END = r"[ \t]{0,8}[\n\f\v][ \t\n\f\v>]{0,8}"
_SINGLE = r"[A-Za-z0-9](?![A-Za-z0-9])"
_SET_APART = re.compile(  # six or more
    "(?<![A-Za-z0-9])(?:"
    + "|".join(rf"(?:{_SINGLE}{gap}){{5,}}{_SINGLE}" for gap in (r"[^A-Za-z0-9\n]{1,3}", _LINE_END))
    + ")"
)
_GROUP = r"(?:[0-9]{1,4}|[A-Za-z]{1,2}|[0-9]{1,6}[A-Za-z])"
# None of these does a recogniser take for a separator.
_GROUP_GAPS = (r"[ ]{3,12}", r"[ ]{0,8}\t[ \t]{0,8}", _LINE_END, r"[ ]?[|_~+*\\^#=·•∙‧●]{1,3}[ ]?")
_LIST_GAP = r"[ ]?[,;:][ ]?"
_USUAL_GAP = r"[ .\-/]{1,2}"  # broken by a line end somewhere
_GROUPS = re.compile(
    rf"(?<![A-Za-z0-9]){_GROUP}(?:"
    + "|".join(rf"(?:{gap}{_GROUP}){{2,12}}" for gap in _GROUP_GAPS)
    + rf"|(?:{_LIST_GAP}{_GROUP}){{4,12}}|(?:(?:{_USUAL_GAP}|{_LINE_END}){_GROUP}){{2,12}})(?![A-Za-z0-9])"
)
_USUAL_RUN = re.compile(rf"{_GROUP}(?:{_USUAL_GAP}{_GROUP})*")
_GAP = re.compile(r"[^A-Za-z0-9]+")
_EDGE_WORDS = "aiI"  # words of one letter: beside a digit at the edge of a run they are no part of it
# Recognised text: blanks come and go between digits, and between a number and the word before it.
_RECOGNISED = re.compile(
    r"(?<![A-Z0-9])(?:[A-Z]{0,2}[0-9]{1,30}[A-Z]{0,2}|[A-Z]{1,2}(?= {0,3}[0-9]))"
    r"(?: {1,3}(?:[A-Z]{0,2}[0-9]{1,30}[A-Z]{0,2}|[A-Z]{1,2})(?![A-Za-z0-9])){0,40}"
)
_FEWEST_DIGITS = 6  # of an identifier in such a run
_FIRST_TAG, _LAST_TAG = "\U000e0020", "\U000e007e"
_TAGS = re.compile(f"[{_FIRST_TAG}-{_LAST_TAG}]+")
_FLAG = "\U0001f3f4"  # tags after it spell a region, and show as its flag
_TO_TAG = 0xE0000
_NEAR_DIGIT = 4
_LONGEST_ADDRESS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One further reading. `origins` are the offsets in the passage of the characters that `canonical` reads,
    `altered` the stretches of them that read otherwise than the passage does; `digits_alone` says whether a number
    without any word that names it can be believed."""

    canonical: Canonical
    origins: Sequence[int]
    altered: Spans
    digits_alone: bool

    @property
    def text(self) -> str:
        return self.canonical.text

    def is_altered(self, start: int, end: int) -> bool:
        """Whether `text[start:end]` touches a stretch that reads otherwise than the passage."""
        return not self.altered.free(*self.canonical.span(start, end))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the passage's own text that `text[start:end]` was read from."""
        first, last = self.canonical.span(start, end)
        origins = self.origins[first:last]
        return min(origins), max(origins) + 1


def views_of(passage: Passage, reading: Canonical) -> Iterator[View]:
    """The views that a passage asks for, none for ordinary text. `reading` is its canonical one. Linear."""
    text = reading.text
    if _trigger.search(shadow(text)) is not None:
        yield from _view(text, _set_apart(text), reading.origin, digits_alone=not passage.table)
        yield from _view(text, _groups(text), reading.origin, digits_alone=False)
    if FROM_PICTURE in passage.place:
        yield from _view(text, _recognised(text), reading.origin, digits_alone=False)
    if reading.unusual:
        yield from _unusual_views(passage.text, reading)


def _unusual_views(original: str, reading: Canonical) -> Iterator[View]:
    if any(_FIRST_TAG <= character <= _LAST_TAG for character in reading.unusual):
        yield from _view(original, _tags(original), _itself, digits_alone=True)
    if not RIGHT_TO_LEFT.isdisjoint(reading.unusual):
        turned = list(turned_stretches(original))
        for order in [[t.order for t in turned], [t.words for t in turned]]:
            stretches = [
                Stretch(t.start, t.end, "".join(original[o] for o in offsets), offsets)
                for t, offsets in zip(turned, order, strict=True)
            ]
            yield from _view(original, stretches, _itself, digits_alone=True)
    plain = {character: look for character in reading.unusual if (look := _plain_letter(character))}
    if plain:
        yield from _view(reading.text, _folded(reading.text, plain), reading.origin, digits_alone=True)


def _view(
    base: str, stretches: Iterable[Stretch], origin: Callable[[int], int], *, digits_alone: bool
) -> Iterator[View]:
    """A view of the stretches with their surroundings; none where there are no stretches."""
    pieces: list[str] = []
    origins = array("L")
    altered = Spans()
    length = copied = 0

    def add(piece: str, offsets: Iterable[int]) -> None:
        nonlocal length
        pieces.append(piece)
        origins.extend(origin(offset) for offset in offsets)
        length += len(piece)

    stretch = None
    for stretch in stretches:
        trailing = min(copied + _AFTER, stretch.start) if length else copied
        leading = max(trailing, stretch.start - _BEFORE)
        add(base[copied:trailing], range(copied, trailing))
        if leading > trailing and length:
            add(_PARAGRAPH, (trailing, trailing))
        add(base[leading : stretch.start], range(leading, stretch.start))
        altered.add(length, length + len(stretch.text))
        add(stretch.text, stretch.origins)
        copied = stretch.end
    if stretch is None:
        return
    end = min(copied + _AFTER, len(base))
    add(base[copied:end], range(copied, end))
    yield View(canonical=canonical("".join(pieces)), origins=origins, altered=altered, digits_alone=digits_alone)


def _itself(offset: int) -> int:
    return offset


def _set_apart(text: str) -> Iterator[Stretch]:
    """Runs of single characters, joined."""
    for run in _SET_APART.finditer(text):
        offsets = [offset for offset in range(*run.span()) if text[offset].isascii() and text[offset].isalnum()]
        while len(offsets) > 1 and text[offsets[0]] in _EDGE_WORDS and text[offsets[1]].isdigit():
            del offsets[0]
        while len(offsets) > 1 and text[offsets[-1]] in _EDGE_WORDS and text[offsets[-2]].isdigit():
            del offsets[-1]
        if any(text[offset].isdigit() for offset in offsets):
            yield Stretch(offsets[0], offsets[-1] + 1, "".join(text[offset] for offset in offsets), offsets)


def _groups(text: str) -> Iterator[Stretch]:
    """Groups of an identifier with one blank between them."""
    for run in _GROUPS.finditer(text):
        if _USUAL_RUN.fullmatch(run[0]) or not any(c.isdigit() for c in run[0]):
            continue
        pieces: list[str] = []
        offsets: list[int] = []
        position = run.start()
        for gap in _GAP.finditer(text, *run.span()):
            pieces += [text[position : gap.start()], " "]
            offsets += [*range(position, gap.start()), gap.start()]
            position = gap.end()
        pieces.append(text[position : run.end()])
        offsets += range(position, run.end())
        yield Stretch(run.start(), run.end(), "".join(pieces), offsets)


def _recognised(text: str) -> Iterator[Stretch]:
    """Numbers in recognised text: without blanks inside, and parted from the words beside them."""
    for run in _RECOGNISED.finditer(text):
        start, end = run.span()
        if sum(c.isdigit() for c in run[0]) < _FEWEST_DIGITS:
            continue
        glued = start > 0 and text[start - 1].isalpha(), end < len(text) and text[end].isalpha()
        if not any(glued) and " " not in run[0]:
            continue
        inner = [offset for offset in range(start, end) if text[offset] != " "]
        offsets = [*inner[:1] * glued[0], *inner, *inner[-1:] * glued[1]]
        joined = "".join(text[offset] for offset in inner)
        yield Stretch(start, end, " " * glued[0] + joined + " " * glued[1], offsets)


def _tags(text: str) -> Iterator[Stretch]:
    """Tag characters, which no program shows, as the ASCII characters that they stand for."""
    for run in _TAGS.finditer(text):
        start, end = run.span()
        if start and text[start - 1] == _FLAG:
            continue
        said = "".join(chr(ord(c) - _TO_TAG) for c in run[0])
        yield Stretch(start, end, f" {said} ", [start, *range(start, end), end - 1])


def _plain_letter(character: str) -> str:
    """The ASCII letter or digit that a letter looks like, accents and scripts apart; "" where there is none."""
    if not character.isalpha():
        return ""
    plain = unicodedata.normalize("NFD", look_of(character))[0]
    return plain if plain.isascii() else ""


def _folded(text: str, plain: dict[str, str]) -> Iterator[Stretch]:
    """Letters beside digits as the ASCII letters that they look like."""
    for found in re.finditer(f"[{''.join(plain)}]", text):
        offset = found.start()
        near = text[max(0, offset - _NEAR_DIGIT) : offset + _NEAR_DIGIT + 1]
        if any(c.isdigit() for c in near) or "@" in _word_around(text, offset):
            yield Stretch(offset, offset + 1, plain[found[0]], (offset,))


def _word_around(text: str, offset: int) -> str:
    """What stands between blanks around an offset, as far as an address may reach."""
    before = text[max(0, offset - _LONGEST_ADDRESS) : offset]
    after = text[offset : offset + _LONGEST_ADDRESS]
    return before[max(before.rfind(" "), before.rfind("\n")) + 1 :] + after.partition(" ")[0].partition("\n")[0]


def _compiled_trigger() -> Any:
    """What tells in one pass of an automaton whether a text, as octets of Latin-1, can hold set-apart characters or
    groups. It may say so of a few more."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    apart = r"[A-Za-z0-9](?:(?:[^A-Za-z0-9]{1,3}|[ \t]{0,8}[\n\f\v][ \t\n\f\v>]{0,8})[A-Za-z0-9]){5}"
    wide = r"(?:[ ]{3}|[ ]{0,8}[\t\n\f\v]|[ ]?[|_~+*\\^#=?\xb7])[^A-Za-z0-9]{0,9}"
    groups = rf"{_GROUP}(?:(?:{wide}{_GROUP}){{2}}|(?:{_LIST_GAP}{_GROUP}){{4}})"
    digits = "[0-9]{1,6}[A-Za-z]?"
    broken = (
        rf"{_GROUP}{_USUAL_GAP}(?:{digits}{_LINE_END}{_GROUP}|{_GROUP}{_LINE_END}{digits})"
        rf"|(?:{digits}{_LINE_END}{_GROUP}|{_GROUP}{_LINE_END}{digits}){_USUAL_GAP}{_GROUP}"
    )
    pattern = rf"(?:^|[^A-Za-z0-9])(?:{apart}|{groups}|{broken})(?:[^A-Za-z0-9]|$)"
    return re2.compile(pattern.encode("latin-1"), options)


_trigger = _compiled_trigger()
