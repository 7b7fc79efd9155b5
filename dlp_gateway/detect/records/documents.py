"""Registered documents: whether a message holds a substantial passage of one, copied, quoted, attached or typed again.

Winnowing (S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD
2003): of all runs of SHINGLE_WORDS words, the one with the least hash of each WINDOW of them is kept. Whatever two
texts have in common, from SHINGLE_WORDS + WINDOW - 1 words on, then shares a fingerprint, wherever it stands. A
fingerprint is stored as a keyed hash; words are compared without case, accents and punctuation, so that a text out of
a PDF, a quote with its line marks, and one typed again are the same.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...model import Area, DocumentMatch
from ..normalise import canonical
from .index_table import CouncilRecords, Document, IndexTable, KeyMaker
from .normal_forms import fold

if TYPE_CHECKING:  # it is made in workers alone, and so are the libraries that it needs
    from ..found import Reading

SHINGLE_WORDS, WINDOW = 5, 4
KIND = "shingle"
COMMON = "common"
"""The kind of documents that never count: letterheads, disclaimers, what stands in everything."""

LEAST_FINGERPRINTS = 7
"""In common, for a passage to be substantial: some 20 words, on the average 2.5 for each fingerprint. Of 60 words of
which six were changed 12 are left on the average, seldom fewer than 8; other texts share one or two, of set phrases."""
LEAST_OF_SHORT, SHARE_OF_SHORT = 4, 0.6
"""Of a document that has few: so many, and such a part of them."""
_WORDS_PER_FINGERPRINT = (WINDOW + 1) / 2  # the expected density of winnowing is 2 / (window + 1)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in canonical reading, folded."""
    return [fold(word) for word in _WORD.findall(text)]


def shingles(words: Sequence[str]) -> Iterator[str]:
    """The runs of words that stand for a text. A text shorter than a window has one."""
    runs = [" ".join(words[n : n + SHINGLE_WORDS]) for n in range(len(words) - SHINGLE_WORDS + 1)]
    # Only chooses which runs are kept, and is stored nowhere; so it needs no key.
    order = [zlib.crc32(run.encode()) for run in runs]
    last = -1
    for first in range(max(1, len(runs) - WINDOW + 1) if runs else 0):
        window = order[first : first + WINDOW]
        # The rightmost of equals, as the paper says: then the fewest are kept.
        least = first + len(window) - 1 - window[::-1].index(min(window))
        if least != last:
            last = least
            yield runs[least]


def document_keys(maker: KeyMaker, words: Sequence[str]) -> set[bytes]:
    """The fingerprints of a document as they are stored."""
    return {maker.key(KIND, (run,)) for run in shingles(words)}


class DocumentMatcher:
    """Looks for passages of the registered documents."""

    def __init__(self, records: CouncilRecords) -> None:
        self._table: IndexTable | None = records.documents
        self._maker = records.maker

    def match(self, readings: Sequence[Reading]) -> tuple[DocumentMatch, ...]:
        """The documents of which a part holds a substantial passage, in the order of the parts."""
        table, maker = self._table, self._maker
        if table is None or maker is None or not table.documents:
            return ()
        parts: dict[str, list[str]] = {}
        for reading in readings:
            if reading.passage.area not in (Area.HEADER, Area.FILE_NAME):
                text = canonical(reading.passage.text).text if reading.passage.table else reading.canonical.text
                parts.setdefault(reading.passage.part, []).extend(words_of(text))
        return tuple(
            _match(table.documents[number], part, count)
            for part, words in parts.items()
            for number, count in sorted(_counts(table, maker, words).items())
            if _is_substantial(table.documents[number], count)
        )


def _counts(table: IndexTable, maker: KeyMaker, words: Sequence[str]) -> dict[int, int]:
    """How many different fingerprints of each document stand in a text; those of common text are no document's."""
    counts: dict[int, int] = {}
    for key in document_keys(maker, words):
        numbers = table.find(key)
        if not any(table.documents[n].kind == COMMON for n in numbers):
            for number in numbers:
                counts[number] = counts.get(number, 0) + 1
    return counts


def _is_substantial(document: Document, count: int) -> bool:
    short = max(LEAST_OF_SHORT, SHARE_OF_SHORT * document.fingerprints)
    return count >= min(LEAST_FINGERPRINTS, short)


def _match(document: Document, part: str, count: int) -> DocumentMatch:
    return DocumentMatch(
        kind=document.kind,
        document=document.id,
        name=document.name,
        partner=document.partner,
        part=part,
        words=round(count * _WORDS_PER_FINGERPRINT),
    )
