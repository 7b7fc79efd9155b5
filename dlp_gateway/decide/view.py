"""What policy sees: of a message, and of the copy that one recipient would get.

What counts as personal data to protect is in `telling.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..model import (
    PERSONAL,
    Category,
    Envelope,
    Facts,
    Inspection,
    Likeness,
    MarkingKind,
    RecipientClass,
)
from .misdirection import is_own_private_address
from .policy import FindingFilter
from .recipients import Recipient
from .telling import Telling

if TYPE_CHECKING:
    from .rulebook import Rulebook

_NOT_COUNTED_AS_VISIBLE = frozenset({RecipientClass.INTERNAL, RecipientClass.PARTNER, RecipientClass.PUBLIC_SECTOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleRecipients:
    """Outside addresses of To and Cc that count as visible to one another, with their classes."""

    addresses: frozenset[str]
    classes: tuple[RecipientClass, ...]
    domains: tuple[str, ...]  # same order as classes


class MessageView:
    """What is the same for every recipient of a message."""

    def __init__(self, envelope: Envelope, inspection: Inspection, facts: Facts, rulebook: Rulebook) -> None:
        self.envelope = envelope
        self.inspection = inspection
        self.controls = inspection.controls
        self.facts = facts
        self.rulebook = rulebook
        self.now = facts.now.astimezone(ZoneInfo(inspection.question.time_zone))
        self.vouched = facts.vouched or facts.enforce_all
        self.groups = rulebook.senders.of(self.controls, vouched=self.vouched)
        self.automatic = envelope.reverse_path is None or self.controls.auto_submitted
        self.individuals = inspection.individuals
        self._tellings: dict[tuple[tuple[int, ...], bool], Telling] = {}

    def classify(self, address: str) -> Recipient:
        return self.rulebook.recipients.classify(address, self.now.date())

    def telling(self, itself: tuple[int, ...], *, quoted_theirs: bool) -> Telling:
        """What counts for recipients who are these individuals; made once for all of them."""
        key = (itself, quoted_theirs)
        if key not in self._tellings:
            self._tellings[key] = Telling(self, itself, quoted_theirs=quoted_theirs)
        return self._tellings[key]

    @cached_property
    def people_of(self) -> dict[int, list[int]]:
        """Indexes of the individuals that a finding belongs to, by the finding's index."""
        found: dict[int, list[int]] = {}
        for number, individual in enumerate(self.individuals):
            for index in individual.findings:
                found.setdefault(index, []).append(number)
        return found

    @cached_property
    def candidates(self) -> tuple[int, ...]:
        """Indexes of findings that are neither exempt nor the author's own."""
        people, individuals = self.people_of, self.individuals
        quoted = not (self.automatic and self.rulebook.policy.automatic.ignore_quoted)
        return tuple(
            index
            for index, finding in enumerate(self.inspection.findings)
            if finding.exempt is None
            and (quoted or not finding.quoted)
            and not (index in people and all(individuals[n].is_author for n in people[index]))
        )

    @cached_property
    def header_addresses(self) -> frozenset[str]:
        """Addresses of To and Cc in lower case, domains by A-label."""
        return frozenset(self.classify(a).address for a in self.controls.visible_recipients)

    @cached_property
    def visible(self) -> VisibleRecipients:
        seen = [self.classify(a) for a in sorted(self.header_addresses)]
        counted = [r for r in seen if r.recipient_class not in _NOT_COUNTED_AS_VISIBLE]
        return VisibleRecipients(
            addresses=frozenset(r.address for r in counted),
            classes=tuple(r.recipient_class for r in counted),
            domains=tuple(r.address.rpartition("@")[2] for r in counted),
        )

    @cached_property
    def outside_recipients(self) -> frozenset[str]:
        return frozenset(r.address for a in self.envelope.recipients if (r := self.classify(a)).outside)

    @cached_property
    def hidden_outside(self) -> int:
        """How many outside recipients stand in no header field."""
        return len(self.outside_recipients - self.header_addresses)

    @cached_property
    def quoted_is_from(self) -> str | None:
        """The recipient from whom all quoted text of a reply must come: the only one outside."""
        if not self.controls.thread_reply or self.controls.forwarded or len(self.outside_recipients) != 1:
            return None
        (only,) = self.outside_recipients
        others = [a for a in self.header_addresses if a != only and self.classify(a).outside]
        return None if others else only

    @cached_property
    def confidential(self) -> bool:
        """Whether an address listed as confidential wrote or receives this."""
        addresses: Iterable[str | None] = (
            self.envelope.reverse_path,
            self.controls.author,
            *self.envelope.recipients,
            *self.header_addresses,
        )
        return any(a is not None and self.rulebook.recipients.is_confidential(a) for a in addresses)

    @cached_property
    def listed_for(self) -> dict[str, tuple[int, ...]]:
        """Indexes of the individuals that a recipient appears to be."""
        found: dict[str, tuple[int, ...]] = {}
        for number, individual in enumerate(self.individuals):
            for address in individual.recipients:
                key = self.classify(address).address
                found[key] = (*found.get(key, ()), number)
        return found

    @cached_property
    def known_people(self) -> dict[str, frozenset[int]]:
        """Indexes of the individuals whom a recipient is recorded for."""
        found: dict[str, set[int]] = {}
        pairs = self.facts.known_relationships
        for number, person in enumerate(self.individuals):
            recorded = [address for address, mark in pairs if mark == person.fingerprint] if pairs else []
            for address in (*recorded, *person.known_to):
                found.setdefault(self.classify(address).address, set()).add(number)
        return {address: frozenset(numbers) for address, numbers in found.items()}

    def _outside(self, addresses: Iterable[str]) -> frozenset[str]:
        return frozenset(self.classify(a).address for a in addresses) & self.outside_recipients

    @cached_property
    def never_written_to(self) -> frozenset[str]:
        return self._outside(self.facts.never_written_to or ())

    @cached_property
    def similar_known(self) -> dict[str, Likeness]:
        """How each outside recipient is like somebody who is often written to."""
        found = {self.classify(address).address: likeness for address, likeness in self.facts.similar_known}
        return {address: found[address] for address in found.keys() & self.outside_recipients}

    @cached_property
    def unusual_in_group(self) -> frozenset[str]:
        return self._outside(self.facts.unusual_in_group)

    @cached_property
    def added_to_internal_thread(self) -> frozenset[str]:
        """Nobody where the mail is a forward: that is addressed anew, by hand."""
        return frozenset() if self.controls.forwarded else self._outside(self.facts.added_to_internal_thread)

    @cached_property
    def mismatched(self) -> frozenset[str]:
        return frozenset(self.classify(a).address for a in self.controls.salutation_mismatch)

    @cached_property
    def markings(self) -> frozenset[MarkingKind]:
        return frozenset(m.kind for m in self.inspection.markings)

    @cached_property
    def open_values(self) -> frozenset[str]:
        """Fingerprints of values that stand somewhere in the open."""
        return frozenset(f.fingerprint for f in self.inspection.findings if not f.hidden)


