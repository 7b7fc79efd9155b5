"""The published JSON Schema says of a policy what the gateway says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from dlp_gateway.decide.policy import Policy
from dlp_gateway.decide.schema import policy_schema, schema_text
from tests.support.policy_mail import shipped_texts

SCHEMA = Draft202012Validator(policy_schema())


def rule(**more: Any) -> dict[str, Any]:
    return {"rules": [{"id": "a", "reason": "Because.", "then": "hold", **more}]}


def is_good(policy: Any) -> bool:
    try:
        Policy.model_validate(policy)
    except ValidationError:
        return False
    return True


def test_the_file_is_the_schema_of_this_version(repository: Path) -> None:
    """`make docs/policy.schema.json` writes it anew."""
    assert (repository / "docs" / "policy.schema.json").read_text(encoding="utf-8") == schema_text()
    Draft202012Validator.check_schema(json.loads(schema_text()))


def test_the_shipped_policy_is_good_by_it() -> None:
    # Dates and times are strings in JSON.
    policy = json.loads(json.dumps(yaml.safe_load(shipped_texts()["policy.yaml"]), default=str))
    assert [error.message for error in SCHEMA.iter_errors(policy)] == []


@pytest.mark.parametrize(
    "policy",
    [
        rule(),
        rule(when={"recipient_class": "outside", "categories": ["high"]}),
        rule(when={"recipient_class": ["press", "webmail"], "categories": {"any_of": "personal", "about": "others"}}),
        rule(when={"entities": "UK_NHS", "exact_match": "protected", "fingerprint": {"kind": "internal"}}),
        rule(when={"markings": "secret", "gaps": {"reason": "encrypted"}, "categories": {"place": "hidden"}}),
        rule(when={"any": [{"look_alike": True}, {"first_time": {"history_days": 7}}]}, unless=[{"vouched": True}]),
        rule(then=[{"when": {"categories": ["special"]}, "action": "hold"}, {"action": "encrypt"}]),
        rule(reviewers=[{"category": "safeguarding", "group": "leads"}], approvals=2, release_by=["sender"]),
        rule(wen={}),
        rule(when={"recipient_clas": ["press"]}),
        rule(when={"recipient_class": ["pres"]}),
        rule(when={"categories": ["hgih"]}),
        rule(when={"individuals": {"min": -1}}),
        rule(when={"near": {"of": ["name"], "within": 5}}),
        rule(then="quarantine"),
        rule(approvals=3),
        rule(release_by=[]),
        rule(release_by=["author"]),
        rule(release_by=["reviewer", "sender"]),
        rule(id="A b"),
        rule(mode="maybe"),
        {"rules": []},
        {},
        {"rules": [{"id": "a", "then": "hold"}]},
        {"rollout": {"default": "off"}, **rule()},
    ],
    ids=lambda policy: json.dumps(policy)[:70],
)
def test_it_finds_good_and_bad_what_the_gateway_does(policy: Any) -> None:
    assert SCHEMA.is_valid(policy) == is_good(policy)
