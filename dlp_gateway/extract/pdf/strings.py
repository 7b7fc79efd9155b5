"""The strings in the objects of a PDF that somebody wrote or reads, each with its place.

Every string counts but those known to be syntax, so that no key can hide text (ISO 32000-2, 7.9.2, 12.5, 12.7, 14.9).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from ..budget import BudgetSpentError
from .streams import name_of

COMMENT, FORM, LINK, SCRIPT, OTHER = "comment", "form field", "link", "script", "other text in the file"
PROPERTIES, BOOKMARKS, LAYERS, ATTACHMENT = "document properties", "bookmarks", "layer names", "attachment"

MAX_OBJECTS = 300_000
_MAX_VALUES = 5_000_000
_MAX_DEPTH = 60
_LONGEST_OPTION_LIST = 10_000
# Strings that are numbers, keys and syntax: fonts, colours, digests, appearances, dates.
_SYNTAX = frozenset(
    (
        *("/ID", "/CheckSum", "/Cert", "/O", "/U", "/OE", "/UE", "/Perms", "/Registry", "/Ordering", "/Panose"),
        *("/Style", "/CharSet", "/DA", "/DS", "/CreationDate", "/ModDate", "/M", "/Lang", "/LastModified", "/Lookup"),
        *("/ColorSpace", "/CS", "/IDS", "/FontFamily", "/Stm", "/Digest", "/DigestValue", "/TransformParams"),
    )
)
_PLACES = {
    "/JS": SCRIPT,
    "/URI": LINK,
    "/Title": BOOKMARKS,
    "/Alt": "alternative text",
    "/ActualText": "alternative text",
    "/E": "alternative text",
    "/Desc": ATTACHMENT,
    "/F": ATTACHMENT,
    "/UF": ATTACHMENT,
    "/Reason": "signature",
    "/Location": "signature",
    "/ContactInfo": "signature",
    "/P": "page labels",
    "/D": "named destinations",
    "/Dest": "named destinations",
    "/Names": "named destinations",
    "/Limits": "named destinations",
}
_SEEN_BY_ALL = frozenset((BOOKMARKS, LINK, FORM, ATTACHMENT, "page labels"))
_COMMENT_KEYS = frozenset(("/Contents", "/RC", "/Subj", "/T", "/OverlayText"))
_FORM_LABELS = ("/TU", "/T", "/TM")
_FORM_VALUES = ("/V", "/DV", "/RV")
_FORM_KEYS = frozenset((*_FORM_LABELS, *_FORM_VALUES, "/Opt", "/CA", "/AC"))
_INHERITED = frozenset((FORM, COMMENT, LAYERS, "signature"))
_INVISIBLE = 1 | 2 | 32  # annotation flags: invisible, hidden, no view (ISO 32000-2, 12.5.3)
# A string, or a key that `collect` or the survey asks about: of files, appearances, fields, fonts, masks, functions.
_MATTERS = re.compile(
    rb"\(|<[0-9A-Fa-f]|/(?:A[AFP]|CharProcs|EF|FT|JS|RC|RV|V|DV|XFA|Metadata|FontFile[23]?|ToUnicode|CID|Encoding|ICC|Indexed|"
    rb"Separation|DeviceN|Functions?|TR2?|HT|BG2?|UCR2?|DestOutputProfile|TintTransform|Shading|Halftone|Thumb|S?Mask|"
    rb"Alternates|F|UF|DOS|Mac|Unix|UseCMap)\b"
)
_DATE = re.compile(r"D:\d{4}[\d:+\-'Z]*")
_IDENTIFIER = re.compile(r"[0-9a-fA-F-]{16,}")
_LANGUAGE = re.compile("\x1b[^\x1b]{0,10}\x1b")  # ISO 32000-2, 7.9.2.2
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")


@dataclass(slots=True)
class Strings:
    """What was found: (place, hidden) to its lines, in order; each line once at one place. Beside them, what a walk
    over all objects shows and is needed later."""

    lines: dict[tuple[str, bool], dict[str, None]] = field(default_factory=dict, repr=False)
    roles: dict[tuple[int, int], str] = field(default_factory=dict)  # stream to the key that refers to it
    appearances: list[tuple[Any, str, bool]] = field(default_factory=list, repr=False)  # /AP, its place, hidden
    letters: list[Any] = field(default_factory=list, repr=False)  # fonts whose letters are drawings
    files: list[Any] = field(default_factory=list, repr=False)  # file specifications with a file in them
    values: int = 0

    def add(self, place: str, text: str, *, hidden: bool) -> None:
        text = text.strip()
        if text:
            self.lines.setdefault((place, hidden), {})[text] = None

    def count(self) -> None:
        self.values += 1
        if self.values > _MAX_VALUES:
            raise BudgetSpentError("a PDF of more values than are read")


@dataclass(frozen=True, slots=True)
class _Holder:
    """Where the strings of a dictionary belong, and those of dictionaries in it."""

    place: str = OTHER
    page: int = 0
    hidden: bool = True


def text_of(string: pikepdf.String) -> str:
    """The text of a string; "" for octets that are none, for dates and for identifiers."""
    octets = bytes(string)
    try:
        text = octets.decode("utf-16-le", "replace") if octets.startswith(b"\xff\xfe") else str(string)
    except UnicodeDecodeError:  # says that it is UTF-8, and is not
        text = octets.decode("latin-1")
    text = _LANGUAGE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").rstrip("\0")
    if len(_UNPRINTABLE.findall(text)) * 10 > len(text) or _DATE.fullmatch(text) or _IDENTIFIER.fullmatch(text):
        return ""
    return text


def may_matter(thing: pikepdf.Object) -> bool:
    """Whether `collect` may find anything in an object: asked of its syntax, which is much faster. Most objects of a
    tagged document are nodes without any text."""
    return not isinstance(thing, pikepdf.Dictionary) or _MATTERS.search(thing.unparse(resolved=True)) is not None


def collect(thing: pikepdf.Object, found: Strings, pages: dict[tuple[int, int], int]) -> None:
    """Collect the strings of one object; objects that it refers to come by themselves.

    `pages` has the page number of every page and annotation. Raises BudgetSpentError.
    """
    waiting: list[tuple[Any, str, _Holder, int]] = [(thing, "", _Holder(page=pages.get(thing.objgen, 0)), 0)]
    while waiting:
        value, key, holder, depth = waiting.pop()
        found.count()
        if isinstance(value, pikepdf.String):
            _add(value, key, holder, found)
        elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            entries: Any = value.stream_dict if isinstance(value, pikepdf.Stream) else value
            keys = entries.keys()
            inner = _holder(entries, keys, holder, pages)
            _note(entries, keys, inner, found)
            for name, item in reversed(list(entries.items())):
                if _is_worth(item, name, found) and name not in _SYNTAX and depth < _MAX_DEPTH:
                    waiting.append((item, name, inner, depth + 1))
        elif isinstance(value, pikepdf.Array) and depth < _MAX_DEPTH:
            items: list[Any] = list(value)
            kind = name_of(items[0]) if items else ""
            if kind != "/Indexed":  # a table of colours
                worth = [item for item in items if _is_worth(item, kind or key, found)]
                waiting.extend((item, key, holder, depth + 1) for item in reversed(worth))


def _is_worth(item: Any, key: str, found: Strings) -> bool:
    """Whether there may be strings in a value. Numbers and booleans come as Python's own; what is referred to comes by
    itself, only its role is noted."""
    if not isinstance(item, pikepdf.Object):
        return False
    if not item.is_indirect:
        return True
    if isinstance(item, pikepdf.Stream):
        found.roles.setdefault(item.objgen, key)
    return False


def _note(entries: Any, keys: set[str], holder: _Holder, found: Strings) -> None:
    if holder.place == FORM:
        _add_field(entries, keys, holder, found)
    if "/EF" in keys:
        found.files.append(entries)
    if "/CharProcs" in keys:
        found.letters.append(entries)
    if "/AP" in keys:
        place = FORM if holder.place == FORM else _on_page(COMMENT, holder.page)
        found.appearances.append((entries["/AP"], place, _is_unseen(entries, keys)))


def _is_unseen(entries: Any, keys: set[str]) -> bool:
    flags = entries["/F"] if "/F" in keys else 0
    return isinstance(flags, int) and bool(flags & _INVISIBLE)


def _holder(entries: Any, keys: set[str], outer: _Holder, pages: dict[tuple[int, int], int]) -> _Holder:
    page = pages.get(entries.objgen, outer.page)
    kind = name_of(entries["/Type"]) if "/Type" in keys else ""
    if kind == "/OCG":
        return _Holder(LAYERS, page)
    if kind == "/Sig" or "/ByteRange" in keys:
        return _Holder("signature", page)
    subtype = name_of(entries["/Subtype"]) if "/Subtype" in keys else ""
    if "/FT" in keys or subtype == "/Widget":
        return _Holder(FORM, page, hidden=_is_unseen(entries, keys))
    if subtype and "/Rect" in keys:
        return _Holder(COMMENT, page, hidden=subtype not in ("/FreeText", "/Link") or _is_unseen(entries, keys))
    if "/T" in keys and ("/Kids" in keys or "/Parent" in keys) and "/S" not in keys:
        return _Holder(FORM, page, hidden=False)
    if outer.place in _INHERITED:
        return outer if page == outer.page else _Holder(outer.place, page, outer.hidden)
    return _Holder(OTHER, page)


def _add(value: pikepdf.String, key: str, holder: _Holder, found: Strings) -> None:
    if holder.place == FORM and key in _FORM_KEYS:
        return  # label and value have been added together
    if holder.place == "signature" and key == "/Contents":
        return  # the signature itself
    text = text_of(value)
    if holder.place == COMMENT and key in _COMMENT_KEYS:
        place, hidden = _on_page(COMMENT, holder.page), holder.hidden
    elif holder.place == LAYERS and key == "/Name":
        place, hidden = LAYERS, True
    elif holder.place == "signature" and key == "/Name":
        place, hidden = "signature", False
    else:
        place = _PLACES.get(key, OTHER)
        hidden = place not in _SEEN_BY_ALL or (holder.hidden and holder.place in (FORM, COMMENT))
    found.add(place, text, hidden=hidden)


def _on_page(place: str, page: int) -> str:
    return f"page {page}, {place}" if page else place


def _add_field(entries: Any, keys: set[str], holder: _Holder, found: Strings) -> None:
    """A form field as people read it: label, then value; its options below."""
    labels = " ".join(dict.fromkeys(text for key in _FORM_LABELS if key in keys for text in _texts(entries[key])))
    values = [text for key in _FORM_VALUES if key in keys for text in _texts(entries[key])]
    if "/MK" in keys and isinstance(entries["/MK"], pikepdf.Dictionary):
        values += [text for key in ("/CA", "/AC") for text in _texts(entries["/MK"].get(key))]
    place = f"{FORM} (hidden)" if holder.hidden else FORM
    for value in values:
        found.add(place, f"{labels}: {value}" if labels and value else value, hidden=holder.hidden)
    if not any(values):
        found.add(place, labels, hidden=holder.hidden)
    for option in _texts(entries["/Opt"]) if "/Opt" in keys else ():
        found.add(place, option, hidden=holder.hidden)


def _texts(value: Any) -> Iterator[str]:
    """The texts of a string, or of an array of strings and pairs of them."""
    if isinstance(value, pikepdf.String):
        yield text_of(value)
    elif isinstance(value, pikepdf.Name) and value != pikepdf.Name.Off:  # a box that is ticked
        yield name_of(value)[1:]
    elif isinstance(value, pikepdf.Array):
        for item in list(value)[:_LONGEST_OPTION_LIST]:
            if isinstance(item, pikepdf.String):
                yield text_of(item)
            elif isinstance(item, pikepdf.Array):
                yield from (text_of(each) for each in list(item)[:2] if isinstance(each, pikepdf.String))
