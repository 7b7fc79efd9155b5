"""Two spellings of one thing have one form; two things have two."""

from __future__ import annotations

import pytest

from dlp_gateway.detect.records.normal_forms import (
    email_form,
    fold,
    known_by,
    name_words,
    parted,
    phone_form,
    postcode_form,
    recorded_forms,
    reference_form,
    spoken_forms,
)

SHORT = known_by(["elizabeth liz beth", "alexander alex", "alexandra alex"])


def spoken(name: str, *, alone: bool = False) -> set[str]:
    words = [word for word, _, _ in name_words(name)]
    return {form for form, by_itself, _, _ in spoken_forms(words, SHORT) if by_itself or not alone}


@pytest.mark.parametrize(
    ("forename", "surname", "text"),
    [
        ("Elizabeth", "Smith", "Elizabeth Smith"),
        ("Elizabeth", "Smith", "SMITH, ELIZABETH"),
        ("Elizabeth", "Smith", "Mrs elizabeth smith"),
        ("Elizabeth", "Smith", "Liz Smith"),
        ("Liz", "Smith", "Elizabeth Smith"),
        ("Elizabeth Anne", "Smith", "Elizabeth Smith"),
        ("Elizabeth", "Smith", "Elizabeth Anne Smith"),
        ("Siân", "O'Neill", "Sian O’Neill"),
        ("Siân", "O'Neill", "Sian ONeill"),
        ("Łukasz", "Wójcik", "Lukasz Wojcik"),
        ("Ann", "Hill-Jones", "Ann Hill Jones"),
        ("Ann", "Hill Jones", "Hill-Jones, Ann"),
        ("Ann", "Hill Jones", "Ann HillJones"),
        ("Ludwig", "van der Berg", "Ludwig van der Berg"),
        ("Fiona", "MacDonald", "Fiona McDonald"),
        ("Fiona", "Mc Donald", "Fiona McDonald"),
        ("Jürgen", "Groß", "Jurgen Gross"),
    ],
)
def test_a_recorded_name_is_known_in_other_spellings(forename: str, surname: str, text: str) -> None:
    alone, _ = recorded_forms(forename, surname)
    assert set(alone) & spoken(text, alone=True)


@pytest.mark.parametrize(
    ("forename", "surname", "text"),
    [
        ("Elizabeth", "Smith", "E. Smith"),
        ("Elizabeth", "Smith", "Smith E"),
        ("E", "Smith", "Elizabeth Smith"),
        ("E.", "Smith", "E Smith"),
        ("Ann", "Hill-Jones", "Ann Jones"),
        ("Ann", "Hill-Jones", "Ann Hill"),
    ],
)
def test_an_initial_or_half_a_name_is_enough_beside_something_else_only(forename: str, surname: str, text: str) -> None:
    alone, combined = recorded_forms(forename, surname)
    assert not set(alone) & spoken(text, alone=True)
    assert set(combined) & spoken(text)


@pytest.mark.parametrize(
    ("forename", "surname", "text"),
    [
        ("Elizabeth", "Smith", "Ellen Smith"),
        ("Elizabeth", "Smith", "Elizabeth Smithson"),
        ("Elizabeth", "Smith", "F. Smith"),
        ("Elizabeth", "Smith", "Elizabeth"),
        ("Alexander", "Smith", "Alexandra Smith"),
        ("Liz", "Smith", "Beth Smith"),
    ],
)
def test_another_name_is_another(forename: str, surname: str, text: str) -> None:
    _, combined = recorded_forms(forename, surname)
    assert not set(combined) & spoken(text)


def test_half_a_record_has_no_form() -> None:
    assert recorded_forms("Ann", "") == recorded_forms("", "Smith") == recorded_forms("Ann", "X") == ((), ())


@pytest.mark.parametrize(
    ("name", "halves"),
    [
        ("Ann Smith", ("Ann", "Smith")),
        ("Smith, Ann Mary", (" Ann Mary", "Smith")),
        ("Mrs Ann Mary Smith", ("Ann Mary", "Smith")),
        ("Ludwig van der Berg", ("Ludwig", "van der Berg")),
        ("Ann Hill-Jones", ("Ann", "Hill-Jones")),
        ("Smith", ("", "Smith")),
    ],
)
def test_a_whole_name_is_parted_where_the_surname_begins(name: str, halves: tuple[str, str]) -> None:
    assert parted(name) == halves


def test_words_keep_their_places() -> None:
    assert name_words("Mr J. O’Neill-Smith") == [("j", 3, 4), ("oneill", 6, 13), ("smith", 14, 19)]


@pytest.mark.parametrize(("text", "form"), [("Łódź", "lodz"), ("STRAßE", "strasse"), ("O’Dea", "odea"), ("İ", "i")])
def test_letters_are_folded(text: str, form: str) -> None:
    assert fold(text) == form


@pytest.mark.parametrize("text", ["LS1 4AP", "ls14ap", " Ls1  4aP "])
def test_a_postcode_has_one_form(text: str) -> None:
    assert postcode_form(text) == "LS14AP"


@pytest.mark.parametrize("text", ["LS1", "LS1 4A", "12345", "LS1 4APX"])
def test_what_is_no_whole_postcode_has_none(text: str) -> None:
    assert postcode_form(text) is None


@pytest.mark.parametrize("text", ["07700 900461", "+44 7700 900461", "0044 (0)7700 900 461"])
def test_a_telephone_number_has_one_form(text: str) -> None:
    assert phone_form(text) == "07700900461"


def test_short_numbers_are_nobodys_line() -> None:
    assert phone_form("900461") is None


def test_an_address_has_one_form() -> None:
    assert email_form(" <Ann.Smith@Home.Example> ") == "ann.smith@home.example"
    assert email_form("ann") is email_form("@x.example") is email_form("a b@x.example") is email_form("a@b") is None


@pytest.mark.parametrize("text", ["SW/2231907", "sw 2231907", "SW-223-1907"])
def test_a_reference_has_one_form(text: str) -> None:
    assert reference_form(text) == "SW2231907"


@pytest.mark.parametrize("text", ["12345", "ABCDEFG", "A12-3", "1" * 25])
def test_a_reference_too_short_or_without_digits_tells_nobody(text: str) -> None:
    assert reference_form(text) is None
