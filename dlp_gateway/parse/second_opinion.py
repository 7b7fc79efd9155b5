"""What two other parsers see in a message: the only door to Python's own parser and to fast-mail-parser.

Ours is the authority on what parts there are. The others stand for the programs of recipients: a leaf that only they
see is inspected too, and the message is ambiguous. They run after our limits have acted, and on a short form of
the message: inside the body of a leaf only lines that begin with "--" can end it, so all other lines but the first and
last ones are left out, on both sides of the comparison.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Any

from fast_mail_parser import PyLazyMimePart, parse_email_tree

from ..model import Gap, GapReason, GapScope, MimePart, ParsedMessage, Part
from .mime import returned_messages, split_message
from .parameters import read_content_type
from .transfer import IDENTITY, decode_transfer

ONLY_OTHERS = "a part that other mail programs see and this one does not"
TOO_MUCH = "too much structure to compare with other mail programs"

_TAKEN_OFF = ("base64", "quoted-printable")  # transfer encodings that every reader knows
_PYTHON_ALONE = ("x-uuencode", "uuencode", "uue", "x-uue")
_BLANKS = b" \t\r\n"
_NOT_PLAIN = bytes(octet for octet in range(256) if not 32 < octet < 127)

_KEPT_WHOLE_BYTES = 600
_HEAD_BYTES, _TAIL_BYTES = 200, 100
_DASHED = re.compile(rb"\n--[^\n]*")
# Python's parser makes objects of each part and field, matches each line against each boundary, and counts all quotes
# before each semicolon of a type. The short form of ordinary mail has some dozens of lines.
_MAX_SHORT_BYTES = 2**20
_MAX_SHORT_LINES = 20_000
_MAX_TYPE_BYTES = 4096
# Where something differs, the message itself is read again, up to this; beyond, what they see stays without its middle.
_MAX_WHOLE_BYTES = 2**21
_MAX_WHOLE_LINES = 50_000
_MAX_OTHERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """A leaf as another parser sees it. `content`: its octets, decoded where that parser does so; `raw`: before
    decoding, None where it does not say."""

    media: str | None  # value of its Content-Type field
    content: bytes
    decoded: bool
    raw: bytes | None = None


class _Message(Message):
    """A message of Python's parser that keeps each payload as it stands in the source."""

    raw = ""

    def set_payload(self, payload: Any, charset: Any = None) -> None:
        """What the parser calls, once, for each leaf."""
        del charset
        self.raw = payload if isinstance(payload, str) else ""
        super().set_payload(payload)


_PYTHON = BytesParser(_Message, policy=compat32)


def with_second_opinions(octets: bytes, parsed: ParsedMessage) -> ParsedMessage:
    """The message as we split it, and what else other parsers see in it.

    A leaf that only they see is one more part ("OTHER.1") and a gap AMBIGUOUS about the message. A part without a gap:
    what stands inside the returned message of a delivery report, a leaf that we decode and they leave as it is, and
    one in which they drop octets beyond ASCII. Never raises but MemoryError; takes no time where a limit of ours has
    been passed.
    """
    if any(gap.reason in (GapReason.TOO_LARGE, GapReason.TOO_DEEP) for gap in parsed.gaps):
        return parsed
    known = _Known(octets, parsed)
    if known.too_much:
        return parsed if _is_ambiguous(parsed) else _with(parsed, [], TOO_MUCH)
    if all(known.covers(leaf) for leaf in _all_leaves(known.short)):
        return parsed
    whole = len(octets) <= _MAX_WHOLE_BYTES and octets.count(b"\n") <= _MAX_WHOLE_LINES
    if whole:
        known = _Known(octets, parsed, whole=True)
    others = [known.restored(leaf) for leaf in _uncovered(known)]
    returned = _Returned(octets, parsed.root)
    told = [leaf for leaf in others if not known.explains(leaf) and not (whole and returned.holds(leaf))]
    return _with(parsed, others[:_MAX_OTHERS], ONLY_OTHERS if told or len(others) > _MAX_OTHERS else None)


def _is_ambiguous(parsed: ParsedMessage) -> bool:
    return any(gap.reason is GapReason.AMBIGUOUS for gap in parsed.gaps)


def _with(parsed: ParsedMessage, others: list[_Leaf], detail: str | None) -> ParsedMessage:
    parts = tuple(_part(number, leaf) for number, leaf in enumerate(others, 1))
    gaps = parsed.gaps
    if detail is not None:
        reason = GapReason.AMBIGUOUS if detail == ONLY_OTHERS else GapReason.TOO_LARGE
        gaps = (*gaps, Gap(part="", reason=reason, scope=GapScope.MESSAGE, detail=detail))
    return replace(parsed, parts=(*parsed.parts, *parts), gaps=gaps)


