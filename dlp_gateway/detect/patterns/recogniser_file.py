"""What a file of `rules/recognisers/` may say, and what is refused in it when it is loaded.

RE2 is the only engine for patterns that an administrator writes: its time is linear in the text, so no pattern and no
mail can stall a worker. What RE2 takes can still be a slip: a pattern that finds nearly everything, or one so big that
it slows every mail down.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import re2
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from ...model import Category
from ..checks import CHECKS

FLOOR = 0.5
"""Confidence below which nothing is reported."""

_LONGEST_PATTERN = 4000  # characters
_BIGGEST_PROGRAM = 5_000  # RE2's steps; the biggest of the shipped ones has some 1,700
_MOST_MATCHES, _MOST_COVERED = 25, 0.25  # in 1,000 characters of the sample; share of its characters
_SAMPLE = b"""Dear Mr Holt, thank you for your letter of 3 March 2026 about the resurfacing of Mill Lane (B4321) and
the bins at number 17. We raised order 4500123456 on 12/02/2026 for 230 metres at a cost of GBP 18,450.20; job J-220417
was signed off at 14:35. The planning application 26/00417/FUL goes to committee on Thursday 19 March, item 7, room C2.
Our charges for 2026/27 are on the web page. If the street light (column 1138) is still out, ring the contact centre on
0300 123 4567 and quote SR-00918273. Your councillor, Ms Adeyemi, has asked for 15 more trees and two benches near the
school. The survey closes at 5pm on 30/04/2026 and 64% of the 1,205 answers so far are in favour. Kind regards,
Highways Team, County Hall.
"""
_HINTS = (
    ("(?=", "RE2 has no look-ahead: write what follows into the pattern, and what is to be found as (?P<value>...)"),
    ("(?!", "RE2 has no look-ahead: write what may follow into the pattern, or use `not_after`"),
    ("(?<=", "RE2 has no look-behind: write what comes before into the pattern, and the value as (?P<value>...)"),
    ("(?<!", "RE2 has no look-behind: use \\b, or `not_context` for words before"),
    ("(?>", "RE2 has no atomic groups, and needs none: write (?:...)"),
    ("\\1", "RE2 has no back-references"),
)

_GROUP = re.compile(r"\{([a-z_]{2,30})\}")  # no count of RE2's begins with a letter, no class with a small one

Phrase = Annotated[str, Field(min_length=2, max_length=60)]
Fragment = Annotated[str, Field(min_length=1, max_length=200)]


class Confidence(BaseModel):
    """How sure a match is, alone and with a label or a word of `context` near."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    plain: float = Field(ge=0, le=1)
    with_context: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _can_be_reported(self) -> Confidence:
        if max(self.plain, self.with_context) < FLOOR:
            raise ValueError(f"neither reaches {FLOOR:g}, so the recogniser could never report anything")
        if self.with_context < self.plain:
            raise ValueError("with_context is less than plain; a word that names the value makes it surer")
        return self


