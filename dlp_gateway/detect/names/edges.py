"""Names at the edges of a text: the first line that addresses somebody without a greeting, the last that signs without
a sign-off; and surnames before "family", behind "R v", behind two people's initials."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .lists import FIRST, LAST, ORDINARY, PLACE, NameLists, ends_name, never, strong_first, strong_last, unknown
from .match import NameKind, NameMatch
from .things import is_thing
from .words import CAPITAL_WORD

_WORD = r"[^\W\d_](?:[^\W\d_]|['\-](?=[^\W\d_])){1,20}"
_FIRST_LINE = re.compile(rf"\s*(?P<name>{_WORD}(?: {_WORD})?)[ \t]*(?P<end>,(?=[ \t]*\n)|,(?= [a-z])|[:!]|-(?= )|\n)")
_LAST_LINE = re.compile(
    rf"(?m)^(?P<before>[^\n]*)\n(?P<blank>[ \t]*\n)*[ \t>]*(?:- ?|Love,? )?(?P<name>{_WORD}(?: {_WORD}){{0,2}})"
    r"(?: [xX]{1,3})?[.,]?"
    r"(?: ?(?:,|\(|\||- | x\d)[^\n]{0,60})?[ \t]*"
    r"(?:\s*\Z|\n\s*(?:From:|-{4,}|_{8,}|On [^\n]{5,80}wrote:|>|Sent from ))"
)
_WIDEST_END = 400
_FAMILY = re.compile(
    rf"(?<![\w'\-])(?P<name>{_WORD})(?:'s)? (?P<of>family|household|children|siblings|brothers|sisters|boys|"
    r"girls|twins|matter|case|FAMILY|CHILDREN|SIBLINGS)\b"
)
_OF_PEOPLE = frozenset({"family", "children", "siblings", "brothers", "sisters", "twins"})
_VERSUS = re.compile(rf"\b(?:R|Regina|Rex|re|Re)\.? v\.? (?P<name>{_WORD})")
_TWO_INITIALS = re.compile(
    r"(?<![\w&.])(?P<start>(?:[A-Z]\.? ?){1,3})(?:&|and|AND) "
    r"(?:(?:Mrs|MRS|Mr|MR|Ms|MS|Miss|MISS)\.? )?(?:[A-Z]\.? ){1,3}"
    r"(?P<name>[A-Z](?:[^\W\d_]|['\-](?=[^\W\d_])){2,20})"
)


def at_edges(text: str, lists: NameLists) -> Iterator[NameMatch]:
    """The names that stand there, in no order."""
    yield from _first_line(text, lists)
    for match in _LAST_LINE.finditer(text, max(0, len(text) - _WIDEST_END)):
        yield from _signed(match, lists)
    for match in _FAMILY.finditer(text):
        flags = lists.flags(match["name"])
        many = match["of"].lower() in _OF_PEOPLE
        known = strong_last(flags) or (many and (flags & LAST or unknown(flags)) and not ends_name(flags))
        if known and match["name"][0].isupper() and not flags & PLACE:
            yield _made(match, NameKind.CALLED, 0.65)
    for match in _VERSUS.finditer(text):
        flags = lists.flags(match["name"])
        if match["name"][0].isupper() and (flags & LAST or unknown(flags)) and not never(flags):
            yield _made(match, NameKind.CALLED, 0.7)
    for match in _TWO_INITIALS.finditer(text):
        flags = lists.flags(match["name"])
        if (flags & LAST or unknown(flags)) and not ends_name(flags) and not is_thing(text, *match.span("name")):
            yield NameMatch(kind=NameKind.CALLED, start=match.start("start"), end=match.end("name"), confidence=0.7)


def _first_line(text: str, lists: NameLists) -> Iterator[NameMatch]:
    match = _FIRST_LINE.match(text)
    if match is None:
        return
    words = match["name"].split()
    flags = [lists.flags(w) for w in words]
    if not _can_sign(words, flags) or (match["end"] == "\n" and len(words) > 1):
        return
    if unknown(flags[0]) and not (match["end"] == "," and CAPITAL_WORD.match(text, match.start("name"))):
        return
    if flags[0] & ORDINARY and match["end"] != "," and not text.startswith("\n", match.end()):
        return
    yield _made(match, NameKind.GREETING, 0.75)


def _signed(match: re.Match[str], lists: NameLists) -> Iterator[NameMatch]:
    words = match["name"].split()
    flags = [lists.flags(w) for w in words]
    apart = match["blank"] is not None or not match["before"].strip()
    if not _can_sign(words, flags) or (not apart and not strong_first(flags[0])):
        return
    yield _made(match, NameKind.SIGN_OFF, 0.7)


def _can_sign(words: list[str], flags: list[int]) -> bool:
    """Whether words can be how somebody is addressed or signs: a first name, or a strange word written like a name."""
    if any(ends_name(f) for f in flags) or not (flags[0] & FIRST or unknown(flags[0])):
        return False
    if words[0].islower():
        return len(words) == 1 and strong_first(flags[0])
    if len(words) > 1:
        return all(w[0].isupper() for w in words) and not all(unknown(f) or f & ORDINARY for f in flags)
    return words[0].istitle() and (flags[0] & FIRST != 0 or len(words[0]) <= 12)


def _made(match: re.Match[str], kind: NameKind, confidence: float) -> NameMatch:
    return NameMatch(kind=kind, start=match.start("name"), end=match.end("name"), confidence=confidence)
