"""Looking at the rules in a store, without becoming part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp_gateway.errors import StoreUnavailableError
from dlp_gateway.store import AuditSearch, rules_in_store


async def test_current_texts_and_what_a_folder_would_change_are_told_without_a_trace(place) -> None:
    store = place.open()
    store.import_rules({"policy.yaml": "a", "partners.yaml": "b"}, reason="first start")
    store.import_rules({"policy.yaml": "edited"}, author="admin.a", reason="by hand")
    before = await store.search_audit(AuditSearch())
    found = rules_in_store(place.url, {"policy.yaml": "a", "partners.yaml": "c"})
    assert found is not None
    assert (found.current, found.changed) == ({"policy.yaml": "edited", "partners.yaml": "b"}, {"partners.yaml": "c"})
    assert await store.search_audit(AuditSearch()) == before


def test_a_store_without_rules_says_nothing(place) -> None:
    place.open()
    assert rules_in_store(place.url, {"policy.yaml": "a"}) is None


def test_a_store_that_nobody_made_is_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert rules_in_store(f"sqlite:///{path}", {}) is None
    assert not path.exists()


def test_what_is_no_database_is_a_store_that_can_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnavailableError, match="the database can't be read"):
        rules_in_store(f"sqlite:///{path}", {})
