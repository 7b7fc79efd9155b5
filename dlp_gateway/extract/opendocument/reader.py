"""OpenDocument texts, sheets, presentations and drawings, in a package or as one flat XML file (ISO/IEC 26300)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...model import GapReason
from .. import xml
from ..office.package import ENCRYPTED, Package, read_package
from ..office.sheet_comments import joined
from ..office_97.leftover import left_over
from ..source import Inner, Item, Source, Tools
from ..xml_text import Texts, text_of
from .content import OdfContent
from .styles import OdfStyles

_MANIFEST = "META-INF/manifest.xml"
_PLACES = {
    "meta.xml": ("document properties", False),
    "settings.xml": ("document settings", True),
    "VersionList.xml": ("saved versions", True),
}
_CONTENT = frozenset(("document-content", "document-styles", "document"))
_SILENT = frozenset(("mimetype", "layout-cache"))
_SCRIPTS = ("Basic/", "Scripts/", "Dialogs/")
# A StarView metafile: what an embedded object looks like, beside the object itself.
_PICTURE_OF_OBJECT = b"VCLMTF"


def read_open_document(source: Source, tools: Tools) -> Iterator[Item]:
    """Text, sheets, notes, comments, tracked deletions, properties, links, embedded objects and files."""
    package = yield from read_package(source, tools)
    locked = _encrypted(package, tools)
    if locked:
        yield source.gap(*ENCRYPTED)
    styles = OdfStyles()
    # Styles first: they say what content.xml hides.
    for name in sorted(package.parts, key=_style_order):
        if name not in locked:
            yield from _part(source, tools, styles, name, package.parts[name])


def read_flat_document(source: Source, tools: Tools) -> Iterator[Item]:
    """A document in one XML file; the files in it are in base64."""
    yield from _content(source, tools, OdfStyles(), source.octets, "")


def _style_order(name: str) -> tuple[int, str]:
    base = name.rpartition("/")[2]
    if base in ("styles.xml", "content.xml"):
        return (0 if base == "styles.xml" else 1) + 2 * name.count("/"), name
    return 100, name


def _encrypted(package: Package, tools: Tools) -> frozenset[str]:
    """The parts that the manifest says are encrypted (part 3: 3.8.1)."""
    manifest = _Manifest()
    xml.parse(package.parts.get(package.find(_MANIFEST), b""), manifest, tools.meter)
    if manifest.encrypted:
        return frozenset(package.find(name) for name in manifest.encrypted)
    return frozenset(name for name in package.parts if name.rpartition("/")[2] == "encrypted-package")


class _Manifest:
    def __init__(self) -> None:
        self.encrypted: list[str] = []
        self._path = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "file-entry":
            self._path = attributes.get("full-path", "")
        elif name == "encryption-data":
            self.encrypted.append(self._path)

    def end(self, name: str) -> None:
        del name

    def data(self, text: str) -> None:
        del text


def _part(source: Source, tools: Tools, styles: OdfStyles, name: str, octets: bytes) -> Iterator[Item]:
    folder, _, base = name.rpartition("/")
    if base in _SILENT or not octets.strip(b"\0 \t\r\n"):
        return
    if not xml.looks_like_xml(octets):
        if xml.is_xml_name(name):
            yield source.gap(GapReason.ENCRYPTED, "a document with a part that is encrypted or no XML")
        if octets.startswith(_PICTURE_OF_OBJECT):
            yield source.passage(left_over([octets], set()), "picture of an object", hidden=True)
            return
        yield Inner(name=name, octets=octets, hidden=name.startswith((*_SCRIPTS, "Thumbnails/")), listed=False)
        return
    _, root = xml.root_of(octets)
    if root in _CONTENT:
        yield from _content(source, tools, styles, octets, folder)
    elif not root or root == "html" or not xml.is_xml_name(f"{name}.xml" if name.endswith(".rdf") else name):
        if xml.is_xml_name(name) and (fault := xml.parse(octets, Texts(), tools.meter)):
            yield source.gap(*fault)
        yield Inner(name=name, octets=octets, listed=False)
    else:
        place, hidden = _PLACES.get(base, ("other content", True))
        if name.startswith(_SCRIPTS):
            place = "macro"
        text, fault = text_of(octets, tools.meter)
        yield source.passage(text, joined(folder if base in _PLACES else "", place), hidden=hidden)
        if fault:
            yield source.gap(*fault)


def _content(source: Source, tools: Tools, styles: OdfStyles, octets: bytes, prefix: str) -> Iterator[Item]:
    content = OdfContent(source, tools.meter, styles, prefix)
    fault = xml.parse(octets, content, tools.meter)
    yield from content.items()
    if fault:
        yield source.gap(*fault)
