"""Protective markings, embargoes and the other words by which a message says how it wants to be treated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import re2

from ..model import Area, Marking, MarkingKind, Question
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
    r"broadcast|use)(?:,? or (?:publication|broadcast|release))? (?:before|until)[ \t:]*"
)
_EMBARGO_REST = 120
# Of each marking some word that it can't be without: most mails have none, and are looked at no further.
_WORDS = (
    "official", "secret", "embargo", "not for", "schedule 12a", "exempt", "do not", "internal", "press ", "media ",
    "news release", "immediate release", "spokes", "[secure", "[encrypt",
)  # fmt: skip
_TIME = re.compile(
    r"\b(\d{1,2})[:.](\d{2})\s*([ap])?\.?m?\b|\b(\d{1,2})\s*([ap])\.?m\b|\b(noon|midday|midnight)\b|\b(\d{2})(\d{2})\s?(?:hrs|hours|h)\b",
    re.IGNORECASE,
)
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?(?:\s+(\d{4}))?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b,?(?:\s+(\d{4}))?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"\b(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_WEEKDAY = re.compile(r"\b(tomorrow|today|tonight|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?\b", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")


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
    text = reading.canonical.text
    own_end = next((s for s, e in reading.layout.quoted if e == len(text)), len(text))
    lines = [line for line in text[: own_end or len(text)].split("\n") if line.strip()]
    if reading.passage.area is not Area.SUBJECT and len(lines) > 2 * _EDGE_LINES:
        lines = lines[:_EDGE_LINES] + lines[-_EDGE_LINES:]
    return [line.strip()[:_EDGE_CHARACTERS] for line in lines]


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
        until = _until(line[embargo.end() : embargo.end() + _EMBARGO_REST], question) if embargo else None
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


def _until(text: str, question: Question) -> datetime | None:
    """The moment that an embargo line names, aware in UTC; None where it names none that can be read.

    A date without a time ends at the start of that day; a day of the month without a year is the next
    such day after the message was received.
    """
    zone = ZoneInfo(question.time_zone)
    now = question.received_at.astimezone(zone) if question.received_at is not None else None
    day = _day(text, now.date() if now is not None else None)
    if day is None:
        return None
    hour, minute = _time(text)
    try:
        local = datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=zone) + timedelta(days=hour // 24)
    except ValueError:
        return None
    return local.astimezone(UTC)


def _day(text: str, today: date | None) -> date | None:
    try:
        if match := _ISO.search(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NUMERIC.search(text):
            year = int(match[3])
            return date(year + 2000 if year < 100 else year, int(match[2]), int(match[1]))
        if match := _DAY_MONTH.search(text):
            return _with_year(int(match[1]), match[2], match[3], today)
        if match := _MONTH_DAY.search(text):
            return _with_year(int(match[2]), match[1], match[3], today)
    except ValueError:
        return None
    match = _WEEKDAY.search(text)
    if today is None:
        return None
    if match is None:
        return today if _TIME.search(text) else None
    word = match[1].lower()
    if word in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS.index(word) - today.weekday()) % 7)
    return today + timedelta(days=1 if word == "tomorrow" else 0)


def _with_year(day: int, month: str, year: str | None, today: date | None) -> date | None:
    number = _MONTHS.index(month.lower()) + 1
    if year:
        return date(int(year), number, day)
    if today is None:
        return None
    this_year = date(today.year, number, day)
    # "3 December" read in January means last month's: only a day long past is next year's.
    return this_year if (today - this_year).days < 180 else date(today.year + 1, number, day)


def _time(text: str) -> tuple[int, int]:
    match = _TIME.search(_NUMERIC.sub(" ", text))
    if match is None:
        return 0, 0
    if match[6]:
        return (24, 0) if match[6].lower() == "midnight" else (12, 0)
    if match[7]:
        return int(match[7]), int(match[8])
    hour, minute, half = (int(match[1]), int(match[2]), match[3]) if match[1] else (int(match[4]), 0, match[5])
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return min(hour, 24), min(minute, 59)
