"""What in a message might stand in an index of the council's records: the findings, and every plausible name, date,
number and address of its text and tables, whether or not anything else makes it personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import re2

from ...model import Category
from ..found import Found, Reading
from ..normalise import Canonical, canonical
from .dates import date_forms, dates_in
from .normal_forms import (
    email_form,
    joined,
    name_words,
    phone_form,
    postcode_form,
    reference_form,
    spoken_forms,
)

_CAPITALISED = r"\p{Lu}[\p{L}']*(?:-[\p{L}']+)*"
# A name may go over the end of a line, quoted or not; "Smith, Ann" and "A. Smith" are names, too.
_BETWEEN = r"(?:\.?[ \t]{1,3}|\.|,[ ]{0,2}|[ ]?\n[ \t>]{0,4})"
_PARTICLE = r"(?:(?:de|da|di|du|la|le|van|von|der|den|bin|binti|al|el|ap|ab|ben)[ ]{1,2})"
_NAME_RUN = re2.compile(rf"{_CAPITALISED}(?:{_BETWEEN}{_PARTICLE}{{0,2}}{_CAPITALISED})*")
_RUN_WORDS, _RUN_OVERLAP = 24, 4
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_POSTCODE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}\d[A-Za-z\d]?[ ]{0,2}\d[A-Za-z]{2}(?![A-Za-z0-9])")
_PHONE = re.compile(r"(?<![\w+])[+(]{0,2}\d[\d ().-]{7,19}\d(?!\w)")
_TOKEN = re.compile(r"[A-Za-z0-9]+")
_JOINTS = frozenset(" /-._")
_MOST_TOKENS = 5  # of one reference
_LONGEST_PREFIX = 5  # letters of a word that may belong to a reference, such as HB or CASE
_LONGEST_CELL = 50  # characters; a longer one is a text
_SMALL_WORDS = frozenset(
    """a about after all also and any are as at aged been before born but by call can case client date dear did dob
    email for from had has have her hers hi him his i if in is it its mail me my no not nhs now number of off on once
    one only or our out phone please postcode rang ref reference regarding said see she he so some tel telephone than
    thank thanks that the their them then there these they this those to today told tomorrow up us was we were what
    when where which who whose will with would year years you your yours""".split()  # noqa: SIM905 - a list of a word a line would be no easier to read
)
_PIECE_CHARACTERS = 100_000  # of a message at one time
_OVERLAP = 2000  # characters that two pieces of a text have in common
_AROUND = 60  # characters to each side of a date or number, in which a name may be written in small letters

_KIND_OF_ENTITY = {
    "PERSON": "name",
    "DATE_OF_BIRTH": "date_of_birth",
    "UK_POSTCODE": "postcode",
    "UK_ADDRESS": "postcode",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
}
_NUMBERED = frozenset({Category.REFERENCE, Category.IDENTITY, Category.FINANCIAL})


@dataclass(slots=True, kw_only=True)
class Candidate:
    """Something that might be recorded. `start` and `end` count as `Found.at` does. A name has `words`, folded and
    with their spans, since it has too many forms to keep; all else has `forms`. With `beside` it is any words, in
    capitals or not, and a name only together with the candidate that they stand around."""

    reading: Reading
    kind: str
    start: int
    end: int
    forms: tuple[tuple[str, int, int], ...] = ()
    words: tuple[tuple[str, int, int], ...] = ()
    row: int | None = None  # of a table
    beside: int | None = None  # of what stands around another candidate: where that one starts
    found: Found | None = field(default=None, repr=False)


def forms_of(
    candidate: Candidate, field_name: str, others: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, bool, int, int]]:
    """The forms of a candidate for one field of a key: form, whether it may stand alone, start, end."""
    if field_name not in ("name", "forename", "surname"):
        for form, start, end in candidate.forms:
            yield form, True, start, end
        return
    for words in (candidate.words,) if candidate.beside is None else _runs_around(candidate):
        yield from _forms_of_words(words, field_name, others)


def _forms_of_words(
    words: Sequence[tuple[str, int, int]], field_name: str, others: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, bool, int, int]]:
    if field_name == "name":
        for form, alone, first, last in spoken_forms([w for w, _, _ in words], others):
            yield form, alone, words[first][1], words[last - 1][2]
    elif field_name == "forename":
        for word, start, end in words:
            for form in (word, *others.get(word, ())):
                yield form, False, start, end
    else:
        for first in range(len(words)):
            for last in range(first + 1, min(first + 3, len(words)) + 1):
                yield joined([w for w, _, _ in words[first:last]]), False, words[first][1], words[last - 1][2]


def of_findings(found: Iterable[Found]) -> Iterator[Candidate]:
    """What was found already, as candidates."""
    for item in found:
        kind = _KIND_OF_ENTITY.get(item.entity) or ("reference" if item.category in _NUMBERED else None)
        if kind is None:
            continue
        span = (item.at, item.until)
        words = tuple((word, *span) for word, _, _ in name_words(item.value)) if kind == "name" else ()
        forms = () if kind == "name" else tuple((form, *span) for form in _value_forms(kind, item.value))
        if words or forms:
            yield Candidate(
                reading=item.reading,
                kind=kind,
                start=item.at,
                end=item.until,
                forms=forms,
                words=words,
                row=item.row,
                found=item,
            )


def _value_forms(kind: str, value: str) -> Iterator[str]:
    if kind == "date_of_birth":
        yield from date_forms(value)
        yield from (form for forms, _, _ in dates_in(value) for form in forms)
    elif kind == "postcode":
        for match in _POSTCODE.finditer(value):
            if form := postcode_form(match.group()):
                yield form
    elif form := {"phone": phone_form, "email": email_form, "reference": reference_form}[kind](value):
        yield form


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a passage: of its canonical text, or whole rows of a table from `row` on."""

    reading: Reading
    start: int
    end: int
    row: int = 0


