"""Grouping verdicts into deliveries."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.act.plan import make_plan
from dlp_gateway.model import Action, RecipientClass, Verdict


def verdict(recipient: str, action: Action = Action.RELAY, route: str = "relay", *changes: str) -> Verdict:
    return Verdict(
        recipient=recipient, recipient_class=RecipientClass.UNAPPROVED, action=action, route=route, changes=changes
    )


def test_recipients_with_the_same_action_route_and_changes_share_one_delivery() -> None:
    plan = make_plan([verdict("a@x.example"), verdict("b@y.example")])
    assert plan.synchronous is not None
    assert plan.synchronous.recipients == ("a@x.example", "b@y.example")
    assert plan.durable == ()


def test_the_plain_relay_is_synchronous_and_everything_else_durable_strictest_first() -> None:
    plan = make_plan(
        [
            verdict("a@x.example"),
            verdict("b@y.example", Action.ENCRYPT, "secure"),
            verdict("c@z.example", Action.HOLD),
        ]
    )
    assert plan.synchronous is not None
    assert plan.synchronous.action is Action.RELAY
    assert [d.action for d in plan.durable] == [Action.HOLD, Action.ENCRYPT]


def test_the_larger_of_two_relays_is_the_synchronous_one() -> None:
    plan = make_plan([verdict("in@x.example"), verdict("a@y.example", Action.RELAY, "relay", "disclaimer"),
                      verdict("b@y.example", Action.RELAY, "relay", "disclaimer")])  # fmt: skip
    assert plan.synchronous is not None
    assert plan.synchronous.changes == ("disclaimer",)
    assert [d.recipients for d in plan.durable] == [("in@x.example",)]


def test_an_only_encrypting_delivery_is_synchronous() -> None:
    plan = make_plan([verdict("a@x.example", Action.ENCRYPT, "secure")])
    assert plan.synchronous is not None
    assert plan.durable == ()


def test_a_held_delivery_is_never_synchronous() -> None:
    assert make_plan([verdict("a@x.example", Action.HOLD)]).synchronous is None


def test_held_recipients_of_one_reviewer_group_are_held_together_whatever_their_route() -> None:
    one = replace(verdict("a@x.example", Action.HOLD, "relay"), reviewers="governance")
    two = replace(verdict("b@x.example", Action.HOLD, "secure"), reviewers="governance")
    other = replace(verdict("c@x.example", Action.HOLD), reviewers="communications")
    assert [d.recipients for d in make_plan([one, two, other]).durable] == [
        ("a@x.example", "b@x.example"),
        ("c@x.example",),
    ]


def test_all_rejected_says_so() -> None:
    plan = make_plan([verdict("a@x.example", Action.REJECT)])
    assert plan.all_rejected
    assert not make_plan([verdict("a@x.example", Action.REJECT), verdict("b@x.example")]).all_rejected


@given(st.lists(st.tuples(st.sampled_from(list(Action)), st.sampled_from(["relay", "secure"]), st.booleans())))
def test_every_recipient_stands_in_exactly_one_place(choices: list[tuple[Action, str, bool]]) -> None:
    verdicts = [
        verdict(f"r{n}@x.example", action, route, *(["disclaimer"] if changed else []))
        for n, (action, route, changed) in enumerate(choices)
    ]
    plan = make_plan(verdicts)
    deliveries = [*plan.durable, *([plan.synchronous] if plan.synchronous else [])]
    placed = [r for d in deliveries for r in d.recipients] + [v.recipient for v in plan.rejected]
    assert sorted(placed) == sorted(v.recipient for v in verdicts)


def test_by_key_routes_each_recipient_has_a_delivery_of_their_own() -> None:
    """A message encrypted for two tells each of the other."""
    verdicts = [verdict(r, Action.ENCRYPT, "keys") for r in ("a@x.example", "b@x.example")]
    plan = make_plan(verdicts, key_routes={"keys"})
    assert [d.recipients for d in plan.durable] == [("a@x.example",), ("b@x.example",)]
    assert plan.synchronous is None


def test_what_leads_to_many_next_hops_is_never_synchronous() -> None:
    plan = make_plan([verdict("a@x.example", Action.ENCRYPT, "secure")], durable_routes={"secure"})
    assert (plan.synchronous, len(plan.durable)) == (None, 1)


def test_a_mail_server_that_shows_its_mail_keeps_plain_relays_by_the_usual_route_and_nothing_else() -> None:
    """It knows no route of ours, and nothing that it sends is encrypted by us."""
    encrypted = [verdict("a@x.example", Action.ENCRYPT, "secure")]
    assert make_plan(encrypted).synchronous is not None
    assert make_plan(encrypted, left_route="relay").synchronous is None
    verdicts = [verdict("b@y.example", Action.RELAY, "other"), verdict("c@z.example"), verdict("d@z.example")]
    plan = make_plan(verdicts, left_route="relay")
    assert plan.synchronous is not None
    assert plan.synchronous.recipients == ("c@z.example", "d@z.example")
    assert [d.recipients for d in plan.durable] == [("b@y.example",)]
