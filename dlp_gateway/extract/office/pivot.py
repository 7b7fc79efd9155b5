"""The rows that a pivot table keeps of its source, also when the source is gone (ECMA-376, part 1: 18.10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..budget import BudgetSpentError, Meter
from ..xml_text import is_typed, unescaped
from .number_format import shown_iso

_VALUES = frozenset(("s", "n", "d", "b", "e"))


@dataclass(slots=True)
class _Field:
    name: str
    items: list[str] = field(default_factory=list)


class PivotDefinition:
    """The columns, the values that each keeps, and words in other attributes."""

    def __init__(self, meter: Meter) -> None:
        self.fields: list[_Field] = []
        self.others: list[str] = []
        self._meter = meter
        self._shared = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "cacheField":
            self.fields.append(_Field(attributes.get("name", "")))
        elif name == "sharedItems":
            self._shared = True
        elif name in _VALUES or name == "m":
            if self._shared and self.fields:
                self._meter.cells(1)
                self.fields[-1].items.append(_value(name, attributes))
            return
        typed = {key: value for key, value in attributes.items() if is_typed(key, value)}
        typed.pop("name" if name == "cacheField" else "", None)
        self.others.extend(typed.values())

    def end(self, name: str) -> None:
        if name == "sharedItems":
            self._shared = False

    def data(self, text: str) -> None:
        if not text.isspace():
            self.others.append(text)

    def kept_values(self) -> str:
        """A line for each column: its name and its values."""
        return "\n".join("\t".join((column.name, *filter(None, column.items))) for column in self.fields)


class PivotRecords:
    """The rows, with the values that the definition keeps in their places."""

    def __init__(self, meter: Meter, fields: list[_Field]) -> None:
        self.rows: list[str] = []
        self._meter = meter
        self._fields = fields
        self._chars = 0
        self._cells: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "r":
            self._cells = []
        elif name == "x":
            self._cells.append(self._kept(attributes.get("v", "")))
        elif name in _VALUES or name == "m":
            self._cells.append(_value(name, attributes))

    def end(self, name: str) -> None:
        if name == "r":
            self._meter.cells(len(self._cells))
            self.rows.append("\t".join(self._cells))

    def data(self, text: str) -> None:
        del text

    def _kept(self, index: str) -> str:
        column = len(self._cells)
        items = self._fields[column].items if column < len(self._fields) else []
        number = int(index) if index.isdigit() and len(index) < 10 else len(items)
        value = items[number] if number < len(items) else index
        self._chars += len(value)  # a long value may stand in a million rows
        if self._chars > self._meter.budget.text_chars:
            raise BudgetSpentError("holds more text than is read of one message")
        return value

    def table(self) -> str:
        """The rows below the names of the columns."""
        heads = "\t".join(" ".join(column.name.split()) for column in self._fields)
        return "\n".join((heads, *self.rows)) if heads else "\n".join(self.rows)


def _value(name: str, attributes: Mapping[str, str]) -> str:
    value = " ".join(unescaped(attributes.get("v", "")).split())
    return shown_iso(value) if name == "d" else value
