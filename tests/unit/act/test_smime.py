"""S/MIME, with the real openssl as the reader of what we make."""

from __future__ import annotations

import email
import email.policy
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID

from dlp_gateway import sandbox
from dlp_gateway.act.encryption_program import MOST_BYTES
from dlp_gateway.act.smime import SmimeProfile, SmimeSigner, encrypt_smime
from dlp_gateway.change import Protected, take_apart
from dlp_gateway.errors import EncryptionUnavailableError, NotEncryptedError
from dlp_gateway.model import GapReason
from dlp_gateway.parse import parse_message
from tests.support.encryption_keys import PRESENT, SmimeKey, ec_key, rsa_key, smime_key
from tests.support.mail_shapes import BODY, NAME, SUBJECT, clear_signed, shapes

SHAPES = shapes()
PLAIN = SHAPES["plain"]


@dataclass(frozen=True)
class People:
    rsa: SmimeKey
    large: SmimeKey
    curve: SmimeKey
    council: SmimeKey
    folder: Path

    @property
    def signer(self) -> SmimeSigner:
        return SmimeSigner(certificate=self.council.pem, key=self.council.key.read_bytes())


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    folder = tmp_path_factory.mktemp("people")
    return People(
        rsa=smime_key(folder, "rsa", rsa_key()),
        large=smime_key(folder, "large", rsa_key(4096)),
        curve=smime_key(folder, "curve", ec_key(), uses=("key_agreement",)),
        council=smime_key(folder, "council", rsa_key(), uses=("digital_signature",)),
        folder=folder,
    )


def sent(octets: bytes, *keys: SmimeKey, **how) -> Protected:
    return encrypt_smime(octets, [key.pem for key in keys], **{"profile": SmimeProfile.MODERN, "now": PRESENT, **how})


def refusal(octets: bytes, *certificates: bytes, **how) -> NotEncryptedError:
    with pytest.raises(NotEncryptedError) as caught:
        encrypt_smime(octets, certificates, **{"profile": SmimeProfile.MODERN, "now": PRESENT, **how})
    return caught.value


@pytest.mark.parametrize("profile", SmimeProfile)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_decrypted_is_what_was_written(people: People, shape: str, profile: SmimeProfile) -> None:
    """Octet for octet; outside, every field of the header stays, and nothing of the content stands in clear."""
    octets = SHAPES[shape]
    protected = sent(octets, people.rsa, people.curve, profile=profile)
    apart = take_apart(octets)
    assert people.rsa.decrypt(protected.octets) == apart.entity
    assert people.curve.decrypt(protected.octets) == apart.entity
    assert protected.octets.startswith(apart.header + b"MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime")
    for word in (BODY, NAME):
        assert word.encode() not in protected.octets
    lines = {line for line in apart.entity.split(b"\r\n") if len(line) > 12 and not line.startswith(b"Content-")}
    assert not lines & set(protected.octets.removeprefix(apart.header).split(b"\r\n"))


@pytest.mark.parametrize("shape", ["plain", "mixed with PDF and ZIP", "long folded header", "header in utf-8"])
def test_others_read_the_message_as_an_encrypted_one(people: People, shape: str) -> None:
    """The standard library, and our own parser, which finds nothing ambiguous in it."""
    octets = sent(SHAPES[shape], people.rsa).octets
    read = email.message_from_bytes(octets, policy=email.policy.default)
    assert read.get_content_type() == "application/pkcs7-mime"
    assert read.get_param("smime-type") == "authEnveloped-data"
    assert read["MIME-Version"] == "1.0"
    assert read["Subject"] == SUBJECT
    body = octets.partition(b"\r\n\r\n")[2]
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) == 76
    parsed = parse_message(octets)
    assert [gap.reason for gap in parsed.gaps] == [GapReason.ENCRYPTED]
    assert parsed.root.media_type == "application/pkcs7-mime"


@pytest.mark.parametrize("who", ["rsa", "large", "curve"])
def test_each_kind_of_key_can_be_encrypted_to_by_each_profile(people: People, who: str) -> None:
    key: SmimeKey = getattr(people, who)
    for profile in SmimeProfile:
        assert key.decrypt(sent(PLAIN, key, profile=profile).octets) == take_apart(PLAIN).entity


@pytest.mark.parametrize(
    ("profile", "kind", "algorithms", "method"),
    [
        (SmimeProfile.MODERN, "authEnveloped-data", ("aes-256-gcm", "rsaesOaep", "sha256"), "smime modern"),
        (SmimeProfile.COMPATIBLE, "enveloped-data", ("aes-256-cbc", "rsaEncryption"), "smime compatible"),
    ],
)
def test_the_profile_says_which_algorithms_are_used(
    people: People, profile: SmimeProfile, kind: str, algorithms: tuple[str, ...], method: str
) -> None:
    protected = sent(PLAIN, people.rsa, profile=profile)
    printed = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-noout"], input=protected.octets, capture_output=True, check=True
    ).stdout.decode()
    assert all(name in printed for name in algorithms)
    assert f"smime-type={kind};".encode() in protected.octets
    assert protected.method == method
    assert protected.signature is None


