"""Writes the table of the catalogue into the documentation: `python -m tests.evasion.report`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from .catalogue import SECTIONS
from .judge import Outcome, outcome

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
BEGIN = "<!-- evasion: written by `python -m tests.evasion.report` -->\n"
END = "<!-- end of evasion -->\n"


def table() -> str:
    """How many techniques of each section are found or held, and what becomes of each."""
    summary = ["| section | techniques | found | held | missed |", "|---|---|---|---|---|"]
    details: list[str] = []
    total: Counter[Outcome] = Counter()
    for section in SECTIONS:
        outcomes = {name: outcome(case.octets) for name, case in section.cases.items()}
        counts = Counter(outcomes.values())
        total += counts
        summary.append(_row(section.name, counts))
        title = section.name[:1].upper() + section.name[1:]
        details += ["", f"### {title}", "", "| technique | what hides the text | |", "|---|---|---|"]
        details += [f"| {name} | {case.why} | {outcomes[name].value} |" for name, case in section.cases.items()]
    summary.append(_row("**all**", total))
    return "\n".join([*summary, *details]) + "\n"


def _row(name: str, counts: Counter[Outcome]) -> str:
    numbers = [counts.total(), *(counts[each] for each in (Outcome.FOUND, Outcome.HELD, Outcome.MISSED))]
    return f"| {name} | " + " | ".join(map(str, numbers)) + " |"


def written() -> str:
    """The table as it stands on the page."""
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip("\n") + "\n"


def main() -> None:
    before, begin, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    assert (begin, end) == (BEGIN, END), f"{PAGE} has lost its marks"
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
