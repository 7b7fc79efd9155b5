"""Office Open XML packages (ECMA-376): documents, presentations, workbooks.

Every part is read, whatever refers to it. What a part is, its root element says, not its name or content type: those
differ between programs, and a hostile sender may choose them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...model import GapReason
from .. import xml
from ..office_97.leftover import left_over
from ..source import Inner, Item, Source, Tools
from ..xml_text import Texts, distinct, text_of
from .binary_workbook import is_binary_part, read_binary_workbook
from .links import link_texts
from .office_parts import LINES, PROSE, Role, role_of
from .package import Package, read_package
from .power_query import power_query
from .prose import Prose
from .sheets import read_workbook
from .word_styles import WordStyles

_NUMBER = re.compile(r"(\d+)\.xml$")
# Fonts and printers' settings hold nothing that anyone wrote, unless something else goes by their name.
_NO_TEXT = re.compile(
    r"\.(?:odttf|fntdata|ttf|otf)$|(?:^|/)printerSettings\w*\.(?:bin|xlbin)$|(?:^|/)layout-cache$", re.IGNORECASE
)
# Controls, tool bars, signatures of macros: properties in a form of their own, among them words that are shown. Word
# leaves what it no longer needs in [trash].
_PROPERTIES = re.compile(
    r"^\[trash\]/|(?:^|/)(?:activeX\d*|attachedToolbars|legacyDiagramText\d*|legacyDocTextInfo|customProperty\d*|vbaProjectSignature\w*)\.bin$",
    re.IGNORECASE,
)
_FILE_SIGNATURES = (b"PK", b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"<", b"\x1f\x8b", b"Rar!", b"7z")
_MACROS = re.compile(r"(?:^|/)(?:vbaProject\w*|vbaData|activeX\d*|attachedToolbars)\.\w+$", re.IGNORECASE)


def read_office(source: Source, tools: Tools) -> Iterator[Item]:
    """Documents, workbooks and presentations: text, tables, notes, comments, deletions, properties, links, and the
    files that are embedded."""
    yield from read_parts(source, tools, (yield from read_package(source, tools)))


def read_parts(source: Source, tools: Tools, package: Package) -> Iterator[Item]:
    """The same of a package whose parts are unpacked."""
    if package.find("EncryptedPackage") in package.parts:
        yield source.gap(GapReason.ENCRYPTED, "an Office document with a password")
    yield from _Document(source, tools, package).read()


@dataclass(slots=True)
class _Document:
    source: Source
    tools: Tools
    package: Package
    roles: dict[str, Role] = field(default_factory=dict)
    places: dict[str, tuple[str, bool]] = field(default_factory=dict)  # part: its words, whether nobody sees it
    hidden_styles: frozenset[str] = frozenset()

    def read(self) -> Iterator[Item]:
        for name, octets in self.package.parts.items():
            if xml.looks_like_xml(octets):
                self.roles[name] = role_of(name, *xml.root_of(octets))
        yield from self._styles()
        self._slides()
        yield from read_workbook(self.source, self.tools, self.package, self.roles, self.places)
        binary = {n: o for n, o in self.package.parts.items() if n not in self.roles and is_binary_part(o)}
        yield from read_binary_workbook(self.source, self.tools, self.package, binary, self.places)
        self._owned()
        for name in sorted(self.package.parts, key=self._reading_order):
            if name not in binary:
                yield from self._part(name, self.package.parts[name])
        yield from link_texts(self.source, self.tools, self.package, self.places)
        for fault in dict.fromkeys(self.package.faults):
            yield self.source.gap(*fault)

    def _styles(self) -> Iterator[Item]:
        for name, role in self.roles.items():
            if role.kind != "word styles":
                continue
            styles = WordStyles()
            fault = xml.parse(self.package.parts[name], styles, self.tools.meter)
            self.hidden_styles |= styles.hidden()
            yield self.source.passage(distinct(styles.names), "styles", hidden=True)
            if fault:
                yield self.source.gap(*fault)

    def _slides(self) -> None:
        """Number the slides as they are shown, and what belongs to a slide after it."""
        slides = [name for name, role in self.roles.items() if role.kind == "slide"]
        order: list[str] = []
        for name in (name for name, role in self.roles.items() if role.kind == "presentation"):
            listed = _SlideList()
            xml.parse(self.package.parts[name], listed, self.tools.meter)  # a fault is told when its text is read
            targets = {r.id: r.target for r in self.package.relations(name, self.tools.meter)}
            order.extend(targets[identifier] for identifier in listed.found if identifier in targets)
        position = {name: number for number, name in enumerate(dict.fromkeys(order))}
        slides.sort(key=lambda name: (position.get(name, len(position)), _number(name), name))
        for number, name in enumerate(slides, 1):
            shown = _slide_number(name, number, position)
            self.places[name] = (f"slide {shown}", False)
            for relation in self.package.relations(name, self.tools.meter):
                role = self.roles.get(relation.target)
                if role and role.kind == "notes":
                    self.places[relation.target] = (f"speaker notes {shown}", role.hidden)

    def _owned(self) -> None:
        """What a slide or a sheet refers to is said with it: "slide 2, chart"."""
        waiting = list(self.places)
        for owner in waiting:
            place, hidden = self.places[owner]
            for relation in self.package.relations(owner, self.tools.meter):
                target = relation.target
                role = self.roles.get(target)
                if relation.external or role is None or target in self.places or not role.owned:
                    continue
                words = place if not role.place or role.place == "drawing" else f"{place}, {role.place}"
                self.places[target] = (words, hidden or role.hidden)
                waiting.append(target)

    def _reading_order(self, name: str) -> tuple[int, int, str]:
        """The main text first, slides by number."""
        role = self.roles.get(name)
        place = self.places.get(name, ("", False))[0]
        number = re.search(r"\d+", place)
        return role.rank if role else 1000, int(number[0]) if number else _number(name), name

    def _part(self, name: str, octets: bytes) -> Iterator[Item]:
        role = self.roles.get(name)
        if role is None or role.kind == "file":
            if role and xml.is_xml_name(name) and (fault := xml.parse(octets, Texts(), self.tools.meter)):
                yield self.source.gap(*fault)
            if not octets.strip(b"\0 \t\r\n") or (_NO_TEXT.search(name) and not octets.startswith(_FILE_SIGNATURES)):
                return
            if _PROPERTIES.search(name) and not octets.startswith(_FILE_SIGNATURES):
                yield self.source.passage(left_over([octets], set()), "form control or remains", hidden=True)
                return
            yield Inner(name=name, octets=octets, hidden=bool(_MACROS.search(name)), listed=False)
            return
        place, hidden = self.places.get(name, (role.place, role.hidden))
        if role.kind in ("slide", "notes") and name not in self.places:
            place = f"{place} {_number(name) or ''}".strip()
        if role.kind in PROSE:
            prose = Prose(self.hidden_styles)
            # Office leaves elements open in its VML.
            fault = xml.parse(octets, prose, self.tools.meter, forgiving=name.lower().endswith(".vml"))
            if not prose.shown:
                place = f"{place} (hidden)"
            yield from prose.passages(self.source, place, hidden=hidden)
        elif role.kind in LINES:
            text, fault = text_of(octets, self.tools.meter, every_attribute=role.every_attribute)
            yield self.source.passage(text, place, hidden=hidden)
            yield from power_query(octets, self.tools)
        else:
            return
        if fault:
            yield self.source.gap(*fault)


class _SlideList:
    """Relations of the slides in the order in which they are shown (ECMA-376, part 1: 19.2.1.34)."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sldId":
            # Two attributes are called id: the slide's own number and the relation.
            self.found.append(attributes.get("id", "").rpartition(" ")[2])

    def end(self, name: str) -> None:
        del name

    def data(self, text: str) -> None:
        del text


def _number(name: str) -> int:
    number = _NUMBER.search(name[-20:])
    return int(number[1]) if number and len(number[1]) < 10 else 0


def _slide_number(name: str, number: int, position: dict[str, int]) -> int:
    """As shown; where no presentation lists the slides, as the part is called."""
    return number if position else _number(name) or number
