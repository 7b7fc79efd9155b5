"""Whose address or name is whose: names against e-mail addresses, addresses against patterns."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..records.normal_forms import fold

_SHARED_BOXES = frozenset(
    """info enquiries enquiry admin office contact contacts mail post hello help helpdesk support sales accounts finance
    reception team service services council housing planning customer customers general noreply no-reply reply hr jobs
    press media news law legal secure referrals referral bookings booking safeguarding duty""".split()  # noqa: SIM905 - a word a line would be no easier to read
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an address and its display name say of a person: words of the name in small letters."""

    address: str
    words: tuple[str, ...]  # of the local part and the display name, initials included
    local: str  # letters of the local part, run together

    @property
    def clear(self) -> bool:
        """Whether it clearly names one person: two words of a name or more."""
        return len([w for w in self.words if len(w) > 1]) >= 2


def identity(address: str, display_name: str = "") -> Identity:
    """The words of a name in a mail address and its display name; none for a shared mailbox."""
    local = address.partition("@")[0].partition("+")[0].lower()
    parts = [w for w in re.split(r"[^a-zà-ÿ']+", local) if w]
    if set(parts) & _SHARED_BOXES:
        # press.helen.marsh@ is a person in a department, housing.benefits@ a department.
        personal = [w for w in parts if w not in _SHARED_BOXES]
        parts = personal if len(personal) > 1 else []
    shown = words_of_name(display_name) if "@" not in display_name else ()
    if set(shown) & _SHARED_BOXES:
        shown = ()
    words = tuple(dict.fromkeys((*shown, *(parts if len(parts) > 1 or not shown else ()))))
    return Identity(address=address, words=words, local="".join(parts))


def words_of_name(name: str) -> tuple[str, ...]:
    """A name's words in small letters, given names first ("Smith, John" is john smith), titles dropped."""
    if name.count(",") == 1:
        last, _, first = name.partition(",")
        name = f"{first} {last}"
    else:
        first, _, rest = name.strip().partition(" ")
        # "KHAN Mohammed": a surname in capitals before a given name that is not.
        if len(first) > 2 and first.isupper() and rest and not rest.replace(" ", "").isupper() and first.isalpha():
            name = f"{rest} {first}" if not _INITIAL.match(rest) else name
    if not (name.isascii() and name.replace(" ", "").isalpha()):
        name = "".join(c.lower() if c.isalpha() or c in "'’-" else " " for c in name).replace("’", "'")
    words = name.lower().split()
    return tuple(w.strip("'-") for w in words if w.strip("'-") and w not in _TITLES)


_INITIAL = re.compile(r"\w\b")
_TITLES = frozenset(
    """mr mrs miss ms mx master dr doctor rev reverend prof professor sir dame lord lady cllr
    councillor""".split()  # noqa: SIM905 - a word a line would be no easier to read
)


def is_named_by(
    words: tuple[str, ...],
    who: Identity,
    *,
    surname_only: bool = False,
    alike: Callable[[str, str], bool] = operator.eq,
) -> bool:
    """Whether a name (`words`) can be this person's.

    Two words must both fit (an initial fits a given name, and so does any that is `alike`); a single one must be among
    the person's words, or end a run-together local part such as jsmith.
    """
    if not words or not (who.words or who.local):
        return False
    known = {fold(w) for w in who.words}
    surname = fold(words[-1])
    run_together = surname not in known and len(surname) > 3 and len(who.words) < 2 and surname in who.local
    fits_surname = surname in known or run_together
    if len(words) == 1:
        if surname_only or len(who.words) < 2:
            return fits_surname
        return surname in known or any(alike(surname, w) for w in known if len(w) > 1)
    if not fits_surname:
        return False
    first = fold(words[0])
    if run_together:
        rest = who.local.replace(surname, "", 1)
        return first.startswith(rest) or (len(first) == 1 and rest.startswith(first))
    initials = {w for w in known if len(w) == 1}
    others = known - {surname} - initials
    return (
        first in known
        or first[:1] in initials
        or (len(first) == 1 and any(w.startswith(first) for w in others))
        or any(alike(first, w) for w in others)
        or (not others and not initials)
    )


def matches_pattern(address: str, patterns: Iterable[str]) -> bool:
    """Whether an address fits one of the patterns: an exact address, a domain, `*.domain`, or `x*@domain`."""
    local, _, domain = address.lower().rpartition("@")
    for pattern in patterns:
        wanted = pattern.lower()
        if "@" in wanted:
            wanted_local, _, wanted_domain = wanted.rpartition("@")
            head, star, tail = wanted_local.partition("*")
            long_enough = len(local) >= len(head) + len(tail)
            fits = local.startswith(head) and local.endswith(tail) and long_enough if star else local == head
            if fits and domain == wanted_domain:
                return True
        elif wanted.startswith("*."):
            if domain.endswith(wanted[1:]):
                return True
        elif domain == wanted:
            return True
    return False
