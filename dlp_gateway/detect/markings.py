"""Protective markings, embargoes and the other words by which a message says how it wants to be treated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import re2

from ..model import Area, Marking, MarkingKind, Passage, Question
from .embargo import embargo_until
from .found import Reading

_EDGE_LINES = 5  # first and last lines of a body in which a marking stands
_EDGE_CHARACTERS = 200  # of each such line
_OFFICIAL_SENSITIVE = re2.compile(
    r"\bOFFICIAL[ \t]*[-:]+[ \t]*SENSITIVE\b|\bOFFICIAL[ \t]+SENSITIVE\b|"
    r"(?i:^[ \t\[(*]*official[ \t]*-[ \t]*sensitive\b)"
)


def _alone(words: str) -> Any:
    """A marking that is a line of its own: with brackets, "(when completed)", or a descriptor in capitals after it."""
    return re2.compile(
        rf"^[ \t>*#_\[(\-]*{words}[ \t\])*_.:\-]*"
        r"(?:\((?:when completed|[A-Z ]{3,40})\))?"
        r"(?:[ \t]*[-:/|]+[ \t]*[A-Z][A-Z \t&/\-]{2,60})?"
        r"[ \t\])*_.\-]*$"
    )


_TOP_SECRET = (_alone("(?:UK )?TOP SECRET"), re2.compile(r"^[\[(* ]*(?:UK )?TOP SECRET\b"))
_SECRET = (_alone("(?:UK )?SECRET"), re2.compile(r"^[\[(* ]*(?:UK )?SECRET\b"))
_PATTERNS = (
    (
        MarkingKind.NOT_FOR_PUBLICATION,
        re2.compile(
            r"(?i)\bnot for publication\b|\bschedule 12A\b|\bexempt (?:from publication|information|report|"
            r"appendix)\b[^\n]{0,60}\b(?:paragraph|schedule|section)"
        ),
    ),
    (
        MarkingKind.INTERNAL_COMMUNICATION,
        re2.compile(
            r"(?i)\bnot for onward (?:circulation|transmission|distribution|sharing)\b|\bdo not (?:circulate|"
            r"forward|share) (?:outside|externally|beyond)\b|"
            r"\binternal (?:bulletin|communication|use) only\b|\bfor internal (?:use|circulation) only\b|\bstaff "
            r"bulletin\b[^\n]{0,40}\binternal\b|\binternal bulletin\b"
        ),
    ),
    (
        MarkingKind.PRESS_STATEMENT,
        re2.compile(
            r"(?im)^[ \t\[(*]*(?:press (?:statement|release)|media (?:statement|release)|news release|statement to "
            r"the press|"
            r"response to (?:press|media) enquiry|media enquiry response|for immediate release)\b|\ba (?:council "
            r")?spokes(?:man|woman|person) said\b"
        ),
    ),
    (MarkingKind.SECURE_REQUESTED, re2.compile(r"(?i)\[(?:secure|encrypt|encrypted)\]")),
)
_EMBARGO = re2.compile(
    r"(?i)\b(?:strictly )?embargo(?:ed)?\b[ \t:\-]*(?:until|till|to|for)?[ \t:]*|\bnot for (?:release|publication|"
    r"broadcast|use)(?:,? or (?:publication|broadcast|release))? (?:before|until)[ \t:]*|\bembargo tan\b[ \t:]*"
)
_EMBARGO_REST = 120
_PROPERTIES = "document properties"
_LABEL_FIELDS = ("msip_labels", "protective-marking", "classification", "sensitivity", "security-label")
_LABEL_GAP = re.compile(r"[;,\n]")
# Of each marking some word that it can't be without: most mails have none, and are looked at no further.
_WORDS = (
    "official", "secret", "embargo", "not for", "schedule 12a", "exempt", "do not", "internal", "press ", "media ",
    "news release", "immediate release", "spokes", "[secure", "[encrypt",
)  # fmt: skip


def find_markings(readings: Sequence[Reading], question: Question) -> tuple[Marking, ...]:
    """The markings of a message: in its subject, header fields and document properties, and in the
    first and last lines of its texts. Each kind once for each passage, in order."""
    markings: list[Marking] = []
    for reading in readings:
        if reading.passage.table:
            continue
        seen: set[MarkingKind] = set()
        for kind, until in _of_lines(_lines(reading), reading, question):
            if kind not in seen:
                seen.add(kind)
                markings.append(Marking(kind=kind, part=reading.passage.part, place=reading.passage.place, until=until))
    return tuple(markings)


def _lines(reading: Reading) -> list[str]:
    if _is_label(reading.passage):
        return _labels(reading.canonical.text)
    text = reading.canonical.text
    own_end = next((s for s, e in reading.layout.quoted if e == len(text)), len(text))
    lines = [line for line in text[: own_end or len(text)].split("\n") if line.strip()]
    if reading.passage.area is not Area.SUBJECT and len(lines) > 2 * _EDGE_LINES:
        lines = lines[:_EDGE_LINES] + lines[-_EDGE_LINES:]
    return [line.strip()[:_EDGE_CHARACTERS] for line in lines]


def _is_label(passage: Passage) -> bool:
    """Whether a passage is where programs write a document's or mail's classification: its properties, or a header
    field made for that."""
    if passage.place == _PROPERTIES:
        return True
    name = passage.place.lower()
    return passage.area is Area.HEADER and any(word in name for word in _LABEL_FIELDS)


def _labels(text: str) -> list[str]:
    """The values of labels, in capitals: "msip_labels: MSIP_Label_87..._Name=Official Sensitive; ..." as others write
    OFFICIAL SENSITIVE."""
    values = (value.rpartition("=")[2].strip() for value in _LABEL_GAP.split(text))
    return [value.upper()[:_EDGE_CHARACTERS] for value in values if value]


def _of_lines(
    lines: Iterable[str], reading: Reading, question: Question
) -> Iterable[tuple[MarkingKind, datetime | None]]:
    subject = reading.passage.area is Area.SUBJECT
    for line in lines:
        lower = line.lower()
        if not any(word in lower for word in _WORDS):
            continue
        if _OFFICIAL_SENSITIVE.search(line):
            yield MarkingKind.OFFICIAL_SENSITIVE, None
        if _TOP_SECRET[0].search(line) or (subject and _TOP_SECRET[1].search(_without_prefix(line))):
            yield MarkingKind.TOP_SECRET, None
        elif _SECRET[0].search(line) or (subject and _SECRET[1].search(_without_prefix(line))):
            yield MarkingKind.SECRET, None
        embargo = _EMBARGO.search(line)
        until = embargo_until(line[embargo.end() : embargo.end() + _EMBARGO_REST], question) if embargo else None
        if embargo and (until is not None or _is_heading(line)):
            yield MarkingKind.EMBARGO, until
        for kind, pattern in _PATTERNS:
            if kind is MarkingKind.SECURE_REQUESTED and not subject:
                continue
            if kind is MarkingKind.NOT_FOR_PUBLICATION and until is not None:
                continue
            if pattern.search(line):
                yield kind, None


def _without_prefix(subject: str) -> str:
    return re.sub(r"^(?:(?:re|fw|fwd)\s{0,2}:\s{0,2}){1,9}", "", subject, flags=re.IGNORECASE)


def _is_heading(line: str) -> bool:
    """Whether a line is a label, not prose about embargoes."""
    return len(line) <= 60 and (line.upper() == line or line.lower().startswith(("embargo", "strictly embargo")))
