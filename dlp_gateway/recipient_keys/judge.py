"""What a file holds, and why a key can't be used: the one door for both kinds."""

from __future__ import annotations

from datetime import datetime

from .certificate import certificate_fault, has_no_list, read_certificate
from .openpgp import openpgp_fault, read_openpgp
from .trust import Trust
from .values import MAX_KEY_BYTES, KeyFault, KeyKind, KeyRead, RecipientKey, UnreadableKeyError

_ARMOUR = b"-----BEGIN PGP"


def read_key(octets: bytes) -> KeyRead:
    """The key in a file of either kind. Raises UnreadableKeyError, whose text goes on after the file's name."""
    if len(octets) > MAX_KEY_BYTES:
        raise UnreadableKeyError(f"is larger than {MAX_KEY_BYTES // 1024} KiB; give the key alone")
    if not octets.strip():
        raise UnreadableKeyError("is empty")
    # RFC 9580, 4.2: the first bit of a packet is set; of PEM and DER (0x30) it is not.
    return read_openpgp(octets) if _ARMOUR in octets or octets[0] & 0x80 else read_certificate(octets)


def fault_of(key: RecipientKey, trust: Trust, now: datetime) -> KeyFault | None:
    """Why it can't be used now; None where it can. Asked when a key is added, and each time before it is used."""
    if key.withdrawn_at is not None:
        return KeyFault.MISSING
    return openpgp_fault(key, now) if key.kind is KeyKind.OPENPGP else certificate_fault(key, trust, now)


def without_list(key: RecipientKey, trust: Trust, now: datetime) -> bool:
    """Whether nothing of ours could say that this certificate was revoked. OpenPGP keys say it themselves."""
    return key.kind is KeyKind.SMIME and has_no_list(key, trust, now)


def names_of(key: RecipientKey) -> tuple[str, ...]:
    """The addresses and domains that a stored key is made out to; none where it can't be read."""
    try:
        return read_key(key.octets).names
    except UnreadableKeyError:
        return ()
