"""The rules in force and their versions."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from ... import rule_changes
from ...decide import load_rulebook
from ...errors import ConfigError
from ...store import RuleVersion
from ..permissions import Permission
from ..running import console
from .bearer import Token
from .versions import PastVersions, past_versions

router = Router(tags=["policy"])

FILE = "policy.yaml"
READ = Token(Permission.POLICY_READ)


class PolicyVersion(Schema):
    """`text`: policy.yaml, in YAML."""

    version: int
    at: datetime
    author: str
    reason: str
    text: str


class Draft(Schema):
    text: str


class Checked(Schema):
    """`faults`: none means that it could be put in force."""

    faults: list[str]


@router.get("", response=PolicyVersion, auth=READ, summary="The policy in force")
def policy(request: HttpRequest) -> PolicyVersion:  # noqa: ARG001 - Ninja's form
    return _version(rule_changes.newest(console().config, console().store, FILE))


@router.get("/history", response=PastVersions, auth=READ, summary="All versions, newest first")
def history(request: HttpRequest) -> PastVersions:  # noqa: ARG001
    return past_versions(FILE)


@router.get("/history/{int:number}", response=PolicyVersion, auth=READ, summary="The text of a version")
def past(request: HttpRequest, number: int) -> PolicyVersion:  # noqa: ARG001
    found = rule_changes.version(console().store, FILE, number)
    if found is None:
        raise HttpError(404, "there is no such version")
    return _version(found)


@router.post("/check", response=Checked, auth=READ, summary="Whether a draft holds together")
def check(request: HttpRequest, draft: Draft) -> Checked:  # noqa: ARG001
    rules = rule_changes.in_force(console().config, console().store)
    try:
        load_rulebook({**rules.texts, FILE: draft.text})
    except ConfigError as error:
        return Checked(faults=[str(one) for one in error.faults])
    return Checked(faults=[])


def _version(one: RuleVersion) -> PolicyVersion:
    return PolicyVersion(version=one.number, at=one.created_at, author=one.author, reason=one.reason, text=one.text)
