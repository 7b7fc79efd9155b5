"""Names at the edges of a text: the first line that addresses somebody without a greeting, the last that signs without
a sign-off; and surnames before "family", behind "R v", behind two people's initials."""

from __future__ import annotations

import re
from collections.abc import Iterator

import re2

from .lists import FIRST, LAST, NAME, ORDINARY, PLACE, NameLists, ends_name, never, strong_first, strong_last, unknown
from .match import NameKind, NameMatch
from .things import is_thing
from .words import CAPITAL_WORD

_WORD = r"[^\W\d_](?:[^\W\d_]|['\-](?=[^\W\d_])){1,20}"
_FIRST_LINE = re.compile(rf"\s*(?P<name>{_WORD}(?: {_WORD})?)[ \t]*(?P<end>,(?=[ \t]*\n)|,(?= [a-z])|[:!]|-(?= )|\n)")
_LAST_LINE = re.compile(
    rf"(?m)^(?P<before>[^\n]*)\n(?P<blank>[ \t]*\n)*[ \t>]*"
    rf"(?:- ?|[Ll]ove,? |[Tt]a |[Tt]hx |[Tt]hanks |[Cc]heers )?"
    rf"(?P<name>{_WORD}(?: {_WORD}){{0,2}}(?: [B-WYZ]\.?(?![\w'’]))?)"
    r"(?: [xX]{1,3})?[.,]?"
    r"(?: ?(?:,|\(|\||- | x\d)[^\n]{0,60})?[ \t]*"
    r"(?:\s*\Z|\n\s*(?:From:|-{4,}|_{8,}|On [^\n]{5,80}wrote:|>|Sent from ))"
)
# The line below an empty one that names who signs, with a job or a team in the lines below it.
_ABOVE_JOB = re.compile(
    rf"\n[ \t]*\n[ \t]*(?P<name>{_WORD}(?: {_WORD})?)[ \t]*(?:\n[ \t]*[A-Z][^\n.!?:@]{{2,70}}){{1,3}}\s*\Z"
)
_WIDEST_END = 400
_FAMILY = re2.compile(
    r"(?:'s)? (?:family|household|children|siblings|brothers|sisters|boys|girls|twins|matter|case|"
    r"boy|girl|lad|lads|kids|"
    r"FAMILY|CHILDREN|SIBLINGS)\b"
)
_WORD_BEFORE = re.compile(rf"(?<![\w'\-])(?P<name>{_WORD})$")
_OF_PEOPLE = frozenset({"family", "kids", "children", "siblings", "brothers", "sisters", "twins"})
_VERSUS = re2.compile(r"\b(?:R|Regina|Rex|Re|re)\.? v\.? ")
_TWO_INITIALS = re2.compile(
    r"(?:^|[^\p{L}\p{N}_&.])(?P<start>(?:[A-Z]\.? ?){1,3})(?:&|and|AND) (?:(?:Mrs|MRS|Mr|MR|Ms|MS|Miss|MISS)\.? )?"
    r"(?:[A-Z]\.? ){1,3}"
)
_NAME = re.compile(rf"(?P<name>{_WORD})")


def at_edges(text: str, lists: NameLists) -> Iterator[NameMatch]:
    """The names that stand there, in no order."""
    yield from _first_line(text, lists)
    for line in _LAST_LINE.finditer(text, max(0, len(text) - _WIDEST_END)):
        yield from _signed(line, lists)
    above = _ABOVE_JOB.search(text, max(0, len(text) - _WIDEST_END))
    if above is not None and _signs_above_job(above["name"], lists):
        yield _made(above, NameKind.SIGN_OFF, 0.65)
    yield from _families(text, lists)
    for trigger in _VERSUS.finditer(text):
        name = _NAME.match(text, trigger.end())
        if name is not None and name["name"][0].isupper() and not never(lists.flags(name["name"])):
            yield _made(name, NameKind.CALLED, 0.7)
    for trigger in _TWO_INITIALS.finditer(text):
        name = _surname_at(text, trigger.end(), lists)
        if name is not None and not is_thing(text, *name.span()):
            start = trigger.start(trigger.re.groupindex["start"])
            yield NameMatch(kind=NameKind.CALLED, start=start, end=name.end(), confidence=0.7)


def _surname_at(text: str, at: int, lists: NameLists) -> re.Match[str] | None:
    """The word that begins there, if it can be a surname."""
    match = _NAME.match(text, at)
    if match is None or len(match["name"]) < 3 or not match["name"][0].isupper():
        return None
    flags = lists.flags(match["name"])
    return match if (flags & LAST or unknown(flags)) and not ends_name(flags) else None


def _families(text: str, lists: NameLists) -> Iterator[NameMatch]:
    for trigger in _FAMILY.finditer(text):
        match = _WORD_BEFORE.search(text, max(0, trigger.start() - 24), trigger.start())
        if match is None or not match["name"][0].isupper():
            continue
        flags = lists.flags(match["name"])
        many = trigger.group().split()[-1].lower() in _OF_PEOPLE
        known = strong_last(flags) or (many and (flags & LAST or unknown(flags)) and not ends_name(flags))
        if known and not flags & PLACE:
            yield _made(match, NameKind.CALLED, 0.65)


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
    words = _without_initial(match["name"].split())
    flags = [lists.flags(w) for w in words]
    apart = match["blank"] is not None or not match["before"].strip()
    after_sentence = match["before"].rstrip().endswith((".", "!", "?", ")"))
    strange = (
        len(words) == 2 and after_sentence and all(unknown(f) or f & NAME for f in flags) and match["name"].istitle()
    )
    alone = after_sentence and len(words) == 1 and words[0].istitle()  # "...in the car park.\nNardos"
    if not strange and (not _can_sign(words, flags) or not (apart or alone or strong_first(flags[0]))):
        return
    yield _made(match, NameKind.SIGN_OFF, 0.7)


def _without_initial(words: list[str]) -> list[str]:
    """The words without the first letter of a surname behind a first name: "Ivy H"."""
    return words[:-1] if len(words) > 1 and len(words[-1].strip(".")) == 1 else words


def _signs_above_job(name: str, lists: NameLists) -> bool:
    words = name.split()
    flags = [lists.flags(w) for w in words]
    return name.istitle() and bool(flags[0] & FIRST) and not any(ends_name(f) for f in flags)


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