class RecipientView:
    """The copy of a message that one recipient would get."""

    def __init__(self, message: MessageView, recipient: Recipient) -> None:
        self.message = message
        self.recipient = recipient
        self.terms = recipient.terms
        self.itself = message.listed_for.get(recipient.address, ()) if message.individuals else ()

    @cached_property
    def telling(self) -> Telling:
        return self.message.telling(self.itself, quoted_theirs=self.recipient.address == self.message.quoted_is_from)

    @cached_property
    def signature(self) -> tuple[object, ...]:
        """All that can make the verdict of one recipient differ from that of another."""
        message, address = self.message, self.recipient.address
        return (
            self.recipient.recipient_class,
            self.terms.id if self.terms else None,
            self.recipient.look_alike,
            address in message.visible.addresses,
            address in message.header_addresses,
            self.itself,
            address in message.mismatched,
            address in message.never_written_to,
            message.similar_known.get(address),
            address in message.unusual_in_group,
            address in message.added_to_internal_thread,
            message.known_people.get(address),
            self.own_private_address,
            address == message.quoted_is_from,
        )

    @cached_property
    def own_private_address(self) -> bool:
        if self.recipient.recipient_class is not RecipientClass.WEBMAIL:
            return False
        return any(self.message.individuals[n].is_author for n in self.itself) or is_own_private_address(
            self.message.controls.author, self.recipient.address
        )

    def known_relationship(self, which: str) -> bool:
        """Whether the recipient is recorded for `any` or for `all` of the others the mail is about."""
        known = self.message.known_people.get(self.recipient.address)
        if not known:
            return False
        others = [n for n in self.telling.data_subjects if n not in self.itself]
        matches = [n in known for n in others]
        if which == "any":
            return any(matches)
        return bool(matches) and all(matches)

    def disallowed(self, wanted: FindingFilter) -> frozenset[Category]:
        """Categories of personal data found that the recipient's terms don't name."""
        if self.terms is None:
            return frozenset()
        found = Counter(f.category for f in self.telling.findings(wanted) if f.category in PERSONAL)
        return frozenset(found) - self.terms.may_receive
