from __future__ import annotations

import pytest

from dlp_gateway.detect.patterns.phrase_book import PhraseBook, same_length_lower
from tests.support.cpu_time import grows_linearly

BOOK = PhraseBook(
    {"nhs": 1, "nhs number": 2, "account number": 3, "council tax account number": 4, "d.o.b": 5, "ffôn": 6, "p45": 7}
)


def found(text: str) -> list[tuple[str, int]]:
    return [(text[start:end], value) for start, end, value in BOOK.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the nhs number is", [("nhs number", 2)]),
        ("nhs, number", [("nhs", 1)]),  # a comma parts words
        ("nhs_number nhs-number nhs\n> number", [("nhs_number", 2), ("nhs-number", 2), ("nhs\n> number", 2)]),
        ("nhs numbers", [("nhs numbers", 2)]),
        ("council tax account number", [("council tax account number", 4)]),  # and no account number
        ("council tax, account number", [("account number", 3)]),
        ("dnhs nhsx", []),
        ("d.o.b. d o b", [("d.o.b", 5), ("d o b", 5)]),
        ("ffôn 01632", [("ffôn", 6)]),
        ("p45", [("p45", 7)]),
        ("", []),
    ],
)
def test_the_longest_phrase_at_a_word_is_found(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(text) == expected


def test_of_equal_words_the_first_phrase_counts() -> None:
    assert [v for *_, v in PhraseBook({"reg no": 1, "reg.no": 2}).find("reg no")] == [1]


def test_the_time_is_linear_in_the_text() -> None:
    assert grows_linearly(lambda text: list(BOOK.find(text)), "council tax account council nhs ")


def test_small_letters_keep_their_places() -> None:
    assert same_length_lower("İA") == "İa"
