"""What ties a term to a person: the words right before it; and what makes it a paper's or a body's: the words after it.

"Her diabetes", "has diabetes", "suffers from diabetes" tie it; "about diabetes", "diabetes strategy" do not.
"""

from __future__ import annotations

import re
from enum import IntEnum

from .office_words import NAMED_AFTER, OWN_AFTER, words

_REACH_BEFORE = 80
_REACH_AFTER = 60
_MOST_WORDS = 7


class Tie(IntEnum):
    """How closely a term is tied to a person: not at all, by words that also tie topics, by "her", "has", "is"."""

    NONE = 0
    LOOSE = 1
    TIGHT = 2


_WORD = re.compile(r"\S+")
_TIGHT = words(
    """his her their my your whose has have had having hasn't haven't got gets am i'm i've is isn't was wasn't were are
    aren't been being be as became becoming becomes he's she's they're they've you're you've denies denied disclosed
    suffers suffering suffered both"""
)
_COPULAS = words("is isn't was wasn't are aren't were")
_THINGS = words("it which there this that what")
_LOOSE = words(
    """with w/ takes taking take took uses using used use experiences experiencing experienced develops developed
    developing survived sustained attempted committed alleged awaiting undergoing underwent receiving receives
    received contracted diagnosed following after since without fears feared from given prescribed injecting needs
    and/or claims claiming claimed suspected possible known severe chronic acute previous facing faces face served
    serving breached under against reports reporting query ?query poss staunch devout strict lapsed probable confirmed
    recurrent"""
)
# A preposition ties where the word before it says something about a person.
_BEFORE_PREPOSITION = {
    "of": words(
        """history hx died dying risk victim victims survivor fear because diagnosis suspected accused convicted guilty
        suspicion allegation allegations symptoms signs episode episodes bout form offence offences evidence result
        accuses perpetrator witness acquitted cleared possession"""
    ),
    "to": words("due related allergic leading subject exposed witness addicted pleaded"),
    "for": words(
        """treated treatment hospital medication tablets therapy surgery operation arrested convicted cautioned wanted
        prison jailed sentenced tested test tests assessed investigated previous inside months years custody arrest
        conviction convictions caution fined charged medicated"""
    ),
    "on": words(
        """me him her them you is was are been he's she's i'm put currently now still start started went goes reliant
        dependent"""
    ),
    "in": words("is was are been he's she's placed i'm currently now still"),
    "by": words("caused affected complicated"),
}
_LABELS = words(
    """diagnosis diagnoses condition conditions medical health disability disabilities religion faith ethnicity offence
    offences conviction convictions medication allergies allergy pmh hx dx needs absence category history mother
    father mum dad injury injuries capacity cause reason flags flag concern concerns notes note circumstances
    presenting issue issues risk risks grounds ground result results outcome alert alerts mobility sen send comments"""
)
_FILLING = re.compile(r"[.:=_?-]+")  # what a form puts between a label and its value
_BREAKS = words(
    """about at into over between through around regarding re concerning if whether which that when where why how asked
    said says told will would can could should may must to our its it there this these those team week new
    covers protects prevents causes helps shows means affects includes describes explains discusses mentions tackles
    supports asks wants"""
)
_PASSES = words(
    """being having suffering taking experiencing living including growing wasting learning reading hearing eating
    worsening"""
)
_ENDS_WORD = re.compile(r"[.,;:!?)'\"|]")  # a row of a list may go on behind it without a blank
_OPENS = "([\"'"
_NO_BRIDGE = words(
    """the a an his her their my your our is was has had are were be been for from to with by at on in of as but so
    because since when while who that this last next he she they it i you we not every"""
)


_OF_PERSONS = OWN_AFTER | words("day week month quarter")  # "her day centre", "was in hospital last week"


def tie_before(text: str, start: int, limit: int) -> Tie:
    """What stands before a term that begins at `start`, in a sentence that begins at `limit`."""
    found = [m.group() for m in _WORD.finditer(text, max(limit, start - _REACH_BEFORE), start)]
    if start > 0 and found and not text[start - 1].isspace():
        found[-1] = found[-1].rstrip(_OPENS)  # a bracket or quotation mark before the term
        if found[-1] and text[start - 1] not in _OPENS:
            found.pop()  # the term is a part of this word
    spoken = [word for word in (raw.lstrip(_OPENS) for raw in found) if word]  # a bracket can stand alone: "( deaf"
    for back, raw in enumerate(reversed(spoken[-_MOST_WORDS:])):
        before = spoken[-back - 2].lower() if back + 2 <= len(spoken) else ""
        tie = _tie_of(raw.lower(), before)
        if tie is not None:
            return tie
    return Tie.NONE


def is_of_papers(text: str, end: int, tie: Tie) -> bool:
    """Whether the term that ends at `end` is in the name of a paper, event, body or post ("dementia strategy")."""
    after = text[end : end + _REACH_AFTER]
    if not after[:1].isspace() and not after.startswith(("-", "'s ", "/")):
        return False
    for place, raw in enumerate(re.split(r"[\s/-]+", after.removeprefix("'s").lstrip(" \t\n>-/"), maxsplit=3)[:2]):
        word = _ENDS_WORD.split(raw.lower(), maxsplit=1)[0]
        if word in NAMED_AFTER:
            return not (tie is Tie.TIGHT and word in _OF_PERSONS)
        if word in _NO_BRIDGE or word != raw.lower() or place == 1:
            return False
    return False


def _tie_of(word: str, before: str) -> Tie | None:
    """What a word before the term says of the tie; None: look further."""
    bare = word.rstrip(",;")
    if bare in _COPULAS and (before in _THINGS or before[:1].isdigit()):
        return Tie.NONE
    if bare in _TIGHT or bare.endswith(("'s", "s'")):
        return Tie.TIGHT
    if bare in _LOOSE:
        return Tie.LOOSE
    if bare in _BEFORE_PREPOSITION:
        is_new = bare in ("on", "for") and (not before or before.endswith((",", ";", "-")))  # "NFA, on methadone"
        return Tie.LOOSE if is_new or before.rstrip(",") in _BEFORE_PREPOSITION[bare] else Tie.NONE
    if word[-1] in ":?=_" or _FILLING.fullmatch(word):
        label = word.rstrip(":?=_.-") or before.rstrip(":?=_.-")
        return Tie.LOOSE if label in _LABELS else Tie.NONE
    if word[-1] in ".!)" or bare in _BREAKS:
        return Tie.NONE
    if bare.endswith("ing") and bare not in _PASSES:
        return Tie.NONE
    return None
