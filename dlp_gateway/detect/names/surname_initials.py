"""The first letter of a surname behind a first name: "Dawit N", "Chantelle F.", "Amara S-J"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .match import NameMatch

# "I" begins what somebody says, "A" a thing, "X" is a kiss.
_INITIAL = re.compile(r"[ ](?:[A-Z]-[A-Z]|[B-HJ-WYZ])(?:\.(?=[ ]?[,;:)\]/|\-–]))?(?![\w'’&+/@]|-\w|\.\w)")


def with_surname_initials(text: str, matches: Iterable[NameMatch]) -> Iterator[NameMatch]:
    """The names, those of one word with the initial that stands behind them."""
    for match in matches:
        initial = _INITIAL.match(text, match.end) if _is_first_name_alone(text, match) else None
        yield match if initial is None else replace(match, end=initial.end())


def _is_first_name_alone(text: str, match: NameMatch) -> bool:
    word = text[match.start : match.end]
    return not match.title and word.isalpha() and not word.isupper()
