"""Ordinary council mails without any high-category data, made of the hand-written material in `clean/`.

A file of `clean/` is one group of services. It holds topics: lines of subjects, openings, texts, closings and tables
that belong together, with slots in braces (`clean_slots.py`). A mail takes one topic; so that what is sealed is new,
topics are divided, not mails: a quarter is sealed of those in `second-*.txt` and `third-*.txt`, whose authors had not
seen the rules, and half of those in `fourth-*.txt`, `fifth-*.txt` and `sixth-*.txt`, which were written before the
rules were run on any.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.accuracy.clean_slots import OFFICES, TITLES, Slots
from tests.accuracy.labelled import (
    OWN_DEVELOPMENT_SHARE,
    SECOND_DEVELOPMENT_SHARE,
    SECOND_TOPICS_SHARE,
    LabelledMail,
    Part,
    Piece,
    part_of,
    piece,
)

MATERIAL = Path(__file__).parent / "clean"
_ASIDES = "asides"
_SHARES = {
    "second-": SECOND_TOPICS_SHARE,
    "third-": SECOND_TOPICS_SHARE,
    "fourth-": SECOND_DEVELOPMENT_SHARE,
    "fifth-": SECOND_DEVELOPMENT_SHARE,
    "sixth-": SECOND_DEVELOPMENT_SHARE,
}
_OPENED = frozenset({"first-aid-refresher"})  # sealed until somebody who changes the rules had read it
_KINDS = frozenset({"subject", "open", "text", "close", "table"})
_GREETINGS = ("Dear {officer},", "Hi {officer}", "Dear colleagues", "Good morning,", "Dear Sir or Madam", "Hi all,")
_SIGN_OFFS = ("Kind regards", "Many thanks", "Regards,", "Best wishes", "Yours sincerely,", "Thanks", "Cheers")
_RECIPIENTS = (
    "Sales Ledger <accounts@brightwell.example>",
    "clerk@ashby-parish.example",
    "{officer} <office@st-cuthberts.sch.example>",
    "contracts@kestrel.example",
    "All users <all@council.example>",
    "info@civic-society.example",
)
_DISCLAIMERS = (
    "This e-mail and any files with it are confidential. If you are not the person it is meant for, please delete it.",
    "Save paper: think before you print.\nWe may watch e-mail traffic to keep our systems safe.",
    "We handle personal data, including data on health, race and criminal convictions, under our privacy notice: {url}",
    "OFFICIAL",
)
_MEETING = (
    "________________\nMicrosoft Teams meeting\nJoin on your computer: {url}\nMeeting ID: {meetingid}\n"
    "Passcode: {passcode}\nOr call in: {phone},,{ref9}#"
)


@dataclass(slots=True)
class Topic:
    """What mails of one subject are made of."""

    name: str
    development_share: float = OWN_DEVELOPMENT_SHARE
    lines: dict[str, list[str]] = field(default_factory=dict)

    @property
    def part(self) -> Part:
        return Part.DEVELOPMENT if self.name in _OPENED else part_of(self.name, self.development_share)


class MalformedMaterialError(Exception):
    """A line of the material that is not as it should be; the text begins with file and line."""


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, in order. Raises MalformedMaterialError."""
    return tuple(topic for path in sorted(MATERIAL.glob("*.txt")) for topic in _topics_of(path))


def clean_mails(part: Part, count: int) -> Iterator[LabelledMail]:
    """So many mails of the topics of one part, the same each time. What a council publishes is marked as don't-care,
    nothing else is marked."""
    asides = next(topic for topic in topics() if topic.name == _ASIDES)
    chosen = [topic for topic in topics() if topic.name != _ASIDES and topic.part is part]
    for number in range(count):
        topic = chosen[number % len(chosen)]
        name = f"clean-{part.value}-{topic.name}-{number:04}"
        yield _Writer(topic, asides, random.Random(name)).mail(name)


def _topics_of(path: Path) -> list[Topic]:
    found: list[Topic] = []
    share = next((share for start, share in _SHARES.items() if path.name.startswith(start)), OWN_DEVELOPMENT_SHARE)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        kind, colon, words = line.partition(": ")
        if kind == "# topic":
            found.append(Topic(name=words, development_share=share))
        elif found and colon and kind in _KINDS and words.strip():
            found[-1].lines.setdefault(kind, []).append(words.replace("\\n", "\n"))
        else:
            raise MalformedMaterialError(f"{path.name}:{number}: is neither a topic nor a line of one")
    return found


