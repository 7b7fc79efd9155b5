"""`split_message`: our own strict MIME splitter, the authority on what parts a message has.

Mail programs disagree about malformed MIME, and text that we do not see but a recipient's program
does is the way around a gateway. So nothing is guessed: structure that two readers could take
differently becomes a Gap AMBIGUOUS about the whole message. Every node keeps its offsets into the
octets, so that edits can be made in place and nothing is ever generated anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..model import Gap, GapReason, GapScope, MimePart, ParsedMessage, Part
from .charset import charset_problem
from .encrypted import encryption_of
from .fields import Block, decoded_fields, read_block
from .multipart import Pieces, split_multipart
from .parameters import FieldValue, boundary_problem, read_content_type, read_disposition, read_encoding
from .transfer import IDENTITY, decode_transfer

MAX_DEPTH = 20
MAX_PARTS = 1000
_MAX_GAPS = 100

_SPLIT_TYPES = frozenset({"message/partial", "message/external-body"})
_REPORT_STATUS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/global-disposition-notification",
        "message/feedback-report",
    }
)
_HEADER_TEXT = frozenset({"text/rfc822-headers", "message/global-headers"})
_RETURNED = _HEADER_TEXT | {"message/rfc822", "message/global"}
# All other kinds of message/ are opened, known or not: readers take what they do not know as a mail message.
_CLOSED_TYPES = (
    _SPLIT_TYPES
    | _REPORT_STATUS
    | _HEADER_TEXT
    | {"message/tracking-status", "message/http", "message/sip", "message/sipfrag", "message/cpim", "message/imdn+xml"}
)
_NO_TYPE = FieldValue(word="text/plain")
_NO_VALUE = FieldValue(word=None)
_MIME_IN_BODY = re.compile(
    rb"(?:[^\r\n]{0,80}\r?\n)?content-(?:type|transfer-encoding|disposition)[ \t]{0,20}:", re.IGNORECASE
)


@dataclass(slots=True, kw_only=True)
class _Place:
    """Where an entity stands: what its surroundings say about it. One for each entity; a path that
    ends in "." is completed once the kind of the entity is known."""

    path: str
    depth: int
    default_type: str = "text/plain"
    outer: tuple[bytes, ...] = ()  # boundaries of the multiparts around it, in the same message
    nested: bool = False  # inside an attached message
    returned: bool = False  # inside the returned message of a report
    outermost: bool = False


@dataclass(slots=True)
class _Found:
    """What the walk gathers."""

    octets: bytes
    parts: list[Part] = field(default_factory=list)
    gaps: dict[Gap, None] = field(default_factory=dict)
    entities: int = 0
    cut_off: bool = False  # something was ambiguous inside the returned message of a report

    def gap(self, path: str, reason: GapReason, detail: str, scope: GapScope = GapScope.MESSAGE) -> None:
        if len(self.gaps) < _MAX_GAPS:
            self.gaps[Gap(part=path, reason=reason, scope=scope, detail=detail)] = None

    def ambiguous(self, place: _Place, *details: str) -> None:
        # Returned messages are cut off and broken as a rule; `_children` shows all their octets instead.
        if place.returned:
            self.cut_off |= bool(details)
            return
        for detail in details:
            self.gap(place.path, GapReason.AMBIGUOUS, detail)


def split_message(octets: bytes) -> ParsedMessage:
    """The MIME tree of a message, its decoded leaves, and what was unclear.

    Line ends are CRLF; a message with LF alone throughout is read as well (files), a mixture is
    ambiguous. Leaves come in the order in which they stand. Text before the first and after the
    closing delimiter of a multipart, if not blank, is a leaf too ("2.PREAMBLE", "EPILOGUE"), and so
    are fields of a delivery status or returned header in decoded form ("2.FIELDS"). The root of a
    nested multipart message has the path "3.TEXT"; its parts are "3.1", "3.2". A nested message
    inside a delivery report that is malformed shows all its octets once more as "3.RAW".
    Never raises; takes time linear in the length. Limits: depth 20, 1,000 parts, 256 kB of header
    in an entity, 32 kB in a field; beyond them a gap about the whole message.
    """
    found = _Found(octets)
    returns, line_feeds = octets.count(b"\r"), octets.count(b"\n")
    pairs = octets.count(b"\r\n") if returns else 0
    place = _Place(path="", depth=0, outermost=True)
    if returns != pairs:
        found.ambiguous(place, "bare CR")
    if pairs and line_feeds != pairs:
        found.ambiguous(place, "mixed line ends")
    if b"\0" in octets:
        found.ambiguous(place, "NUL octet")
    root = _entity(found, 0, len(octets), place)
    return ParsedMessage(root=root, parts=tuple(found.parts), gaps=tuple(found.gaps))


def _entity(found: _Found, start: int, end: int, place: _Place) -> MimePart:
    found.entities += 1
    block = read_block(found.octets, start, end, outermost=place.outermost)
    content_type = _content_type(block, place.default_type)
    kind = content_type.word or "application/octet-stream"
    place.path = _own_path(place, kind)
    for detail in block.too_large:
        found.gap(place.path, GapReason.TOO_LARGE, detail)
    problems = [*block.problems, *content_type.problems]
    disposition, encoding = _NO_VALUE, "7bit"
    if (value := block.values.get("content-disposition")) is not None:
        disposition = read_disposition(value)
    if (value := block.values.get("content-transfer-encoding")) is not None:
        encoding_value = read_encoding(value)
        encoding = encoding_value.word or ""
        problems += encoding_value.problems
    is_message = kind.startswith("message/") and kind not in _CLOSED_TYPES
    # RFC 6532, 3.5: message/global alone may be encoded.
    if (kind.startswith("multipart/") or (is_message and kind != "message/global")) and encoding not in IDENTITY:
        problems.append("Content-Transfer-Encoding on a multipart or message")
    if kind in _SPLIT_TYPES:
        problems.append(f"{kind} can't be read here")
    if problems:
        found.ambiguous(place, *problems)
    span = (block.body_start, end)
    children: tuple[MimePart, ...] | None = None
    first_delimiter = None
    if kind.startswith("multipart/"):
        children, first_delimiter = _multipart(found, kind, content_type.boundary, span, place)
    elif is_message and encoding in IDENTITY:
        children = _nested_message(found, span, place)
    names = dict.fromkeys([*disposition.all_of("filename"), *content_type.all_of("name")])
    node = MimePart(
        path=place.path,
        media_type=kind,
        params=content_type.params,
        charset=(content_type.param("charset") or "").strip().lower() or None,
        encoding=encoding,
        disposition=disposition.word,
        filename=next(iter(names), None),
        filenames=tuple(names),
        header=block.fields,
        header_start=start,
        body_start=block.body_start,
        body_end=end,
        children=children or (),
        first_delimiter=first_delimiter,
    )
    if children is None:
        _leaf(found, node, place)
    return node


def _own_path(place: _Place, kind: str) -> str:
    """Only the root of a message, outer or nested, depends on its own kind (RFC 9051, 6.4.5)."""
    if place.path and not place.path.endswith("."):
        return place.path
    if kind.startswith("multipart/"):
        return f"{place.path}TEXT" if place.path else ""
    return f"{place.path}1"


def _content_type(block: Block, default: str) -> FieldValue:
    value = block.values.get("content-type")
    if value is None:
        return _NO_TYPE if default == "text/plain" else FieldValue(word=default)
    return read_content_type(value)


def _multipart(
    found: _Found, kind: str, boundary: bytes | None, span: tuple[int, int], place: _Place
) -> tuple[tuple[MimePart, ...] | None, int | None]:
    """Children and the offset of the first delimiter; None as children where the body can only be
    taken as a leaf."""
    if place.depth >= MAX_DEPTH:
        found.gap(place.path, GapReason.TOO_DEEP, "parts nested more than 20 deep")
        return None, None
    if boundary is None or (problem := boundary_problem(boundary)) == "empty boundary":
        found.ambiguous(place, "multipart without a boundary")
        return None, None
    if problem is not None:
        found.ambiguous(place, problem)
    if boundary in place.outer:
        found.ambiguous(place, "boundary used twice")
    elif any(other.startswith(boundary) for other in place.outer):
        found.ambiguous(place, "boundary that begins an outer one")
    pieces = split_multipart(found.octets, *span, boundary, max(MAX_PARTS - found.entities, 0))
    if pieces.problems:
        found.ambiguous(place, *pieces.problems)
    if pieces.too_many:
        found.gap(place.path, GapReason.TOO_LARGE, "more than 1,000 parts")
    if not pieces.spans:
        return None, None
    if kind == "multipart/encrypted":
        scope = GapScope.MESSAGE if place.outermost else GapScope.ATTACHMENT
        found.gap(place.path, GapReason.ENCRYPTED, kind, scope)
    _margin(found, place, "PREAMBLE", pieces.preamble)
    children = _children(found, kind, pieces, boundary, place)
    _margin(found, place, "EPILOGUE", pieces.epilogue)
    return children, pieces.first_delimiter


def _children(found: _Found, kind: str, pieces: Pieces, boundary: bytes, place: _Place) -> tuple[MimePart, ...]:
    prefix = place.path.removesuffix("TEXT").rstrip(".")
    default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    children: list[MimePart] = []
    for number, (start, end) in enumerate(pieces.spans, 1):
        if found.entities >= MAX_PARTS:
            found.gap(place.path, GapReason.TOO_LARGE, "more than 1,000 parts")
            break
        inside = _Place(
            path=f"{prefix}.{number}" if prefix else str(number),
            depth=place.depth + 1,
            default_type=default,
            outer=(*place.outer, boundary),
            nested=place.nested,
            returned=place.returned,
        )
        if kind == "multipart/report" and not place.returned:
            inside.returned = _is_returned(found, start, end, children, default)
        child = _entity(found, start, end, inside)
        if inside.returned and not place.returned and found.cut_off:
            # In place of a gap, all octets of the malformed returned message are one more text.
            found.parts.append(_text_part(f"{child.path}.RAW", found.octets[child.body_start : end]))
        children.append(child)
    return tuple(children)


def _is_returned(found: _Found, start: int, end: int, before: list[MimePart], default: str) -> bool:
    """Whether this part of a report is the returned message: after a status part, and the first of
    its kind."""
    kind = _content_type(read_block(found.octets, start, end, outermost=False), default).word
    reported = any(child.media_type in _REPORT_STATUS for child in before)
    return kind in _RETURNED and reported and not any(child.media_type in _RETURNED for child in before)


def returned_messages(root: MimePart) -> Iterator[MimePart]:
    """The parts of delivery reports that hold the returned message or its header."""
    stack = [root]
    while stack:
        node = stack.pop()
        returned = None
        if node.media_type == "multipart/report":
            reported = False
            for child in node.children:
                if reported and returned is None and child.media_type in _RETURNED:
                    returned = child
                    yield child
                reported |= child.media_type in _REPORT_STATUS
        stack += [child for child in node.children if child is not returned]


def _nested_message(found: _Found, span: tuple[int, int], place: _Place) -> tuple[MimePart, ...] | None:
    if place.depth >= MAX_DEPTH:
        found.gap(place.path, GapReason.TOO_DEEP, "parts nested more than 20 deep")
        return None
    if found.entities >= MAX_PARTS:
        found.gap(place.path, GapReason.TOO_LARGE, "more than 1,000 parts")
        return None
    inside = _Place(
        path=f"{place.path}.",
        depth=place.depth + 1,
        outer=place.outer,
        nested=True,
        returned=place.returned,
    )
    return (_entity(found, *span, inside),)


def _margin(found: _Found, place: _Place, name: str, span: tuple[int, int]) -> None:
    text = found.octets[span[0] : span[1]]
    if not text or text.isspace():
        return
    prefix = place.path.removesuffix("TEXT").rstrip(".")
    found.parts.append(_text_part(f"{prefix}.{name}" if prefix else name, text))


def _fields(found: _Found, path: str, octets: bytes) -> None:
    """A leaf that consists of header fields: once more in readable form, where that differs."""
    fields, too_long = decoded_fields(octets)
    if fields:
        found.parts.append(_text_part(f"{path}.FIELDS", fields))
    if too_long:
        found.gap(path, GapReason.TOO_LARGE, "header field over 32 kB")


def _text_part(path: str, octets: bytes) -> Part:
    return Part(
        path=path,
        media_type="text/plain",
        charset="utf-8",
        filename=None,
        disposition=None,
        is_body=False,
        octets=octets,
    )


def _leaf(found: _Found, node: MimePart, place: _Place) -> None:
    raw = found.octets[node.body_start : node.body_end]
    octets, problem = decode_transfer(raw, node.encoding)
    if problem is not None:
        found.ambiguous(place, problem)
    header_text = node.media_type in _HEADER_TEXT or node.media_type.startswith("message/")
    # A multipart that had to be taken as a leaf has a gap that says so.
    if (
        not header_text
        and not node.media_type.startswith("multipart/")
        and _MIME_IN_BODY.match(raw[:4096].lstrip(b" \t\r\n\0"))
    ):
        found.ambiguous(place, "MIME header at the top of a body")
    is_body = (
        not place.nested
        and not place.returned
        and node.media_type.startswith("text/")
        and not header_text
        and node.disposition != "attachment"
        and node.filename is None
    )
    part = Part(
        path=node.path,
        media_type=node.media_type,
        charset=node.charset,
        filename=node.filename,
        filenames=node.filenames,
        disposition=node.disposition,
        params=node.params,
        is_body=is_body,
        octets=octets,
    )
    found.parts.append(part)
    if node.media_type in _CLOSED_TYPES:
        _fields(found, node.path, octets)
    doubt = charset_problem(octets, part.charset)
    if doubt is not None and not place.returned:
        found.gap(node.path, GapReason.AMBIGUOUS, doubt, GapScope.MESSAGE if is_body else GapScope.ATTACHMENT)
    detail = encryption_of(part)
    if detail is not None:
        whole = place.outermost or is_body
        found.gap(node.path, GapReason.ENCRYPTED, detail, GapScope.MESSAGE if whole else GapScope.ATTACHMENT)
