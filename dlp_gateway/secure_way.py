"""Values about secure ways out: what is demanded of a domain's servers, and whether a route reaches a recipient."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoWay(StrEnum):
    """Why an encrypting route can't be met for a recipient."""

    UNPROVEN = "unproven"  # nothing proves that TLS would reach the domain's own servers
    NO_DOMAIN = "no_domain"  # the domain does not exist
    NO_MAIL = "no_mail"  # the domain says that it takes no mail (RFC 7505)
    NO_KEY = "no_key"  # no key of the recipient is trusted
    KEY_UNFIT = "key_unfit"  # there is one, but it has expired, was revoked, or is none to encrypt to


@dataclass(frozen=True, slots=True, kw_only=True)
class WayFact:
    """Whether a route can be met for a recipient: known before deciding, and kept with the decision."""

    route: str
    recipient: str  # an address, or "@domain" for all of its recipients
    proof: str = ""  # by what: "dane", "mta-sts", "listed:ID", "key:FINGERPRINT"; "" where it can't be met
    fault: NoWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsTerms:
    """What an administrator's list demands of the servers of a domain, beside or instead of DANE and MTA-STS."""

    id: str  # of the entry
    names: tuple[str, ...] = ()  # the certificate carries one of them; ".example.org" is every name below it
    pins: tuple[str, ...] = ()  # SHA-256 of the public key (SubjectPublicKeyInfo), hexadecimal; one of them is met
