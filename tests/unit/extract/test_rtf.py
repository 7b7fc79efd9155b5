from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import GapReason

_HEAD = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 K_FONT;}}{\*\generator K_PROGRAM;}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rb"NHS 943 {\b 476} 5919\par", "NHS 943 476 5919"),
        (rb"caf\'e9 \'a35", "café £5"),
        (rb"\u26085?\u26412? K_X", "日本 K_X"),
        (rb"\uc2 \u26085??K_X", "日K_X"),
        (rb"Ann\cell 943\cell\row Bob\cell", "Ann\t943\t\nBob"),
        (rb"{\pict\pngblip 0011ff}K_AFTER", "K_AFTER"),
        (rb"{\bin5 }}}}}K_AFTER}", "K_AFTER"),
        (rb"9\-43\~476", "943 476"),
    ],
)
def test_text_is_read(read: Callable, body: bytes, words: str) -> None:
    assert ("2", "", False) in read(_HEAD + body + b"}", "letter.rtf").where(words)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (rb"{\*\annotation K_X}", "comment"),
        (rb"{\v K_X}shown", "hidden text"),
        (rb"\v K_X\v0 shown", "hidden text"),
        (rb"{\deleted K_X}", "tracked deletion"),
    ],
)
def test_hidden_text_is_hidden(read: Callable, body: bytes, place: str) -> None:
    assert read(_HEAD + body + b"}", "letter.rtf").where("K_X") == [("2", place, True)]


def test_fonts_and_programs_are_no_text(read: Callable) -> None:
    reading = read(_HEAD + b"text}", "letter.doc", "application/msword")
    assert not reading.where("K_FONT")
    assert not reading.where("K_PROGRAM")
    assert reading.gaps == ()


def test_groups_nested_beyond_reason_are_a_gap(read: Callable) -> None:
    assert read(_HEAD + b"{" * 200_000, "letter.rtf").reasons == [GapReason.TOO_DEEP]
