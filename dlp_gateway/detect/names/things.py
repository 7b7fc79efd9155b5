"""What makes a name the name of a thing: the words around it that speak of streets, buildings, firms, laws."""

from __future__ import annotations

import re
from collections.abc import Iterator

import re2

from .evidence import follows_blank

STREETS = frozenset(
    """street road avenue lane close drive way court crescent gardens grove place square terrace park hill mews row walk
    ave rd cl cres gdns ln sq terr tce hts parade rise view green common gate bypass roundabout junction mead
    meadow meadows end wharf quay loop boulevard alley yard path bridge circus embankment fields orchard vale croft
    garth""".split()  # noqa: SIM905
)
BUILDINGS = frozenset(
    """house school primary secondary academy centre center hall library hospital surgery clinic hotel lodge cottage
    farm church chapel cathedral mosque temple gurdwara synagogue stadium arena building buildings tower towers estate
    ward station college university nursery infants juniors hostel hospice theatre gallery museum barracks prison
    airport flats apartments point villa villas inn arms pub cafe café restaurant studios campus wing suite room
    allotments cemetery crematorium playground leisure pavilion stand rooms depot sidings drove asylum folly annexe
    block baths bandstand marina viaduct reservoir underpass subway footbridge""".split()  # noqa: SIM905
)
ORGANISATIONS = frozenset(
    """ltd limited llp plc inc incorporated corp corporation company co llc gmbh group holdings partners partnership
    solicitors associates architects consultants consulting contractors chartered accountants estates lettings
    properties homes housing construction builders building plumbing electrical roofing scaffolding catering cleaning
    services service solutions systems software technologies security logistics transport coaches motors garage
    foundation institute trust charity society association alliance federation union club bank stores store
    supermarket bakery brewery pharmacy chemist opticians dental care recruitment agency media press publishing books
    orchestra band choir quartet team department council committee commission board panel forum network""".split()  # noqa: SIM905
)
WORKS = frozenset(
    """act law rule award awards review report inquiry enquiry scheme prize memorial fund appeal project programme
    programmes campaign charter index test scale model method syndrome disease framework agreement judgment judgement
    day week festival cup trophy league lecture bursary scholarship collection principles list inquest
    bill clause order case cases protocol principle inequality""".split()  # noqa: SIM905
)
THINGS = STREETS | BUILDINGS | ORGANISATIONS | WORKS
SURNAMES_OF_STREETS = frozenset(
    "lane hall hill park street close court church bridge way green yard end walk day law case mead bond".split()  # noqa: SIM905
)
"""Words of THINGS that are surnames too: they need more than a first name before them."""

_NEXT_WORD = re.compile(r"[ ]{1,2}([A-Za-z]+)")
_FIRM = re.compile(
    r"(?:'s)?(?:,? (?:&|and) (?:Sons?|Co|Daughters?|Partners|Company|Brothers)\b| Bros\b|"
    r" & [A-Z]\w+(?:,| LLP| Ltd| Solicitors))"
)
_ROOM = re2.Options()
_ROOM.max_mem = 64 * 2**20  # the automaton of any letters in any number of names outgrows the usual 8 MB
# Several surnames and a word for firms, or three and a verb in the singular.
_FIRM_OF_SEVERAL = re2.compile(
    r"\b\p{Lu}[\p{L}'\-]+(?:, \p{Lu}[\p{L}'\-]+){0,3},? (?:and|&) \p{Lu}[\p{L}'\-]+,? (?:Solicitors|Orchestra|LLP|Ltd|"
    r"Limited|Inc|Group|Partners|Associates|Architects|Accountants|Estate|Chartered|Co|Band|Surveyors)\b|"
    r"\b\p{Lu}[\p{L}'\-]+(?:, \p{Lu}[\p{L}'\-]+){1,3},? (?:and|&) \p{Lu}[\p{L}'\-]+ (?:is|has|was|bought|acquired) ",
    _ROOM,
)
_PLACE_PART = re.compile(
    r"(?:^|[\s(])(?:San|Santa|Santo|São|Los|Las|St\.?|Saint|Port|Fort|Mount|Mt|Lake|Cape|New|North|South|East|West|Upper|Lower|"
    r"Royal|HMP|HMS|RAF|USS|MV|RMS|Ben|Glen|Loch|River) $"
)
_STREETS_BEFORE = re.compile(
    r"\b(?:Street|St|Road|Rd|Avenue|Ave|Lane|Close|Drive|Way|House|Court|School|Park|Hall|Place|Terrace|Grove)"
    r"(?:,|,? and|,? or| &) $"
)
_ON_THE_WAY = re.compile(
    r"\b(?:mov(?:ed|e|ing)|flew|fly|flying|return(?:ed|ing)?|went|go(?:ing|es)?|travel\w*|drove|driv(?:e|ing)|com(?:e|es|ing)|came|originally|based|"
    r"located|born|liv(?:es|ed|ing)|trip|way|work(?:s|ed|ing)?|here|train|bus|route|road|way)"
    r"(?: (?:to|from|in|at|for|by|via|near|between)){1,2} $"
)
_SMALL_WORK = re.compile(
    r"'?s? (?:law|report|review|principles|inquiry|enquiry|guidelines|competence|competency|rule|test|award|contract|"
    r"foundation|indicators|formula|scheme|ward|method|model|case law|judgment|brand|range|syndrome|disease|"
    r"room|suite|building|wing|estate)\b"
)
_OF_LAW = re.compile(r"'s? (?:Law|law|Rule|rule|Act|Syndrome|syndrome|Disease|disease|Charter|Place|Day)\b")
_STREET_BEFORE = re.compile(
    r"(?:^|[\s,(])(?:rue|rua|via|viale|piazza|calle|avenida|av\.?|avda\.?|plaza|paseo|camino|carrer|rúa|travessa|"
    r"largo|praça|heol|stryd|ffordd|l[ôo]n|rhodfa|neuadd|siop|ysgol|"
    r"ulica|ul\.|trg|strada|str\.|bd\.?|boulevard|avenue|place|cours|allée|chemin|quai|impasse|cité|cite|jalan|"
    r"jl\.|junction of|corner of|hms|mv|ss|usns|usmc|uss|usnv|uscgc)"
    r"(?: (?:de|du|da|do|des|la|le|del|della|di|y|yr))? $",
    re.IGNORECASE,
)
_STREET_AFTER = re.compile(
    r",? ?(?:u\.|út\b|utca|útja|tér\b|krt\.|str\.|strasse|straße|gasse|gade|gata|gatan|vägen|vej|veien|laan|straat|"
    r"st\.|rd\.|ave\.|blvd|dr\.|ln\.|ct\.|cres\.)",
    re.IGNORECASE,
)
_NUMBER_AFTER = re.compile(r" \d{1,4}[a-z]?(?=[\s,;.]|$)")
_LEADS_TO_STREET = re.compile(r"\b(?:in|at|on|of|to|from|is|and|via)(?: the)? $|[\n,] ?$", re.IGNORECASE)
_PRIORITY = re.compile(r" [Bb]and [1-9A-F]\b")  # of a housing register, not a brass one
_LONG = 4  # digits
# A number of one or two digits at the start of a line counts the items of a list.
_HOUSE_NUMBER = re.compile(r"(?:[^\n\S]|[,(]|(?<=\n)(?=\d{3}))\d{1,5}[A-Za-z]?(?: ?[-/] ?\d{1,4})? $")
_AT_A_PLACE = re.compile(
    r"\b(?:in|at|via|near|around|towards|outside|across|on|along|off|opposite|behind) $", re.IGNORECASE
)
_THE = re.compile(r"\b(?:[Tt]he|THE) $")


