"""Dates of birth and ages that nothing names but the person right before them: "Prabhakar, Meenakshi 2/10/1950",
"Dominik Halász, 29, of the same address", "Children: Hafsa 7, Ibrahim 4"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...model import Category
from ..checks import CHECKS
from ..found import Found, Reading
from ..overlap import Match
from .lines import start_of_line

_GAP = r"[ \t]{0,3}[,(\[;/|\-–]?[ \t]{0,3}"
_SEX = r"(?:[MFmf](?:[,;/|]|[ ]-)?[ \t]{1,3})?"
_DATE = re.compile(
    rf"(?:[ ]\([a-z ]{{3,16}}\))?{_GAP}{_SEX}(?:b\.? ?|born )?"
    r"(?P<value>(?:\d{1,2}(?P<sign>[/.\-])\d{1,2}(?P=sign)|"
    r"\d{1,2}(?:st|nd|rd|th)?[ \-](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6},?[ \-])"
    r"(?P<year>(?:19|20)\d\d|\d\d))(?![\d/]|[.\-]\d)",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"(?:,[ ]?|(?P<dash>[ ]-[ ]))(?P<value>\d{1,2})"
    r"(?=,[ ][a-z]|\)|[ ]?\(|:|[ ]-[ ]|(?P<last>[.;]?[ ]*(?:\n|\Z))|[ ]on[ ]\d)"
)
_IN_BRACKETS = re.compile(r"[ ]\((?P<value>\d{1,2})\)(?P<what>[ ][a-z]|)(?=[a-z]|[,.;:]|[ ]-|[ ]?(?:\n|\Z))")
_BARE = re.compile(r"[ ](?P<value>\d{1,2})(?=(?P<what>[.,;:]?(?:[ ]+|\n|\Z)|\))(?P<word>(?:[^\W\d_]+|[-&])?))")
# Behind a bare number, of what somebody of that age does.
_DOES = frozenset("attends died goes has is lives needs started starts suffers turns wants was who".split())  # noqa: SIM905
_GOES_ON = frozenset({"&", "and", "are", "at", "both", "with"})  # where the line says that it is of children
# What leads to children with their ages, in the same line.
_OF_CHILDREN = re.compile(
    r"\b(?:bab(?:y|ies)|boys?|child(?:ren|minder)?|cr[eè]che|daughters?|dependants?|family|girls?|grandchild(?:ren)?|"
    r"grand(?:sons?|daughters?)|household|kids?|mum|nursery|primary|school|siblings?|sons?|nan|gran|dad|toddlers?|twins?)\b",
    re.IGNORECASE,
)
# Of people who are counted for, or have, something else than years.
_OTHERWISE = re.compile(
    r"\b(?:agenda|apps?|appendix|class(?:es)?|cllrs?|councillors?|elected|goals?|items?|majority|pages?|points?|ranked|refs?|"
    r"room|scored?|scores|seats?|teams?|tickets?|votes?|voted|wards?)\b",
    re.IGNORECASE,
)
# A line that begins with a name, or with a reference or the number of an item before it.
_STARTS = re.compile(r"(?:\A|\n|[.;!?:] )[-•*# ]{0,3}(?:[A-Z]{1,5}[/\-]?\d[\dA-Z/\-]{2,14} |\d{1,2}[.)] )?\Z")
# Of several in brackets, each with a number: "(Ellie 15, Luca 11)".
_OPEN_BRACKET = re.compile(r"\([^()\n]*\Z")
_ANOTHER_BEFORE = re.compile(r"[^\W\d_] \d{1,2}(?:,|,? and| &) \Z")
_ANOTHER_AFTER = re.compile(r"(?:,|,? and| &) [A-Z][\w'\-]{1,20} \d{1,2}(?:[,)]| and | & )")
_LINE_BEFORE, _LINE_AFTER = 80, 50  # characters of the line before a name and after a number
_REACH = 36
_LONGEST_START = 24  # characters of a sign, a number or a reference before the name that begins a line
_CONFIDENCE = 0.65
_MEETINGS_AGE = 4  # years in which dates beside a name are those of meetings and signatures
_MOST_AT_HOME = 4  # "Grace Okafor - 3 - moves on Friday": how many of them move
_OLDEST, _YOUNGEST, _CHILD, _ADULT = 110, 1, 25, 18
_is_date = CHECKS["date"]


def beside_names(named: Iterable[Found], *, this_year: int) -> Iterator[tuple[Reading, Match]]:
    """What stands right behind the names of people, in canonical texts; names that do not count lead to nothing."""
    for name in named:
        if name.entity != "PERSON" or name.exempt is not None or name.greeting or name.reading.passage.table:
            continue
        text, end = name.reading.canonical.text, name.until
        date = _DATE.match(text, end, end + _REACH)
        if date is not None and _is_long_ago(date["year"], this_year) and _is_date(date["value"]):
            yield name.reading, _match("DATE_OF_BIRTH", "birth-after-name", "##/##/####", *date.span("value"))
            continue
        age = _age(name, text, end)
        if age is not None and _YOUNGEST <= int(age["value"]) <= _OLDEST:
            yield name.reading, _match("AGE", "age-after-name", "##", *age.span("value"))


def _is_long_ago(year: str, this_year: int) -> bool:
    """Whether a year, of four figures or two, is not of late; one of two that is yet to come was a hundred before."""
    if len(year) == 2:
        return not this_year - _MEETINGS_AGE < this_year // 100 * 100 + int(year) <= this_year
    return int(year) <= this_year - _MEETINGS_AGE


def _age(name: Found, text: str, end: int) -> re.Match[str] | None:
    is_full = " " in name.value
    age = _AGE.match(text, end, end + _REACH) if is_full else None
    if age is not None:
        if age["dash"] is not None and (int(age["value"]) <= _MOST_AT_HOME or not _starts(name, text)):
            return None
        # Children's ages, and how many guests come, end many a line; an adult's age more often does than a number.
        return age if age["last"] is None or int(age["value"]) >= _ADULT else None
    before = text[max(start_of_line(text, name.at), name.at - _LINE_BEFORE) : name.at]
    age = _IN_BRACKETS.match(text, end, end + _REACH)
    if age is not None:
        is_said = bool(age["what"]) or is_full
        return age if is_said and _OTHERWISE.search(before) is None else None
    age = _BARE.match(text, end, end + _REACH)
    if age is None or _OTHERWISE.search(before) is not None:
        return None
    if age["what"].startswith(" ") and age["word"]:
        if age["word"] == "-" and is_full:
            return age
        may_be = age["word"] in _DOES or (age["word"] in _GOES_ON and _of_child(age, before))
        return age if may_be else None
    is_alone = age["what"].strip() != "," and _starts(name, text)
    return age if is_alone or _of_child(age, before) or _among_others(age, before) else None


def _starts(name: Found, text: str) -> bool:
    """Whether a name begins its line or sentence."""
    return _STARTS.search(text, max(0, name.at - _LONGEST_START), name.at) is not None


def _among_others(age: re.Match[str], before: str) -> bool:
    """Whether one of several names in brackets stands before a number, each with its own: brothers and sisters."""
    if int(age["value"]) > _CHILD or _OPEN_BRACKET.search(before) is None:
        return False
    return _ANOTHER_BEFORE.search(before) is not None or _ANOTHER_AFTER.match(age.string, age.end()) is not None


def _of_child(age: re.Match[str], before: str) -> bool:
    """Whether the line says that it is of children, before a name or soon after the number."""
    after = age.string[age.end() : age.end() + _LINE_AFTER].partition("\n")[0]
    return int(age["value"]) <= _CHILD and _OF_CHILDREN.search(f"{before}\n{after}") is not None


def _match(entity: str, recogniser: str, mask: str, start: int, end: int) -> Match:
    return Match(
        entity=entity,
        category=Category.CONTACT,
        recogniser=recogniser,
        start=start,
        end=end,
        confidence=_CONFIDENCE,
        mask=mask,
    )
