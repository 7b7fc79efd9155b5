from __future__ import annotations

import pytest

from dlp_gateway.detect.ruleset import load_ruleset
from dlp_gateway.errors import ConfigError

GOOD = """
entity: X_REF
category: reference
patterns: ['\\bX\\d{6}\\b']
confidence: {plain: 0.9, with_context: 0.9}
mask: "####{2}"
matches: ["X123456"]
"""


def faults(**texts: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_ruleset({f"recognisers/{name}.yaml": text for name, text in texts.items()})
    return [str(fault) for fault in caught.value.faults]


def test_a_good_file_is_a_rule_with_the_files_name() -> None:
    ruleset = load_ruleset({"recognisers/x-ref.yaml": GOOD, "policy.yaml": "not: ours"})
    assert [(rule.id, rule.entity) for rule in ruleset.scanner.rules] == [("x-ref", "X_REF")]


def test_a_pattern_that_is_not_re2_is_a_fault_with_its_place() -> None:
    found = faults(bad=GOOD.replace(r"\bX\d{6}\b", r"(?=X)\d+"))
    assert len(found) == 1
    assert found[0].startswith("recognisers/bad.yaml:4:")
    assert "RE2" in found[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("mask:", "maks:", "did you mean “mask”"),
        ("category: reference", "category: secret", "category"),
        ("{plain: 0.9, with_context: 0.9}", "{plain: 0.1, with_context: 0.2}", "never report"),
        (r"\bX\d{6}\b", r"\d*", "empty text"),
        ('matches: ["X123456"]', "matches: []", "matches"),
        ("entity: X_REF", "entity: x", "entity"),
        ("mask:", "validator: nhs_mod_12\nmask:", "unknown validator"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(old: str, new: str, words: str) -> None:
    assert any(words in fault for fault in faults(bad=GOOD.replace(old, new)))


def test_all_faults_of_all_files_come_at_once() -> None:
    found = faults(one=GOOD.replace("mask:", "maks:"), two=GOOD.replace("entity: X_REF", "entity: x"), three="a: [")
    assert {fault.partition(":")[0] for fault in found} == {f"recognisers/{n}.yaml" for n in ("one", "two", "three")}


def test_no_recogniser_at_all_is_a_fault() -> None:
    with pytest.raises(ConfigError):
        load_ruleset({"policy.yaml": ""})
