"""The language of `rules/policy.yaml`: Policy, PolicyRule and what a condition can ask for.

Every condition left out is not asked; those given must all hold. What each means is in `conditions.py`.
"""

from __future__ import annotations

import string
import typing
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic_core import CoreSchema

from ..model import Action, Area, GapReason, GapScope, MarkingKind, RecipientClass
from ..moment import Moment
from .disclaimers import Disclaimer
from .words import (
    CATEGORY_SCHEMA,
    CategoryWord,
    CategoryWords,
    ClassWords,
    GapReasonWord,
    MarkingWord,
    Names,
    Section,
    as_tuple,
    meant,
    one_or_more,
)

PLACEHOLDERS = frozenset({"partner", "categories", "count", "recipient_class", "look_alike", "similarity", "until"})


Place = Literal["subject", "header", "body", "attachment", "file-name", "hidden"]
Places = Annotated[tuple[Place, ...], BeforeValidator(as_tuple), WithJsonSchema(one_or_more(typing.get_args(Place)))]
GapReasons = Annotated[
    tuple[GapReasonWord, ...], BeforeValidator(as_tuple), WithJsonSchema(one_or_more(r.value for r in GapReason))
]
Markings = Annotated[
    tuple[MarkingWord, ...], BeforeValidator(as_tuple), WithJsonSchema(one_or_more(m.value for m in MarkingKind))
]


class _OrBare(Section):
    """A condition that may be written as the bare word or list of what it is mostly asked for."""

    @classmethod
    def _bare(cls) -> dict[str, Any]:
        """The JSON Schema of the bare form."""
        return one_or_more()

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        whole = handler.resolve_ref_schema(handler(core))
        return {"anyOf": [whole, *cls._bare()["anyOf"]]}


class FindingFilter(Section):
    """Which findings a condition looks at, and how many different values it wants."""

    about: Literal["anyone", "others", "recipient"] = "anyone"
    min_confidence: float | None = Field(None, ge=0, le=1)  # None: the policy's
    min_values: int = Field(1, ge=1)
    place: Places = ()
    hidden_only: bool = False  # only values that nobody sees: no copy of them stands in the open


class CategoriesCondition(FindingFilter, _OrBare):
    """Data of these categories. A bare list is `any_of`; `high` and `personal` stand for what they cover."""

    any_of: CategoryWords | None = None
    all_of: CategoryWords | None = None
    not_allowed_by_partner: bool | None = None
    all_allowed_by_partner: bool | None = None

    @classmethod
    def _bare(cls) -> dict[str, Any]:
        return CATEGORY_SCHEMA

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, value: Any) -> Any:
        return {"any_of": value} if isinstance(value, list | tuple | str) else value


class EntitiesCondition(FindingFilter, _OrBare):
    """Data of these entities. A bare list is `any_of`."""

    any_of: Names

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, value: Any) -> Any:
        return {"any_of": value} if isinstance(value, list | tuple | str) else value


class IndividualsCondition(Section):
    """How many people the message is about."""

    min: int = Field(1, ge=0)
    max: int | None = None
    named: bool = False  # a name stands with the data
    categories: CategoryWords = frozenset()  # with one of these; empty: any personal data
    about: Literal["anyone", "others"] = "anyone"
    more_than_partner_allows: bool = False  # the entry's number takes the place of `min`


class ExactMatchCondition(_OrBare):
    """People of the council's own records, by the names of indexes. A bare word or list is `index`."""

    index: Names
    min: int = Field(1, ge=1)  # so many people
    about: Literal["anyone", "others", "recipient"] = "anyone"

    @model_validator(mode="before")
    @classmethod
    def _bare_names(cls, value: Any) -> Any:
        return {"index": value} if isinstance(value, list | tuple | str) else value


class FingerprintCondition(_OrBare):
    """A substantial passage of a registered document of these kinds. A bare word or list is `kind`."""

    kind: Names
    min_words: int = Field(1, ge=1)  # in common, about
    not_of_recipient: bool = False  # registered as the content of another partner than the recipient

    @model_validator(mode="before")
    @classmethod
    def _bare_kinds(cls, value: Any) -> Any:
        return {"kind": value} if isinstance(value, list | tuple | str) else value


class NearCondition(Section):
    """Data of one kind within so many characters of data of another, in one passage."""

    of: CategoryWords
    to: CategoryWords
    within: int = Field(ge=1)


class PartnerCondition(Section):
    """Attributes of the partner entry, sector or elected."""

    id: Names | None = None
    basis: Names | None = None
    bulk: bool | None = None
    unreadable_attachments: bool | None = None
    sender_allowed: bool | None = None  # the author is in one of the entry's sender groups


