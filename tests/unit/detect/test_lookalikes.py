from __future__ import annotations

import unicodedata

import pytest

from dlp_gateway.detect.lookalikes import LOOK_ALIKES, look_of, undisguise
from dlp_gateway.detect.normalise import canonical


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("diаgnоsed", "diagnosed"),  # Cyrillic a and o
        ("AВ12З456C", "AB123456C"),
        ("АВ 12 34 56 С", "AB 12 34 56 C"),  # all letters Cyrillic, and nothing else in the text is
        ("ΑΒ 12 34 56 C", "AB 12 34 56 C"),
        ("ɴʜѕ", "nhs"),
        ("94З 476 5919", "943 476 5919"),
        ("2О26", "2026"),
        ("Ꭺnn", "Ann"),
    ],
)
def test_a_disguised_word_reads_as_it_looks(text: str, plain: str) -> None:
    assert undisguise(text) == plain


@pytest.mark.parametrize("text", ["Москва и Минск", "Άννα Παπαδοπούλου, Αθήνα", "Zoë Müller, Siân, Łukasz", "Երևան"])
def test_names_and_words_of_other_scripts_stay(text: str) -> None:
    assert undisguise(text) == text


def test_a_disguise_beside_genuine_words_is_still_one_in_a_mixed_word() -> None:
    assert undisguise("Привет, АB123456С") == "Привет, AB123456C"


def test_every_look_alike_is_one_letter_for_one() -> None:
    """Offsets rest on it."""
    for character in LOOK_ALIKES:
        assert len(look_of(character)) == 1
        assert look_of(character).isascii()
        assert unicodedata.category(character).startswith("L")
        assert canonical(f"a{character}").text == f"a{look_of(character)}"
