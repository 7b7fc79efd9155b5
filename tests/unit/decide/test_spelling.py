"""Which addresses are nearly the same."""

from __future__ import annotations

import pytest

from dlp_gateway.decide.spelling import is_full_name, label_spellings, local_spellings, names_somebody


def alike(one: str, other: str) -> bool:
    return not local_spellings(one).isdisjoint(local_spellings(other))


@pytest.mark.parametrize(
    "slip",
    ["jon.smith", "johnn.smith", "jahn.smith", "jhon.smith", "john.smiht", "johnsmith", "john.smit", "john-smith"],
)
def test_one_slip_of_the_fingers_is_alike(slip: str) -> None:
    assert alike("john.smith", slip)
    assert alike(slip, "john.smith")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("john.smith", "joan.smythe"),
        ("j.smith", "k.smith"),  # initials tell people apart
        ("smith.j", "smith.k"),
        ("a.j.smith", "a.k.smith"),
        ("ksmith", "jsmith"),
        ("ward4", "ward5"),
        ("ward14", "ward4"),
        ("okafor1961", "okafor1962"),
        ("info", "inf"),  # too short to tell
        ("ann", "anne"),
    ],
)
def test_what_tells_two_people_apart_is_no_slip(one: str, other: str) -> None:
    assert not alike(one, other)


def test_what_a_program_made_is_not_compared() -> None:
    assert local_spellings("x" * 41) == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("riverside-homes", "riversde-homes", True),
        ("riverside-homes", "riverside-home", True),
        ("gmail", "gmial", True),
        ("gmail", "gmal", True),
        ("aviva", "avira", True),
        ("nhbc", "nhbd", False),  # too short for a slip; only another ending is asked for
        ("nhbc", "nhbc", True),
        ("hospitals", "ospitals", True),
        ("bbc", "bbc", False),
        ("example", "exam-ple", True),
        ("northvale", "southvale", False),
    ],
)
def test_labels_are_alike_by_one_letter_from_five_letters_on(one: str, other: str, same: bool) -> None:
    assert (not label_spellings(one).isdisjoint(label_spellings(other))) == same


def test_who_has_a_name_of_their_own_is_told_from_what_every_organisation_has() -> None:
    assert [a for a in ("j.smith", "info", "office.north", "abc", "john.smith", "12345") if names_somebody(a)] == [
        "j.smith",
        "john.smith",
        "12345",
    ]
    assert [a for a in ("john.smith", "j.smith", "johnsmith", "hr.team", "jo_ann-hill77") if is_full_name(a)] == [
        "john.smith",
        "jo_ann-hill77",
    ]
