"""OpenPGP certificates: what a file holds, and why one can't be used (RFC 9580). The only door to pysequoia here.

pysequoia encrypts to certificates that have expired or were revoked, and to expired subkeys where there are no others;
it does refuse those without a subkey for encryption, or with a revoked one. It does not say how subkeys stand. So each
is asked for by itself: a certificate of the primary key, one subkey and one of its bindings is encrypted to, which only
works where that binding's signature is good, and its packet then says until when it holds.

Its errors carry stack traces: none of their texts leaves this file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pysequoia import Cert, encrypt
from pysequoia.packet import Packet, PacketPile, SignatureType, Tag

from .values import KeyFault, KeyKind, KeyRead, RecipientKey, UnreadableKeyError
from .whose import at_domain, domain_of, same_mailbox

_NEVER = datetime.max.replace(tzinfo=UTC)


def read_openpgp(octets: bytes) -> KeyRead:
    """One certificate, armoured or not. Raises UnreadableKeyError in words."""
    try:
        found = Cert.split_bytes(octets)
        secret = any(packet.tag in (Tag.SecretKey, Tag.SecretSubkey) for packet in PacketPile.from_bytes(octets))
    except RuntimeError:
        raise UnreadableKeyError("holds no OpenPGP key that can be read") from None
    if secret:
        raise UnreadableKeyError("holds a secret key; give the public key alone, and tell its owner")
    if len(found) != 1:
        raise UnreadableKeyError(f"holds {len(found)} keys; give one")
    cert = found[0]
    try:
        whole = bytes(cert)
        return KeyRead(
            kind=KeyKind.OPENPGP,
            octets=whole,
            fingerprint=cert.fingerprint,
            not_after=_not_after(cert),
            names=tuple(_addresses(cert)),
        )
    except RuntimeError:
        raise UnreadableKeyError("holds an OpenPGP key that is too weak, or that nothing can be made of") from None


def openpgp_fault(key: RecipientKey, now: datetime) -> KeyFault | None:
    """Why this key can't be used now; None where it can. Signatures are judged by the clock of the machine."""
    try:
        cert = Cert.from_bytes(key.octets)
        if cert.is_revoked:
            return KeyFault.REVOKED
        expiration = cert.expiration
        if expiration is not None and now >= expiration:
            return KeyFault.EXPIRED
        until = _subkeys_until(cert)
        if not until:
            return KeyFault.NO_ENCRYPTION_SUBKEY
        if now >= max(until):
            return KeyFault.EXPIRED
        return None if _is_named(cert, key.pattern) else KeyFault.OTHER_NAME
    except RuntimeError:
        return KeyFault.UNREADABLE


def merged(old: bytes, new: bytes) -> bytes:
    """Two states of one key as one, so that no revocation is ever lost. Raises UnreadableKeyError."""
    try:
        return bytes(Cert.from_bytes(old).merge(Cert.from_bytes(new)))
    except RuntimeError:
        raise UnreadableKeyError("can't be joined with what is known of this key") from None


def _not_after(cert: Cert) -> datetime | None:
    """When nothing can be encrypted to it any more."""
    until = min(cert.expiration or _NEVER, max(_subkeys_until(cert), default=_NEVER))
    return None if until == _NEVER else until


def _subkeys_until(cert: Cert) -> list[datetime]:
    """Of each key that would be encrypted to (the primary one, too, where it may be) when it ends."""
    base, *subkeys = _groups(PacketPile.from_bytes(bytes(cert)))
    found = [_NEVER] if _encrypts(base) else []
    for subkey, *signatures in subkeys:
        if not _encrypts([*base, subkey, *signatures]):
            continue  # revoked, for signing, or bound by nothing
        bindings = [one for one in signatures if one.signature_type == SignatureType.SubkeyBinding]
        for binding in sorted(bindings, key=_made_at, reverse=True):
            if _encrypts([*base, subkey, binding]):
                found.append(_ends_at(subkey, binding))
                break
    return found


def _groups(packets: Iterable[Packet]) -> list[list[Packet]]:
    """The primary key with its names and signatures, then each subkey with its own."""
    groups: list[list[Packet]] = [[]]
    for packet in packets:
        if packet.tag == Tag.PublicSubkey:
            groups.append([])
        groups[-1].append(packet)
    return groups


def _made_at(signature: Packet) -> datetime:
    return signature.signature_created or datetime.min.replace(tzinfo=UTC)


def _ends_at(subkey: Packet, binding: Packet) -> datetime:
    """The earlier of the key's end and the signature's (RFC 9580, 5.2.3.13 and 5.2.3.18)."""
    ends = [_NEVER]
    if binding.key_validity_period and subkey.key_created is not None:
        ends.append(subkey.key_created + binding.key_validity_period)
    if binding.signature_expiration_time is not None:
        ends.append(binding.signature_expiration_time)
    return min(ends)


def _encrypts(packets: Sequence[Packet]) -> bool:
    try:
        encrypt(bytes=b"", recipients=[Cert.from_packets(list(packets))])
    except RuntimeError:
        return False
    return True


def _addresses(cert: Cert) -> list[str]:
    """Of the names that were not revoked."""
    names = {str(name) for name in cert.user_ids}
    packets = [packet for packet in PacketPile.from_bytes(bytes(cert)) if packet.tag == Tag.UserID]
    return [p.user_id_email for p in packets if p.user_id in names and p.user_id_email is not None]


def _is_named(cert: Cert, pattern: str) -> bool:
    domain = domain_of(pattern)
    if domain is None:
        return any(same_mailbox(address, pattern) for address in _addresses(cert))
    return any(at_domain(address, domain) for address in _addresses(cert))
