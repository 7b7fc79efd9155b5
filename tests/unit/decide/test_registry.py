"""The registry as values: to text and back, what differs, how entries stand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.decide import registry
from dlp_gateway.decide.partners import PartnerEntry
from dlp_gateway.errors import ConfigError
from dlp_gateway.model import Category

REVIEW = date(2027, 3, 31)


def entry(id_: str = "acme", **values: Any) -> PartnerEntry:
    given: dict[str, Any] = {
        "id": id_,
        "domains": [f"{id_}.example"],
        "organisation": "Acme",
        "basis": "statutory",
        "owner": "jo@council.example",
        "may_receive": ["name"],
        "valid_from": date(2024, 1, 1),
        "review_by": REVIEW,
    }
    return PartnerEntry.model_validate(given | values)


ENTRIES = st.builds(
    entry,
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True).filter(lambda text: not text.endswith("-")),
    domains=st.just(["acme.example"]),
    organisation=st.text(min_size=1).filter(str.isprintable),
    notes=st.text(st.characters(exclude_categories=["C"])),
    may_receive=st.lists(st.sampled_from([c.value for c in Category]), unique=True),
    bulk=st.booleans(),
    grace_days=st.integers(0, 366),
    route=st.none() | st.sampled_from(["secure", "yes", "12", "null", "2027-01-01"]),
)


@given(st.lists(ENTRIES, max_size=4, unique_by=lambda e: e.id))
def test_what_is_written_is_read_again(entries: list[PartnerEntry]) -> None:
    text = registry.text_of(entries)
    assert registry.entries_of(text) == tuple(sorted(entries, key=lambda e: e.id))
    assert registry.difference(entries, registry.entries_of(text)) == ()


@given(st.lists(ENTRIES, min_size=1, max_size=4, unique_by=lambda e: e.id))
def test_every_line_belongs_to_the_entry_that_it_was_written_for(entries: list[PartnerEntry]) -> None:
    text = registry.text_of(entries)
    found = [registry.entry_at(text, line) for line in range(1, len(text.splitlines()) + 1)]
    assert list(dict.fromkeys(id_ for id_ in found if id_ is not None)) == sorted(e.id for e in entries)
    assert found[0] is None


def test_a_difference_names_entries_by_id_and_fields_in_order() -> None:
    before = [entry("gone"), entry("acme"), entry("same")]
    after = [entry("same"), entry("acme", bulk=True, notes="call"), entry("new")]
    acme, gone, new = registry.difference(before, after)
    assert (acme.kind, acme.id, acme.fields) == (
        registry.Kind.EDITED,
        "acme",
        (("bulk", None, True), ("notes", None, "call")),
    )
    assert (gone.kind, gone.id, gone.fields) == (registry.Kind.REMOVED, "gone", ())
    assert (new.kind, new.id) == (registry.Kind.ADDED, "new")
    assert ("may_receive", None, ["name"]) in new.fields


@pytest.mark.parametrize(
    ("days", "word", "text"),
    [
        (61, "active", "active"),
        (60, "due_60", "due in 60 days"),
        (31, "due_60", "due in 31 days"),
        (30, "due_30", "due in 30 days"),
        (8, "due_30", "due in 8 days"),
        (7, "due_7", "due in 7 days"),
        (0, "due_7", "due in 0 days"),
        (-1, "in_grace", "in grace until 2027-04-28"),
        (-28, "in_grace", "in grace until 2027-04-28"),
        (-29, "expired", "expired 2027-03-31"),
    ],
)
def test_entries_are_warned_of_60_30_and_7_days_before_their_review(days: int, word: str, text: str) -> None:
    day = REVIEW - timedelta(days)
    assert registry.standing(entry(), day) == text
    counts = registry.count_by_standing([entry()], day)
    assert {name for name, count in counts.items() if count} == {word}


def test_suspended_and_future_entries_are_told_as_such_whatever_their_dates() -> None:
    assert registry.standing(entry(status="suspended"), REVIEW) == "suspended"
    assert registry.standing(entry(), date(2023, 12, 31)) == "begins 2024-01-01"


@given(st.lists(ENTRIES, max_size=4), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_each_entry_is_counted_once(entries: list[PartnerEntry], day: date) -> None:
    counts = registry.count_by_standing(entries, day)
    assert tuple(counts) == registry.STANDINGS
    assert sum(counts.values()) == len(entries)


def test_a_change_leaves_what_it_does_not_name_and_takes_out_what_it_empties() -> None:
    values = registry.changed(entry(notes="call", bulk=True), {"notes": None, "purpose": "care"})
    assert "notes" not in values
    assert (values["bulk"], values["purpose"]) == (True, "care")


def test_all_faults_of_a_registry_are_told_at_once() -> None:
    text = "partners:\n  - id: A B\n    domians: [a.example]\n  - id: b\n    basis: handshake\n"
    with pytest.raises(ConfigError) as caught:
        registry.entries_of(text)
    assert {fault.line for fault in caught.value.faults} >= {2, 3, 5}
