"""S/MIME certificates: what a file holds, and why one can't be used (RFC 8550, RFC 5280)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from .revocation import lists_of, revocation_fault
from .trust import UNREADABLE, Trust, allows_mail
from .values import KeyFault, KeyKind, KeyRead, RecipientKey, UnreadableKeyError
from .whose import at_domain, domain_of, same_mailbox

E = TypeVar("E", bound=x509.ExtensionType)

_LEAST_RSA_BITS = 2048
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_DOMAIN_MAILBOX = "domain-confidentiality-authority"  # RFC 3183: who decrypts for a whole domain
_PEM, _PEM_PKCS7 = b"-----BEGIN CERTIFICATE-----", b"-----BEGIN PKCS7-----"


def read_certificate(octets: bytes) -> KeyRead:
    """One certificate with those that vouch for it, as PEM, DER or PKCS #7. Raises UnreadableKeyError in words."""
    if b"PRIVATE KEY-----" in octets:
        raise UnreadableKeyError("holds a private key; give the certificate alone, and tell its owner")
    try:
        with warnings.catch_warnings(action="error"):  # such as of serial numbers that are none (RFC 5280, 4.1.2.2)
            found = _certificates(octets)
            if not found:
                raise UnreadableKeyError("holds no certificate")
            leaf, above = _leaf_and_others(found)
            names = _addresses(leaf) + _domains(leaf)
            fingerprint = leaf.fingerprint(hashes.SHA256()).hex()
    except Warning:
        raise UnreadableKeyError("holds a certificate that does not keep to the standard") from None
    except UNREADABLE:
        raise UnreadableKeyError("holds no certificate that can be read (PEM, DER or PKCS #7)") from None
    return KeyRead(
        kind=KeyKind.SMIME,
        octets=leaf.public_bytes(Encoding.DER),
        intermediates=b"".join(one.public_bytes(Encoding.DER) for one in above),
        fingerprint=fingerprint,
        not_after=leaf.not_valid_after_utc,
        names=tuple(dict.fromkeys(names)),
    )


def certificate_fault(key: RecipientKey, trust: Trust, now: datetime) -> KeyFault | None:
    """Why this certificate can't be used now; None where it can."""
    try:
        leaf = x509.load_der_x509_certificate(key.octets)
        return (
            _date_fault(leaf, now)
            or _key_fault(leaf)
            or _usage_fault(leaf)
            or _name_fault(leaf, key.pattern, by_fingerprint=key.by_fingerprint)
            or _chain_fault(leaf, key, trust, now)
        )
    except UNREADABLE:
        return KeyFault.UNREADABLE


def has_no_list(key: RecipientKey, trust: Trust, now: datetime) -> bool:
    """Whether no list speaks of this certificate, current or not."""
    try:
        chain = trust.chain_of(x509.load_der_x509_certificate(key.octets), _ders(key.intermediates), now)
    except UNREADABLE:
        return True
    return chain is None or not lists_of(chain[0], chain[1] if len(chain) > 1 else chain[0], trust)


def _certificates(octets: bytes) -> Sequence[x509.Certificate]:
    if _PEM in octets:
        return x509.load_pem_x509_certificates(octets)
    if _PEM_PKCS7 in octets:
        return pkcs7.load_pem_pkcs7_certificates(octets)
    try:
        return [x509.load_der_x509_certificate(octets)]
    except ValueError:
        return pkcs7.load_der_pkcs7_certificates(octets)


