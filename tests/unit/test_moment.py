"""A time that was read keeps its instant and its offset, in a zone that outlives whoever read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter

from dlp_gateway.decide.policy import Example
from dlp_gateway.model import Marking, MarkingKind, Question
from dlp_gateway.model_json import decode, encode
from dlp_gateway.moment import Moment


@pytest.mark.parametrize("text", ["2026-07-01T09:00:00Z", "2026-07-01T10:00:00+01:00", "9999-12-31T23:59:59-03:30"])
def test_instant_and_offset_stay_and_the_zone_is_the_standard_librarys(text: str) -> None:
    read = TypeAdapter[datetime](Moment).validate_python(text)
    assert read == datetime.fromisoformat(text)
    assert read.isoformat() == datetime.fromisoformat(text).isoformat()
    assert type(read.tzinfo) is timezone


def test_a_time_without_a_zone_gets_none() -> None:
    assert TypeAdapter[datetime](Moment).validate_python("2026-07-01T09:00").tzinfo is None


def test_so_it_is_in_every_value_that_carries_a_time() -> None:
    at = datetime(2026, 7, 1, 10, tzinfo=timezone(timedelta(hours=1)))
    marking = decode(Marking, encode(Marking(kind=MarkingKind.EMBARGO, part="1", place="", until=at)))
    question = decode(Question, encode(Question(received_at=at.astimezone(UTC))))
    example = Example.model_validate({"then": "relay", "at": at.isoformat()})
    zones = [moment.tzinfo for moment in (marking.until, question.received_at, example.at) if moment is not None]
    assert [type(zone) for zone in zones] == [timezone, timezone, timezone]
