from __future__ import annotations

import json

import pytest

from dlp_gateway.store import AuditSearch, OvertakenError, Store, Verb, rules
from dlp_gateway.store.django_setup import alias_of


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


def registry(*entries: str) -> str:
    """A partner registry; each entry is an id, with fields after a comma where it has more than it must have."""
    blocks = []
    for entry in entries:
        id_, *more = entry.split(", ")
        lines = [
            f"id: {id_}", f"domains: [{id_}.example]", f"organisation: {id_}", "basis: statutory",
            "owner: o@council.example", "may_receive: [name]", "valid_from: 2024-01-01", "review_by: 2030-01-01", *more,
        ]  # fmt: skip
        blocks.append("- " + "\n  ".join(lines))
    return "partners:\n" + "\n".join(blocks) + "\n" if blocks else "partners: []\n"


def registered(store: Store, *entries: str, by: str = "admin.a", base: int | None = None) -> None:
    store.import_rules({"partners.yaml": registry(*entries)}, author=by, reason="because", base=base)


async def partner_rows(store: Store) -> list[tuple[str, str, list[str]]]:
    rows = await store.search_audit(AuditSearch())
    bodies = [(row.verb, json.loads(row.body)) for row in rows if row.verb.startswith("partners:")]
    return [(verb, body["id"], body["fields"]) for verb, body in bodies]


async def test_every_changed_partner_stands_in_the_audit_chain_without_its_values(store):
    registered(store, "acme", "zeta", by="file")
    assert {(verb, id_) for verb, id_, _ in await partner_rows(store)} == {
        ("partners:added", "acme"),
        ("partners:added", "zeta"),
    }
    registered(store, "acme, bulk: true", "zeta, status: suspended")
    registered(store, "acme, bulk: true")
    assert (await partner_rows(store))[-3:] == [
        ("partners:edited", "acme", ["bulk"]),
        ("partners:suspended", "zeta", ["status"]),
        ("partners:removed", "zeta", []),
    ]
    last = (await store.search_audit(AuditSearch(verb=Verb.PARTNERS_REMOVED)))[-1]
    assert (last.actor, json.loads(last.body)["version"]) == ("admin.a", 3)
    assert await store.verify_audit() == []


def test_a_change_made_from_an_old_registry_is_refused_and_loses_nobodys_work(store):
    registered(store, "acme")
    registered(store, "acme", "zeta", base=1)
    with pytest.raises(OvertakenError, match="version 2 came meanwhile"):
        registered(store, "acme, bulk: true", base=1)
    assert store.current_rules()["partners.yaml"] == registry("acme", "zeta")


def test_two_processes_that_change_the_registry_at_once_can_not_both_win(place):
    """Each looks before either writes: the database decides."""
    one, two = place.open("one", role="cli"), place.open("two", role="cli")
    registered(one, "acme")
    alias = alias_of(place.url)
    wanted = [
        rules.RuleImport(texts={"partners.yaml": text}, author=by, reason="because")
        for text, by in ((registry("acme", "zeta"), "admin.a"), (registry("acme, bulk: true"), "admin.b"))
    ]
    changes = [rules.prepared(alias, change) for change in wanted]
    one._writer.run(rules.IMPORT, changes[0])
    with pytest.raises(OvertakenError):
        two._writer.run(rules.IMPORT, changes[1])
    assert [v.author for v in one.rule_versions("partners.yaml")] == ["admin.a", "admin.a"]


def test_which_files_the_folder_changed_is_told_before_anything_is_imported(store):
    texts = {"policy.yaml": "a", "partners.yaml": "b"}
    assert store.changed_by_file(texts) == texts
    store.import_rules(texts, reason="first start")
    brought(store, "edited", author="admin.a")
    assert store.changed_by_file(texts) == {}
    assert store.changed_by_file(texts | {"policy.yaml": "c"}) == {"policy.yaml": "c"}
    assert store.current_rules()["policy.yaml"] == "edited"


async def test_a_registry_nobody_can_read_any_more_is_kept_and_told_of_as_a_version(store):
    store.import_rules({"partners.yaml": "partners: [{since: 2019}]"}, author="admin.a", reason="long ago")
    registered(store, "acme")
    assert await partner_rows(store) == []
    assert len(await store.search_audit(AuditSearch(verb=Verb.RULES_IMPORTED))) == 2
