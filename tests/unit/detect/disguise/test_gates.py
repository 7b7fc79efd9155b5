"""A gate keeps out what a reader would find nothing in, and nothing else."""

from __future__ import annotations

import pytest

from bench.accuracy.variants import variants
from dlp_gateway.detect.disguise.disguises import _DISGUISES, Disguise
from dlp_gateway.detect.gate import Gate
from dlp_gateway.detect.normalise import canonical

GATED = [disguise for disguise in _DISGUISES if disguise.gate]
TEXTS = sorted({canonical(variant.text).text for variant in variants("development", 1)})


@pytest.mark.parametrize("disguise", GATED, ids=lambda disguise: disguise.stretches.__name__)
def test_whatever_a_reader_finds_its_gate_lets_through(disguise: Disguise) -> None:
    gate = Gate({"it": disguise.gate})
    read = [text for text in TEXTS if next(disguise.stretches(text), None) is not None]
    assert read
    assert [text for text in read if not gate.occurring(text)] == []


def test_a_gate_tells_which_of_its_patterns_occur() -> None:
    gate = Gate({"digits": "[0-9]{3}", "dot": r"\bdot\b", "accent": "\xe9"})
    assert gate.occurring("123 dotted") == {"digits"}
    assert gate.occurring("caf\xe9 (dot) \u4e00") == {"dot", "accent"}
    assert gate.occurring("") == frozenset()
