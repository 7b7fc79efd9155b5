from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Detection

Detect = Callable[..., Detection]
NHS = "943 476 5919"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (f"NHS number {NHS}", True),
        (f"{NHS} (NHS number)", True),
        (f"NHS numbers: 401 023 2137, {NHS} and 943 476 5919", True),
        (f"NHS supplies, order number {NHS}", False),  # the nearest label decides
        (f"Order 7 is for NHS number {NHS}", True),
        (f"duplicate {NHS}", False),  # no label inside a word
        (f"NHS number\n\nPage {NHS}", False),  # a label does not reach into the next paragraph
        (f"NHS number:\n{NHS}", True),
        ("NHS " + "x " * 60 + NHS, False),  # nor far
    ],
)
def test_a_number_is_what_the_nearest_label_says(text: str, counts: bool, detect: Detect) -> None:
    detection = detect(text, entities=frozenset({"UK_NHS"}))
    assert (text.rindex(NHS) in {finding.start for finding in detection.findings}) is counts
