"""Records of Excel workbooks before 2007 ([MS-XLS]; of the versions before 97 as OpenOffice documents them): how
they follow one another, and the strings and numbers in them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONTINUE = 0x003C
BIFF_2, BIFF_3, BIFF_4, BIFF_5, BIFF_8 = 2, 3, 4, 5, 8
_PRINTABLE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class Record:
    """One record; `pieces` are its body and those of the CONTINUE records after it (2.4.58)."""

    kind: int
    offset: int  # of the header, in the stream
    pieces: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        return self.pieces[0]

    @property
    def whole(self) -> bytes:
        return b"".join(self.pieces)


def biff_records(stream: bytes) -> Iterator[Record]:
    """All records up to the end, or to the first that is cut off, which is shortened."""
    position = 0
    while position + 4 <= len(stream):
        offset = position
        kind, size = struct.unpack_from("<HH", stream, position)
        pieces = [stream[position + 4 : position + 4 + size]]
        position += 4 + size
        while stream[position : position + 2] == b"\x3c\x00" and position + 4 <= len(stream):
            size = struct.unpack_from("<H", stream, position + 2)[0]
            pieces.append(stream[position + 4 : position + 4 + size])
            position += 4 + size
        if kind == 0 and not size and not stream[position:].strip(b"\0"):
            return  # padding
        yield Record(kind, offset, tuple(pieces))


class Strings:
    """Reads strings one after another from a record, over the borders of its pieces (2.5.293, 2.5.296): where the
    characters go on in a following piece, it begins with an octet that says how wide they are there."""

    def __init__(self, pieces: tuple[bytes, ...], codec: str, offset: int = 0, *, wide: bool = True) -> None:
        self._pieces = pieces
        self._number = 0
        self._offset = offset
        self._codec = codec
        self._unicode = wide  # BIFF8; before, strings are of 8-bit characters without flags

    @property
    def left(self) -> bool:
        self._advance()
        return self._number < len(self._pieces)

    def number(self, size: int) -> int:
        return int.from_bytes(self.raw(size), "little")

    def raw(self, size: int) -> bytes:
        """So many octets, fewer at the end."""
        found = []
        while size > 0 and self.left:
            octets = self._pieces[self._number][self._offset : self._offset + size]
            found.append(octets)
            size -= len(octets)
            self._offset += len(octets)
        return b"".join(found)

    def string(self, length_bytes: int = 2) -> str:
        """A string after its length in characters."""
        return self.characters(self.number(length_bytes))

    def characters(self, count: int) -> str:
        """A string without its length: flags, what they announce, the characters, and what follows those."""
        if not self._unicode:
            return self.raw(count).decode(self._codec, "replace")
        if count == 0 and not self.left:
            return ""
        flags = self.number(1)
        runs = self.number(2) if flags & 8 else 0
        extra = self.number(4) if flags & 4 else 0
        text = self._run(count, flags)
        self.raw(runs * 4)
        self.raw(extra)
        return text

    def _run(self, count: int, flags: int) -> str:
        found: list[str] = []
        while count > 0 and self._number < len(self._pieces):
            piece = self._pieces[self._number]
            if self._offset >= len(piece):
                self._number, self._offset = self._number + 1, 0
                if self._number < len(self._pieces) and self._pieces[self._number]:
                    flags = self._pieces[self._number][0]
                    self._offset = 1
                continue
            width = 1 + (flags & 1)
            octets = piece[self._offset : self._offset + count * width]
            self._offset += len(octets)
            found.append(octets.decode("utf-16-le" if flags & 1 else "latin-1", "replace"))
            count -= -(-len(octets) // width)
        return "".join(found)

    def _advance(self) -> None:
        while self._number < len(self._pieces) and self._offset >= len(self._pieces[self._number]):
            self._number, self._offset = self._number + 1, 0


def rk_number(octets: bytes) -> float:
    """2.5.217: a number in four octets."""
    value: int = struct.unpack("<i", octets)[0]
    number = float(value >> 2) if value & 2 else struct.unpack("<d", b"\0\0\0\0" + struct.pack("<i", value & ~3))[0]
    return float(number) / 100 if value & 1 else float(number)


def number_text(number: float) -> str:
    """A number as text, as exact as Excel keeps it: with 15 digits."""
    return f"{number:.15g}"


def literals(tokens: bytes, *, wide: bool, codec: str) -> list[str]:
    """The texts in the tokens of a formula (2.5.198.89). Looks for the mark of one instead of reading all tokens:
    what follows must be as long as it says and printable, which other tokens hardly are."""
    found = []
    position = tokens.find(0x17)
    while position >= 0 and position + 3 <= len(tokens):
        count = tokens[position + 1]
        start = position + 3 if wide else position + 2
        size = count * (2 if wide and tokens[position + 2] & 1 else 1)
        octets = tokens[start : start + size]
        plain = not wide or tokens[position + 2] in (0, 1)
        end = position + 1
        if plain and count > 1 and len(octets) == size:
            text = octets.decode(codec if not wide else "utf-16-le" if size > count else "latin-1", "replace")
            if _PRINTABLE.fullmatch(text.replace("\0", ",")):  # a list of choices is parted by zeros
                found.append(text.replace("\0", "\n"))
                end = start + size
        position = tokens.find(0x17, end)
    return found
