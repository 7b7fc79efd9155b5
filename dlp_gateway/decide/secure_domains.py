"""The council's own list of domains whose servers prove themselves otherwise than by DANE or MTA-STS."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from pydantic import Field, field_validator, model_validator

from ..secure_way import TlsTerms
from .addresses import Pattern, a_label, is_host, parents_of
from .words import Section

OF_THE_DOMAIN = "{domain}"
_PIN = re.compile(r"[0-9a-f]{64}")


class SecureDomain(Section):
    """One entry as in `rules/secure-domains.yaml`."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str = ""
    domains: tuple[Pattern, ...] = Field(min_length=1)
    in_use: bool = True
    certificate_names: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    evidence: str = Field(min_length=10)  # why this is enough, and who found out
    checked_on: date
    review_by: date

    @field_validator("domains")
    @classmethod
    def _only_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            if "@" in pattern:
                raise ValueError(f"“{pattern}” is an address; write its domain")
        return value

    @field_validator("certificate_names")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            bare = name.replace(OF_THE_DOMAIN, "domain.example").removeprefix(".")
            if "*" in name or not is_host(a_label(bare)) or "." not in bare:
                raise ValueError(
                    f"“{name}” is not a name of a certificate; write mail.example.org, .example.org for all names "
                    f"below it, or {OF_THE_DOMAIN} and .{OF_THE_DOMAIN} for the recipient's domain"
                )
        return value

    @field_validator("pins")
    @classmethod
    def _hashes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        pins = tuple(pin.lower().replace(":", "") for pin in value)
        for pin in pins:
            if not _PIN.fullmatch(pin):
                raise ValueError(f"“{pin}” is not the SHA-256 of a public key, 64 hexadecimal digits")
        return pins

    @model_validator(mode="after")
    def _demands(self) -> SecureDomain:
        if bool(self.certificate_names) == bool(self.pins):
            raise ValueError("give certificate_names or pins, one of the two")
        if self.review_by <= self.checked_on:
            raise ValueError(f"review_by {self.review_by} is not after checked_on {self.checked_on}")
        return self


class SecureDomainsFile(Section):
    """`rules/secure-domains.yaml`."""

    domains: tuple[SecureDomain, ...] = ()


class SecureDomains:
    """The entries in use, found by domain: the exact one first, then the nearest above."""

    def __init__(self, entries: Iterable[SecureDomain]) -> None:
        self.entries = tuple(entries)
        self._exact: dict[str, SecureDomain] = {}
        self._above: dict[str, SecureDomain] = {}
        for entry in (e for e in self.entries if e.in_use):
            for pattern in entry.domains:
                place = self._above if pattern.startswith("*.") else self._exact
                place.setdefault(pattern.removeprefix("*."), entry)

    def terms_for(self, domain: str, day: date) -> TlsTerms | None:
        """What the domain's servers must prove; None where no entry names it, or its review is overdue: what was true
        a year ago is no proof."""
        domain = a_label(domain)
        near = (self._above.get(parent) for parent in parents_of(domain))
        entry = self._exact.get(domain) or next((e for e in near if e is not None), None)
        if entry is None or not entry.checked_on <= day <= entry.review_by:
            return None
        names = tuple(a_label(name.replace(OF_THE_DOMAIN, domain)) for name in entry.certificate_names)
        return TlsTerms(id=entry.id, names=names, pins=entry.pins)
