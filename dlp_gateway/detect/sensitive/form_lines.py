"""Lines of forms whose label alone says what any value is: "Religion: Sikh", "Pregnant: yes, 22 weeks".

The labels are the lexicons' `headers`, which head columns of tables, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import re2

from ..patterns.pattern import compile_octets
from ..ruleset import TermFile

_REACH = 700  # a person named so near is the one whose form it is
# What stands there says nothing of a person: a blank, a question, a "none", or how much a policy affects a group.
_NOTHING = re.compile(
    r"(?:no\b|none\b|nil\b|n/?a\b|not\b|unknown|tb[ac]\b|to be |to follow|prefer |pnts|please|see\b|as above|declined|"
    r"refused|[\W_]*\Z|.{0,40}\b(?:impact|neutral|negative|positive (?:for|effect)|protected characteristics?|policy|"
    r"training|team|service|strategy|all staff|people|residents|customers|per cent)\b|\d+(?:[.,]\d+)?%?\s*\Z)",
    re.IGNORECASE,
)
_NEXT_LABEL = re.compile(r"[;,.|]?\s{1,3}[A-Z][A-Za-z/ ]{2,24}:\s")


class FormLines:
    """Finds such lines in running text."""

    def __init__(self, lexicons: Mapping[str, TermFile]) -> None:
        self._lexicons = {header.lower(): name for name, file in lexicons.items() for header in file.headers}
        labels = "|".join(sorted(map(re2.escape, self._lexicons), key=len, reverse=True))
        before, between = r"(?m)(?:^[ \t>*\-]{0,8}|[;,|.] {0,2}|\t|  )", r"\??[ \t]{0,3}(?:[:=]|\.{2,60}:?)[ \t]{0,4}"
        form = rf"{before}({labels}){between}([^\n\t]{{2,120}})"
        self._pattern = compile_octets(form, case_sensitive=False) if labels else None

    def find(self, octets: bytes, persons: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
        """Start, end and lexicon of each value that says something, where a person is named near."""
        if self._pattern is None or not persons:
            return
        for match in self._pattern.finditer(octets):
            start, end = match.span(2)
            value = octets[start:end].decode("latin-1")
            following = _NEXT_LABEL.search(value)
            if following is not None:
                end = start + following.start()
                value = value[: following.start()]
            near = any(first < end + _REACH and last > start - _REACH for first, last in persons)
            if near and value.strip() and _NOTHING.match(value) is None:
                yield start, end, self._lexicons[match[1].decode("latin-1").lower()]
