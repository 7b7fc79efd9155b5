"""Which keys of an OpenPGP certificate can be encrypted to, and until when (RFC 9580).

pysequoia encrypts to certificates that are expired or revoked and to subkeys that are expired, tells nothing of a
subkey's state, and puts stack traces into the texts of its errors. So each key is asked for by itself, and an error of
pysequoia's own becomes fixed words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import pysequoia
from pysequoia import Cert
from pysequoia.packet import Packet, PacketPile, SignatureType, Tag

from ..errors import NotEncryptedError

_T = TypeVar("_T")
_MOST_PACKETS = 2000  # of one certificate
_MOST_TRIALS = 40  # bindings of subkeys that are tried; a real certificate has a few
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKey:
    """One key that can be encrypted to: `certificate` holds it and no other. `ends_at`: of itself; None: never."""

    certificate: Cert
    ends_at: datetime | None


def encryption_keys(certificate: Cert) -> Iterator[EncryptionKey]:
    """The subkeys that can be encrypted to, newest first, expired ones too; then the primary key where it can.

    A certificate is put together of the primary key, one subkey, its revocations and one binding signature, and
    something is encrypted to it: where that works, Sequoia has verified this signature, so what it says of expiry is
    true, and nobody else's signature beside it counts. The newest binding of a subkey that holds replaces the others.

    Raises NotEncryptedError where there is more in it than any real certificate has.
    """
    # Its own octets, not those it was read from: a certificate puts its packets in order and drops what has no place.
    primary, subkeys = _components(packets_of(bytes(certificate)))
    trials = 0
    for subkey, *signatures in sorted(subkeys, key=_created, reverse=True):
        bindings = [packet for packet in signatures if _kind(packet) == SignatureType.SubkeyBinding]
        revocations = [packet for packet in signatures if _kind(packet) == SignatureType.SubkeyRevocation]
        for binding in sorted(bindings, key=_made, reverse=True):
            trials += 1
            if trials > _MOST_TRIALS:
                raise NotEncryptedError("the certificate is too large")
            if (alone := _encryptable([*primary, subkey, *revocations, binding])) is not None:
                yield EncryptionKey(certificate=alone, ends_at=_ends_at(subkey, binding))
                break
    if (alone := _encryptable(primary)) is not None:
        yield EncryptionKey(certificate=alone, ends_at=None)


def packets_of(octets: bytes) -> list[Packet]:
    """All packets, in their order. Raises NotEncryptedError for too many."""
    packets = list(PacketPile.from_bytes(octets))
    if len(packets) > _MOST_PACKETS:
        raise NotEncryptedError("the certificate is too large")
    return packets


def holds_secret_key(packets: Sequence[Packet]) -> bool:
    return any(packet.tag in (Tag.SecretKey, Tag.SecretSubkey) for packet in packets)


def in_our_words(work: Callable[[], _T], why: str) -> _T:
    """What `work` returns; its errors, whose texts hold stack traces, as NotEncryptedError. A panic of Rust is no
    Exception."""
    try:
        return work()
    except (NotEncryptedError, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001
        raise NotEncryptedError(why) from None


def _components(packets: list[Packet]) -> tuple[list[Packet], list[list[Packet]]]:
    """Primary key with user ids and their signatures; each subkey with the signatures after it (RFC 9580, 10.1)."""
    primary: list[Packet] = []
    subkeys: list[list[Packet]] = []
    for packet in packets:
        if packet.tag == Tag.PublicSubkey:
            subkeys.append([packet])
        elif subkeys and packet.tag == Tag.Signature:
            subkeys[-1].append(packet)
        else:
            primary.append(packet)
    return primary, subkeys


def _kind(signature: Packet) -> SignatureType | None:
    """None for one of a kind that Sequoia does not know, which must not spoil the others."""
    try:
        return in_our_words(lambda: signature.signature_type, "unknown")
    except NotEncryptedError:
        return None


def _created(subkey: list[Packet]) -> datetime:
    return subkey[0].key_created or _LONG_AGO


def _made(signature: Packet) -> datetime:
    return signature.signature_created or _LONG_AGO


def _encryptable(packets: list[Packet]) -> Cert | None:
    """The certificate of these packets, None where nothing can be encrypted to it."""

    def tried() -> Cert:
        certificate = Cert.from_packets(packets)
        pysequoia.encrypt(bytes=b"", recipients=[certificate], armor=False)
        return certificate

    try:
        return in_our_words(tried, "no encryption key that holds today")
    except NotEncryptedError:
        return None


def _ends_at(subkey: Packet, binding: Packet) -> datetime | None:
    """The earlier of the key's end, counted from its creation (none, or zero, is for ever), and the signature's
    (RFC 9580, 5.2.3.13 and 5.2.3.18)."""
    ends = []
    if binding.key_validity_period and subkey.key_created is not None:
        ends.append(subkey.key_created + binding.key_validity_period)
    if binding.signature_expiration_time is not None:
        ends.append(binding.signature_expiration_time)
    return min(ends, default=None)
