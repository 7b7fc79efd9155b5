"""Excel workbooks (ECMA-376, part 1: 18): sheets, listed or not, and what is kept beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .. import xml
from ..grid import Grid
from ..source import Item, Source, Tools
from ..xml_text import distinct, lines
from .number_format import EPOCH_1900, EPOCH_1904
from .office_parts import Role
from .package import Package
from .pivot import PivotDefinition, PivotRecords
from .sheet_comments import SheetComments, joined
from .workbook_parts import CellStyles, Strings, Workbook
from .worksheet import SOUNDS, Worksheet

_UNSEEN_TEXTS = frozenset((SOUNDS, "filter", "scenario", "conditional formatting"))

Places = dict[str, tuple[str, bool]]
"""Words for a part, and whether an ordinary reader does not see it."""


def read_workbook(
    source: Source, tools: Tools, package: Package, roles: Mapping[str, Role], places: Places
) -> Iterator[Item]:
    """All sheets, shared strings, names, comments and pivot caches of a package; nothing where it has none.
    Adds the sheets to `places`."""
    reader = _Reader(source, tools, package, roles, places)
    yield from reader.read()


@dataclass(slots=True)
class _Reader:
    source: Source
    tools: Tools
    package: Package
    roles: Mapping[str, Role]
    places: Places
    strings: Strings = field(default_factory=Strings)
    styles: CellStyles = field(default_factory=CellStyles)
    workbook: Workbook = field(default_factory=Workbook)
    used: set[int] = field(default_factory=set)

    def read(self) -> Iterator[Item]:
        for kind, handler in (("strings", self.strings), ("excel styles", self.styles), ("workbook", self.workbook)):
            for name in self._parts(kind):
                yield from self._parse(name, handler)
        yield from self._names()
        for name in self._sheets():
            yield from self._sheet(name)
        # A string that no cell shows any more is still in the file.
        unused = (text for number, text in enumerate(self.strings.found) if number not in self.used)
        yield self.source.passage(lines(*unused), "text of no cell", hidden=True)
        yield self.source.passage(distinct(self.strings.sounds), SOUNDS, hidden=True)
        yield self.source.passage(distinct(self.styles.texts), "number formats", hidden=True)
        yield from self._comments()
        yield from self._pivots()

    def _parts(self, kind: str) -> list[str]:
        return [name for name in sorted(self.roles) if self.roles[name].kind == kind]

    def _parse(self, name: str, handler: xml.Handler) -> Iterator[Item]:
        fault = xml.parse(self.package.parts[name], handler, self.tools.meter)
        if fault:
            yield self.source.gap(*fault)

    def _names(self) -> Iterator[Item]:
        workbook, source = self.workbook, self.source
        yield source.passage(distinct(name for name, _, _ in workbook.sheets), "sheet names")
        yield source.passage(distinct(workbook.names), "defined names", hidden=True)
        yield source.passage(distinct(workbook.others), "workbook settings", hidden=True)

    def _sheets(self) -> list[str]:
        """The sheets in the workbook's order, then those it does not list; their places are set."""
        targets: dict[str, str] = {}
        for name in self._parts("workbook"):
            targets.update((r.id, r.target) for r in self.package.relations(name, self.tools.meter))
        ordered: list[str] = []
        for title, relation, state in self.workbook.sheets:
            name = targets.get(relation, "")
            if name in self.roles and name not in self.places:
                self.places[name] = sheet_place(title, state)
                ordered.append(name)
        for name in self._parts("sheet"):
            if name not in self.places:
                self.places[name] = sheet_place("(not listed)", "hidden")
                ordered.append(name)
        return ordered

    def _sheet(self, name: str) -> Iterator[Item]:
        place, hidden = self.places[name]
        sheet = Worksheet(
            self.tools.meter,
            strings=self.strings.found,
            formats=self.styles.formats,
            unseen=self.styles.unseen,
            epoch=EPOCH_1904 if self.workbook.since_1904 else EPOCH_1900,
            used=self.used,
        )
        gaps = list(self._parse(name, sheet))
        yield from sheet_passages(self.source, place, hidden, sheet.grid, sheet.formulas, sheet.stored, sheet.texts)
        yield from gaps

    def _comments(self) -> Iterator[Item]:
        sheets: dict[str, str] = {}
        for sheet in [name for name in self.places if self.roles[name].kind == "sheet"]:
            for relation in self.package.relations(sheet, self.tools.meter):
                sheets.setdefault(relation.target, self.places[sheet][0])
        for name in [*self._parts("sheet comments"), *self._parts("threaded comments")]:
            comments = SheetComments()
            gaps = list(self._parse(name, comments))
            yield from comments.passages(self.source, sheets.get(name, ""))
            yield from gaps

    def _pivots(self) -> Iterator[Item]:
        waiting = self._parts("pivot records")
        for name in self._parts("pivot definition"):
            definition = PivotDefinition(self.tools.meter)
            gaps = list(self._parse(name, definition))
            yield self.source.passage(definition.kept_values(), "pivot cache, kept values", hidden=True)
            yield self.source.passage(distinct(definition.others), "pivot cache, source", hidden=True)
            for relation in self.package.relations(name, self.tools.meter):
                if relation.target in waiting:
                    waiting.remove(relation.target)
                    yield from self._records(relation.target, definition)
            yield from gaps
        for name in waiting:
            yield from self._records(name, PivotDefinition(self.tools.meter))

    def _records(self, name: str, definition: PivotDefinition) -> Iterator[Item]:
        records = PivotRecords(self.tools.meter, definition.fields)
        gaps = list(self._parse(name, records))
        yield self.source.passage(records.table(), "pivot cache", hidden=True, table=True)
        yield from gaps


def sheet_place(title: str, state: str) -> tuple[str, bool]:
    """A sheet's words, and whether it is hidden ("veryHidden": macros only can show it)."""
    if state in ("visible", ""):
        return f"sheet {title}", False
    return f"sheet {title} ({'very hidden' if state.lower() == 'veryhidden' else 'hidden'})", True


def sheet_passages(
    source: Source, place: str, hidden: bool, grid: Grid, formulas: Grid, stored: Grid, texts: Mapping[str, list[str]]
) -> Iterator[Item]:
    """Cells, formulas with words in them, long numbers as they are stored, and texts beside the cells."""
    yield from grid.passages(source, place, hidden=hidden)
    yield from formulas.passages(source, joined(place, "formula"), hidden=hidden)
    yield from stored.passages(source, joined(place, "stored values"), hidden=True)
    for where, found in texts.items():
        unseen = hidden or where in _UNSEEN_TEXTS
        yield source.passage(distinct(found), joined(place, where), hidden=unseen)
