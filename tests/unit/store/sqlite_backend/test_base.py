from __future__ import annotations

from types import SimpleNamespace

import pytest

from dlp_gateway.errors import ConfigError
from dlp_gateway.store.sqlite_backend.base import OLDEST_SAFE_SQLITE, Database, choose_sqlite


def library(*version: int) -> SimpleNamespace:
    return SimpleNamespace(sqlite_version_info=version, sqlite_version=".".join(map(str, version)))


def test_the_sqlite_in_use_has_no_wal_reset_bug():
    assert Database.sqlite_version_info >= OLDEST_SAFE_SQLITE


def test_the_first_safe_library_is_taken():
    old, new, newer = library(3, 40, 1), library(3, 51, 3), library(3, 60, 0)
    assert choose_sqlite([old, new, newer]) is new


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_without_a_safe_library_nothing_is_opened_and_the_reason_is_said(version):
    with pytest.raises(ConfigError) as caught:
        choose_sqlite([library(*version)])
    text = str(caught.value)
    assert ".".join(map(str, version)) in text
    assert "3.51.3" in text
    assert "PostgreSQL" in text
