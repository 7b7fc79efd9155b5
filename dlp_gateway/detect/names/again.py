"""Parts of a name that a text gives in full elsewhere: "Whitlock" alone, once "Priya Whitlock" has been named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from ..overlap import Spans
from .evidence import acts, starts_sentence
from .lists import NAME, ORDINARY, PLACE, TOWN, fold, never
from .match import NameKind, NameMatch
from .things import THINGS, after_article, at_a_place, in_address, is_thing
from .words import Word

_SURE = 0.65
_INITIALS = re.compile(r"(?:^|[\s(\"'])((?:[A-Z]\.[ ]?|[A-HJ-Z][ ]){1,3})$")


def words_of(text: str, matches: Sequence[NameMatch]) -> Iterator[str]:
    """The words, folded, of the full names and titled names among those found in a text."""
    for match in matches:
        words = text[match.start : match.end].replace(",", " ").split()
        if match.confidence >= _SURE and (len(words) > 1 or match.title):
            yield from (fold(w.removesuffix("'s")) for w in words if len(w) > 2 and w[0].isupper())


def again(
    text: str, capitals: Iterable[Word], matches: Sequence[NameMatch], names: AbstractSet[str]
) -> Iterator[NameMatch]:
    """The further places where one of the words `names` stands alone. `capitals` are the text's words with a capital,
    `matches` those found so far."""
    if not names:
        return
    taken = Spans()
    for match in matches:
        taken.add(match.start, match.end)
    for word in capitals:
        if (
            word.text.lower() in THINGS
            or fold(word.text) not in names
            or not taken.free(word.start, word.end)
            or never(word.flags)
        ):
            continue
        doubtful = word.flags & (ORDINARY | PLACE | TOWN)
        initials = _INITIALS.search(text, max(0, word.start - 10), word.start)
        start = initials.start(1) if initials else word.start
        plain = not doubtful or initials or acts(text, word.end)
        if not plain and (starts_sentence(text, word.start) or word.flags & PLACE):
            continue
        if word.flags & ORDINARY and not word.flags & NAME and not initials:
            continue
        if doubtful and (at_a_place(text, word.start) or after_article(text, word.start)):
            continue
        if not is_thing(text, word.start, word.end) and not in_address(text, word.start, word.end):
            yield NameMatch(kind=NameKind.AGAIN, start=start, end=word.end, confidence=0.6)
