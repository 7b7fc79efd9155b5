"""Compound files by what is in them: documents before 2007, Outlook messages, macros, embedded objects, and
documents of any age that a password protects."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from ...model import GapReason, Passage
from ..outlook.outlook import read_outlook
from ..source import Inner, Item, Source, Tools
from ..xml_text import text_of
from .compound import CompoundError, CompoundFile, Storage
from .compound_writer import tree_of, write_compound
from .excel_97 import read_excel
from .leftover import LEFT_OVER, OTHER_CONTENT, known_lines, left_over
from .macros import is_project, read_macros
from .ole_object import native_files
from .ole_password import read_protected
from .powerpoint_97 import read_powerpoint
from .property_set import PROPERTIES, property_lines
from .word_97 import read_word

_Read = Callable[[Source, Storage, Tools], Iterator[Item]]
_DOCUMENTS: tuple[tuple[str, _Read, frozenset[str]], ...] = (
    ("WordDocument", read_word, frozenset({"WORDDOCUMENT", "0TABLE", "1TABLE", "DATA"})),
    ("Workbook", read_excel, frozenset({"WORKBOOK", "BOOK"})),
    ("Book", read_excel, frozenset({"WORKBOOK", "BOOK"})),
    ("PowerPoint Document", read_powerpoint, frozenset({"POWERPOINT DOCUMENT", "CURRENT USER", "PICTURES"})),
    ("__properties_version1.0", read_outlook, frozenset()),
)
_NO_DOCUMENT = frozenset({"EQUATION NATIVE", "F", "O"})
_NATIVE = "\1Ole10Native"
# Streams of embedded objects that hold a whole file: a package of Office, a PDF, an OpenDocument file.
_WHOLE_FILES = (_NATIVE, "Package", "CONTENTS", "EmbeddedOdf", "package_stream")
# Class names and flags that programs write, no text of anyone; property sets are read on their own.
_NO_TEXT = frozenset({"\1COMPOBJ", "\1OLE", "\3OBJINFO", "\3PRINT", "\3LINKINFO", "\3ACCESSOBJSITEDATA"})
# Directories of versions saved before.
_STREAM_NAMES = (
    *("Root Entry", "WordDocument", "1Table", "0Table", "ObjectPool", "Workbook", "PowerPoint Document", "Pictures"),
    *("Current User", "SummaryInformation", "DocumentSummaryInformation", "CompObj", "__properties_version1.0"),
    *("__nameid_version1.0", "_VBA_PROJECT_CUR", "MsoDataStore", "Ole10Native", "ObjInfo"),
)
_MALFORMED = (struct.error, ValueError, IndexError, KeyError, TypeError, OverflowError)


def read_ole(source: Source, tools: Tools) -> Iterator[Item]:
    """The documents in a compound file, its properties, macros and embedded objects; what is left over."""
    try:
        file = CompoundFile(source.octets, tools.meter)
    except CompoundError:
        yield source.passage(left_over([source.octets], set()), LEFT_OVER, hidden=True)
        yield source.gap(GapReason.CORRUPT, "a compound file whose directory can't be read")
        return
    protected = read_protected(source, file.root, tools)
    if protected is not None:
        yield from protected
        return
    known = set(_STREAM_NAMES)
    for item in _contents(source, file.root, tools):
        if isinstance(item, Passage):
            known.update(known_lines([item.text]))
        yield item
    yield source.passage(left_over(file.unused(), known), LEFT_OVER, hidden=True)
    if file.damaged:
        yield source.gap(GapReason.CORRUPT, "a compound file of which a part is missing")


def _contents(source: Source, root: Storage, tools: Tools) -> Iterator[Item]:
    read: set[str] = set(_NO_TEXT)
    known: set[str] = set()
    recognised = False
    for name, reader, streams in _DOCUMENTS:
        if name not in root or name.upper() in read:
            continue
        recognised = True
        read |= streams
        if reader is read_outlook:
            yield from read_outlook(source, root, tools)
            return
        yield from _guarded(source, root, tools, reader, streams)
    lines = property_lines(root)
    known.update(lines)
    yield source.passage("\n".join(lines), PROPERTIES)
    for name in _WHOLE_FILES:
        octets = root.read(name)
        files = native_files(octets[4:] if name == _NATIVE else octets, 1)
        recognised |= bool(files) or (name == _NATIVE and bool(octets))
        if files:
            read.add(name.upper())
        yield from files
    if is_project(root):
        recognised = True
        yield from read_macros(source, root, tools)
    elif "Item" in root and "Properties" in root:  # [MS-OSHARED] 2.3.6: XML that programs keep in a document
        recognised = True
        text, fault = text_of(root.read("Item"), tools.meter)
        yield source.passage(text, "custom data", hidden=True)
        if fault is not None:
            yield source.passage(left_over([root.read("Item")], known), "custom data", hidden=True)
    else:
        others = [s.octets() for name, s in root.streams.items() if name not in read and name[:1] != "\5"]
        yield source.passage(left_over(others, known), OTHER_CONTENT, hidden=True)
    for item in _storages(source, root, tools):
        recognised = True
        yield item
    if not recognised and not _holds_nothing(root):
        yield source.gap(GapReason.UNSUPPORTED, "a compound file of a kind that can't be read")


def _holds_nothing(root: Storage) -> bool:
    """Whether a storage is one of those whose streams are of known kinds without a document: formulas of the equation
    editor, controls and forms, links with their pictures. Their texts are told as other content."""
    own = [name for name in root.streams if name[:1] not in ("\1", "\2", "\3")]
    control = any(name in root for name in ("\3OCXNAME", "\3VBFrame"))
    return control or set(own) <= _NO_DOCUMENT


def _guarded(source: Source, root: Storage, tools: Tools, reader: _Read, streams: frozenset[str]) -> Iterator[Item]:
    """What a reader finds; where it meets a fault, any text of the streams as well."""
    known: set[str] = set()
    try:
        for item in reader(source, root, tools):
            if isinstance(item, Passage):
                known.update(known_lines([item.text]))
            yield item
    except _MALFORMED:
        octets = [stream.octets() for name, stream in root.streams.items() if name in streams]
        yield source.passage(left_over(octets, known), LEFT_OVER, hidden=True)
        yield source.gap(GapReason.CORRUPT, "an Office document of which a part can't be read")


def _storages(source: Source, root: Storage, tools: Tools) -> Iterator[Item]:
    """Macros, embedded objects and whatever else stands in storages."""
    pending = list(root.storages.values())
    number = 0
    while pending:
        storage = pending.pop(0)
        if is_project(storage):
            yield from read_macros(source, storage, tools)
        elif storage.folder("VBA") is not None:
            octets = [stream.octets() for stream in storage.streams.values()]
            yield source.passage(left_over(octets, set()), OTHER_CONTENT, hidden=True)
        elif storage.streams:
            number += 1
            yield _embedded(storage, number)
            continue
        pending += storage.storages.values()


def _embedded(storage: Storage, number: int) -> Inner:
    return Inner(name=f"embedded object {number}.ole", octets=write_compound(tree_of(storage)))
