"""Secrets as people write them."""

from __future__ import annotations

_EDGES = "\"'“”‘’.,;:()<>[]"
# What stands after "password:" and is none.
_NO_SECRETS = frozenset(
    """attached already below above changed change changes reset resets required requires expired expires expiry policy
    protected protection follows following separate separately given issues issued issue unknown forgotten incorrect
    invalid correct wrong needed same different email emailed telephone phone texted sent sends being please before
    never always should cannot please-see confirm confirmed confirmation update updated updates working enabled disabled
    locked unlocked strength manager managers hidden secret private default blank removed remains remain something
    anything nothing another password passwords username request requested requests recovery reminder tomorrow today
    yesterday monday tuesday wednesday thursday friday case-sensitive sensitive longer shorter correctly temporary
    permanent encrypted stored shared sharing known forgotten needs number letters characters field fields screen
    prompt created create generated
    supplied provided available unavailable accepted rejected entered enter entering""".split()  # noqa: SIM905
)
_COMMON_PINS = frozenset({"0000", "1111"})


def secret_like(text: str) -> bool:
    """A password as people write one: six characters or more, not an ordinary word."""
    value = text.strip(_EDGES)
    if value.isalpha() and value[1:].islower():
        return False  # an ordinary word or a name, as most are that are asked for
    if len(value) < 6 or value.lower().startswith(("http", "www.", "mailto:")) or _is_number_of_things(value):
        return False
    kinds = (any(c.isdigit() for c in value), any(c.isupper() for c in value[1:]), any(c.islower() for c in value),
             any(not c.isalnum() for c in value))  # fmt: skip
    return sum(kinds) >= 2 and (kinds[0] or kinds[1] or _has_sign(value)) and not (value.isupper() and value.isalpha())


def secret_word(text: str) -> bool:
    """A password that may be an ordinary word, where nothing but a password can stand."""
    value = text.strip(_EDGES)
    return 4 <= len(value) <= 64 and value.lower() not in _NO_SECRETS and not value.lower().startswith(("http", "www."))


def pin(text: str) -> bool:
    """The code of a door, a key safe or a card: four to eight figures, a letter before or after them."""
    value = text.strip(_EDGES)
    digits = sum(c.isdigit() for c in value)
    return 4 <= digits <= 8 and len(value) - digits <= 3 and value not in _COMMON_PINS and not _is_year(value)


def _is_year(value: str) -> bool:
    return value.isdigit() and len(value) == 4 and "2015" <= value <= "2035"


def _is_number_of_things(value: str) -> bool:
    """A date or a time: "password expires: 12/03/2026"."""
    return all(c.isdigit() or c in "/.:-" for c in value) and any(c in "/.:-" for c in value)


def _has_sign(value: str) -> bool:
    """Whether a sign stands in it that no two words are joined by."""
    return any(not c.isalnum() and c not in "-/'’.," for c in value)
