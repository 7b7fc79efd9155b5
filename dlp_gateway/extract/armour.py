"""Octets written as text between BEGIN and END lines: PEM (RFC 7468) and OpenPGP armour (RFC 9580, 6.2).

The text around a block is text like any other, and so is what is signed in clear; keys stay what they are in the
text, for detection. Blocks that hold a file are decoded, and read by content.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from . import csv
from .source import Inner, Item, Source, Tools

_BLOCK = re.compile(
    rb"-----BEGIN (?P<label>PGP MESSAGE(?:, PART [0-9/]{1,9})?|PKCS7|PKCS #7 SIGNED DATA|CMS|AGE ENCRYPTED FILE)-----"
    rb"[ \t]*\r?\n(?P<content>.*?)(?=-----|\Z)",
    re.DOTALL,
)
_FIELDS = re.compile(rb"(?:[>|: \t]*[A-Za-z]{1,20}: [^\n]{0,200}\r?\n)+[>|: \t]*\r?\n")
_CHECKSUM = re.compile(rb"\r?\n[>|: \t]*=[A-Za-z0-9+/]{4}[ \t]*\r?\n?[>| \t]*\Z")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_NAMES = {b"PGP": "OpenPGP message", b"PKC": "signed file", b"CMS": "signed file", b"AGE": "encrypted file"}


def has_armour(octets: bytes) -> bool:
    """Whether a block with a file in it begins somewhere in the text."""
    return b"-----BEGIN " in octets and _BLOCK.search(octets) is not None


def read_armour(source: Source, tools: Tools) -> Iterator[Item]:
    """The text itself, then the file in each block."""
    yield from csv.read_text_or_table(source, tools)
    for block in _BLOCK.finditer(source.octets):
        octets = _decoded(block["content"])
        if octets:
            yield Inner(name=_NAMES[block["label"][:3]], octets=octets, listed=False)


def _decoded(content: bytes) -> bytes:
    """As much as decodes: quoted, wrapped or with a checksum behind it."""
    content = _CHECKSUM.sub(b"", content)
    fields = _FIELDS.match(content)
    letters = _NOT_BASE64.sub(b"", content[fields.end() :] if fields else content)
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)) if len(letters) % 4 != 1 else b""
