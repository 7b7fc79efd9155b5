"""Mails as policy sees them, written in one line each, against the shipped rule files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dlp_gateway.decide import Rulebook, decide, load_rulebook
from dlp_gateway.decide.examples import _CATEGORY
from dlp_gateway.decide.rulebook import FILES
from dlp_gateway.model import (
    Area,
    Attachment,
    Controls,
    DocumentMatch,
    Envelope,
    Facts,
    Finding,
    Gap,
    GapReason,
    GapScope,
    Individual,
    Inspection,
    Marking,
    MarkingKind,
    Question,
    Verdict,
)

RULES = Path(__file__).parents[2] / "rules"
NOW = datetime(2025, 9, 16, 10, 30, tzinfo=UTC)
AUTHOR = "priya.shah@council.example"
ROUTES = frozenset({"relay", "secure"})
HOSPITAL = "ward.4@hospitals.nhs.example"
COUNCIL_NEXT_DOOR = "intake@northvale.gov.uk"
RESIDENT = "m.okafor1961@gmail.com"
STRANGER = "office@brightways-training.co.uk"


def shipped_texts() -> dict[str, str]:
    return {name: (RULES / name).read_text(encoding="utf-8") for name in FILES}


@cache
def shipped() -> Rulebook:
    return load_rulebook(shipped_texts())


def rulebook_with(**texts: str) -> Rulebook:
    """The shipped rulebook with some files in other words: policy="...", partners="..."."""
    return load_rulebook(shipped_texts() | {f"{name}.yaml": text for name, text in texts.items()})


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody a mail is about: the entities found for them, and where."""

    entities: Sequence[str]
    recipients: tuple[str, ...] = ()
    known_to: tuple[str, ...] = ()
    is_author: bool = False
    area: Area = Area.BODY
    finding: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail in short; what is left out is what most mail is like."""

    to: tuple[str, ...]
    people: tuple[Person, ...] = ()
    loose: tuple[Person, ...] = ()  # findings that stand with nobody
    author: str | None = AUTHOR
    reverse_path: str | None = AUTHOR
    visible: tuple[str, ...] | None = None  # None: all of `to`
    gaps: tuple[tuple[GapReason, GapScope], ...] = ()
    markings: tuple[tuple[MarkingKind, datetime | None], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    documents: tuple[DocumentMatch, ...] = ()
    controls: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def envelope(self) -> Envelope:
        return Envelope(reverse_path=self.reverse_path, recipients=self.to)

    @property
    def inspection(self) -> Inspection:
        findings: list[Finding] = []
        individuals = []
        for number, person in enumerate((*self.people, *self.loose)):
            first = len(findings)
            findings += [_finding(entity, number, person) for entity in person.entities]
            if number < len(self.people):
                individuals.append(
                    Individual(
                        fingerprint=f"person {number}",
                        findings=tuple(range(first, len(findings))),
                        is_author=person.is_author,
                        recipients=person.recipients,
                        known_to=person.known_to,
                    )
                )
        visible = self.to if self.visible is None else self.visible
        return Inspection(
            question=Question(),
            findings=tuple(findings),
            individuals=tuple(individuals),
            names_asked=True,
            gaps=tuple(Gap(part="2", reason=reason, scope=scope, detail="") for reason, scope in self.gaps),
            markings=tuple(Marking(kind=kind, part="1", place="", until=until) for kind, until in self.markings),
            attachments=self.attachments,
            documents=self.documents,
            controls=replace(Controls(author=self.author, author_count=1, visible_recipients=visible), **self.controls),
        )

    def verdicts(
        self, rulebook: Rulebook | None = None, routes: frozenset[str] = ROUTES, *, in_welsh: bool = False
    ) -> tuple[Verdict, ...]:
        return decide(
            self.envelope,
            self.inspection,
            replace(Facts(now=NOW), **self.facts),
            rulebook or shipped(),
            routes=routes,
            default_route="relay",
            default_encrypt_route="secure",
            in_welsh=in_welsh,
        )

    def verdict(self, rulebook: Rulebook | None = None) -> Verdict:
        """The verdict of the first recipient."""
        return self.verdicts(rulebook)[0]


def _finding(entity: str, number: int, person: Person) -> Finding:
    plain = Finding(
        entity=entity,
        category=_CATEGORY[entity],
        recogniser="test",
        part="2" if person.area is Area.ATTACHMENT else "1",
        place="",
        start=200 * number,
        end=200 * number + 9,
        confidence=0.9,
        fingerprint=f"{entity} of {number}",
        masked="",
        area=person.area,
    )
    return replace(plain, **person.finding)


def people(count: int, *entities: str, **more: Any) -> tuple[Person, ...]:
    """So many people with these entities each."""
    return tuple(Person(entities=entities, **more) for _ in range(count))
