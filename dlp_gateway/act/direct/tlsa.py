"""Whether a server's certificates are those that its TLSA records name (RFC 6698, RFC 7672)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from .mail_dns import Tlsa

TRUST_ANCHOR, END_ENTITY = 2, 3
"""The usages that count for SMTP; with 0 and 1 a sender would need to know whom the server trusts (RFC 7672, 3.1.3)."""
_WHOLE, _PUBLIC_KEY = 0, 1
_HASHES = {1: hashlib.sha256, 2: hashlib.sha512}
_LENGTHS = {1: 32, 2: 64}
MOST_CERTIFICATES = 10


def _may_sign(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("its key may not sign certificates")


# An authority of a mail operator's own need not write all that web browsers ask of public ones.
_ANY = Criticality.AGNOSTIC
_SERVERS = ExtensionPolicy.webpki_defaults_ee().may_be_present(x509.AuthorityKeyIdentifier, _ANY, None)
_ISSUERS = (
    ExtensionPolicy.webpki_defaults_ca()
    .may_be_present(x509.AuthorityKeyIdentifier, _ANY, None)
    .may_be_present(x509.SubjectKeyIdentifier, _ANY, None)
    .may_be_present(x509.KeyUsage, _ANY, _may_sign)
)


def usable(records: Sequence[Tlsa]) -> tuple[Tlsa, ...]:
    """Those that a sender of mail can check."""
    return tuple(r for r in records if _is_usable(r))


def _is_usable(record: Tlsa) -> bool:
    known = record.usage in (TRUST_ANCHOR, END_ENTITY) and record.selector in (_WHOLE, _PUBLIC_KEY)
    if record.matching == 0:
        return known and bool(record.octets)
    return known and len(record.octets) == _LENGTHS.get(record.matching, -1)


def matches(chain: Sequence[bytes], records: Sequence[Tlsa], host: str, now: datetime) -> bool:
    """Whether the certificates that a server showed, its own first, each DER, are what one of the usable records names.

    End entity: the server's own key or certificate is named; its name and dates do not matter (RFC 7672, 3.1.1). Trust
    anchor: an issuer shown in the chain is named, the chain leads to it, and the certificate carries `host`, is in date
    and for a server (3.1.2). `now` is aware.
    """
    try:
        certificates = [x509.load_der_x509_certificate(der) for der in chain[:MOST_CERTIFICATES]]
    except ValueError:
        return False
    if not certificates:
        return False
    own, *others = certificates
    for record in records:
        if record.usage == END_ENTITY and _names(record, own):
            return True
        anchors = [c for c in others if record.usage == TRUST_ANCHOR and _names(record, c)]
        if anchors and _leads_to(own, others, anchors, host, now):
            return True
    return False


def public_key_pin(der: bytes) -> str:
    """SHA-256 of the public key of a certificate, hexadecimal; "" where it can't be read."""
    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return ""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _names(record: Tlsa, certificate: x509.Certificate) -> bool:
    if record.selector == _WHOLE:
        octets = certificate.public_bytes(Encoding.DER)
    else:
        try:
            octets = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except (ValueError, UnsupportedAlgorithm):
            return False
    made = _HASHES[record.matching](octets).digest() if record.matching else octets
    return made == record.octets


def _leads_to(
    own: x509.Certificate,
    others: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    host: str,
    now: datetime,
) -> bool:
    policies = PolicyBuilder().extension_policies(ca_policy=_ISSUERS, ee_policy=_SERVERS)
    try:
        verifier = policies.store(Store(list(anchors))).time(now).build_server_verifier(x509.DNSName(host))
        verifier.verify(own, list(others))
    except (VerificationError, ValueError):
        return False
    return True
