"""Names that lists know: a first name with what follows it, a last name with what stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .evidence import acts, is_a_person, reads_as_name, starts_sentence
from .lists import FIRST, LAST, NAME, ORDINARY, PLACE, TOWN, WORDY, ends_name, never, strong_first, strong_last, unknown
from .match import NameKind, NameMatch
from .things import SURNAMES_OF_STREETS, THINGS, after_article, at_a_place, in_address, is_thing, on_the_way
from .words import Word

_LONGEST = 6  # words of a name, initials included
_ENDS_INITIALS = re.compile(r"\.?(?:[ \t]{1,3}[^\w\s]|[ \t]{1,3}[\w/]*\d|[,;:)|\n\t]|[ ]{2}|$)")
_CAPITAL_BEFORE = re.compile(r"[A-Z][\w'\-]*[ ]$")
_CAPITAL_AFTER = re.compile(r"[ ][A-Z\d]")
_MONTHS = frozenset({"april", "may", "june", "august", "jan"})
_AGE = re.compile(r",? \((?:aged? )?\d{1,2}\)|, (?:aged? )?\d{1,2}, ")
_YEAR = re.compile(r"[ ,]{1,2}(?:19|20)\d\d\b")
SURE = 0.65
"""From here on a name stands, whatever the language model calls it."""


def known(text: str, run: Sequence[Word], *, capitals: bool) -> Iterator[NameMatch]:
    """The names in a run of words. `capitals`: the run stands in a line of capitals, where a capital says nothing."""
    index = 0
    while index < len(run):
        taken, confidence = _name_at(text, run, index, capitals=capitals)
        if confidence:
            first, last = run[index], run[index + taken - 1]
            if not is_thing(text, first.start, last.end):
                yield NameMatch(kind=NameKind.KNOWN, start=first.start, end=last.end, confidence=confidence)
            elif taken == 1 or is_thing(text, last.end, last.end):
                while index + taken < len(run) and run[index + taken].text.lower() not in THINGS:
                    taken += 1
        index += max(1, taken)


def _name_at(text: str, run: Sequence[Word], index: int, *, capitals: bool) -> tuple[int, float]:
    """How many words the name at an index of the run has, and how sure it is; no confidence for no name."""
    after = index
    while after < len(run) and run[after].initial:
        after += 1
    if after == len(run):
        return after - index, 0.0
    if after > index:
        confidence = _with_initials(text, run, index, after)
        return (_extent(run, index, after), confidence) if confidence else (after - index, 0.0)
    following = index + 1
    while following < len(run) and run[following].initial:
        following += 1
    if following < len(run):
        one, other = run[index], run[following]
        confidence = pair(one.flags, other.flags)
        if not confidence and following > index + 1 and unknown(one.flags) and not ends_name(other.flags):
            confidence = 0.6  # an initial between two strange words
        if confidence and not _is_only_case(text, one, other, capitals=capitals):
            count = _extent(run, index, following)
            return count, _doubted(text, run[index], run[index + count - 1], confidence)
    if following > index + 1 and _is_surname_with_initials(text, run[index], run[following - 1]):
        return following - index, SURE
    return 1, _single(text, run[index], capitals=capitals)


def _is_surname_with_initials(text: str, surname: Word, last: Word) -> bool:
    """Whether a surname in capitals stands before initials, as in lists: "HOLLOWAY J AJ200365A"."""
    is_surname = surname.text.isupper() and len(surname.text) > 2 and bool(surname.flags & NAME)
    if not is_surname or surname.flags & (ORDINARY | PLACE) or never(surname.flags):
        return False
    return _ENDS_INITIALS.match(text, last.end) is not None


def pair(one: int, other: int) -> float:
    """How surely two words that follow each other, by their flags, are a name."""
    if never(one) or never(other):
        return 0.0
    if strong_first(one):
        return 0.75 if other & NAME else 0.65 if unknown(other) else 0.0
    if strong_last(one) and strong_first(other):
        return 0.65
    if one & FIRST and (strong_last(other) or strong_first(other)):
        return 0.7
    if one & FIRST and other & LAST and not other & PLACE:
        return 0.6
    if strong_last(other) and (unknown(one) or strong_last(one)):
        return 0.55
    if one & FIRST and unknown(other):
        return 0.55
    if one & LAST and strong_first(other):
        return 0.55
    return 0.0


def _extent(run: Sequence[Word], index: int, sure: int) -> int:
    """The number of words of a name from `index` whose words up to `sure` are settled."""
    end = sure + 1
    doubtful = 0
    while end < len(run) and end - index < _LONGEST:
        word = run[end]
        following = run[end + 1] if end + 1 < len(run) else None
        if word.initial:
            if following is None or following.initial or ends_name(following.flags):
                break
        elif ends_name(word.flags):
            break
        elif not word.flags & NAME or word.flags & ORDINARY:
            doubtful += 1
            if doubtful > 1:
                break
        end += 1
    return end - index


def _with_initials(text: str, run: Sequence[Word], index: int, after: int) -> float:
    word = run[after]
    if ends_name(word.flags) or (len(word.text) <= 3 and word.text.isupper()):
        return 0.0
    dotted = text[run[after - 1].end : run[after - 1].end + 1] == "."
    several = after - index > 1
    if not dotted and not several and run[index].text in ("I", "A", "O", "X") and not strong_last(word.flags):
        return 0.0
    if strong_last(word.flags):
        return 0.65
    if (dotted or several) and (word.flags & LAST or unknown(word.flags)):
        return SURE if dotted else 0.6
    return 0.0


def _is_only_case(text: str, one: Word, other: Word, *, capitals: bool) -> bool:
    """Whether two words may have their capitals for another reason than that of names: "Will Brown", "MARK GREEN"."""
    weak = bool(one.flags & ORDINARY)
    if capitals:
        sure = strong_first(other.flags) or strong_last(other.flags) or is_a_person(text, other.start, other.end)
        return (weak or unknown(one.flags)) and not sure
    for word in (one, other):
        if word.text.isupper() and 1 < len(word.text) <= 4 and not word.flags & NAME:
            return True
    if not weak or strong_last(other.flags) or not starts_sentence(text, one.start):
        return False
    return not acts(text, other.end)


def _doubted(text: str, first: Word, last: Word, confidence: float) -> float:
    """The confidence in a name that may be that of a street or building."""
    ending = last.text.lower()
    if ending in THINGS:
        place = (
            at_a_place(text, first.start) or in_address(text, first.start, last.end) or after_article(text, first.start)
        )
        two = sum(len(word.strip(".")) > 1 for word in text[first.start : last.end].split()) == 2  # initials apart
        person = strong_first(first.flags) or acts(text, last.end)
        return 0.55 if two and person and ending in SURNAMES_OF_STREETS and not place else 0.0
    sure = strong_first(first.flags) and last.flags & LAST
    if not sure and in_address(text, first.start, last.end):
        return 0.0
    return confidence


def _single(text: str, word: Word, *, capitals: bool) -> float:
    if len(word.text) < 3:
        return 0.0
    if not strong_first(word.flags):
        if word.flags & FIRST and not never(word.flags) and _AGE.match(text, word.end):
            return SURE
        if _is_wordy_person(text, word, capitals=capitals):
            return 0.6
        return SURE if _is_strange_person(text, word, capitals=capitals) else 0.0
    if word.text.isupper() and not capitals and len(word.text) < 5:
        return 0.0
    if word.flags & WORDY and starts_sentence(text, word.start) and not reads_as_name(text, word.start, word.end):
        return 0.0
    if in_address(text, word.start, word.end) or after_article(text, word.start) or _YEAR.match(text, word.end):
        return 0.0
    if word.flags & TOWN and (at_a_place(text, word.start) or on_the_way(text, word.start)):
        return 0.0
    return 0.6 if word.flags & TOWN else SURE


def _is_wordy_person(text: str, word: Word, *, capitals: bool) -> bool:
    """Whether a first name that is also an ordinary word ("Ivy", "Precious") stands alone, within a sentence, as the
    name of somebody who does something."""
    if capitals or not word.flags & FIRST or never(word.flags) or word.text.lower() in _MONTHS:
        return False
    if not word.text.istitle() or word.flags & PLACE or starts_sentence(text, word.start):
        return False
    if _CAPITAL_BEFORE.search(text[max(0, word.start - 20) : word.start]) or _CAPITAL_AFTER.match(text, word.end):
        return False
    if after_article(text, word.start) or at_a_place(text, word.start) or on_the_way(text, word.start):
        return False
    return is_a_person(text, word.start, word.end) and not is_thing(text, word.start, word.end)


def _is_strange_person(text: str, word: Word, *, capitals: bool) -> bool:
    """Whether a last name, or a word that no list holds, stands where only people stand."""
    if len(word.text) < 4 or not (strong_last(word.flags) or unknown(word.flags)):
        return False
    if word.text.isupper() and not capitals:
        return False
    if _AGE.match(text, word.end) and text[word.end] == ",":
        return True
    return is_a_person(text, word.start, word.end, heard_of=not unknown(word.flags)) and not (
        on_the_way(text, word.start) or at_a_place(text, word.start) or in_address(text, word.start, word.end)
    )


_DATE_AFTER = re.compile(r"[ \t]+\(?(?:DOB:? ?|dob:? ?|b\.? ?|born )?\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}")
_ENDS_SURNAME_FIRST = re.compile(r"[ \t]*(?:[(<\[;:|\n\t.\-]|$|,? (?:\d|DOB|D\.O\.B|dob|born|aged|NHS|of \d))")


def surname_first(text: str, previous: Sequence[Word] | None, run: Sequence[Word]) -> Iterator[NameMatch]:
    """A surname before a first name: "KHAN Mohammed" within a run, "Smith, John" over the comma between two."""
    for index in range(len(run) - 1):
        one, other = run[index], run[index + 1]
        if one.text.isupper() and len(one.text) > 1 and not other.text.isupper() and _can_be_surname(one, other):
            end = min(len(run), index + 2 + (index + 2 < len(run) and not ends_name(run[index + 2].flags)))
            yield NameMatch(kind=NameKind.KNOWN, start=one.start, end=run[end - 1].end, confidence=0.7)
    if not previous or text[previous[-1].end : run[0].start] != ", " or len(previous) > 3:
        return
    surname, given = previous[-1], run[0]
    if not _can_be_surname(surname, given):
        return
    sure = surname.text.isupper() and len(surname.text) > 2
    alone = starts_sentence(text, previous[0].start) and _ENDS_SURNAME_FIRST.match(text, run[-1].end)
    dated = _DATE_AFTER.match(text, run[-1].end) is not None
    if sure or dated or (alone and len(run) < 4 and not surname.flags & (FIRST | PLACE)):
        last = run[1] if len(run) > 1 and (run[1].initial or run[1].flags & NAME) else given
        yield NameMatch(kind=NameKind.KNOWN, start=surname.start, end=last.end, confidence=0.7)


def _can_be_surname(surname: Word, given: Word) -> bool:
    if never(surname.flags) or never(given.flags) or not given.flags & FIRST:
        return False
    if unknown(surname.flags):
        return strong_first(given.flags) and len(surname.text) > 4
    return bool(surname.flags & LAST) and (not surname.flags & (ORDINARY | PLACE) or strong_first(given.flags))
