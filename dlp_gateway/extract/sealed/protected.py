"""Files that only a key or a password opens, by their first octets: each is a gap that says what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import GapReason
from ..source import Item, Source, Tools

# Where, what stands there, in words.
_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x76\xe8\x04\x60\xc4\x11\xe3\x86", "a rights-managed message"),  # [MS-OXORMMS] 2.2.4
    (0, b".pfile", "a file protected by rights management"),
    (0, b"age-encryption.org/", "a file encrypted with age"),
    (0, b"Salted__", "a file encrypted with a password (OpenSSL)"),
    (0, b"LUKS\xba\xbe", "an encrypted disk (LUKS)"),
    (3, b"-FVE-FS-", "an encrypted disk (BitLocker)"),
    (0, b"encrcdsa", "an encrypted disk image"),
    (0, b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", "a password safe (KeePass)"),
    (0, b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5", "a password safe (KeePass)"),
    (0, b"PWS3", "a password safe"),
    (0, b"\xfe\xed\xfe\xed", "a key store with a password"),  # Java
    (0, b"\xce\xce\xce\xce\x00\x00\x00", "a key store with a password"),
    (0, b"\xc0\xb9\x07\x2e\x4f\x93\xf1\x46\xa0\x15\x79\x2c\xa1\xd9\xe8\x21", "a file encrypted with AxCrypt"),
    (0, b"AES\x01\x00", "a file encrypted with AES Crypt"),
    (0, b"AES\x02\x00", "a file encrypted with AES Crypt"),
    (0, b"AES\x03\x00", "a file encrypted with AES Crypt"),
)
# PKCS #12 (RFC 7292, 4): version 3, then data or signed data.
_KEY_STORE = re.compile(
    rb"\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...|\x84....)\x02\x01\x03\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...|\x84....)"
    rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x01\x02]",
    re.DOTALL,
)
# EncryptedPrivateKeyInfo (RFC 5958, 3): the algorithm is one of PKCS #5 or PKCS #12.
_PRIVATE_KEY = re.compile(
    rb"\x30(?:[\x00-\x7f]|\x81.|\x82..)\x30(?:[\x00-\x7f]|\x81.|\x82..)\x06[\x09\x0a]\x2a\x86\x48\x86\xf7\x0d\x01(?:\x05|\x0c\x01)",
    re.DOTALL,
)
_SALTED_IN_BASE64 = re.compile(rb"\s*U2FsdGVkX1[89+/][A-Za-z0-9+/=\s]{20,}\Z")
_LONGEST_HEAD = 64


def protection_of(octets: bytes) -> str | None:
    """What protects the file, in fixed words; None where nothing that is known here does."""
    for at, mark, words in _MARKS:
        if octets.startswith(mark, at):
            return words
    head = octets[:_LONGEST_HEAD]
    if head[:1] == b"\x30":
        if _KEY_STORE.match(head):
            return "a key store with a password"
        if _PRIVATE_KEY.match(head):
            return "a private key with a password"
    if octets[:12].lstrip().startswith(b"U2FsdGVkX1") and _SALTED_IN_BASE64.match(octets):
        return "a file encrypted with a password (OpenSSL)"
    return None


def read_protected(source: Source, tools: Tools) -> Iterator[Item]:
    """The gap that says what protects the file."""
    del tools
    yield source.gap(GapReason.ENCRYPTED, protection_of(source.octets) or "a file with a password")
