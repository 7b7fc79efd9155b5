"""What a PDF draws: which streams are drawn by which page, what they cost to read, what no page draws.

A form that draws a form twice, thirty levels deep, is a bomb of a few hundred octets: so the cost of everything drawn
is added up before pdfium draws it (ISO 32000-2, 8.10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from ..budget import FileTooLargeError
from ..source import Tools
from . import streams

Number = tuple[int, int]

COSTLIEST_PAGE = 64 * 2**20  # octets of content, forms counted as often as they are drawn: about ten seconds
_DEEPEST_DRAWING = 12  # forms within one another; pdfium reads some more
_MAX_INHERITANCE = 50  # nodes of the page tree above a page
_DEEPEST_MARKS = 500  # marked content within one another, which costs pdfium the square of it
_DRAWS = re.compile(rb"/([^\s/<>\[\](){}%]{1,200})\s+Do\b")
_SHOWS_TEXT = re.compile(rb"[)>\]]\s*(?:Tj|TJ|'|\")")
MARKS = re.compile(rb"\b(?:(BDC|BMC)|EMC)\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# pdfium ends a string after 32,767 octets.
_LONG_STRING = re.compile(rb"\([^()\\]{32000}|<[0-9A-Fa-f\s]{64000}")
# "/ActualText", any letter of it written as a number.
ACTUAL_TEXT = re.compile(b"/" + b"".join(b"(?:%c|#%02X|#%02x)" % (c, c, c) for c in b"ActualText"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One content stream, or those of a page together."""

    content: bytes = field(repr=False)
    draws: tuple[Number, ...]  # forms, as often as they are drawn
    pictures: tuple[Number, ...]
    actual_text: bool  # shows another text than it draws (14.9.4)
    shows_text: bool
    broken: bool  # it can't be decoded
    too_large: bool
    too_complex: bool
    long_string: bool


class Drawings:
    """The content streams of a document, each looked at once."""

    def __init__(self, tools: Tools) -> None:
        self.too_large: dict[Number, None] = {}  # streams that expand to more than is read
        self._tools = tools
        self._known: dict[Number, Drawing] = {}
        self._named: dict[Number, tuple[pikepdf.Stream, Any]] = {}  # forms that some content draws, with its resources
        self._costs: dict[Number, tuple[int, int]] = {}

    def of_page(self, page: Any) -> Drawing:
        """What a page draws, of all its content streams together (7.8.2)."""
        return self._drawing(content_streams(page), resources_of(page))

    def of_stream(self, stream: pikepdf.Stream, resources: Any = None) -> Drawing:
        """What a form, a pattern, an appearance or a glyph draws; `resources` where it has none of its own."""
        known = self._known.get(stream.objgen)
        if known is None:
            known = self._known[stream.objgen] = self._drawing([stream], stream.get("/Resources", resources))
        return known

    def drawn_by(self, roots: Iterable[Drawing]) -> set[Number]:
        """All forms that these draw, directly or not."""
        reached: set[Number] = set()
        waiting = [number for root in roots for number in dict.fromkeys(root.draws)]
        while waiting:
            number = waiting.pop()
            if number not in reached:
                reached.add(number)
                waiting.extend(dict.fromkeys(self._form(number).draws))
        return reached

    def pictures_of(self, roots: Sequence[Drawing]) -> set[Number]:
        """All pictures that these draw, directly or not."""
        forms = [self._form(number) for number in self.drawn_by(roots)]
        return {number for drawing in (*roots, *forms) for number in drawing.pictures}

    def forms(self, root: Drawing) -> Iterator[tuple[pikepdf.Stream, Any]]:
        """The forms that this draws, directly or not, each with the resources of what draws it."""
        return (self._named[number] for number in self.drawn_by([root]))

    def all_of(self, pages: Iterable[tuple[Any, Drawing]]) -> Iterator[Drawing]:
        """What these pages draw, and the forms in it, each once."""
        roots = [drawing for _, drawing in pages]
        yield from roots
        for number in self.drawn_by(roots):
            yield self._form(number)

    def says_otherwise(self, root: Drawing) -> bool:
        """Whether this, or a form that it draws, gives another text than it draws (14.9.4)."""
        return root.actual_text or any(self._form(number).actual_text for number in self.drawn_by([root]))

    def pieces(self, root: Drawing) -> Iterator[tuple[Drawing, Any]]:
        """What those forms draw, each with the resources that it draws with."""
        for form, resources in self.forms(root):
            yield self.of_stream(form, resources), form.get("/Resources", resources)

    def is_too_complex(self, drawing: Drawing) -> bool:
        """Whether pdfium would need too long for it, or stops before its innermost form."""
        cost, depth = self._cost_of_all(drawing)
        inner = [self._form(number) for number in self.drawn_by([drawing])]
        return (
            cost > COSTLIEST_PAGE
            or depth > _DEEPEST_DRAWING
            or any(each.too_complex or each.too_large for each in (drawing, *inner))
        )

    def _form(self, number: Number) -> Drawing:
        form, resources = self._named[number]
        return self.of_stream(form, resources)

    def _cost_of_all(self, drawing: Drawing) -> tuple[int, int]:
        """Octets of content with all that it draws, and how deep that goes."""
        cost, depth = len(drawing.content), 0
        for number in drawing.draws:
            inner_cost, inner_depth = self._cost(number)
            cost += inner_cost
            depth = max(depth, inner_depth + 1)
            if cost > COSTLIEST_PAGE:
                break
        return cost, depth

    def _cost(self, number: Number) -> tuple[int, int]:
        """That of a form; without recursion, the inner ones first. A form that draws itself costs nothing more."""
        waiting = [number]
        begun: set[Number] = set()
        while waiting:
            at = waiting[-1]
            drawing = self._form(at)
            unknown = [each for each in dict.fromkeys(drawing.draws) if each not in self._costs and each not in begun]
            if at in self._costs or (at in begun and not unknown):
                waiting.pop()
                if at not in self._costs:
                    inner = [self._costs.get(each, (0, 0)) for each in drawing.draws]
                    cost = len(drawing.content) + sum(each[0] for each in inner)
                    self._costs[at] = min(cost, COSTLIEST_PAGE + 1), 1 + max((each[1] for each in inner), default=0)
                continue
            begun.add(at)
            waiting.extend(unknown)
        return self._costs[number]

    def _drawing(self, parts: Sequence[pikepdf.Stream], resources: Any) -> Drawing:
        pieces: list[bytes] = []
        too_large = broken = False
        for part in parts:
            try:
                content = streams.decoded(part, self._tools)
            except FileTooLargeError:
                self.too_large[part.objgen] = None
                too_large = True
                continue
            broken = broken or content is None
            pieces.append(content or b"")
        content = b"\n".join(pieces)
        drawn = list(_drawn(content, resources))
        for thing in drawn:
            self._named.setdefault(thing.objgen, (thing, resources))
        return Drawing(
            content=content,
            draws=tuple(thing.objgen for thing in drawn if thing.get("/Subtype") == pikepdf.Name.Form),
            pictures=tuple(thing.objgen for thing in drawn if thing.get("/Subtype") == pikepdf.Name.Image),
            actual_text=ACTUAL_TEXT.search(content) is not None or _has_actual_text(resources),
            shows_text=_SHOWS_TEXT.search(content) is not None,
            broken=broken,
            too_large=too_large,
            too_complex=_depth_of_marks(content) > _DEEPEST_MARKS,
            long_string=_LONG_STRING.search(content) is not None,
        )


