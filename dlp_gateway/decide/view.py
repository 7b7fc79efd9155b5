"""What policy sees: of a message, and of the copy that one recipient would get.

Here stands what counts as personal data to protect (the second list under "Data categories" of the
policy): not what is exempt, not the author's own, not the recipients' own names and addresses, not
what is quoted from this same recipient.
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
    Area,
    AskNames,
    Category,
    Envelope,
    Facts,
    Finding,
    Individual,
    Inspection,
    MarkingKind,
    RecipientClass,
)
from .misdirection import is_own_private_address
from .policy import FindingFilter
from .recipients import Recipient

if TYPE_CHECKING:
    from .rulebook import Rulebook

_OWN_ENTITIES = frozenset({"PERSON", "UK_ADDRESS", "UK_POSTCODE", "PHONE_NUMBER", "EMAIL_ADDRESS"})
_SEEN_BY_ALL = frozenset({"PERSON", "EMAIL_ADDRESS"})
_NOT_COUNTED_AS_VISIBLE = frozenset({RecipientClass.INTERNAL, RecipientClass.PARTNER, RecipientClass.PUBLIC_SECTOR})
BEYOND_NAME = PERSONAL - {Category.NAME}


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

    def classify(self, address: str) -> Recipient:
        return self.rulebook.recipients.classify(address, self.now.date())

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
    def known_pairs(self) -> dict[str, frozenset[str]]:
        """Fingerprints of the people whom a recipient is recorded for."""
        found: dict[str, set[str]] = {}
        for address, fingerprint in self.facts.known_relationships:
            found.setdefault(self.classify(address).address, set()).add(fingerprint)
        return {address: frozenset(prints) for address, prints in found.items()}

    @cached_property
    def never_written_to(self) -> frozenset[str]:
        if self.facts.seen_before is None:
            return frozenset()
        return self.outside_recipients - {self.classify(a).address for a in self.facts.seen_before}

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
        self._chosen: dict[tuple[str, float | None], tuple[int, ...]] = {}

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
            message.known_pairs.get(address),
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

    def _least(self, min_confidence: float | None) -> float:
        return self.message.rulebook.policy.min_confidence if min_confidence is None else min_confidence

    @cached_property
    def _relevant(self) -> tuple[int, ...]:
        """Candidates without what is quoted from this recipient."""
        if self.recipient.address != self.message.quoted_is_from:
            return self.message.candidates
        findings = self.message.inspection.findings
        return tuple(i for i in self.message.candidates if not findings[i].quoted)

    def _is_own_name_or_address(self, index: int) -> bool:
        """Whether the finding is this recipient's own name or address, or the name or e-mail address
        of another recipient that all can read in the header."""
        entity = self.message.inspection.findings[index].entity
        people = self.message.people_of.get(index)
        if entity not in _OWN_ENTITIES or not people:
            return False
        if all(n in self.itself for n in people):
            return True
        if entity not in _SEEN_BY_ALL:
            return False
        headers = self.message.header_addresses
        return all(
            n in self.itself or any(self.message.classify(a).address in headers for a in self._person(n).recipients)
            for n in people
        )

    def _person(self, number: int) -> Individual:
        return self.message.individuals[number]

    @cached_property
    def counted(self) -> tuple[int, ...]:
        """Indexes of the findings that are personal data to protect, or credentials, of any confidence."""
        return tuple(i for i in self._relevant if not self._is_own_name_or_address(i))

    @cached_property
    def data_subjects(self) -> tuple[int, ...]:
        """Indexes of the individuals about whom more than a name is told, the author left out."""
        least, findings = self._least(None), self.message.inspection.findings
        telling = {i for i in self._relevant if findings[i].category in BEYOND_NAME and findings[i].confidence >= least}
        return tuple(
            n for n, person in enumerate(self.message.individuals)
            if not person.is_author and not telling.isdisjoint(person.findings)
        )  # fmt: skip

    @cached_property
    def only_data_subject(self) -> bool:
        """Whether all that is told is about this recipient. Data that stands with nobody is taken for
        theirs in the text of the mail, not in an attachment that does not name them, and not where
        two official identifiers of one kind show that there are two people."""
        people = self.data_subjects or self._only_person
        if not people or any(n not in self.itself for n in people):
            return False
        return all(self._adopts(i) for i in self._loose) and not self._two_people

    @property
    def _only_person(self) -> tuple[int, ...]:
        """This recipient, where data stands with nobody and the mail names no one else."""
        others = any(not p.is_author and n not in self.itself for n, p in enumerate(self.message.individuals))
        return self.itself if self._loose and not others else ()

    @cached_property
    def _loose(self) -> tuple[int, ...]:
        """Findings beyond names that stand with nobody."""
        least, findings = self._least(None), self.message.inspection.findings
        return tuple(
            i
            for i in self._relevant
            if i not in self.message.people_of
            and findings[i].category in BEYOND_NAME
            and findings[i].confidence >= least
        )

    @cached_property
    def _own_parts(self) -> frozenset[str]:
        findings = self.message.inspection.findings
        return frozenset(findings[i].part for n in self.itself for i in self._person(n).findings if i < len(findings))

    def _adopts(self, index: int) -> bool:
        finding = self.message.inspection.findings[index]
        return finding.area is not Area.ATTACHMENT or finding.part in self._own_parts

    @cached_property
    def _two_people(self) -> bool:
        findings = self.message.inspection.findings
        values: dict[str, set[str]] = {}
        for i in self._relevant:
            if findings[i].category is Category.IDENTITY:
                values.setdefault(findings[i].entity, set()).add(findings[i].fingerprint)
        return any(len(prints) > 1 for prints in values.values())

    def is_about_recipient(self, index: int) -> bool:
        """Whether a finding tells of nobody but this recipient."""
        people = self.message.people_of.get(index)
        if people:
            return all(n in self.itself for n in people)
        return self.only_data_subject and self._adopts(index)

    def chosen(self, about: str, min_confidence: float | None = None) -> tuple[int, ...]:
        """Indexes of the counted findings about `anyone`, `others` or the `recipient`."""
        key = (about, min_confidence)
        if key not in self._chosen:
            least, findings = self._least(min_confidence), self.message.inspection.findings
            sure = (i for i in self.counted if findings[i].confidence >= least)
            if about != "anyone":
                sure = (i for i in sure if self.is_about_recipient(i) == (about == "recipient"))
            self._chosen[key] = tuple(sure)
        return self._chosen[key]

    def findings(self, wanted: FindingFilter) -> list[Finding]:
        """The counted findings that a condition looks at."""
        all_findings, shown = self.message.inspection.findings, self.message.open_values
        found = [all_findings[i] for i in self.chosen(wanted.about, wanted.min_confidence)]
        if wanted.hidden_only:
            found = [f for f in found if f.hidden and f.fingerprint not in shown]
        if wanted.place:
            found = [f for f in found if f.area.value in wanted.place or (f.hidden and "hidden" in wanted.place)]
        return found

    def categories(self, about: str = "anyone") -> frozenset[Category]:
        findings = self.message.inspection.findings
        return frozenset(findings[i].category for i in self.chosen(about))

    def count_people(self, wanted: frozenset[Category], *, named: bool, about: str) -> int:
        """How many people a name (if `named`) stands with data of one of these categories for.

        Also counts what grouping may have missed: different values of one kind of official
        identifier are as many people; and where nobody was grouped at all, the most frequent kind.
        """
        findings = self.message.inspection.findings
        chosen = self.chosen(about)
        by_person: dict[int, set[Category]] = {}
        values: dict[str, set[str]] = {}
        for i in chosen:
            finding = findings[i]
            for n in self.message.people_of.get(i, ()):
                if not self._person(n).is_author and not (about == "others" and n in self.itself):
                    by_person.setdefault(n, set()).add(finding.category)
            if finding.category in wanted:
                values.setdefault(finding.entity, set()).add(finding.fingerprint)
        if named and not self._names_known:
            named = False
        people = sum(1 for kinds in by_person.values() if kinds & wanted and (Category.NAME in kinds or not named))
        grouped = bool(self.message.individuals)
        telling = [len(prints) for entity, prints in values.items() if not grouped or self._identifies(entity)]
        if named and not grouped and Category.NAME not in {findings[i].category for i in chosen}:
            telling = []
        return max(people, 0 if named and grouped else max(telling, default=0))

    def _identifies(self, entity: str) -> bool:
        findings = self.message.inspection.findings
        return any(findings[i].entity == entity and findings[i].category is Category.IDENTITY for i in self.counted)

    @property
    def _names_known(self) -> bool:
        """Without the recognition of names no person has one: then asking for it would hold nothing."""
        inspection = self.message.inspection
        return (
            inspection.names_asked
            or inspection.question.names is AskNames.NEVER
            or any(f.category is Category.NAME for f in inspection.findings)
        )

    @cached_property
    def attachment_tells_of_others(self) -> bool:
        """Whether an attachment is about people of whom the body says nothing, the body about somebody else."""
        findings = self.message.inspection.findings
        least = self._least(None)
        in_body: set[int] = set()
        attached: set[int] = set()
        for i in self._relevant:
            finding = findings[i]
            if finding.confidence < least or finding.category not in PERSONAL:
                continue
            place = attached if finding.area in (Area.ATTACHMENT, Area.FILE_NAME) else in_body
            place.update(n for n in self.message.people_of.get(i, ()) if not self._person(n).is_author)
        tell = set(self.data_subjects)
        strangers = (attached & tell) - in_body - set(self.itself)
        return bool(strangers) and bool(in_body) and in_body.isdisjoint(attached)

    def known_relationship(self, which: str) -> bool:
        """Whether the recipient is recorded for `any` or for `all` of the others the mail is about."""
        known = self.message.known_pairs.get(self.recipient.address)
        if not known:
            return False
        others = [n for n in self.data_subjects if n not in self.itself]
        matches = [self._person(n).fingerprint in known for n in others]
        if which == "any":
            return any(matches)
        return bool(matches) and all(matches)

    def disallowed(self, wanted: FindingFilter) -> frozenset[Category]:
        """Categories of personal data found that the recipient's terms don't name."""
        if self.terms is None:
            return frozenset()
        found = Counter(f.category for f in self.findings(wanted) if f.category in PERSONAL)
        return frozenset(found) - self.terms.may_receive
