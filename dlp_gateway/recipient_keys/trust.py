"""Whom we trust to vouch for S/MIME certificates: roots and revocation lists that an administrator named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID

UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises for octets that it can't make sense of."""

_MAX_DEPTH = 8  # certificates between root and leaf
_PEM_CERTIFICATE, _PEM_LIST = b"-----BEGIN CERTIFICATE-----", b"-----BEGIN X509 CRL-----"
_PEM_LIST_END = b"-----END X509 CRL-----"


class RevocationList:
    """One list (RFC 5280, 5); `serials` are the revoked certificates' numbers. Whether it is signed by an issuer is
    worked out once for each: lists can be large. Raises what UNREADABLE names for an entry that can't be read."""

    __slots__ = ("_signed", "crl", "name", "serials")

    def __init__(self, crl: x509.CertificateRevocationList, name: str) -> None:
        self.crl = crl
        self.name = name
        self.serials = frozenset(entry.serial_number for entry in crl)
        self._signed: dict[x509.Certificate, bool] = {}

    def signed_by(self, issuer: x509.Certificate) -> bool:
        known = self._signed.get(issuer)
        if known is None:
            known = self._signed[issuer] = self._is_signed_by(issuer)
        return known

    def _is_signed_by(self, issuer: x509.Certificate) -> bool:
        key = issuer.public_key()
        signing = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)
        if self.crl.issuer != issuer.subject or not isinstance(key, (*signing, dsa.DSAPublicKey)):
            return False
        try:
            return self.crl.is_signature_valid(key)
        except UNREADABLE:
            return False

    def is_current(self, now: datetime) -> bool:
        """A list without a next one can't be told from an old one (RFC 5280, 5.1.2.5: it must be there)."""
        until = self.crl.next_update_utc
        return until is not None and self.crl.last_update_utc <= now < until


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """`lists_required`: a certificate whose authority has no list among `lists` is not used."""

    roots: tuple[x509.Certificate, ...] = ()
    lists: tuple[RevocationList, ...] = field(default=(), repr=False)
    lists_required: bool = False

    def ended_roots(self, now: datetime) -> tuple[str, ...]:
        """The names of those that vouch for nobody any more."""
        return tuple(root.subject.rfc4514_string() for root in self.roots if now > root.not_valid_after_utc)

    def chain_of(
        self, leaf: x509.Certificate, intermediates: Sequence[x509.Certificate], now: datetime
    ) -> tuple[x509.Certificate, ...] | None:
        """The certificates from `leaf` to a root (RFC 5280, 6), both among them; None where none of ours vouches."""
        if not self.roots:
            return None
        builder = verification.PolicyBuilder().store(verification.Store(list(self.roots))).time(now)
        builder = builder.max_chain_depth(_MAX_DEPTH).extension_policies(
            ca_policy=_AUTHORITIES, ee_policy=verification.ExtensionPolicy.permit_all()
        )
        try:
            return tuple(builder.build_client_verifier().verify(leaf, list(intermediates)).chain)
        except (verification.VerificationError, *UNREADABLE):
            return None


def _check_usage(_policy: verification.Policy, _authority: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("may not sign certificates")


def _check_purpose(
    _policy: verification.Policy, _authority: x509.Certificate, purposes: x509.ExtendedKeyUsage | None
) -> None:
    if purposes is not None and not allows_mail(purposes):
        raise ValueError("is not for e-mail")


def allows_mail(purposes: x509.ExtendedKeyUsage) -> bool:
    """RFC 8550, 4.4.4."""
    return ExtendedKeyUsageOID.EMAIL_PROTECTION in purposes or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in purposes


# The library's own policies are those of web servers: they refuse authorities for e-mail alone.
_AUTHORITIES = (
    verification.ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, None)
    .may_be_present(x509.KeyUsage, verification.Criticality.AGNOSTIC, _check_usage)
    .may_be_present(x509.ExtendedKeyUsage, verification.Criticality.AGNOSTIC, _check_purpose)
)


def read_roots(octets: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file. Raises ValueError in words."""
    try:
        return tuple(x509.load_pem_x509_certificates(octets))
    except UNREADABLE:
        raise ValueError("holds no certificates in PEM form") from None


def read_lists(octets: bytes, name: str) -> tuple[RevocationList, ...]:
    """The revocation lists of a file: one as DER, or any number as PEM. Raises ValueError in words."""
    try:
        if _PEM_LIST not in octets:
            return (RevocationList(x509.load_der_x509_crl(octets), name),)
        blocks = [block for block in octets.split(_PEM_LIST_END) if _PEM_LIST in block]
        found = [x509.load_pem_x509_crl(block[block.index(_PEM_LIST) :] + _PEM_LIST_END + b"\n") for block in blocks]
        return tuple(RevocationList(crl, name) for crl in found)
    except UNREADABLE:
        raise ValueError("holds no revocation list") from None
