"""Every combination of recipients' outcomes, and the gateway killed at every step: the model names each one's fate."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.custody_model import POINTS, every_case
from tests.support.custody_table import check_the_table, migrated_database

DEAD_ENDS = ("after commit", "before drop_prepared", "never")
"""Where it matters that the next hop said no to the final dot, or nothing."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_database(tmp_path_factory.mktemp("migrated"))


@pytest.mark.parametrize("point", POINTS)
async def test_every_recipient_is_where_the_table_says_after_a_crash_and_after_the_clients_retry(
    tmp_path: Path, database: Path, point: str
) -> None:
    """`make proof` walks all replies to the final dot at each point, and all orders of recipients."""
    cases = [case for case in every_case(ordered=False) if case.dot == "250" or point in DEAD_ENDS]
    await check_the_table(tmp_path, database, point, cases)
