"""A name where it stands, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ..patterns.pattern import FLOOR


class NameKind(StrEnum):
    """By what a name was found; the value is what a finding shows as its recogniser."""

    TITLED = "name-titled"
    GREETING = "name-greeting"
    SIGN_OFF = "name-sign-off"
    LABELLED = "name-labelled"
    CALLED = "name-called"
    LISTED = "name-listed"  # in a list of attendees, in the header of a quoted mail
    KNOWN = "name-known-first-name"
    AGAIN = "name-again"  # part of a name that the text gives in full elsewhere
    PUBLIC = "name-public-role"
    MODEL = "name-model"
    COLUMN = "name-column"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMatch:
    """A name in a canonical text, without its title. `title` tells a lone surname from a lone first name."""

    kind: NameKind
    start: int
    end: int
    confidence: float
    title: str = ""
    public: bool = False  # named in a public role


def united(matches: Iterable[NameMatch]) -> list[NameMatch]:
    """One match for each name, in order: the longest of those that overlap, with what the others know of it.

    What the model adds at the end of a name that a rule has found is not taken: it likes to swallow the next word.
    """
    kept: list[NameMatch] = []
    for match in sorted(matches, key=lambda m: (m.start, -m.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
            continue
        last = kept[-1]
        surer = max(last, match, key=lambda m: m.confidence)
        kept[-1] = replace(
            surer,
            kind=NameKind.GREETING if NameKind.GREETING in (last.kind, match.kind) else surer.kind,
            start=last.start,
            end=max(last.end, match.end) if match.kind is not NameKind.MODEL else last.end,
            confidence=min(1.0, round(surer.confidence + (0.05 if last.kind != match.kind else 0.0), 3)),
            title=last.title or match.title,
            public=last.public or match.public,
        )
    return [m for m in kept if m.confidence >= FLOOR]
