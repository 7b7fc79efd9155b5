from __future__ import annotations

import pytest

from dlp_gateway.detect.patterns.labels import LabelBook
from dlp_gateway.detect.patterns.recogniser_file import RecogniserFile
from tests.support.cpu_time import grows_linearly


def rule(entity: str, **more: object) -> RecogniserFile:
    fields = {
        "entity": entity,
        "category": "reference",
        "patterns": [r"\b\d{6}\b"],
        "confidence": {"plain": 0.1, "with_context": 0.9},
        "mask": "#",
        "matches": ["x"],
    }
    return RecogniserFile.model_validate(fields | more)


BOOK = LabelBook(
    {
        "a": rule("A_REF", labels=["a ref", "alpha"], context=["tenant"]),
        "b": rule("B_REF", context=["b ref", "tenant b"], not_context=["bus"], headers=["b column"]),
        "c": rule("C_REF", labels=["tenant number"], not_after=["miles"]),
    },
    others=["order"],
    names=["edith"],
)


def test_each_phrase_says_what_the_files_say_of_it() -> None:
    text = "order alpha, b ref, bus, miles, edith, mrs"
    roles = {text[h.start : h.end]: h.role for h in BOOK.index(text).hits}
    assert roles["order"].other
    assert (roles["alpha"].labels, roles["alpha"].entities) == ({"a"}, {"A_REF"})
    assert (roles["b ref"].labels, roles["b ref"].entities) == ({"b"}, set())  # a context is no rival of labels
    assert roles["bus"].against == {"b"}
    assert roles["miles"].after == {"c"}
    assert roles["edith"].person
    assert roles["mrs"].person


def test_a_longer_phrase_has_the_context_of_the_shorter_one_in_it() -> None:
    (hit,) = BOOK.index("tenant number 5").hits
    assert hit.role.labels == {"c"}
    assert hit.role.inherited == {"a"}


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        ("a ref 123456", "123456"),
        ("a ref is: ab 12 34 56 c", "ab 12 34 56 c"),
        ("a ref no. 12/34-5, next", "12/34-5"),
        ("a refs: 123456, 234567 and 345678.", "123456, 234567 and 345678"),
        ("a ref\n123456\n234567\nnext", "123456\n234567"),
        ("a ref for edith 123456", ""),
        ("a ref 2026/27, 123456", ""),  # a year is no value
    ],
)
def test_a_label_reaches_over_the_values_that_stand_right_behind_it(text: str, reach: str) -> None:
    hit = next(h for h in BOOK.index(text).hits if "a" in h.role.labels)
    assert text[hit.end : hit.reach].endswith(reach)
    assert (hit.reach > hit.end) is bool(reach)


@pytest.mark.parametrize(("text", "names"), [("alpha team", False), ("alpha", True), ("alpha steam", True)])
def test_a_label_before_a_word_for_an_office_names_nothing(text: str, names: bool) -> None:
    assert BOOK.index(text).hits[0].names is names


def test_a_header_is_read_by_labels_and_headers() -> None:
    assert [r.labels for r in BOOK.of_header("b column")] == [{"b"}]
    assert [r.labels for r in BOOK.of_header("tenant")] == []


@pytest.mark.parametrize("piece", ["a ref 1, ", "a ref\n\n\n\n", "a ref 1\n\n\n> ", "a ref ((((((", "alpha 1 1 1 1 "])
def test_the_time_is_linear_in_the_text(piece: str) -> None:
    assert grows_linearly(lambda text: LabelBook.index(BOOK, text), piece)
