"""One rule of a policy changed as text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dlp_gateway.decide import policy_text
from dlp_gateway.errors import ConfigError
from dlp_gateway.yaml_file import load_document

SHIPPED = (Path(__file__).parents[3] / "rules" / "policy.yaml").read_text(encoding="utf-8")
IDS = [str(rule["id"]) for rule in load_document(SHIPPED, "policy.yaml").value["rules"]]
SMALL = """# head
rules:
  - id: one # the first
    reason: "a"

    # why one is observed
    mode: observe # for now
    clock: {working_minutes: 5,
            out_of_hours_minutes: 6}
    then: hold

  # what the second is for
  - reason: "b"
    id: two
    then: relay
rollout: {default: enforce}
"""


@cache
def rules(text: str) -> dict[str, dict[str, object]]:
    return {str(rule["id"]): dict(rule) for rule in load_document(text, "x").value["rules"]}


def values(text: str, rule_id: str) -> dict[str, object]:
    return rules(text)[rule_id]


@pytest.mark.parametrize("rule_id", IDS)
def test_every_shipped_rule_has_lines_of_its_own_and_changes_alone(rule_id: str) -> None:
    block = policy_text.block_of(SHIPPED, rule_id)
    assert block is not None
    assert policy_text.with_block(SHIPPED, rule_id, block.text) == SHIPPED
    changed = policy_text.with_values(SHIPPED, rule_id, {"mode": "observe", "approvals": 2, "expires_days": 3})
    assert values(changed, rule_id) == values(SHIPPED, rule_id) | {"mode": "observe", "approvals": 2, "expires_days": 3}
    assert rules(changed) | {rule_id: {}} == rules(SHIPPED) | {rule_id: {}}
    lost = [line for sign, line in policy_text.difference(SHIPPED, changed) if sign == "-"]
    assert all(line.strip().startswith(("mode:", "approvals:", "expires_days:")) for line in lost), "comments stay"


def test_a_value_takes_the_place_of_its_lines_alone() -> None:
    changed = policy_text.with_values(SMALL, "one", {"clock": {"working_minutes": 7}, "mode": None})
    assert changed == SMALL.replace("    mode: observe # for now\n", "").replace(
        "    clock: {working_minutes: 5,\n            out_of_hours_minutes: 6}\n", "    clock: {working_minutes: 7}\n"
    )
    assert values(policy_text.with_values(SMALL, "two", {"reason": "c", "then": "hold"}), "two") == {
        "id": "two",
        "reason": "c",
        "then": "hold",
    }


def test_a_value_that_is_as_it_was_keeps_its_line() -> None:
    assert policy_text.with_values(SMALL, "one", {"mode": "observe", "approvals": None}) == SMALL


def test_a_rule_is_taken_out_with_its_lines() -> None:
    assert policy_text.with_block(SMALL, "two", "").endswith(
        "  # what the second is for\nrollout: {default: enforce}\n"
    )


def test_what_has_no_lines_of_its_own_is_told() -> None:
    flow = "rules: [{id: one, reason: a, then: hold}]\n"
    for text, rule_id in ((SMALL, "three"), (flow, "one"), ("rules: 7", "one")):
        assert policy_text.block_of(text, rule_id) is None
        with pytest.raises(ConfigError, match="in lines of its own"):
            policy_text.with_values(text, rule_id, {"mode": "observe"})


def test_changes_of_different_lines_go_together_and_of_the_same_do_not() -> None:
    mine = SMALL.replace('reason: "a"', 'reason: "mine"')
    theirs = SMALL.replace("then: relay", "then: hold")
    assert policy_text.merged(SMALL, mine, theirs) == mine.replace("then: relay", "then: hold")
    assert policy_text.merged(SMALL, mine, SMALL.replace('reason: "a"', 'reason: "theirs"')) is None
    assert policy_text.merged(SMALL, SMALL, theirs) == theirs
    assert policy_text.merged(SMALL, mine, mine) == mine