def _part(number: int, leaf: _Leaf) -> Part:
    value = read_content_type((leaf.media or "text/plain").encode("utf-8", "surrogateescape"))
    return Part(
        path=f"OTHER.{number}",
        media_type=value.word or "text/plain",
        charset=(value.param("charset") or "").strip().lower() or None,
        filename=None,
        disposition=None,
        params=value.params,
        is_body=False,
        octets=leaf.content,
    )


def _uncovered(known: _Known) -> list[_Leaf]:
    """What only others see, each once."""
    found: dict[bytes, _Leaf] = {}
    for leaf in _all_leaves(known.short):
        if not known.covers(leaf):
            found.setdefault(leaf.content.strip(_BLANKS), leaf)
    return list(found.values())


@dataclass(slots=True)
class _Known:
    """What we see, in the short form of the message (`whole`: in the message itself)."""

    octets: bytes
    parsed: ParsedMessage
    whole: bool = False
    short: bytes = b""
    too_much: bool = False
    raws: dict[bytes, set[bool]] = field(default_factory=dict)  # raw octets of a leaf: whether we decode them
    contents: set[bytes] = field(default_factory=set)
    texts: list[bytes] = field(default_factory=list)  # what we read as it stands
    spans: dict[bytes, tuple[int, int]] = field(default_factory=dict)  # where the octets of a shortened leaf stand
    squeezed: set[bytes] | None = None

    def __post_init__(self) -> None:
        pieces: list[bytes] = []
        position = saved = 0
        cuts: list[tuple[int, int]] = []  # end of a region, octets left out up to there
        by_path = {part.path: part.octets for part in self.parsed.parts}
        for start, end, node in _regions(self.parsed.root):
            raw = self.octets[start:end]
            own = by_path.get(node.path) if node is not None else None
            opened = node is not None and node.media_type.startswith("message/") and node.encoding not in IDENTITY
            if not self.whole and not opened and (shortened := _shortened(raw)) is not raw:
                pieces += (self.octets[position:start], shortened)
                saved += len(raw) - len(shortened)
                cuts.append((end, saved))
                position, raw, own = end, shortened, None
                self.spans[raw.strip(_BLANKS)] = (start, end)
            self._take(raw, node, own)
            if opened and own is not None:
                self._take_message(own)
        self.short = b"".join((*pieces, self.octets[position:])) if pieces else self.octets
        for node in _messages_of_other_kinds(self.parsed.root):
            start, end = (offset - _left_out(cuts, offset) for offset in (node.body_start, node.body_end))
            self.texts.append(self.short[start:end])
        self.too_much = (
            len(self.short) > _MAX_SHORT_BYTES
            or self.short.count(b"\n") > _MAX_SHORT_LINES
            or _longest_type(self.parsed.root) > _MAX_TYPE_BYTES
        ) and not self.whole

    def _take(self, raw: bytes, node: MimePart | None, own: bytes | None) -> None:
        encoding = node.encoding if node is not None else "7bit"
        decodes = encoding in _TAKEN_OFF
        core = raw.strip(_BLANKS)
        self.raws.setdefault(core, set()).add(decodes)
        if decodes:
            content = decode_transfer(raw, encoding)[0] if own is None else own
            self.contents.add(content.strip(_BLANKS))
        else:
            self.contents.add(core)
            self.texts.append(raw)

    def _take_message(self, octets: bytes) -> None:
        """Leaves of a message that is itself encoded: readers that decode it open it as well."""
        inner = _Known(octets, split_message(octets), whole=True)
        self.texts.append(octets)
        self.texts += inner.texts
        self.contents |= inner.contents

    def covers(self, leaf: _Leaf) -> bool:
        """Whether we see what the leaf shows: the same octets, or text that stands inside one of ours."""
        content = leaf.content.strip(_BLANKS)
        if not content:
            return True
        if leaf.raw is not None and leaf.decoded in self.raws.get(leaf.raw.strip(_BLANKS), ()):
            return True
        if content in self.contents:
            return True
        if not leaf.decoded and any(content in text for text in self.texts):
            return True
        if self.squeezed is None:
            self.squeezed = {each.translate(None, _BLANKS) for each in self.contents}
        return content.translate(None, _BLANKS) in self.squeezed

    def restored(self, leaf: _Leaf) -> _Leaf:
        """The leaf with all its octets, where it is one of ours that was not decoded."""
        span = None if leaf.decoded else self.spans.get(leaf.content.strip(_BLANKS))
        return leaf if span is None else replace(leaf, raw=leaf.content, content=self.octets[slice(*span)])

    def explains(self, leaf: _Leaf) -> bool:
        """Whether it is a leaf of ours that the other parser did not decode, or of which it dropped octets."""
        if not leaf.decoded:
            raw = leaf.content if leaf.raw is None else leaf.raw
            return raw.strip(_BLANKS) in self.raws
        plain = leaf.content.translate(None, _NOT_PLAIN)
        return bool(plain) and any(plain == each.translate(None, _NOT_PLAIN) for each in self.contents)


