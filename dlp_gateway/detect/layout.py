"""How a mail's text is laid out: what is quoted from earlier messages, where signatures stand, paragraphs."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

import re2

_QUOTE_STARTS = re2.compile(
    r"(?mi)^[ \t]*(?:-{2,}[ \t]*(?:original message|forwarded message|original appointment)[ \t]*-{2,}.*|"
    r"on [^\n]{5,120}\n?[^\n]{0,80}\bwrote:[ \t]*|begin forwarded message:.*|_{20,}[ \t]*\n[ \t]*from:[^\n]*|"
    r"\*{0,2}from:\*{0,2}[^\n]{3,200}\n(?:[^\n]{0,200}\n){0,2}?[ \t]*\*{0,2}(?:sent|date|to):[^\n]*)$"
)
# Without one of these no earlier message begins.
_QUOTE_WORDS = ("original message", "forwarded message", "original appointment", "wrote:", "from:")
_QUOTED_LINES = re2.compile(r"(?m)^[ \t]*>[^\n]*")
_SIGN_OFF = re2.compile(
    r"(?mi)^[ \t>]*(?:(?:(?:kind(?:est)?|best|warm(?:est)?|many|with)[ ]+){0,2}(?:regards|thanks|wishes)|cheers|"
    r"thanks|thank you|all the best|take care|speak soon|rgds|kr|br|thx|ta|with love|"
    r"yours(?: (?:sincerely|faithfully|truly|ever))?|sincerely|best)[ \t]*[,.!]*[ \t]*$|^--[ ]?$"
)
# A name at the end of what somebody wrote: alone below a blank line ("Lorraine, x2114"), or behind thanks.
_LAST_NAME = re.compile(
    r"\n(?:[ \t]*\n[ \t]*(?=\S)|[ \t]*(?:[Mm]any )?(?:[Tt]hanks|[Tt]hx|[Cc]heers|[Rr]egards|[Tt]a|[Ll]ove)[ \t,.!\-]+)"
    r"[^\W\d_a-z][^\W\d_A-Z][^\W\d_]{0,13}(?:,? ?(?:x ?\d{3,6}|[xX]{1,3}))?[.,]?\s*$"
)
_ADDRESS = re.compile(r"[\w.+'\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")
_SHOWN_NAME = re.compile(
    r"(?:from:\**|[,>]|\d)[ \t]*\"?(?P<name>[^\W\d_][^\n<>\[\]@\d]{1,60}?)\"?[ \t]*(?:<|\[|\()(?:mailto:)?$",
    re.IGNORECASE,
)
_HEAD = 600  # characters of a quote in which its header stands
_SIGNATURE_CHARACTERS = 900
_SIGNATURE_LINES = 20
_BETWEEN_SIGN_OFFS = 60
_PARAGRAPH = re.compile(r"\n[ \t>]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A block from a sign-off on. `own`: at the end of the author's own text, not in a quote."""

    start: int
    end: int
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An earlier message, and who wrote it as its header says: address in lower case and display name, "" for none."""

    start: int
    end: int
    address: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Spans are in order and do not overlap."""

    quoted: tuple[tuple[int, int], ...] = ()
    signatures: tuple[Signature, ...] = ()
    breaks: tuple[int, ...] = ()  # where paragraphs begin, after the first
    quotes: tuple[Quote, ...] = ()

    def is_quoted(self, position: int) -> bool:
        """Whether the position stands in quoted text."""
        index = bisect_right(self.quoted, (position, 1 << 60)) - 1
        return index >= 0 and position < self.quoted[index][1]

    def quote_at(self, position: int) -> Quote | None:
        """The earlier message in which the position stands."""
        index = bisect_right(self.quotes, position, key=lambda q: q.start) - 1
        return self.quotes[index] if index >= 0 and position < self.quotes[index].end else None

    def signature_at(self, position: int) -> Signature | None:
        """The signature in which the position stands."""
        index = bisect_right(self.signatures, position, key=lambda s: s.start) - 1
        return self.signatures[index] if index >= 0 and position < self.signatures[index].end else None

    def is_signature(self, position: int) -> bool:
        """Whether the position stands in a signature."""
        return self.signature_at(position) is not None

    def paragraph(self, position: int) -> int:
        """The number of the paragraph, from 0."""
        return bisect_right(self.breaks, position)


def lay_out(text: str, *, body: bool) -> Layout:
    """The layout of a text; only a message's own text (`body`) has quotes and signatures."""
    breaks = tuple(m.end() for m in _PARAGRAPH.finditer(text))
    if not body:
        return Layout(breaks=breaks)
    lower = text.lower()
    history = [m.start() for m in _QUOTE_STARTS.finditer(text)] if any(word in lower for word in _QUOTE_WORDS) else []
    end_of_own = history[0] if history else len(text)
    quoted = [m.span() for m in _QUOTED_LINES.finditer(text) if m.start() < end_of_own] if ">" in text else []
    if end_of_own < len(text):
        quoted.append((end_of_own, len(text)))
    starts = [*history, len(text)]
    quotes = tuple(_quote(text, start, end) for start, end in pairwise(starts))
    sign_offs = [m.span() for m in _SIGN_OFF.finditer(text)]
    signatures = []
    own = [s for s in sign_offs if s[0] < end_of_own]
    if own:
        # "Thanks" may stand above the real sign-off; further up it ends a paragraph, and what follows it counts.
        first = len(own) - 1
        while first and own[first][0] - own[first - 1][1] <= _BETWEEN_SIGN_OFFS:
            first -= 1
        signatures.append(_block(text, own[first], end_of_own, own=True))
    elif last := _LAST_NAME.search(text, max(0, end_of_own - 80), end_of_own):
        signatures.append(Signature(start=last.start(), end=end_of_own, own=True))
    for sign_off in sign_offs:
        if sign_off[0] >= end_of_own and (not signatures or sign_off[0] >= signatures[-1].end):
            signatures.append(_block(text, sign_off, starts[bisect_right(starts, sign_off[0])], own=False))
    return Layout(quoted=tuple(quoted), signatures=tuple(signatures), breaks=breaks, quotes=quotes)


def _quote(text: str, start: int, end: int) -> Quote:
    """The earlier message between two offsets; its writer is the first address of its header."""
    address = _ADDRESS.search(text, start, min(end, start + _HEAD))
    if address is None:
        return Quote(start=start, end=end)
    shown = _SHOWN_NAME.search(text, max(start, address.start() - 90), address.start())
    name = shown["name"].strip() if shown else ""
    return Quote(start=start, end=end, address=address.group().lower(), name=name)


def _block(text: str, sign_off: tuple[int, int], limit: int, *, own: bool) -> Signature:
    end = min(limit, sign_off[0] + _SIGNATURE_CHARACTERS)
    for count, match in enumerate(re.finditer("\n", text[sign_off[0] : end])):
        if count == _SIGNATURE_LINES:
            end = sign_off[0] + match.start()
            break
    return Signature(start=sign_off[0], end=end, own=own)
