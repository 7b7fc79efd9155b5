"""Telephone numbers that the words around them call an organisation's: "ring the office on 01632 960500", "main
switchboard 01632 960000", "call 029 2018 0000, option 3".

Of lines at a place only (01 and 02); a mobile number is somebody's, whatever a text calls it.
"""

from __future__ import annotations

import re

from ..checks import national_number
from ..found import Found

_BEFORE, _AFTER = 50, 40  # characters that are looked at
_OFFICES = (
    r"(?:switch ?board|contact (?:centre|center)|call centre|customer (?:services?|contact)|help[ -]?(?:line|desk)|"
    r"service desk|front desk|duty (?:desk|line|team)|office|reception|surgery|hub|library|mailbox|inbox|"
    r"out[ -]of[ -]hours (?:team|line|service))"
)
_HALLS = r"(?:town hall|city hall|shire hall|county hall|civic (?:centre|offices?)|council offices?|guildhall)"
_ON = r"(?: (?:is|on|at|number|no\.?|tel\.?|phone))*[ ]?[:,(–-]?[ ]?\Z"
_CALLS = r"(?:call|contact|phone|ring|telephone|tel\.?:?)"
_LEADS = re.compile(
    rf"\b{_CALLS} (?:the|our|your local|main) (?:[a-z]+ ){{0,2}}{_OFFICES}{_ON}|"
    rf"\b(?:main|general|council(?:['’]s)?) (?:office|switch ?board|reception|number){_ON}|"
    rf"\b(?:switch ?board|contact centre|customer services|help[ -]?(?:line|desk)|service desk){_ON}|"
    rf"\b{_HALLS}{_ON}|"
    rf"\b(?:this|our) (?:mailbox|inbox|e-?mail(?: address)?|address) or[ ]\Z",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r",? (?:and )?(?:opt(?:ion)?\.?|press|select) \d|,? (?:out of hours )?(?:and |please )?quot(?:e|ing)\b|"
    r" \((?:main )?(?:office(?: hours)?|switch ?board|reception|duty (?:desk|line|team)|help ?(?:line|desk))\)|"
    r" (?:is|=|-) (?:the |our |a )?(?:main |general |ward |council )?"
    r"(?:switch ?board|help ?(?:line|desk)|contact centre)\b",
    re.IGNORECASE,
)
# Somebody whose own line it may be stands between: "ring the office, Jo Marsh, on ...".
_PRIVATE = re.compile(r"\b(?:her|his|their|my|home|mum|dad|daughter|son|wife|husband|neighbour)\b", re.IGNORECASE)


def is_office_line(item: Found) -> bool:
    """Whether the words around a telephone number say that it is an organisation's; in the cells of a table, never."""
    if item.entity != "PHONE_NUMBER" or not national_number(item.value).startswith(("01", "02")):
        return False
    text = item.reading.canonical.text
    line = max(text.rfind("\n", 0, item.at) + 1, item.at - _BEFORE)
    before = text[line : item.at]
    if _PRIVATE.search(before) is not None:
        return False
    return _LEADS.search(before) is not None or _FOLLOWS.match(text, item.until, item.until + _AFTER) is not None
