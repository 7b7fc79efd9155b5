"""What around a word speaks for a person: verbs of people, sentences that begin there."""

from __future__ import annotations

import re

_ACTS = re.compile(
    r"'s\b(?! [A-Z])|,? (?:is|was|has|had|will|would|can|could|said|says|told|asked|wants|lives|needs|does|did|went|"
    r"came|who|spent|called|rang|phoned|emailed|wrote|thinks|feels|moved|works|attended|confirmed|reported|stated)\b"
    r"|,? and I\b"
)
_ADVERB = r",? (?:also |then |has |had |never |always |already |just |still |now )?"
# Only people do these, or they happen to nobody else.
_ONLY_PEOPLE = re.compile(
    _ADVERB
    + r"(?:lives|lived|feels|felt|cried|died|was born|is aged|wept|smiled|laughed|married|slept|sat|walked|thinks|"
    r"hopes|came in|turned up|wants to|wanted to|likes|loves|hates|remembers|forgot|"
    r"is (?:happy|sad|unwell|ill|pregnant|disabled|deaf|blind|married|retired)\b|had given|"
    r"was (?:happy|sad|upset|unwell|ill|arrested|admitted|discharged|distressed|angry|asleep|drunk)\b|"
    r"has (?:dementia|autism|a (?:son|daughter|child))|self-harm|hit (?:me|him|her)\b)",
    re.IGNORECASE,
)
# Firms do these too, but not words that nobody has heard of.
_MOSTLY_PEOPLE = re.compile(
    _ADVERB
    + r"(?:disclosed|admitted|denied|denies|replied|is (?:very|really|from)|was (?:very|seen|late|taken)|gave|told|"
    r"asked|said|says|spent|phoned|rang|texted|called|wrote|ran|fell|drove|struggles|attended|moved|went|came|wants|needs|"
    r"agreed|refused|did not|didn't|complained|reported)\b",
    re.IGNORECASE,
)
_BEFORE_PEOPLE = re.compile(
    r"(?:\b(?:says|said|asked|told|tells|replied|shouted|thanks to|according to|call(?:ed)? (?:me|him|her|them)|called|"
    r"I'm|I am|he's|she's|this is|let|married to|born|née|nee|"
    r"(?:last |first |middle |maiden |family )?name(?: is| was|,|:|\?)|known as|signed by|written by|"
    r"spoke (?:to|with)|met(?: with)?|son of|daughter of|wife of|husband of|mother of|father of|brother of|sister of)"
    r"|\b[A-Z]?[a-z]+'s name is) $",
    re.IGNORECASE,
)


def follows_blank(text: str, start: int) -> bool:
    """Whether a blank or a line's end stands right before: without, no words before lead to what stands there."""
    return start > 0 and text[start - 1] in " \n"


def acts(text: str, end: int) -> bool:
    """Whether what follows is what people do: a verb, or something of theirs."""
    return _ACTS.match(text, end) is not None


def is_a_person(text: str, start: int, end: int, *, heard_of: bool = True) -> bool:
    """Whether the words around leave nobody but a person. `heard_of`: the word is known as somebody's name."""
    return (
        _ONLY_PEOPLE.match(text, end) is not None
        or (heard_of and _MOSTLY_PEOPLE.match(text, end) is not None)
        or (follows_blank(text, start) and _BEFORE_PEOPLE.search(text[max(0, start - 24) : start]) is not None)
    )


def starts_sentence(text: str, start: int) -> bool:
    """Whether the capital at `start` may be that of any word: at the start of a line, a sentence or an item."""
    before = text[max(0, start - 6) : start].rstrip(" \t>*\"'(-")
    return not before or before[-1] in ".!?:\n|\u2022"


_BEFORE_A_NAME = re.compile(
    r"\b(?:spoke to|speak to|told|asked|ask|tell|to|with|by|from|for|call|called|see|saw|and I|let|of|is|name|mum|dad|"
    r"son|daughter|brother|sister|child|kid|boy|girl|baby|but|says|said|that|if|when|where|because)[,:]? $",
    re.IGNORECASE,
)
_NOUN_AFTER = re.compile(r" (?!(?:is|was|has|says|does|his|her|this|its|as|yes|always|perhaps|us|thus)\b)[a-z]{3,}s\b")


def reads_as_name(text: str, start: int, end: int) -> bool:
    """Whether a word that is also an ordinary one is used as a name."""
    if acts(text, end) or is_a_person(text, start, end):
        return True
    called = follows_blank(text, start) and _BEFORE_A_NAME.search(text[max(0, start - 16) : start]) is not None
    alone = called or not text[end : end + 1].isspace()
    return alone and not starts_sentence(text, start) and _NOUN_AFTER.match(text, end) is None
