"""What inspection must find out for these recipients, and whose mail is not ours to inspect."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..model import AskNames, Category, Envelope, Question, RecipientClass
from .policy import CategoriesCondition, Conditions, PolicyRule
from .rulebook import CompiledRule, Rulebook
from .senders import OUT_OF_SCOPE


def question_for(
    envelope: Envelope,
    rulebook: Rulebook,
    *,
    received_at: datetime,
    own_contact_points: tuple[str, ...] = (),
    time_zone: str = "Europe/London",
) -> Question:
    """The question that inspection must answer. No entities (an empty set, not None) where no rule
    that can apply to these recipients asks for data: mail inside the council, by the shipped policy."""
    # The day decides only whether a partner entry holds; its rules ask for data either way.
    seen = {address: rulebook.recipients.classify(address, received_at.date()) for address in envelope.recipients}
    classes = frozenset(r.recipient_class for r in seen.values())
    entities = _entities(rulebook.rules, classes)
    asked = [one for rule in _possible(rulebook.rules, classes) for one in rule.all_conditions]
    return Question(
        entities=entities,
        names=AskNames.NEVER if entities == frozenset() else _names(rulebook, classes),
        reverse_path=envelope.reverse_path,
        recipients=tuple(a for a in envelope.recipients if seen[a].outside),
        own_domains=rulebook.lists.internal,
        own_contact_points=own_contact_points,
        received_at=received_at,
        time_zone=time_zone,
        indexes=frozenset(name for one in asked if one.exact_match for name in one.exact_match.index),
        documents=any(one.fingerprint is not None for one in asked),
    )


def _possible(rules: Iterable[CompiledRule], classes: frozenset[RecipientClass]) -> list[PolicyRule]:
    return [c.rule for c in rules if c.classes & classes]


def _asks_for_data(one: Conditions) -> bool:
    people = one.individuals or one.near or one.data_subject is not None or one.known_relationship
    return bool(one.categories or people or (one.attachments and one.attachments.about_other_people is not None))


def _entities(rules: Iterable[CompiledRule], classes: frozenset[RecipientClass]) -> frozenset[str] | None:
    """None for every entity: a category or a count of people can't be told from fewer."""
    named: set[str] = set()
    for rule in _possible(rules, classes):
        for one in rule.all_conditions:
            if _asks_for_data(one):
                return None
            if one.entities is not None:
                named.update(one.entities.any_of)
    return frozenset(named)


def _names(rulebook: Rulebook, classes: frozenset[RecipientClass]) -> AskNames:
    rules = _possible(rulebook.rules, classes)
    asked = [one for rule in rules for one in rule.all_conditions]
    if not any(_asks_for_names(one) for one in asked):
        return AskNames.NEVER
    return AskNames.ALWAYS if classes & rulebook.policy.names_alone else AskNames.WITH_OTHER_DATA


def _asks_for_names(one: Conditions) -> bool:
    if one.individuals or one.near or one.data_subject is not None or one.known_relationship or one.attachments:
        return True
    if one.entities is not None and "PERSON" in one.entities.any_of:
        return True
    return one.categories is not None and _may_be_name(one.categories)


def _may_be_name(wanted: CategoriesCondition) -> bool:
    """Whether a name can matter: also to tell whose data something is."""
    if wanted.about != "anyone" or (wanted.any_of is None and wanted.all_of is None):
        return True
    return Category.NAME in (wanted.any_of or ()) or Category.NAME in (wanted.all_of or ())


def out_of_scope(envelope: Envelope, author: str | None, rulebook: Rulebook) -> bool:
    """Whether this mail is outside the policy (elected members, clause 1.3), which needs proof: an
    authenticated user or a client that vouches for its senders, and reverse-path *and* author in the
    group `out-of-scope`. A typed From proves nothing; a header field never does."""
    if not (envelope.vouches_for_sender or envelope.client_user is not None):
        return False
    return all(OUT_OF_SCOPE in rulebook.senders.by_address(a) for a in (envelope.reverse_path, author))
