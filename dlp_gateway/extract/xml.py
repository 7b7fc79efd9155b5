"""XML of documents, streamed: no tree, no entities, no network.

libxml2's own limits stand (depth 256, ten million characters in one text): beyond them the file is broken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol, cast

from lxml import etree

# Names whose end parts nothing: runs of one word.
_INLINE = frozenset(
    (
        *("r", "t", "span", "a", "s", "b", "i", "u", "em", "strong", "sub", "sup", "font"),
        *("rPr", "noProof", "proofErr", "bookmarkStart", "bookmarkEnd"),
    )
)
TEXT_ATTRIBUTES = frozenset(
    (
        *("descr", "title", "alt", "displayText", "tooltip", "prompt", "promptTitle", "error", "errorTitle"),
        *("alias", "connection", "command", "desc", "string-value", "description"),
    )
)
_PIECE_BYTES = 1 << 16
_DECLARES = re.compile(rb"<!ENTITY|<!ELEMENT|<!ATTLIST|<!DOCTYPE[^>]{0,1000}\[", re.IGNORECASE)


class XmlRefusedError(Exception):
    """The file declares entities, as no office program does: what it shows depends on the reader."""


class Handler(Protocol):
    """What receives a document in order; names without their namespace."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


class _Target:
    def __init__(self, handler: Handler) -> None:
        self._start = handler.start
        self._end = handler.end
        self.data = handler.data

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        named = {local(name): value for name, value in attributes.items()} if attributes else {}
        self._start(local(tag), named)

    def end(self, tag: str) -> None:
        self._end(local(tag))

    def close(self) -> None:
        return None


@lru_cache(maxsize=4096)
def local(name: str) -> str:
    """A name without its namespace."""
    return name[name.rfind("}") + 1 :]


def parse(octets: bytes, handler: Handler) -> None:
    """Send a whole document to `handler`. Raises XmlRefusedError, or lxml's XMLSyntaxError where it is broken."""
    if not octets.strip(b"\0 \t\r\n"):
        return  # a part of nothing: some programs write one
    if _DECLARES.search(octets.replace(b"\0", b"")):  # UTF-16 has zero octets between
        raise XmlRefusedError
    target = cast(Any, _Target(handler))
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, huge_tree=False)
    # In pieces: libxml2 takes one of more than ten million octets for an attack.
    for start in range(0, len(octets), _PIECE_BYTES):
        parser.feed(octets[start : start + _PIECE_BYTES])
    parser.close()


class Texts:
    """All text of a document and the attributes that hold words; a line end after every element but runs."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        del name
        for key, value in attributes.items():
            if key in TEXT_ATTRIBUTES and value.strip():
                self.pieces.append(f"{value}\n")

    def end(self, name: str) -> None:
        if name not in _INLINE:
            self.pieces.append("\n")

    def data(self, text: str) -> None:
        self.pieces.append(text)


_MANY_LINES = re.compile(r"\s*\n\s*")


def text_of(octets: bytes) -> str:
    """The text of any XML document, one line an element. Raises as `parse` does."""
    texts = Texts()
    parse(octets, texts)
    return _MANY_LINES.sub("\n", "".join(texts.pieces)).strip()
