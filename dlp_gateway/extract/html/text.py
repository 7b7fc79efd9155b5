"""From pieces and marks to text: breaks joined, lines in their order, and readings of lines that hide something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .order import Order, spans

# Marks are lone surrogates: no text that came out of UTF-8 or out of a character reference can hold one.
LINE, ROW, PARAGRAPH, BLOCK, CELL = "\ud800", "\ud801", "\ud802", "\ud803", "\ud804"
BLANK = "\ud805"  # one that counts, where lines are kept as they are
REVERSED, REVERSED_END = "\ud806", "\ud807"

# Ends whatever is open at the end of the page, so that the parser hands it over: the value of an attribute in either
# quotes, a tag, a comment. In ordinary pages it is a comment.
TAIL = "<!--\x02\"'>-->"
TAIL_COMMENT = "\x02\"'>"
_TAIL_LEFT = re.compile("<!--\x02[\"'>]*(?:-->)?|\x02\"'>")

SHOWN, HIDDEN, UNSEEN, DOUBTFUL, OUTLOOK = range(5)
"""Levels of text: seen by all; not laid out at all; laid out, with its breaks, but too small or pale to be seen; seen
by some, depending on their screen; by those with one mail program."""

_SPACES = "\t\n\r\f\v\x1c\x1d\x1e\x1f"
_RUN = re.compile(f"[{LINE}-{CELL}][ {LINE}-{CELL}]*")
_LINE_BREAKS = (LINE, ROW, PARAGRAPH, BLOCK)
_UNSEEN = f" \t\n\r\f\v\xa0\u200b\u200c\xad\u034f{CELL}{BLANK}"
_BLANK_OR_BREAK = f"{_UNSEEN}{LINE}{ROW}{PARAGRAPH}{BLOCK}"
_LINE_BREAK = re.compile(f"[{LINE}-{BLOCK}]")
_TURN = re.compile(f"[{REVERSED}{REVERSED_END}]|[{LINE}-{CELL}]+")
_NO_BREAKS = re.compile(f"[^{LINE}-{CELL}]+")
_MARKS = re.compile("[\ud800-\ud807]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b]")
_KEPT = str.maketrans({"\n": LINE, "\r": LINE, "\t": BLANK, " ": BLANK})
_IN_A_ROW = str.maketrans({PARAGRAPH: " ", BLOCK: " ", CELL: " "})
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def keep_lines(text: str) -> str:
    """The text of an element in which line ends and blanks count."""
    return text.replace("\r\n", "\n").translate(_KEPT)


def tidy(text: str) -> str:
    """Each run of breaks as one: a TAB between cells, a line end between rows and blocks, an empty line between
    paragraphs. Breaks at the edge of a cell are none: office programs put a paragraph into every cell."""
    text = clean(text)
    if REVERSED in text or REVERSED_END in text:
        text = _line_by_line(text)
    for space in _SPACES:
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    text = _RUN.sub(_join, text).replace(" \n", "\n").replace(" \t", "\t")
    text = text.replace(BLANK, " ").strip("\n\t ")
    return _CONTROL.sub(" ", text) if _CONTROL.search(text) else text


def clean(text: str) -> str:
    """The text without what we put at the end of a page."""
    return _TAIL_LEFT.sub("", text) if "\x02" in text else text


def _join(run: re.Match[str]) -> str:
    marks = run[0]
    if CELL in marks:
        return "\n" if ROW in marks else "\t"
    if PARAGRAPH in marks or marks.count(LINE) > 1:
        return "\n\n"
    return "\n"


def _line_by_line(text: str) -> str:
    """Reversed runs between U+202E and U+202C, each within its line: a line end closes them (UAX #9, X8)."""
    pieces: list[str] = []
    depth = position = 0
    for turn in _TURN.finditer(text):
        pieces.append(text[position : turn.start()])
        position = turn.end()
        if turn[0] == REVERSED:
            pieces.append("\u202e" if depth == 0 else "")
            depth += 1
        elif turn[0] == REVERSED_END:
            pieces.append("\u202c" if depth == 1 else "")
            depth = max(depth - 1, 0)
        else:
            pieces.append(f"\u202c{turn[0]}\u202e" if depth > 0 else turn[0])
    pieces += (text[position:], "\u202c" if depth else "")
    return "".join(pieces)


Runs = Sequence[tuple[int, str]]
"""Text in order, in runs of one level."""


def level_runs(pieces: list[str], switches: Sequence[tuple[int, int]]) -> list[tuple[int, str]]:
    """The runs of `pieces`, whose level is SHOWN first and then changes at each (index, level) of `switches`."""
    runs: list[tuple[int, str]] = []
    joined: list[str] = []
    start, level, of = 0, SHOWN, SHOWN
    for index, following in (*switches, (len(pieces), SHOWN)):
        if index > start:
            some = pieces[start:index]
            if level == UNSEEN and not "".join(some).strip(_BLANK_OR_BREAK):
                level = SHOWN
            if level != of and joined:
                runs.append((of, "".join(joined)))
                joined = []
            joined += some
            of = level
        start, level = index, following
    return [*runs, (of, "".join(joined))]


def shown_text(runs: Runs) -> str:
    """What people see, some of it on some screens only."""
    pieces = []
    for level, text in runs:
        if level in (SHOWN, DOUBTFUL):
            pieces.append(text)
        elif level == UNSEEN:
            pieces.append(breaks_of(text))
    return tidy("".join(pieces))


def breaks_of(text: str) -> str:
    """The breaks in a text, without the text."""
    return _NO_BREAKS.sub("", text)


def hidden_text(runs: Runs) -> str:
    """What nobody sees, one line at least for each run: they do not stand side by side."""
    return tidy(LINE.join(text for level, text in runs if level in (HIDDEN, UNSEEN)))


def mixed_lines(runs: Runs) -> tuple[str, str]:
    """The lines in which shown text and other text stand side by side: with all of it, and without the doubtful.

    A page can hide what our reading of its styles takes for shown, and the other way round; a number that is
    parted by such text is whole in one of the two.
    """
    whole: list[str] = []
    certain: list[str] = []
    line: list[tuple[int, str]] = []

    def end_line() -> None:
        levels = {level for level, text in line if text.strip(_UNSEEN)}
        if len(levels) > 1 and not levels.isdisjoint((SHOWN, DOUBTFUL)):
            if not levels.isdisjoint((HIDDEN, UNSEEN, OUTLOOK)):
                whole.append("".join(text for _, text in line))
            if DOUBTFUL in levels and SHOWN in levels:
                certain.append("".join(text for level, text in line if level == SHOWN))
        line.clear()

    for level, text in runs:
        first = _LINE_BREAK.search(text)
        if first is None:
            line.append((level, text))
            continue
        line.append((level, text[: first.start()]))
        end_line()
        end = max(map(text.rfind, _LINE_BREAKS))
        line.append((level, text[end + 1 :]))
    end_line()
    return tidy(LINE.join(whole)), tidy(LINE.join(certain))


def laid_out(orders: Iterable[tuple[Order, bool]], pieces: Sequence[str]) -> str:
    """The text in the order in which it is seen, a line for each of `orders`. One that is made by the direction of
    writing (True) says nothing new where the letters themselves are written from right to left."""
    lines = []
    for order, by_direction in orders:
        text = "".join("".join(pieces[start:end]) for start, end in spans(order))
        if not (by_direction and _RIGHT_TO_LEFT.search(text)):
            lines.append(text.translate(_IN_A_ROW))
    return tidy(LINE.join(lines))
