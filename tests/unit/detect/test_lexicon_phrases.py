from __future__ import annotations

from contextlib import suppress

import pytest

from dlp_gateway.detect.sensitive.phrase_index import PhraseIndex
from dlp_gateway.detect.sensitive.phrases import Groups, read_phrase


def holds(phrase: str, text: str, **groups: list[str]) -> bool:
    return any(PhraseIndex([(read_phrase(phrase, groups), None)]).find(text.encode("latin-1")))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("diagnosed with", "Diagnosed\nwith"),
        ("diagnosed with", "diagnosed   with gout"),
        ("religion muslim", "Religion: Muslim"),
        ("self-harm*", "selfharming"),
        ("self-harm*", "self harm"),
        ("parkinson's", "parkinsons"),
        ("parkinson's", "Parkinson's disease"),
        ("tablets?", "one tablet"),
        ("tablets?", "two tablets"),
        ("MS", "has MS now"),
        ("DoLS", "under DoLS"),
        ("s.47", "an s.47 enquiry"),
        ("A&E", "taken to A&E"),
        ("(mum|step dad) drinks", "step dad drinks"),
        ("in (very|quite)? poor health", "in poor health"),
        ("in (very|quite)? poor health", "in very poor health"),
        ("(the)? refuge", "a refuge"),
        ("{is} pregnant", "she's pregnant"),
        ("{is} pregnant", "was recently pregnant"),
        ("{has} gout", "has always had gout"),
        ("hits {him}", "hits her."),
        ("hits {him}", "hits her with a belt"),
        ("hits {him}", "hits my mum"),
        ("{his} gout", "Anna's gout"),
        ("has {any} gout", "has very bad gout"),
        ("has {any} gout", "has gout"),
    ],
)
def test_a_phrase_holds(phrase: str, text: str) -> None:
    assert holds(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("diagnosed with", "diagnosed, with"),
        ("gout", "gouty"),
        ("gout", "nougout"),
        ("MS", "Ms Low"),
        ("PIP", "a pip squeak"),
        ("DoLS", "dols"),
        ("hits {him}", "hits her village"),
        ("{is} pregnant", "she pregnant"),
        ("has {any} gout", "has a very long and bad gout"),
        ("{his} gout", "the gout"),
    ],
)
def test_a_phrase_does_not_hold(phrase: str, text: str) -> None:
    assert not holds(phrase, text)


def test_groups_of_a_file_may_hold_groups() -> None:
    groups = {"drug": ["heroin", "{class_a}"], "class_a": ["crack cocaine"]}
    assert holds("uses {drug}", "uses crack cocaine", **groups)
    assert not holds("uses {drug}", "uses tea", **groups)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("a (b", "bracket is not closed"),
        ("a b)", "without its bracket"),
        ("suspect(ed)", "stands apart"),
        ("uses {drug}", "no group is called “drug”"),
        ("(a)?", "nothing in it must be there"),
        ("{any} gout", "can't stand first"),
        ("g*ut", "a star stands at the end"),
        ("{he} {has}", "no word of it must be there"),
        ("a ? b", "has no meaning here"),
    ],
)
def test_a_fault_in_a_phrase_is_told(phrase: str, words: str) -> None:
    with pytest.raises(ValueError, match="phrase") as caught:
        read_phrase(phrase, {})
    assert words in str(caught.value)


def test_a_group_that_holds_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="holds itself"):
        read_phrase("uses {drug}", {"drug": ["{drug} tea"]})


@pytest.mark.parametrize("read_before", [(), ("{a}", "{b}", "{d}", "{e}")])
def test_groups_stand_in_each_other_four_deep_whatever_was_read_before(read_before: tuple[str, ...]) -> None:
    groups = Groups({"a": ["ant"], "b": ["{a} bee"], "c": ["{b} cat"], "d": ["{c} dog"], "e": ["{d} eel"]})
    for phrase in read_before:
        with suppress(ValueError):
            read_phrase(phrase, groups)
    assert read_phrase("{d}", groups).anchors == read_phrase("ant bee cat dog", {}).anchors
    with pytest.raises(ValueError, match="too deep"):
        read_phrase("{e}", groups)


def test_the_anchor_is_the_rarest_word_or_pair_of_words_that_must_be_there() -> None:
    assert read_phrase("is in the (refuge|safe house)", {}).anchors[0] == {"refuge", "safe house"}
    assert read_phrase("their (care|support) plans?", {}).anchors[0] == {
        "care plan",
        "care plans",
        "support plan",
        "support plans",
    }
    assert read_phrase("was schizophreni*", {}).anchors[0] == {"schizophreni*"}


def test_phrases_are_found_in_every_place_of_a_long_text() -> None:
    index = PhraseIndex([(read_phrase("has gout", {}), "gout"), (read_phrase("arthrit*", {}), "joints")])
    text = ("x" * 300 + " he has gout and arthritis " + "gout " * 20) * 50
    found = sorted(index.find(text.encode()))
    assert len(found) == 100
    assert {(text[start:end], meaning) for start, end, meaning in found} == {
        ("has gout", "gout"),
        ("arthritis", "joints"),
    }


@pytest.mark.parametrize(
    "phrase",
    [
        "care plan",
        "(home|day) care plans?",
        "(very)? safe care plan",
        "EHC (care)? plan",
        "{is} in care plan",
        "own-care plan",
    ],
)
@pytest.mark.parametrize("between", [" ", "  ", "\n> ", " - ", ":\r\n"])
def test_a_pair_of_words_is_found_whatever_parts_them(phrase: str, between: str) -> None:
    words = {
        "care plan": "care plan",
        "(home|day) care plans?": "day care plan",
        "(very)? safe care plan": "safe Care plan",
    }
    words |= {"EHC (care)? plan": "EHC plan", "{is} in care plan": "is in care plan", "own-care plan": "own-care plan"}
    text = words[phrase].replace(" ", between).encode()
    index = PhraseIndex([(read_phrase(phrase, {}), None)])
    assert list(index.find(b"(" + text + b") plan care")) == [(1, 1 + len(text), None)]


def test_words_apart_from_each_other_are_no_pair() -> None:
    index = PhraseIndex([(read_phrase("care plan", {}), None)])
    assert list(index.find(b"care of the plan, plan care, careplan, healthcare plan, care planning")) == []


def test_of_equal_findings_that_of_the_first_phrase_comes_first() -> None:
    index = PhraseIndex(
        [(read_phrase("zebra house", {}), "first"), (read_phrase("(aardvark|zebra) house", {}), "second")]
    )
    assert [meaning for *_, meaning in index.find(b"a zebra house")] == ["first", "second"]


def test_an_anchor_in_another_word_is_none() -> None:
    index = PhraseIndex([(read_phrase("gout", {}), None)])
    assert list(index.find(b"nougout gouty gout")) == [(14, 18, None)]
