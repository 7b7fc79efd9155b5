from __future__ import annotations

import base64
import codecs
from collections.abc import Callable, Iterator

import pytest

from dlp_gateway.detect.disguise import encoded
from dlp_gateway.detect.disguise.stretch import Stretch
from tests.support.cpu_time import within

VALUE = "9434765919"
Reading = Callable[[str], Iterator[Stretch]]


def said(reading: Reading, text: str) -> list[str]:
    return [stretch.text.strip() for stretch in reading(text)]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (base64.b64encode(VALUE.encode()).decode(), VALUE),
        (base64.urlsafe_b64encode(b"NHS:" + VALUE.encode()).decode().rstrip("="), f"NHS:{VALUE}"),
        (base64.b32encode(VALUE.encode()).decode(), VALUE),
        (VALUE.encode().hex(), VALUE),
        ("0x" + VALUE.encode().hex(), VALUE),
        (VALUE.encode().hex(" "), VALUE),
        (VALUE.encode().hex(":"), VALUE),
        (" ".join(str(ord(c)) for c in VALUE), VALUE),
        (" ".join(f"{ord(c):08b}" for c in VALUE), VALUE),
        ("".join(f"\\{ord(c):03o}" for c in VALUE), VALUE),
        ("".join(f"%{ord(c):02X}" for c in VALUE), VALUE),
        ("".join(f"%25{ord(c):02X}" for c in VALUE), VALUE),
        ("".join(f"&#{ord(c)};" for c in VALUE), VALUE),
        (base64.b64encode(base64.b64encode(VALUE.encode())).decode(), VALUE),
        (base64.b64encode(VALUE.encode().hex().encode()).decode(), VALUE),
        (base64.b64encode(b"jane.smith@mail.example").decode(), "jane.smith@mail.example"),
        (base64.b64encode(b"LS1 3AD").decode(), "LS1 3AD"),
        ("https://x.example/?ref=943%20476%205919&x=1", "943 476 5919"),
        (f"https://x.example/?ref={base64.b64encode(VALUE.encode()).decode().rstrip('=')}&x=1", VALUE),
    ],
)
def test_a_code_is_undone_where_it_stands(code: str, value: str) -> None:
    assert said(encoded.decoded, f"Her number is {code} as agreed.") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "Administration and Neighbourhoods, conversations, responsibilities",
        "https://www.council.example/planning/applications/2026_0417_FUL?tab=documents",
        "commit 4f2a9c1e7b3d5a60c8e1f0a2b4c6d8e0f1a3b5c7",
        "Message-ID: <CAF0pX3kQ-9bTz1@mail.council.example>",
        "between 40 50 60 70 80 90 of them",
        "100% of 20% of 5%",
        "Court rotas, 7737396762, kept for three years",  # in hexadecimal a postcode
    ],
)
def test_what_only_looks_like_a_code_says_nothing(text: str) -> None:
    assert said(encoded.decoded, text) == []


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("it is nine four three four seven six five nine one nine, she said", "9434765919"),
        ("Nine-Four-Three-Four-Seven-Six-Five-Nine-One-Nine", "9434765919"),
        ("nine, four, three, double four, six, oh", "9434460"),
        ("AB one two three four five six C", "AB123456C"),
        ("postcode L S one, three, A, D", "LS13AD"),
    ],
)
def test_digits_in_words_are_digits(text: str, digits: str) -> None:
    assert said(encoded.spelled_out, text) == [digits]


def test_words_of_counting_are_no_number() -> None:
    assert said(encoded.spelled_out, "one or two of the three, four at most; I am on a bus") == []


def test_numbers_and_addresses_are_read_backwards() -> None:
    assert any(VALUE in run for run in said(encoded.backwards, "is 9195674349 today"))
    assert said(encoded.backwards, "is elpmaxe.liam@htims.enaj today") == ["jane.smith@mail.example"]


def test_words_with_digits_are_rotated_back() -> None:
    assert said(encoded.rotated, f"is: {codecs.encode('AB 12 34 56 C', 'rot13')}, today") == ["AB 12 34 56 C"]


def test_postcodes_and_marks_in_small_letters_are_read_in_capitals() -> None:
    assert said(encoded.in_capitals, "at ls1 3ad in hg22 mtw, LS1 3AD") == ["LS1 3AD", "HG22 MTW"]


def test_letters_beside_digits_are_digits() -> None:
    assert any(VALUE in run for run in said(encoded.letters_for_digits, "is 94347659l9 as"))
    assert said(encoded.letters_for_digits, "on 12 July, in Block 4, or so") == []


@pytest.mark.parametrize(
    "text", ["jane.smith (at) mail (dot) example", "jane.smith[at]mail.example", "jane.smith at mail dot example"]
)
def test_signs_in_words_make_an_address(text: str) -> None:
    assert said(encoded.addresses_in_words, f"write to {text} today")[0].endswith("jane.smith@mail.example")


@pytest.mark.parametrize("reading", [encoded.decoded, encoded.spelled_out, encoded.backwards, encoded.rotated,
                                     encoded.letters_for_digits, encoded.addresses_in_words])  # fmt: skip
@pytest.mark.parametrize(
    "text", ["a1 ", "one two ", "%41", "12 ", "x@y ", "40 ", "A" * 30 + "1 ", "a at b dot ", "l1l1", "Zm9v"]
)
def test_a_quarter_of_a_megabyte_of_anything_takes_seconds(reading: Reading, text: str) -> None:
    within(5, lambda: list(reading(text * (250_000 // len(text)))))
