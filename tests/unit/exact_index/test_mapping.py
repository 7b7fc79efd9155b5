"""A mapping that could tell nobody from others is refused, with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp_gateway.detect.records.normal_forms import FIELDS
from dlp_gateway.errors import ConfigError
from dlp_gateway.exact_index.mapping import FieldName, load_mapping, mapping_of


def told(columns: list[str], keys: list[str]) -> str:
    with pytest.raises(ConfigError) as caught:
        mapping_of(columns, keys)
    return "\n".join(str(fault) for fault in caught.value.faults)


def test_words_of_a_command_line_say_the_same_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(
        "columns: {name: who, date_of_birth: born, reference: [nhs, case]}\nkeys: [[name, date_of_birth], reference]\n"
    )
    words = mapping_of(
        ["name=who,date_of_birth=born", "reference=nhs", "reference=case"], ["name+date_of_birth", "reference"]
    )
    assert load_mapping(path) == words
    assert words.wanted_keys == (("name", "date_of_birth"), ("reference",))


def test_the_fields_are_those_of_normal_forms() -> None:
    assert FieldName.__args__ == FIELDS  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", ["date_of_birth", "forename", "surname", "contact"])
def test_a_field_that_many_share_is_no_key_alone(key: str) -> None:
    assert "alone tells nobody from others" in told([f"{key}=a", "reference=b"], [key])


@pytest.mark.parametrize(
    ("columns", "keys", "text"),
    [
        (["name=a"], ["name+postcode"], "needs a column for postcode"),
        (["forename=a", "date_of_birth=b"], ["name+date_of_birth"], "needs a column for name"),
        (["name=a"], [], "none can be made of these columns"),
        (["name=a"], ["forename+surname"], "is a name only"),
        (["name=a"], ["name+name"], "names a field twice"),
        (["nome=a"], [], "unknown field “nome”; did you mean “name”?"),
        (["name=a"], ["name+dob"], "unknown field “dob”"),
        (["name"], [], "is no pair"),
    ],
)
def test_what_is_wrong_is_told(columns: list[str], keys: list[str], text: str) -> None:
    assert text in told(columns, keys)


def test_a_file_is_checked_with_places(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text("columns: {reference: a}\nkeyz: []\ndate_format: soon\n")
    with pytest.raises(ConfigError) as caught:
        load_mapping(path)
    assert [fault.line for fault in caught.value.faults] == [2, 3]
    assert "did you mean “keys”" in caught.value.faults[0].text
    with pytest.raises(ConfigError):
        load_mapping(tmp_path / "none.yaml")


def test_names_come_whole_or_in_halves() -> None:
    assert mapping_of(["forename=a", "surname=b", "postcode=c"], []).wanted_keys == (("name", "postcode"),)
    assert mapping_of(["name=a", "postcode=c"], ["surname+postcode"]).wanted_keys == (("surname", "postcode"),)
    assert mapping_of(["contact=a", "name=c"], []).wanted_keys == (("contact", "name"),)
