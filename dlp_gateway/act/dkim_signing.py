"""DKIM signatures on what we send (RFC 6376, RFC 8463), for authors of our own domains only.

What is signed and how it is written is `change/dkim.py`; here are the keys, and the thread in which signing happens.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ..change.dkim import (
    SignedBy,
    body_hash,
    body_pieces,
    body_start,
    header_fields,
    signed_field,
    signed_names,
    signing_input,
    unsigned_field,
)
from ..config_dkim import Dkim, DkimSignature
from ..errors import ConfigError, Fault
from ..octets import Octets, header_part
from ..parse import author_of

MIN_RSA_BITS = 2048  # RFC 8301, 3.2: SHOULD be at least 2048
CLOSED = ("from", "subject", "to")
"""Signed once more than they occur: a second one of these would be shown in place of ours."""

PrivateKey = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    by: SignedBy
    private: PrivateKey = field(repr=False)


class DkimSigner:
    """Signs for the domains that have keys; for all others it does nothing."""

    def __init__(self, keys: Sequence[SigningKey], headers: Sequence[str]) -> None:
        self._keys: dict[str, list[SigningKey]] = {}
        for key in keys:
            self._keys.setdefault(key.by.domain, []).append(key)
        self._headers = tuple(headers)

    @classmethod
    def load(cls, settings: Dkim) -> DkimSigner:
        """Read all keys. Raises ConfigError with every fault found."""
        keys: list[SigningKey] = []
        faults: list[Fault] = []
        for number, wanted in enumerate(settings.signatures):
            try:
                keys.append(_load(wanted, f"dkim.signatures.{number}.key"))
            except ConfigError as error:
                faults += error.faults
        if faults:
            raise ConfigError(faults)
        return cls(keys, settings.headers)

    def signs(self, octets: Octets) -> bool:
        """Whether this message will be signed: it has one author, and we have a key of exactly their domain."""
        return bool(self._keys_of(octets))

    async def sign(self, octets: Octets, at: datetime) -> bytes:
        """The DKIM-Signature fields to be put before the message (CRLF line ends), one for each key; empty where we
        sign nothing. In a thread, which lets go at every piece of the body."""
        keys = self._keys_of(octets)
        return await asyncio.to_thread(self._fields, octets, at, keys) if keys else b""

    def _keys_of(self, octets: Octets) -> list[SigningKey]:
        if not self._keys:
            return []
        author = author_of(header_part(octets))
        return [] if author is None else self._keys.get(author.rpartition("@")[2], [])

    def _fields(self, octets: Octets, at: datetime, keys: Sequence[SigningKey]) -> bytes:
        first = header_part(octets)
        fields = header_fields(first[: body_start(first)])
        names = signed_names(fields, self._headers, CLOSED)
        hashed = body_hash(body_pieces(octets))
        made = []
        for key in keys:
            unsigned = unsigned_field(key.by, names, hashed, at)
            made.append(signed_field(unsigned, _signature(key.private, signing_input(fields, names, unsigned))))
        return b"".join(made)


NOBODY = DkimSigner((), ())
"""Signs nothing."""


def _signature(key: PrivateKey, octets: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(octets, PKCS1v15(), SHA256())
    # RFC 8463, 3: Ed25519 signs the hash, not the octets.
    digest = Hash(SHA256())
    digest.update(octets)
    return key.sign(digest.finalize())


def _load(wanted: DkimSignature, place: str) -> SigningKey:
    def wrong(text: str) -> ConfigError:
        return ConfigError([Fault(file=place, text=f"{wanted.key} {text}")])

    private = _read(wanted.key, wrong)
    if isinstance(private, RSAPrivateKey):
        if private.key_size < MIN_RSA_BITS:
            raise wrong(f"is an RSA key of {private.key_size} bits; make one of {MIN_RSA_BITS} or more")
        algorithm = "rsa-sha256"
    elif isinstance(private, Ed25519PrivateKey):
        algorithm = "ed25519-sha256"
    else:
        raise wrong("is neither an RSA nor an Ed25519 key; DKIM knows no other")
    return SigningKey(by=SignedBy(domain=wanted.domain, selector=wanted.selector, algorithm=algorithm), private=private)


def _read(path: Path, wrong: Callable[[str], ConfigError]) -> object:
    try:
        mode = path.stat().st_mode
        octets = path.read_bytes()
    except OSError as error:
        raise wrong(f"can't be read ({error.strerror}); name the file of the private key") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise wrong(f"can be used by others (mode {stat.S_IMODE(mode):04o}); set it to 0600 or 0400")
    try:
        return load_pem_private_key(octets, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # its text says nothing to an administrator
        raise wrong("is not a private key in PEM without a password; `openssl genrsa 2048` makes one") from None
