"""One small function per condition of a policy rule: (what the rule asks, the view) -> does it hold.

`holds` asks all that a rule gives. A condition that needs a reader's knowledge of the whole list of
conditions is in `policy.py`; what counts as data to protect is in `view.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..model import Category, Finding, GapScope, MarkingKind, RecipientClass
from .policy import (
    AttachmentsCondition,
    CategoriesCondition,
    Conditions,
    EntitiesCondition,
    ExactMatchCondition,
    FingerprintCondition,
    FirstTimeCondition,
    GapsCondition,
    HiddenRecipientsCondition,
    IndividualsCondition,
    NearCondition,
    PartnerCondition,
    TimeOfDayCondition,
    VisibleRecipientsCondition,
)
from .telling import BEYOND_NAME
from .view import RecipientView


def recipient_class(wanted: frozenset[RecipientClass], view: RecipientView) -> bool:
    return view.recipient.recipient_class in wanted


def sender_group(wanted: tuple[str, ...], view: RecipientView) -> bool:
    return not view.message.groups.isdisjoint(wanted)


def partner(wanted: PartnerCondition, view: RecipientView) -> bool:
    terms = view.terms
    if terms is None:
        return False
    return (
        (wanted.id is None or terms.id in wanted.id)
        and (wanted.basis is None or terms.basis in wanted.basis)
        and wanted.bulk in (None, terms.max_individuals is None)
        and wanted.unreadable_attachments in (None, terms.unreadable_attachments)
        and wanted.sender_allowed in (None, _sender_allowed(view))
    )


def _sender_allowed(view: RecipientView) -> bool:
    groups = view.terms.sender_groups if view.terms else frozenset()
    return not groups or not groups.isdisjoint(view.message.groups)


def look_alike(wanted: bool, view: RecipientView) -> bool:
    return (view.recipient.look_alike is not None) == wanted


def salutation_mismatch(wanted: bool, view: RecipientView) -> bool:
    return (view.recipient.address in view.message.mismatched) == wanted


def markings(wanted: tuple[MarkingKind, ...], view: RecipientView) -> bool:
    return not view.message.markings.isdisjoint(wanted)


def embargo(wanted: bool, view: RecipientView) -> bool:
    return bool(_embargoes(view)) == wanted


def _embargoes(view: RecipientView) -> list[datetime | None]:
    """Ends of the embargoes that still run; one whose end could not be read always does."""
    ends = [m.until for m in view.message.inspection.markings if m.kind is MarkingKind.EMBARGO]
    return [end for end in ends if end is None or end > view.message.facts.now]


def embargo_end(view: RecipientView) -> datetime | None:
    """When the last embargo ends; None without one, or when an end could not be read."""
    ends = _embargoes(view)
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def auto_submitted(wanted: bool, view: RecipientView) -> bool:
    return view.message.automatic == wanted


def auto_forwarded(wanted: bool, view: RecipientView) -> bool:
    return view.message.controls.auto_forwarded == wanted


def thread_reply(wanted: bool, view: RecipientView) -> bool:
    return view.message.controls.thread_reply == wanted


def own_private_address(wanted: bool, view: RecipientView) -> bool:
    return view.own_private_address == wanted


def vouched(wanted: bool, view: RecipientView) -> bool:
    return view.message.vouched == wanted


def _enough(found: list[Finding], min_values: int) -> bool:
    return bool(found) and (min_values == 1 or len({f.fingerprint for f in found}) >= min_values)


def categories(wanted: CategoriesCondition, view: RecipientView) -> bool:
    if not view.telling.counted:
        return False
    found = view.telling.findings(wanted)
    if wanted.any_of is not None and not _enough([f for f in found if f.category in wanted.any_of], wanted.min_values):
        return False
    kinds = {f.category for f in found}
    if wanted.all_of is not None and not wanted.all_of <= kinds:
        return False
    if wanted.not_allowed_by_partner is not None and bool(view.disallowed(wanted)) != wanted.not_allowed_by_partner:
        return False
    if wanted.all_allowed_by_partner is not None and (not view.disallowed(wanted)) != wanted.all_allowed_by_partner:
        return False
    return bool(found)


def entities(wanted: EntitiesCondition, view: RecipientView) -> bool:
    if not view.telling.counted:
        return False
    return _enough([f for f in view.telling.findings(wanted) if f.entity in wanted.any_of], wanted.min_values)


def individuals(wanted: IndividualsCondition, view: RecipientView) -> bool:
    if not view.telling.counted:
        return False
    least = wanted.min
    if wanted.more_than_partner_allows and view.terms is not None:
        if view.terms.max_individuals is None:
            return False
        least = view.terms.max_individuals + 1
    count = count_individuals(wanted, view)
    return count >= least and (wanted.max is None or count <= wanted.max)


def count_individuals(wanted: IndividualsCondition, view: RecipientView) -> int:
    """How many people the condition counts; by default those of whom more than the name is told."""
    return view.telling.count_people(wanted.categories or BEYOND_NAME, named=wanted.named, about=wanted.about)


def exact_match(wanted: ExactMatchCondition, view: RecipientView) -> bool:
    return view.telling.count_recorded(wanted.index, wanted.about) >= wanted.min


def fingerprint(wanted: FingerprintCondition, view: RecipientView) -> bool:
    own = view.terms.id if view.terms else None
    return any(
        match.kind in wanted.kind
        and match.words >= wanted.min_words
        and not (wanted.not_of_recipient and own is not None and match.partner == own)
        for match in view.message.inspection.documents
    )


def near(wanted: NearCondition, view: RecipientView) -> bool:
    return view.telling.stand_near(wanted.of, wanted.to, wanted.within)


def gaps(wanted: GapsCondition, view: RecipientView) -> bool:
    taken = wanted.not_taken_by_partner and view.terms is not None and view.terms.unreadable_attachments
    return any(
        (not wanted.reason or gap.reason in wanted.reason)
        and (wanted.scope is None or gap.scope is wanted.scope)
        and not (taken and gap.scope is GapScope.ATTACHMENT)
        for gap in view.message.inspection.gaps
    )


def attachments(wanted: AttachmentsCondition, view: RecipientView) -> bool:
    if wanted.about_other_people is not None and view.telling.attachment_tells_of_others != wanted.about_other_people:
        return False
    if not (wanted.type or wanted.min_bytes is not None or wanted.original_spreadsheet is not None):
        return True
    return any(
        (not wanted.type or any(_is_type(a.media_type, t) for t in wanted.type))
        and (wanted.min_bytes is None or a.size_bytes >= wanted.min_bytes)
        and (wanted.original_spreadsheet is None or a.original_spreadsheet == wanted.original_spreadsheet)
        for a in view.message.inspection.attachments
    )


def _is_type(media_type: str, wanted: str) -> bool:
    return media_type.startswith(wanted[:-1]) if wanted.endswith("/*") else media_type == wanted


def visible_recipients(wanted: VisibleRecipientsCondition, view: RecipientView) -> bool:
    visible = view.message.visible
    if view.recipient.address not in visible.addresses:
        return False
    domains = [
        domain
        for kind, domain in zip(visible.classes, visible.domains, strict=True)
        if wanted.recipient_class is None or kind in wanted.recipient_class
    ]
    return len(domains) >= wanted.min and len(set(domains)) >= wanted.domains


def hidden_recipients(wanted: HiddenRecipientsCondition, view: RecipientView) -> bool:
    is_hidden = view.recipient.outside and view.recipient.address not in view.message.header_addresses
    return is_hidden and view.message.hidden_outside >= wanted.min


def first_time(wanted: FirstTimeCondition, view: RecipientView) -> bool:
    enough = view.message.facts.history_days >= wanted.history_days
    return enough and view.recipient.address in view.message.never_written_to


def similar_known(wanted: bool, view: RecipientView) -> bool:
    return (view.recipient.address in view.message.similar_known) == wanted


def unusual_in_group(wanted: bool, view: RecipientView) -> bool:
    return (view.recipient.address in view.message.unusual_in_group) == wanted


def added_to_internal_thread(wanted: bool, view: RecipientView) -> bool:
    return (view.recipient.address in view.message.added_to_internal_thread) == wanted


def time_of_day(wanted: TimeOfDayCondition, view: RecipientView) -> bool:
    now = view.message.now.time()
    if wanted.start <= wanted.end:
        return wanted.start <= now < wanted.end
    return now >= wanted.start or now < wanted.end


def data_subject(wanted: bool, view: RecipientView) -> bool:
    return view.telling.only_data_subject == wanted


def known_relationship(wanted: str, view: RecipientView) -> bool:
    return view.known_relationship(wanted)


def any_of(wanted: tuple[Compiled, ...], view: RecipientView) -> bool:
    return any(holds(conditions, view) for conditions in wanted)


Test = Callable[[Any, RecipientView], bool]
Compiled = tuple[tuple[Test, Any], ...]
"""Conditions as the tests to ask, each with what the rule wrote."""

# Cheap ones first: most rules are answered by the recipient's class alone.
TESTS: dict[str, Test] = {
    "recipient_class": recipient_class,
    "sender_group": sender_group,
    "look_alike": look_alike,
    "salutation_mismatch": salutation_mismatch,
    "markings": markings,
    "embargo": embargo,
    "auto_submitted": auto_submitted,
    "auto_forwarded": auto_forwarded,
    "thread_reply": thread_reply,
    "vouched": vouched,
    "own_private_address": own_private_address,
    "first_time": first_time,
    "similar_known": similar_known,
    "unusual_in_group": unusual_in_group,
    "added_to_internal_thread": added_to_internal_thread,
    "time_of_day": time_of_day,
    "partner": partner,
    "gaps": gaps,
    "visible_recipients": visible_recipients,
    "hidden_recipients": hidden_recipients,
    "exact_match": exact_match,
    "fingerprint": fingerprint,
    "data_subject": data_subject,
    "known_relationship": known_relationship,
    "categories": categories,
    "entities": entities,
    "individuals": individuals,
    "near": near,
    "attachments": attachments,
    "any": any_of,
}


def compile_conditions(conditions: Conditions) -> Compiled:
    """The conditions given, in the order in which they are best asked."""
    asked = conditions.asked
    if conditions.any is not None:
        asked["any"] = tuple(compile_conditions(one) for one in conditions.any)
    return tuple((test, asked[name]) for name, test in TESTS.items() if name in asked)


def holds(conditions: Compiled, view: RecipientView) -> bool:
    """Whether all conditions given hold; with none given they do."""
    for test, wanted in conditions:  # noqa: SIM110  # a generator would double what deciding costs
        if not test(wanted, view):
            return False
    return True


def categories_to_name(conditions: Conditions, view: RecipientView) -> frozenset[Category]:
    """Categories to name in a reason: those not allowed where the rule asks that, else those it asks
    for; all found where it asks for none."""
    asked = [c.categories for c in (conditions, *(conditions.any or ())) if c.categories is not None]
    if not asked:
        return view.telling.categories()
    named: set[Category] = set()
    for wanted in asked:
        if wanted.not_allowed_by_partner:
            named |= view.disallowed(wanted)
        else:
            found = frozenset(f.category for f in view.telling.findings(wanted))
            named |= found if wanted.any_of is None else found & wanted.any_of
    return frozenset(named)