class GapsCondition(Section):
    """What could not be inspected."""

    reason: GapReasons = ()  # empty: any
    scope: GapScope | None = None
    not_taken_by_partner: bool = False  # a gap about the whole message is never taken


class AttachmentsCondition(Section):
    """What is attached."""

    type: Names = ()  # media types, "text/*" for a family
    min_bytes: int | None = Field(None, ge=0)
    original_spreadsheet: bool | None = None
    about_other_people: bool | None = None  # people of whom the body, which is about others, says nothing


class VisibleRecipientsCondition(Section):
    """Outside addresses visible to one another in To and Cc; partners and public bodies not counted."""

    min: int = Field(1, ge=1)
    domains: int = Field(1, ge=1)  # of at least so many domains
    recipient_class: ClassWords | None = None  # only these classes


class HiddenRecipientsCondition(Section):
    """Outside recipients that stand in no header field."""

    min: int = Field(1, ge=1)


class FirstTimeCondition(Section):
    """The council never wrote to this recipient; asked only where there is enough history."""

    history_days: int = Field(28, ge=1)


class TimeOfDayCondition(Section):
    """Local time, from `start` up to `end`, over midnight when `end` is earlier."""

    start: time
    end: time


class Conditions(Section):
    """What a rule asks for; see the module's docstring."""

    recipient_class: ClassWords | None = None
    sender_group: Names | None = None
    partner: PartnerCondition | None = None
    look_alike: bool | None = None
    salutation_mismatch: bool | None = None
    markings: Markings | None = None
    embargo: bool | None = None
    auto_submitted: bool | None = None
    auto_forwarded: bool | None = None
    thread_reply: bool | None = None
    own_private_address: bool | None = None
    vouched: bool | None = None
    categories: CategoriesCondition | None = None
    entities: EntitiesCondition | None = None
    individuals: IndividualsCondition | None = None
    exact_match: ExactMatchCondition | None = None
    fingerprint: FingerprintCondition | None = None
    near: NearCondition | None = None
    gaps: GapsCondition | None = None
    attachments: AttachmentsCondition | None = None
    visible_recipients: VisibleRecipientsCondition | None = None
    hidden_recipients: HiddenRecipientsCondition | None = None
    first_time: FirstTimeCondition | None = None
    similar_known: bool | None = None
    unusual_in_group: bool | None = None
    added_to_internal_thread: bool | None = None
    time_of_day: TimeOfDayCondition | None = None
    data_subject: bool | None = None
    known_relationship: Literal["any", "all"] | None = None
    any: tuple[Conditions, ...] | None = Field(None, min_length=1)  # one of these

    @property
    def asked(self) -> dict[str, Any]:
        """The conditions given, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set if getattr(self, name) is not None}


Then = Literal["relay", "encrypt", "hold", "reject", "disclaimer"]


class Case(Section):
    """One branch of a rule whose action depends on more: the first whose `when` holds decides."""

    when: Conditions = Conditions()
    action: Then


class ReviewersChoice(Section):
    """One line of `reviewers` by sender group and category; the first that fits is taken."""

    sender_group: str | None = None
    category: CategoryWords | None = None
    group: str


class Clock(Section):
    """How soon a hold must be decided, and who hears of it when it is not."""

    working_minutes: int = Field(240, ge=1)
    out_of_hours_minutes: int = Field(60, ge=1)
    escalate_to: str | None = None


class Example(Section):
    """A mail in short form, and the action that the whole policy must give it with every rule enforced.

    The recipient is of `class` (with `may_receive`, `bulk`, `unreadable_attachments`, `sender_groups`
    for those that have terms), or the address `to`, classified as usual. `categories` and `findings`
    (entities) are found once for each of `individuals` people, who are not the recipient unless
    `about_recipient`. `applies` says whether the rule that carries the example must be among those
    that decided.
    """

    sender: str = Field("officer@council.example", alias="from")
    to: str | None = None
    recipient_class: RecipientClass = Field(RecipientClass.UNAPPROVED, alias="class")
    may_receive: CategoryWords = frozenset()
    bulk: bool = False
    unreadable_attachments: bool = False
    sender_groups: tuple[str, ...] = ()  # of the partner entry
    categories: tuple[CategoryWord, ...] = ()
    findings: tuple[str, ...] = ()
    individuals: int = Field(1, ge=0)
    about_recipient: bool = False
    known_relationship: bool = False
    exact_match: Names = ()  # indexes of the council's records that everything found stands in
    fingerprint: str | None = None  # kind of a registered document of which there is a passage
    fingerprint_of: str | None = None  # id of the partner whose content that is
    area: Area = Area.BODY
    hidden: bool = False
    quoted: bool = False
    gaps: tuple[str, ...] = ()  # a reason; "message" before it for the whole message: "message timed_out"
    markings: tuple[MarkingWord, ...] = ()
    until: Moment | None = None  # of an embargo
    at: Moment | None = None  # when the mail is sent; default noon on 2 June 2025, UTC
    visible: int = 0  # further visible addresses at consumer providers
    hidden_recipients: int = 0  # further outside recipients in no header field
    reply: bool = False
    automatic: bool = False
    auto_forwarded: bool = False
    salutation_mismatch: bool = False
    spreadsheet: bool = False
    other_person_attached: bool = False
    first_time: bool = False
    similar_known: Literal["local-part", "domain", "other-domain"] | None = None
    unusual_in_group: bool = False
    added_to_internal_thread: bool = False
    own_private_address: bool = False
    look_alike: str | None = None
    then: Literal["relay", "encrypt", "hold", "reject"]
    applies: bool = True


class PolicyRule(Section):
    """One rule of the policy."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    clause: str = ""
    reason: str = Field(min_length=1)
    reason_cy: str | None = Field(None, min_length=1)  # the same in Welsh, for those who are written to in it
    mode: Literal["enforce", "observe"] = "enforce"
    when: Conditions = Conditions()
    unless: tuple[Conditions, ...] = ()
    then: Then | tuple[Case, ...]
    reviewers: str | tuple[ReviewersChoice, ...] | None = None  # None: the sender group's, else the default
    approvals: Literal[1, 2] = 1
    # Who may let a held copy go. "sender": its author, giving a reason, where every rule that holds it says so.
    release_by: tuple[Literal["reviewer", "manager", "sender"], ...] = Field(("reviewer",), min_length=1)
    clock: Clock = Clock()
    expires_days: int = Field(14, ge=1, le=365)
    notify: tuple[Literal["sender", "owner", "administrators", "reviewers"], ...] = ("sender",)
    urgent_release: bool = True  # the sender may say "someone is at risk now" (safeguarding, partners)
    release_at_end: bool = True  # of an embargo: let go by itself when nothing else holds it
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _known_placeholders(self) -> PolicyRule:
        for field, reason in (("reason", self.reason), ("reason_cy", self.reason_cy or "")):
            for name in placeholders(reason):
                if name not in PLACEHOLDERS:
                    raise ValueError(f"{field}: unknown placeholder {{{name}}}; {meant(name, PLACEHOLDERS)}")
        return self

    @property
    def cases(self) -> tuple[Case, ...]:
        return (Case(action=self.then),) if isinstance(self.then, str) else self.then

    @property
    def all_conditions(self) -> list[Conditions]:
        """All conditions of the rule, nested ones too."""
        waiting = [self.when, *self.unless, *(case.when for case in self.cases)]
        found = []
        while waiting:
            one = waiting.pop()
            found.append(one)
            waiting.extend(one.any or ())
        return found

    @property
    def strictest(self) -> Action:
        """The strictest action the rule can take."""
        return max(action_of(case.action) for case in self.cases)

    @property
    def asks_embargo(self) -> bool:
        return bool(self.when.embargo)


