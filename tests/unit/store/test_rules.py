from __future__ import annotations

import pytest

from dlp_gateway.store import Store, Verb
from dlp_gateway.store.audit import AuditSearch


def brought(store: Store, text: str, author: str = "file") -> list[str]:
    return store.import_rules({"policy.yaml": text}, author=author, reason="because")


def numbers(store: Store) -> list[tuple[int, str, str]]:
    return [(v.number, v.text, v.author) for v in store.rule_versions("policy.yaml")]


def test_a_file_is_imported_once(store):
    assert brought(store, "one") == ["policy.yaml"]
    assert brought(store, "one") == []
    assert numbers(store) == [(1, "one", "file")]


def test_a_changed_file_becomes_a_new_version(store):
    brought(store, "one")
    assert brought(store, "two") == ["policy.yaml"]
    assert numbers(store) == [(2, "two", "file"), (1, "one", "file")]
    assert store.current_rules() == {"policy.yaml": "two"}


def test_an_untouched_file_does_not_undo_what_was_edited_in_the_console(store):
    brought(store, "one")
    brought(store, "edited", author="admin.a")
    assert brought(store, "one") == []
    assert store.current_rules() == {"policy.yaml": "edited"}
    assert brought(store, "three") == ["policy.yaml"]
    assert store.current_rules() == {"policy.yaml": "three"}


def test_an_older_version_can_be_brought_back(store):
    brought(store, "one", author="admin.a")
    brought(store, "two", author="admin.a")
    assert brought(store, "one", author="admin.b") == ["policy.yaml"]
    assert numbers(store)[0] == (3, "one", "admin.b")


def test_only_the_files_that_changed_become_versions(store):
    store.import_rules({"policy.yaml": "a", "partners.yaml": "b"}, reason="first start")
    assert store.import_rules({"policy.yaml": "a", "partners.yaml": "c"}, reason="edited") == ["partners.yaml"]
    assert store.current_rules() == {"partners.yaml": "c", "policy.yaml": "a"}


async def test_every_version_stands_in_the_audit_chain(store):
    brought(store, "one")
    (row,) = await store.search_audit(AuditSearch(verb=Verb.RULES_IMPORTED))
    assert row.actor == "file"


def test_a_file_nobody_imported_has_no_versions(store):
    assert store.rule_versions("nothing.yaml") == ()
    assert store.current_rules() == {}


@pytest.mark.parametrize("text", ["", "£ and ẅ", "a: 'b'\n" * 10_000])
def test_texts_come_back_as_they_were(store, text):
    brought(store, text)
    assert store.current_rules()["policy.yaml"] == text
