"""Octets written as text between BEGIN and END lines: PEM (RFC 7468) and OpenPGP armour (RFC 9580, 6.2).

Only blocks that hold a file: what is signed in clear is text like any other, and keys stay what they are in the text,
for detection.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

_BLOCK = re.compile(
    rb"-----BEGIN (?P<label>PGP MESSAGE(?:, PART [0-9/]{1,9})?|PKCS7|PKCS #7 SIGNED DATA|CMS|AGE ENCRYPTED FILE)-----"
    rb"[ \t]*\r?\n(?P<content>.*?)(?=-----|\Z)",
    re.DOTALL,
)
_FIELDS = re.compile(rb"(?:[>|: \t]*[A-Za-z]{1,20}: [^\n]{0,200}\n)+[>|: \t]*\r?\n")
_CHECKSUM = re.compile(rb"\r?\n[>|: \t]*=[A-Za-z0-9+/]{4}[ \t]*(?:\r?\n[>| \t]*)?\Z")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
OPENPGP = "OpenPGP message"
_NAMES = {b"PGP": OPENPGP, b"PKC": "signed file", b"CMS": "signed file", b"AGE": "encrypted file"}


def has_armour(octets: bytes) -> bool:
    """Whether a block with a file in it begins somewhere in the text."""
    return b"-----BEGIN " in octets and _BLOCK.search(octets) is not None


def files_in_armour(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and octets of the file in each block."""
    for block in _BLOCK.finditer(octets):
        yield _NAMES[block["label"][:3]], _decoded(block["content"])


def _decoded(content: bytes) -> bytes:
    """As much as decodes: quoted, wrapped or with a checksum behind it."""
    content = _CHECKSUM.sub(b"", content)
    fields = _FIELDS.match(content)
    letters = _NOT_BASE64.sub(b"", content[fields.end() :] if fields else content)
    letters = letters[: -1 if len(letters) % 4 == 1 else None]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
