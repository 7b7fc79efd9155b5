"""Tables of figures as Markdown, and the same figures as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .figures import Figures

_HEAD = ("type", "system", "truths", "findings", "precision", "recall", "F1", "F2")


def table(rows_by_system: Mapping[str, Mapping[str, Figures]]) -> str:
    """One row for each type and system; figures with their 95 % intervals."""
    names = list(dict.fromkeys(name for rows in rows_by_system.values() for name in rows))
    cells = [
        (name, system, str(row.count.truths), str(row.count.findings), *map(str, row.by_name.values()))
        for name in names
        for system, rows in rows_by_system.items()
        if (row := rows.get(name)) is not None
    ]
    return markdown(_HEAD, cells)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns stand below one another."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines)


def confusion_tables(missed: Counter[tuple[str, str]], wrong: Counter[tuple[str, str]]) -> str:
    """What missed truths were found as, and what wrong findings are really."""
    return "\n\n".join(
        markdown(head, [(truth, finding, str(number)) for (truth, finding), number in counts.most_common(40)])
        for head, counts in (
            (("missed truth", "found as", "times"), missed),
            (("really", "wrongly found as", "times"), wrong),
        )
    )


def as_json(rows_by_system: Mapping[str, Mapping[str, Figures]]) -> dict[str, Any]:
    """The figures of a table for other programs."""
    return {
        system: {
            name: {
                "truths": row.count.truths,
                "found": row.count.found,
                "findings": row.count.findings,
                "right": row.count.right,
                **{
                    key: {"value": figure.value, "low": figure.low, "high": figure.high}
                    for key, figure in row.by_name.items()
                },
            }
            for name, row in rows.items()
        }
        for system, rows in rows_by_system.items()
    }
