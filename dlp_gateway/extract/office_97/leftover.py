"""Text in octets of no known structure: what an older version, a deletion or an unread record left behind.

Binary data is full of octets that happen to be letters, and every false word may become a false finding. So a
run counts only where it reads like something a person or a form wrote: words of one kind of case with vowels in
them, numbers of at least six digits, addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LEFT_OVER = "left-over text"
OTHER_CONTENT = "other content"

# UTF-16, little-endian: Latin, Greek, Cyrillic, Hebrew and Arabic letters, and typographic marks. Ideographs are
# left out, since any two ASCII letters beside one another look like one.
_WIDE = re.compile(
    rb"(?:[\t\r\n\x0b\x20-\x7e\xa0-\xff]\x00|[\x00-\x7f]\x01|[\x70-\xff]\x03|[\x00-\xff]\x04|[\x90-\xff]\x05"
    rb"|[\x00-\x6f]\x06|[\x10-\x3a\xac]\x20){5,}"
)
_NARROW = re.compile(rb"[\t\r\n\x0b\x20-\x7e\x91-\x97\xa0\xa3\xc0-\xff]{6,}")
_FOREIGN_EDGE = re.compile(r"^[^\x00-\x7f]+|[^\x00-\x7f]+$")
_LINE_END = re.compile(r"[\r\n\x0b\t]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_PARTS = re.compile(r"['’]|(?<=[a-z])(?=[A-Z])")
_SHORT_PARTS = frozenset(("Mc", "De", "Di", "Du", "La", "Le", "Al", "El", "Ap", "O", "D"))
_VOWEL = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ]", re.IGNORECASE)
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-xz]{6,}", re.IGNORECASE)
# Of bounded length from each start, so that the time stays linear.
_ADDRESS = re.compile(r"[\w.+-]@[\w-]{2,63}\.[a-z]{2}|(?:https?|mailto|ftp):\S{4}", re.IGNORECASE)
_MARKS = frozenset(" .,;:!?'\"-–—‘’“”/@()&£€%+_#=*")
_LEAST_CHARS, _LEAST_UNCERTAIN, _LEAST_DIGITS, _LONG_WORD = 5, 8, 6, 4
_SAME = re.compile(r"([^\W_]|[^\x00-\x7f])\1{4}|([^\W_]{2})\2{2}")
# Names of streams in older directories, addresses of XML vocabularies, keys of macro projects.
_OF_PROGRAMS = re.compile(
    r"__(?:substg1|properties_ver|nameid_ver|recip_ver|attach_ver)|schemas\.(?:openxml|microsoft)"
    r"|^(?:ID|CMG|DPB|GC)=\"|^<\?xml "
)


def left_over(pieces: Iterable[bytes], known: set[str], *, narrow: bool = True) -> str:
    """The lines that read like text and aren't among the `known` ones, each once, in order.

    `narrow` looks for 8-bit text besides UTF-16. `known` receives what was found. Linear in the octets.
    """
    found: list[str] = []
    for octets in pieces:
        for line in _lines(octets, narrow):
            if line not in known:
                known.add(line)
                found.append(line)
    return "\n".join(found)


def known_lines(texts: Iterable[str]) -> dict[str, None]:
    """The lines of texts that were read, in the form in which `left_over` compares them, each once and in order."""
    return dict.fromkeys(line.strip() for text in texts for line in _LINE_END.split(text))


def _lines(octets: bytes, narrow: bool) -> Iterator[str]:
    runs = [(match.start(), True, match[0].decode("utf-16-le", "replace")) for match in _WIDE.finditer(octets)]
    if narrow:
        runs += [(match.start(), False, match[0].decode("cp1252", "replace")) for match in _NARROW.finditer(octets)]
        runs.sort()
    for _, wide, run in runs:
        for line in _LINE_END.split(run):
            text = line.strip()
            if not wide and not reads_like_text(text, certain=False):
                text = _FOREIGN_EDGE.sub("", text)  # octets before and after text that happen to be letters
            if reads_like_text(text, certain=wide):
                yield text


def reads_like_text(text: str, *, certain: bool = True) -> bool:
    """Whether a line is more than octets that happen to be letters. Among octets of one a character they happen to be
    so more often than among those of two: then, not `certain`, more is asked for."""
    if len(text) < _LEAST_CHARS or len(set(text)) < 4 or _SAME.search(text) or _OF_PROGRAMS.search(text):
        return False
    letters = sum(map(str.isalpha, text))
    digits = [character for character in text if character.isdigit()]
    marks = sum(character in _MARKS for character in text)
    if letters + len(digits) + marks < 0.95 * len(text) or letters + len(digits) + text.count(" ") < 0.7 * len(text):
        return False
    if len(digits) >= _LEAST_DIGITS and letters <= 4 + len(digits) and _is_mixed(digits):
        return True
    if _ADDRESS.search(text):
        return True
    return _has_words(text, letters, certain)


def _is_mixed(digits: list[str]) -> bool:
    """Numbers of people and things are not of one or two digits again and again."""
    return len(set(digits)) >= 3 and max(map(digits.count, set(digits))) <= 0.6 * len(digits)


def _has_words(text: str, letters: int, certain: bool) -> bool:
    words = _WORD.findall(text)
    likely = [word for word in words if _likely(word)]
    longest = max(map(len, likely), default=0)
    if longest < _LONG_WORD or len(set(text.lower())) < min(5, letters) or len(set(text)) * 12 < min(len(text), 144):
        return False
    if not certain:
        foreign = sum(not character.isascii() for character in text if character.isalpha())
        few = longest < _LONG_WORD + 1 and sum(len(word) >= _LONG_WORD for word in likely) < 2
        if len(text) < _LEAST_UNCERTAIN or foreign > 0.2 * letters or few:
            return False
    # Initials and abbreviations speak neither for nor against.
    counted = letters - sum(len(word) for word in words if len(word) <= 3 and word.isupper())
    said = sum(map(len, likely))
    return said >= (0.7 if certain else 0.8) * counted and said >= 0.4 * letters


def _likely(word: str) -> bool:
    if len(word) == 1:
        return word in "aAI"
    if len(word) >= 5 and len(set(word.lower())) < 3:
        return False
    if not (word.islower() or word.isupper() or word[1:].islower() or _is_joined(word)):
        return False
    if not word.isascii() and all(ord(character) >= 0x370 for character in word):
        return True  # another alphabet: its vowels aren't listed here
    return _VOWEL.search(word) is not None and _CONSONANTS.search(word) is None


def _is_joined(word: str) -> bool:
    """McDonald, O'Brien, SharePoint: words, each begun by a capital letter."""
    parts = _PARTS.split(word)
    return len(parts) >= 2 and all(part in _SHORT_PARTS or (part[1:].islower() and len(part) >= 3) for part in parts)
