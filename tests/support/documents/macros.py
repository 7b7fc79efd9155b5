"""A macro project as Office stores it ([MS-OVBA])."""

from __future__ import annotations

import struct

from dlp_gateway.extract.office_97.compound_writer import Tree


def compressed(octets: bytes) -> bytes:
    """2.4.1.3.6, of literals only."""
    made = b"\x01"
    for start in range(0, len(octets), 3640):
        chunk = octets[start : start + 3640]
        body = b"".join(b"\0" + chunk[at : at + 8] for at in range(0, len(chunk), 8))
        made += struct.pack("<H", 0xB000 | (len(body) - 1)) + body
    return made


def project(modules: dict[str, str]) -> Tree:
    """The storage "VBA" of a project."""
    directory = struct.pack("<HIH", 3, 2, 1252) + struct.pack("<HIIH", 9, 4, 0, 0)
    streams: dict[str, bytes] = {"_VBA_PROJECT": bytes(7)}
    for name, text in modules.items():
        directory += struct.pack("<HI", 0x1A, len(name)) + name.encode()
        directory += struct.pack("<HII", 0x31, 4, 5)
        streams[name] = b"\xff\xfe\xfd\xfc\xfb" + compressed(text.encode("cp1252"))
    return {"dir": compressed(directory), **streams}