def _drawn(content: bytes, resources: Any) -> Iterator[pikepdf.Stream]:
    """The forms and pictures that the content draws, each as often as it does (8.8)."""
    named = _entries(resources, "/XObject")
    for match in _DRAWS.finditer(content) if named else ():
        name = _ESCAPED.sub(lambda code: bytes((int(code[1], 16),)), match[1])
        thing = named.get("/" + name.decode("utf-8", "surrogateescape"))
        if isinstance(thing, pikepdf.Stream):
            yield thing


def content_streams(page: Any) -> list[pikepdf.Stream]:
    contents = page.get("/Contents")
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return [part for part in parts if isinstance(part, pikepdf.Stream)]


def resources_of(page: Any) -> Any:
    """A page's resources, its own or those of a node above it (7.7.3.4)."""
    for _ in range(_MAX_INHERITANCE):
        if not isinstance(page, pikepdf.Dictionary):
            break
        if "/Resources" in page:
            return page["/Resources"]
        page = page.get("/Parent")
    return None


def _entries(resources: Any, key: str) -> dict[str, Any]:
    entries = resources.get(key) if isinstance(resources, pikepdf.Dictionary) else None
    return dict(entries.items()) if isinstance(entries, pikepdf.Dictionary) else {}


def property_lists(resources: Any) -> Iterator[pikepdf.Dictionary]:
    """The dictionaries that marked content names (14.6.2)."""
    return (value for value in _entries(resources, "/Properties").values() if isinstance(value, pikepdf.Dictionary))


def _has_actual_text(resources: Any) -> bool:
    return any("/ActualText" in properties for properties in property_lists(resources))


def _depth_of_marks(content: bytes) -> int:
    if content.count(b"BDC") + content.count(b"BMC") <= _DEEPEST_MARKS:
        return 0
    depth = deepest = 0
    for match in MARKS.finditer(content):
        depth = depth + 1 if match[1] else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest
