"""One sheet or chart of an Excel workbook before 2007 ([MS-XLS] 2.1.7.20): its cells as they are shown, and its notes,
text boxes, page headers, links and rules for entries."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ..grid import Grid
from ..office.number_format import BUILT_IN_DATES, EPOCH_1900, hides_everything, shown_number
from ..office.sheets import sheet_passages
from ..office.worksheet import cell_name, is_long, margin_text
from ..source import Item, Source
from .biff import BIFF_2, BIFF_8, Record, Strings, literals, number_text, rk_number
from .leftover import OTHER_CONTENT, left_over

BOF_CHART = 0x0020
_STRING_RESULT = b"\x00"
_WHITE = (1, 9)  # 2.5.161: white among the colours that are always there, and first of the palette
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 1
# Records without text of a person: sizes, fonts, colours, windows, printers' settings, caches of formulas.
_NO_TEXT = frozenset((
    0x000C, 0x000D, 0x000E, 0x000F, 0x0010, 0x0011, 0x0019, 0x001A, 0x001B, 0x001D, 0x0026, 0x0027, 0x0028, 0x0029,
    0x002A, 0x002B, 0x003D, 0x0041, 0x004D, 0x0055, 0x0080, 0x0081, 0x0082, 0x0083, 0x0084, 0x0090, 0x0099, 0x00A0,
    0x00A1, 0x00BE, 0x00D7, 0x00E5, 0x0201, 0x020B, 0x0225, 0x023E, 0x0862, 0x0867, 0x0868, 0x088B, 0x1002, 0x1003,
    0x1014, 0x101D, 0x1025, 0x1026, 0x104F, 0x1050, 0x1051, 0x105B, 0x1060, 0x1061, 0x1064, 0x0850, 0x0851, 0x089E,
    0x08A4, 0x08A5, 0x08A6, 0x08A7, 0x0000, 0x0001, 0x0200, 0x00AB, 0x000A, 0x0006, 0x0042, 0x0022,
))  # fmt: skip


@dataclass(slots=True)
class Book:
    """What the beginning of the workbook says, which all sheets need."""

    version: int = BIFF_8
    codec: str = "cp1252"
    epoch: datetime = EPOCH_1900
    strings: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)  # indexes of the strings that some cell shows
    codes: dict[int, str] = field(default_factory=dict)  # number formats of the workbook's own
    formats: list[int] = field(default_factory=list)  # number of the format by cell style
    unseen: list[bool] = field(default_factory=list)  # whether a cell style shows its text in the colour behind it
    colours: list[int] = field(default_factory=list)  # of the fonts, in order

    @property
    def wide(self) -> bool:
        return self.version >= BIFF_8

    def text(self, record: Record, offset: int = 0, length_bytes: int = 2) -> str:
        return Strings(record.pieces, self.codec, offset, wide=self.wide).string(length_bytes)

    def is_unseen(self, style: int) -> bool:
        return style < len(self.unseen) and self.unseen[style]

    def add_style(self, body: bytes) -> None:
        """2.4.353: the number format of a cell style, and whether its font is of the colour of its ground."""
        font, number = struct.unpack_from("<HH", body)
        self.formats.append(number)
        if len(body) < 20 or not self.wide:
            return
        # Of font number 4 there is none (2.5.129).
        font -= font > 4
        colour = self.colours[font] if font < len(self.colours) else -1
        pattern, ground = body[17] >> 2, body[18] & 0x7F
        self.unseen.append(colour in _WHITE if pattern == 0 else pattern == 1 and colour == ground)

    def code(self, style: int) -> str:
        """The number format of a cell style (2.4.126)."""
        which = self.formats[style] if style < len(self.formats) else 0
        return self.codes.get(which, "dd/mm/yyyy" if which in BUILT_IN_DATES else "")


class SheetReader:
    """Takes the records of one sheet in order; then tells its passages."""

    def __init__(self, book: Book, grid: Grid, place: str, *, hidden: bool) -> None:
        self.place, self.hidden = place, hidden
        self.drawings: list[bytes] = []
        self._book = book
        self._grid = grid
        self._formulas = Grid(grid.meter)
        self._stored = Grid(grid.meter)  # long numbers that are shown in another way
        self._texts: dict[str, list[str]] = {}
        self._other: list[bytes] = []
        self._shapes: dict[int, str] = {}  # text of a shape by its number in the sheet
        self._shape = -1
        self._notes: list[tuple[int, int, int, str]] = []  # row, column, shape, author or text
        self._charts = 0
        self._pending: tuple[int, int, int] | None = None  # the cell whose formula's text follows
        self._readers: dict[int, Callable[[Record], None]] = {
            0x00FD: self._shared, 0x0204: self._label, 0x00D6: self._label, 0x0004: self._label_2,
            0x0203: self._number, 0x0003: self._number_2, 0x0002: self._integer_2,
            0x027E: self._rk, 0x00BD: self._rks, 0x0205: self._truth,
            0x0006: self._formula, 0x0206: self._formula, 0x0406: self._formula,
            0x0207: self._result, 0x0007: self._result,
            0x0208: self._row, 0x007D: self._columns, 0x04BC: self._tokens, 0x0221: self._tokens,
            0x0014: self._line, 0x0015: self._line, 0x01B8: self._link, 0x0800: self._link, 0x01BE: self._rule,
            0x01B1: self._condition, 0x087A: self._condition,
            0x001C: self._note, 0x005D: self._object, 0x01B6: self._box, 0x00EC: self._drawing,
            0x100D: self._series,
        }  # fmt: skip

    def take(self, record: Record) -> None:
        """One record of the sheet or of a chart in it."""
        reader = self._readers.get(record.kind)
        if reader is not None:
            try:
                reader(record)
            except struct.error:  # shorter than its kind: whatever it holds is looked for as text
                self._other.append(record.whole)
        elif record.kind not in _NO_TEXT:
            self._other.append(record.whole)

    def start_chart(self) -> None:
        self._charts += 1

    def end_chart(self) -> None:
        self._charts -= 1

    def passages(self, source: Source) -> Iterator[Item]:
        """The cells, then all other texts, then each note."""
        place, hidden = self.place, self.hidden
        yield from sheet_passages(source, place, hidden, self._grid, self._formulas, self._stored, self._texts)
        noted = set()
        for row, column, shape, said in self._notes:
            text = self._shapes.get(shape, "")
            noted.add(shape)
            words = f"{said}\n{text}" if text and not text.startswith(said) else text or said
            yield source.passage(words, f"{place}, comment on {cell_name(row + 1, column + 1)}", hidden=True)
        boxes = [text for shape, text in self._shapes.items() if shape not in noted]
        yield source.passage("\n".join(boxes), f"{place}, text box", hidden=hidden)
        yield source.passage(left_over(self._other, set()), f"{place}, {OTHER_CONTENT}", hidden=True)

    # -- Cells --

    def _put(self, row: int, column: int, style: int, text: str) -> None:
        if self._charts:
            self._say("chart", text)
        else:
            unseen = hides_everything(self._book.code(style)) or self._book.is_unseen(style)
            self._grid.put(row + 1, column + 1, text, unseen=unseen)

    def _put_number(self, row: int, column: int, style: int, number: float) -> None:
        stored = number_text(number)
        shown = shown_number(stored, self._book.code(style), self._book.epoch)
        self._put(row, column, style, shown)
        if shown != stored and is_long(stored) and not self._charts:
            self._stored.put(row + 1, column + 1, stored)

    def _shared(self, record: Record) -> None:
        row, column, style, number = struct.unpack_from("<HHHI", record.body)
        self._book.used.add(number)
        if number < len(self._book.strings):
            self._put(row, column, style, self._book.strings[number])

    def _label(self, record: Record) -> None:
        row, column, style = struct.unpack_from("<HHH", record.body)
        self._put(row, column, style, self._book.text(record, 6))

    def _label_2(self, record: Record) -> None:
        row, column = struct.unpack_from("<HH", record.body)
        self._put(row, column, 0, self._book.text(record, 7, 1))

    def _number(self, record: Record) -> None:
        row, column, style, number = struct.unpack_from("<HHHd", record.body)
        self._put_number(row, column, style, number)

    def _number_2(self, record: Record) -> None:
        row, column, number = struct.unpack_from("<HH3xd", record.body)
        self._put_number(row, column, 0, number)

    def _integer_2(self, record: Record) -> None:
        row, column, number = struct.unpack_from("<HH3xH", record.body)
        self._put(row, column, 0, str(number))

    def _rk(self, record: Record) -> None:
        row, column, style = struct.unpack_from("<HHH", record.body)
        self._put_number(row, column, style, rk_number(record.body[6:10]))

    def _rks(self, record: Record) -> None:
        row, first = struct.unpack_from("<HH", record.body)
        for number in range((len(record.body) - 6) // 6):
            style = struct.unpack_from("<H", record.body, 4 + number * 6)[0]
            value = rk_number(record.body[6 + number * 6 : 10 + number * 6])
            self._put_number(row, first + number, style, value)

    def _truth(self, record: Record) -> None:
        row, column, style, value, error = struct.unpack_from("<HHHBB", record.body)
        if not error:
            self._put(row, column, style, "TRUE" if value else "FALSE")

    def _formula(self, record: Record) -> None:
        old = record.kind == 0x0006 and self._book.version == BIFF_2  # BIFF2: attributes of three octets
        row, column, style = struct.unpack_from("<HHH", record.body)
        at = 7 if old else 6
        result = record.body[at : at + 8]
        style = 0 if old else style
        self._pending = (row, column, style)
        if result[6:] != b"\xff\xff":
            self._put_number(row, column, style, struct.unpack("<d", result)[0])
            self._pending = None
        elif result[:1] != _STRING_RESULT:
            self._pending = None
        said = self._literals(record.whole[at + 8 :])
        if said and not self._charts:
            self._formulas.put(row + 1, column + 1, " ".join(said))

    def _result(self, record: Record) -> None:
        if self._pending is not None:
            text = self._book.text(record, 0, 1 if record.kind == 0x0007 else 2)
            self._put(*self._pending, text)
            self._pending = None

    def _tokens(self, record: Record) -> None:
        """A formula that several cells share: it begins with their rows and columns (2.4.277)."""
        row, column = struct.unpack_from("<HxxB", record.body)
        said = self._literals(record.whole)
        if said:
            self._formulas.put(row + 1, column + 1, " ".join(said))

    def _literals(self, tokens: bytes) -> list[str]:
        return literals(tokens, wide=self._book.wide, codec=self._book.codec)

    def _say(self, place: str, *texts: str) -> None:
        self._texts.setdefault(place, []).extend(texts)

    def _row(self, record: Record) -> None:
        no_height = len(record.body) > 12 and not struct.unpack_from("<H", record.body, 6)[0] & 0x7FFF
        if len(record.body) > 12 and (record.body[12] & _ROW_HIDDEN or no_height):
            self._grid.hidden_rows.add(struct.unpack_from("<H", record.body)[0] + 1)

    def _columns(self, record: Record) -> None:
        first, last, width, _, flags = struct.unpack_from("<HHHHH", record.body)
        if flags & _COLUMN_HIDDEN or not width:
            self._grid.hidden_columns.append((first + 1, last + 1))

    # -- Other texts --

    def _line(self, record: Record) -> None:
        """Page headers and footers (2.4.136)."""
        if record.body:
            text = self._book.text(record, 0, 2 if self._book.wide else 1)
            place = "page header" if record.kind == 0x0014 else "page footer"
            self._say(place, margin_text(text))

    def _link(self, record: Record) -> None:
        """2.4.140: a target, which stands among numbers of its parts."""
        self._say("link", *left_over([record.whole], set()).splitlines())

    def _condition(self, record: Record) -> None:
        self._say("conditional formatting", *self._literals(record.whole))

    def _rule(self, record: Record) -> None:
        """2.4.98: titles and texts of messages, then the formulas, in which a list of choices stands."""
        strings = Strings(record.pieces, self._book.codec, 4, wide=self._book.wide)
        self._say("data validation", *(text for text in (strings.string() for _ in range(4)) if len(text) > 1))
        for _ in range(2):
            size = strings.number(2)
            strings.raw(2)
            self._say("data validation", *self._literals(strings.raw(size)))

    def _note(self, record: Record) -> None:
        row, column = struct.unpack_from("<HH", record.body)
        if self._book.wide:
            shape = struct.unpack_from("<H", record.body, 6)[0]
            self._notes.append((row, column, shape, self._book.text(record, 8).strip()))
            return
        text = record.body[6:].decode(self._book.codec, "replace")
        if row == 0xFFFF and self._notes:  # a long note goes on in further records
            row, column, shape, said = self._notes.pop()
            text = said + text
        self._notes.append((row, column, -1, text))

    def _object(self, record: Record) -> None:
        """2.4.181: the number of a shape; its text, if it has one, comes after it."""
        if self._book.wide:
            self._shape = struct.unpack_from("<H", record.body, 6)[0] if len(record.body) >= 8 else -1
        self._other.append(record.whole)

    def _box(self, record: Record) -> None:
        """2.4.329: the text stands in the records that continue this one, each with flags of its own."""
        count = struct.unpack_from("<H", record.body, 10)[0]
        if count and len(record.pieces) > 1:
            text = Strings(record.pieces[1:], self._book.codec).characters(count)
            key = self._shape if self._shape not in self._shapes else -len(self._shapes) - 2
            self._shapes[key] = text.replace("\r\n", "\n").replace("\r", "\n")

    def _drawing(self, record: Record) -> None:
        self.drawings.append(record.whole)

    def _series(self, record: Record) -> None:
        self._say("chart", self._book.text(record, 2, 1))
