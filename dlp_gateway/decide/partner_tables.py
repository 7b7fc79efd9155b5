"""Partner entries from tables and files, and as a table. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ConfigError, Fault
from ..yaml_file import load_document, scalar, validate
from . import registry
from .partners import PartnerEntry

_FIELDS = tuple(PartnerEntry.model_fields)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with: a spreadsheet would calculate it (OWASP, CSV Injection)."""

_LISTS = frozenset({"domains", "addresses", "may_receive", "sender_groups"})


def value_of(name: str, text: str) -> Any:
    """A field's value as it stands in a file: a list parted by commas, semicolons or blanks; None for nothing.

    Raises ConfigError where it is no value at all.
    """
    if not text.strip():
        return [] if name in _LISTS else None
    if name in _LISTS:
        return text.replace(";", " ").replace(",", " ").split()
    return load_document(f"value: {scalar(text) if name in _TEXTS else text}", name).value["value"]


_TEXTS = frozenset(
    (
        *("id", "organisation", "agreement", "owner", "deputy_owner", "incident_contact", "purpose"),
        *("hosting", "notes", "route"),
    )
)


def entry_of(values: dict[str, Any], where: str) -> PartnerEntry:
    """The entry with these values. Raises ConfigError with every fault, each under `where`."""
    given = {name: value for name, value in values.items() if value is not None}
    text = "\n".join(f"{name}: {scalar(value)}" for name, value in given.items())
    try:
        return validate(load_document(text, where), PartnerEntry)
    except ConfigError as error:
        # Lines of a text that nobody wrote would only puzzle.
        raise ConfigError([Fault(file=where, text=fault.text) for fault in error.faults]) from None


def entries_in(text: str, file: str, known: Iterable[PartnerEntry] = ()) -> tuple[PartnerEntry, ...]:
    """The entries of a table of comma-separated values or, by its name, of a partners.yaml. Raises ConfigError with
    every fault.

    A table changes only the columns that it has: the others of an entry that is `known` stay as they are.
    """
    if file.lower().endswith((".yaml", ".yml")):
        return registry.entries_of(text, file)
    return _from_table(text, file, {entry.id: entry for entry in known})


def _from_table(text: str, file: str, known: Mapping[str, PartnerEntry]) -> tuple[PartnerEntry, ...]:
    rows = _rows(text, file)
    header = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in rows[0][1]] if rows else []
    if unknown := [name for name in header if name not in _FIELDS]:
        fault = Fault(file=file, line=1, text=f"unknown column {', '.join(unknown)}; known: {', '.join(_FIELDS)}")
        raise ConfigError([fault])
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise ConfigError([Fault(file=file, line=1, text=f"the column {', '.join(twice)} stands twice; keep one")])
    faults: list[Fault] = []
    entries: list[PartnerEntry] = []
    for line, row in rows[1:]:
        if not any(cell.strip() for cell in row):
            continue
        where = f"{file}:{line}"
        try:
            if len(row) > len(header):
                raise ConfigError([Fault(file=where, text=f"has {len(row)} cells, the header {len(header)}")])
            cells = {name: value_of(name, _as_typed(cell)) for name, cell in zip(header, row, strict=False)}
            before = known.get(str(cells.get("id")))
            entries.append(entry_of(cells if before is None else registry.changed(before, cells), where))
        except ConfigError as error:
            faults += error.faults
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            faults.append(Fault(file=file, text=f"the id “{entry.id}” stands twice"))
        seen.add(entry.id)
    if faults:
        raise ConfigError(faults)
    return tuple(entries)


def _rows(text: str, file: str) -> list[tuple[int, list[str]]]:
    """Each row with the line that it ends in."""
    reader = csv.reader(io.StringIO(text))
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        fault = Fault(file=file, line=reader.line_num, text=f"is no table of comma-separated values ({error})")
        raise ConfigError([fault]) from None


def written(entries: Iterable[PartnerEntry]) -> str:
    """A table with all fields; lists are parted by semicolons. What a spreadsheet would calculate has an apostrophe
    before it, which reading takes off again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_FIELDS)
    for entry in sorted(entries, key=lambda e: e.id):
        values = registry.plain(entry)
        writer.writerow([harmless(_cell(values.get(name))) for name in _FIELDS])
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet calculates it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _as_typed(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, dict):
        return scalar(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
