"""Which disclaimer a copy gets: `disclaimer` in `rules/policy.yaml`, and the templates that it names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from pydantic import Field

from ..errors import Fault
from ..language import LanguageCode
from ..model import RecipientClass
from ..yaml_file import Document
from .words import ClassWords, Names, Section, meant

USUAL = "en"
"""The name of templates/disclaimer.txt; NAME is that of templates/disclaimer.NAME.txt."""


class DisclaimerChoice(Section):
    """One line of `texts`. What it does not ask for may be anything; the first line that fits is taken."""

    sender_group: Names = ()  # the author is in one of these
    language: LanguageCode | None = None  # of the author's groups: `language` in senders.yaml
    recipient_class: ClassWords | None = None
    texts: Names  # in this order; [] is none

    def fits(self, groups: Collection[str], language: str, recipient_class: RecipientClass) -> bool:
        return (
            (not self.sender_group or any(group in groups for group in self.sender_group))
            and self.language in (None, language)
            and (self.recipient_class is None or recipient_class in self.recipient_class)
        )


class DisclaimerExample(Section):
    """A mail in short form, and the disclaimers that the whole policy must give it."""

    sender: str = Field("officer@council.example", alias="from")
    recipient_class: RecipientClass = Field(RecipientClass.UNAPPROVED, alias="class")
    texts: Names


class Disclaimer(Section):
    """How copies get their disclaimer, where a rule says `then: disclaimer`."""

    once: Literal["new-text", "anywhere"] = "anywhere"  # where an earlier copy must stand so that none is added
    if_not_editable: Literal["leave", "wrap"] = "leave"  # what is signed or has no text; wrap: inside a new message
    texts: tuple[DisclaimerChoice, ...] = ()  # where no line fits: the text in the language of the author's group
    examples: tuple[DisclaimerExample, ...] = ()

    def changes(self, groups: Collection[str], language: str, recipient_class: RecipientClass) -> tuple[str, ...]:
        """The changes that add what this copy gets, in order."""
        fitting = (choice for choice in self.texts if choice.fits(groups, language, recipient_class))
        choice = next(fitting, None)
        return tuple(change_of(name) for name in dict.fromkeys((language,) if choice is None else choice.texts))


def change_of(name: str) -> str:
    """The change that adds a text: “en” is "disclaimer", “planning.cy” is "disclaimer:planning:cy"."""
    return "disclaimer" if name == USUAL else "disclaimer:" + name.replace(".", ":")


def text_of(change: str) -> str | None:
    """The name of the text that a change adds; None for other changes."""
    kind, _, name = change.partition(":")
    return None if kind != "disclaimer" else name.replace(":", ".") or USUAL


def _file_of(name: str) -> str:
    return "templates/disclaimer.txt" if name == USUAL else f"templates/disclaimer.{name}.txt"


def unknown_texts(policy: Document | None, senders: Document | None, files: Iterable[str]) -> list[Fault]:
    """A fault for every text that is asked for and has no template among `files`; none where there are no templates
    at all, as where only rules are checked. Reads what is written, so that other faults hide none."""
    names = sorted(file for file in files if not file.endswith(".ascii.txt"))  # another form of the same text
    start, end = "templates/disclaimer", ".txt"
    stems = (file.removeprefix(start) for file in names if file.startswith(start) and file.endswith(end))
    known = {stem.removesuffix(end).removeprefix(".") or USUAL for stem in stems}
    if not known:
        return []
    asked = [(policy, *place) for place in _asked_by_policy(policy)]
    asked += [(senders, *place) for place in _asked_by_groups(senders)]
    return [
        document.fault(where, f"there is no {_file_of(name)} for “{name}”; {meant(name, known)}")
        for document, where, name in asked
        if document is not None and name not in known
    ]


Place = tuple[tuple[str | int, ...], str]


def _asked_by_policy(document: Document | None) -> list[Place]:
    section = document.value.get("disclaimer") if document is not None and isinstance(document.value, dict) else None
    found: list[Place] = []
    for kind in ("texts", "examples"):
        lines = section.get(kind) if isinstance(section, dict) else None
        for n, line in enumerate(lines if isinstance(lines, list) else []):
            wanted = line.get("texts") if isinstance(line, dict) else None
            if isinstance(wanted, str):
                found.append((("disclaimer", kind, n, "texts"), wanted))
            for i, name in enumerate(wanted if isinstance(wanted, list) else []):
                if isinstance(name, str):
                    found.append((("disclaimer", kind, n, "texts", i), name))
    return found


def _asked_by_groups(document: Document | None) -> list[Place]:
    groups = document.value.get("groups") if document is not None and isinstance(document.value, dict) else None
    return [
        (("groups", name, "language"), group["language"])
        for name, group in (groups.items() if isinstance(groups, dict) else ())
        if isinstance(group, dict) and group.get("language") in ("en", "cy")
    ]
