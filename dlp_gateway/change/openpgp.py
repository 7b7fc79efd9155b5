"""OpenPGP: whether a certificate can be encrypted to, and the encryption itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pysequoia
from pysequoia import Cert, PySigner, Sig, SignatureMode, Tsk
from pysequoia.packet import Tag

from ..errors import NotEncryptedError
from .openpgp_keys import encryption_keys, holds_secret_key, in_our_words, packets_of


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
    armoured = in_our_words(
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
    return in_our_words(lambda: _judged(octets, now), "not an OpenPGP certificate")


def _judged(octets: bytes, now: datetime) -> Cert:
    given = packets_of(octets)
    if holds_secret_key(given):
        raise NotEncryptedError("the certificate holds a secret key")
    if sum(packet.tag == Tag.PublicKey for packet in given) > 1:
        raise NotEncryptedError("more than one certificate")
    certificate = Cert.from_packets(given)
    if certificate.is_revoked:
        raise NotEncryptedError("the certificate is revoked")
    # Fails where no signature of its own holds today: weak algorithms, or made in the future.
    expires = in_our_words(lambda: certificate.expiration, "the certificate is not valid")
    if expires is not None and expires <= now:
        raise NotEncryptedError("the certificate is expired")
    expired = False
    for key in encryption_keys(certificate):
        if key.ends_at is None or now < key.ends_at:
            return key.certificate
        expired = True
    raise NotEncryptedError("the encryption key is expired" if expired else "no encryption key that holds today")


def _signer(signing_key: bytes, password: str | None, now: datetime) -> PySigner:
    """Of the council's own key; proved by a signature that is verified, which an expired subkey's is not."""
    why = "the signing key can't be used"
    key = in_our_words(lambda: Tsk.from_bytes(signing_key), why)
    certificate = key.extract_certificate()
    expires = in_our_words(lambda: certificate.expiration, why)
    if certificate.is_revoked or (expires is not None and expires <= now):
        raise NotEncryptedError("the signing key is expired or revoked")

    def proved() -> PySigner:
        signer = key.signer(password)
        signature = Sig.from_bytes(pysequoia.sign(signer, b"", mode=SignatureMode.DETACHED))
        pysequoia.verify(bytes=b"", store=lambda _: [certificate], signature=signature)
        return key.signer(password)

    return in_our_words(proved, why)
