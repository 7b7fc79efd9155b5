"""The invented sentences of `tests/accuracy/address-sentences.txt`: a floor for what is found of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp_gateway.detect.normalise import canonical
from dlp_gateway.detect.places.gazetteer import Gazetteer
from dlp_gateway.detect.places.street_address import AddressFinder
from tests.support import shipped_rules

SENTENCES = Path(__file__).parents[2] / "accuracy" / "address-sentences.txt"
Span = tuple[int, int]


def read() -> list[tuple[str, list[Span]]]:
    """Each sentence with the spans of the addresses in it."""
    sentences = []
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        text, spans = "", []
        for index, piece in enumerate(line.replace("\\n", "\n").replace("]]", "[[").split("[[")):
            if index % 2:
                spans.append((len(text), len(text) + len(piece)))
            text += piece
        sentences.append((text, spans))
    return sentences


@pytest.fixture(scope="module")
def results() -> list[tuple[list[Span], list[Span]]]:
    """The wanted and the found spans of each sentence."""
    ruleset = shipped_rules.ruleset()
    finder = AddressFinder(ruleset, Gazetteer(ruleset.words))
    pairs = []
    for text, wanted in read():
        reading = canonical(text)
        pairs.append(
            (wanted, [reading.span(m.start, m.end) for m in finder.find(reading.text) if m.entity == "UK_ADDRESS"])
        )
    return pairs


def test_there_are_as_many_sentences_without_an_address_as_with_one() -> None:
    sentences = read()
    assert sum(bool(spans) for _, spans in sentences) >= 150
    assert sum(not spans for _, spans in sentences) >= 150


def test_nearly_all_addresses_are_found_and_nearly_nothing_else(results: list[tuple[list[Span], list[Span]]]) -> None:
    wanted = sum(len(w) for w, _ in results)
    hit = sum(any(a < d and c < b for c, d in found) for want, found in results for a, b in want)
    false = sum(not any(a < d and c < b for a, b in want) for want, found in results for c, d in found)
    assert hit >= 0.98 * wanted
    assert false <= 3


def test_nearly_all_spans_are_exact(results: list[tuple[list[Span], list[Span]]]) -> None:
    wanted = [(span, found) for want, found in results for span in want]
    assert sum(span in found for span, found in wanted) >= 0.95 * len(wanted)
