"""XML of documents, streamed: no tree, no entities, no network, memory of one text node.

What was read before a fault is kept: `parse` never raises, it answers what was wrong. libxml2's own limits stand
(ten million octets in one tag); a budget of tags ends what else a small file could make us do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol, cast

from lxml import etree

from ..model import GapReason
from .budget import BudgetSpentError, Meter

_PIECE_BYTES = 1 << 16
_ROOT_PIECE_BYTES = 1 << 12
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # byte order
_BLANK = b"\0 \t\r\n"
# A DOCTYPE as old office programs write it, in an encoding whose letters are ASCII: no subset of its own, nothing
# before it but the XML declaration. Anything else may declare entities or default values for attributes.
_PLAIN_DOCTYPE = re.compile(
    rb"""(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*
    (?:<\?xml(?:\s+(?:version|standalone)\s*=\s*["'][\w.]{1,9}["']
    |\s+encoding\s*=\s*["'](?:utf-8|utf-16|us-ascii|iso-8859-1)["'])*\s*\?>)?\s*
    <!DOCTYPE\s[^<>\[\]]{0,1000}>""",
    re.IGNORECASE | re.VERBOSE,
)


class Fault(NamedTuple):
    """Why a document was not read to its end: the reason and detail of a gap."""

    reason: GapReason
    detail: str


REFUSED = Fault(GapReason.AMBIGUOUS, "a document that declares entities of its own")
BROKEN = Fault(GapReason.CORRUPT, "a document with a part that can't be read to its end")


class Handler(Protocol):
    """What receives a document in order; names without their namespace."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


class FullNameHandler(Protocol):
    """A handler for documents of millions of elements: its names are lxml's ("{namespace}name"; see `NAMES`), which
    saves a call for each tag."""

    full_names: bool

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


class _RefusedError(Exception):
    pass


class _Names(dict[str, str]):
    """Names without namespaces, remembered: a document uses few."""

    def __missing__(self, tag: str) -> str:
        name = tag[tag.rfind("}") + 1 :]
        if len(self) < 4096:
            self[tag] = name
        return name


NAMES = _Names()


class _FullNames:
    """What lxml calls: the handler's own methods."""

    def __init__(self, handler: Handler | FullNameHandler, octets: bytes) -> None:
        self._octets = octets
        self.start = handler.start
        self.end = handler.end
        self.data = handler.data

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        del name, public, system
        if not _PLAIN_DOCTYPE.match(self._octets[:8192].replace(b"\0", b"")):
            raise _RefusedError

    def close(self) -> None:
        return None


class _LocalNames(_FullNames):
    """Takes the namespaces off."""

    def __init__(self, handler: Handler, octets: bytes) -> None:
        super().__init__(handler, octets)
        self._start = handler.start
        self._end = handler.end
        self.start = self._local_start
        self.end = self._local_end

    def _local_start(self, tag: str, attributes: Mapping[str, str]) -> None:
        for key in attributes:
            if key[0] == "{":
                attributes = local_attributes(attributes)
                break
        self._start(NAMES[tag], attributes)

    def _local_end(self, tag: str) -> None:
        self._end(NAMES[tag])


def local_attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes by local name; where two share one ("title", "xlink:title"), both values in one."""
    found = {NAMES[key]: value for key, value in attributes.items()}
    if len(found) == len(attributes):
        return found
    found = {}
    for key, value in attributes.items():
        name = NAMES[key]
        found[name] = f"{found[name]} {value}" if name in found and found[name] != value else value
    return found


def parse(octets: bytes, handler: Handler | FullNameHandler, meter: Meter, *, forgiving: bool = False) -> Fault | None:
    """Send a document to `handler`, to its end or to the first fault, which is returned.

    An empty part is no fault: some programs write one. `forgiving` goes on after a fault of syntax, as programs do
    where they write such themselves. Takes time linear in the length.
    """
    if _is_blank(octets):
        return None
    octets = begin(octets)
    full = getattr(handler, "full_names", False)
    target = _FullNames(handler, octets) if full else _LocalNames(cast(Handler, handler), octets)
    parser = _parser(target, forgiving=forgiving)
    try:
        # In pieces: libxml2 takes one of more than ten million octets for an attack.
        for start in range(0, len(octets), _PIECE_BYTES):
            piece = octets[start : start + _PIECE_BYTES]
            meter.tags(piece.count(b"<"))
            parser.feed(piece)
        parser.close()
    except BudgetSpentError as error:
        return Fault(error.reason, error.detail)
    except _RefusedError:
        return REFUSED
    except (etree.XMLSyntaxError, LookupError, ValueError):  # an encoding nobody knows; a name no parser lets through
        return BROKEN
    return None


def begin(octets: bytes) -> bytes:
    """Without blanks before the XML declaration, which parsers refuse and some programs write."""
    return octets.lstrip(b" \t\r\n") if octets[:1] in (b" ", b"\t", b"\r", b"\n") else octets


def root_of(octets: bytes) -> tuple[str, str]:
    """Namespace and local name of the root element; two empty strings where there is none."""
    root = _Root()
    parser = _parser(root)
    octets = begin(octets)
    try:
        for start in range(0, len(octets), _ROOT_PIECE_BYTES):
            parser.feed(octets[start : start + _ROOT_PIECE_BYTES])
            if root.tag:
                break
        parser.close()  # a parser that is left open, or that its target leaves by an exception, is never freed whole
    except (etree.XMLSyntaxError, LookupError, ValueError):
        pass
    namespace, _, name = root.tag.rpartition("}")
    return namespace.lstrip("{"), name


class _Root:
    def __init__(self) -> None:
        self.tag = ""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        del name, public, system

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        del attributes
        self.tag = self.tag or tag

    def end(self, tag: str) -> None:
        del tag

    def close(self) -> None:
        return None


def _parser(target: object, *, forgiving: bool = False) -> Any:
    # "internal", not False: else libxml2 leaves an ampersand in an attribute as "&#38;". There are no entities to
    # resolve: a DOCTYPE that declares any ends the parsing where it begins.
    entities = cast(Any, "internal")
    return etree.XMLParser(
        target=cast(Any, target), resolve_entities=entities, no_network=True, huge_tree=False, recover=forgiving
    )


def looks_like_xml(octets: bytes) -> bool:
    """Whether the octets begin as XML does, in any encoding that begins with ASCII or a byte order mark."""
    head = octets[:64]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip().startswith(b"<")


def is_xml_name(name: str) -> bool:
    """Whether a part calls itself XML."""
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _is_blank(octets: bytes) -> bool:
    for mark in _MARKS:
        if octets.startswith(mark):
            return not octets[len(mark) :].strip(_BLANK)
    return not octets.strip(_BLANK)
