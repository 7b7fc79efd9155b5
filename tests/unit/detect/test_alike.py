from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from dlp_gateway.detect.alike import alike_values
from dlp_gateway.detect.found import Found, Reading
from dlp_gateway.detect.layout import lay_out
from dlp_gateway.detect.normalise import canonical
from dlp_gateway.detect.people.lines import NamedPeople
from dlp_gateway.model import Area, Category, Detection, Passage

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


def test_a_text_full_of_references_is_looked_through_once() -> None:
    """Not once for each way in which they are made, which took minutes for a few megabytes."""
    text = "Mrs Hart. " + " ".join(f"A{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}/{n:05}" for n in range(20_000))
    reading = Reading(
        index=0,
        passage=Passage(part="1", place="", text=text, area=Area.BODY),
        canonical=canonical(text),
        layout=lay_out(text, body=True),
    )
    found = [reference(reading, match.start(), match.end()) for match in re.finditer(r"A[A-Z]{2}/\d{5}", text)][::3]
    people = NamedPeople(readings={0: reading}, spans={0: [(0, 8)]})
    started = time.process_time()
    assert len(list(alike_values(people, found))) == 20_000 - len(found)
    assert time.process_time() - started < 3


def reference(reading: Reading, start: int, end: int) -> Found:
    return Found(
        reading=reading,
        entity="UK_CASE_REF",
        category=Category.REFERENCE,
        recogniser="uk-case-ref",
        at=start,
        until=end,
        start=start,
        end=end,
        place="",
        value=reading.canonical.text[start:end],
        confidence=0.8,
        mask="#",
    )
