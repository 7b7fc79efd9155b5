"""Excel workbooks before 2007 ([MS-XLS], and the versions before 97): all sheets, and what the book keeps besides."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from ...model import GapReason, Passage
from ..grid import Grid
from ..office.number_format import EPOCH_1904
from ..office.sheets import sheet_place
from ..source import Item, Source, Tools
from ..text.code_page import codec_of_page
from .biff import BIFF_2, BIFF_3, BIFF_4, BIFF_5, BIFF_8, Record, Strings, biff_records, literals, number_text
from .compound import Storage
from .excel_97_sheet import BOF_CHART, Book, SheetReader
from .leftover import OTHER_CONTENT, left_over
from .office_art import art_picture, art_texts, picture_inside, records
from .ole_password import open_workbook

_VERSIONS = {0x0009: BIFF_2, 0x0209: BIFF_3, 0x0409: BIFF_4, 0x0809: BIFF_8}  # by the record that begins a sheet
_EOF, _FILE_PASS, _CODE_PAGE, _BOUND_SHEET, _DATE_MODE = 0x000A, 0x002F, 0x0042, 0x0085, 0x0022
_FORMATS, _STYLES, _SHARED, _NAMES = (0x041E, 0x001E), (0x00E0, 0x0043, 0x0243, 0x0443), 0x00FC, (0x0018, 0x0218)
_SUP_BOOK, _EXTERN_NAME, _CACHED, _WRITER, _DRAWING_GROUP = 0x01AE, 0x0023, 0x005A, (0x005C, 0x005B), 0x00EB
_BOF_GLOBALS, _FONT, _STYLE = 0x0005, 0x0031, 0x0293
_STATES = {1: "hidden", 2: "veryHidden"}  # 2.4.28
_QUOTED = re.compile(r'"([^"]*)"')
# Of the workbook's own records: fonts, styles, colours, windows, themes, the index of the strings, tab numbers.
_NO_TEXT = frozenset((
    0x0031, 0x0231, 0x0092, 0x0293, 0x0892, 0x087C, 0x087D, 0x0896, 0x088E, 0x00FF, 0x013D, 0x003D, 0x0017, 0x0086,
    0x00E1, 0x00C1, 0x00E2, 0x009C, 0x0019, 0x0012, 0x0013, 0x01AF, 0x01BC, 0x0040, 0x008D, 0x000E, 0x01B7, 0x00DA,
    0x0160, 0x008C, 0x0161, 0x01C0, 0x01C1, 0x0863, 0x0059, 0x00D3, 0x0000, 0x0016, 0x0042, 0x0022, 0x01BA, 0x08A3,
))  # fmt: skip

WITH_PASSWORD = "an Excel workbook with a password"  # noqa: S105  # words of a gap


def read_excel(source: Source, storage: Storage, tools: Tools) -> Iterator[Item]:
    """Both forms of a workbook that was saved for several versions at once, and its pivot caches."""
    for name in ("Workbook", "Book"):
        stream = storage.read(name)
        if stream:
            yield from read_workbook(source, stream, tools)
    caches = storage.folder("_SX_DB_CUR")
    for cache in caches.streams.values() if caches is not None else ():
        lines = _pivot_lines(cache.octets())
        yield source.passage("\n".join(lines), "pivot cache", hidden=True)


def read_bare_workbook(source: Source, tools: Tools) -> Iterator[Item]:
    """A workbook stream that is a file of its own, as Excel wrote before version 5 and still reads."""
    yield from read_workbook(source, source.octets, tools)


def read_workbook(source: Source, stream: bytes, tools: Tools) -> Iterator[Item]:
    """One workbook stream. A workbook that everybody can open is opened (`ole_password`)."""
    secret = next((r.body for r in biff_records(stream[:16384]) if r.kind == _FILE_PASS), None)
    if secret is not None:
        opened = open_workbook(stream, secret)
        if opened is None:
            yield source.gap(GapReason.ENCRYPTED, WITH_PASSWORD)
            return
        stream = opened
    yield from _Workbook(source, tools).read(stream)


class _Workbook:
    def __init__(self, source: Source, tools: Tools) -> None:
        self._source, self._tools = source, tools
        self._book = Book()
        self._listed: dict[int, tuple[str, str]] = {}  # name and state by where the sheet begins
        self._names: list[str] = []
        self._linked: list[str] = []
        self._writers: list[str] = []
        self._styles: list[str] = []
        self._other: list[bytes] = []
        self._art: list[bytes] = []
        self._sheet: SheetReader | None = None
        self._depth = 0
        self._begun = False

    def read(self, stream: bytes) -> Iterator[Item]:
        """Passages of each sheet as it ends, then those of the workbook."""
        for record in biff_records(stream):
            if record.kind in _VERSIONS:
                self._begin(record)
            elif record.kind == _EOF:
                yield from self._end()
            elif self._sheet is not None:
                self._sheet.take(record)
            else:
                self._take(record)
        self._depth = min(self._depth, 1)
        yield from self._end()  # of a sheet that is cut off
        yield from self._passages()

    def _begin(self, record: Record) -> None:
        self._depth += 1
        version = _VERSIONS[record.kind]
        kind = struct.unpack_from("<H", record.body, 2)[0] if len(record.body) >= 4 else 0
        if version == BIFF_8:  # 2.4.21; the version stands in the body
            version = BIFF_8 if record.body[:2] == b"\x00\x06" else BIFF_5
        if self._sheet is not None:
            self._sheet.start_chart()
            return
        if not self._begun:  # a sheet may claim another version than its workbook; the workbook's holds
            self._book.version, self._begun = version, True
        if kind == _BOF_GLOBALS or (version == BIFF_4 and kind == 0x0100):
            return
        name, state = self._listed.get(record.offset, ("", "") if version < BIFF_5 else ("(not listed)", "hidden"))
        place, hidden = sheet_place(name, state)
        place = place.strip()
        self._sheet = SheetReader(self._book, Grid(self._tools.meter), place, hidden=hidden)
        if kind == BOF_CHART:
            self._sheet.start_chart()

    def _end(self) -> Iterator[Item]:
        self._depth -= 1
        if self._sheet is None:
            return
        if self._depth > 0:
            self._sheet.end_chart()
            return
        sheet, self._sheet = self._sheet, None
        self._depth = max(self._depth, 0)
        yield from sheet.passages(self._source)
        yield from _art(self._source, b"".join(sheet.drawings), self._tools, sheet.place, hidden=sheet.hidden)

    def _take(self, record: Record) -> None:
        """A record of the workbook itself."""
        try:
            self._take_known(record)
        except (struct.error, IndexError):
            self._other.append(record.whole)

    def _take_known(self, record: Record) -> None:
        book, kind, body = self._book, record.kind, record.body
        if kind == _SHARED:
            book.strings += _shared_strings(record, self._tools)
        elif kind == _BOUND_SHEET:
            position, state = struct.unpack_from("<IB", body)
            self._listed[position] = (book.text(record, 6, 1), _STATES.get(state & 3, ""))
        elif kind in _FORMATS:
            self._format(record)
        elif kind in _STYLES:
            book.add_style(body) if kind == 0x00E0 else book.formats.append(body[1])
        elif kind == _FONT:
            book.colours.append(struct.unpack_from("<H", body, 4)[0])
        elif kind == _STYLE and body[1] & 0x80 == 0:  # 2.4.269: not one of Excel's own
            self._styles.append(book.text(record, 2, 2 if book.wide else 1))
        elif kind == _CODE_PAGE:
            book.codec = codec_of_page(struct.unpack_from("<H", body)[0])
        elif kind == _DATE_MODE and body[:1] == b"\x01":
            book.epoch = EPOCH_1904
        elif kind in _NAMES:
            self._names += _name_texts(record, book)
        elif kind == _SUP_BOOK:
            self._linked += _linked_book(record, book)
        elif kind == _CACHED:
            self._linked += _cached_cells(record, book)
        elif kind in _WRITER:
            offset = 0 if kind == 0x005C else 4
            self._writers.append(book.text(record, offset, 2 if book.wide else 1).strip())
        elif kind == _DRAWING_GROUP:
            self._art.append(record.whole)
        elif kind == _EXTERN_NAME or kind not in _NO_TEXT:
            self._other.append(record.whole)

    def _format(self, record: Record) -> None:
        """2.4.126: a number format of the workbook's own."""
        book = self._book
        if record.kind == 0x041E and book.version >= BIFF_5:
            number = struct.unpack_from("<H", record.body)[0]
            book.codes[number] = book.text(record, 2, 2 if book.wide else 1)
        else:  # BIFF2 to 4: numbered by their order
            offset = 2 if record.kind == 0x041E else 0
            book.codes[len(book.codes)] = book.text(record, offset, 1)

    def _passages(self) -> Iterator[Item]:
        source, book = self._source, self._book
        yield source.passage("\n".join(name for name, _ in self._listed.values()), "sheet names")
        yield source.passage("\n".join(self._names), "defined names", hidden=True)
        unused = [text for number, text in enumerate(book.strings) if number not in book.used]
        yield source.passage("\n".join(unused), "text of no cell", hidden=True)
        yield source.passage("\n".join(self._linked), "external link", hidden=True)
        quoted = [text for code in book.codes.values() for text in _QUOTED.findall(code) if len(text) > 2]
        yield source.passage("\n".join(dict.fromkeys(quoted)), "number formats", hidden=True)
        yield source.passage("\n".join(self._styles), "styles", hidden=True)
        yield source.passage("\n".join(self._writers), "authors of changes", hidden=True)
        yield source.passage(left_over(self._other, set()), OTHER_CONTENT, hidden=True)
        yield from _art(source, b"".join(self._art), self._tools, "", hidden=False)


