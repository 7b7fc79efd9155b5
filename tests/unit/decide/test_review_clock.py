"""When held messages are overdue, where they go then, and when groups are told what waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from dlp_gateway.decide import ReviewClock, warnings_of
from dlp_gateway.errors import ConfigError
from tests.support.policy_mail import rulebook_with

LONDON = ZoneInfo("Europe/London")
POLICY = """\
default_reviewers: leads
rules:
  - {id: quick, reason: a, then: hold, clock: {working_minutes: 60, out_of_hours_minutes: 30, escalate_to: duty}}
  - {id: slow, reason: a, then: hold, clock: {working_minutes: 240, out_of_hours_minutes: 240}}
"""
REVIEWERS = """\
groups:
  leads:
    members: [lead@council.example]
    hours: "Mon-Fri 09:00-17:00"
    clock: working-hours
    escalate_after_minutes: 30
    escalate_to: heads
    digest_times: ["10:00", 14:30]
  heads: {members: [head@council.example], hours: "Mon-Fri 09:00-17:00"}
  duty: {members: [duty@council.example], hours: always}
"""
SENDERS = "groups: {}\n"
SUNDAY, MONDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC), datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def clock(reviewers: str = REVIEWERS, **more: object) -> ReviewClock:
    rulebook = rulebook_with(policy=POLICY, reviewers=reviewers, senders=SENDERS, partners="partners: []\n")
    return ReviewClock(rulebook=rulebook, zone=LONDON, **more)  # type: ignore[arg-type]


def test_a_group_has_its_own_way_of_counting_and_more_time_before_others_hear_of_it() -> None:
    times = clock()
    assert times.due("quick", "leads", SUNDAY) == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert times.escalates_at("quick", "leads", SUNDAY) == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    assert times.due("quick", "heads", SUNDAY) == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    assert times.due("gone", "leads", SUNDAY) is None


def test_it_goes_to_the_group_of_the_rule_else_to_the_groups_own_and_never_to_themselves() -> None:
    times = clock()
    assert times.escalates_to(["quick"], "leads") == "duty"
    assert times.escalates_to(["slow"], "leads") == "heads"
    assert times.escalates_to(["slow"], None) == "heads", "what is nobody's is the default group's"
    assert times.escalates_to(["slow"], "heads") is None
    assert times.escalates_at("slow", "heads", SUNDAY) is None
    assert times.escalates_to(["quick"], "duty") is None


@pytest.mark.parametrize(
    ("group", "now", "told"),
    [
        ("leads", (2026, 11, 23, 10, 0), time(10)),
        ("leads", (2026, 11, 23, 9, 59), None),
        ("leads", (2026, 11, 23, 12, 59), time(10)),  # late, because no gateway ran
        ("leads", (2026, 11, 23, 13, 0), None),  # too late
        ("leads", (2026, 11, 23, 14, 30), time(14, 30)),
        ("leads", (2026, 11, 22, 10, 0), None),  # a Sunday
        ("leads", (2026, 11, 24, 10, 0), None),  # a bank holiday
        ("heads", (2026, 11, 23, 9, 0), time(9)),  # the configuration's
        ("duty", (2026, 11, 24, 9, 0), time(9)),  # always there
    ],
)
def test_groups_are_told_at_their_times_on_their_days(group: str, now: tuple[int, ...], told: time | None) -> None:
    times = clock(holidays=frozenset({date(2026, 11, 24)}), digest_times=(time(9),))
    at = times.digest_at(group, datetime(*now, tzinfo=LONDON).astimezone(UTC))  # type: ignore[misc]
    assert (None if at is None else at.time()) == told


def test_odd_groups_are_warned_of_and_impossible_ones_refused() -> None:
    odd = REVIEWERS.replace("Mon-Fri 09:00-17:00", "office hours", 1).replace(
        "escalate_to: heads", "escalate_to: leads"
    )
    rulebook = rulebook_with(policy=POLICY, reviewers=odd, senders=SENDERS, partners="partners: []\n")
    told = [(one.line, one.text) for one in warnings_of(rulebook) if one.file == "reviewers.yaml"]
    assert [line for line, _ in told] == [4, 7]
    assert "says no hours" in told[0][1]
    assert "escalates to itself" in told[1][1]
    wrong = REVIEWERS.replace("escalate_to: heads", "escalate_to: haeds").replace('"10:00"', '"25:00"')
    with pytest.raises(ConfigError) as caught:
        rulebook_with(policy=POLICY, reviewers=wrong, senders=SENDERS, partners="partners: []\n")
    texts = [fault.text for fault in caught.value.faults]
    assert any("unknown reviewer group “haeds”; did you mean “heads”?" in text for text in texts)
    assert any("“25:00” is no time of day such as 09:00 or 13:30" in text for text in texts)