def _leaf_and_others(found: Sequence[x509.Certificate]) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The one that vouches for no other, and those that do. Of several, as people have for signing and for encryption,
    the one for encryption. Raises UnreadableKeyError where that leaves none or several."""
    issuers = {one.issuer for one in found if one.issuer != one.subject}
    leaves = list(dict.fromkeys(one for one in found if one.subject not in issuers))
    fitting = leaves if len(leaves) == 1 else [one for one in leaves if _usage_fault(one) is None]
    if len(fitting) != 1:
        raise UnreadableKeyError("holds several certificates that belong to no one chain; give one with its chain")
    return fitting[0], [one for one in found if one not in leaves]


def _ders(octets: bytes) -> list[x509.Certificate]:
    """DER certificates one after another."""
    found = []
    while octets:
        length = _der_length(octets)
        found.append(x509.load_der_x509_certificate(octets[:length]))
        octets = octets[length:]
    return found


def _der_length(octets: bytes) -> int:
    """Of the first element, with its head (ITU-T X.690, 8.1.3)."""
    if len(octets) < 2:
        raise ValueError
    first = octets[1]
    if first < 0x80:
        return 2 + first
    head = 2 + (first & 0x7F)
    return head + int.from_bytes(octets[2:head], "big")


def _date_fault(leaf: x509.Certificate, now: datetime) -> KeyFault | None:
    if now < leaf.not_valid_before_utc:
        return KeyFault.NOT_YET_VALID
    return KeyFault.EXPIRED if now > leaf.not_valid_after_utc else None


def _key_fault(leaf: x509.Certificate) -> KeyFault | None:
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return KeyFault.WEAK if key.key_size < _LEAST_RSA_BITS else None
    if isinstance(key, ec.EllipticCurvePublicKey):
        return None if isinstance(key.curve, _CURVES) else KeyFault.WEAK
    return KeyFault.WEAK


def _usage_fault(leaf: x509.Certificate) -> KeyFault | None:
    """RFC 8550, 4.4.2 and 4.4.4: a certificate without these extensions is for everything."""
    usage = _extension(leaf, x509.KeyUsage)
    if usage is not None:
        is_rsa = isinstance(leaf.public_key(), rsa.RSAPublicKey)
        if not (usage.key_encipherment if is_rsa else usage.key_agreement):
            return KeyFault.WRONG_USAGE
    purposes = _extension(leaf, x509.ExtendedKeyUsage)
    return KeyFault.WRONG_PURPOSE if purposes is not None and not allows_mail(purposes) else None


def _name_fault(leaf: x509.Certificate, pattern: str, *, by_fingerprint: bool) -> KeyFault | None:
    """A domain's certificate says so itself (as RFC 3183 has it, or by a DNS name). One of a mailbox of the domain is
    taken for the whole domain only where somebody compared its fingerprint: any member of staff may have such a one."""
    domain = domain_of(pattern)
    if domain is None:
        named = any(same_mailbox(name, pattern) for name in _addresses(leaf))
    else:
        named = (
            any(same_mailbox(f"@{name}", f"@{domain}") for name in _domains(leaf))
            or any(same_mailbox(name, f"{_DOMAIN_MAILBOX}@{domain}") for name in _addresses(leaf))
            or (by_fingerprint and any(at_domain(name, domain) for name in _addresses(leaf)))
        )
    return None if named else KeyFault.OTHER_NAME


def _chain_fault(leaf: x509.Certificate, key: RecipientKey, trust: Trust, now: datetime) -> KeyFault | None:
    """Lists are asked also of what is trusted by its fingerprint, where a chain leads to them."""
    chain = trust.chain_of(leaf, _ders(key.intermediates), now)
    if chain is None:
        return None if key.by_fingerprint else KeyFault.UNTRUSTED
    return revocation_fault(chain, trust, now)


def _addresses(leaf: x509.Certificate) -> list[str]:
    """RFC 8550, 3: as alternative names; in older certificates in the subject."""
    names = _extension(leaf, x509.SubjectAlternativeName)
    found = names.get_values_for_type(x509.RFC822Name) if names is not None else []
    in_subject = [str(one.value) for one in leaf.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)]
    return [*found, *in_subject]


def _domains(leaf: x509.Certificate) -> list[str]:
    names = _extension(leaf, x509.SubjectAlternativeName)
    return names.get_values_for_type(x509.DNSName) if names is not None else []


def _extension(leaf: x509.Certificate, which: type[E]) -> E | None:
    try:
        return leaf.extensions.get_extension_for_class(which).value
    except x509.ExtensionNotFound:
        return None
