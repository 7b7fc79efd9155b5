"""Texts that gateway, command line and console alone can read: sealed under a key made of the console's, bound to what
they belong to, since the database may be read by others."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


def seal(console_key: bytes, purpose: bytes, bound_to: str, octets: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(console_key, purpose).encrypt(nonce, octets, bound_to.encode())


def unseal(console_key: bytes, purpose: bytes, bound_to: str, sealed: bytes) -> bytes | None:
    """None where there is nothing, or it was not sealed for this."""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return _cipher(console_key, purpose).decrypt(nonce, rest, bound_to.encode())
    except (InvalidTag, ValueError):
        return None


def _cipher(console_key: bytes, purpose: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(console_key))
