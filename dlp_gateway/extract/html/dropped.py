"""What the parser drops of a page without a word: browsers show none of it, its source does."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Each takes what it began, so that all are linear.
_DOCTYPE = re.compile(r"<!doctype\s*+([^>]*+)", re.IGNORECASE)
_KNOWN_DOCTYPE = re.compile(
    r"html(?:\s+(?:PUBLIC|SYSTEM)(?:\s*[\"']-//W3C//DTD X?HTML [0-9.]{1,5}(?: [A-Za-z]{1,20})?(?://EN)?[\"'])?"
    r"(?:\s*[\"'](?:https?://www\.w3\.org/TR/[A-Za-z0-9/.\-]{1,60}|about:legacy-compat)[\"'])?)?\s*",
    re.IGNORECASE,
)
_END_TAG = re.compile(r"</([a-zA-Z][^\s<>/]*+)[\s/]++(?!>)")
_QUOTES = re.compile("[\"']")
_START_TAG = re.compile(r"<([a-zA-Z][^<>]*+)")
_QUOTED = re.compile(r"=\s*+(?:\"[^\"]*+\"?|'[^']*+'?)")
_NAME = re.compile(r"(?<![^\s\"'<>/=])([^\s\"'<>/=]++)\s*+=")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_TELLING = re.compile(r"\d{4}|@")
_USUAL = re.compile(r"xmlns[:\w]{0,40}\s*=\s*\"[^\"]*\"|#[0-9a-fA-F]{3,8}\b")
_ROOTS = frozenset(("html", "body", "HTML", "BODY"))
_LONGEST_TAG = 20_000  # in which names are compared; a longer one is given out whole


def dropped_words(page: str) -> Iterator[str]:
    """Words in document types, and tags in which an attribute's name stands twice or that can't be where they are."""
    for match in _DOCTYPE.finditer(page):
        if not _KNOWN_DOCTYPE.fullmatch(match[1]):
            yield match[1]
    roots: dict[str, str] = {}
    for tag in dict.fromkeys(_START_TAG.findall(page)):
        if (tag[:4] in _ROOTS and _is_dropped_root(tag, roots)) or (tag.count("=") > 1 and _repeats_a_name(tag)):
            yield tag


def _is_dropped_root(tag: str, roots: dict[str, str]) -> bool:
    """Whether a tag of html or body is likely not the first one, whose attributes alone the parser hands over."""
    name, *rest = tag.split(None, 1)
    first = roots.setdefault(name.lower(), tag)
    return bool(rest) and (first is not tag or "title" in tag or bool(_TELLING.search(_USUAL.sub("", rest[0]))))


def _repeats_a_name(tag: str) -> bool:
    if len(tag) > _LONGEST_TAG:
        return True
    tag = tag.lower()
    pieces = tag.split('"')
    outside = " ".join(pieces[::2])
    if "'" not in outside and outside.count("=") * 2 == len(pieces) - 1:  # each value in double quotes, as is usual
        names = [words.split()[-1] for words in outside.split("=")[:-1] if words.strip()]
        return len(set(names)) < len(names)
    names = _NAME.findall(tag)
    if len(set(names)) == len(names):
        return False
    names = _NAME.findall(_QUOTED.sub("= ", tag))  # once more without values, in which names may stand as well
    return len(set(names)) < len(names)


def has_attributes_at_the_end(page: str) -> bool:
    """Whether an end tag has more than its name."""
    return _END_TAG.search(page) is not None


def without_quotes(page: str) -> str:
    """The page as somebody reads it who knows no quotes and ends each tag where the next begins: after a quote too many
    or too few, everybody sees another page."""
    return _END_TAG.sub(r"</\1> ", _QUOTES.sub(" ", page)).replace("<", "><")


def without_tags(text: str) -> str:
    """The text without tags, but for those in which something could be an identifier or an address."""
    return _TAG.sub(lambda tag: f" {tag[0][1:-1]} " if _TELLING.search(tag[0]) else "", text)
