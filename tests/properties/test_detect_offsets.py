from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dlp_gateway.detect.detector import Detector
from dlp_gateway.detect.disguise.views import views_of
from dlp_gateway.detect.normalise import canonical
from dlp_gateway.model import Area, Controls, Passage, Question
from tests.support import shipped_rules

PIECES = [
    "NHS no. ",
    "943",
    "476",
    "5919",
    " ",
    "\u00a0",
    "\u200b",
    "-",
    "\u2011",
    "JG103759A",
    "\uff11",
    "\u0663",
    "\ufb01",
    "e\u0301",
    "\n",
    "Mr ",
    "Whitlock",
    "Dear ",
    ",",
    "@",
    "a.b@c.example",
    "İ",
    "\U0001f600",
    "\t",
    "she has dementia. ",
    "J G 1 0 3 7 5 9 A",
    "\u202e",
    "\u202c",
    "\u202b",
    "A 95 73 01 GJ",
    "\u0336",
    "А",  # Cyrillic
    "\U000e0041",
    "\x02",
    "|",
    "9 4 3 4 7 6 5 9 1 9",
]


def detector() -> Detector:
    return shipped_rules.inspector(names=False)._detector


@given(st.text())
def test_spans_of_the_canonical_reading_are_spans_of_the_text(text: str) -> None:
    reading = canonical(text)
    previous = 0
    for position in range(len(reading.text)):
        start, end = reading.span(position, position + 1)
        assert previous <= start < end <= len(text)
        previous = start


@given(st.text(), st.data())
def test_each_offset_of_the_text_is_read_at_one_place(text: str, data: st.DataObject) -> None:
    reading = canonical(text)
    if reading.text:
        positions = [reading.position(offset) for offset in range(len(text))]
        assert positions == sorted(positions)
        position = data.draw(st.integers(0, len(reading.text) - 1))
        assert reading.span(reading.position(reading.origin(position)), position + 1)[1] <= len(text)


@given(st.text(st.sampled_from("A1 .\n\u202e\u202c\u202b\u202dé\u0301А|\U000e0041\U0001f3f4\tab"), max_size=60))
def test_every_stretch_of_a_view_stands_in_the_passage(text: str) -> None:
    passage = Passage(part="1", place="page 1 (read from a picture)", text=text, area=Area.BODY)
    for view in views_of(passage, canonical(text)):
        for position in range(len(view.text)):
            start, end = view.span(position, position + 1)
            assert 0 <= start < end <= len(text)


@given(st.text())
def test_reading_twice_changes_nothing(text: str) -> None:
    once = canonical(text).text
    assert canonical(once).text == canonical(canonical(once).text).text


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.booleans())
def test_findings_stand_inside_the_text_and_can_be_read_again(text: str, table: bool) -> None:
    passage = Passage(part="1", place="", text=text, area=Area.BODY, table=table)
    detection = detector().detect((passage,), Controls(), Question(), {})
    for finding in detection.findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert canonical(text[finding.start : finding.end]).text.strip()
    for individual in detection.individuals:
        assert all(0 <= index < len(detection.findings) for index in individual.findings)
