from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import GapReason

BODY = bytes(range(256)) * 4


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + BODY, "a rights-managed message"),
        (b".pfile" + BODY, "a file protected by rights management"),
        (b"age-encryption.org/v1\n-> X25519 abc\n" + BODY, "a file encrypted with age"),
        (b"Salted__" + BODY, "a file encrypted with a password (OpenSSL)"),
        (b"U2FsdGVkX18mQ4v0Zk1rJxQp2cXh0m9vTq3K7bN5yUe1sA==\n", "a file encrypted with a password (OpenSSL)"),
        (b"LUKS\xba\xbe\x00\x02" + BODY, "an encrypted disk (LUKS)"),
        (b"\xeb\x58\x90-FVE-FS-" + BODY, "an encrypted disk (BitLocker)"),
        (b"encrcdsa" + BODY, "an encrypted disk image"),
        (b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\x01\x00\x04\x00" + BODY, "a password safe (KeePass)"),
        (b"PWS3" + BODY, "a password safe"),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x02" + BODY, "a key store with a password"),
        (b"AES\x02\x00\x00" + BODY, "a file encrypted with AES Crypt"),
    ],
)
def test_what_only_a_key_opens_is_a_gap_in_words_whatever_its_label(read: Callable, octets: bytes, words: str) -> None:
    for name, media_type in (("data.bin", "application/octet-stream"), ("notes.txt", "text/plain")):
        assert [(gap.reason, gap.detail) for gap in read(octets, name, media_type).gaps] == [
            (GapReason.ENCRYPTED, words)
        ]


def test_an_armoured_age_file_is_a_gap(read: Callable) -> None:
    content = b"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBh"
    octets = b"-----BEGIN AGE ENCRYPTED FILE-----\n" + content + b"\n-----END AGE ENCRYPTED FILE-----\n"
    assert read(octets, "a.age", "text/plain").reasons == [GapReason.ENCRYPTED]


@pytest.mark.parametrize(
    "text", [b"Salted peanuts and more\n", b"PWS is a word, AES too\n", b"age-encryption is a topic\n"]
)
def test_words_that_begin_alike_are_text(read: Callable, text: bytes) -> None:
    assert read(text * 5, "notes.txt", "text/plain").gaps == ()
