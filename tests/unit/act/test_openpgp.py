"""OpenPGP/MIME, with the real gpg as the reader of what we make."""

from __future__ import annotations

import email
import email.policy
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlp_gateway import sandbox
from dlp_gateway.act.openpgp import OpenpgpSigner, encrypt_openpgp
from dlp_gateway.change import take_apart
from dlp_gateway.errors import EncryptionUnavailableError, NotEncryptedError
from dlp_gateway.model import GapReason
from dlp_gateway.parse import parse_message
from tests.support.encryption_keys import PRESENT, Gpg, rsa_key, smime_key
from tests.support.mail_shapes import BODY, NAME, SUBJECT, clear_signed, shapes

SHAPES = shapes()
PLAIN = SHAPES["plain"]


@dataclass(frozen=True)
class People:
    gpg: Gpg
    elliptic: str
    rsa: str
    council: str

    def certificate(self, fingerprint: str) -> bytes:
        return self.gpg.certificate(fingerprint)

    @property
    def signer(self) -> OpenpgpSigner:
        return OpenpgpSigner(key=self.gpg.secret(self.council))


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    gpg = Gpg(tmp_path_factory.mktemp("gpg") / "g")
    yield People(
        gpg=gpg,
        elliptic=gpg.make("elliptic", "future-default", "default", "1y"),
        rsa=gpg.make("rsa", "rsa3072", "sign,encr", "1y"),
        council=gpg.make("council", "future-default", "default", "1y"),
    )
    gpg.close()


def armoured(octets: bytes) -> bytes:
    """The OpenPGP message in the second part, where a mail program looks for it (RFC 3156, 4)."""
    read = email.message_from_bytes(octets)
    assert read.get_content_type() == "multipart/encrypted"
    assert read.get_param("protocol") == "application/pgp-encrypted"
    version, content = read.get_payload()
    assert version.get_content_type() == "application/pgp-encrypted"
    assert version.get_payload() == "Version: 1\r\n"
    assert content.get_content_type() == "application/octet-stream"
    return content.get_payload(decode=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_decrypted_is_what_was_written(people: People, shape: str) -> None:
    """Octet for octet; outside, every field of the header stays, and nothing of the content stands in clear."""
    octets = SHAPES[shape]
    protected = encrypt_openpgp(octets, [people.certificate(people.elliptic)], now=PRESENT)
    apart = take_apart(octets)
    content, status = people.gpg.decrypt(armoured(protected.octets))
    assert content == apart.entity
    assert "GOODMDC" in status
    assert protected.octets.startswith(apart.header + b"MIME-Version: 1.0\r\nContent-Type: multipart/encrypted")
    for word in (BODY, NAME):
        assert word.encode() not in protected.octets
    assert (protected.method, protected.signature) == ("openpgp", None)


@pytest.mark.parametrize("shape", ["plain", "mixed with PDF and ZIP", "long folded header", "header in utf-8"])
def test_our_own_parser_reads_the_message_as_an_encrypted_one(people: People, shape: str) -> None:
    octets = encrypt_openpgp(SHAPES[shape], [people.certificate(people.elliptic)], now=PRESENT).octets
    parsed = parse_message(octets)
    assert {gap.reason for gap in parsed.gaps} == {GapReason.ENCRYPTED}
    assert [part.media_type for part in parsed.parts] == ["application/pgp-encrypted", "application/octet-stream"]
    assert b"\n" not in octets.replace(b"\r\n", b"")


def test_recipient_and_archive_both_open_it_and_are_named_in_it(people: People) -> None:
    """Key ids are not hidden where there are two: gpg would try every key that a person has."""
    keys = [people.certificate(people.elliptic), people.certificate(people.rsa)]
    message = armoured(encrypt_openpgp(PLAIN, keys, now=PRESENT).octets)
    listed = people.gpg.run("--list-packets", octets=message).decode()
    ids = {line.rsplit(" ", 1)[1] for line in listed.splitlines() if line.startswith(":pubkey enc packet")}
    assert ids == {people.gpg.fingerprints("elliptic")[1][-16:], people.rsa[-16:]}


def test_the_councils_signature_verifies_after_decryption(people: People) -> None:
    protected = encrypt_openpgp(PLAIN, [people.certificate(people.rsa)], signer=people.signer, now=PRESENT)
    content, status = people.gpg.decrypt(armoured(protected.octets))
    assert content == take_apart(PLAIN).entity
    assert f"VALIDSIG {people.council}" in status
    assert protected.signature == "openpgp"


def test_a_message_that_its_author_signed_still_verifies_inside(people: People, tmp_path: Path) -> None:
    author = smime_key(tmp_path, "author", rsa_key(), uses=("digital_signature",))
    octets = clear_signed(author.certificate, author.key)
    protected = encrypt_openpgp(octets, [people.certificate(people.elliptic)], now=PRESENT)
    content, _ = people.gpg.decrypt(armoured(protected.octets))
    verify = ["openssl", "cms", "-verify", "-purpose", "any", "-CAfile", str(author.certificate)]
    assert BODY.encode() in subprocess.run(verify, input=content, capture_output=True, check=True).stdout


def test_a_hidden_subject_stands_inside_only(people: People) -> None:
    octets = SHAPES["alternative"]
    protected = encrypt_openpgp(octets, [people.certificate(people.elliptic)], protect_subject=True, now=PRESENT)
    assert SUBJECT.encode() not in protected.octets
    content, _ = people.gpg.decrypt(armoured(protected.octets))
    assert email.message_from_bytes(content, policy=email.policy.default)["Subject"] == SUBJECT
    assert take_apart(octets).entity in content


def test_a_certificate_that_does_not_hold_stops_the_message(people: People) -> None:
    """In fixed words with its number; nothing of the library's own text, which holds a stack trace, gets out."""
    signing_only = people.gpg.make("signing-only", "ed25519", "sign", "1y")
    for bad, why in (
        (people.certificate(signing_only), "no encryption key that holds today"),
        (b"nonsense", "not an OpenPGP certificate"),
    ):
        with pytest.raises(NotEncryptedError) as caught:
            encrypt_openpgp(PLAIN, [people.certificate(people.rsa), bad], now=PRESENT)
        assert (caught.value.why, str(caught.value), caught.value.certificate) == (why, why, 1)
        assert caught.value.__cause__ is None
    with pytest.raises(NotEncryptedError, match="no certificate to encrypt to"):
        encrypt_openpgp(PLAIN, [], now=PRESENT)
    with pytest.raises(NotEncryptedError, match="no empty line after the header"):
        encrypt_openpgp(b"From: a@x\r\n", [people.certificate(people.rsa)], now=PRESENT)


def test_keys_and_passwords_do_not_show_themselves_in_a_log(people: People) -> None:
    assert "key" not in repr(OpenpgpSigner(key=b"key material", password="key word"))


def test_without_the_sandbox_nothing_is_encrypted(
    people: People, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate = people.certificate(people.rsa)
    sandbox.bubblewrap_fault.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        with pytest.raises(EncryptionUnavailableError, match="can't be run in a sandbox"):
            encrypt_openpgp(PLAIN, [certificate], now=PRESENT)
    finally:
        monkeypatch.undo()
        sandbox.bubblewrap_fault.cache_clear()


def test_what_takes_too_long_is_ended_and_tried_again_later(people: People) -> None:
    started = time.monotonic()
    with pytest.raises(EncryptionUnavailableError, match="openpgp took longer than 0 s"):
        encrypt_openpgp(SHAPES["five megabytes"], [people.certificate(people.rsa)], now=PRESENT, seconds=0.01)
    assert time.monotonic() - started < 20
