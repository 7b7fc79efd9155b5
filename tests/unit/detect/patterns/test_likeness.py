from __future__ import annotations

import pytest

from dlp_gateway.detect.patterns.likeness import with_likeness
from dlp_gateway.errors import ConfigError
from dlp_gateway.yaml_file import load_document

TEXTS = {
    "recognisers/rent.yaml": "entity: RENT\ncontext: [rent]\npatterns: [a]\nmatches: [a]\nno_match: [b]\nmask: '#'\n",
    "recognisers/rent-short.yaml": "like: rent\npatterns: [c]\nmask: '##'\n",
    "recognisers/rent-long.yaml": "like: rent-short\n",
    "recognisers/alone.yaml": "entity: ALONE\n",
    "recognisers/itself.yaml": "like: itself\n",
    "recognisers/misspelt.yaml": "mask: '#'\nlike: remt\n",
}


def taken_over(name: str) -> object:
    file = f"recognisers/{name}.yaml"
    return with_likeness(load_document(TEXTS[file], file), TEXTS).value


def test_what_a_file_does_not_say_is_as_in_the_other_but_for_patterns_and_examples() -> None:
    assert taken_over("rent-short") == {
        "like": "rent",
        "entity": "RENT",
        "context": ["rent"],
        "patterns": ["c"],
        "mask": "##",
    }


def test_a_file_without_likeness_stays_as_it_is() -> None:
    assert taken_over("alone") == {"entity": "ALONE"}


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        ("misspelt", (2, 1), "did you mean “rent”?"),
        ("itself", (1, 1), "there is no other file"),
        ("rent-long", (1, 1), "is itself like another; name the first one"),
    ],
)
def test_a_likeness_that_leads_nowhere_is_a_fault_with_its_place(name: str, place: tuple[int, int], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        taken_over(name)
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == place
    assert words in fault.text
