"""Documents of office programs in one XML file: flat OpenDocument, flat Office Open XML (a package in one file), and
the formats of Word and Excel 2003."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping

from .. import xml
from ..budget import Meter
from ..opendocument.reader import read_flat_document
from ..source import Item, Source, Tools
from .excel_xml import ExcelXml
from .office import read_parts
from .office_kind import XmlKind, xml_kind
from .package import Package
from .prose import Prose

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;"})


def read_office_xml(source: Source, tools: Tools) -> Iterator[Item]:
    """A document in one XML file of any of the four kinds."""
    kind = xml_kind(source.octets)
    if kind is XmlKind.FLAT_OPEN_DOCUMENT:
        yield from read_flat_document(source, tools)
        return
    if kind is XmlKind.FLAT_OFFICE_OPEN:
        flat = _FlatPackage(tools.meter)
        fault = xml.parse(source.octets, flat, tools.meter)
        flat.close()
        yield from read_parts(source, tools, flat.package)
    elif kind is XmlKind.EXCEL_2003:
        sheets = ExcelXml(tools.meter)
        fault = xml.parse(source.octets, sheets, tools.meter)
        yield from sheets.passages(source)
    else:
        prose = Prose()
        fault = xml.parse(source.octets, prose, tools.meter)
        yield from prose.passages(source, "")
    if fault:
        yield source.gap(*fault)


class _FlatPackage:
    """Takes the parts out of a flat package (pkg:part): XML written anew, octets from base64."""

    full_names = True

    def __init__(self, meter: Meter) -> None:
        self.package = Package()
        self._meter = meter
        self._name = ""
        self._depth = 0  # of elements in the XML of a part
        self._xml: list[str] | None = None
        self._base64: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = xml.NAMES[tag]
        if self._xml is not None:
            self._depth += 1
            self._xml.append(_start_tag(tag, attributes))
        elif name == "part":
            self._name = xml.local_attributes(attributes).get("name", "")
        elif name == "xmlData":
            self._xml = []
        elif name == "binaryData":
            self._base64 = []

    def end(self, tag: str) -> None:
        if self._xml is not None and self._depth:
            self._depth -= 1
            self._xml.append(f"</{_prefixed(tag)[0]}>")
        elif self._xml is not None or self._base64 is not None:
            self.close()

    def data(self, text: str) -> None:
        if self._xml is not None:
            self._xml.append(text.translate(_ESCAPES))
        elif self._base64 is not None:
            self._base64.append(text)

    def close(self) -> None:
        """The end of a part, or of a document that breaks off within one."""
        octets = b""
        if self._xml is not None:
            octets = "".join(self._xml).encode("utf-8", "replace")
        elif self._base64 is not None:
            try:
                octets = base64.b64decode("".join(self._base64))
            except (binascii.Error, ValueError):
                octets = b""
        self._xml = self._base64 = None
        self._depth = 0
        if octets:
            self._meter.expand(len(octets))
            self.package.add(self._name, octets)


def _start_tag(tag: str, attributes: Mapping[str, str]) -> str:
    name, namespace = _prefixed(tag)
    pieces = [f"<{name}"]
    if namespace:
        pieces.append(f' xmlns:e="{namespace.translate(_ESCAPES)}"')
    for number, (key, value) in enumerate(attributes.items()):
        local, space = _prefixed(key)
        if space:
            pieces.append(f' xmlns:a{number}="{space.translate(_ESCAPES)}"')
            local = f"a{number}:{local.partition(':')[2]}"
        pieces.append(f' {local}="{value.translate(_ESCAPES)}"')
    pieces.append(">")
    return "".join(pieces)


def _prefixed(tag: str) -> tuple[str, str]:
    """A name with a prefix of ours where it has a namespace, and the namespace."""
    namespace, _, name = tag.rpartition("}")
    return (f"e:{name}", namespace[1:]) if namespace else (name, "")
