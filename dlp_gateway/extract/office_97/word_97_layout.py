"""How a Word 97-2003 document lies in its streams ([MS-DOC]): the header (FIB), the pieces of its text, and which
runs of it are hidden, deleted or in tables. Also the header of Word 6 and 95, which is alike but shorter."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

HIDDEN, DELETED, IN_TABLE, ROW_END = 1, 2, 4, 8
# Marks that `Layout.text` puts among the characters; a document's own ones are taken out before.
TABLE_START, TABLE_END, CELL_LINE, ROW_MARK, STATES = "\x1a", "\x19", "\x1c", "\x1d", "\x10\x11\x12\x16"
_OUR_MARKS = dict.fromkeys(map(ord, TABLE_START + TABLE_END + CELL_LINE + ROW_MARK + STATES))
# 2.6.1 and 2.6.2: single property modifiers, by the run's property that they set.
_CHARACTER_SPRMS = {0x083C: HIDDEN, 0x0818: HIDDEN, 0x0800: DELETED}
_PARAGRAPH_SPRMS = {0x2416: IN_TABLE, 0x2417: ROW_END, 0x244C: ROW_END}
_OPERAND_BYTES = (1, 1, 2, 4, 2, 2, 0, 3)  # 2.2.5.1: by the upper three bits; 0: the operand says
_LONG_OPERANDS = frozenset((0xD608, 0xC615))
_PAGE = 512
_HEADERS = 2  # number of the part, in `Layout.lengths`
BEYOND, FOOTER = 8, 9
_CODE_PAGES = {
    **dict.fromkeys((0x0419, 0x0422, 0x0423, 0x0402, 0x0C1A), "cp1251"),
    **dict.fromkeys((0x0415, 0x0405, 0x040E, 0x041B, 0x0424, 0x041A, 0x0418), "cp1250"),
    0x0408: "cp1253", 0x041F: "cp1254", 0x040D: "cp1255", 0x0401: "cp1256", 0x0411: "cp932", 0x0804: "cp936",
    0x0412: "cp949", 0x0404: "cp950",
}  # fmt: skip


class NotWordError(ValueError):
    """The stream does not begin with a header of Word."""


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int  # offset in the stream
    length: int  # characters
    codec: str

    @property
    def end(self) -> int:
        return self.start + self.length * self.width

    @property
    def width(self) -> int:
        return 2 if self.codec == "utf-16-le" else 1


@dataclass(slots=True)
class Layout:
    """What the header says. Offsets are into the WordDocument stream, those of `table` into the table stream."""

    stream: bytes = field(repr=False)
    encrypted: bool = False
    old: bool = False  # Word 6 or 95
    table_name: str = ""
    lengths: tuple[int, ...] = ()  # in characters: main text, footnotes, headers, macros, comments, endnotes, boxes...
    footers: list[tuple[int, int]] = field(default_factory=list)  # start and end of page footers within the headers
    pieces: list[_Piece] = field(default_factory=list)
    overlaps: bool = False  # pieces show the same text again and again; those beyond the stream's length are left out
    spans: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, HIDDEN | DELETED
    paragraphs: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, IN_TABLE | ROW_END
    covered: list[tuple[int, int]] = field(default_factory=list)  # what is no text: header, pages of properties
    header_table: int = 0
    codec: str = "cp1252"
    is_complex: bool = False

    def located(self, number: int, table: bytes) -> tuple[int, int]:
        """Start and end of the structure with this number in the list of the header (2.5.6), in the table stream."""
        at = self.header_table + number * 8
        if self.old or at + 8 > len(self.stream) or number >= self.pairs():
            return 0, 0
        start, length = struct.unpack_from("<II", self.stream, at)
        return min(start, len(table)), min(start + length, len(table))

    def pairs(self) -> int:
        """How many structures the header lists."""
        return int(struct.unpack_from("<H", self.stream, self.header_table - 2)[0])


def read_layout(stream: bytes) -> Layout:
    """The header only. Raises NotWordError, or struct.error where it is cut off."""
    if len(stream) < 0x60 or stream[:2] not in (b"\xec\xa5", b"\xdc\xa5", b"\x9b\xa5", b"\x99\xa6"):
        raise NotWordError
    version, flags = struct.unpack_from("<H", stream, 2)[0], struct.unpack_from("<H", stream, 10)[0]
    layout = Layout(stream=stream, encrypted=bool(flags & 0x0100), old=version < 0xC1)
    if layout.old:
        layout.table_name = "WordDocument"
        layout.lengths = struct.unpack_from("<8i", stream, 0x34)
        layout.covered.append((0, 0x180))
        layout.codec = _CODE_PAGES.get(struct.unpack_from("<H", stream, 6)[0], "cp1252")
        layout.is_complex = bool(flags & 0x0004)
        return layout
    layout.table_name = "1Table" if flags & 0x0200 else "0Table"
    longs = 34 + struct.unpack_from("<H", stream, 32)[0] * 2 + 2
    layout.lengths = struct.unpack_from("<8i", stream, longs + 12)
    layout.header_table = longs + struct.unpack_from("<H", stream, longs - 2)[0] * 4 + 2
    layout.covered.append((0, layout.header_table + layout.pairs() * 8))
    return layout


def load_text(layout: Layout, table: bytes) -> None:
    """Fill in the pieces (2.9.38) and the runs of properties. Whatever is cut off is left out."""
    stream = layout.stream
    if layout.old:
        start, end = struct.unpack_from("<II", stream, 0x18)
        clx_at, clx_length = struct.unpack_from("<II", stream, 0x160) if len(stream) >= 0x168 else (0, 0)
        layout.pieces = _pieces(stream[clx_at : clx_at + clx_length], layout.codec) if layout.is_complex else []
        if not layout.pieces:
            length = min(sum(filter(_positive, layout.lengths)) or end - start, len(stream) - start)
            layout.pieces = [_Piece(start, max(0, length), layout.codec)]
        return
    first, last = layout.located(33, table)
    room = len(stream)
    for piece in _pieces(table[first:last], ""):
        room -= piece.end - piece.start
        if room < 0:
            layout.overlaps = True
            break
        layout.pieces.append(piece)
    layout.footers = _footers(layout, table)
    layout.spans = _spans(layout, table, 12, _character_properties)
    layout.paragraphs = _spans(layout, table, 13, _paragraph_properties)


def _footers(layout: Layout, table: bytes) -> list[tuple[int, int]]:
    """2.8.22: six separators of notes, then for each section headers and footers of even, odd and first pages."""
    first, last = layout.located(11, table)
    count = (last - first) // 4
    places = struct.unpack_from(f"<{count}I", table, first)
    return [(places[n], places[n + 1]) for n in range(6, count - 1) if (n - 6) % 6 in (2, 3, 5)]


def _positive(number: int) -> bool:
    return number > 0


def _pieces(clx: bytes, codec: str) -> list[_Piece]:
    position = 0
    while position + 3 <= len(clx) and clx[position] == 1:  # properties of pieces come first
        position += 3 + struct.unpack_from("<H", clx, position + 1)[0]
    if position + 5 > len(clx) or clx[position] != 2:
        return []
    length = min(struct.unpack_from("<I", clx, position + 1)[0], len(clx) - position - 5)
    count = (length - 4) // 12
    if count < 1:
        return []
    at = position + 5
    ends = struct.unpack_from(f"<{count + 1}I", clx, at)
    pieces = []
    for number in range(count):
        where = struct.unpack_from("<I", clx, at + (count + 1) * 4 + number * 8 + 2)[0]
        if codec:
            start, kind = where, codec
        else:  # 2.9.73: 8-bit text lies at half of the offset
            narrow = bool(where & 0x40000000)
            start, kind = ((where & 0x3FFFFFFF) // 2, "cp1252") if narrow else (where & 0x3FFFFFFF, "utf-16-le")
        pieces.append(_Piece(start, max(0, ends[number + 1] - ends[number]), kind))
    return pieces


def _spans(
    layout: Layout, table: bytes, number: int, kind: Callable[[bytes], Iterator[tuple[int, int, int]]]
) -> list[tuple[int, int, int]]:
    """Runs with properties of a bin table (2.8.5, 2.8.6), in order and apart from one another."""
    first, last = layout.located(number, table)
    count = (last - first - 4) // 8
    found: list[tuple[int, int, int]] = []
    seen: set[int] = set()
    for index in range(max(0, count)):
        page = struct.unpack_from("<I", table, first + (count + 1) * 4 + index * 4)[0] & 0x3FFFFF
        start = page * _PAGE
        if page not in seen and start + _PAGE <= len(layout.stream):
            seen.add(page)
            layout.covered.append((start, start + _PAGE))
            found += kind(layout.stream[start : start + _PAGE])
    apart: list[tuple[int, int, int]] = []
    reached = 0
    for start, end, flags in sorted(found):
        if end > max(start, reached):
            apart.append((max(start, reached), end, flags))
            reached = end
    return apart


def _character_properties(page: bytes) -> Iterator[tuple[int, int, int]]:
    """2.9.33: only the runs that are hidden or deleted."""
    count = page[-1]
    if (count + 1) * 4 + count > _PAGE - 1:
        return
    ends = struct.unpack_from(f"<{count + 1}I", page)
    for number in range(count):
        at = page[(count + 1) * 4 + number] * 2
        if at:
            flags = _flags(page[at + 1 : at + 1 + page[at]], _CHARACTER_SPRMS)
            if flags:
                yield ends[number], ends[number + 1], flags


def _paragraph_properties(page: bytes) -> Iterator[tuple[int, int, int]]:
    """2.9.174: every paragraph, since the end of a table shows by the first one that is in none."""
    count = page[-1]
    if (count + 1) * 4 + count * 13 > _PAGE - 1:
        return
    ends = struct.unpack_from(f"<{count + 1}I", page)
    for number in range(count):
        at = page[(count + 1) * 4 + number * 13] * 2
        flags = 0
        if at and at + 2 < _PAGE:
            length, start = (page[at] * 2 - 1, at + 1) if page[at] else (page[at + 1] * 2, at + 2)
            flags = _flags(page[start + 2 : start + length], _PARAGRAPH_SPRMS)
        yield ends[number], ends[number + 1], flags


def _flags(properties: bytes, wanted: dict[int, int]) -> int:
    """Which of the wanted properties a list of modifiers (2.2.5) switches on."""
    flags = position = 0
    while position + 3 <= len(properties):
        sprm = properties[position] | properties[position + 1] << 8
        size = _OPERAND_BYTES[sprm >> 13]
        if size == 0:
            size = 1 + properties[position + 2]
            if sprm in _LONG_OPERANDS:
                size = 1 + (properties[position + 2] | properties[min(position + 3, len(properties) - 1)] << 8)
        if sprm in wanted:
            on = properties[position + 2] & 1
            flags = flags | wanted[sprm] if on else flags & ~wanted[sprm]
        position += 2 + size
    return flags


def marked_text(layout: Layout) -> Iterator[tuple[int, str]]:
    """The text in reading order, each run with the number of its part of the document (`Layout.lengths`; BEYOND for
    what lies beyond, FOOTER for page footers). Among it stand our marks: for tables, and where text begins or ends to
    be hidden or deleted a character of STATES, by the number of the flags."""
    in_table = False
    for part, piece in _cut(layout):
        octets = layout.stream[piece.start : piece.end]
        text = octets[: len(octets) // piece.width * piece.width].decode(piece.codec, "replace")
        if len(text) == len(octets) // piece.width:  # not so for text in several octets a character
            text, in_table = _marked(layout, piece, text, in_table)
        yield part, text


def _cut(layout: Layout) -> Iterator[tuple[int, _Piece]]:
    """The pieces, cut where one part of the document ends and the next begins."""
    ends = _ends(layout)
    position = number = 0
    for piece in layout.pieces:
        start, left = piece.start, piece.length
        while left > 0:
            while number < len(ends) and position >= ends[number][0]:
                number += 1
            length = min(left, ends[number][0] - position) if number < len(ends) else left
            cut = _Piece(start, length, piece.codec)
            yield ends[number][1] if number < len(ends) else BEYOND, cut
            start, left, position = cut.end, left - length, position + length


def _ends(layout: Layout) -> list[tuple[int, int]]:
    """Where each part ends, counted in characters from the beginning, and its number."""
    ends: list[tuple[int, int]] = []
    total = 0
    for part, length in enumerate(layout.lengths):
        if part == _HEADERS:
            for start, end in layout.footers:
                if start < end <= length:
                    ends += [(total + start, part), (total + end, FOOTER)]
        total += max(0, length)
        ends.append((total, part))
    return sorted(ends, key=lambda end: end[0])


def _marked(layout: Layout, piece: _Piece, text: str, in_table: bool) -> tuple[str, bool]:
    text = text.translate(_BLANKED)
    changes: list[tuple[int, int, str]] = []  # index, how many characters are replaced, by what
    for start, end, flags in _within(layout.spans, piece):
        first, last = (max(start, piece.start) - piece.start) // piece.width, (end - piece.start) // piece.width
        changes += [(first, 0, STATES[flags & 3]), (min(last, len(text)), 0, STATES[0])]
    for start, end, flags in _within(layout.paragraphs, piece):
        first, last = (max(start, piece.start) - piece.start) // piece.width, (end - piece.start) // piece.width
        inside = bool(flags & (IN_TABLE | ROW_END))
        if inside != in_table:
            changes.append((first, 0, TABLE_START if inside else TABLE_END))
            in_table = inside
        if inside and 0 < last <= len(text):
            if text[last - 1] == "\r":
                changes.append((last - 1, 1, CELL_LINE))
            elif flags & ROW_END and text[last - 1] == "\x07":
                changes.append((last - 1, 1, ROW_MARK))
    pieces, position = [], 0
    for index, replaced, mark in sorted(changes, key=lambda change: (change[0], change[1])):
        pieces += [text[position:index], mark]
        position = max(position, index + replaced)
    pieces.append(text[position:])
    return "".join(pieces), in_table


def _within(spans: list[tuple[int, int, int]], piece: _Piece) -> Iterator[tuple[int, int, int]]:
    number = max(0, bisect_right(spans, (piece.start, 0, 0)) - 1)
    while number < len(spans) and spans[number][0] < piece.end:
        if spans[number][1] > piece.start:
            yield spans[number]
        number += 1


_BLANKED = dict.fromkeys(_OUR_MARKS, "\0")  # of the same length, so that positions stay
