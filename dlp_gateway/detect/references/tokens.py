"""What may be a reference: runs of letters and digits that are no date, time, amount, measure, file or page."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What stands around it is looked at afterwards: a search that fails at the end of a long run would begin anew in it.
_TOKEN = re.compile(r"(?<![^\W_])(?=[A-Za-z/\-]{0,12}\d)[A-Za-z0-9]+(?:[/.\-–#][A-Za-z0-9]+)*")
_NEVER_BEFORE, _NEVER_BEHIND = "@.£$€", "@"
_LONGEST = 40
_FEWEST_DIGITS = 4
_FEWEST_AMONG_LETTERS, _SHORTEST_AMONG_LETTERS = 2, 5
_OTHER = re.compile(
    r"\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})"  # 03/02/2026
    r"|\d{4}-\d\d-\d\d"
    r"|\d{1,2}[/\-]\d{1,2}"
    r"|(?:19|20)\d\d(?:[/\-–]\d\d(?:\d\d)?)?"  # 2026, 2025/26
    r"|\d{1,2}(?:st|nd|rd|th)"
    r"|\d{1,2}[.:]\d\d(?:am|pm|hrs)?(?:[\-–]\d{1,2}[.:]\d\d(?:am|pm|hrs)?)?"  # 9.30-10.15am
    r"|\d+(?:[.\-–]\d+)?(?:am|pm|hrs?|mins?|secs?|wks?|days?|yrs?|yo|k|m|mm|cm|km|kg|g|mg|ml|mb|gb|kb|x\d*|ppl|pcm|pw|pa)"
    r"|\d+\.\d\d"  # an amount
    r"|\d{1,3}[.,]\d{3}"
    r"|pp?\d+(?:[\-–]\d+)?",  # p80-96
    re.IGNORECASE,
)
_FILE_OR_HOST = re.compile(r"\.[A-Za-z]{2,}")
_PIECES = re.compile(r"[A-Z]+|[a-z]+|\d+|.", re.DOTALL)
_MOST_LETTERS = 5


def tokens(text: str) -> Iterator[tuple[int, int]]:
    """Where they stand in a text, in order."""
    for match in _TOKEN.finditer(text):
        token, (start, end) = match[0], match.span()
        digits = sum(map(str.isdigit, token))
        enough = digits >= _FEWEST_DIGITS or (
            digits >= _FEWEST_AMONG_LETTERS and len(token) >= _SHORTEST_AMONG_LETTERS and not token.isdigit()
        )
        alone = (start == 0 or text[start - 1] not in _NEVER_BEFORE) and not _goes_on(text[end : end + 1])
        if (
            enough
            and alone
            and len(token) <= _LONGEST
            and not _OTHER.fullmatch(token)
            and not _FILE_OR_HOST.search(token)
        ):
            yield start, end


def _goes_on(behind: str) -> bool:
    return behind == _NEVER_BEHIND or behind.isalnum()


def shape_of(token: str) -> str:
    """How it is made: "A2/94" for "CT/2231", "98" for eight digits."""
    return "".join(map(_shape, _PIECES.findall(token)))


def _shape(piece: str) -> str:
    if piece.isdigit():
        return f"9{len(piece)}"
    if piece.isalpha():
        return f"{'A' if piece.isupper() else 'a'}{min(len(piece), _MOST_LETTERS)}"
    return piece
