"""Which class a recipient has, and under what terms it receives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import Field

from ..model import RecipientClass
from .addresses import Address, AddressPatterns, Pattern, parse_address
from .misdirection import LookAlikes
from .partners import MAX_INDIVIDUALS, PartnerRegistry, Sector, Terms
from .words import CategoryWord, Section


class Elected(Section):
    """Members of parliament and councillors who act for a constituent."""

    addresses: tuple[Pattern, ...] = ()
    may_receive: tuple[CategoryWord, ...] = ()
    max_individuals: int = Field(MAX_INDIVIDUALS, ge=0)
    route: str | None = None

    @property
    def terms(self) -> Terms:
        return Terms(
            id="elected",
            organisation="An elected representative",
            may_receive=frozenset(self.may_receive),
            route=self.route,
            max_individuals=self.max_individuals,
        )


class RecipientsFile(Section):
    """`rules/recipients.yaml`."""

    internal: tuple[Pattern, ...] = Field(min_length=1)
    press: tuple[Pattern, ...] = ()
    publication: tuple[Pattern, ...] = ()
    social: tuple[Pattern, ...] = ()
    webmail: tuple[Pattern, ...] = ()
    elected: Elected = Elected()
    confidential: tuple[Pattern, ...] = ()
    not_lookalike: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One recipient as policy sees it."""

    address: str  # in lower case, domain by A-label
    recipient_class: RecipientClass
    terms: Terms | None = None  # of a partner, a sector or the elected
    look_alike: str | None = None  # whom the domain may be taken for

    @property
    def outside(self) -> bool:
        return self.recipient_class is not RecipientClass.INTERNAL


class RecipientIndex:
    """Classifies addresses; remembers the answers, for lists are long and domains few."""

    def __init__(
        self, file: RecipientsFile, registry: PartnerRegistry, sectors: tuple[Sector, ...], look_alikes: LookAlikes
    ) -> None:
        self._internal = AddressPatterns(file.internal)
        self._listed = [
            (RecipientClass.SOCIAL, AddressPatterns(file.social)),
            (RecipientClass.PUBLICATION, AddressPatterns(file.publication)),
            (RecipientClass.PRESS, AddressPatterns(file.press)),
        ]
        self._elected = (AddressPatterns(file.elected.addresses), file.elected.terms)
        self._sectors = [(AddressPatterns(s.domains), s.terms) for s in sectors]
        self._webmail = AddressPatterns(file.webmail)
        self._confidential = AddressPatterns(file.confidential)
        self._registry = registry
        self._look_alikes = look_alikes
        self._cache: dict[tuple[str, date], Recipient] = {}

    def is_internal(self, address: str) -> bool:
        return self._internal.matches(parse_address(address))

    def is_confidential(self, address: str) -> bool:
        return self._confidential.matches(parse_address(address))

    def classify(self, address: str, day: date) -> Recipient:
        """The recipient on that day: a partner entry may begin, expire or be suspended."""
        key = (address, day)
        known = self._cache.get(key)
        if known is None:
            if len(self._cache) > 50_000:
                self._cache.clear()
            known = self._cache[key] = self._classify(parse_address(address), day)
        return known

    def _classify(self, address: Address, day: date) -> Recipient:
        text = str(address)
        if self._internal.matches(address):
            return Recipient(address=text, recipient_class=RecipientClass.INTERNAL)
        entry = self._registry.find(address)
        if entry is not None and entry.works_on(day):
            return Recipient(address=text, recipient_class=RecipientClass.PARTNER, terms=self._registry.terms(entry))
        for recipient_class, patterns in self._listed:
            if patterns.matches(address):
                return Recipient(address=text, recipient_class=recipient_class)
        if entry is None:
            patterns, terms = self._elected
            if patterns.matches(address):
                return Recipient(address=text, recipient_class=RecipientClass.ELECTED, terms=terms)
            for patterns, terms in self._sectors:
                if patterns.matches(address):
                    return Recipient(
                        address=text,
                        recipient_class=RecipientClass.PUBLIC_SECTOR,
                        terms=terms,
                        look_alike=self._look_alikes.of(address.domain, public_body=True),
                    )
            if self._webmail.matches(address):
                return Recipient(address=text, recipient_class=RecipientClass.WEBMAIL)
            return Recipient(
                address=text,
                recipient_class=RecipientClass.UNAPPROVED,
                look_alike=self._look_alikes.of(address.domain),
            )
        # Suspended, expired or not yet begun: unapproved, never a public body.
        return Recipient(address=text, recipient_class=RecipientClass.UNAPPROVED)