class _Writer:
    """Writes one mail."""

    def __init__(self, topic: Topic, asides: Topic, chance: random.Random) -> None:
        self._topic = topic
        self._asides = asides.lines["text"]
        self._chance = chance
        self._slots = Slots(chance)

    def mail(self, name: str) -> LabelledMail:
        chance, author = self._chance, self._slots.person()
        subject = self._one("subject")
        if chance.random() < 0.08:
            subject = subject.upper()
        address = author.lower().replace(" ", ".").replace("'", "")
        blocks = [*self._body(), self._signature(author, address)]
        if chance.random() < 0.1:
            blocks.append(self._slots.filled(_MEETING))
        if chance.random() < 0.25:
            blocks.append(self._earlier(subject))
        return LabelledMail(
            id=name,
            note=self._topic.name,
            fields=(
                ("From", f"{author} <{address}@council.example>"),
                ("To", self._slots.filled(chance.choice(_RECIPIENTS))),
            ),
            pieces=(piece("subject", subject), piece("body", "\n\n".join(blocks) + "\n"), *self._attachment()),
        )

    def _body(self) -> list[str]:
        chance = self._chance
        texts = self._some("text", chance.randint(1, 5))
        if chance.random() < 0.35:
            texts.insert(chance.randrange(len(texts) + 1), self._slots.filled(chance.choice(self._asides)))
        if chance.random() < 0.2:
            texts = ["\n".join(f"- {text}" for text in texts)]
        elif chance.random() < 0.3:
            texts = [" ".join(texts)]
        blocks = [self._one("open"), *texts, self._one("close")]
        if chance.random() < 0.9:
            blocks.insert(0, self._slots.filled(chance.choice(_GREETINGS)))
        if chance.random() < 0.04:
            blocks = [_hurried(block) for block in blocks]
        return blocks

    def _signature(self, author: str, address: str) -> str:
        chance, slots = self._chance, self._slots
        lines = [chance.choice(_SIGN_OFFS), author if chance.random() < 0.8 else author.split(maxsplit=1)[0]]
        if chance.random() < 0.85:
            mail = f"[[?EMAIL_ADDRESS {address}@council.example]]"
            lines += [chance.choice(TITLES), f"Ashby Council | {slots.phone()} | {mail}"]
        if chance.random() < 0.3:
            lines.append(chance.choice(OFFICES))
        if chance.random() < 0.5:
            lines.append(slots.filled(chance.choice(_DISCLAIMERS)))
        return "\n".join(lines)

    def _earlier(self, subject: str) -> str:
        """The mail that this one answers."""
        writer, slots, chance = self._slots.person(), self._slots, self._chance
        text = "\n\n".join([self._one("open"), *self._some("text", chance.randint(1, 2)), f"Thanks\n{writer}"])
        if chance.random() < 0.5:
            return f"On {slots.date()} {writer} wrote:\n" + "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        return f"From: {writer}\nSent: {slots.date()} {slots.value('time')}\nSubject: {subject}\n\n{text}"

    def _attachment(self) -> Sequence[Piece]:
        tables = self._topic.lines.get("table")
        if not tables or self._chance.random() < 0.6:
            return ()
        name, _, rows = self._chance.choice(tables).partition("\n")
        head, *lines = rows.split("\n")
        filled = [self._cells(line) for line in lines for _ in range(self._chance.randint(1, 4))]
        return (piece(name, "\n".join([head, *filled]) + "\n"),)

    def _cells(self, line: str) -> str:
        return ",".join(self._slots.filled(cell).replace(",", "") for cell in line.split(","))

    def _one(self, kind: str) -> str:
        return self._slots.filled(self._chance.choice(self._topic.lines[kind]))

    def _some(self, kind: str, count: int) -> list[str]:
        lines = self._topic.lines[kind]
        return [self._slots.filled(line) for line in self._chance.sample(lines, min(count, len(lines)))]


def _hurried(text: str) -> str:
    """As somebody writes on a telephone: no capitals; marks keep theirs."""
    return text if "[[" in text else text.lower()
