"""What stands beside people in lists is said of them, in however few words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Detection

Detect = Callable[..., Detection]
SENSITIVE = frozenset({"SPECIAL_CATEGORY", "CRIMINAL_OFFENCE", "SAFEGUARDING"})
PEOPLE = ("Mrs Edna Bickley  03/09/1941", "Mr Gurmeet Bains  21/01/1949", "Mrs Joan Casterton  30/06/1944")
NOTES = ("lymphoedema", "epilepsy", "going blind, has a guide dog")


def said(detection: Detection, text: str) -> list[str]:
    found = [f for f in detection.findings if f.entity in SENSITIVE]
    return [text[f.start : f.end] for f in found]


def listed(notes: tuple[str, ...], *, people: tuple[str, ...] = PEOPLE) -> str:
    return "".join(f"{person}  {note}\n" for person, note in zip(people, notes, strict=False))


def test_a_word_behind_a_person_and_a_date_of_theirs_is_said_of_them(detect: Detect) -> None:
    text = listed(NOTES)
    for note in NOTES:
        assert any(words in note or note in words for words in said(detect(text), text)), note


@pytest.mark.parametrize(
    "notes", [("dog", "ring first", "key with neighbour"), ("approved", "refused", "to call back")]
)
def test_notes_that_say_nothing_sensitive_are_nothing(notes: tuple[str, ...], detect: Detect) -> None:
    text = listed(notes)
    assert said(detect(text), text) == []


def test_the_finding_stands_where_the_words_stand(detect: Detect) -> None:
    text = "To ring today:\n\n" + listed(NOTES)
    assert "lymphoedema" in said(detect(text), text)


def test_nothing_is_read_where_it_is_not_asked_for(detect: Detect) -> None:
    text = listed(NOTES)
    assert said(detect(text, entities=frozenset({"PERSON", "DATE_OF_BIRTH"})), text) == []
