"""`rules/reviewers.yaml`: who decides about held mail, when they are there, and who hears of it when they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from ..errors import Fault
from ..moment import ClockTime
from ..yaml_file import Document
from .duty_hours import says_hours
from .words import Section


class ReviewerGroup(Section):
    """One group as in `rules/reviewers.yaml`."""

    members: tuple[str, ...] = Field(min_length=1)
    deputies: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    hours: str = ""  # when the group is on duty: “Mon-Thu 08:30-17:30, Fri 08:30-16:30”, or always
    # "working-hours": `working_minutes` of a rule's clock count in these hours alone, whenever a message was held
    clock: Literal["rule", "working-hours"] = "rule"
    escalate_after_minutes: int = Field(0, ge=0, le=10_080)  # once a rule's clock has run out
    escalate_to: str | None = None  # where the rule names no group
    digest_times: tuple[ClockTime, ...] | None = None  # None: those of the configuration


NOBODY = ReviewerGroup.model_construct(members=())
"""In place of a default group that the policy does not name and no file describes: always there, and nobody."""


class ReviewersFile(Section):
    """`rules/reviewers.yaml`."""

    groups: dict[str, ReviewerGroup] = Field(min_length=1)

    @field_validator("groups", mode="before")
    @classmethod
    def _mapping(cls, value: Any) -> Any:
        return {} if value is None else value


def odd_groups(document: Document, groups: Mapping[str, ReviewerGroup]) -> list[Fault]:
    """Warnings: groups whose hours nobody can read, or that escalate to themselves."""
    found = []
    for name, group in groups.items():
        if not says_hours(group.hours):
            text = f"group “{name}”: “{group.hours}” says no hours, so it counts as always there; write it like "
            found.append(document.fault(("groups", name, "hours"), text + "“Mon-Thu 08:30-17:30, Fri 08:30-16:30”"))
        if group.escalate_to == name:
            text = f"group “{name}” escalates to itself, so nobody else hears of it; name another group"
            found.append(document.fault(("groups", name, "escalate_to"), text))
    return found