def is_thing(text: str, start: int, end: int) -> bool:
    """Whether the words around a name make it a street, a building, a firm, a law ("Nelson Mandela House")."""
    word = _NEXT_WORD.match(text, end)
    if word is not None and word[1][0].isupper():
        if word[1].lower() in THINGS:
            return _PRIORITY.match(text, end) is None
        if " " not in text[start:end]:  # "Tom" of the Tom Paine Library
            after = _NEXT_WORD.match(text, word.end())
            if after is not None and after[1][0].isupper() and after[1].lower() in BUILDINGS:
                return True
    return (
        _FIRM.match(text, end) is not None
        or _OF_LAW.match(text, end) is not None
        or (_SMALL_WORK.match(text, end) is not None and after_article(text, start))
        or (follows_blank(text, start) and _leads_to_thing(text, start, end))
    )


def _leads_to_thing(text: str, start: int, end: int) -> bool:
    """Whether the words before a name make it that of a street or a place."""
    return (
        _STREET_BEFORE.search(text[max(0, start - 24) : start]) is not None
        or (
            _STREETS_BEFORE.search(text[max(0, start - 16) : start]) is not None
            and text[start:end].rpartition(" ")[2].lower() in THINGS
        )
        or _PLACE_PART.search(text[max(0, start - 8) : start]) is not None
    )


def firms(text: str) -> Iterator[tuple[int, int]]:
    """Where the text names a firm by several surnames: "Harker, Lowe and Pettigrew Solicitors"."""
    for match in _FIRM_OF_SEVERAL.finditer(text):
        yield match.span()


def is_work(text: str, end: int) -> bool:
    """Whether what follows makes a surname that of a report, an inquiry, a rule ("Carter review")."""
    return _SMALL_WORK.match(text, end) is not None


def in_address(text: str, start: int, end: int) -> bool:
    """Whether a name stands where an address has its street: after a house number, or before one."""
    number = _HOUSE_NUMBER.search(text[max(0, start - 12) : start]) if follows_blank(text, start) else None
    numbered = number is not None and not _is_of_list(text, start, number[0].strip())
    return numbered or _STREET_AFTER.match(text, end) is not None


def _is_of_list(text: str, start: int, number: str) -> bool:
    """Whether the line above or below begins with a number of as many digits, too long for houses one by the other."""
    if len(number) < _LONG or not number.isdigit():
        return False
    line = text.rfind("\n", 0, start) + 1
    above = text.rfind("\n", 0, max(0, line - 1)) + 1
    below = text.find("\n", start) + 1
    others = [text[at : at + len(number) + 2] for at in (above, below) if at != line and (at or at == above)]
    return any(o[:-2].isdigit() and o[-2:-1] == " " and o[-1:].isupper() for o in others if len(o) == len(number) + 2)


def at_a_place(text: str, start: int) -> bool:
    """Whether the word before speaks of a place: "in", "at", "near"."""
    return follows_blank(text, start) and _AT_A_PLACE.search(text[max(0, start - 12) : start]) is not None


_FROM_TO = re.compile(r"\bfrom [A-Z][\w'\-]+ to $")


def on_the_way(text: str, start: int) -> bool:
    """Whether somebody goes to, comes from, lives or works at what stands there."""
    before = text[max(0, start - 30) : start] if follows_blank(text, start) else ""
    return _ON_THE_WAY.search(before) is not None or _FROM_TO.search(before) is not None


def after_article(text: str, start: int) -> bool:
    """Whether "the" stands before: people have none."""
    return follows_blank(text, start) and _THE.search(text[max(0, start - 5) : start]) is not None
