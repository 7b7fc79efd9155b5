"""OpenPGP: whether a certificate can be encrypted to, and the encryption itself. The one door to pysequoia.

pysequoia encrypts to certificates that are expired or revoked and to subkeys that are expired, tells nothing of a
subkey's state, and puts stack traces into the texts of its errors. So certificates are judged here, and an error of its
own becomes fixed words.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pysequoia
from pysequoia import Cert, PySigner, Sig, SignatureMode, Tsk
from pysequoia.packet import Packet, PacketPile, SignatureType, Tag

from ..errors import NotEncryptedError

_T = TypeVar("_T")
_MOST_PACKETS = 2000  # of one certificate
_MOST_TRIALS = 40  # bindings of subkeys that are tried; a real certificate has a few


def fault_of(certificate: bytes, now: datetime) -> str | None:
    """Why this certificate can't be encrypted to, in fixed words; None where it can. Octets of one certificate, binary
    or in armour. Never raises for octets of any kind."""
    try:
        _usable(certificate, now)
    except NotEncryptedError as error:
        return error.why
    return None


def encrypt(
    content: bytes,
    certificates: tuple[bytes, ...],
    *,
    signing_key: bytes | None = None,
    password: str | None = None,
    now: datetime,
) -> bytes:
    """An OpenPGP message in ASCII armour, its lines ended by CRLF, that each of the certificates opens; signed in the
    same structure where there is a signing key (RFC 3156, 6.2). Recipients' key ids stand in it: give one recipient's
    certificates only.

    Raises NotEncryptedError with the number of the certificate at fault, or without one where it is our own key.
    """
    usable = []
    for number, certificate in enumerate(certificates):
        try:
            usable.append(_usable(certificate, now))
        except NotEncryptedError as error:
            raise NotEncryptedError(error.why, certificate=number) from None
    if not usable:
        raise NotEncryptedError("no certificate to encrypt to")
    signer = None if signing_key is None else _signer(signing_key, password, now)
    armoured = _said_by(
        lambda: pysequoia.encrypt(bytes=content, recipients=usable, signer=signer, armor=True), "OpenPGP failed"
    )
    return armoured.replace(b"\n", b"\r\n")


def answer(job: bytes) -> bytes:
    """`encrypt` as `act/openpgp.py` asks for it across a pipe. Job: one line of JSON (certificates: their lengths, key:
    length or null, password or null, now: seconds since 1970), then the octets of certificates, key and content.
    Answer: "ok" and the message, or a line of JSON that says why not."""
    line, _, rest = job.partition(b"\n")
    head = json.loads(line)
    octets = memoryview(rest)
    certificates = []
    for length in head["certificates"]:
        certificates.append(bytes(octets[:length]))
        octets = octets[length:]
    key_length = head["key"]
    key = None if key_length is None else bytes(octets[:key_length])
    content = bytes(octets[key_length or 0 :])
    now = datetime.fromtimestamp(head["now"], UTC)
    try:
        message = encrypt(content, tuple(certificates), signing_key=key, password=head["password"], now=now)
    except NotEncryptedError as error:
        return json.dumps({"why": error.why, "certificate": error.certificate}).encode("ascii")
    return b"ok\n" + message


def _usable(octets: bytes, now: datetime) -> Cert:
    """The certificate with the one key of it that is encrypted to. Raises NotEncryptedError."""
    return _said_by(lambda: _judged(octets, now), "not an OpenPGP certificate")


def _judged(octets: bytes, now: datetime) -> Cert:
    given = _packets(octets)
    if any(packet.tag in (Tag.SecretKey, Tag.SecretSubkey) for packet in given):
        raise NotEncryptedError("the certificate holds a secret key")
    if sum(packet.tag == Tag.PublicKey for packet in given) > 1:
        raise NotEncryptedError("more than one certificate")
    certificate = Cert.from_packets(given)
    if certificate.is_revoked:
        raise NotEncryptedError("the certificate is revoked")
    # Fails where no signature of its own holds today: weak algorithms, or made in the future.
    expires = _said_by(lambda: certificate.expiration, "the certificate is not valid")
    if expires is not None and expires <= now:
        raise NotEncryptedError("the certificate is expired")
    # Read again, since a certificate puts its packets in order and drops what has no place in it.
    return _with_one_key(_packets(bytes(certificate)), now)


def _packets(octets: bytes) -> list[Packet]:
    packets = list(PacketPile.from_bytes(octets))
    if len(packets) > _MOST_PACKETS:
        raise NotEncryptedError("the certificate is too large")
    return packets


def _with_one_key(packets: list[Packet], now: datetime) -> Cert:
    """The newest subkey that can be encrypted to, else the primary key where it can.

    A certificate is put together of the primary key, one subkey, its revocations and one binding signature, and
    something is encrypted to it: where that works, Sequoia has verified this signature, so what it says of expiry is
    true, and nobody else's signature beside it counts.
    """
    primary, subkeys = _components(packets)
    expired = False
    trials = 0
    for subkey in sorted(subkeys, key=_created, reverse=True):
        key, *signatures = subkey
        bindings = [packet for packet in signatures if _kind(packet) == SignatureType.SubkeyBinding]
        revocations = [packet for packet in signatures if _kind(packet) == SignatureType.SubkeyRevocation]
        for binding in sorted(bindings, key=_made, reverse=True):
            trials += 1
            if trials > _MOST_TRIALS:
                raise NotEncryptedError("the certificate is too large")
            certificate = _encryptable([*primary, key, *revocations, binding])
            if certificate is None:
                continue
            if not _is_expired(key, binding, now):
                return certificate
            expired = True
            break  # older bindings are replaced by this one
    if (certificate := _encryptable(primary)) is not None:
        return certificate
    raise NotEncryptedError("the encryption key is expired" if expired else "no encryption key that holds today")


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
        return _said_by(lambda: signature.signature_type, "unknown")
    except NotEncryptedError:
        return None


def _created(subkey: list[Packet]) -> datetime:
    return subkey[0].key_created or datetime.min.replace(tzinfo=UTC)


def _made(signature: Packet) -> datetime:
    return signature.signature_created or datetime.min.replace(tzinfo=UTC)


def _encryptable(packets: list[Packet]) -> Cert | None:
    """The certificate of these packets, None where nothing can be encrypted to it."""

    def tried() -> Cert:
        certificate = Cert.from_packets(packets)
        pysequoia.encrypt(bytes=b"", recipients=[certificate], armor=False)
        return certificate

    try:
        return _said_by(tried, "no encryption key that holds today")
    except NotEncryptedError:
        return None


def _is_expired(key: Packet, binding: Packet, now: datetime) -> bool:
    """RFC 9580, 5.2.3.13: the time counts from the key's creation; none, or zero, is for ever."""
    created, valid = key.key_created, binding.key_validity_period
    return created is not None and valid is not None and bool(valid) and created + valid <= now


def _signer(signing_key: bytes, password: str | None, now: datetime) -> PySigner:
    """Of the council's own key; proved by a signature that is verified, which an expired subkey's is not."""
    why = "the signing key can't be used"
    key = _said_by(lambda: Tsk.from_bytes(signing_key), why)
    certificate = key.extract_certificate()
    expires = _said_by(lambda: certificate.expiration, why)
    if certificate.is_revoked or (expires is not None and expires <= now):
        raise NotEncryptedError("the signing key is expired or revoked")

    def proved() -> PySigner:
        signer = key.signer(password)
        signature = Sig.from_bytes(pysequoia.sign(signer, b"", mode=SignatureMode.DETACHED))
        pysequoia.verify(bytes=b"", store=lambda _: [certificate], signature=signature)
        return key.signer(password)

    return _said_by(proved, why)


def _said_by(work: Callable[[], _T], why: str) -> _T:
    """What `work` returns; its errors, whose texts hold stack traces, as ours. A panic of Rust is no Exception."""
    try:
        return work()
    except (NotEncryptedError, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001
        raise NotEncryptedError(why) from None
