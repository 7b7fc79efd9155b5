"""Rich Text Format, specification 1.9.1: running text with its tables, and all other places that hold text: page
headers, notes, comments, deletions, hidden text, fields, shapes, properties; embedded objects and pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...model import GapReason, Passage
from ..source import Inner, Item, Source, Tools
from ..text.code_page import CODECS
from .flow import Flow
from .leftover import LEFT_OVER, OTHER_CONTENT, left_over, reads_like_text
from .ole_object import object_files
from .rtf_words import (
    CHANGERS,
    CHARACTERS,
    CHARSETS,
    COMMENTERS,
    DOCUMENT_PROPERTIES,
    FIELD_CODE,
    FORM_FIELD,
    HTML_TAG,
    PICTURES,
    PLACES,
    SHAPE,
    SHAPE_TEXTS,
    SKIPPED,
    SYMBOLS,
    TRANSPARENT,
    UNSEEN,
    VARIABLES,
)

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\"
)
_NOT_HEX = re.compile(rb"[^0-9a-fA-F]+")
_MAX_DEPTH = 10_000
_PICTURE, _OBJECT = "picture", "object"
# Where every group is one entry.
_LISTS = frozenset((DOCUMENT_PROPERTIES, COMMENTERS, CHANGERS, FORM_FIELD, VARIABLES, "bookmarks"))


@dataclass(frozen=True, slots=True)
class _Group:
    """What a group says about its text; groups within it begin with the same."""

    place: str = ""
    skipped: bool = False
    starred: bool = False
    hidden: bool = False
    deleted: bool = False
    codec: str = "cp1252"
    unicode_skip: int = 1
    data: str = ""  # _PICTURE or _OBJECT: what stands in it is octets in hexadecimal digits
    not_html: bool = False  # written for readers of RTF only, where HTML is packed in RTF
    shape_part: str = ""  # "sn" or "sv": name and value of a shape's property


def read_rtf(source: Source, tools: Tools) -> Iterator[Item]:
    """Text by place, then pictures and embedded objects."""
    reader = _Reader(source.octets)
    depth_reached = reader.read()
    for place, flow in reader.flows.items():
        for passage in flow.passages(source, place, hidden=place in UNSEEN or place == LEFT_OVER):
            if place != LEFT_OVER or reads_like_text(passage.text.strip()):
                yield _whole(passage)
    yield source.passage(_joined_surrogates("\n".join(reader.shapes)), "alternative text")
    page = _joined_surrogates("".join(reader.html))
    if reader.from_html and page.strip():
        yield Inner(name="body.html", octets=page.encode("utf-8-sig", "replace"), listed=False)
    yield from _data(source, reader, tools)
    if reader.cut_off:
        yield source.gap(GapReason.CORRUPT, "a document whose binary data is cut off")
    if depth_reached:
        yield source.gap(GapReason.TOO_DEEP, "a document whose groups are nested too deep")


def _data(source: Source, reader: _Reader, tools: Tools) -> Iterator[Item]:
    unknown: list[bytes] = []
    for number, (kind, suffix, octets) in enumerate(reader.data, 1):
        tools.meter.expand(len(octets))
        if kind == _PICTURE:
            yield Inner(name=f"picture {number}.{suffix}", octets=octets, listed=False)
            continue
        files = object_files(octets, number)
        yield from files
        if not files:
            unknown.append(octets)
    yield source.passage(left_over(unknown, set()), OTHER_CONTENT, hidden=True)


class _Reader:
    """Goes over the tokens once."""

    def __init__(self, octets: bytes) -> None:
        self.flows: dict[str, Flow] = {"": Flow()}
        self.shapes: list[str] = []
        self.html: list[str] = []
        self.from_html = False
        self.data: list[tuple[str, str, bytes]] = []
        self.cut_off = False  # there is less binary data than the document says
        self._octets = octets
        self._state = _Group()
        self._stack: list[_Group] = []
        self._to_skip = 0
        self._pending = bytearray()  # octets of text, which a code page may join to characters
        self._digits: list[bytes] = []
        self._suffix = ""
        self._fonts: dict[int, str] = {}
        self._in_fonts = 0  # depth of the table of fonts, 0 outside
        self._font = self._default_font = 0
        self._base = "cp1252"
        self._in_table = False
        self._shape_name = ""
        self._shape_value: list[str] = []

    def read(self) -> bool:
        """Read to the end; True where it was left off since groups are nested too deep."""
        octets, position = self._octets, 0
        while (token := _TOKEN.match(octets, position)) is not None:
            position = token.end()
            kind = token.lastindex
            if kind == 6:
                self._plain(token[6])
            elif kind in (1, 2):
                if token[1] == b"bin":
                    position += self._binary(position, max(0, int(token[2] or b"0")))
                else:
                    self._word(token[1], token[2])
            elif kind == 5:
                if token[5] == b"{":
                    if len(self._stack) >= _MAX_DEPTH:
                        self._flush()
                        return True
                    self._open()
                else:
                    self._close()
            elif kind == 3:
                self._escaped(int(token[3], 16))
            elif kind == 4:
                self._symbol(token[4])
        while self._stack:
            self._close()
        self._flush()
        return False

    # -- Groups --

    def _open(self) -> None:
        self._flush()
        self._to_skip = 0
        self._stack.append(self._state)
        if self._state.starred:
            self._state = replace(self._state, starred=False)

    def _close(self) -> None:
        self._flush()
        self._to_skip = 0
        ended = self._state
        if not self._stack:
            return
        self._state = self._stack.pop()
        if ended.data and not self._state.data:
            self._end_data(ended.data)
        if ended.shape_part and not self._state.shape_part:
            self._end_shape(ended.shape_part)
        if ended.place != self._state.place and ended.place in self.flows and not ended.skipped:
            self.flows[ended.place].put("\n")
        elif ended.place in _LISTS:
            self.flows.setdefault(ended.place, Flow()).put("\n")
        if len(self._stack) < self._in_fonts:
            self._in_fonts = 0
        if not self._stack:  # the end of the document: readers show nothing after it
            self._state = _Group(place=LEFT_OVER, codec=self._base)

    def _end_data(self, kind: str) -> None:
        digits = _NOT_HEX.sub(b"", b"".join(d for d in self._digits if d[:1] != b"\0"))
        octets = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
        octets += b"".join(d[1:] for d in self._digits if d[:1] == b"\0")
        self._digits = []
        if octets:
            self.data.append((kind, self._suffix or "bin", octets))

    def _end_shape(self, part: str) -> None:
        text = "".join(self._shape_value).strip()
        self._shape_value = []
        if part == "sn":
            self._shape_name = text
        elif text and self._shape_name in SHAPE_TEXTS:
            self.shapes.append(text)

    # -- Words --

    def _word(self, word: bytes, number: bytes | None) -> None:
        value = int(number) if number is not None else None
        if word == b"u" and value is not None:
            self._put(chr(value % 65536))
            self._to_skip = self._state.unicode_skip
            return
        if word in CHARACTERS:
            self._put(CHARACTERS[word])
            return
        self._flush()
        on = value != 0
        if word in (b"cell", b"row", b"intbl", b"trowd", b"pard"):
            self._table(word)
        elif word in (b"v", b"webhidden"):
            self._state = replace(self._state, hidden=on)
        elif word == b"deleted":
            self._state = replace(self._state, deleted=on)
        elif word == b"plain":
            self._state = replace(self._state, hidden=False, codec=self._codec_of(self._default_font))
        elif word == b"htmlrtf":
            self._state = replace(self._state, not_html=on)
        elif word == b"fromhtml":
            self.from_html = on
        elif word == b"uc" and value is not None:
            self._state = replace(self._state, unicode_skip=max(0, value))
        elif value is not None and self._font_word(word, value):
            pass
        else:
            self._destination(word)

    def _destination(self, word: bytes) -> None:
        state = replace(self._state, starred=False)
        if word == b"fonttbl":
            self._in_fonts = len(self._stack)
            self._state = replace(state, skipped=True)
        elif word in SKIPPED:
            self._state = replace(state, skipped=True, data="", shape_part="")
        elif word == b"pict":
            self._suffix = ""
            self._state = replace(state, data=_PICTURE, shape_part="")
        elif word in (b"objdata", b"objalias", b"objsect"):
            self._suffix = ""
            self._state = replace(state, data=_OBJECT)
        elif word in (b"sn", b"sv"):
            self._state = replace(state, shape_part=word.decode("ascii"), place=SHAPE, data="")
        elif word in PLACES:
            self._state = replace(state, place=PLACES[word], data="")
        elif word == b"ftnalt" and state.place == "footnote":
            self._state = replace(state, place="endnote")
        elif word == b"picprop":
            self._state = replace(state, data="")
        elif word in PICTURES:
            self._suffix = PICTURES[word]
        elif self._state.starred and word not in TRANSPARENT:
            self._state = replace(state, place=OTHER_CONTENT, data="")  # readers leave out what they do not know
        else:
            self._state = state

    def _font_word(self, word: bytes, value: int) -> bool:
        if word == b"f":
            self._font = value
            if not self._in_fonts:
                self._state = replace(self._state, codec=self._codec_of(value))
        elif word == b"fcharset" and self._in_fonts:
            self._fonts[self._font] = CHARSETS.get(value, "")
        elif word in (b"cpg", b"ansicpg") and value in CODECS:
            if word == b"ansicpg":
                self._base = CODECS[value]
                self._state = replace(self._state, codec=self._base)
            elif self._in_fonts:
                self._fonts[self._font] = CODECS[value]
        elif word == b"deff":
            self._default_font = value
        else:
            return False
        return True

    def _codec_of(self, font: int) -> str:
        return self._fonts.get(font) or self._base

    def _table(self, word: bytes) -> None:
        if self._state.skipped or self._state.starred:
            return
        flow = self._flow()
        if word == b"cell":
            if not flow.in_table:  # a cell of no table is set apart all the same
                flow.put("\t")
            flow.end_cell()
        elif word == b"row":
            flow.end_row() if flow.in_table else flow.put("\n")
            self._in_table = False
        elif word == b"pard":
            self._in_table = False
        else:
            self._in_table = True
            if not flow.in_table:
                flow.start_table()

    # -- Text --

    def _plain(self, octets: bytes) -> None:
        if self._state.data:
            self._digits.append(octets)
            return
        if self._to_skip:
            used = min(self._to_skip, len(octets))
            self._to_skip -= used
            octets = octets[used:]
        self._pending += octets

    def _escaped(self, octet: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif not self._state.data:
            self._pending.append(octet)

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._flush()
            self._state = replace(self._state, starred=True)
        elif self._to_skip:
            self._to_skip -= 1
        else:
            self._put(SYMBOLS.get(symbol, ""))

    def _binary(self, position: int, size: int) -> int:
        """Take octets that are no text; how many. More than there are can't be meant: then it is read as text."""
        octets = self._octets[position : position + size]
        if len(octets) < size:
            self.cut_off = True
            return 0
        if self._state.data:
            self._digits.append(b"\0" + octets)  # marked, since these are no digits
        else:  # a reader that does not know the word shows them
            self.data.append((_OBJECT, "bin", octets))
        return size

    def _flush(self) -> None:
        if self._pending:
            octets, self._pending = bytes(self._pending), bytearray()
            self._write(octets.decode(self._state.codec, "replace"))

    def _put(self, text: str) -> None:
        self._flush()
        if text:
            self._write(text)

    def _write(self, text: str) -> None:
        state = self._state
        if state.skipped or state.data:
            return
        if state.shape_part:
            self._shape_value.append(text)
            return
        if state.place == HTML_TAG:
            self.html.append(text)
            return
        if not state.not_html and not state.place:
            self.html.append(text.replace("&", "&amp;").replace("<", "&lt;") if text != "\n" else text)
        where = "tracked deletion" if state.deleted else "hidden text" if state.hidden else ""
        if state.place == FIELD_CODE:
            where = where or FIELD_CODE
        flow = self._flow()
        if flow.in_table and not self._in_table and not where and text.strip():
            flow.end_table()
        flow.put(text, where)

    def _flow(self) -> Flow:
        place = "" if self._state.place == FIELD_CODE else self._state.place
        flow = self.flows.get(place)
        if flow is None:
            flow = self.flows[place] = Flow()
        return flow


def _whole(passage: Passage) -> Passage:
    """Characters beyond the first plane are written as two of \\u each."""
    return replace(passage, text=_joined_surrogates(passage.text)) if passage.text else passage


def _joined_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
