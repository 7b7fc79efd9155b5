"""When reviewers work, and when they are told what waits. What a single group has is in `rules/reviewers.yaml`."""

from __future__ import annotations

from datetime import time

from pydantic import Field, field_validator

from .config_section import Section
from .moment import ClockTime, Day


class Reviews(Section):
    """Reviewers' days, and mails to them (docs/console.md)."""

    digest_times: tuple[ClockTime, ...] = Field(
        (time(9),),
        description="Local times at which a group of reviewers is told by mail how much waits for it, on its working "
        "days and only when something does; [] for never. Groups in reviewers.yaml may have their own.",
    )
    bank_holidays: tuple[Day, ...] = Field(
        (),
        description="Days such as 2026-12-25 on which no group works but those that are always there.",
    )

    @field_validator("digest_times", "bank_holidays")
    @classmethod
    def _each_once(cls, value: tuple[object, ...]) -> tuple[object, ...]:
        twice = next((one for n, one in enumerate(value) if one in value[:n]), None)
        if twice is not None:
            raise ValueError(f"{twice} stands twice; take one out")
        return value
