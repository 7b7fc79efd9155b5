"""Queries of an Excel workbook ([MS-QDEFF]): a package of its own, in base64 in a custom XML part."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator, Mapping

from .. import xml
from ..source import Inner, Tools

_HEAD = struct.Struct("<II")


class _Mashup:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._inside = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        del attributes
        self._inside = name == "DataMashup"

    def end(self, name: str) -> None:
        del name
        self._inside = False

    def data(self, text: str) -> None:
        if self._inside:
            self.pieces.append(text)


def power_query(octets: bytes, tools: Tools) -> Iterator[Inner]:
    """The package of queries and the XML about them, where a part holds any."""
    if b"DataMashup" not in octets.replace(b"\0", b""):
        return
    mashup = _Mashup()
    xml.parse(octets, mashup, tools.meter)
    try:
        stream = base64.b64decode("".join(mashup.pieces))
        _, size = _HEAD.unpack_from(stream)  # 2.2: version, size of the package
    except (binascii.Error, struct.error, ValueError):
        return
    tools.meter.expand(len(stream))
    package = stream[_HEAD.size : _HEAD.size + size]
    if package:
        yield Inner(name="queries", octets=package, hidden=True, listed=False)
    # Permissions and, within the metadata, what is said of each query: both XML, the second after two numbers.
    rest = stream[_HEAD.size + size :]
    permissions, rest = _sized(rest)
    metadata, _ = _sized(rest)
    about, _ = _sized(metadata[4:])
    for name, found in (("permissions of queries", permissions), ("about queries", about)):
        if found:
            yield Inner(name=name, octets=found, hidden=True, listed=False)


def _sized(octets: bytes) -> tuple[bytes, bytes]:
    """What a length of four octets says, and the rest."""
    size = int.from_bytes(octets[:4], "little")
    return octets[4 : 4 + size], octets[4 + size :]
