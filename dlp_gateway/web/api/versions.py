"""Versions of a rule file, as programs see them."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from ..running import console


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
