from __future__ import annotations

import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import cms, core
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason
from tests.support.documents.pdf import plain_pdf

LETTER = b"Content-Type: text/plain\r\n\r\nK_SIGNED: Jane Example\r\n" + b"line\r\n" * 400


@pytest.fixture(scope="module")
def identity() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    from datetime import UTC, datetime

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Jo Example")])
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, start, end)
    return key, builder.sign(key, hashes.SHA256())


def signed(identity: tuple, content: bytes, encoding: serialization.Encoding, *, detached: bool = False) -> bytes:
    key, certificate = identity
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary, *([pkcs7.PKCS7Options.DetachedSignature] if detached else [])]
    return builder.sign(encoding, options)


def test_a_signed_message_is_read_as_the_message_it_is(read: Callable, identity: tuple) -> None:
    reading = read(signed(identity, LETTER, serialization.Encoding.DER), "smime.p7m")
    assert reading.one("K_SIGNED").part == "2/signed.eml/1"
    assert reading.gaps == ()


def test_a_signed_file_keeps_its_name(read: Callable, identity: tuple) -> None:
    reading = read(signed(identity, plain_pdf("K_SIGNED"), serialization.Encoding.DER), "letter.pdf.p7m")
    assert reading.where("K_SIGNED") == [("2/letter.pdf", "page 1", False)]


def test_signed_data_within_signed_data_is_read_with_and_without_its_wrapping(read: Callable, identity: tuple) -> None:
    """RFC 5652 says that the inner one stands there bare; some programs wrap it."""
    inner = signed(identity, LETTER, serialization.Encoding.DER)
    bare = cms.ContentInfo.load(inner)["content"].untag().dump()
    for octets in (inner, bare):
        enclosed = {"content_type": "signed_data", "content": core.ParsableOctetString(octets)}
        outer = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [],
                "encap_content_info": cms.EncapsulatedContentInfo(enclosed),
                "signer_infos": [],
            }
        )
        reading = read(cms.ContentInfo({"content_type": "signed_data", "content": outer}).dump(), "smime.p7m")
        assert reading.where("K_SIGNED")
        assert reading.gaps == ()


def test_the_names_in_certificates_are_no_text(read: Callable, identity: tuple) -> None:
    _, certificate = identity
    alone = pkcs7.serialize_certificates([certificate], serialization.Encoding.DER)
    for octets, name in ((alone, "certs.p7b"), (certificate.public_bytes(serialization.Encoding.DER), "jo.cer")):
        reading = read(octets, name)
        assert reading.gaps == ()
        assert not reading.where("Jo Example")


def test_a_detached_signature_is_no_gap(read: Callable, identity: tuple) -> None:
    octets = signed(identity, LETTER, serialization.Encoding.DER, detached=True)
    assert read(octets, "smime.p7s", "application/pkcs7-signature").gaps == ()


def test_encrypted_data_is_a_gap_whatever_its_label(read: Callable, identity: tuple) -> None:
    _, certificate = identity
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(LETTER).add_recipient(certificate)
    octets = builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    for name, media_type in (("smime.bin", "application/octet-stream"), ("notes.txt", "text/plain")):
        assert read(octets, name, media_type).reasons == [GapReason.ENCRYPTED]


@pytest.mark.parametrize("start", ["06092a864886f70d010706", "060b2a864886f70d0109100117", "06092a864886f70d010704"])
def test_other_kinds_of_encrypted_data_are_gaps(read: Callable, start: str) -> None:
    """Encrypted by a key that both know; authenticated and encrypted (RFC 5083); the older signed and enveloped."""
    head = bytes.fromhex(start)
    content = b"\x30\x03\x02\x01\x00"
    octets = b"\x30" + bytes([len(head) + 2 + len(content)]) + head + b"\xa0" + bytes([len(content)]) + content
    assert read(octets, "smime.p7m").reasons == [GapReason.ENCRYPTED]


def compressed(content: bytes) -> bytes:
    """RFC 3274, in which openssl of some systems can't write."""
    return cms.ContentInfo(
        {
            "content_type": "compressed_data",
            "content": {
                "version": "v0",
                "compression_algorithm": {"algorithm": "zlib"},
                "encap_content_info": {"content_type": "data", "content": zlib.compress(content, 9)},
            },
        }
    ).dump()


def test_compressed_data_is_read(read: Callable) -> None:
    assert read(compressed(LETTER), "smime.p7z").where("K_SIGNED")


def test_compressed_data_that_is_a_bomb_is_a_gap(read: Callable) -> None:
    octets = compressed(bytes(3_000_000))
    assert read(octets, "smime.p7z", budget=Budget(file_bytes=1_000_000)).reasons == [GapReason.TOO_LARGE]


def test_armoured_data_is_read_from_the_text_around_it(read: Callable, identity: tuple) -> None:
    block = signed(identity, LETTER, serialization.Encoding.PEM)
    assert block.startswith(b"-----BEGIN PKCS7-----")
    for octets in (block, block.replace(b"PKCS7", b"CMS"), b"K_AROUND\r\n\r\n" + block.replace(b"\n", b"\r\n")):
        assert read(octets, "letter.txt", "text/plain").where("K_SIGNED")
    assert read(b"K_AROUND\r\n" + block, "letter.txt", "text/plain").where("K_AROUND")


def test_data_in_pieces_of_unknown_length_is_read(read: Callable, identity: tuple, tmp_path: Path) -> None:
    """BER, as programs write that sign while they send."""
    key, certificate = identity
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "both.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    command = ["openssl", "cms", "-sign", "-nodetach", "-stream", "-binary", "-outform", "DER"]
    command += ["-signer", str(tmp_path / "both.pem")]
    octets = subprocess.run(command, input=LETTER * 20, capture_output=True, check=True).stdout
    assert octets.startswith(b"\x30\x80")
    assert read(octets, "smime.p7m").where("K_SIGNED")


def test_a_key_store_is_a_gap_in_words(read: Callable, identity: tuple) -> None:
    key, certificate = identity
    lock = serialization.BestAvailableEncryption(b"pw")
    store = pkcs12.serialize_key_and_certificates(b"jo", key, certificate, None, lock)
    private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, lock)
    for octets, words in ((store, "a key store with a password"), (private, "a private key with a password")):
        assert [(gap.reason, gap.detail) for gap in read(octets, "jo.p12").gaps] == [(GapReason.ENCRYPTED, words)]


def test_nesting_is_refused_before_it_is_parsed(read: Callable) -> None:
    head = b"\x30\x80" + bytes.fromhex("06092a864886f70d010702") + b"\xa0\x80"
    assert read(head + b"\x30\x80" * 200_000, "deep.p7m").reasons == [GapReason.TOO_DEEP]
    assert read(head + b"\x24\x80" * 200_000, "deep.p7m").reasons == [GapReason.TOO_DEEP]


def test_a_signed_message_cut_off_anywhere_is_a_gap(read: Callable, identity: tuple) -> None:
    octets = signed(identity, LETTER, serialization.Encoding.DER)
    for end in range(16, len(octets) - 1, len(octets) // 40):
        assert read(octets[:end], "smime.p7m").reasons == [GapReason.CORRUPT], end
