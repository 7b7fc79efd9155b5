"""PowerPoint presentations before 2007 ([MS-PPT]): slides, notes and masters in order, comments, links, embedded
objects; and the slides of versions saved before, which the file keeps."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...model import GapReason
from ..source import Inner, Item, Source, Tools
from .compound import Storage
from .leftover import LEFT_OVER, OTHER_CONTENT, known_lines, left_over
from .office_art import Record, art_picture, art_texts, inflate, records

_DOCUMENT, _SLIDE, _NOTES, _MASTER, _HANDOUT, _OBJECT, _CONTROL = 0x03E8, 0x03EE, 0x03F0, 0x03F8, 0x0FC9, 0x1011, 0x1012
_CRYPT, _USER_EDIT = 0x2F14, 0x0FF5
_SLIDE_LIST, _SLIDE_PERSIST, _NOTES_ATOM, _SLIDE_SHOW_INFO = 0x0FF0, 0x03F3, 0x03F1, 0x03F9
_CHARS, _BYTES, _CSTRING = 0x0FA0, 0x0FA8, 0x0FBA
_HEADERS, _COMMENT, _LINK = 0x0FD9, 0x2EE0, 0x0FD7
_BLOB = frozenset((0x138B,))  # 2.11.23: holds records without being a container
_SLIDES, _MASTERS, _NOTES_LIST = 0, 1, 2  # 2.4.14.3, 2.4.14.1, 2.4.14.6: instances of the list
_NO_TEXT = frozenset((0x0FB7, 0x0FB8, 0x0FA1, 0x0FA2, 0x0FA3, 0x0FA6, 0x0FAA, 0x07F0, 0x0423, 0x041C, 0x040F, 0x0418))
_ENCRYPTED_TOKEN = 0xF3D1C4DF  # 2.3.2
_ART = range(0xF000, 0xF200)
_UNSEEN = frozenset(("comment", "authors of comments", "other text"))

WITH_PASSWORD = "a PowerPoint presentation with a password"  # noqa: S105  # words of a gap


@dataclass(slots=True)
class _Deck:
    """The order of slides, and the texts by place."""

    number_of_object: dict[int, int] = field(default_factory=dict)  # number of a slide by where it begins
    number_of_slide: dict[int, int] = field(default_factory=dict)  # by the identifier that notes refer to
    hidden: set[str] = field(default_factory=set)
    texts: dict[str, list[str]] = field(default_factory=dict)
    swept: list[bytes] = field(default_factory=list)

    def put(self, place: str, text: str) -> None:
        # An asterisk holds the place of a date or page number; the others name programs' own data.
        if text.strip() not in ("", "*") and not text.startswith("___PPT"):
            self.texts.setdefault(place, []).append(text)


def read_powerpoint(source: Source, storage: Storage, tools: Tools) -> Iterator[Item]:
    """Slides in order, each with its notes, then the rest; then what earlier versions held and this one does not."""
    stream = storage.read("PowerPoint Document")
    user = storage.read("Current User")
    top = list(_top_level(stream))
    if user[12:16] == struct.pack("<I", _ENCRYPTED_TOKEN) or any(record.kind == _CRYPT for record in top):
        yield source.gap(GapReason.ENCRYPTED, WITH_PASSWORD)
        return
    offsets = _persisted(stream, user)
    live = frozenset(offsets.values())
    now, before = _Deck(), _Deck()
    for record in top:
        if record.kind == _DOCUMENT and _is_live(record, live):
            _read_order(stream, record, offsets, now)
    number = 0
    for record in top:
        current = _is_live(record, live)
        if record.kind in (_OBJECT, _CONTROL):
            number += 1
            octets = _object_octets(stream, record, tools)
            yield Inner(name=f"embedded object {number}.ole", octets=octets, hidden=not current)
        elif record.kind in (_DOCUMENT, _SLIDE, _NOTES, _MASTER, _HANDOUT):
            deck = now if current else before
            packages: list[Inner] = []
            _read_object(stream, record, deck, packages)
            yield from packages
    yield from _pictures(storage.read("Pictures"), tools)
    known: set[str] = set()
    for place in sorted(now.texts, key=_reading_order):
        text = "\n".join(now.texts[place])
        known.update(known_lines([text]))
        last = place.rpartition(", ")[2]
        base = place.partition(",")[0]
        shown = place.replace(base, f"{base} (hidden)", 1) if base in now.hidden else place
        yield source.passage(text, shown, hidden=base in now.hidden or last in _UNSEEN)
    yield source.passage(left_over(now.swept, known, narrow=False), OTHER_CONTENT, hidden=True)
    old = dict.fromkeys(line for texts in before.texts.values() for line in known_lines(texts) if line not in known)
    known.update(old)
    covered = top[-1].end if top else 0
    tail = left_over([*before.swept, stream[covered:]], known, narrow=False)
    yield source.passage("\n".join([*old, tail]), LEFT_OVER, hidden=True)
    if not live:
        yield source.gap(GapReason.CORRUPT, "a presentation whose list of slides can't be read")


def _top_level(stream: bytes) -> Iterator[Record]:
    position = 0
    while position + 8 <= len(stream):
        version, kind, length = struct.unpack_from("<HHI", stream, position)
        end = min(position + 8 + length, len(stream))
        yield Record(kind, version >> 4, version & 0xF == 0xF, position + 8, end)
        position = end


def _is_live(record: Record, live: frozenset[int]) -> bool:
    return not live or record.start - 8 in live


def _persisted(stream: bytes, user: bytes) -> dict[int, int]:
    """2.1.2: where each object of the current version begins, by its number; the last edit comes first."""
    found: dict[int, int] = {}
    seen: set[int] = set()
    edit = struct.unpack_from("<I", user, 16)[0] if len(user) >= 20 else _last_edit(stream)
    while edit + 36 <= len(stream) and edit not in seen:
        seen.add(edit)
        if struct.unpack_from("<H", stream, edit + 2)[0] != _USER_EDIT:
            break
        before, directory = struct.unpack_from("<II", stream, edit + 16)
        if directory + 8 <= len(stream) and directory not in seen:
            seen.add(directory)
            length = struct.unpack_from("<I", stream, directory + 4)[0]
            _read_directory(stream[directory + 8 : directory + 8 + length], found)
        edit = before or len(stream)
    return found


def _last_edit(stream: bytes) -> int:
    return max((record.start - 8 for record in _top_level(stream) if record.kind == _USER_EDIT), default=len(stream))


def _read_directory(directory: bytes, found: dict[int, int]) -> None:
    """2.3.5: runs of objects, each with the number of its first and how many there are."""
    numbers = struct.unpack(f"<{len(directory) // 4}I", directory[: len(directory) // 4 * 4])
    position = 0
    while position < len(numbers):
        first, count = numbers[position] & 0xFFFFF, numbers[position] >> 20
        for index, offset in enumerate(numbers[position + 1 : position + 1 + count]):
            found.setdefault(first + index, offset)
        position += 1 + count


def _read_order(stream: bytes, document: Record, offsets: dict[int, int], deck: _Deck) -> None:
    instance = -1
    for record in records(stream, document.start, document.end):
        if record.kind == _SLIDE_LIST:
            instance = record.instance
        elif record.kind == _SLIDE_PERSIST and instance == _SLIDES and record.end - record.start >= 16:
            persisted, identifier = struct.unpack_from("<I8xI", stream, record.start)
            number = len(deck.number_of_slide) + 1
            deck.number_of_slide[identifier] = number
            deck.number_of_object[offsets.get(persisted, -1)] = number


def _read_object(stream: bytes, top: Record, deck: _Deck, packages: list[Inner]) -> None:
    """Texts of a document, slide, page of notes or master."""
    base, outline = _place_of(stream, top, deck), "slide"
    open_containers: list[Record] = []
    for record in records(stream, top.start, top.end, _BLOB):
        while open_containers and record.start > open_containers[-1].end:
            open_containers.pop()
        parent = open_containers[-1].kind if open_containers else top.kind
        body = stream[record.start : record.end] if not record.container else b""
        if record.container:
            open_containers.append(record)
        elif record.kind == _SLIDE_PERSIST and top.kind == _DOCUMENT:
            outline = _place_of_outline(body, open_containers, deck)
        elif record.kind == _SLIDE_SHOW_INFO and len(body) >= 12 and body[10] & 4:
            deck.hidden.add(base)
        elif record.kind in (_CHARS, _BYTES):
            listed = any(container.kind == _SLIDE_LIST for container in open_containers)
            deck.put(base or (outline if listed else "other text"), _text(body, record.kind))
        elif record.kind == _CSTRING:
            deck.put(_joined(base, _place_of_string(parent, record.instance)), _text(body, _CHARS))
        elif record.kind in _ART:
            deck.put(_joined(base, "alternative text"), "\n".join(art_texts(stream, record)))
        elif body.startswith(b"PK\x03\x04"):
            packages.append(Inner(name="copy for later versions.zip", octets=body, hidden=True, listed=False))
        elif record.kind not in _NO_TEXT:
            deck.swept.append(body)


def _place_of(stream: bytes, top: Record, deck: _Deck) -> str:
    if top.kind == _SLIDE:
        number = deck.number_of_object.get(top.start - 8)
        return f"slide {number}" if number else "slide"
    if top.kind == _NOTES:
        atom = next((r for r in records(stream, top.start, top.end) if r.kind == _NOTES_ATOM), None)
        identifier = struct.unpack_from("<I", stream, atom.start)[0] if atom and atom.end - atom.start >= 4 else 0
        number = deck.number_of_slide.get(identifier)
        return f"speaker notes {number}" if number else "speaker notes"
    return {_MASTER: "slide master", _HANDOUT: "handout master"}.get(top.kind, "")


def _place_of_outline(body: bytes, containers: list[Record], deck: _Deck) -> str:
    """The slide to which the texts that follow in a list of slides belong."""
    instance = next((c.instance for c in reversed(containers) if c.kind == _SLIDE_LIST), _SLIDES)
    if instance == _MASTERS:
        return "slide master"
    if instance == _NOTES_LIST:
        return "speaker notes"
    number = deck.number_of_slide.get(struct.unpack_from("<12xI", body)[0]) if len(body) >= 16 else None
    return f"slide {number}" if number else "slide"


def _place_of_string(parent: int, instance: int) -> str:
    if parent == _COMMENT and instance != 1:  # 2.5.34: name and initials
        return "authors of comments"
    return {_HEADERS: "header or footer", _COMMENT: "comment", _LINK: "link"}.get(parent, "other text")


def _joined(base: str, place: str) -> str:
    return f"{base}, {place}" if base else place


def _text(body: bytes, kind: int) -> str:
    text = body[: len(body) // 2 * 2].decode("utf-16-le", "replace") if kind == _CHARS else body.decode("latin-1")
    return text.replace("\r", "\n").replace("\x0b", "\n").replace("\0", "")


def _reading_order(place: str) -> tuple[int, int, str]:
    """Slides by number, the notes of each after it, then all other places."""
    first = place.partition(",")[0]
    number = re.fullmatch(r"(?:slide|speaker notes) (\d+)", first)
    return (0, int(number[1]), place) if number else (1, 0, place)


def _object_octets(stream: bytes, record: Record, tools: Tools) -> bytes:
    """2.10.34: an embedded object, as it is or deflated after its size."""
    body = stream[record.start : record.end]
    return inflate(body[4:], tools.meter) if record.instance == 1 else body


def _pictures(stream: bytes, tools: Tools) -> Iterator[Inner]:
    for number, record in enumerate(records(stream), 1):
        picture = art_picture(stream, record, tools.meter, number)
        if picture is not None:
            yield picture