def test_a_changed_octet_is_noticed_by_who_decrypts_in_the_modern_profile(people: People) -> None:
    octets = sent(PLAIN, people.rsa).octets
    at = len(octets) - 60
    changed = octets[:at] + (b"A" if octets[at : at + 1] != b"A" else b"B") + octets[at + 1 :]
    assert people.rsa.opens(octets)
    assert not people.rsa.opens(changed)


def test_nobody_else_can_decrypt(people: People, tmp_path: Path) -> None:
    other = smime_key(tmp_path, "other", rsa_key())
    assert not other.opens(sent(PLAIN, people.rsa).octets)


def test_certificates_in_der_and_in_pem_with_text_around_them_are_taken(people: People) -> None:
    around = b"subject=CN = rsa\r\n" + people.rsa.pem.replace(b"\n", b"\r\n") + b"\r\n"
    for certificate in (people.rsa.der, around):
        protected = encrypt_smime(PLAIN, [certificate], profile=SmimeProfile.MODERN, now=PRESENT)
        assert people.rsa.decrypt(protected.octets) == take_apart(PLAIN).entity


def test_a_message_that_its_author_signed_still_verifies_inside(people: People) -> None:
    octets = clear_signed(people.council.certificate, people.council.key)
    inner = people.rsa.decrypt(sent(octets, people.rsa).octets)
    assert BODY.encode() in verified(inner, people.council)


# -- signing --


@pytest.mark.parametrize("shape", ["plain", "utf-8, 8 bits", "mixed with PDF and ZIP", "empty body", "no body end"])
@pytest.mark.parametrize("clear", [False, True])
def test_the_councils_signature_verifies_over_the_octets_of_the_author(people: People, shape: str, clear: bool) -> None:
    octets = SHAPES[shape]
    protected = sent(octets, people.rsa, signer=replace(people.signer, clear=clear))
    inner = people.rsa.decrypt(protected.octets)
    assert verified(inner, people.council) == take_apart(octets).entity
    assert protected.signature == ("clear" if clear and shape != "utf-8, 8 bits" else "opaque")
    kind = b"multipart/signed" if protected.signature == "clear" else b"application/pkcs7-mime; smime-type=signed-data"
    assert inner.startswith(b"Content-Type: " + kind)


def test_eight_bits_are_signed_opaque_rather_than_encoded_anew(people: People) -> None:
    """A relay that encodes them anew would break a signature in clear; so would we."""
    protected = sent(SHAPES["utf-8, 8 bits"], people.rsa, signer=replace(people.signer, clear=True))
    assert protected.signature == "opaque"


def test_the_chain_travels_with_the_signature(people: People) -> None:
    signer = replace(people.signer, chain=people.large.pem)
    inner = people.rsa.decrypt(sent(PLAIN, people.rsa, signer=signer).octets)
    der = email.message_from_bytes(inner).get_payload(decode=True)
    listing = subprocess.run(
        ["openssl", "cms", "-cmsout", "-inform", "DER", "-certsout", "/dev/stdout", "-noout"],
        input=der,
        capture_output=True,
    ).stdout
    assert listing.count(b"BEGIN CERTIFICATE") == 2


def test_a_signing_key_that_can_not_be_used_is_said_in_fixed_words(people: People, tmp_path: Path) -> None:
    late = smime_key(tmp_path, "late", rsa_key(), uses=("digital_signature",), days=(-30, -1))
    wrong = SmimeSigner(certificate=people.council.pem, key=people.rsa.key.read_bytes())
    broken = SmimeSigner(certificate=people.council.pem, key=b"nonsense")
    for signer, why in (
        (wrong, "the signing key is not that of its certificate"),
        (broken, "the signing key is not that of its certificate"),
        (SmimeSigner(certificate=late.pem, key=late.key.read_bytes()), "the signing certificate is expired"),
        (SmimeSigner(certificate=people.rsa.pem, key=people.rsa.key.read_bytes()),
         "the signing certificate is not for signing mail"),
        (SmimeSigner(certificate=b"", key=b""), "the signing certificate can't be used"),
    ):  # fmt: skip
        error = refusal(PLAIN, people.rsa.pem, signer=signer)
        assert (error.why, error.certificate) == (why, None)


# -- the subject --


@pytest.mark.parametrize("signed", [False, True])
def test_a_hidden_subject_stands_inside_only(people: People, signed: bool) -> None:
    octets = SHAPES["mixed with PDF and ZIP"]
    protected = sent(octets, people.rsa, protect_subject=True, signer=people.signer if signed else None)
    assert SUBJECT.encode() not in protected.octets
    inner = people.rsa.decrypt(protected.octets)
    if signed:
        inner = verified(inner, people.council)
    read = email.message_from_bytes(inner, policy=email.policy.default)
    assert read["Subject"] == SUBJECT
    assert take_apart(octets).entity in inner


