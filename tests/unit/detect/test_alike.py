from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Detection

Detect = Callable[..., Detection]


def found(detection: Detection, body: str, entity: str) -> list[str]:
    return [body[f.start : f.end] for f in detection.findings if f.entity == entity]


@pytest.mark.parametrize(
    ("body", "entity", "values"),
    [
        (
            "PCN EM70402214 of Mrs Hart was paid. Two earlier ones (EM70391147 and EM70402218) were cancelled.",
            "UK_PCN",
            ["EM70402214", "EM70391147", "EM70402218"],
        ),
        ("Mrs Hart, case ref 5520119. The sister is on 5520120.", "UK_CASE_REF", ["5520119", "5520120"]),
    ],
)
def test_what_is_made_like_a_reference_that_is_named_is_one_too(
    detect: Detect, body: str, entity: str, values: list[str]
) -> None:
    assert found(detect(body), body, entity) == values


@pytest.mark.parametrize(
    "other",
    ["The budget is £5520333 or 5520333.50.", "Drawing A-5520120 is attached.", "The pump is 9920120.", "EM703911479"],
)
def test_other_numbers_are_not(detect: Detect, other: str) -> None:
    body = f"Mrs Hart, case ref 5520119, PCN EM70402214. {other}"
    assert found(detect(body), body, "UK_CASE_REF") == ["5520119"]
    assert found(detect(body), body, "UK_PCN") == ["EM70402214"]


def test_where_nobody_is_named_nothing_is_made_of_it(detect: Detect) -> None:
    body = "PCN EM70402214 is the test of the printer, EM70391147 and EM70402218 as well."
    assert found(detect(body), body, "UK_PCN") == ["EM70402214"]
