"""Pattern rules: what a recogniser file says, compiled, and the search for all of them at once.

RE2 is the only engine for patterns that an administrator writes: its time is linear in the text, so
no pattern and no mail can stall a worker. One set of all patterns says which of them occur; only
those are searched for their places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import re2
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ..model import Category
from .checks import CHECKS, Check
from .overlap import Match

FLOOR = 0.5
"""Confidence below which nothing is reported."""

# The set of all patterns is one automaton: room for it, so that it never runs out (measured: 8 MB are
# enough for the shipped rules; a customer may have ten times as many).
_SET_MEMORY_BYTES = 128 * 2**20
_VALUE = b"value"  # RE2 names the groups of octets in octets

Phrase = Annotated[str, Field(min_length=2, max_length=60)]


class Confidence(BaseModel):
    """How sure a match is, alone and with a word of `context` near."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    plain: float = Field(ge=0, le=1)
    with_context: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _can_be_reported(self) -> Confidence:
        if max(self.plain, self.with_context) < FLOOR:
            raise ValueError(f"neither reaches {FLOOR:g}, so the recogniser could never report anything")
        return self


class RecogniserFile(BaseModel):
    """One file of `rules/recognisers/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    entity: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,40}$")
    category: Category
    patterns: tuple[str, ...] = Field(min_length=1)
    case_sensitive: bool = False
    validator: str | None = None
    context: tuple[Phrase, ...] = ()
    not_context: tuple[Phrase, ...] = ()  # words before the match that say it is something else
    headers: tuple[Phrase, ...] = ()  # column headers beyond `context`
    window: int = Field(60, ge=5, le=200)  # characters before the match in which `context` counts
    confidence: Confidence
    mask: str = Field(max_length=60)
    source: str = ""
    matches: tuple[str, ...] = Field((), min_length=1)
    no_match: tuple[str, ...] = ()

    @field_validator("validator")
    @classmethod
    def _known_check(cls, value: str | None) -> str | None:
        if value is not None and value not in CHECKS:
            raise ValueError(f"unknown validator “{value}”; known: {', '.join(sorted(CHECKS))}")
        return value

    @field_validator("patterns")
    @classmethod
    def _compiles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            try:
                compiled = compile_octets(pattern, case_sensitive=False)
            except ValueError as error:
                raise ValueError(f"pattern “{pattern}” is not RE2 syntax: {error}") from None
            if compiled.search(b"") is not None:
                raise ValueError(f"pattern “{pattern}” matches the empty text")
        return value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One recogniser of patterns. `id` is its file's name without ending. Equal only to itself."""

    id: str
    file: RecogniserFile
    check: Check | None

    @property
    def entity(self) -> str:
        return self.file.entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A match that passed its rule's check, before its surroundings are asked. Offsets of the value,
    and of the whole match (label included) in which it stands."""

    rule: Rule
    start: int
    end: int
    match_start: int


def compile_octets(pattern: str, *, case_sensitive: bool) -> Any:
    """A pattern for latin-1 octets. Raises ValueError with RE2's words."""
    try:
        return re2.compile(pattern.encode("latin-1"), _options(case_sensitive))
    except re2.error as error:
        words = error.args[0] if error.args else "refused"
        raise ValueError(words.decode("latin-1") if isinstance(words, bytes) else str(words)) from None
    except UnicodeEncodeError:
        raise ValueError("only characters of Latin-1 can stand in a pattern") from None


def _options(case_sensitive: bool) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = case_sensitive
    options.log_errors = False
    return options


def shadow(text: str) -> bytes:
    """The text as octets with the same offsets: a character beyond Latin-1 is one that no pattern of
    letters or digits matches."""
    return text.encode("latin-1", "replace")


class PatternScanner:
    """Searches a text for all rules at once."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        options = _options(case_sensitive=False)
        options.max_mem = _SET_MEMORY_BYTES
        self._set = re2.Set.SearchSet(options)
        # Matches every text: where it is not among the answers the set has failed, and every pattern is searched.
        self._sentinel = self._set.Add(b"")
        self._patterns: list[tuple[Rule, Any]] = []
        for rule in self.rules:
            for pattern in rule.file.patterns:
                self._set.Add(pattern.encode("latin-1"))
                self._patterns.append((rule, compile_octets(pattern, case_sensitive=rule.file.case_sensitive)))
        self._set.Compile()

    def scan(self, text: str, entities: frozenset[str] | None = None) -> Iterator[Candidate]:
        """The candidates of all rules for `entities` (None: all), rule by rule."""
        octets = shadow(text)
        for rule, pattern in self.occurring(octets, entities):
            yield from candidates(rule, pattern, text, octets)

    def occurring(self, octets: bytes, entities: frozenset[str] | None = None) -> list[tuple[Rule, Any]]:
        """The rules and those of their patterns that occur somewhere in a text's `shadow`."""
        found = self._set.Match(octets)
        hits = (
            [self._patterns[index - 1] for index in sorted(found) if index != self._sentinel]
            if self._sentinel in found
            else self._patterns
        )
        return [hit for hit in hits if entities is None or hit[0].entity in entities]


def candidates(rule: Rule, pattern: Any, text: str, octets: bytes) -> Iterator[Candidate]:
    """The matches of one pattern that pass its rule's check, in order."""
    group = pattern.groupindex.get(_VALUE, 0)
    check = rule.check
    for match in pattern.finditer(octets):
        start, end = match.span(group)
        if start < end and (check is None or check(text[start:end])):
            yield Candidate(rule=rule, start=start, end=end, match_start=match.start())


def match_of(candidate: Candidate, confidence: float, *, labelled: bool) -> Match:
    """A candidate as a match, once its surroundings have given it a confidence."""
    return Match(
        entity=candidate.rule.entity,
        category=candidate.rule.file.category,
        recogniser=candidate.rule.id,
        start=candidate.start,
        end=candidate.end,
        confidence=confidence,
        mask=candidate.rule.file.mask,
        labelled=labelled,
    )
