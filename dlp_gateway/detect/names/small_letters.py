"""Names in small letters: "spoke to dave smith about", "can you call mrs begum"."""

from __future__ import annotations

import re
from collections.abc import Iterator

import re2

from .lists import FIRST, LAST, ORDINARY, NameLists, ends_name, fold, never, strong_last, unknown
from .match import NameKind, NameMatch
from .things import SURNAMES_OF_STREETS, THINGS
from .words import PARTICLES

_BLANKS = {code: " " for code in range(128) if not chr(code).isalpha()}
_WORDS = re.compile(r"[^\W\d_]{3,}")
_SMALL = r"[a-z][a-z'\-]*[a-z]"
_TITLED = re2.compile(
    r"(?:^|[^\p{L}'@._/\-])(?P<title>(?i:mr|mrs|miss|ms|mx|dr|prof|cllr|councillor)\.?"
    r"(?:[ ](?:&|and)[ ](?i:mr|mrs|miss|ms|dr)\.?)?)"
    rf"[ ](?P<value>(?:[a-z]\.?[ ]){{0,2}}{_SMALL}(?:[ ]{_SMALL})?)"
)
_LABELLED = re2.compile(
    r"(?m)(?:^|[ (;,])(?i:(?:full |first |last |my |client |tenant |customer |her |his )?name is|"
    r"(?:full |client |tenant |customer |child )?name|tenant|client|patient|"
    rf"caller|contact|resident|claimant)(?:[ ]?[:=][ ]*|[ ])(?P<value>{_SMALL}(?:[ ]{_SMALL}){{0,2}})"
)
_BEFORE_ONE = re.compile(
    r"(?:\b(?:spoke(?:n)?|speak|talk(?:ed)?|chat(?:ted)?|write|wrote|said|reply|replied|sent|send|given|passed|pass) "
    r"(?:to|with|by)|\b(?:call(?:ed)?|ring|rang|phone|phoned|email|emailed|text|texted|chase|ask|asked|tell|told|"
    r"visit|visited|saw|met|with|for|from|by|named|is|and|let|cc|copy|copying|mum|dad|mother|father|son|daughter|brother|"
    r"sister|wife|husband|partner|uncle|aunt|nan|friend|neighbour|tenant|client|colleague|landlord|carer)|"
    r"(?:^|[\n>])[ \t]*(?:hi|hello|hey|hiya|dear|morning|(?:many |kind |best )?(?:thanks|cheers|regards|wishes)|"
    r"good morning|good afternoon))"
    r"[,:]?(?: |\s{0,3}\n)$",
    re.IGNORECASE,
)
_VERB_AFTER = re.compile(
    r" (?:is|was|has|had|will|said|says|told|asked|wants|lives|needs|called|rang|phoned|emailed|came|went|from)\b|'s\b"
)


_NEXT = re.compile(r"[ ](?:[a-z]\.?[ ])?([^\W\d_](?:[^\W\d_]|['\-](?=[^\W\d_]))*)\b")


_BEFORE_LAST = re.compile(r"(?:^|[\s(\"',])([^\W\d_](?:[^\W\d_]|['\-](?=[^\W\d_]))+)[ ](?:[a-z]\.?[ ])?$")