def placeholders(reason: str) -> tuple[str, ...]:
    """Names of the placeholders in a reason."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(reason) if name is not None)


class Rollout(Section):
    """For whom rules act: everybody, or the sender groups listed."""

    default: Literal["enforce", "observe"] = "enforce"
    enforce_for: tuple[str, ...] = ()


class Automatic(Section):
    """What holds for mail that no person wrote (null reverse-path or RFC 3834 auto-submitted)."""

    ignore_quoted: bool = True
    notify: tuple[Literal["owner", "administrators", "reviewers"], ...] = ("owner",)


class Policy(Section):
    """`rules/policy.yaml`."""

    rollout: Rollout = Rollout()
    min_confidence: float = Field(0.5, ge=0, le=1)  # a finding below this counts only where a rule asks for less
    names_alone: ClassWords = frozenset({RecipientClass.SOCIAL, RecipientClass.PUBLICATION})
    default_reviewers: str = "information-governance"
    automatic: Automatic = Automatic()
    disclaimer: Disclaimer = Disclaimer()
    rules: tuple[PolicyRule, ...] = Field(min_length=1)


def action_of(then: str) -> Action:
    """The action of a word under `then`; a disclaimer goes with the message."""
    return Action.RELAY if then == "disclaimer" else Action[then.upper()]
