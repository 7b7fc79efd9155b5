"""The shipped policy on a council's ordinary mail, and on planted breaches: how much of each it holds."""

from __future__ import annotations

from collections import Counter

import pytest

from dlp_gateway.model import Action

from .breaches import KINDS, breaches
from .judging import verdicts
from .traffic import FLOWS, TrafficMail, traffic

OF_EACH_TEMPLATE = 10
MOST_HELD, MOST_HELD_OF_A_FLOW = 0.015, 0.05
LEAST_CAUGHT = 0.9


def is_held(mail: TrafficMail) -> bool:
    """Whether a copy of it waits for a reviewer or is refused."""
    return any(verdict.action >= Action.HOLD for verdict in verdicts(mail))


def is_stopped(mail: TrafficMail) -> bool:
    """Whether no copy of it leaves unseen."""
    return all(verdict.action >= Action.HOLD for verdict in verdicts(mail))


@pytest.fixture(scope="module")
def lawful() -> dict[str, list[str]]:
    """Flow -> for each of its mails its id where it is held, else nothing."""
    held: dict[str, list[str]] = {flow: [] for flow in FLOWS}
    for mail in traffic(OF_EACH_TEMPLATE):
        held[mail.flow].append(mail.id if is_held(mail) else "")
    return held


def test_there_are_a_thousand_mails_of_eleven_flows(lawful: dict[str, list[str]]) -> None:
    assert len(lawful) == 11
    assert sum(map(len, lawful.values())) >= 1000
    assert min(map(len, lawful.values())) >= 80


def test_of_lawful_mail_hardly_any_is_held(lawful: dict[str, list[str]]) -> None:
    held = [id_ for ids in lawful.values() for id_ in ids if id_]
    assert len(held) <= MOST_HELD * sum(map(len, lawful.values())), held


@pytest.mark.parametrize("flow", FLOWS)
def test_no_flow_suffers_more_than_others(lawful: dict[str, list[str]], flow: str) -> None:
    held = [id_ for id_ in lawful[flow] if id_]
    assert len(held) <= MOST_HELD_OF_A_FLOW * len(lawful[flow]), held


def test_of_planted_breaches_nine_in_ten_are_stopped_of_every_kind() -> None:
    made, stopped = Counter[str](), Counter[str]()
    for mail in breaches():
        made[mail.flow] += 1
        stopped[mail.flow] += is_stopped(mail)
    assert made.total() >= 100
    assert set(made) == set(KINDS)
    assert stopped.total() >= LEAST_CAUGHT * made.total(), stopped
    assert all(stopped[kind] >= LEAST_CAUGHT * made[kind] for kind in made), stopped
