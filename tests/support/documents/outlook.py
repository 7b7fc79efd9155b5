"""Messages as Outlook stores them ([MS-OXMSG]) and as it packs them (TNEF, [MS-OXTNEF]), from the same properties."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import compressed_rtf

from dlp_gateway.extract.office_97.compound_writer import Tree, write_compound

STRING_8, UNICODE, BINARY, OBJECT, LONG, TIME = 0x001E, 0x001F, 0x0102, 0x000D, 0x0003, 0x0040
SEVERAL = 0x1000
_NAMES = "__nameid_version1.0"

Value = bytes | int | Sequence[bytes]
Properties = Mapping[tuple[int, int], Value]
"""Values by number and type: octets, a number, or several values of octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFile:
    """What stands in a message. Names are those of properties from 0x8000 on, by their order."""

    properties: Properties
    recipients: Sequence[Properties] = ()
    attachments: Sequence[Properties | tuple[Properties, Tree]] = ()
    names: Sequence[str] = ()
    more: Tree = field(default_factory=dict)


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def rich_text(octets: bytes) -> bytes:
    return bytes(compressed_rtf.compress(octets))


def msg_tree(message: MessageFile, *, embedded: bool = False) -> dict[str, bytes | Tree]:
    """The streams and storages; `embedded`: of a message that stands in an attachment."""
    tree: dict[str, bytes | Tree] = dict(_storage(message.properties, 24 if embedded else 32))
    for number, properties in enumerate(message.recipients):
        tree[f"__recip_version1.0_#{number:08X}"] = _storage(properties, 8)
    for number, attachment in enumerate(message.attachments):
        properties, inner = attachment if isinstance(attachment, tuple) else (attachment, None)
        storage = _storage(properties, 8)
        if inner is not None:
            storage["__substg1.0_3701000D"] = inner
        tree[f"__attach_version1.0_#{number:08X}"] = storage
    if not embedded:
        entries, strings = b"", b""
        for number, name in enumerate(message.names):
            entries += struct.pack("<IHH", len(strings), 1 | 2 << 1, number)
            strings += struct.pack("<I", len(wide(name))) + wide(name) + bytes(-len(wide(name)) % 4)
        tree[_NAMES] = {"__substg1.0_00030102": entries, "__substg1.0_00040102": strings}
    tree.update(message.more)
    return tree


def make_msg(message: MessageFile) -> bytes:
    return write_compound(msg_tree(message))


def _storage(properties: Properties, header_bytes: int) -> dict[str, bytes | Tree]:
    entries = bytes(header_bytes)
    streams: dict[str, bytes | Tree] = {}
    for (identifier, kind), value in properties.items():
        short = value if isinstance(value, int) else 0
        entries += struct.pack("<HHIQ", kind, identifier, 6, short)
        name = f"__substg1.0_{identifier:04X}{kind:04X}"
        if isinstance(value, bytes):
            streams[name] = value
        elif not isinstance(value, int):
            streams[name] = bytes(4 * len(value))
            streams |= {f"{name}-{number:08X}": one for number, one in enumerate(value)}
    return {"__properties_version1.0": entries, **streams}


# -- TNEF --


def make_tnef(attributes: Sequence[tuple[int, int, bytes]]) -> bytes:
    """A packed message of attributes: level (1 of the message, 2 of an attachment), number with type, octets."""
    made = [struct.pack("<IH", 0x223E9F78, 1)]
    for level, number, octets in attributes:
        checksum = struct.pack("<H", sum(octets) & 0xFFFF)
        made += [struct.pack("<BII", level, number, len(octets)), octets, checksum]
    return b"".join(made)


def mapi(properties: Properties, names: Mapping[int, str] | None = None) -> bytes:
    """A list of properties as an attribute holds it."""
    made = struct.pack("<I", len(properties))
    for (identifier, kind), value in properties.items():
        made += struct.pack("<HH", kind, identifier)
        if identifier >= 0x8000:
            name = wide((names or {})[identifier] + "\0")
            made += bytes(16) + struct.pack("<II", 1, len(name)) + name + bytes(-len(name) % 4)
        if isinstance(value, int):
            made += struct.pack("<Q" if kind == TIME else "<I", value)
            continue
        values = [value] if isinstance(value, bytes) else list(value)
        made += struct.pack("<I", len(values))
        made += b"".join(struct.pack("<I", len(one)) + one + bytes(-len(one) % 4) for one in values)
    return made
