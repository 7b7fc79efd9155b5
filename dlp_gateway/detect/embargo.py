"""The moment that an embargo line names, in the notations that press offices use, English and Welsh.

Where a notation can mean two moments the later one is taken: a statement that is let go a day late is a nuisance, one
that is let go a day early a breach.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..model import Question

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WELSH = ("ion", "chwef", "mawrth", "ebr", "mai", "meh", "gorff", "awst", "medi", "hyd", "tach", "rhag")
_MONTHS = {name: number for names in (_ENGLISH, _WELSH) for number, name in enumerate(names, 1)}
_MONTH = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})[a-z]*\.?"
_ORDINAL = r"(?:st|nd|rd|th|af|ail|ydd|fed|eg|ain)?"
_WEEKDAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_LONG_PAST_DAYS = 180

_TIME = re.compile(
    r"\b(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.]\d{2})?\s*(?:(?P<half>[ap])\.?\s?m\b\.?|hrs\b|hours\b|h\b|(?![\d.:]))"
    r"|\b(?P<whole>\d{1,2})\s*(?P<half_of_whole>[ap])\.?\s?m\b"
    r"|\b(?:(?P<past>one|a|1)\s+minute\s+past|(?P<to>one|a|1)\s+minute\s+to)\s+midnight\b"
    r"|\b(?P<word>noon|midday|midnight|ganol dydd|hanner dydd|hanner nos)\b"
    r"|\b(?P<military>\d{2})(?P<minutes>\d{2})\s?(?:hrs|hours|h|gmt|bst|z)\b",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\d\s?(?:(?P<utc>z|gmt|utc)|(?P<summer>bst))\b", re.IGNORECASE)
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}}){_ORDINAL}\s+(?:of\s+)?{_MONTH},?(?:\s+(\d{{4}}))?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s+(\d{{1,2}}){_ORDINAL}\b,?(?:\s+(\d{{4}}))?", re.IGNORECASE)
_NUMERIC = re.compile(r"\b(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?=\b|T)")
_ISO_TIME = re.compile(r"(?<=\d)T(?=\d{2}:\d{2})")
_WEEKDAY = re.compile(
    r"\b(tomorrow|today|tonight|yfory|heddiw|heno|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?\b", re.IGNORECASE
)
_TOMORROW = frozenset({"tomorrow", "yfory"})


def embargo_until(text: str, question: Question) -> datetime | None:
    """The moment, aware in UTC; None where the text names none that can be read.

    A date without a time ends at the start of that day, midnight "on" a day at its end; a day of the month without a
    year is the next such day after the message was received. Times are local, unless GMT, UTC, Z or BST stands behind
    them.
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
    said = _ZONE.search(text)
    if said is not None:
        offset = timedelta(hours=1) if said["summer"] else timedelta()
        return local.replace(tzinfo=UTC) - offset
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
    return today + timedelta(days=1 if word in _TOMORROW else 0)


def _with_year(day: int, month: str, year: str | None, today: date | None) -> date | None:
    number = _MONTHS[month.lower()]
    if year:
        return date(int(year), number, day)
    if today is None:
        return None
    this_year = date(today.year, number, day)
    # "3 December" read in January means last month's: only a day long past is next year's.
    return this_year if (today - this_year).days < _LONG_PAST_DAYS else date(today.year + 1, number, day)


def _time(text: str) -> tuple[int, int]:
    """Hour and minute; 24 hours for the end of the day."""
    match = _TIME.search(_ISO_TIME.sub(" ", _NUMERIC.sub(" ", text)))
    if match is None:
        return 0, 0
    if match["past"]:
        return 0, 1
    if match["to"]:
        return 23, 59
    if match["word"]:
        return (24, 0) if match["word"].lower() in ("midnight", "hanner nos") else (12, 0)
    if match["military"]:
        return min(int(match["military"]), 24), min(int(match["minutes"]), 59)
    hour, minute, half = (
        int(match["hour"] or match["whole"]),
        int(match["minute"] or 0),
        match["half"] or match["half_of_whole"],
    )
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return min(hour, 24), min(minute, 59)
