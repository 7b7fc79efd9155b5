"""Queries of an Excel workbook ([MS-QDEFF]): a package of its own, in base64 in a custom XML part."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator, Mapping

from . import xml
from .source import Inner, Tools

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
    about = stream[_HEAD.size + size :]
    start = about.find(b"<")
    if start >= 0:
        yield Inner(name="about queries", octets=about[start : about.rfind(b">") + 1], hidden=True, listed=False)