# -- refusals --


def test_certificates_that_nobody_should_encrypt_to_are_refused(people: People, tmp_path: Path) -> None:
    """openssl itself encrypts to all but the last two. Each is named by its number, in fixed words."""
    server = (ExtendedKeyUsageOID.SERVER_AUTH,)
    cases = {
        "the certificate is expired": [
            smime_key(tmp_path, "a", rsa_key(), days=(-30, -1)),
            smime_key(tmp_path, "b", ec_key(), uses=("key_agreement",), days=(-30, -1)),
        ],
        "the certificate is not valid yet": [smime_key(tmp_path, "c", rsa_key(), days=(1, 30))],
        "the certificate is not for encrypting mail": [
            smime_key(tmp_path, "d", rsa_key(), uses=("digital_signature",)),
            smime_key(tmp_path, "e", ec_key(), uses=("digital_signature",)),
            smime_key(tmp_path, "f", ec_key(), uses=("key_encipherment",)),
            smime_key(tmp_path, "g", rsa_key(), purposes=server),
        ],
        "the certificate's key is neither RSA nor an elliptic curve": [
            smime_key(tmp_path, "h", ed25519.Ed25519PrivateKey.generate(), uses=None)
        ],
        "the certificate can't be used": [smime_key(tmp_path, "i", rsa_key(1024))],
    }
    for why, keys in cases.items():
        for key in keys:
            error = refusal(PLAIN, people.rsa.pem, key.pem)
            assert (error.why, str(error), error.certificate) == (why, why, 1), key.certificate.name
    assert refusal(PLAIN, people.rsa.pem, now=PRESENT + timedelta(days=60)).why == "the certificate is expired"


def test_octets_that_are_no_certificate_are_refused(people: People) -> None:
    for octets, why in (
        (b"", "the certificate can't be used"),
        (bytes(1000), "the certificate can't be used"),
        (people.rsa.der[:-20], "the certificate can't be used"),
        (b"-----BEGIN CERTIFICATE-----\n$(id)\n-----END CERTIFICATE-----\n", "not a certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "the certificate can't be used"),
        (people.council.key.read_bytes(), "not a certificate"),
        (people.rsa.pem + people.large.pem, "more than one certificate"),
    ):
        error = refusal(PLAIN, octets)
        assert (error.why, error.certificate) == (why, 0)
    assert refusal(PLAIN).why == "no certificate to encrypt to"


def test_certificates_without_any_usage_and_of_larger_curves_are_taken(tmp_path: Path) -> None:
    """RFC 8551, 3: a certificate without the extension may be used."""
    for key in (
        smime_key(tmp_path, "a", rsa_key(), uses=None, purposes=()),
        smime_key(tmp_path, "b", ec_key(ec.SECP521R1()), uses=None, purposes=()),
        smime_key(tmp_path, "c", rsa_key(), purposes=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)),
    ):
        assert key.decrypt(sent(PLAIN, key).octets) == take_apart(PLAIN).entity


def test_a_message_that_is_too_large_is_not_encrypted(people: People) -> None:
    assert refusal(PLAIN + bytes(MOST_BYTES), people.rsa.pem).why == "too large to be encrypted"


def test_without_the_sandbox_nothing_is_encrypted(
    people: People, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A machine without bubblewrap or openssl keeps the message; clear text is no way out."""
    sandbox.bubblewrap_fault.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        with pytest.raises(EncryptionUnavailableError, match="can't be run in a sandbox"):
            sent(PLAIN, people.rsa)
    finally:
        monkeypatch.undo()
        sandbox.bubblewrap_fault.cache_clear()


def test_what_takes_too_long_is_tried_again_later(people: People) -> None:
    with pytest.raises(EncryptionUnavailableError, match="smime-encrypt took longer than 0 s"):
        sent(SHAPES["five megabytes"], people.rsa, seconds=0.001)


def test_several_threads_encrypt_at_once(people: People) -> None:
    """The gateway calls this from threads; no Python runs between fork and exec, where it could wait for ever."""
    barrier = threading.Barrier(4)

    def encrypted(number: int) -> bytes:
        barrier.wait()
        return sent(PLAIN.replace(BODY.encode(), b"%d" % number), people.rsa).octets

    with ThreadPoolExecutor(4) as threads:
        for number, octets in enumerate(threads.map(encrypted, range(4))):
            assert b"the reference is %d," % number in people.rsa.decrypt(octets)


def verified(entity: bytes, signer: SmimeKey) -> bytes:
    """The content of a signed entity, where openssl says that the signature is this signer's."""
    command = ["openssl", "cms", "-verify", "-purpose", "any", "-CAfile", str(signer.certificate)]
    # Over multipart/signed, -binary makes it count line ends as LF; over opaque content it keeps them.
    binary = [] if entity.startswith(b"Content-Type: multipart/signed") else ["-binary"]
    run = subprocess.run([*command, *binary], input=entity, capture_output=True)
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout
