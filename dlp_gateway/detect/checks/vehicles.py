"""Registration marks."""

from __future__ import annotations

import re

from .characters import letters_and_digits

# Words that stand behind a postcode district or a room, not behind the first half of a mark.
_WORDS = frozenset(
    """ALL AND ANY ARE AREA ASK BAY BED BEN BIG BIN BOX BUS BUT CAN CAR DAY DID DUE END FEW FOR GET GOT HAD HAS HER HIM
    HIS HOW ITS JOB LET LOT MAN MAP MAY MEN MRS NEW NOT NOW OFF OLD ONE OUR OUT OWN PAY PER PLC PUT RAN RED ROW SAT SAW
    SAY SEE SET SHE SIX SUN TAX TEN THE TOO TOP TRY TWO USE VAN VIA WAS WAY WHO WHY YES YET YOU""".split()  # noqa: SIM905
)
_CURRENT = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z]{3}")


def vehicle_registration(text: str) -> bool:
    """Registration mark (DVLA, INF104): since 2001 with an age identifier 02 to 29 or 51 to 79; a common word is none
    of its letters, where a blank parts it from the rest."""
    value = letters_and_digits(text)
    if " " in text.strip() and value[-3:] in _WORDS:
        return False
    if _CURRENT.fullmatch(value) is None:
        return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    age = int(value[2:4])
    return 2 <= age <= 29 or 51 <= age <= 79


def vehicle_registration_loose(text: str) -> bool:
    """The same of a mark in small letters, whose form says little."""
    return vehicle_registration(text)