class RecogniserFile(BaseModel):
    """One file of `rules/recognisers/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    like: str | None = None  # another file, of which it takes over what it does not say itself
    entity: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,40}$")
    category: Category
    groups: dict[Annotated[str, Field(pattern=r"^[a-z_]{2,30}$")], tuple[Fragment, ...]] = {}  # for {name} in patterns
    patterns: tuple[str, ...] = Field(min_length=1)
    case_sensitive: bool = False
    validator: str | None = None
    labels: tuple[Phrase, ...] = ()  # names of the value: the nearest one before it, of all rules, says what it is
    context: tuple[Phrase, ...] = ()  # words near that make it likelier; the names where there are no `labels`
    not_context: tuple[Phrase, ...] = ()  # words before the match that say it is something else
    not_after: tuple[Phrase, ...] = ()  # words right after the match that say so
    near_person: bool = False  # whether a title or a first name near is as good as a word of context
    spoken_of: bool = False  # whether it counts where somebody is spoken of in its paragraph or one beside it
    listed: bool = False  # whether it counts in a list of people, each with a value made alike
    listed_where_told: bool = False  # the same, but only where the heading or a topic tells of it
    topics: tuple[Phrase, ...] = ()  # with these: of these words one must stand anywhere in the text
    headers: tuple[Phrase, ...] = ()  # column headers beyond `labels`
    window: int = Field(60, ge=5, le=200)  # characters before the match in which labels and context count
    confidence: Confidence
    mask: str = Field(max_length=60)
    source: str = ""
    matches: tuple[str, ...] = Field((), min_length=1)
    no_match: tuple[str, ...] = ()

    def naming(self) -> tuple[str, ...]:
        """The phrases that name the value: `labels`, or `context` where nothing else could."""
        return self.labels if self.labels or self.near_person else self.context

    @field_validator("validator")
    @classmethod
    def _known_check(cls, value: str | None) -> str | None:
        if value is not None and value not in CHECKS:
            raise ValueError(f"unknown validator “{value}”; known: {', '.join(sorted(CHECKS))}")
        return value

    @field_validator("patterns")
    @classmethod
    def _usable(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        patterns = tuple(_written_out(pattern, info.data.get("groups", {})) for pattern in value)
        for pattern in patterns:
            _refuse(pattern)
        return patterns

    @model_validator(mode="after")
    def _topics_of_persons(self) -> RecogniserFile:
        if self.topics and not (self.near_person or self.spoken_of or self.listed_where_told):
            raise ValueError(
                "topics: only say when a person near counts; add `near_person: true`, `spoken_of: true` or "
                "`listed_where_told: true`"
            )
        return self

    @model_validator(mode="after")
    def _can_be_labelled(self) -> RecogniserFile:
        named = self.labels or self.context or self.headers or self.near_person or self.spoken_of
        named = named or self.listed or self.listed_where_told
        if self.confidence.plain < FLOOR and not named:
            raise ValueError(
                f"confidence: plain is below {FLOOR:g} and there are neither labels, context nor headers, so the "
                "recogniser could never report anything"
            )
        return self


def _written_out(pattern: str, groups: dict[str, tuple[str, ...]]) -> str:
    """A pattern with the alternatives of a group in the place of each {name}. Raises ValueError for an unknown name."""

    def alternatives(match: re.Match[str]) -> str:
        if match[1] not in groups:
            known = ", ".join(sorted(groups)) or "none"
            raise ValueError(f"no group of the file is named {match[0]}; there are: {known}")
        return f"(?:{'|'.join(groups[match[1]])})"

    return _GROUP.sub(alternatives, pattern)


def _refuse(pattern: str) -> None:
    """Raises ValueError where a pattern can't be used or is a slip."""
    shown = pattern if len(pattern) <= 60 else f"{pattern[:57]}..."
    if len(pattern) > _LONGEST_PATTERN:
        raise ValueError(f"pattern “{shown}” has {len(pattern):,} characters; at most {_LONGEST_PATTERN:,}")
    try:
        compiled = compile_octets(pattern, case_sensitive=False)
    except ValueError as error:
        hint = next((f"; {words}" for sign, words in _HINTS if sign in pattern), "")
        raise ValueError(f"pattern “{shown}” is not RE2 syntax: {error}{hint}") from None
    if compiled.search(b"") is not None:
        raise ValueError(f"pattern “{shown}” matches the empty text; something in it must be there")
    if compiled.programsize > _BIGGEST_PROGRAM:
        raise ValueError(
            f"pattern “{shown}” is too big ({compiled.programsize:,} steps, at most {_BIGGEST_PROGRAM:,}); "
            "use smaller counts in braces, or several patterns"
        )
    spans = [match.span() for match in compiled.finditer(_SAMPLE)]
    covered = sum(end - start for start, end in spans)
    if len(spans) * 1000 > _MOST_MATCHES * len(_SAMPLE) or covered > _MOST_COVERED * len(_SAMPLE):
        raise ValueError(
            f"pattern “{shown}” matches nearly everything ({len(spans)} times in 12 lines of an ordinary letter); "
            r"say how many characters there are, between \b and \b"
        )


def compile_octets(pattern: str, *, case_sensitive: bool) -> Any:
    """A pattern for latin-1 octets. Raises ValueError with RE2's words."""
    try:
        return re2.compile(pattern.encode("latin-1"), octet_options(case_sensitive=case_sensitive))
    except re2.error as error:
        words = error.args[0] if error.args else "refused"
        raise ValueError(words.decode("latin-1") if isinstance(words, bytes) else str(words)) from None
    except UnicodeEncodeError:
        raise ValueError("only characters of Latin-1 can stand in a pattern") from None


def octet_options(*, case_sensitive: bool) -> Any:
    """RE2's options for patterns of latin-1 octets."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = case_sensitive
    options.log_errors = False
    return options
