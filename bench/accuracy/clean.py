"""False alarms on ordinary council mails: `tests/accuracy/clean_mails.py` writes them, nothing high stands in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dlp_gateway.model import HIGH, Category
from tests.accuracy.clean_mails import clean_mails
from tests.accuracy.labelled import LabelledMail, Part

from .ours import Ours, Placed

COUNTS: dict[str, tuple[tuple[Part, int], ...]] = {
    "development": ((Part.DEVELOPMENT, 630),),
    "sealed": ((Part.SEALED, 270),),
}
COUNTS["all"] = COUNTS["development"] + COUNTS["sealed"]
_ALARMS = HIGH | {Category.CREDENTIALS}
_NAMES = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "NRP"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanFigures:
    """What was found where nothing is. `high` are mails with a finding of a high category or a credential that is not
    exempt, `false` findings of anything but names and what is published. One sentence that misleads comes again in many
    mails of its topic: `topics` are those read, `high_topics` those of them with such a mail."""

    mails: int
    octets: int
    high: int
    false: int
    topics: int
    high_topics: int
    lines: tuple[str, ...]  # each of those findings
    entities: Counter[str]

    @property
    def false_per_100_kb(self) -> float:
        return self.false / max(self.octets, 1) * 100_000


def mails_of(part: str) -> list[LabelledMail]:
    """The clean mails of "development", "sealed" or "all"."""
    return [mail for one, count in COUNTS[part] for mail in clean_mails(one, count)]


def measure(ours: Ours, mails: Iterable[LabelledMail]) -> CleanFigures:
    """Count false alarms."""
    high = octets = 0
    lines: list[str] = []
    entities: Counter[str] = Counter()
    high_topics: set[str] = set()
    read = list(mails)
    for mail in read:
        octets += sum(len(piece.text.encode()) for piece in mail.pieces)
        alarms = False
        for placed in ours.findings(mail):
            finding = placed.finding
            if finding.entity in _NAMES or _is_published(placed):
                continue
            is_alarm = finding.category in _ALARMS and finding.exempt is None
            alarms |= is_alarm
            entities[finding.entity] += 1
            lines.append(f"{'!' if is_alarm else ' '} {finding.entity:22} {mail.id}: {_context(placed)}")
        high += alarms
        high_topics |= {mail.note} if alarms else set()
    return CleanFigures(
        mails=len(read),
        octets=octets,
        high=high,
        false=entities.total(),
        topics=len({mail.note for mail in read}),
        high_topics=len(high_topics),
        lines=tuple(lines),
        entities=entities,
    )


def text_of(figures: CleanFigures) -> str:
    """The figures in words."""
    return (
        f"{figures.mails} mails, {figures.octets / 1000:.0f} kB\n"
        f"mails with a high-category finding: {figures.high} ({figures.high / max(figures.mails, 1):.2%}), "
        f"of {figures.high_topics} of {figures.topics} topics\n"
        f"false structured findings: {figures.false}, {figures.false_per_100_kb:.2f} in 100 kB "
        f"({', '.join(f'{entity} {count}' for entity, count in figures.entities.most_common())})"
    )


def _is_published(placed: Placed) -> bool:
    """Whether a finding touches what the council publishes, and is of a kind that can be published."""
    if placed.span is None:
        return False
    start, end = placed.span
    published = {t.entity for t in placed.piece.truths if t.start < end and start < t.end}
    if published & {"UK_ADDRESS", "UK_POSTCODE"}:
        published |= {"UK_ADDRESS", "UK_POSTCODE"}
    return placed.finding.entity in published


def _context(placed: Placed) -> str:
    text = placed.piece.text
    if placed.span is None:
        return f"in a further reading of {placed.piece.name} ({placed.finding.place})"
    start, end = placed.span
    return f"{text[max(0, start - 50) : start]}[[{text[start:end]}]]{text[end : end + 40]}".replace("\n", "⏎")
