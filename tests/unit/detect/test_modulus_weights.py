from __future__ import annotations

import pytest

from dlp_gateway.detect.checks.modulus_weights import read_table

LINES = """
089000 089999 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1
107999 107999 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1
400000 400000 DBLAL 0 0 0 0 0 0 2 1 2 1 2 1 2 1
410000 410000 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1
410000 410000 DBLAL 0 0 0 0 0 0 2 1 2 1 2 1 2 1
420000 420000 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1 12
420000 420000 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1 13
430000 430000 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1 6
440000 440000 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 0 0 4
450000 450000 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1 14
460000 460000 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1
460000 460000 DBLAL 0 0 0 0 0 0 2 1 2 1 2 1 2 1 3
470000 470000 MOD11 1 1 1 1 1 1 8 7 6 5 4 3 2 1 7
480000 480000 DBLAL 0 0 0 0 0 0 2 1 2 1 2 1 2 1 1
"""
TABLE = read_table(LINES)


@pytest.mark.parametrize(
    ("sort_code", "account", "fits"),
    [
        ("089999", "66374958", True),  # the specification's own examples
        ("089999", "66374959", False),
        ("107999", "88837491", True),
        ("107999", "88837493", False),
        ("400000", "66374959", False),
        ("400000", "00000018", True),  # as a card's check digit
        ("410000", "88837491", False),  # passes the first check only
        ("420000", "88837491", True),  # either check is enough
        ("420000", "66374958", True),
        ("420000", "12345678", False),
        ("430000", "50000077", True),  # an account in a foreign currency
        ("430000", "10000077", False),
        ("440000", "10000008", True),  # the remainder stands at the end
        ("440000", "10000007", False),
        ("450000", "88374911", False),
        ("450000", "88375030", True),  # its last digit was added
        ("460000", "88637491", False),
        ("470000", "00000090", False),
        ("480000", "00000018", False),
        ("480000", "00000011", True),  # 27 is added
        ("999999", "12345678", True),  # no line tells
    ],
)
def test_an_account_number_fits_its_sort_code_by_the_table(sort_code: str, account: str, fits: bool) -> None:
    assert TABLE.fits(sort_code, account) is fits


def test_a_sort_code_may_stand_for_another() -> None:
    line = "500000 500000 MOD11 7 6 5 4 3 2 7 6 5 4 3 2 0 0 5"
    accounts = [f"123456{n:02}" for n in range(100)]
    plain = [a for a in accounts if read_table(line).fits("500000", a)]
    other = [a for a in accounts if read_table(line, "500000 600000").fits("500000", a)]
    assert plain != other


@pytest.mark.parametrize("line", ["x", "089000 089999 MOD12 " + "1 " * 14, "089000 089999 MOD10 1 2 3"])
def test_a_line_that_is_none_is_said(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_table("\n" + line)


def test_a_substitute_that_is_none_is_said() -> None:
    with pytest.raises(ValueError, match="substitutes"):
        read_table("", "12345 123456")