def pieces_of(readings: Iterable[Reading]) -> Iterator[list[Piece]]:
    """The passages in portions, so that memory does not grow with a message: what is small together, all else in
    pieces that overlap, which end at a blank; a table's at the end of a row."""
    small: list[Piece] = []
    large: list[Reading] = []
    room = _PIECE_CHARACTERS
    for reading in readings:
        length = len(_text_of(reading))
        if length <= room:
            small.append(Piece(reading=reading, start=0, end=length))
            room -= length
        else:
            large.append(reading)
    if small:
        yield small
    for reading in large:
        for piece in _cut(reading):
            yield [piece]


def _text_of(reading: Reading) -> str:
    return reading.passage.text if reading.passage.table else reading.canonical.text


def _cut(reading: Reading) -> Iterator[Piece]:
    text, table = _text_of(reading), reading.passage.table
    start = row = 0
    while start < len(text):
        end = start + _PIECE_CHARACTERS
        if end < len(text):
            at = text.rfind("\n", start, end) + 1 if table else text.rfind(" ", end - _OVERLAP // 2, end)
            # A row may be longer than a piece: it is never cut.
            end = at if at > start else (text.find("\n", end) + 1 or len(text)) if table else end
        yield Piece(reading=reading, start=start, end=min(end, len(text)), row=row)
        if table:
            row += text.count("\n", start, end)
        start = end if table or end >= len(text) else end - _OVERLAP


def of_piece(piece: Piece, kinds: frozenset[str], anchors: frozenset[str]) -> Iterator[Candidate]:
    """The plausible candidates of those kinds in a piece; around the `anchors`, names in small letters, too."""
    reading = piece.reading
    if reading.passage.table:
        yield from _of_table(piece, kinds)
        return
    text = reading.canonical.text[piece.start : piece.end]
    numbers = [_moved(one, piece.start) for one in _numbers(reading, text, kinds)]
    yield from numbers
    if "name" in kinds:
        for one in _names(reading, text, least=2 if kinds.isdisjoint(("forename", "surname")) else 1):
            yield _moved(one, piece.start)
        for one in numbers:
            if one.kind not in anchors:
                continue
            start, end = max(0, one.start - _AROUND), one.end + _AROUND
            yield Candidate(reading=reading, kind="name", start=start, end=end, beside=one.start)


def _moved(candidate: Candidate, by: int) -> Candidate:
    """The candidate of a piece, as one of its passage."""
    if by:
        candidate.start += by
        candidate.end += by
        candidate.forms = tuple((form, start + by, end + by) for form, start, end in candidate.forms)
        candidate.words = tuple((word, start + by, end + by) for word, start, end in candidate.words)
    return candidate


def _numbers(reading: Reading, text: str, kinds: frozenset[str]) -> Iterator[Candidate]:
    if "date_of_birth" in kinds:
        for forms, start, end in dates_in(text):
            yield Candidate(
                reading=reading,
                kind="date_of_birth",
                start=start,
                end=end,
                forms=tuple((form, start, end) for form in forms),
            )
    for kind, pattern, make in (
        ("postcode", _POSTCODE, postcode_form),
        ("email", _EMAIL, email_form),
        ("phone", _PHONE, phone_form),
    ):
        for match in pattern.finditer(text) if kind in kinds else ():
            if form := make(match.group()):
                start, end = match.span()
                yield Candidate(reading=reading, kind=kind, start=start, end=end, forms=((form, start, end),))
    if "reference" in kinds:
        yield from _references(reading, text)


def _names(reading: Reading, text: str, *, least: int) -> Iterator[Candidate]:
    """Runs of at least so many capitalised words; a long one, as in a text all of capitals, in pieces that overlap."""
    for match in _NAME_RUN.finditer(text):
        at = match.start()
        words = [(word, at + start, at + end) for word, start, end in name_words(match.group())]
        yield from _named(reading, words, least=least)


def _named(
    reading: Reading, words: Sequence[tuple[str, int, int]], *, least: int, row: int | None = None
) -> Iterator[Candidate]:
    """A run of words in pieces that overlap."""
    for first in range(0, max(1, len(words) - _RUN_OVERLAP), _RUN_WORDS - _RUN_OVERLAP):
        some = tuple(words[first : first + _RUN_WORDS])
        if len(some) >= least:
            yield Candidate(reading=reading, kind="name", start=some[0][1], end=some[-1][2], words=some, row=row)


def _runs_around(candidate: Candidate) -> Iterator[list[tuple[str, int, int]]]:
    """The runs of whole words between the ends of a candidate that may be a name: small words part them."""
    text = candidate.reading.canonical.text
    start, end = candidate.start, min(candidate.end, len(text))
    while start and start < end and text[start - 1].isalnum():
        start += 1
    while start < end < len(text) and text[end].isalnum():
        end -= 1
    run: list[tuple[str, int, int]] = []
    for word, first, last in name_words(text[start:end]):
        if word in _SMALL_WORDS:
            yield run
            run = []
        else:
            run.append((word, start + first, start + last))
    yield run


def _references(reading: Reading, text: str) -> Iterator[Candidate]:
    """Groups of tokens with digits that one character parts at the most: "HB 123456/7" is read in every way."""
    group: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        fits = end - start <= _LONGEST_PREFIX or any(map(str.isdigit, match.group()))
        if group and not (fits and start - group[-1][1] == 1 and text[start - 1] in _JOINTS):
            yield from _reference_group(reading, text, group)
            group = []
        if fits:
            group.append((start, end))
    yield from _reference_group(reading, text, group)


def _reference_group(reading: Reading, text: str, group: Sequence[tuple[int, int]]) -> Iterator[Candidate]:
    if not group or not any(map(str.isdigit, text[group[0][0] : group[-1][1]])):
        return
    forms: dict[str, tuple[int, int]] = {}
    for first in range(len(group)):
        for last in range(first, min(first + _MOST_TOKENS, len(group))):
            start, end = group[first][0], group[last][1]
            if form := reference_form(text[start:end]):
                forms.setdefault(form, (start, end))
    if forms:
        start, end = group[0][0], group[-1][1]
        yield Candidate(
            reading=reading,
            kind="reference",
            start=start,
            end=end,
            forms=tuple((form, *span) for form, span in forms.items()),
        )


# -- Tables: what stands in one row is about one person --


def _of_table(piece: Piece, kinds: frozenset[str]) -> Iterator[Candidate]:
    offset = piece.start
    for row, line in enumerate(piece.reading.passage.text[piece.start : piece.end].split("\n"), start=piece.row):
        yield from _of_row(piece.reading, kinds, row, line, offset)
        offset += len(line) + 1


def _of_row(reading: Reading, kinds: frozenset[str], row: int, line: str, offset: int) -> Iterator[Candidate]:
    words: list[tuple[str, int, int]] = []
    at = offset
    for cell in line.split("\t"):
        span = (at, at + len(cell))
        at += len(cell) + 1
        if not cell or cell.isspace():
            continue
        text = cell if cell.isascii() else canonical(cell).text
        if len(text) > _LONGEST_CELL or _tells(text):
            yield from _of_note(reading, text, kinds, row, span)
            continue
        if not any(map(str.isdigit, text)) and "@" not in text:
            # Forename and surname may have a cell each: a row's words are one run.
            words += [(word, *span) for word, _, _ in name_words(text)]
            continue
        for kind, form in _cell_forms(text.strip(), kinds):
            yield Candidate(reading=reading, kind=kind, start=span[0], end=span[1], forms=((form, *span),), row=row)
    if words and "name" in kinds:
        yield from _named(reading, words, least=1, row=row)


def _tells(cell: str) -> bool:
    """Whether words stand in a cell beside a number or address: "Ann Hill (2)"."""
    mixed = any(map(str.isdigit, cell)) or "@" in cell
    return mixed and sum(map(str.isalpha, cell.split())) > 1


def _of_note(
    reading: Reading, text: str, kinds: frozenset[str], row: int, span: tuple[int, int]
) -> Iterator[Candidate]:
    """What a long cell tells, such as a column of notes: read as a text of its own, but of the row's person."""
    note = replace(reading, canonical=Canonical(text=text))
    for one in (*_numbers(note, text, kinds), *(_names(note, text, least=2) if "name" in kinds else ())):
        yield Candidate(
            reading=reading,
            kind=one.kind,
            start=span[0],
            end=span[1],
            forms=tuple((form, *span) for form, _, _ in one.forms),
            words=tuple((word, *span) for word, _, _ in one.words),
            row=row,
        )


def _cell_forms(text: str, kinds: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What a cell with digits or an address can be."""
    if "@" in text:
        if "email" in kinds and (form := email_form(text)):
            yield "email", form
        return
    if "date_of_birth" in kinds:
        for form in date_forms(text):
            yield "date_of_birth", form
    if "postcode" in kinds:
        for match in _POSTCODE.finditer(text):
            if form := postcode_form(match.group()):
                yield "postcode", form
    if "phone" in kinds and text[0] in "+(0123456789" and (form := phone_form(text)):
        yield "phone", form
    if "reference" in kinds and (form := reference_form(text)):
        yield "reference", form
