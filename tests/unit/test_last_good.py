from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from dlp_gateway.decide import load_rulebook
from dlp_gateway.errors import ConfigError
from dlp_gateway.last_good import LastGood, last_good
from tests.support.policy_mail import shipped_texts

SHIPPED = shipped_texts()
BROKEN = "rules: [\n"


def started_by(newest: Mapping[str, str], versions: Mapping[str, Sequence[str]]) -> LastGood:
    return last_good({**SHIPPED, **newest}, lambda name: versions.get(name, [SHIPPED[name]]))


def test_good_rules_are_taken_as_they_are() -> None:
    found = started_by({}, {})
    assert found.texts == SHIPPED
    assert found.rulebook.version == load_rulebook(SHIPPED).version
    assert (found.files, found.faults) == (0, ())


def test_a_broken_version_is_passed_over_for_the_one_before_it_and_its_fault_is_told() -> None:
    found = started_by({"policy.yaml": BROKEN}, {"policy.yaml": [BROKEN, SHIPPED["policy.yaml"]]})
    assert found.texts == SHIPPED
    assert found.files == 1
    assert [fault.file for fault in found.faults] == ["policy.yaml"]


def test_several_broken_versions_in_two_files_are_passed_over() -> None:
    versions = {
        "policy.yaml": [BROKEN, "rules: 7\n", SHIPPED["policy.yaml"]],
        "partners.yaml": ["partners: [", SHIPPED["partners.yaml"]],
    }
    found = started_by({name: texts[0] for name, texts in versions.items()}, versions)
    assert found.texts == SHIPPED
    assert found.files == 2


def test_where_no_version_is_good_every_fault_is_raised() -> None:
    with pytest.raises(ConfigError) as caught:
        started_by({"policy.yaml": BROKEN}, {"policy.yaml": [BROKEN, "rules: 7\n"]})
    assert {fault.file for fault in caught.value.faults} == {"policy.yaml"}
    assert len(caught.value.faults) > 1
