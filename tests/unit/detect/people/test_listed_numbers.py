"""Lists of people tell what the numbers in their lines are, whatever the text speaks of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Area, Detection, Passage

Detect = Callable[..., Detection]
PEOPLE = ("Mrs Leanne Whitworth", "Mr Abdi Farah", "Ms Gemma Pullen")
VALID_ULNS = ("7009047994", "2572180234", "9427739583")
NEITHER = ("20448317", "20451190", "20439928")


def numbers(detection: Detection) -> list[str]:
    """The entities of what was found but names and what the text names besides."""
    names = {"PERSON", "LOCATION", "ORGANIZATION", "NRP"}
    return [finding.entity for finding in detection.findings if finding.entity not in names]


def listed(values: tuple[str, ...], *, heading: str = "") -> str:
    return heading + "".join(f"{name} - {value}\n" for name, value in zip(PEOPLE, values, strict=False))


def test_numbers_made_alike_beside_three_people_are_theirs(detect: Detect) -> None:
    assert numbers(detect(listed(NEITHER))) == ["UK_CASE_REF"] * 3


def test_two_people_are_no_list(detect: Detect) -> None:
    """Two numbers of one length in a text are chance."""
    assert numbers(detect(listed(NEITHER[:2]))) == []


def test_numbers_of_different_makes_are_no_list(detect: Detect) -> None:
    assert numbers(detect(listed(("20448317", "204511901", "2043992")))) == []


def test_a_check_that_all_numbers_pass_tells_what_they_are(detect: Detect) -> None:
    assert numbers(detect(listed(VALID_ULNS))) == ["UK_ULN"] * 3
    assert numbers(detect(listed(VALID_ULNS[:2]))) == ["UK_ULN"] * 2


def test_a_check_that_one_of_many_passes_tells_nothing(detect: Detect) -> None:
    """One in eleven numbers passes the check of a ULN."""
    assert "UK_ULN" not in numbers(detect(listed((VALID_ULNS[0], "2572180235", "9427739584"))))


@pytest.mark.parametrize(
    ("heading", "entity"),
    [
        ("Rent accounts of these three:\n\n", "UK_RENT_REF"),
        ("Council tax refs as you asked\n", "UK_COUNCIL_TAX_REF"),
        ("", "UK_CASE_REF"),
    ],
)
def test_the_heading_decides(heading: str, entity: str, detect: Detect) -> None:
    assert numbers(detect(listed(NEITHER, heading=heading))) == [entity] * 3


@pytest.mark.parametrize("heading", ["Orders to collect:\n", "Asset tags handed out today\n\n", "Job numbers\n"])
def test_a_heading_that_names_numbers_of_no_person_says_so(heading: str, detect: Detect) -> None:
    assert numbers(detect(listed(NEITHER, heading=heading))) == []


def test_a_subject_tells_the_topic_of_the_text(detect: Detect) -> None:
    text = listed(("31905561", "31552207", "31770024"))
    assert numbers(detect(text, subject="Council tax credits")) == ["UK_COUNCIL_TAX_REF"] * 3


def test_the_team_that_writes_tells_the_topic(detect: Detect) -> None:
    team = Passage(part="HEADER", place="header From", text="Council Tax Team <ctax@council.example>", area=Area.HEADER)
    found = numbers(detect(listed(("31905561", "31552207", "31770024")), extra=(team,)))
    assert found.count("UK_COUNCIL_TAX_REF") == 3


def test_a_line_without_a_known_name_goes_on_with_the_list(detect: Detect) -> None:
    text = listed(NEITHER) + "the lad in the corner flat - 20450076\n"
    assert numbers(detect(text)) == ["UK_CASE_REF"] * 4


def test_dates_beside_people_are_no_references(detect: Detect) -> None:
    assert "UK_CASE_REF" not in numbers(detect(listed(("12031971", "14061984", "30091990"))))


def test_the_list_of_codes_ends_where_the_numbers_get_longer(detect: Detect) -> None:
    text = "Mr Penhale, key safe 4471\nMs Farr, 5520077\nMs Begum, 5519342\nMr Tozer, 5502218\n"
    assert numbers(detect(text)) == ["CREDENTIAL", *["UK_CASE_REF"] * 3]


def test_only_what_is_asked_for_is_found(detect: Detect) -> None:
    found = detect(listed(NEITHER), entities=frozenset({"PERSON", "UK_NHS"}))
    assert {finding.entity for finding in found.findings} == {"PERSON"}


def rows(form: str, values: tuple[str, ...] = NEITHER) -> str:
    return "".join(form.format(name=name, value=value) for name, value in zip(PEOPLE, values, strict=True))


@pytest.mark.parametrize(
    "form",
    [
        "{value} / {name} / rang twice\n",
        "{name}\n{value}\nrang twice\n\n",
        "* {name} ({value}): done\n",
        "{value}   {name}\n",
    ],
)
def test_a_number_is_that_of_the_person_beside_or_above_it(form: str, detect: Detect) -> None:
    assert numbers(detect(rows(form))) == ["UK_CASE_REF"] * 3


def test_people_may_stand_behind_one_another(detect: Detect) -> None:
    assert numbers(detect(f"The rent accounts are {rows('{value} ({name}), ')} thanks")) == ["UK_RENT_REF"] * 3


@pytest.mark.parametrize(
    ("topic", "values", "entity"),
    [
        ("Committals for Thursday", ("73004481", "73009120", "73011834"), "UK_COUNCIL_TAX_REF"),
        ("NOSPs to serve", ("1104471", "1104502", "1108830"), "UK_RENT_REF"),
        ("DHPs to pay", ("5120093", "5120418", "5122270"), "UK_HOUSING_BENEFIT_REF"),
        ("NtOs and formal representations", ("XN12345678", "XN1234569A", "XN12349981"), "UK_PCN"),
        ("County court list", ("K02YJ345", "K02YJ399", "K09YJ115"), "UK_COURT_CASE"),
        ("Hate incidents", ("42/10447/26", "42/10499/26", "42/11447/26"), "UK_CRIME_REF"),
        ("NRPF", ("B1740228", "D2049316", "H1993847"), "UK_HOME_OFFICE_REF"),
        ("QTS checks", ("1044718", "1045027", "1188304"), "UK_PROFESSIONAL_REG"),
        ("LLPG changes", ("100071234567", "100071234599", "100071299567"), "UK_UPRN"),
        ("OT waiting list", ("10447", "10502", "11830"), "UK_CASE_REF"),
    ],
)
def test_the_topic_tells_the_kind(topic: str, values: tuple[str, ...], entity: str, detect: Detect) -> None:
    assert numbers(detect(listed(values), subject=topic)) == [entity] * 3


def test_the_first_row_tells_the_kind_of_the_others(detect: Detect) -> None:
    text = "Mrs Whitworth, HB ref 5120093, done\nMr Farah, 5120418, done\nMs Pullen, 5122270, done\n"
    assert numbers(detect(text)) == ["UK_HOUSING_BENEFIT_REF"] * 3


def test_one_unlike_kind_in_a_later_row_does_not(detect: Detect) -> None:
    text = "ASB cases\n\n1. 26/01187 Mr Farah\n2. 26/01202 Ms Pullen\n3. 26/01219 Mrs Whitworth, crime ref 26/01333\n"
    assert numbers(detect(text))[:3] == ["UK_CASE_REF"] * 3


def test_the_header_of_a_column_says_that_its_numbers_are_no_peoples(detect: Detect) -> None:
    table = "Name\tOrder number\tNHS number\n" + rows("{name}\t{value}\t\n")
    assert "UK_CASE_REF" not in numbers(detect(table))


def test_capitals_that_begin_a_number_are_no_surname(detect: Detect) -> None:
    values = ("SG/6609", "SG/6438", "SG/9904")
    assert numbers(detect(rows("* {name} {value}: done\n", values))) == ["UK_CASE_REF"] * 3


def test_dates_without_strokes_are_no_references(detect: Detect) -> None:
    assert "UK_CASE_REF" not in numbers(detect(listed(("19840611", "20120130", "19770425"))))
