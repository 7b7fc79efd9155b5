"""A page as the parser sees it, element by element: no tree, whose depth limit silently drops text, and never the
standard library's parser, which takes minutes for some kilobytes.

Text comes in pieces with marks of breaks between (`html_text`); what is hidden is told by the indexes at which the
level of the text changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from lxml import etree

from ..text.script_text import is_telling
from .attributes import Words
from .names import BLOCKS_IN_COMMENTS, BREAKS, CLOSED, DOUBTED, END_BREAKS, HOLD_LINES, KEEP_LINES, NOT_SHOWN, RAW
from .order import Orders
from .sheet import Sheet, sheet_of
from .style import PLAIN, Look, Style
from .text import (
    BLOCK,
    CELL,
    DOUBTFUL,
    HIDDEN,
    LINE,
    OUTLOOK,
    PARAGRAPH,
    REVERSED,
    REVERSED_END,
    SHOWN,
    TAIL,
    TAIL_COMMENT,
    UNSEEN,
    breaks_of,
    keep_lines,
)

_PIECE_BYTES = 1 << 14
# libxml2 seeks an end tag's element through all that are open: end tags of nothing in a deep page would take it hours.
# After so many steps, a third of a second's, all end tags but those that end raw text are read as comments; after twice
# as many, those too.
_MOST_STEPS = 100_000_000
_MOST_STEPS_IN_FRAGMENTS = 1_000_000  # of which one page can hold many
_MOST_PUT_IN = 1_000_000  # characters, by styles
_END_TAG = re.compile(rb"</(?=[a-z])(?!(?:script|style|textarea|title|xmp|iframe|noembed|noframes)\b)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_ODD = NOT_SHOWN | CLOSED | KEEP_LINES | RAW | DOUBTED | {"summary"}


class _Place:
    """A look and its level, and the places inside elements that stand here, by their style."""

    __slots__ = ("inside", "level", "look")

    def __init__(self, look: Look) -> None:
        self.look = look
        if look.gone:
            self.level = HIDDEN
        else:
            self.level = UNSEEN if look.hidden else DOUBTFUL if look.doubtful else SHOWN
        self.inside: dict[Style, _Place] = {}

    def under(self, style: Style) -> _Place:
        if style is PLAIN:
            return self
        place = self.inside.get(style)
        if place is None:
            look = self.look.under(style)
            place = self.inside[style] = self if look == self.look else _Place(look)
        return place


class _Seen(NamedTuple):
    """What is known of an element with certain attributes. `sets_out`: it does more than change the look of text."""

    style: Style
    short: list[str]
    sets_out: bool


class _End:
    """What to do at the end of an element."""

    __slots__ = ("actions", "mark")

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.actions: list[Callable[[], None]] = []


class Page:
    """Receives what the parser sees, in order. What is a dict holds its keys in order, each once."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.pieces: list[str] = []
        self.switches: list[tuple[int, int]] = []
        self.words = Words()
        self.comments: dict[str, None] = {}
        self.scripts: dict[str, None] = {}
        self.put_in: set[str] = set()
        self.too_deep = False
        self.overfull = False  # styles put in more text than is read
        self.data = self.pieces.append
        self.orders = Orders(self.pieces)
        self._place = _Place(Look())
        self._level = SHOWN
        self._tags: set[str] = set()
        self._stack: list[_Place] = []
        self._seen: dict[tuple[str, tuple[tuple[str, str], ...]], _Seen] = {}
        self._ends: dict[int, _End] = {}
        self._closed_at: set[int] = set()
        self._room = _MOST_PUT_IN
        self._last_comment = ""
        self._not_for_outlook = False
        self._kept = self._capitals = False
        self._odd = _ODD | sheet.names
        self._all_odd = "*" in self._odd

    @property
    def depth(self) -> int:
        return len(self._stack)

    @property
    def ends_well(self) -> bool:
        """Whether nothing was left open, so that the parser took our tail for what it is."""
        return self._last_comment == TAIL_COMMENT

    def shown_pieces(self) -> list[str]:
        """The pieces, with "" for those that are not shown."""
        shown = list(self.pieces)
        start, level = 0, SHOWN
        for index, following in (*self.switches, (len(shown), SHOWN)):
            if level in (HIDDEN, OUTLOOK):
                shown[start:index] = [""] * (index - start)
            elif level == UNSEEN:
                shown[start:index] = map(breaks_of, shown[start:index])
            start, level = index, following
        return shown

    # -- What the parser calls --

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.orders.open:
            self.orders.sibling(len(self._stack))
        self._stack.append(self._place)
        if tag not in self._tags:
            self._tags.add(tag)
            if is_telling(tag):  # an address in angle brackets, or worse
                self.words.others[tag] = None
        if attributes or tag in self._odd or self._all_odd:
            self._start(tag, attributes)
            return
        mark = BREAKS.get(tag)
        if mark:
            self.pieces.append(mark)

    def end(self, tag: str) -> None:
        depth = len(self._stack)
        if self.orders.open:
            self.orders.leave(depth)
        end = self._ends.pop(depth, None) if self._ends else None
        if end is not None:
            for action in end.actions:
                action()
        mark = END_BREAKS.get(tag) if end is None else end.mark
        if mark:
            self.pieces.append(mark)
        place = self._stack.pop()
        if place is not self._place:
            self._place = place
            self._set_level()
        if self.orders.open:
            self.orders.sibling(depth - 1)

    def comment(self, text: str) -> None:
        self._last_comment = text
        if self.too_deep and text.isalnum():
            self.pieces.append(END_BREAKS.get(text.lower(), ""))
            return
        if text.startswith("[CDATA["):
            text = text[7:].removesuffix("]]")
            self._aside(text)
        elif text.startswith("[if") or "[endif]" in text[:12]:
            text = self._condition(text)
        if text.strip() and text != TAIL_COMMENT:
            self.comments[text] = None

    def pi(self, target: str, data: str | None = None) -> None:
        self.comments[f"{target} {data or ''}"] = None

    def close(self) -> None:
        return None

    # -- An element that is more than its name --

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        # Pages say the same thing often: the words are kept once anyhow.
        key = (tag, tuple(attributes.items()))
        seen = self._seen.get(key)
        if seen is None:
            seen = self._seen[key] = self._read(tag, attributes)
        for text in seen.short:
            self._aside(text)
        mark = BREAKS.get(tag, "")
        style = seen.style
        if not seen.sets_out:
            place = self._place.under(style)
            if place is not self._place:
                self._place = place
                self._set_level()
            if mark:
                self.pieces.append(mark)
            return
        self._enter(tag, style, attributes)
        mark = self._mark(tag, mark, style)
        if mark:
            self.pieces.append(mark)
        self._set_out(tag, style)

    def _read(self, tag: str, attributes: Mapping[str, str]) -> _Seen:
        """Keep the words of an element's attributes, and find out its style."""
        looks = self.words.read(tag, attributes) if attributes else False
        odd = tag in self._odd or self._all_odd
        short = self.words.take_short()
        if not (looks or odd):
            return _Seen(PLAIN, short, sets_out=False)
        own = _own_style(tag, attributes)
        style = self.sheet.style(tag, attributes.get("class", ""), attributes.get("id", ""), own, attributes)
        return _Seen(style, short, sets_out=odd or style.sets_out)

    def _enter(self, tag: str, style: Style, attributes: Mapping[str, str]) -> None:
        """Take the look of an element."""
        depth = len(self._stack)
        place = self._place
        if tag == "summary" and depth - 1 in self._closed_at:
            place = self._stack[-2]
        inside = place.under(style)
        if tag in DOUBTED and not inside.look.doubtful:
            inside = _Place(inside.look._replace(doubtful=True))
        if inside.look.right_to_left:
            self._odd |= {"tr"}
        if tag in CLOSED and "open" not in attributes:
            self._closed_at.add(depth)
            self._at_end(tag).actions.append(lambda: self._closed_at.discard(depth))
        if inside is not self._place:
            self._place = inside
            self._set_level()

    def _mark(self, tag: str, mark: str, style: Style) -> str:
        """The break before an element, which its style may change; the one at its end goes with it."""
        display = style.display
        if display == "line" and mark in (BLOCK, PARAGRAPH):
            self._at_end(tag).mark = mark = ""
        elif display == "block" and not mark:
            self._at_end(tag).mark = mark = BLOCK
        elif display == "cell" and mark in ("", BLOCK, PARAGRAPH):
            self._at_end(tag).mark = mark = CELL
        return mark

    def _set_out(self, tag: str, style: Style) -> None:
        """Begin what lasts to the end of an element: an order of its own, raw text, lines as they are."""
        pieces = self.pieces
        depth = len(self._stack)
        by_direction = self._place.look.right_to_left and tag not in HOLD_LINES and (style.right_to_left or tag == "tr")
        if style.floats_right:
            self.orders.float_right(depth - 1)
        if style.overrides and self._place.look.right_to_left:
            pieces.append(REVERSED)
            self._at_end(tag).actions.append(lambda: pieces.append(REVERSED_END))
        elif style.reverse or by_direction:
            self.orders.begin(depth, by_direction=not style.reverse)
            self._at_end(tag).actions.append(self.orders.end)
        if tag in RAW:
            start = len(pieces)
            self._at_end(tag).actions.append(lambda: self._take_raw(tag, start))
        elif (style.keeps_lines or tag in KEEP_LINES) and not self._kept:
            self._kept = True
            start = len(pieces)
            self._at_end(tag).actions.append(lambda: self._keep_lines(start))
        if style.capitals and not self._capitals:
            self._capitals = True
            start = len(pieces)
            self._at_end(tag).actions.append(lambda: self._make_capitals(start))
        if style.before or style.after:
            self._room -= len(style.before) + len(style.after)
            if self._room < 0:
                self.overfull = True
                return
            self.put_in.update((style.before, style.after))
            pieces.append(style.before)
            self._at_end(tag).actions.insert(0, lambda: pieces.append(style.after))

    def _at_end(self, tag: str) -> _End:
        depth = len(self._stack)
        end = self._ends.get(depth)
        if end is None:
            end = self._ends[depth] = _End(END_BREAKS.get(tag, ""))
        return end

    def _keep_lines(self, start: int) -> None:
        self._kept = False
        self.pieces[start:] = [keep_lines(piece) for piece in self.pieces[start:]]

    def _make_capitals(self, start: int) -> None:
        self._capitals = False
        self.pieces[start:] = [piece.upper() for piece in self.pieces[start:]]

    def _take_raw(self, tag: str, start: int) -> None:
        raw = "".join(self.pieces[start:])
        del self.pieces[start:]
        if tag == "script":
            self.scripts[raw] = None
        elif tag != "style" and raw.strip():  # style sheets were read before the page
            self.words.markup[raw] = None

    # -- Levels --

    def _set_level(self) -> None:
        level = self._place.level
        if level == SHOWN and self._not_for_outlook:
            level = DOUBTFUL
        if level != self._level:
            self._level = level
            self.switches.append((len(self.pieces), level))

    def _aside(self, text: str) -> None:
        """Text that some readers show at this place."""
        if text.strip():
            self.switches.append((len(self.pieces), OUTLOOK))
            self.pieces.append(text)
            self.switches.append((len(self.pieces), self._level))

    def _condition(self, text: str) -> str:
        """A conditional comment of Outlook's. Returns what it shows there."""
        condition, closed, content = text.partition("]>")
        lower = condition[:100].lower()
        if lower.startswith("[if"):
            if "!mso" in lower and (not closed or content.strip() in ("<!", "<!--")):
                self._not_for_outlook = True
            content = content if closed else ""
        else:
            self._not_for_outlook = False
            content = ""
        self._set_level()
        end = content.rfind("<![endif]")
        content = content[:end] if end >= 0 else content
        content = "" if content.strip() in ("<!", "<!--", "-->") else content
        if "<" in content:
            lower = content.lower()
            broken = LINE if any(tag in lower for tag in BLOCKS_IN_COMMENTS) else ""
            shown = _TAG.sub("", content)
            self._aside(f"{broken}{shown}{broken}" if shown.strip() else "")
        else:
            self._aside(content)
        return content


