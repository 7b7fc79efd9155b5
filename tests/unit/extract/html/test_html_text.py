from __future__ import annotations

import pytest

from dlp_gateway.extract.html.text import (
    BLOCK,
    CELL,
    DOUBTFUL,
    HIDDEN,
    LINE,
    OUTLOOK,
    PARAGRAPH,
    REVERSED,
    REVERSED_END,
    ROW,
    SHOWN,
    UNSEEN,
    hidden_text,
    keep_lines,
    level_runs,
    mixed_lines,
    shown_text,
    tidy,
)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        (f"{PARAGRAPH}a  b\n\t c{PARAGRAPH}d", "a b c\n\nd"),
        (f"a{BLOCK}{BLOCK} {BLOCK}b", "a\nb"),
        (f"a{LINE}{LINE}b", "a\n\nb"),
        (f"{ROW}{CELL}a{CELL}{PARAGRAPH}b{PARAGRAPH}{ROW}{CELL}c", "a\tb\nc"),
        (f"a {CELL} {CELL}b", "a\tb"),
        ("a\x02b\x1cc\x00", "a b c "),
        (f"x{REVERSED}a{REVERSED}b{REVERSED_END}{BLOCK}c{REVERSED_END}y", "x\u202eab\u202c\n\u202ec\u202cy"),
        (f"x{REVERSED}a", "x\u202ea\u202c"),
        (f"a{REVERSED_END}b", "ab"),
        (keep_lines("  a\r\n\tb  c\n"), "a\n b  c"),
    ],
)
def test_runs_of_breaks_become_one(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


def test_no_mark_is_left_in_a_text() -> None:
    """They are lone surrogates, which nothing can encode."""
    marks = LINE + ROW + PARAGRAPH + BLOCK + CELL + REVERSED + REVERSED_END
    tidy("".join(f"{one}{other}x" for one in marks for other in marks)).encode()


def test_runs_that_nothing_parts_are_one() -> None:
    runs = level_runs(["a", "b", "c", "d"], [(1, HIDDEN), (2, SHOWN), (2, HIDDEN), (3, SHOWN)])
    assert runs == [(SHOWN, "a"), (HIDDEN, "bc"), (SHOWN, "d")]


def test_hidden_runs_do_not_stand_side_by_side() -> None:
    assert hidden_text([(HIDDEN, "a"), (SHOWN, "b"), (HIDDEN, "c")]) == "a\nc"


def test_what_is_laid_out_parts_what_is_around_it() -> None:
    """Newsletters put their columns into boxes of no size, so that blanks between them take no room."""
    pieces = [CELL, "a", CELL, "tiny", CELL, "b"]
    runs = level_runs(pieces, [(2, UNSEEN), (4, SHOWN)])
    assert shown_text(runs) == "a\tb"
    assert hidden_text(runs) == "tiny"
    assert shown_text(level_runs(pieces, [(2, HIDDEN), (5, SHOWN)])) == "ab"


@pytest.mark.parametrize(
    ("runs", "whole", "certain"),
    [
        ([(SHOWN, "a"), (HIDDEN, "b"), (SHOWN, "c")], "abc", ""),
        ([(SHOWN, f"x{LINE}a"), (OUTLOOK, "b"), (SHOWN, f"c{BLOCK}y")], "abc", ""),
        ([(SHOWN, "a"), (DOUBTFUL, "b"), (SHOWN, "c")], "", "ac"),
        ([(SHOWN, "a"), (DOUBTFUL, "b"), (HIDDEN, "c")], "abc", "a"),
        ([(SHOWN, f"a{LINE}"), (HIDDEN, "b"), (SHOWN, f"{LINE}c")], "", ""),
        ([(SHOWN, "a"), (HIDDEN, f" \u200b{CELL}"), (SHOWN, "c")], "", ""),
        ([(HIDDEN, "a"), (OUTLOOK, "b")], "", ""),
        ([(SHOWN, "a"), (HIDDEN, f"b{LINE}c{LINE}d"), (SHOWN, "e")], "ab\nde", ""),
    ],
)
def test_lines_that_mix_levels_are_read_again(runs: list[tuple[int, str]], whole: str, certain: str) -> None:
    assert mixed_lines(runs) == (whole, certain)
