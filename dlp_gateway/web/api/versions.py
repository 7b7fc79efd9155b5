"""Versions of a rule file, as programs see them, and what a change of one must say."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from ... import rule_changes
from ..running import console

Reason = Annotated[str, Field(min_length=rule_changes.SHORTEST_REASON, max_length=2000, description="Why; kept.")]
Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="The version that the change was made from.")]


class PastVersion(Schema):
    version: int
    at: datetime
    author: str
    reason: str


class PastVersions(Schema):
    """Newest first."""

    items: list[PastVersion]


def past_versions(file: str) -> PastVersions:
    """All of this file."""
    versions = console().store.rule_versions(file)
    return PastVersions(
        items=[
            PastVersion(version=one.number, at=one.created_at, author=one.author, reason=one.reason) for one in versions
        ]
    )
