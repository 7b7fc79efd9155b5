"""The partner registry and the sectors: who may receive what, how, and until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from pydantic import Field, field_validator, model_validator

from ..model import Category
from .addresses import Address, Pattern, checked_pattern, parents_of
from .words import CategoryWord, Section

MAX_INDIVIDUALS = 9
"""Data about more people than this is bulk, where an entry says nothing else."""

WARN_DAYS = (60, 30, 7)
"""So many days before its review an entry is named in lists and warnings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one partner entry, sector or the elected may receive."""

    id: str
    organisation: str
    may_receive: frozenset[Category]
    route: str | None = None  # None: the default encrypting route
    max_individuals: int | None = MAX_INDIVIDUALS  # None: any number
    unreadable_attachments: bool = False
    sender_groups: frozenset[str] = field(default=frozenset())  # empty: every sender
    basis: str = ""


class TlsEvidence(Section):
    """How it was last made sure that mail to this partner is protected on its way."""

    last_verified: date
    how: str


class MailEvidence(Section):
    """Which hosts took mail for the entry's domains when that was last looked up."""

    last_checked: date
    hosts: tuple[str, ...] = ()


class PartnerEntry(Section):
    """One partner as in `rules/partners.yaml`."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    domains: tuple[Pattern, ...] = ()
    include_subdomains: bool = False
    addresses: tuple[Pattern, ...] = ()
    organisation: str = Field(min_length=1)
    basis: Literal["sharing-agreement", "processor-contract", "statutory", "one-off"]
    agreement: str = ""
    owner: str
    deputy_owner: str | None = None
    incident_contact: str | None = None
    purpose: str = ""
    may_receive: tuple[CategoryWord, ...]
    sender_groups: tuple[str, ...] = ()
    route: str | None = None
    tls_evidence: TlsEvidence | str | None = None
    mail_evidence: MailEvidence | None = None
    bulk: bool = False
    unreadable_attachments: bool = False
    hosting: str | None = None
    status: Literal["active", "suspended"] = "active"
    valid_from: date
    review_by: date
    grace_days: int = Field(28, ge=0, le=366)
    notes: str = ""

    @field_validator("domains")
    @classmethod
    def _only_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for domain in value:
            if "@" in domain:
                raise ValueError(f"“{domain}” is an address; list it under addresses")
            if "*" in domain:
                raise ValueError(f"“{domain}”: write the domain itself and include_subdomains: true")
        return value

    @field_validator("addresses")
    @classmethod
    def _only_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if "@" not in address or "*" in address:
                raise ValueError(f"“{address}” is not an exact address; list domains under domains")
        return value

    @model_validator(mode="after")
    def _reachable(self) -> PartnerEntry:
        if not self.domains and not self.addresses:
            raise ValueError("names no domain and no address; give at least one")
        if self.review_by < self.valid_from:
            raise ValueError(f"review_by {self.review_by} is before valid_from {self.valid_from}")
        return self

    def works_on(self, day: date) -> bool:
        """Whether the entry holds on that day: active, begun, and not past its review and grace."""
        return self.status == "active" and self.valid_from <= day <= self.review_by + timedelta(self.grace_days)

    def in_grace(self, day: date) -> bool:
        """Whether the entry works only because of its grace days."""
        return self.works_on(day) and day > self.review_by

    def days_to_review(self, day: date) -> int | None:
        """The days that are left of an entry that works and is soon due for review; None of any other."""
        left = (self.review_by - day).days
        return left if self.works_on(day) and 0 <= left <= max(WARN_DAYS) else None

    @property
    def terms(self) -> Terms:
        return Terms(
            id=self.id,
            organisation=self.organisation,
            may_receive=frozenset(self.may_receive),
            route=self.route,
            max_individuals=None if self.bulk else MAX_INDIVIDUALS,
            unreadable_attachments=self.unreadable_attachments,
            sender_groups=frozenset(self.sender_groups),
            basis=self.basis,
        )


class PartnersFile(Section):
    """`rules/partners.yaml`."""

    partners: tuple[PartnerEntry, ...] = ()


class Sector(Section):
    """Public bodies by suffix, as in `rules/sectors.yaml`."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str = ""
    domains: tuple[Pattern, ...] = Field(min_length=1)
    may_receive: tuple[CategoryWord, ...]
    max_individuals: int = Field(MAX_INDIVIDUALS, ge=0)
    route: str | None = None

    @property
    def terms(self) -> Terms:
        return Terms(
            id=self.id,
            organisation=self.name or f"A public body ({self.id})",
            may_receive=frozenset(self.may_receive),
            route=self.route,
            max_individuals=self.max_individuals,
        )


class SectorsFile(Section):
    """`rules/sectors.yaml`."""

    sectors: tuple[Sector, ...] = ()


class PartnerRegistry:
    """All partner entries, found by exact address first, then by the nearest domain."""

    def __init__(self, entries: tuple[PartnerEntry, ...]) -> None:
        self.entries = entries
        self._addresses: dict[str, PartnerEntry] = {}
        self._domains: dict[str, PartnerEntry] = {}
        self._parents: dict[str, PartnerEntry] = {}
        self._terms = {entry.id: entry.terms for entry in entries}
        for entry in entries:
            for address in entry.addresses:
                self._addresses[checked_pattern(address)] = entry
            for domain in entry.domains:
                self._domains[domain] = entry
                if entry.include_subdomains:
                    self._parents[domain] = entry

    def find(self, address: Address) -> PartnerEntry | None:
        """The entry that names this address, whatever its status and dates."""
        entry = self._addresses.get(str(address)) or self._domains.get(address.domain)
        if entry is None and self._parents:
            entry = next((self._parents[p] for p in parents_of(address.domain) if p in self._parents), None)
        return entry

    def terms(self, entry: PartnerEntry) -> Terms:
        return self._terms[entry.id]

    @property
    def domains(self) -> dict[str, PartnerEntry]:
        """Every domain that an entry of any status names."""
        return self._domains
