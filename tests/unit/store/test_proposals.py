"""Changes that wait for a second administrator, on both databases."""

from __future__ import annotations

import json

import pytest

from dlp_gateway.store import BY_FILE, AuditSearch, DecidedError, OvertakenError, Store, Verb
from tests.unit.store.test_rules import partner_rows, registered, registry

FILE = "partners.yaml"


@pytest.fixture
def begun(store: Store) -> Store:
    registered(store, "acme")
    return store


def proposed(store: Store, *entries: str, by: str = "admin.a", base: int = 1) -> int | None:
    return store.propose_rules(FILE, registry(*entries), author=by, reason="because", base=base)


def in_force(store: Store) -> str:
    return store.current_rules()[FILE]


def test_what_is_proposed_is_not_in_force_until_another_approves(begun):
    number = proposed(begun, "acme", "zeta")
    assert in_force(begun) == registry("acme")
    with pytest.raises(DecidedError, match="can't approve it"):
        begun.answer_proposal(number, by="admin.a", approve=True)
    with pytest.raises(DecidedError, match="can't approve it"):
        begun.answer_proposal(number, by="system:Admin.A", approve=True)
    assert in_force(begun) == registry("acme")
    begun.answer_proposal(number, by="admin.b", approve=True)
    assert in_force(begun) == registry("acme", "zeta")
    version = begun.rule_versions(FILE)[0]
    assert (version.number, version.author, version.reason) == (2, "admin.a", "because (approved by admin.b)")
    assert begun.open_proposals(FILE) == ()


async def test_proposal_answer_and_every_entry_stand_in_the_audit_chain(begun):
    before = len(await partner_rows(begun))
    number = proposed(begun, "acme", "zeta")
    assert len(await partner_rows(begun)) == before
    begun.answer_proposal(number, by="admin.b", approve=True)
    (asked,) = await begun.search_audit(AuditSearch(verb=Verb.RULES_PROPOSED))
    (answered,) = await begun.search_audit(AuditSearch(verb=Verb.RULES_ANSWERED))
    assert (asked.actor, answered.actor, json.loads(answered.body)["approved"]) == ("admin.a", "admin.b", True)
    assert [(verb, id_) for verb, id_, _ in await partner_rows(begun)][before:] == [("partners:added", "zeta")]
    assert await begun.verify_audit() == []


def test_a_refused_proposal_changes_nothing_and_can_not_be_approved_later(begun):
    number = proposed(begun, "acme", "zeta")
    begun.answer_proposal(number, by="admin.b", approve=False)
    with pytest.raises(DecidedError, match="waits for an answer"):
        begun.answer_proposal(number, by="admin.b", approve=True)
    assert in_force(begun) == registry("acme")


def test_a_proposal_that_others_overtook_can_not_undo_their_work(begun):
    number = proposed(begun, "acme, bulk: true")
    registered(begun, "acme", "zeta", by="admin.c")
    with pytest.raises(DecidedError, match="version 2 came after it was proposed"):
        begun.answer_proposal(number, by="admin.b", approve=True)
    with pytest.raises(OvertakenError):
        proposed(begun, "acme, bulk: true")
    assert in_force(begun) == registry("acme", "zeta")


@pytest.mark.parametrize("by", ["admin.a", BY_FILE])
def test_the_same_change_does_not_wait_twice(begun, by):
    assert proposed(begun, "acme", "zeta", by=by) is not None
    assert proposed(begun, "acme", "zeta", by=by) is None
    assert len(begun.open_proposals(FILE)) == 1


def test_a_file_that_was_refused_is_not_proposed_at_each_start(begun):
    begun.answer_proposal(proposed(begun, "zeta", by=BY_FILE), by="admin.b", approve=False)
    assert proposed(begun, "zeta", by=BY_FILE) is None
    assert proposed(begun, "zeta", "acme", by=BY_FILE) is not None


def test_who_was_refused_may_ask_again(begun):
    begun.answer_proposal(proposed(begun, "zeta"), by="admin.b", approve=False)
    assert proposed(begun, "zeta") is not None


def test_a_file_whose_proposal_was_overtaken_is_proposed_anew(begun):
    """Otherwise it could be neither approved nor proposed again."""
    old = proposed(begun, "acme", "omega", by=BY_FILE)
    registered(begun, "acme", "zeta", by="admin.c")
    new = proposed(begun, "acme", "omega", by=BY_FILE, base=2)
    assert [p.number for p in begun.open_proposals(FILE)] == [new]
    assert new != old
    begun.answer_proposal(new, by="admin.b", approve=True)
    assert in_force(begun) == registry("acme", "omega")


def test_what_is_in_force_need_not_be_proposed(begun):
    assert proposed(begun, "acme") is None
