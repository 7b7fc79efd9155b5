"""Packages of XML parts in a ZIP file: Office Open XML (ECMA-376, part 2) and OpenDocument (ISO/IEC 26300, part 3).

A package that unpackers could see differently is a gap, and yet what can be read of it is read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from ...model import GapReason
from .. import xml
from ..archives.archive import zip_margins, zip_member
from ..archives.zip_file import READABLE_METHODS, ZipAmbiguousError, ZipContentError, ZipEntry, read_zip, unpack
from ..archives.zip_salvage import salvage
from ..budget import FileTooLargeError, Meter
from ..source import Inner, Item, Source, Tools

MOST_PARTS = 10_000
ENCRYPTED = GapReason.ENCRYPTED, "a document with a password"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What one part says of another, or of something outside the package (`external`)."""

    id: str
    kind: str  # the last segment of the relationship's type: "worksheet", "hyperlink"
    target: str  # a part's name, or a URL
    external: bool


@dataclass(slots=True)
class Package:
    """Parts by name: forward slashes, none in front."""

    parts: dict[str, bytes] = field(default_factory=dict)
    faults: list[xml.Fault] = field(default_factory=list)  # of the parts that say how parts are related
    _twice: int = 0
    _by_lower_name: dict[str, str] = field(default_factory=dict)
    _relations: dict[str, tuple[Relation, ...]] = field(default_factory=dict)

    def add(self, name: str, octets: bytes) -> None:
        """One more part. Of two with one name the second gets a number."""
        name = name.replace("\\", "/").lstrip("/")
        if name in self.parts:
            self._twice += 1
            name = f"{name} (again {self._twice})"
        self.parts[name] = octets
        self._by_lower_name.setdefault(name.lower(), name)

    def find(self, name: str) -> str:
        """The part of that name without regard to case (ECMA-376, part 2, 6.3.5); the name itself where there is
        none."""
        return self._by_lower_name.get(name.lower(), name)

    def relations(self, name: str, meter: Meter) -> tuple[Relation, ...]:
        """What the part refers to, in order; "" is the package itself."""
        if name not in self._relations:
            folder, _, base = name.rpartition("/")
            rels = self.find(f"{folder}/_rels/{base}.rels".lstrip("/"))
            reader = _Relations()
            fault = xml.parse(self.parts.get(rels, b""), reader, meter)
            if fault:
                self.faults.append(fault)
            self._relations[name] = tuple(self._relation(folder, found) for found in reader.found)
        return self._relations[name]

    def _relation(self, folder: str, found: Mapping[str, str]) -> Relation:
        target = found.get("Target", "")
        external = found.get("TargetMode", "").lower() == "external"
        return Relation(
            id=found.get("Id", ""),
            kind=found.get("Type", "").rpartition("/")[2],
            target=target if external else self.find(_resolved(folder, target)),
            external=external,
        )


def _resolved(folder: str, target: str) -> str:
    """A relative or absolute target as a part's name (ECMA-376, part 2, 6.4)."""
    target = unquote(target.partition("#")[0]).replace("\\", "/")
    path = target if target.startswith("/") else f"/{folder}/{target}"
    return posixpath.normpath(path).lstrip("/")


class _Relations:
    def __init__(self) -> None:
        self.found: list[Mapping[str, str]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            self.found.append(attributes)

    def end(self, name: str) -> None:
        del name

    def data(self, text: str) -> None:
        del text


def read_package(source: Source, tools: Tools) -> Generator[Item, None, Package]:
    """All parts of a package, whatever refers to them; gaps for those that can't be had. Raises BudgetSpentError."""
    package = Package()
    try:
        zipped = read_zip(source.octets)
    except ZipAmbiguousError as error:
        yield source.gap(error.reason, str(error))
        for found in salvage(source.octets, tools.meter):
            if found.encrypted:
                yield source.gap(*ENCRYPTED)
            elif found.content is not None and not found.name.endswith("/"):
                package.add(found.name, found.content)
        return package
    for number, entry in enumerate(zipped.entries):
        if number == MOST_PARTS:
            yield source.gap(GapReason.TOO_LARGE, "a document of more parts than are read")
            break
        yield from _take(source, tools, package, entry)
    yield from zip_margins(source, zipped, tools)
    return package


def _take(source: Source, tools: Tools, package: Package, entry: ZipEntry) -> Iterator[Item]:
    if entry.encrypted:
        yield source.gap(*ENCRYPTED)
        return
    try:
        if entry.method in READABLE_METHODS:
            package.add(entry.name, unpack(source.octets, entry, tools.meter))
            return
        item = zip_member(source, entry, tools)
    except ZipContentError as error:
        yield source.gap(error.reason, str(error))
        package.add(entry.name, error.content)
    except FileTooLargeError as error:
        yield source.gap(error.reason, error.detail)
    else:
        if isinstance(item, Inner):
            package.add(item.name, item.octets)
        else:
            yield item
