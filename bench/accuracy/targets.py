"""What was promised, as one table: each figure beside its target and beside stock presidio-analyzer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.accuracy.labelled import IDENTIFIERS

from .everything import Everything, Rows
from .figures import Figure, Figures
from .variants import summed

RECALL_OF_IDENTIFIERS, PRECISION_OF_IDENTIFIERS = 0.98, 0.97
PERSON_IN_CAPITALS = 0.85
MOST_HIGH_OF_600 = 3  # clean mails with a high-category finding
MOST_FALSE_IN_100_KB = 1.0
RECALL_OF_VARIANTS = {"normalisable": 0.95, "decodable": 0.90}


class Target(NamedTuple):
    """At least so much in one row of a set's table."""

    row: str
    figure: str
    least: float


SHARED = (Target("PERSON", "F2", 0.86), Target("LOCATION", "F2", 0.75), Target("MICRO", "F2", 0.75))
MAILS = (
    Target("UK identifiers", "R", RECALL_OF_IDENTIFIERS),
    Target("UK identifiers", "P", PRECISION_OF_IDENTIFIERS),
    Target("PERSON", "F2", 0.92),
    Target("UK_ADDRESS", "F2", 0.90),
    Target("sensitive, any type", "F2", 0.85),
)
CAPITALS = (Target("PERSON", "R", PERSON_IN_CAPITALS),)


def lines(measured: Everything) -> list[tuple[str, ...]]:
    """The lines of the whole table (HEAD)."""
    sets = (
        ("mails", MAILS, measured.mails),
        ("mails, capitals", CAPITALS, measured.mails_in_capitals),
        ("shared", SHARED, measured.shared),
        ("shared, capitals", CAPITALS, measured.shared_in_capitals),
    )
    found = [line for name, wanted, rows in sets if any(rows.values()) for line in lines_of(name, wanted, rows)]
    clean = measured.clean
    found.append(at_most("clean mails", "high, of 600", MOST_HIGH_OF_600, clean.high / clean.mails * 600))
    found.append(at_most("clean mails", "false, in 100 kB", MOST_FALSE_IN_100_KB, clean.false_per_100_kb))
    for (name,), share in summed(measured.variants, 0).items():
        if name in RECALL_OF_VARIANTS:
            found.append(at_least("variants", f"{name} recall", RECALL_OF_VARIANTS[name], share.found / share.all))
    return found


def lines_of(name: str, targets: tuple[Target, ...], rows: Rows) -> Iterator[tuple[str, ...]]:
    """Lines of the table (HEAD) for one set; `rows` by system."""
    for target in targets:
        figures = {system: _figure(of_system, target) for system, of_system in rows.items()}
        ours = figures.get("ours")
        yield (
            name,
            f"{target.row} {target.figure}",
            f"{target.least}",
            str(ours or "-"),
            str(figures.get("stock") or "-"),
            _verdict(ours.value if ours else None, target.least),
        )


def identifiers_below(rows: Mapping[str, Figures]) -> list[str]:
    """The UK identifiers that miss their target, each with its figures."""
    return [
        f"{entity} P {row.precision} R {row.recall} of {row.count.truths}"
        for entity in sorted(IDENTIFIERS)
        if (row := rows.get(entity)) is not None
        and (
            (row.recall.value is not None and row.recall.value < RECALL_OF_IDENTIFIERS)
            or (row.precision.value is not None and row.precision.value < PRECISION_OF_IDENTIFIERS)
        )
    ]


HEAD = ("set", "figure", "target", "ours", "stock", "reached")


def at_most(name: str, figure: str, most: float, value: float) -> tuple[str, ...]:
    """A line of a figure that must not be more."""
    return (name, figure, f"at most {most:g}", f"{value:.2f}", "-", "yes" if value <= most else "no")


def at_least(name: str, figure: str, least: float, value: float) -> tuple[str, ...]:
    """A line of a figure that must not be less."""
    return (name, figure, f"{least:g}", f"{value:.3f}", "-", _verdict(value, least))


def _figure(rows: Mapping[str, Figures], target: Target) -> Figure | None:
    row = rows.get(target.row)
    return row.by_name[target.figure] if row else None


def _verdict(value: float | None, least: float) -> str:
    return "yes" if value is not None and value >= least else "no"
