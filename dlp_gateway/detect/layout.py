"""How a mail's text is laid out: what is quoted from earlier messages, where signatures stand, paragraphs."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

import re2

_QUOTE_STARTS = re2.compile(
    r"(?mi)^[ \t]*(?:-{2,}[ \t]*(?:original message|forwarded message|original appointment)[ \t]*-{2,}.*|"
    r"on [^\n]{5,120}\n?[^\n]{0,80}\bwrote:[ \t]*|begin forwarded message:.*|_{20,}[ \t]*\n[ \t]*from:[^\n]*|"
    r"\*{0,2}from:\*{0,2}[^\n]{3,200}\n(?:[^\n]{0,200}\n){0,2}?[ \t]*\*{0,2}(?:sent|date|to):[^\n]*)$"
)
_QUOTED_LINES = re2.compile(r"(?m)^[ \t]*>[^\n]*")
_SIGN_OFF = re2.compile(
    r"(?mi)^[ \t>]*(?:(?:(?:kind(?:est)?|best|warm(?:est)?|many|with)[ ]+){0,2}(?:regards|thanks|wishes)|cheers|"
    r"thanks|thank you|"
    r"yours (?:sincerely|faithfully|truly)|sincerely|best)[ \t]*[,.!]?[ \t]*$|^--[ ]?$"
)
_SIGNATURE_CHARACTERS = 900
_SIGNATURE_LINES = 20
_PARAGRAPH = re.compile(r"\n[ \t>]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A block from a sign-off on. `own`: at the end of the author's own text, not in a quote."""

    start: int
    end: int
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Spans are in order and do not overlap."""

    quoted: tuple[tuple[int, int], ...] = ()
    signatures: tuple[Signature, ...] = ()
    breaks: tuple[int, ...] = ()  # where paragraphs begin, after the first

    def is_quoted(self, position: int) -> bool:
        """Whether the position stands in quoted text."""
        index = bisect_right(self.quoted, (position, 1 << 60)) - 1
        return index >= 0 and position < self.quoted[index][1]

    def signature_at(self, position: int) -> Signature | None:
        """The signature in which the position stands."""
        index = bisect_right(self.signatures, position, key=lambda s: s.start) - 1
        return self.signatures[index] if index >= 0 and position < self.signatures[index].end else None

    def paragraph(self, position: int) -> int:
        """The number of the paragraph, from 0."""
        return bisect_right(self.breaks, position)


def lay_out(text: str, *, body: bool) -> Layout:
    """The layout of a text; only a message's own text (`body`) has quotes and signatures."""
    breaks = tuple(m.end() for m in _PARAGRAPH.finditer(text))
    if not body:
        return Layout(breaks=breaks)
    history = _QUOTE_STARTS.search(text)
    end_of_own = history.start() if history is not None else len(text)
    quoted = [m.span() for m in _QUOTED_LINES.finditer(text) if m.start() < end_of_own]
    if end_of_own < len(text):
        quoted.append((end_of_own, len(text)))
    starts = [m.start() for m in _QUOTE_STARTS.finditer(text)] + [len(text)]
    sign_offs = [m.span() for m in _SIGN_OFF.finditer(text)]
    signatures = []
    own = [s for s in sign_offs if s[0] < end_of_own]
    if own:
        # "Thanks" may end a paragraph above the real sign-off; the block begins at the first of those near the end.
        near = [s for s in own if end_of_own - s[0] <= _SIGNATURE_CHARACTERS] or own[-1:]
        signatures.append(_block(text, near[0], end_of_own, own=True))
    for sign_off in sign_offs:
        if sign_off[0] >= end_of_own and (not signatures or sign_off[0] >= signatures[-1].end):
            signatures.append(_block(text, sign_off, starts[bisect_right(starts, sign_off[0])], own=False))
    return Layout(quoted=tuple(quoted), signatures=tuple(signatures), breaks=breaks)


def _block(text: str, sign_off: tuple[int, int], limit: int, *, own: bool) -> Signature:
    end = min(limit, sign_off[0] + _SIGNATURE_CHARACTERS)
    for count, match in enumerate(re.finditer("\n", text[sign_off[0] : end])):
        if count == _SIGNATURE_LINES:
            end = sign_off[0] + match.start()
            break
    return Signature(start=sign_off[0], end=end, own=own)