def _regions(root: MimePart) -> Iterator[tuple[int, int, MimePart | None]]:
    """(start, end, leaf) of the body of each leaf, and of the text around the parts of a multipart with None for it,
    in the order of the message."""
    stack: list[tuple[int, int, MimePart | None] | MimePart] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            yield node
        elif not node.children:
            yield node.body_start, node.body_end, node
        else:
            around: list[tuple[int, int, MimePart | None] | MimePart] = []
            if node.first_delimiter is not None:
                around.append((node.body_start, node.first_delimiter, None))
            around += node.children
            if node.first_delimiter is not None:
                around.append((node.children[-1].body_end, node.body_end, None))
            stack += reversed(around)


def _messages_of_other_kinds(root: MimePart) -> Iterator[MimePart]:
    """Nested messages that readers who know message/rfc822 alone show as text."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.children and node.media_type.startswith("message/") and node.media_type != "message/rfc822":
            yield node
        stack += node.children


def _left_out(cuts: list[tuple[int, int]], offset: int) -> int:
    at = bisect_right(cuts, (offset, 1 << 62))
    return cuts[at - 1][1] if at else 0


def _longest_type(root: MimePart) -> int:
    longest = 0
    stack = [root]
    while stack:
        node = stack.pop()
        longest = max([longest, *(len(f.raw) for f in node.header if f.name.lower() == "content-type")])
        stack += node.children
    return longest


def _shortened(raw: bytes) -> bytes:
    """Its first lines, its last line and all lines between that begin with "--"; itself where that saves nothing."""
    if len(raw) <= _KEPT_WHOLE_BYTES:
        return raw
    head = raw.find(b"\n", _HEAD_BYTES)
    tail = raw.rfind(b"\n", 0, len(raw) - _TAIL_BYTES)
    if head < 0 or tail <= head:
        return raw
    dashed = b"".join(_DASHED.findall(raw, head, tail)) if raw.find(b"\n--", head, tail) >= 0 else b""
    return raw[:head] + dashed + raw[tail:]


def _all_leaves(octets: bytes) -> Iterator[_Leaf]:
    for reader in (_leaves_of_rust, _leaves_of_python):
        try:
            yield from reader(octets)
        except (MemoryError, GeneratorExit, KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001, S112  # whoever can't read it shows nothing; a panic of Rust is no Exception
            continue


def _leaves_of_python(octets: bytes) -> Iterator[_Leaf]:
    stack: list[Message] = [_PYTHON.parsebytes(octets)]
    while stack:
        message = stack.pop()
        payload = message.get_payload() if message.is_multipart() else None
        if isinstance(payload, list):
            stack += reversed([each for each in payload if isinstance(each, Message)])
        elif isinstance(message, _Message):
            yield _leaf_of_python(message)


def _leaf_of_python(message: _Message) -> _Leaf:
    encoding = str(message.get("Content-Transfer-Encoding", "")).lower()
    raw = message.raw.encode("ascii", "surrogateescape")
    decoded = encoding in _TAKEN_OFF or encoding in _PYTHON_ALONE
    content = message.get_payload(decode=True) if decoded else raw
    media = message.get("Content-Type")
    return _Leaf(
        media=None if media is None else str(media),
        content=content if isinstance(content, bytes) else raw,
        decoded=decoded,
        raw=raw,
    )


def _leaves_of_rust(octets: bytes) -> Iterator[_Leaf]:
    stack: list[PyLazyMimePart] = [parse_email_tree(octets, mode="lazy")]
    while stack:
        node = stack.pop()
        if node.children:
            stack += reversed(node.children)
            continue
        headers = {name.lower(): values for name, values in node.headers.items()}
        encoding = next(iter(headers.get("content-transfer-encoding", ())), "")
        yield _Leaf(
            media=next(iter(headers.get("content-type", ())), None),
            content=node.content or b"",
            decoded=encoding.lower() in _TAKEN_OFF,  # a blank around the word, and it decodes nothing
        )


class _Returned:
    """The messages that delivery reports return."""

    def __init__(self, octets: bytes, root: MimePart) -> None:
        self._pieces = [octets[node.header_start : node.body_end] for node in returned_messages(root)]
        self._contents: set[bytes] | None = None

    def holds(self, leaf: _Leaf) -> bool:
        """Whether the leaf stands in one of them."""
        if not self._pieces:
            return False
        raw = leaf.raw if leaf.raw is not None else leaf.content
        if any(raw in piece for piece in self._pieces):
            return True
        if self._contents is None:
            self._contents = {inner.content for piece in self._pieces for inner in _all_leaves(piece)}
        return leaf.content in self._contents
