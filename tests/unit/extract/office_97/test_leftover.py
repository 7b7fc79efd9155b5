"""What counts as text among octets of no known structure: people's words, not octets that happen to be letters."""

from __future__ import annotations

import random

import pytest

from dlp_gateway.extract.office_97.leftover import left_over, reads_like_text
from tests.support.cpu_time import within


@pytest.mark.parametrize(
    "text",
    [
        "The tenant of Oak Lodge",
        "Mrs O'Brien",
        "McDonald",
        "QQ123456C",
        "943 476 5919",
        "jo.smith@a.example",
        "https://a.example/?case=1",
        "SAFEGUARDING",
        "Müller",
        "Обычный текст",
        "MR J SMITH",
        "12 High Street",
    ],
)
def test_what_people_write_reads_like_text(text: str) -> None:
    assert reads_like_text(text)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "xXyYzZ", "IJIJIJIJIJ", "çèçèççèçè", "1333333333", "aaaaaaaa", "qwrtplkj", "{}[]<>!!", "__substg1.0_0"],
)  # fmt: skip
def test_what_programs_write_does_not(text: str) -> None:
    assert not reads_like_text(text)


@pytest.mark.parametrize("codec", ["utf-16-le", "cp1252"])
@pytest.mark.parametrize("before", [b"\x00", b"\x01\x02", b"\xff\xfe\xfd"])
def test_text_is_found_at_any_offset_in_either_width(codec: str, before: bytes) -> None:
    octets = before + "The tenant of Oak Lodge".encode(codec) + b"\x00\x00\x01"
    assert "The tenant of Oak Lodge" in left_over([octets], set())


def test_lines_that_are_known_are_not_told_again() -> None:
    known = {"The tenant of Oak Lodge"}
    octets = b"\0The tenant of Oak Lodge\0The owner of Oak Lodge\0The owner of Oak Lodge\0"
    assert left_over([octets], known) == "The owner of Oak Lodge"


def test_random_octets_hold_next_to_nothing_that_reads_like_text() -> None:
    """Every false word may become a false finding: less than one line in 100,000 octets."""
    octets = random.Random(7).randbytes(1_000_000)
    assert len(left_over([octets], set()).splitlines()) < 10


@pytest.mark.parametrize("unit", [b"a@", b"a.", b"Aa", b"1 ", b"mailto:", b"\xe9", b"a\0@\0"])
def test_the_time_is_linear(unit: bytes) -> None:
    within(5, lambda: left_over([unit * (2_000_000 // len(unit))], set()))
