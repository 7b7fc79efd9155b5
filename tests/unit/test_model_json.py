"""What the store keeps and a worker answers comes back as it was."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dlp_gateway.model import Envelope, Finding, Gap, GapReason, GapScope, Inspection, Question, Verdict
from dlp_gateway.model_json import decode, encode

TEXT = st.text(max_size=20)
FINITE = st.floats(0, 1)
# What is stored is an instant. Offsets of less than a minute (before 1930 or so) have no form in ISO 8601.
WHEN = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(timedelta(minutes=-210))]))
FINDINGS = st.lists(st.builds(Finding, confidence=FINITE), max_size=3).map(tuple)
INSPECTIONS = st.builds(
    Inspection,
    question=st.builds(Question, received_at=st.none() | WHEN),
    findings=FINDINGS,
    seconds=FINITE,
)
VERDICTS = st.lists(st.builds(Verdict, hold_until=st.none() | WHEN), max_size=3).map(tuple)


@given(inspection=INSPECTIONS)
def test_an_inspection_comes_back_as_it_was(inspection: Inspection) -> None:
    assert decode(Inspection, encode(inspection)) == inspection


@given(verdicts=VERDICTS)
def test_verdicts_come_back_as_they_were(verdicts: tuple[Verdict, ...]) -> None:
    kind: Any = tuple[Verdict, ...]
    assert decode(kind, encode(verdicts, kind)) == verdicts


@given(envelope=st.from_type(Envelope))
def test_an_envelope_comes_back_as_it_was(envelope: Envelope) -> None:
    assert decode(Envelope, encode(envelope)) == envelope


@given(octets=st.binary(max_size=200))
def test_what_is_not_such_a_value_is_refused_and_nothing_else_happens(octets: bytes) -> None:
    with pytest.raises(ValueError):
        decode(Inspection, octets)


@pytest.mark.parametrize(
    "text",
    [
        '{"part": "1", "reason": "encrypted", "scope": "attachment"}',
        '{"part": "1", "reason": "boring", "scope": "attachment", "detail": ""}',
        '{"part": ["1"], "reason": "encrypted", "scope": "attachment", "detail": ""}',
        "[]",
        "null",
    ],
)
def test_a_value_with_a_field_missing_or_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        decode(Gap, text)


def test_what_is_written_is_plain_json_with_our_words() -> None:
    gap = Gap(part="2", reason=GapReason.TIMED_OUT, scope=GapScope.MESSAGE, detail="é")
    assert encode(gap).decode() == '{"part":"2","reason":"timed_out","scope":"message","detail":"é"}'


def test_text_that_is_no_text_is_refused_instead_of_changed() -> None:
    with pytest.raises(ValueError):
        encode(Envelope(reverse_path="\udc80@council.example", recipients=()))


def test_a_record_of_before_an_addition_is_read_with_its_default() -> None:
    finding = '{"entity":"PERSON","category":"name","recogniser":"r","part":"1","place":"","start":0,"end":1,'
    finding += '"confidence":0.5,"fingerprint":"f","masked":"","area":"body"}'
    old = f'{{"question":{{}},"findings":[{finding}],"individuals":[{{"fingerprint":"f","findings":[0]}}]}}'
    inspection = decode(Inspection, old)
    assert inspection.findings[0].indexes == inspection.individuals[0].known_to == inspection.documents == ()
    assert inspection.question.indexes == frozenset(), "what was not asked then stays not asked"
    assert decode(Inspection, encode(inspection)) == inspection
