"""What the console says of the fields of a partner entry, and how their values are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..decide import registry
from ..decide.decide import CATEGORY_WORDS
from ..decide.partners import PartnerEntry
from ..model import Category
from .language import language, say

FIELD_WORDS = {
    "id": "Name in rules and records",
    "organisation": "Organisation",
    "domains": "Domains",
    "include_subdomains": "All domains below these, too",
    "addresses": "Single addresses elsewhere",
    "basis": "Basis",
    "agreement": "Agreement",
    "owner": "Owner",
    "deputy_owner": "Deputy of the owner",
    "incident_contact": "Whom to tell of an incident",
    "purpose": "Purpose",
    "may_receive": "May receive",
    "sender_groups": "Who may send there",
    "route": "Route",
    "tls_evidence": "How it was verified that mail to them is protected",
    "mail_evidence": "Hosts that take their mail",
    "bulk": "May receive data about ten or more people at once",
    "unreadable_attachments": "May receive attachments that could not be checked",
    "hosting": "Where their data lies",
    "status": "Status",
    "valid_from": "Valid from",
    "review_by": "Review by",
    "grace_days": "Days of grace after the review",
    "notes": "Notes",
}
HINT_WORDS = {
    "id": "Small letters, digits and hyphens, such as kindly-care. It can’t be changed later.",
    "domains": "One a line, such as kindly-care.example.",
    "addresses": "One a line. For partners with a mailbox at a provider, such as childminders.",
    "agreement": "Its reference, such as ISA-2026-031.",
    "owner": "The officer of the council who answers for this entry, by e-mail address.",
    "may_receive": "What the agreement covers. All else is held. Special is health, ethnicity, belief and the like "
    "(UK GDPR, article 9).",
    "sender_groups": "Leave all empty for everybody.",
    "hosting": "Such as United Kingdom.",
    "valid_from": "Before that day the entry does not count.",
    "review_by": "After this day the entry works for its days of grace only.",
}
BASIS_WORDS = {
    "sharing-agreement": "Sharing agreement",
    "processor-contract": "Processor contract",
    "statutory": "Statutory duty",
    "one-off": "Single occasion",
}
STATUS_WORDS = {"active": "Active", "suspended": "Suspended"}
STANDING_WORDS = {
    "active": "Active",
    "due_60": "Due for review within 60 days",
    "due_30": "Due for review within 30 days",
    "due_7": "Due for review within 7 days",
    "in_grace": "In its days of grace",
    "expired": "Expired",
    "suspended": "Suspended",
    "not_begun": "Not begun yet",
}
KIND_WORDS = {
    registry.Kind.ADDED: "Added",
    registry.Kind.EDITED: "Changed",
    registry.Kind.REMOVED: "Removed",
}
FAULT_WORDS = {
    "exists": "There is an entry of this name already. Choose another name",
    "overtaken": "Somebody else changed the registry meanwhile. Look at what would change now, then decide again",
    "changed": "Somebody else changed this entry while you did. Below is what they changed, and what you would change "
    "of it. Nothing of yours is lost: mend the form, then save it again",
    "gone": "Somebody else removed this entry while you changed it. Saving it adds it again",
    "nothing": "Nothing would change",
    "waits": "The same change waits for a second administrator already",
    "own": "You proposed this yourself, so another administrator must approve it",
    "old": "The registry has changed since this was proposed. It must be proposed again",
}
IMPORT_WORDS = {
    "none": "Choose a file",
    "too_large": "The file is too large. Import it in parts, each below one megabyte",
    "not_text": "The file is not UTF-8 text. Save it as CSV UTF-8",
}
_COLOURS = {"active": "green", "in_grace": "orange", "expired": "red", "suspended": "grey", "not_begun": "blue"}
NOTHING = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an entry stands: in words, with the colour of a tag, and until when it works."""

    text: str
    colour: str
    until: str


def standing(entry: PartnerEntry, day: date) -> Standing:
    word = registry.standing_word(entry, day)
    works_until = entry.review_by + timedelta(entry.grace_days)
    return Standing(
        text=say(STANDING_WORDS[word]),
        colour=_COLOURS.get(word, "yellow"),
        until=language().day_words(works_until),
    )


def category_name(category: Category) -> str:
    words = CATEGORY_WORDS[category]
    name = say(words)
    return name[:1].upper() + name[1:]


def categories(found: Iterable[Category]) -> str:
    """“Name, contact, health”."""
    names = ", ".join(say(CATEGORY_WORDS[category]) for category in found)
    return names[:1].upper() + names[1:] if names else NOTHING


def shown(name: str, value: Any) -> str:
    """The plain value of a field for a person; what is as it would be anyhow has none."""
    if value is None or value in ([], ""):
        return NOTHING
    if isinstance(value, bool):
        return say("Yes" if value else "No")
    if name == "basis":
        return say(BASIS_WORDS[str(value)])
    if name == "status":
        return say(STATUS_WORDS[str(value)])
    if name == "may_receive":
        return categories(Category(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(shown("", one) for one in value.values())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return _as_day(name, str(value))


def _as_day(name: str, text: str) -> str:
    return language().day_words(date.fromisoformat(text)) if name in ("valid_from", "review_by") else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field of a difference."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceView:
    """How one entry differs, in words."""

    id: str
    kind: str
    lines: tuple[Line, ...]
    is_edit: bool


def difference_view(found: registry.Difference) -> DifferenceView:
    return DifferenceView(
        id=found.id,
        kind=say(KIND_WORDS[found.kind]),
        is_edit=found.kind is registry.Kind.EDITED,
        lines=tuple(
            Line(label=say(FIELD_WORDS[name]), before=shown(name, old), after=shown(name, new))
            for name, old, new in found.fields
        ),
    )


def differences(before: Iterable[PartnerEntry], after: Iterable[PartnerEntry]) -> list[DifferenceView]:
    return [difference_view(one) for one in registry.difference(tuple(before), tuple(after))]


def values_in_words(entry: PartnerEntry) -> list[tuple[str, str]]:
    """Every field with its name and its value, those that stand elsewhere on the page apart."""
    values = entry.model_dump(mode="json")
    return [(say(FIELD_WORDS[name]), shown(name, values[name])) for name in FIELD_WORDS if name != "organisation"]
