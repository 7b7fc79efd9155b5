"""S/MIME: a whole message encrypted to one recipient, and signed before by the council where it has a certificate
(RFC 8551), by `openssl cms` under bubblewrap. Certificates of others are parsed there, never in this process.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..change import Protected, is_seven_bit, put_together, signed_entity, smime_entity, take_apart
from ..errors import NotEncryptedError
from .encryption_program import run_encryption

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,100000}-----END CERTIFICATE-----")
_PEM = b"-----BEGIN"
_OK = b"ok\n"
# What the scripts of sandbox/encryption.py refuse, in words.
_REFUSED = {
    b"early": "the certificate is not valid yet",
    b"expired": "the certificate is expired",
    b"usage": "the certificate is not for encrypting mail",
    b"kind": "the certificate's key is neither RSA nor an elliptic curve",
    b"unusable": "the certificate can't be used",
}
_SIGNING_REFUSED = {
    b"early": "the signing certificate is not valid yet",
    b"expired": "the signing certificate is expired",
    b"usage": "the signing certificate is not for signing mail",
    b"key": "the signing key is not that of its certificate",
    b"unusable": "the signing certificate can't be used",
}


class SmimeProfile(StrEnum):
    """MODERN: AES-256-GCM, authenticated (RFC 8551, 2.7); RSA keys by OAEP with SHA-256. Many mail programs do not read
    it yet, so it is for recipients who said that theirs does. COMPATIBLE: AES-256-CBC and PKCS #1 v1.5, which all read;
    neither is authenticated, so the caller records that it was used."""

    MODERN = "modern"
    COMPATIBLE = "compatible"


_KINDS = {SmimeProfile.MODERN: "authEnveloped-data", SmimeProfile.COMPATIBLE: "enveloped-data"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmimeSigner:
    """The council's own certificate and its unencrypted key, in PEM; `chain`: the certificates of its issuers, or none.
    `clear`: multipart/signed rather than the opaque form, where the message is fit for it."""

    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)
    chain: bytes = field(default=b"", repr=False)
    clear: bool = False


def encrypt_smime(
    octets: bytes,
    certificates: Sequence[bytes],
    *,
    profile: SmimeProfile,
    signer: SmimeSigner | None = None,
    protect_subject: bool = False,
    now: datetime,
    seconds: float = 30.0,
) -> Protected:
    """The message encrypted to these certificates (PEM or DER), which must be one recipient's: issuer and serial number
    of each stand in it, so a second recipient's would tell the first of him. The council's archive certificate may
    stand beside them.

    Refused are certificates that are expired, not yet valid, not for encryption, or weaker than openssl allows; chain,
    name and revocation are the caller's. Blocks; call it in a thread. `seconds` is for each of signing and encrypting.
    Raises NotEncryptedError, EncryptionUnavailableError.
    """
    if not certificates:
        raise NotEncryptedError("no certificate to encrypt to")
    apart = take_apart(octets, protect_subject=protect_subject)
    entity, signature = apart.entity, None
    if signer is not None:
        entity, signature = _sign(entity, signer, now, seconds)
    job = [f"{profile} {int(now.timestamp())} {len(certificates)}\n".encode("ascii")]
    for number, certificate in enumerate(certificates):
        job += _framed(_pem(certificate, number))
    encoded = _answer(run_encryption("smime-encrypt", [*job, entity], seconds), _REFUSED)
    return Protected(
        octets=put_together(apart.header, smime_entity(_KINDS[profile], encoded)),
        method=f"smime {profile}",
        signature=signature,
    )


def _sign(entity: bytes, signer: SmimeSigner, now: datetime, seconds: float) -> tuple[bytes, str]:
    """The signed entity, and how it was signed: "opaque", or "clear" where nobody has a reason to encode it anew."""
    form = "clear" if signer.clear and is_seven_bit(entity) else "opaque"
    job = [f"{form} {int(now.timestamp())}\n".encode("ascii")]
    for pem in (signer.certificate, signer.key, signer.chain):
        job += _framed(pem)
    encoded = _answer(run_encryption("smime-sign", [*job, entity], seconds), _SIGNING_REFUSED)
    return (signed_entity(entity, encoded) if form == "clear" else smime_entity("signed-data", encoded)), form


def _framed(pem: bytes) -> tuple[bytes, bytes]:
    return f"{len(pem)}\n".encode("ascii"), pem


def _pem(certificate: bytes, number: int) -> bytes:
    """One certificate in PEM; what stands around it is left out."""
    if _PEM not in certificate:
        encoded = base64.encodebytes(certificate)
        return b"-----BEGIN CERTIFICATE-----\n" + encoded + b"-----END CERTIFICATE-----\n"
    found: list[bytes] = _CERTIFICATE.findall(certificate)
    if len(found) != 1:
        raise NotEncryptedError("more than one certificate" if found else "not a certificate", certificate=number)
    return found[0] + b"\n"


def _answer(said: bytes, refused: dict[bytes, str]) -> memoryview:
    """What was made, in lines of base64."""
    if said.startswith(_OK):
        return memoryview(said)[len(_OK) :]
    word, _, number = said.strip().partition(b" ")
    raise NotEncryptedError(refused[word], certificate=int(number) - 1 if int(number) else None)
