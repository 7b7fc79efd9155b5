"""Who is named in a public role: councillors, directors, heads of service, members of parliament."""

from __future__ import annotations

import re

from .evidence import follows_blank

_LEADS_TO_OFFICE = " ,(-"
"""What stands right behind a name whose office follows."""
_AFTER = re.compile(
    r"[ ](?:MPs?|MSP|MS|MLA|MEP)\b|[ ]{0,2}(?:,|\(|-)[ ]{0,2}(?:the )?(?:our )?(?:council(?:'s)? )?"
    r"(?:interim |acting |deputy |assistant |strategic |corporate |executive |group |service ){0,3}"
    r"(?:director|head of|chief executive|leader of|(?:labour|conservative|green|liberal democrat|opposition) leader|"
    r"group leader|"
    r"cabinet member|portfolio holder|executive member|mayor|mps?\b|monitoring officer|chief constable|"
    r"returning officer|section 151|police and crime|spokes|councillor|cllr)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:leader of the (?:council|opposition)|council leader|deputy leader|chief executive|"
    r"cabinet member for [a-z, ]{3,40}|\bmayor|director of [a-z, ]{3,40}|head of [a-z, ]{3,40}|"
    r"portfolio holder for [a-z, ]{3,40}|spokes(?:man|woman|person)|\bmp|chief constable|minister|"
    r"secretary of state(?: for [a-z, ]{3,40})?|(?:police and crime )?commissioner|monitoring officer)[,:]? $",
    re.IGNORECASE,
)
# One of these stands in all that `_BEFORE` matches: to look for them takes a tenth of the time that it does.
_OFFICES = (
    "leader",
    "chief",
    "cabinet",
    "mayor",
    "director",
    "head of",
    "portfolio",
    "spokes",
    "mp",
    "minister",
    "secretary",
    "commissioner",
    "officer",
)


def in_public_role(text: str, start: int, end: int) -> bool:
    """Whether the words around a name give its bearer a public office."""
    if text[end : end + 1] in _LEADS_TO_OFFICE and _AFTER.match(text, end) is not None:
        return True
    if not follows_blank(text, start):
        return False
    before = text[max(0, start - 60) : start].lower()
    return any(map(before.__contains__, _OFFICES)) and _BEFORE.search(before) is not None
