"""Comments on cells, old and threaded (ECMA-376, part 1: 18.7; [MS-XLSX] 2.6.205), each with its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...model import Passage
from ..source import Source
from ..xml_text import unescaped

_MOST_PLACES = 500  # beyond it comments share one passage


@dataclass(slots=True)
class _Comment:
    cell: str
    pieces: list[str] = field(default_factory=list)


class SheetComments:
    """Reads either kind of part."""

    def __init__(self) -> None:
        self.comments: list[_Comment] = []
        self.authors: list[str] = []
        self._author: list[str] = []
        self._in_author = self._in_text = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in ("comment", "threadedComment"):
            self.comments.append(_Comment(attributes.get("ref", "")))
        elif name == "author":
            self._in_author = True
            self._author = []
        elif name in ("t", "text"):
            self._in_text = True

    def end(self, name: str) -> None:
        if name == "author":
            self._in_author = False
            self.authors.append("".join(self._author))
        elif name in ("t", "text"):
            self._in_text = False

    def data(self, text: str) -> None:
        if self._in_author:
            self._author.append(text)
        elif self._in_text and self.comments:
            self.comments[-1].pieces.append(text)

    def passages(self, source: Source, place: str) -> Iterator[Passage]:
        """`place` is the sheet's, "" where none is known."""
        yield from comment_passages(source, place, ((c.cell, unescaped("".join(c.pieces))) for c in self.comments))
        authors = "\n".join(dict.fromkeys(self.authors))
        yield source.passage(authors, joined(place, "authors of comments"), hidden=True)


def comment_passages(source: Source, place: str, comments: Iterator[tuple[str, str]]) -> Iterator[Passage]:
    """A passage for each comment, (cell, text), at "sheet Clients, comment on B4"."""
    more: list[str] = []
    for number, (cell, text) in enumerate(comments):
        if number < _MOST_PLACES:
            where = f"comment on {cell}" if cell else "comment"
            yield source.passage(text.strip("\n"), joined(place, where), hidden=True)
        else:
            more.append(text)
    yield source.passage("\n".join(more), joined(place, "comments"), hidden=True)


def joined(*words: str) -> str:
    """A place of several words."""
    return ", ".join(filter(None, words))
