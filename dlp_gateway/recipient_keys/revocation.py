"""Whether a certificate was revoked, by the lists that an administrator brings (RFC 5280, 6.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509

from .trust import UNREADABLE, RevocationList, Trust
from .values import KeyFault

_UNDERSTOOD = (x509.IssuingDistributionPoint, x509.CRLNumber, x509.AuthorityKeyIdentifier)


def revocation_fault(chain: Sequence[x509.Certificate], trust: Trust, now: datetime) -> KeyFault | None:
    """Of any certificate of a chain (leaf first) but its root, which nobody revokes. A list that is out of date can
    still say that one was revoked, never that it was not."""
    for certificate, issuer in pairwise(chain):
        lists = lists_of(certificate, issuer, trust)
        if any(certificate.serial_number in one.serials for one in lists):
            return KeyFault.REVOKED
        if not lists and trust.lists_required:
            return KeyFault.NO_REVOCATION_LIST
        if lists and not any(one.is_current(now) for one in lists):
            return KeyFault.OLD_REVOCATION_LIST
    return None


def lists_of(certificate: x509.Certificate, issuer: x509.Certificate, trust: Trust) -> list[RevocationList]:
    """Those that speak of this certificate, current or not."""
    return [one for one in trust.lists if _speaks_of(one, certificate, issuer)]


def _speaks_of(one: RevocationList, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the list is the issuer's and covers this certificate for every reason (RFC 5280, 6.3.3 b)."""
    if one.crl.issuer != certificate.issuer:
        return False
    try:
        extensions = one.crl.extensions
        if any(extension.critical and not isinstance(extension.value, _UNDERSTOOD) for extension in extensions):
            return False  # such as that of a list of changes (5.2.4), which is no list by itself
        points = [e.value for e in extensions if isinstance(e.value, x509.IssuingDistributionPoint)]
        covered = all(_covers(point, certificate) for point in points)
    except UNREADABLE:
        return False
    return covered and one.signed_by(issuer)


def _covers(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    if point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs:
        return False
    if point.only_contains_ca_certs and not _is_authority(certificate):
        return False
    if point.only_contains_user_certs and _is_authority(certificate):
        return False
    if point.relative_name is not None:
        return False
    return point.full_name is None or bool(set(point.full_name) & _named_by(certificate))


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _named_by(certificate: x509.Certificate) -> set[x509.GeneralName]:
    """Where the certificate says that its list lies: an authority with several lists tells them apart by that."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    return {name for point in points for name in point.full_name or ()}