def _shared_strings(record: Record, tools: Tools) -> list[str]:
    """2.4.265: the strings that cells share, as far as they go."""
    strings = Strings(record.pieces, "latin-1")
    strings.raw(4)
    count = strings.number(4)
    found: list[str] = []
    while len(found) < count and strings.left:
        found.append(strings.string())
        tools.meter.expand(1)
    return found


def _name_texts(record: Record, book: Book) -> list[str]:
    """2.4.150: a defined name and the texts in what it stands for. One of Excel's own has no name but a number."""
    flags, length, size = struct.unpack_from("<HxBH", record.body)
    strings = Strings(record.pieces, book.codec, 14, wide=book.wide)
    name = strings.characters(length)
    found = [] if flags & 0x20 else [name]
    return found + literals(strings.raw(size), wide=book.wide, codec=book.codec)


def _linked_book(record: Record, book: Book) -> list[str]:
    """2.4.271: the path of another workbook, in which control characters stand for separators, and its sheets."""
    sheets, length = struct.unpack_from("<HH", record.body)
    if len(record.body) <= 4 or not 1 <= length <= 0xFF:
        return []  # this workbook, or its functions
    strings = Strings(record.pieces, book.codec, 2, wide=book.wide)
    path = re.sub(r"[\x00-\x1f]+", "/", strings.string()).strip("/")
    found = [path]
    while sheets and strings.left:
        found.append(strings.string())
        sheets -= 1
    return found


