"""What a package refers to outside itself: targets of links, files and templates that it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from ..source import Item, Source, Tools
from ..xml_text import distinct
from .package import Package
from .sheet_comments import joined

_SEEN = frozenset(("hyperlink", "image", "media", "video", "audio"))


def link_texts(
    source: Source, tools: Tools, package: Package, places: Mapping[str, tuple[str, bool]]
) -> Iterator[Item]:
    """The targets, percent-decoded, of each part that has any."""
    for name in ["", *package.parts]:
        shown: list[str] = []
        unseen: list[str] = []
        for relation in package.relations(name, tools.meter):
            if relation.external:
                (shown if relation.kind in _SEEN else unseen).append(unquote(relation.target))
        if not shown and not unseen:
            continue
        place, hidden = places.get(name, ("", False))
        yield source.passage(distinct(shown), joined(place, "link"), hidden=hidden)
        yield source.passage(distinct(unseen), joined(place, "external source"), hidden=True)
