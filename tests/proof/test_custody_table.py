"""The table of tests/system/test_custody_table.py in full: 864 messages of three recipients at 21 points."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.custody_model import POINTS, every_case
from tests.support.custody_table import check_the_table, migrated_database


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_database(tmp_path_factory.mktemp("migrated"))


@pytest.mark.parametrize("point", POINTS)
async def test_every_recipient_is_where_the_table_says_in_every_order_and_for_every_reply(
    tmp_path: Path, database: Path, point: str
) -> None:
    await check_the_table(tmp_path, database, point, every_case(ordered=True))