def _cached_cells(record: Record, book: Book) -> list[str]:
    """2.4.84: what cells of another workbook said, one row a line."""
    strings = Strings(record.pieces, book.codec, 4, wide=book.wide)
    cells: list[str] = []
    while strings.left:
        kind = strings.number(1)
        if kind == 2:
            cells.append(strings.string(2 if book.wide else 1))
            continue
        octets = strings.raw(8)
        if kind == 1 and len(octets) == 8:
            cells.append(number_text(struct.unpack("<d", octets)[0]))
    return ["\t".join(cells)] if cells else []


def _pivot_lines(stream: bytes) -> list[str]:
    """Texts, numbers and names of fields that a pivot table keeps of its source (2.4.316 and near it)."""
    lines = []
    for record in biff_records(stream):
        if record.kind == 0x00CD:
            lines.append(Strings(record.pieces, "latin-1").string())
        elif record.kind == 0x00C9 and len(record.body) >= 8:
            lines.append(number_text(struct.unpack_from("<d", record.body)[0]))
        elif record.kind == 0x00C7:  # the field's name stands after its numbers (2.4.283)
            lines.append(Strings(record.pieces, "latin-1", 14).string())
    return [line for line in lines if line.strip()]


def _art(source: Source, art: bytes, tools: Tools, place: str, *, hidden: bool) -> Iterator[Item]:
    texts: list[str] = []
    number = 0
    for record in records(art):
        texts += art_texts(art, record)
        inside = picture_inside(art, record)
        if inside is not None:
            number += 1
            picture = art_picture(art, inside, tools.meter, number)
            if picture is not None:
                yield picture
    name = ", ".join(filter(None, (place, "alternative text")))
    passage: Passage = source.passage("\n".join(texts), name, hidden=hidden)
    yield passage
