"""Values about secure ways out: what is demanded of a domain's servers, and whether a route reaches a recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class NoWay(StrEnum):
    """Why an encrypting route can't be met for a recipient."""

    UNPROVEN = "unproven"  # nothing proves that TLS would reach the domain's own servers
    NO_DOMAIN = "no_domain"  # the domain does not exist
    NO_MAIL = "no_mail"  # the domain says that it takes no mail (RFC 7505)
    NO_KEY = "no_key"  # no key of the recipient is trusted
    NOT_SEALED = "not_sealed"  # this message can't be encrypted to a key: too large, ambiguous, or the key refuses
    KEY_UNFIT = "key_unfit"  # there is one, but it has expired, was revoked, or is none to encrypt to


@dataclass(frozen=True, slots=True, kw_only=True)
class WayFact:
    """Whether a route can be met for a recipient: known before deciding, and kept with the decision."""

    route: str
    recipient: str  # an address, or "@domain" for all of its recipients
    proof: str = ""  # by what: "dane", "mta-sts", "listed:ID", "smime:FINGERPRINT", ...; "" where it can't be met
    fault: NoWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsTerms:
    """What an administrator's list demands of the servers of a domain, beside or instead of DANE and MTA-STS."""

    id: str  # of the entry
    names: tuple[str, ...] = ()  # the certificate carries one of them; ".example.org" is every name below it
    pins: tuple[str, ...] = ()  # SHA-256 of the public key (SubjectPublicKeyInfo), hexadecimal; one of them is met


class Mode(StrEnum):
    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class StsPolicy:
    """One policy; `hosts` are names or "*.example.org", in lower case."""

    id: str  # of the record that announced it
    mode: Mode
    hosts: tuple[str, ...]
    max_age: int  # seconds

    def allows(self, host: str) -> bool:
        """Whether a server of that name may have the mail: "*" stands for one label, the leftmost (4.1)."""
        return any(host == p or (p.startswith("*.") and host.partition(".")[2] == p[2:]) for p in self.hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPolicy:
    """A policy and until when it counts, whatever DNS says meanwhile (RFC 8461, 5.1). Unix time in seconds."""

    domain: str
    policy: StsPolicy
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsCount:
    """How often TLS to a server of a domain went so on one day (UTC), as RFC 8460, 4.4 counts it."""

    day: date
    domain: str
    policy_type: str  # "tlsa", "sts" or "no-policy-found"
    policy: tuple[str, ...]  # its lines, as the report shows them
    server: str  # its name; "" where none was come to
    address: str
    result: str  # "" for success, else a word of RFC 8460, 4.3
    sessions: int
