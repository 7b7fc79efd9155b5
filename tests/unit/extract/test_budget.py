from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp_gateway.extract.budget import Budget, BudgetSpentError, Expansion, FileTooLargeError, Meter, Spent
from dlp_gateway.model import GapReason

SMALL = Budget(
    message_bytes=10, file_bytes=10, files=1, pages=1, pictures=1, cells=1, text_chars=1, ratio=2, ratio_from_bytes=4
)


@pytest.mark.parametrize(
    ("spend", "words"),
    [
        (lambda meter: meter.expand(11), "expands to more than is read of one message"),
        (lambda meter: (meter.file(), meter.file()), "holds more files than are read of one message"),
        (lambda meter: (meter.page(), meter.page()), "has more pages than are read of one message"),
        (lambda meter: (meter.picture(), meter.picture()), "has more pictures and scanned pages than are read"),
        (lambda meter: meter.cells(2), "has more cells than are read of one message"),
        (lambda meter: meter.text(2), "holds more text than is read of one message"),
    ],
)
def test_each_limit_that_is_passed_says_so_in_words_of_its_own(spend: Callable[[Meter], object], words: str) -> None:
    with pytest.raises(BudgetSpentError) as caught:
        spend(Meter(SMALL))
    assert caught.value.detail.startswith(words)
    assert caught.value.reason is GapReason.TOO_LARGE


def test_what_just_fits_is_no_error() -> None:
    meter = Meter(SMALL)
    meter.expand(10)
    meter.file()
    meter.page()
    meter.picture()
    meter.cells(1)
    meter.text(1)
    assert meter.spent == Spent(expanded_bytes=10, files=1, pages=1, pictures=1, cells=1, text_chars=1)


def test_a_meter_goes_on_where_another_stopped() -> None:
    """The process that read the first half may be dead: the second half must not get a new budget."""
    spent = Spent(**{field.name: number for number, field in enumerate(dataclasses.fields(Spent), 1)})
    assert Meter(Budget(), spent=spent).spent == spent
    meter = Meter(Budget())
    meter.go_on_from(spent)
    assert meter.spent == spent
    with pytest.raises(BudgetSpentError):
        Meter(SMALL, spent=Spent(files=1)).file()


def test_what_was_spent_travels_as_json() -> None:
    spent = Spent(expanded_bytes=1, files=2, pages=3, pictures=4, cells=5, text_chars=6)
    assert Spent(**json.loads(json.dumps(dataclasses.asdict(spent)))) == spent


def test_what_goes_beyond_a_limit_is_counted_too() -> None:
    meter = Meter(SMALL)
    with pytest.raises(BudgetSpentError):
        meter.expand(25)
    assert meter.spent.expanded_bytes == 25
    with pytest.raises(BudgetSpentError):
        meter.expand(1)


def test_the_room_of_one_file_is_what_the_message_has_left() -> None:
    meter = Meter(Budget(message_bytes=10, file_bytes=6))
    assert meter.room() == 6
    meter.expand(7)
    assert meter.room() == 3


def test_a_file_beyond_its_limit_stops_only_itself() -> None:
    meter = Meter(Budget(message_bytes=100, file_bytes=6))
    expansion = Expansion(meter)
    assert expansion.room == 6
    expansion.add(4)
    assert expansion.room == 2
    with pytest.raises(FileTooLargeError, match="expands to more than is read"):
        expansion.add(3)
    assert Expansion(meter).room == 6


def test_a_message_beyond_its_limit_stops_all() -> None:
    meter = Meter(Budget(message_bytes=5, file_bytes=6))
    expansion = Expansion(meter)
    assert expansion.room == 5
    with pytest.raises(BudgetSpentError) as caught:
        expansion.add(6)
    assert not isinstance(caught.value, FileTooLargeError)
    assert Expansion(meter).room == 0


def test_a_file_that_expands_as_only_bombs_do_is_too_large() -> None:
    budget = Budget(ratio=500, ratio_from_bytes=10_000)
    Expansion(Meter(budget), stored_bytes=10).add(10_000)
    Expansion(Meter(budget), stored_bytes=100).add(50_000)
    with pytest.raises(FileTooLargeError, match="as only bombs do"):
        Expansion(Meter(budget), stored_bytes=100).add(50_001)


def test_the_page_of_limits_lists_the_limits_of_the_code(repository: Path) -> None:
    table = re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", (repository / "docs/limits.md").read_text("utf-8"), re.MULTILINE)
    assert {name: int(value.replace(",", "")) for name, value in table} == dataclasses.asdict(Budget())
    assert len(table) == len(dataclasses.fields(Budget))
