"""OpenDocument texts, sheets and presentations (ISO/IEC 26300)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from ..model import GapReason, Passage
from . import xml
from .archive import zip_margins, zip_member
from .grid import Grid
from .source import Inner, Item, Source, Tools
from .zip_file import ZipAmbiguousError, read_zip

_PLACES = {"meta.xml": "document properties", "styles.xml": "page header or footer", "settings.xml": ""}
_LARGEST_REPEAT = 1_100_000
_APART = {
    "annotation": "comment",
    "tracked-changes": "tracked deletion",
    "hidden-text": "hidden text",
    "hidden-paragraph": "hidden text",
}
_NO_TEXT = frozenset(("mimetype", "settings.xml", "manifest.rdf", "layout-cache", "current.xml"))


def read_open_document(source: Source, tools: Tools) -> Iterator[Item]:
    """Text, tables, notes, comments, tracked deletions, properties, embedded files."""
    try:
        zipped = read_zip(source.octets)
    except ZipAmbiguousError as error:
        yield source.gap(GapReason.AMBIGUOUS, str(error))
        return
    members: dict[str, bytes] = {}
    for entry in zipped.entries:
        tools.meter.file()
        item = zip_member(source, entry, tools)
        if isinstance(item, Inner):
            members[item.name] = item.octets
        else:
            yield item
    if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
        yield source.gap(GapReason.ENCRYPTED, "a document with a password")
        return
    for name in sorted(members, key=lambda name: (name != "content.xml", name)):
        base = name.rpartition("/")[2]
        if base in _NO_TEXT or name.startswith(("META-INF/", "Configurations2/")) or not members[name]:
            continue
        try:
            yield from _member(source, tools, name, base, members[name])
        except xml.XmlRefusedError:
            yield source.gap(GapReason.AMBIGUOUS, "a document that declares entities of its own")
        except etree.XMLSyntaxError:
            yield source.gap(GapReason.CORRUPT, "a document with a part that can't be read")
    yield from zip_margins(source, zipped, tools)


def _member(source: Source, tools: Tools, name: str, base: str, octets: bytes) -> Iterator[Item]:
    if base in {"content.xml", "styles.xml"}:
        content = _Content(source, tools)
        xml.parse(octets, content)
        yield from content.passages("" if base == "content.xml" else _PLACES[base])
    elif name.endswith((".xml", ".rdf")):
        yield source.passage(xml.text_of(octets), _PLACES.get(base, "other content"), hidden=base not in _PLACES)
    else:
        yield Inner(name=name, octets=octets, listed=False)


class _Content:
    """Paragraphs by place; the cells of each sheet in a grid."""

    def __init__(self, source: Source, tools: Tools) -> None:
        self._source = source
        self._tools = tools
        self._texts: dict[str, list[str]] = {"": []}
        self._apart: list[str] = []
        self._grids: list[tuple[str, bool, Grid]] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._spreadsheet = False
        self._depth = 0
        self._row = self._column = 0
        self._row_repeat = self._column_repeat = 1
        self._cell: list[str] | None = None
        self._in_paragraph = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "spreadsheet":
            self._spreadsheet = True
        elif name == "style":
            self._style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name in _APART:
            self._apart.append(_APART[name])
            self._put("\n")
        elif name in ("p", "h"):
            self._in_paragraph += 1
        elif name in ("line-break", "tab", "s"):
            count = attributes.get("c", "1")
            self._put({"tab": "\t", "line-break": "\n"}.get(name, " " * min(int(count) if count.isdigit() else 1, 100)))
        elif name in ("table", "table-row", "table-cell", "covered-table-cell", "table-column"):
            self._start_table(name, attributes)
        elif name == "page" and "name" in attributes:
            self._texts[""].append("\n")
        for key in ("string-value", "title", "desc"):
            if attributes.get(key, "").strip() and name != "table-cell":
                self._texts.setdefault("alternative text", []).append(attributes[key] + "\n")

    def _start_table(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            self._depth += 1
            if self._spreadsheet and self._depth == 1:
                hidden = attributes.get("style-name", "") in self._hidden_styles
                self._grids.append((attributes.get("name", ""), hidden, Grid(self._tools.meter)))
                self._row = self._column = 0
        elif not self._spreadsheet or self._depth != 1:
            return
        elif name == "table-column":
            first = self._column + 1
            self._column += _repeat(attributes, "number-columns-repeated")
            if attributes.get("visibility") in ("collapse", "filter"):
                self._grids[-1][2].hidden_columns.append((first, self._column))
        elif name == "table-row":
            self._row += 1
            self._column = 0
            self._row_repeat = _repeat(attributes, "number-rows-repeated")
            if attributes.get("visibility") in ("collapse", "filter"):
                self._grids[-1][2].hidden_rows.add(self._row)
        else:
            self._column += 1
            self._column_repeat = _repeat(attributes, "number-columns-repeated")
            self._cell = []

    def end(self, name: str) -> None:
        if name in _APART and self._apart:
            self._put("\n")
            self._apart.pop()
        elif name in ("p", "h"):
            self._in_paragraph -= 1
            self._put("\n")
        elif name in ("table-cell", "covered-table-cell"):
            if self._spreadsheet and self._depth == 1:
                self._grids[-1][2].put(self._row, self._column, "".join(self._cell or ()))
                self._column += self._column_repeat - 1
                self._cell = None
            else:
                self._put("\t")
        elif name == "table-row":
            if self._spreadsheet and self._depth == 1:
                self._row += self._row_repeat - 1
            else:
                self._put("\n")
        elif name == "table":
            self._depth -= 1

    def data(self, text: str) -> None:
        if self._in_paragraph or self._apart:
            self._put(text)

    def _put(self, text: str) -> None:
        if self._apart:
            self._texts.setdefault(self._apart[-1], []).append(text)
        elif self._cell is not None:
            self._cell.append(text)
        else:
            self._texts[""].append(text)

    def passages(self, place: str) -> Iterator[Passage]:
        for where, pieces in self._texts.items():
            name = ", ".join(filter(None, (place, where)))
            text = "".join(pieces)
            if not where:
                text = text.replace("\n\t", "\t")  # a cell's paragraph ends inside its cell
            yield self._source.passage(text.strip("\n"), name, hidden=where not in ("", "alternative text"))
        yield self._source.passage("\n".join(name for name, _, _ in self._grids), "sheet names")
        for name, hidden, grid in self._grids:
            yield from grid.passages(self._source, f"sheet {name}{' (hidden)' if hidden else ''}", hidden=hidden)


def _repeat(attributes: Mapping[str, str], key: str) -> int:
    value = attributes.get(key, "1")
    return min(int(value), _LARGEST_REPEAT) if value.isdigit() and value != "0" else 1
