"""What a held message says, on its way from the gateway to the page of the one who asked: sealed under a key made of
the console's, bound to the request, since the database may be read by others."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12

MOST_CHARACTERS = 400_000
"""Of text that is shown of one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run of text and where it stands."""

    part: str
    place: str
    text: str = field(repr=False)


def seal_shown(console_key: bytes, request_id: str, shown: Sequence[Shown]) -> bytes:
    """Cut to what a page can hold."""
    left, kept = MOST_CHARACTERS, []
    for one in shown:
        kept.append([one.part, one.place, one.text[:left]])
        left -= len(one.text)
        if left <= 0:
            break
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(console_key).encrypt(nonce, json.dumps(kept).encode(), request_id.encode())


def open_shown(console_key: bytes, request_id: str, sealed: bytes) -> tuple[Shown, ...] | None:
    """None where there is nothing, or it was not sealed for this request."""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        text = _cipher(console_key).decrypt(nonce, rest, request_id.encode())
    except (InvalidTag, ValueError):
        return None
    return tuple(Shown(part=part, place=place, text=text) for part, place, text in json.loads(text))


def _cipher(console_key: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"revealed to reviewers").derive(console_key))
