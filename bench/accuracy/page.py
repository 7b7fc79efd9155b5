"""Writes what was measured into docs/accuracy.md, between marks that name the table and the part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from . import targets
from .everything import Everything, Rows
from .report import markdown
from .variants import Share, summed

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"


def write(measured: Everything) -> None:
    """Write the tables of the part that was measured; those of the other part stay."""
    text = PAGE.read_text(encoding="utf-8")
    for name, table in tables(measured):
        begin, end = f"<!-- {name}, {measured.part} -->\n", f"<!-- end of {name}, {measured.part} -->\n"
        before, begun, rest = text.partition(begin)
        _, ended, after = rest.partition(end)
        if (begun, ended) == (begin, end):
            text = f"{before}{begin}\n{_when(measured)}\n\n{table}\n\n{end}{after}"
    PAGE.write_text(text, encoding="utf-8")


def tables(measured: Everything) -> Iterator[tuple[str, str]]:
    """Each table by its name."""
    yield "targets", markdown(targets.HEAD, targets.lines(measured))
    yield "mails", types(measured.mails)
    if any(measured.shared.values()):
        yield "shared", types(measured.shared)
    yield "ways", shares(("class", "way"), measured.variants, 0, 1)
    yield "identifiers", shares(("class", "entity"), measured.variants, 0, 2)


def types(rows: Rows) -> str:
    """Each type with ours beside stock."""
    ours, stock = rows.get("ours", {}), rows.get("stock", {})
    lines = []
    for name in dict.fromkeys([*ours, *stock]):
        row, other = ours.get(name), stock.get(name)
        known = row or other
        assert known is not None
        shown = [str(figure) for figure in row.by_name.values()] if row else ["-"] * 4
        lines.append((name, str(known.count.truths), *shown, str(other.f2) if other else "-"))
    return markdown(("type", "truths", "precision", "recall", "F1", "F2", "stock F2"), lines)


def shares(head: Sequence[str], of_variants: Mapping[tuple[str, str, str], Share], *places: int) -> str:
    """Typed recall summed by class and way or entity."""
    lines = [(*key, str(share.all), str(share)) for key, share in summed(of_variants, *places).items()]
    return markdown((*head, "variants", "found"), lines)


def _when(measured: Everything) -> str:
    day = dt.datetime.now(tz=dt.UTC).date().isoformat()
    sets = ", ".join(f"{count:,} {_NAMES[name]}" for name, count in measured.documents.items() if count)
    return f"{day}, {measured.part} part: {sets}, {measured.clean.mails} clean mails."


_NAMES = {"mails": "council mails", "shared": "sentences of presidio-research"}
