"""Runs the examples that rules carry: mails in short form with the verdict they must get."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ..errors import Fault
from ..model import (
    Area,
    Attachment,
    Category,
    Controls,
    DocumentMatch,
    Envelope,
    Facts,
    Finding,
    Gap,
    GapReason,
    GapScope,
    Individual,
    Inspection,
    Likeness,
    Marking,
    MarkingKind,
    Question,
    RecipientClass,
    Verdict,
)
from .decide import Way, decide_for
from .disclaimers import text_of
from .partners import MAX_INDIVIDUALS, Terms
from .policy import Example
from .recipients import Recipient
from .rulebook import Rulebook
from .words import meant

_ENTITY = {
    Category.NAME: "PERSON",
    Category.CONTACT: "UK_ADDRESS",
    Category.REFERENCE: "UK_COUNCIL_TAX_REF",
    Category.IDENTITY: "UK_NINO",
    Category.FINANCIAL: "UK_BANK_ACCOUNT",
    Category.SPECIAL: "SPECIAL_CATEGORY",
    Category.CRIMINAL: "CRIMINAL_OFFENCE",
    Category.SAFEGUARDING: "SAFEGUARDING",
    Category.CREDENTIALS: "CREDENTIAL",
    Category.MARKED: "MARKED",
}
_CATEGORY = {entity: category for category, entity in _ENTITY.items()} | {
    "UK_POSTCODE": Category.CONTACT,
    "PHONE_NUMBER": Category.CONTACT,
    "EMAIL_ADDRESS": Category.CONTACT,
    "DATE_OF_BIRTH": Category.CONTACT,
    "AGE": Category.CONTACT,
    "SOCIAL_HANDLE": Category.CONTACT,
    "IP_ADDRESS": Category.CONTACT,
    "UK_HOUSING_BENEFIT_REF": Category.REFERENCE,
    "UK_RENT_REF": Category.REFERENCE,
    "UK_PCN": Category.REFERENCE,
    "UK_CASE_REF": Category.REFERENCE,
    "UK_BLUE_BADGE": Category.REFERENCE,
    "UK_COURT_CASE": Category.REFERENCE,
    "UK_CRIME_REF": Category.REFERENCE,
    "UK_PROFESSIONAL_REG": Category.REFERENCE,
    "UK_TV_LICENCE": Category.REFERENCE,
    "DEVICE_ID": Category.REFERENCE,
    "UK_UPRN": Category.REFERENCE,
    "UK_VEHICLE_REGISTRATION": Category.REFERENCE,
    "UK_NHS": Category.IDENTITY,
    "UK_PASSPORT": Category.IDENTITY,
    "UK_DRIVING_LICENCE": Category.IDENTITY,
    "UK_UTR": Category.IDENTITY,
    "UK_UPN": Category.IDENTITY,
    "UK_ULN": Category.IDENTITY,
    "UK_DBS": Category.IDENTITY,
    "UK_HOME_OFFICE_REF": Category.IDENTITY,
    "US_SSN": Category.IDENTITY,
    "IBAN_CODE": Category.FINANCIAL,
    "CREDIT_CARD": Category.FINANCIAL,
}
_WITH_TERMS = frozenset({RecipientClass.PARTNER, RecipientClass.PUBLIC_SECTOR, RecipientClass.ELECTED})
_NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)
_RECIPIENT = "a.person@recipient.invalid"
_WAY = Way(routes=frozenset({"plain", "secure"}), default_route="plain", default_encrypt_route="secure")


def check_examples(rulebook: Rulebook) -> list[Fault]:
    """A fault for every example that does not get its verdict, with its place in `policy.yaml`."""
    document = rulebook.documents["policy.yaml"]
    faults = []
    for n, compiled in enumerate(rulebook.rules):
        for i, example in enumerate(compiled.rule.examples):
            where = ("rules", n, "examples", i)
            wrong = _words_wrong(example)
            if wrong:
                faults.append(document.fault(where, wrong))
                continue
            verdict = verdict_of(example, rulebook)
            applied = compiled.rule.id in verdict.rules
            if verdict.action.word != example.then:
                got = f"{verdict.action.word} by {', '.join(verdict.rules) or 'no rule'}"
                faults.append(
                    document.fault(
                        where, f"the example of “{compiled.rule.id}” must get {example.then}, but gets {got}"
                    )
                )
            elif applied != example.applies:
                says = (
                    "must not apply to its example, but does" if applied else "must apply to its example, but does not"
                )
                faults.append(document.fault(where, f"“{compiled.rule.id}” {says}; rules: {', '.join(verdict.rules)}"))
    return [*faults, *_disclaimer_faults(rulebook)]


def _disclaimer_faults(rulebook: Rulebook) -> list[Fault]:
    faults = []
    for n, wanted in enumerate(rulebook.policy.disclaimer.examples):
        mail = Example.model_validate({"from": wanted.sender, "class": wanted.recipient_class.value, "then": "relay"})
        got = tuple(text_of(change) for change in verdict_of(mail, rulebook).changes)
        if got != wanted.texts:
            text = f"the example must get the disclaimers {_named(wanted.texts)}, but gets {_named(got)}"
            faults.append(rulebook.documents["policy.yaml"].fault(("disclaimer", "examples", n), text))
    return faults


def _named(texts: Iterable[str | None]) -> str:
    return ", ".join(f"“{text}”" for text in texts) or "none"


def _words_wrong(example: Example) -> str | None:
    for entity in example.findings:
        if entity not in _CATEGORY:
            return f"unknown entity “{entity}”; {meant(entity, _CATEGORY)}"
    for gap in example.gaps:
        reason = gap.removeprefix("message ")
        if reason not in {r.value for r in GapReason}:
            return f"unknown gap reason “{reason}”; {meant(reason, [r.value for r in GapReason])}"
    return None


def verdict_of(example: Example, rulebook: Rulebook) -> Verdict:
    """The verdict of the mail that an example stands for, with every rule enforced."""
    at = example.at or _NOON
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    recipient = _recipient(example, rulebook, at)
    hidden = example.hidden_recipients
    others = [f"hidden.{n}@recipient{n}.invalid" for n in range(hidden)]
    envelope = Envelope(
        reverse_path=None if example.automatic else example.sender,
        recipients=(recipient.address, *others),
        vouches_for_sender=True,
    )
    to = frozenset({recipient.address})
    facts = Facts(
        now=at,
        enforce_all=True,
        vouched=True,
        never_written_to=to if example.first_time else frozenset(),
        history_days=365,
        similar_known=frozenset((a, Likeness(example.similar_known)) for a in to if example.similar_known),
        unusual_in_group=to if example.unusual_in_group else frozenset(),
        added_to_internal_thread=to if example.added_to_internal_thread else frozenset(),
        known_relationships=frozenset({(recipient.address, "person 0")}) if example.known_relationship else frozenset(),
    )
    return decide_for(recipient, envelope, _inspection(example, rulebook, recipient.address), facts, rulebook, _WAY)


def _recipient(example: Example, rulebook: Rulebook, at: datetime) -> Recipient:
    if example.to is not None:
        return rulebook.recipients.classify(example.to, at.date())
    terms = Terms(
        id="example",
        organisation="Example partner",
        may_receive=example.may_receive,
        max_individuals=None if example.bulk else MAX_INDIVIDUALS,
        unreadable_attachments=example.unreadable_attachments,
        sender_groups=frozenset(example.sender_groups),
    )
    address = _RECIPIENT
    if example.own_private_address:
        address = f"{example.sender.partition('@')[0]}@recipient.invalid"
    return Recipient(
        address=address,
        recipient_class=example.recipient_class,
        terms=terms if example.recipient_class in _WITH_TERMS else None,
        look_alike=example.look_alike,
    )


def _inspection(example: Example, rulebook: Rulebook, recipient: str) -> Inspection:
    findings, individuals = _people(example, recipient)
    consumer = next((p for p in rulebook.lists.webmail if "@" not in p and "*" not in p), "recipient.invalid")
    neighbours = [f"neighbour.{n}@{consumer}" for n in range(example.visible)]
    shown = [] if example.hidden_recipients else [recipient]
    return Inspection(
        question=Question(),
        findings=findings,
        individuals=individuals,
        names_asked=True,
        documents=_documents(example),
        gaps=tuple(_gap(text) for text in example.gaps),
        markings=tuple(
            Marking(kind=kind, part="1", place="", until=_aware(example.until) if kind is MarkingKind.EMBARGO else None)
            for kind in example.markings
        ),
        attachments=(
            (
                Attachment(
                    part="2", filename="list.xlsx", media_type="text/csv", size_bytes=1000, original_spreadsheet=True
                ),
            )
            if example.spreadsheet
            else ()
        ),
        controls=Controls(
            author=example.sender,
            author_count=1,
            visible_recipients=tuple(shown + neighbours),
            auto_submitted=example.automatic,
            auto_forwarded=example.auto_forwarded,
            thread_reply=example.reply or example.added_to_internal_thread,
            salutation_mismatch=(recipient,) if example.salutation_mismatch else (),
        ),
    )


def _people(example: Example, recipient: str) -> tuple[tuple[Finding, ...], tuple[Individual, ...]]:
    """Everything listed is found once for each of the people."""
    kinds = [(_ENTITY[c], c) for c in example.categories] + [(e, _CATEGORY[e]) for e in example.findings]
    findings: list[Finding] = []
    people: list[Individual] = []
    areas = [example.area] * example.individuals
    if example.other_person_attached:
        areas = [Area.BODY, Area.ATTACHMENT]
    for n, area in enumerate(areas):
        first = len(findings)
        for entity, category in kinds:
            findings.append(
                Finding(
                    entity=entity,
                    category=category,
                    recogniser="example",
                    part="2" if area is Area.ATTACHMENT else "1",
                    place="",
                    start=100 * n,
                    end=100 * n + 9,
                    confidence=0.95,
                    fingerprint=f"{entity} {n}",
                    masked="",
                    area=area,
                    hidden=example.hidden,
                    quoted=example.quoted,
                    indexes=example.exact_match,
                )
            )
        people.append(
            Individual(
                fingerprint=f"person {n}",
                findings=tuple(range(first, len(findings))),
                recipients=(recipient,) if example.about_recipient else (),
            )
        )
    return tuple(findings), tuple(people) if kinds else ()


def _documents(example: Example) -> tuple[DocumentMatch, ...]:
    if example.fingerprint is None:
        return ()
    kind, partner = example.fingerprint, example.fingerprint_of
    return (DocumentMatch(kind=kind, document="example", name="example", partner=partner, part="1", words=100),)


def _gap(text: str) -> Gap:
    whole = text.startswith("message ")
    return Gap(
        part="" if whole else "2",
        reason=GapReason(text.removeprefix("message ")),
        scope=GapScope.MESSAGE if whole else GapScope.ATTACHMENT,
        detail="",
    )


def _aware(at: datetime | None) -> datetime | None:
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)
