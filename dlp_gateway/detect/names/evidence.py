"""What around a word speaks for a person: verbs of people, sentences that begin there."""

from __future__ import annotations

import re

_ACTS = re.compile(
    r"'s\b(?! [A-Z])|,? (?:is|was|has|had|will|would|can|could|said|says|told|asked|wants|lives|needs|does|did|went|"
    r"came|who|spent|called|rang|phoned|emailed|wrote|thinks|feels|moved|works|attended|confirmed|reported|stated)\b"
    r"|,? and I\b"
)
# Only people do these, or they happen to nobody else.
_ONLY_PEOPLE = re.compile(
    r",? (?:also |then |has |had |never |always |already |just |still |now )?"
    r"(?:lives?|lived|feels?|felt|cried|died|"
    r"was born|is aged|thinks|thought|hopes?|hoped|wept|smiled|laughed|married|retired|began (?:writing|working|crying)|"
    r"turned up|came in|walked|ran|slept|sat|drove|fell|wants? to|wanted to|likes?|liked|loves?|loved|hates?|"
    r"remember(?:s|ed)|forgot|disclosed|admitted|denied|denies|presented|replied|is very|is really|was very|"
    r"is (?:happy|sad|unwell|ill|pregnant|disabled|deaf|blind|married|single|retired|from)\b|"
    r"was (?:happy|sad|upset|unwell|ill|arrested|taken|admitted|discharged|seen|distressed|angry|late|asleep|drunk)|had given|gave|told|"
    r"spent (?:a|the|two|three) |phoned|rang|texted|self-harm|hit|punched|kicked|struggles|cannot|can't|doesn't|didn't|"
    r"isn't|wasn't|hasn't|won't)\b"
)
_BEFORE_PEOPLE = re.compile(
    r"(?:\b(?:says|said|asked|told|tells|replied|shouted|thanks to|according to|call(?:ed)? (?:me|him|her|them)|called|"
    r"I'm|I am|he's|she's|this is|married to|born|née|nee|ex-[a-z]+|"
    r"(?:last |first |middle |maiden |family )?name(?: is| was|,|:|\?)|changed? it to|known as|signed by|written by|"
    r"spoke (?:to|with)|met(?: with)?|son of|daughter of|wife of|husband of|mother of|father of|brother of|sister of)"
    r"|\b[A-Z]?[a-z]+'s name is) $",
    re.IGNORECASE,
)


def acts(text: str, end: int) -> bool:
    """Whether what follows is what people do: a verb, or something of theirs."""
    return _ACTS.match(text, end) is not None


def is_a_person(text: str, start: int, end: int) -> bool:
    """Whether the words around leave nobody but a person."""
    return (
        _ONLY_PEOPLE.match(text, end) is not None or _BEFORE_PEOPLE.search(text[max(0, start - 24) : start]) is not None
    )


def starts_sentence(text: str, start: int) -> bool:
    """Whether the capital at `start` may be that of any word: at the start of a line, a sentence or an item."""
    before = text[max(0, start - 6) : start].rstrip(" \t>*\"'(-")
    return not before or before[-1] in ".!?:\n|\u2022"
