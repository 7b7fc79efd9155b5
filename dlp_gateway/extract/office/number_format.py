"""Numbers of spreadsheets as they are shown (ECMA-376, part 1: 18.8.30 and 18.17.4.1)."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from functools import lru_cache

BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001  # a calendar date
EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LONGEST_CODE = 255  # of what Excel reads
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|[_*].|([0#?]+)|(.)', re.DOTALL)
_SECTION = re.compile(r'((?:"[^"]*"|\\.|[^;])*)(?:;|$)', re.DOTALL)
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::[\d.]+)?Z?)?")
_LAST_DAY = 2_958_466  # 31/12/9999
_PLAIN_SIGNS = frozenset(" -/()+:'£$€")


def hides_everything(code: str) -> bool:
    """Whether a format shows nothing, such as ";;;"."""
    return bool(code) and not code.strip("; ")


def literal_text(code: str) -> bool:
    """Whether a format adds words of its own."""
    return any(len(quoted) > 3 and any(map(str.isalpha, quoted)) for quoted in re.findall(r'"[^"]*"', code))


@lru_cache(maxsize=65536)
def shown_number(value: str, code: str, epoch: datetime) -> str:
    """A number as its format shows it: dates as 31/12/2026, patterns of digits and words ("00-00-00", '"Case "0')
    filled in, whole numbers in full; any other format leaves the plain number, so that no digit is rounded away."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    if len(code) > _LONGEST_CODE:
        code = ""
    lower = _LITERAL.sub("", code.split(";", maxsplit=1)[0]).lower()
    if "general" not in lower and re.search(r"[yd]", lower) and 0 < number < _LAST_DAY:
        return _date(epoch + timedelta(days=number), with_time="h" in lower and bool(number % 1))
    if not number.is_integer():
        return f"{number:.15g}"
    if abs(number) >= 1e17:
        return value
    digits = str(int(value)) if value.lstrip("-").isdigit() else str(int(number))
    return _filled(_section(code, number), digits) if code and number >= 0 else digits


def shown_iso(value: str) -> str:
    """A date in ISO 8601 as 31/12/2026; anything else as it is."""
    match = _ISO_DATE.fullmatch(value)
    if match is None:
        return value
    time = match[4]
    return f"{match[3]}/{match[2]}/{match[1]}" + (f" {time}" if time and time != "00:00" else "")


def _date(moment: datetime, *, with_time: bool) -> str:
    return moment.strftime("%d/%m/%Y %H:%M" if with_time else "%d/%m/%Y")


def _section(code: str, number: float) -> str:
    """The part of a format for a number that is not negative: the first, or the third for zero."""
    sections = [match[1] for match in _SECTION.finditer(code)]
    return sections[2] if number == 0 and len(sections) > 3 else sections[0]


def _filled(pattern: str, digits: str) -> str:
    """The digits in a pattern of placeholders and words; as they are where the pattern is of another kind."""
    tokens: list[tuple[bool, str]] = []  # whether placeholders
    for match in _TOKEN.finditer(pattern):
        words, escaped, places, sign = match.groups()
        if places:
            tokens.append((True, places))
        elif sign is not None and sign not in _PLAIN_SIGNS:
            return digits  # a decimal point, a thousands separator, a fraction, "General"
        else:
            tokens.append((False, words or escaped or sign or ""))
    places = "".join(text for is_place, text in tokens if is_place)
    if not places:
        return digits
    digits = digits.rjust(places.count("0"), "0")
    lead = digits[: max(0, len(digits) - len(places))]
    filled = digits[len(lead) :].rjust(len(places), "\0")
    pieces: list[str] = []
    at = 0
    for is_place, text in tokens:
        if is_place:
            pieces.append(("" if at else lead) + filled[at : at + len(text)].replace("\0", ""))
            at += len(text)
        else:
            pieces.append(text)
    return "".join(pieces).strip()
