from __future__ import annotations

import pytest

from dlp_gateway.detect.ruleset import load_ruleset
from dlp_gateway.errors import ConfigError
from tests.support import shipped_rules

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
        ("mask:", "topics: [the parcel]\nmask:", "add `near_person: true`"),
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


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"X(?!1)\d+", "no look-ahead"),
        (r"(?<=ref )\d{6}", "no look-behind"),
        (r"(\d)\1", "no back-references"),
        (r"(", "missing"),
        (r"\d", "nearly everything"),
        (r"\w+", "nearly everything"),
        (r".+", "nearly everything"),
        (r"[a-z]{3,9}", "nearly everything"),
        (r"(?:[A-Z]{1,100}\d{1,100}[A-Z]{1,100}\d{1,100}){9}", "too big"),
        ("X" * 5000, "at most 4,000"),
        (r"\d{1,2000}X", "RE2"),
        ("\u20ac\\d{6}", "Latin-1"),
    ],
)
def test_a_pattern_that_would_do_harm_is_refused_with_what_would_be_right(pattern: str, words: str) -> None:
    found = faults(bad=GOOD.replace(r"'\bX\d{6}\b'", "'" + pattern.replace("'", "''") + "'"))
    assert len(found) == 1
    assert found[0].startswith("recognisers/bad.yaml:4:")
    assert words in found[0]


def test_a_group_stands_for_its_words_in_every_pattern() -> None:
    own = GOOD.replace("patterns:", "groups:\n  sign: [X, 'Y|Z']\npatterns:").replace(r"\bX\d{6}", r"\b{sign}\d{6}")
    own = own.replace('matches: ["X123456"]', 'matches: ["X123456", "Z123456"]')
    (rule,) = load_ruleset({"recognisers/x-ref.yaml": own}).scanner.rules
    assert rule.file.patterns == (r"\b(?:X|Y|Z)\d{6}\b",)


def test_a_group_that_no_file_has_is_a_fault_that_names_those_there_are() -> None:
    own = GOOD.replace("patterns:", "groups:\n  sign: [X]\npatterns:").replace(r"\bX\d{6}", r"\b{sing}\d{6}")
    assert [fault for fault in faults(bad=own) if "no group of the file is named {sing}; there are: sign" in fault]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{plain: 0.9, with_context: 0.9}", "{plain: 0.9, with_context: 0.8}", "less than plain"),
        ("{plain: 0.9, with_context: 0.9}", "{plain: 0.3, with_context: 0.8}", "neither labels, context nor headers"),
        ("mask:", "window: 1000\nmask:", "window"),
        ("mask:", "labels: [x]\nmask:", "labels"),
    ],
)
def test_a_recogniser_that_could_not_work_is_refused(old: str, new: str, words: str) -> None:
    found = faults(bad=GOOD.replace(old, new))
    assert len(found) == 1
    assert words in found[0]


def test_a_councils_own_reference_is_one_small_file() -> None:
    own = """
entity: UK_CASE_REF
category: reference
patterns: ['\\bFOS/\\d{4}\\b']
labels: [fostering ref]
confidence: {plain: 0.3, with_context: 0.9}
mask: "FOS/####"
source: "our fostering team"
matches: ["fostering ref FOS/1234"]
no_match: ["FOS/1234"]
"""
    ruleset = load_ruleset({"recognisers/fostering-ref.yaml": own})
    assert [rule.needs_label for rule in ruleset.scanner.rules] == [True]


ACCOUNT = """
entity: UK_BANK_ACCOUNT
category: financial
patterns: ['\\b\\d{6} \\d{8}\\b']
validator: sort_code_and_account
confidence: {plain: 0.9, with_context: 0.9}
mask: "####"
matches: ["089999 66374958"]
"""


@pytest.mark.parametrize(
    ("weights", "accounts"),
    [
        ("", ["66374958", "66374959"]),
        ("kind: weights\ntext: 089000 089999 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1", ["66374958"]),
    ],
)
def test_account_numbers_are_checked_where_the_weights_were_supplied(weights: str, accounts: list[str]) -> None:
    texts = {"recognisers/account.yaml": ACCOUNT, **({"lexicons/weights.yaml": weights} if weights else {})}
    text = "089999 66374958, 089999 66374959"
    found = [text[c.end - 8 : c.end] for c in load_ruleset(texts).scanner.scan(text)]
    assert found == accounts


def test_weights_that_are_none_are_a_fault() -> None:
    with pytest.raises(ConfigError, match=r"lexicons/weights.yaml:2:1: text: line 1 of the weights"):
        load_ruleset({"recognisers/x.yaml": GOOD, "lexicons/weights.yaml": "kind: weights\ntext: 089000"})


def test_a_strong_term_of_one_word_is_no_name() -> None:
    ruleset = shipped_rules.ruleset()
    assert "asbestosis" in ruleset.words["not-names"]
    assert not ruleset.words["not-names"] & {"lee", "khan", "crowe"}
