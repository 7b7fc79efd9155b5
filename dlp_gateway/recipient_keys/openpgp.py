"""OpenPGP certificates of recipients: what a file holds, and why one can't be used (RFC 9580)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from pysequoia import Cert
from pysequoia.packet import Tag

from ..change.openpgp_keys import encryption_keys, holds_secret_key, in_our_words, packets_of
from ..errors import NotEncryptedError
from .values import KeyFault, KeyKind, KeyRead, RecipientKey, UnreadableKeyError
from .whose import at_domain, domain_of, same_mailbox

_T = TypeVar("_T")
_NEVER = datetime.max.replace(tzinfo=UTC)


def read_openpgp(octets: bytes) -> KeyRead:
    """One certificate, armoured or not. Raises UnreadableKeyError in words."""
    found, secret = _or_unreadable(
        lambda: (Cert.split_bytes(octets), holds_secret_key(packets_of(octets))),
        "holds no OpenPGP key that can be read",
    )
    if secret:
        raise UnreadableKeyError("holds a secret key; give the public key alone, and tell its owner")
    if len(found) != 1:
        raise UnreadableKeyError(f"holds {len(found)} keys; give one")
    return _or_unreadable(
        lambda: _read(found[0]), "holds an OpenPGP key that is too weak, or that nothing can be made of"
    )


def _read(cert: Cert) -> KeyRead:
    return KeyRead(
        kind=KeyKind.OPENPGP,
        octets=bytes(cert),
        fingerprint=cert.fingerprint,
        not_after=_not_after(cert),
        names=tuple(_addresses(cert)),
    )


def openpgp_fault(key: RecipientKey, now: datetime) -> KeyFault | None:
    """Why this key can't be used now; None where it can. Signatures are judged by the clock of the machine."""
    try:
        return in_our_words(lambda: _fault(Cert.from_bytes(key.octets), key.pattern, now), "unreadable")
    except NotEncryptedError:
        return KeyFault.UNREADABLE


def _fault(cert: Cert, pattern: str, now: datetime) -> KeyFault | None:
    if cert.is_revoked:
        return KeyFault.REVOKED
    expiration = cert.expiration
    if expiration is not None and now >= expiration:
        return KeyFault.EXPIRED
    until = _keys_until(cert)
    if not until:
        return KeyFault.NO_ENCRYPTION_SUBKEY
    if now >= max(until):
        return KeyFault.EXPIRED
    return None if _is_named(cert, pattern) else KeyFault.OTHER_NAME


def merged(old: bytes, new: bytes) -> bytes:
    """Two states of one key as one, so that no revocation is ever lost. Raises UnreadableKeyError."""
    return _or_unreadable(
        lambda: bytes(Cert.from_bytes(old).merge(Cert.from_bytes(new))),
        "can't be joined with what is known of this key",
    )


def _or_unreadable(work: Callable[[], _T], why: str) -> _T:
    try:
        return in_our_words(work, why)
    except NotEncryptedError:
        raise UnreadableKeyError(why) from None


def _not_after(cert: Cert) -> datetime | None:
    """When nothing can be encrypted to it any more."""
    until = min(cert.expiration or _NEVER, max(_keys_until(cert), default=_NEVER))
    return None if until == _NEVER else until


def _keys_until(cert: Cert) -> list[datetime]:
    """Of each key that would be encrypted to, when it ends."""
    return [key.ends_at or _NEVER for key in encryption_keys(cert)]


def _addresses(cert: Cert) -> list[str]:
    """Of the names that were not revoked."""
    names = {str(name) for name in cert.user_ids}
    packets = [packet for packet in packets_of(bytes(cert)) if packet.tag == Tag.UserID]
    return [p.user_id_email for p in packets if p.user_id in names and p.user_id_email is not None]


def _is_named(cert: Cert, pattern: str) -> bool:
    domain = domain_of(pattern)
    if domain is None:
        return any(same_mailbox(address, pattern) for address in _addresses(cert))
    return any(at_domain(address, domain) for address in _addresses(cert))
