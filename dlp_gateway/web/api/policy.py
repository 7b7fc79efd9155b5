"""The rules in force and their versions."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from ... import rule_changes
from ...decide import policy_text
from ...errors import ConfigError
from ...store import OvertakenError, RuleVersion
from ..access import staff
from ..permissions import Permission
from ..running import console
from .bearer import Token
from .versions import PastVersions, Reason, Version, past_versions

router = Router(tags=["policy"])

READ, EDIT = Token(Permission.POLICY_READ), Token(Permission.POLICY_EDIT)


class PolicyVersion(Schema):
    """`text`: policy.yaml, in YAML."""

    version: int
    at: datetime
    author: str
    reason: str
    text: str


class Draft(Schema):
    text: str


class Publication(Schema):
    """`version`: the one that the text was made from. `text`: the whole of policy.yaml."""

    version: Version
    reason: Reason
    text: str


class Published(Schema):
    version: int


class Checked(Schema):
    """`faults`: none means that it could be put in force."""

    faults: list[str]


@router.get("", response=PolicyVersion, auth=READ, summary="The policy in force")
def policy(request: HttpRequest) -> PolicyVersion:  # noqa: ARG001 - Ninja's form
    return _version(rule_changes.newest(console().config, console().store, policy_text.FILE))


@router.get("/history", response=PastVersions, auth=READ, summary="All versions, newest first")
def history(request: HttpRequest) -> PastVersions:  # noqa: ARG001
    return past_versions(policy_text.FILE)


@router.get("/history/{int:number}", response=PolicyVersion, auth=READ, summary="The text of a version")
def past(request: HttpRequest, number: int) -> PolicyVersion:  # noqa: ARG001
    found = rule_changes.version(console().store, policy_text.FILE, number)
    if found is None:
        raise HttpError(404, "there is no such version")
    return _version(found)


@router.post("/check", response=Checked, auth=READ, summary="Whether a draft holds together")
def check(request: HttpRequest, draft: Draft) -> Checked:  # noqa: ARG001
    here = console()
    rules = rule_changes.policy_in_force(here.config, here.store)
    try:
        rule_changes.checked_file(rules, draft.text, here.config.council.name)
    except ConfigError as error:
        return Checked(faults=[str(one) for one in error.faults])
    return Checked(faults=[])


@router.put("", response=Published, auth=EDIT, summary="Put a policy in force")
def publish(request: HttpRequest, wanted: Publication) -> Published:
    here = console()
    rules = rule_changes.policy_in_force(here.config, here.store)
    if rules.number != wanted.version:
        raise OvertakenError(rules.number)
    by, council = staff(request).actor, here.config.council.name
    version = rule_changes.publish_file(here.store, rules, wanted.text, council, by=by, reason=wanted.reason)
    return Published(version=version)


def _version(one: RuleVersion) -> PolicyVersion:
    return PolicyVersion(version=one.number, at=one.created_at, author=one.author, reason=one.reason, text=one.text)
