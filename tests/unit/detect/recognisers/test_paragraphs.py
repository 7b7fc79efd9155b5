from __future__ import annotations

import pytest

from dlp_gateway.detect.detector import Detector
from dlp_gateway.detect.recognisers.names import NameEngine
from dlp_gateway.detect.recognisers.paragraphs import (
    MOST_CHARACTERS,
    PIECE_CHARACTERS,
    is_machine_text,
    may_name,
    paragraphs,
)

STORY = "We then met Xanthe Featherstonehaugh at the depot, and she agreed to everything that was asked.\n\n"


@pytest.fixture
def engine(with_model: Detector) -> NameEngine:
    engine = with_model._engine.name_engine
    engine.forget()
    return engine


@pytest.mark.parametrize(
    "text", ["", "a", "a\n\nb", "a\n \n> \nb\n\n", "x" * 9001, "word " * 3000, "line of text\n" * 900]
)
def test_paragraphs_are_the_whole_text_in_small_pieces(text: str) -> None:
    found = list(paragraphs(text))
    assert "".join(text[p.start : p.end] for p in found) == text
    assert all(p.end - p.start <= PIECE_CHARACTERS for p in found)


def test_a_paragraph_that_stands_twice_is_read_once_and_named_twice(engine: NameEngine) -> None:
    before = engine.runs
    found = engine.process_text(STORY + "Something else was said of the depot on Monday.\n\n" + STORY, "en").entities
    people = [(e.start_char, e.end_char) for e in found if e.label_ == "PERSON"]
    second = len(STORY) + len("Something else was said of the depot on Monday.\n\n")
    assert people == [(12, 36), (second + 12, second + 36)]
    assert engine.runs - before == 1


def test_a_paragraph_of_another_message_is_read_again(engine: NameEngine) -> None:
    engine.process_text(STORY, "en")
    engine.forget()
    before = engine.runs
    engine.process_text(STORY, "en")
    assert engine.runs - before == 1


def test_only_what_may_name_somebody_is_read(engine: NameEngine) -> None:
    before = engine.runs
    engine.process_text("the ten thousandth line says nothing either, as was said.", "en")
    assert engine.runs == before
    engine.process_text(STORY, "en")
    assert engine.runs == before + 1


def test_there_is_an_end_to_what_is_read(engine: NameEngine) -> None:
    engine._characters = MOST_CHARACTERS + 1
    before = engine.runs
    assert not engine.process_text(STORY, "en").entities
    assert engine.runs == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We met Priya.", True),
        ("said so. Then he left", False),
        ("Xanthe Featherstonehaugh", True),
        ("all in small letters", False),
        ("Only the first word has a capital.", False),
    ],
)
def test_what_may_name_somebody(text: str, expected: bool) -> None:
    assert may_name(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AbCdEf123+/" * 40, True),
        ("2026-05-03 10:00:00.123 [14] 0x00ff 200 0.003\n" * 20, True),
        ("It was said that the meeting of the third of May would not be held. " * 8, False),
        ("943 476 5919", False),
    ],
)
def test_what_is_no_language(text: str, expected: bool) -> None:
    assert is_machine_text(text) is expected


def test_many_short_passages_count_for_more_than_their_length(engine: NameEngine) -> None:
    for n in range(200):
        engine.process_text(f"we met Priya {n}", "en")
    assert engine._characters > 200 * 10 * len("we met Priya 100")