def _own_style(tag: str, attributes: Mapping[str, str]) -> str:
    """The style attribute, after what other attributes and the element's name say in the same words."""
    get = attributes.get
    words = ""
    if tag in NOT_SHOWN:
        words += "display:none!important;"
    elif (tag in CLOSED and "open" not in attributes) or (
        attributes and ("hidden" in attributes or "popover" in attributes)
    ):
        words += "display:none;"
    if not attributes:
        return words
    if "bgcolor" in attributes:
        words += f"background-color:{_plain(get('bgcolor', ''))};"
    if "background" in attributes:
        words += "background-image:url();"
    if tag in ("font", "basefont"):
        words += f"color:{_plain(get('color', ''))};" if "color" in attributes else ""
        words += "font-size:medium;" if "size" in attributes else ""
    elif tag == "body" and "text" in attributes:
        words += f"color:{_plain(get('text', ''))};"
    if "dir" in attributes:
        words += f"direction:{_plain(get('dir', ''))};"
        words += "unicode-bidi:bidi-override;" if tag == "bdo" else ""
    return words + get("style", "")


def _plain(value: str) -> str:
    return value.partition(";")[0].partition("!")[0][:40]


def parse_page(text: str, sheet: Sheet | None = None) -> Page:
    """Run the parser over a text. Takes time linear in its length.

    Without `sheet`, the rules are those of the page's own style sheets; with one, the text is a fragment of a page.
    """
    most_steps = _MOST_STEPS if sheet is None else _MOST_STEPS_IN_FRAGMENTS
    text = text.replace("\0", "")
    page = Page(sheet_of(text) if sheet is None else sheet)
    # Fed as UTF-8 with its own word for it: a charset in a meta element must not reinterpret what is decoded already.
    parser = etree.HTMLParser(target=cast(Any, page), huge_tree=True, encoding="utf-8")
    octets = (text + TAIL).encode("utf-8", "replace")
    start = steps = depth = 0
    while start < len(octets):
        parser.feed(octets[start : start + _PIECE_BYTES])
        steps += octets.count(b"</", start, start + _PIECE_BYTES) * max(depth, page.depth)
        depth = page.depth
        start += _PIECE_BYTES
        if steps > most_steps and not page.too_deep:
            page.too_deep = True
            octets = octets[:start] + _END_TAG.sub(b"<!", octets[start:])
        elif steps > 2 * most_steps:  # by end tags of raw text that is not open
            octets = octets[:start] + octets[start:].replace(b"</", b"<!")
            steps = 0
    try:
        parser.close()
    except etree.XMLSyntaxError:
        pass  # an empty document
    return page