class SmallLetters:
    """Finds names in small letters."""

    def __init__(self, lists: NameLists, surnames_that_are_words: frozenset[str]) -> None:
        self._lists = lists
        self._first = lists.plain_first_names()
        self._last = lists.plain_last_names()
        self._words = surnames_that_are_words

    def find(self, text: str) -> Iterator[NameMatch]:
        """The names in small letters, in no order."""
        for match in _TITLED.finditer(text):
            yield from self._titled(text, match["title"], *match.span(match.re.groupindex["value"]))
        for match in _LABELLED.finditer(text):
            start, end = match.span(match.re.groupindex["value"])
            words = text[start:end].split()
            flags = [self._lists.flags(w) for w in words]
            if (flags[0] & FIRST or unknown(flags[0])) and len(words) > 1 and self._is_last(words[1], flags[1]):
                yield _match(NameKind.LABELLED, start, start + len(" ".join(words[:2])), 0.75)
            elif len(words) == 2 and flags[0] & FIRST and flags[1] & LAST and text[end : end + 1] in ("", "\n"):
                yield _match(NameKind.LABELLED, start, end, 0.65)
            elif words[0] in self._first:
                yield _match(NameKind.LABELLED, start, start + len(words[0]), 0.65)
        distinct = set(text.translate(_BLANKS).split())
        small = distinct & self._first
        if not text.isascii():
            small |= {w for w in distinct if not w.isascii() and w.islower() and fold(w) in self._first}
        last = distinct & self._last
        if not small and not last:
            return
        for match in _WORDS.finditer(text):
            word = match.group()
            if word in small:
                yield from self._from(text, *match.span())
            elif word in last:
                yield from self._until(text, *match.span())

    def _titled(self, text: str, title: str, start: int, end: int) -> Iterator[NameMatch]:
        if title[:1].isupper() and title[1:2].isupper():
            return
        words = text[start:end].split()
        initials = 0
        while initials < len(words) - 1 and len(words[initials].strip(".")) == 1:
            initials += 1
        word, flags = words[initials], self._lists.flags(words[initials])
        if (
            len(word) < 2
            or word in PARTICLES
            or ends_name(flags)
            or (flags & ORDINARY and not self._is_last(word, flags))
        ):
            return
        if title.lower() == "miss" and flags & ORDINARY:
            return
        count = initials + 1
        if count < len(words) and self._is_last(words[count], self._lists.flags(words[count])) and flags & FIRST:
            count += 1
        length = len(" ".join(words[:count]))
        yield _match(NameKind.TITLED, start, start + length, 0.85, title)

    def _from(self, text: str, start: int, end: int) -> Iterator[NameMatch]:
        """The name that begins with a first name."""
        if _in_word(text, start, end):
            return
        after = _NEXT.match(text, end)
        if after and after[1] in THINGS and after[1] not in SURNAMES_OF_STREETS:
            return
        if after and self._is_last(after[1], self._lists.flags(after[1])):
            if not _thing_follows(text, after.end()):
                yield _match(NameKind.KNOWN, start, after.end(), 0.7)
        elif after and self._lists.flags(after[1]) & LAST and _is_line(text, start, after.end()):
            yield _match(NameKind.KNOWN, start, after.end(), 0.6)
        elif _BEFORE_ONE.search(text[max(0, start - 20) : start]):
            yield _match(NameKind.CALLED, start, end, 0.6)
        elif end - start > 3 and (_VERB_AFTER.match(text, end) or _in_small_line(text, start, end)):
            yield _match(NameKind.CALLED, start, end, 0.55)

    def _until(self, text: str, start: int, end: int) -> Iterator[NameMatch]:
        """The name that ends with a last name, where what stands before can be a first name."""
        before = _BEFORE_LAST.search(text, max(0, start - 24), start)
        if before is None or _in_word(text, start, end) or _thing_follows(text, end):
            return
        flags = self._lists.flags(before[1])
        if not never(flags) and (flags & FIRST or unknown(flags)) and before[1] not in self._first:
            yield _match(NameKind.KNOWN, before.start(1), end, 0.65 if flags & FIRST else 0.55)

    def _is_last(self, word: str, flags: int) -> bool:
        return len(word) > 1 and not never(flags) and bool(flags & LAST) and (strong_last(flags) or word in self._words)


def _in_word(text: str, start: int, end: int) -> bool:
    """Whether the letters are part of an address, a path, a double name or an identifier."""
    if start and (text[start - 1].isalnum() or text[start - 1] in "_@./'#-"):
        return True
    after = text[end : end + 2]
    return bool(after) and (
        after[0].isalnum() or after[0] in "_@/" or (after[0] in ".-'" and after[1:].isalnum() and after != "'s")
    )


def _thing_follows(text: str, end: int) -> bool:
    after = _NEXT.match(text, end)
    return after is not None and after[1] in THINGS


def _is_line(text: str, start: int, end: int) -> bool:
    """Whether a name fills its line."""
    return text[:start].rstrip(" \t>-*")[-1:] in ("", "\n") and text[end : end + 1] in ("", "\n", ",")


def _in_small_line(text: str, start: int, end: int) -> bool:
    """Whether the line has no capital at all: whoever wrote it has none for names either."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line = text[max(first, start - 200) : min(end + 200, last if last >= 0 else len(text))]
    return line.islower() and len(line) > end - start + 8


def _match(kind: NameKind, start: int, end: int, confidence: float, title: str = "") -> NameMatch:
    return NameMatch(kind=kind, start=start, end=end, confidence=confidence, title=title)
