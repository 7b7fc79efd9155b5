"""Outlook message files ([MS-OXMSG]): messages, contacts, appointments, with their recipients and attachments."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from ..office_97.compound import Storage
from ..office_97.compound_writer import tree_of, write_compound
from ..source import Inner, Item, Source, Tools
from .mapi import (
    BINARY,
    DATA,
    OBJECT,
    STRING_8,
    UNICODE,
    Properties,
    Property,
    attachment_name,
    read_attachment,
    read_properties,
    recipient_line,
)

_PROPERTIES = "__properties_version1.0"
_NAMES = "__nameid_version1.0"
_STREAM = re.compile(r"__SUBSTG1\.0_([0-9A-F]{4})([0-9A-F]{4})(?:-([0-9A-F]{8}))?")
_SEVERAL = 0x1000
_EMBEDDED = f"__substg1.0_{DATA:04X}{OBJECT:04X}"
_HEADER_BYTES = {0: 32, 8: 24}  # 2.4.1: of a message, of one in an attachment; by what is left of it by 16
_ENTRY_BYTES = 16


def read_outlook(source: Source, storage: Storage, tools: Tools) -> Iterator[Item]:
    """A message, its recipients, its attachments; a message within it becomes a file of its own."""
    names_storage = storage.folder(_NAMES)
    names = _names(names_storage) if names_storage is not None else {}
    properties = Properties(_properties(storage, names, message=True))
    yield from read_properties(source, properties, tools)
    recipients = []
    number = 0
    for key, inner in storage.storages.items():
        if key.startswith("__RECIP"):
            recipients.append(recipient_line(Properties(_properties(inner, names), properties.codec)))
        elif key.startswith("__ATTACH"):
            number += 1
            yield from _attachment(source, inner, names, properties.codec, names_storage, tools, number)
        elif key != _NAMES.upper():
            yield Inner(name=f"{inner.name}.ole", octets=write_compound(tree_of(inner)))
    yield source.passage("\n".join(recipients), "recipient")


def _attachment(
    source: Source,
    storage: Storage,
    names: dict[int, str],
    codec: str,
    names_storage: Storage | None,
    tools: Tools,
    number: int,
) -> Iterator[Item]:
    properties = Properties(_properties(storage, names), codec)
    embedded = storage.folder(_EMBEDDED)
    octets = properties.octets(DATA)
    yield from read_attachment(source, properties, tools, octets, number)
    if embedded is None:
        return
    tree = dict(tree_of(embedded))
    suffix = "ole"
    if _PROPERTIES in embedded:
        suffix = "msg"
        if names_storage is not None:  # a message within uses the names of the outer one
            tree.setdefault(names_storage.name, tree_of(names_storage))
    name = attachment_name(properties) or f"attachment {number}"
    yield Inner(name=f"{name}.{suffix}", octets=write_compound(tree))


def _properties(storage: Storage, names: dict[int, str], *, message: bool = False) -> Iterator[Property]:
    """2.4.1 and 2.1.3: short values stand in a list, long ones in streams named by number and type."""
    entries = storage.read(_PROPERTIES)
    start = _HEADER_BYTES.get(len(entries) % _ENTRY_BYTES, 8) if message else 8
    for at in range(start, len(entries) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        kind, identifier = struct.unpack_from("<HH", entries, at)
        if kind not in (STRING_8, UNICODE, BINARY, OBJECT) and not kind & _SEVERAL:
            yield Property(identifier, kind, (entries[at + 8 : at + 16],), names.get(identifier, ""))
    several: dict[tuple[int, int], list[bytes]] = {}
    for key, stream in storage.streams.items():
        match = _STREAM.fullmatch(key)
        if match is None:
            continue
        identifier, kind = int(match[1], 16), int(match[2], 16)
        if not kind & _SEVERAL:
            yield Property(identifier, kind, (stream.octets(),), names.get(identifier, ""))
        elif match[3] is not None:
            several.setdefault((identifier, kind & ~_SEVERAL), []).append(stream.octets())
    for (identifier, kind), values in several.items():
        yield Property(identifier, kind, tuple(values), names.get(identifier, ""))


def _names(storage: Storage) -> dict[int, str]:
    """2.2.3: names of properties from 0x8000 on that have a name and not a number."""
    entries = storage.read("__substg1.0_00030102")
    strings = storage.read("__substg1.0_00040102")
    found = {}
    for at in range(0, len(entries) - 7, 8):
        offset, kind, index = struct.unpack_from("<IHH", entries, at)
        if kind & 1 and offset + 4 <= len(strings):
            length = struct.unpack_from("<I", strings, offset)[0]
            found[0x8000 + index] = strings[offset + 4 : offset + 4 + length].decode("utf-16-le", "replace")
    return found
