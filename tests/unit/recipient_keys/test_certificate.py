"""S/MIME certificates: each way in which one can't be used, with one made for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID

from dlp_gateway.recipient_keys import KeyFault, KeyKind, Trust, UnreadableKeyError, fault_of, read_key
from dlp_gateway.recipient_keys.trust import read_roots
from tests.support.mail_certificates import (
    JO,
    SERVER,
    Authority,
    MailAuthorities,
    make_authority,
    pem,
    rsa_key,
    self_signed,
    usage,
)
from tests.support.recipient_keys import NOW, key_of


def judged(
    authorities: MailAuthorities,
    leaf: x509.Certificate,
    pattern: str = JO,
    *,
    by_fingerprint: bool = False,
    beside: tuple[x509.Certificate, ...] | None = None,
    days_ahead: float = 0,
) -> KeyFault | None:
    chain = (authorities.mail.certificate,) if beside is None else beside
    key = key_of(pem(leaf, *chain), pattern, by_fingerprint=by_fingerprint)
    return fault_of(key, Trust(roots=(authorities.root.certificate,)), NOW + timedelta(days_ahead))


@pytest.mark.parametrize("curve", [ec.SECP256R1, ec.SECP384R1, ec.SECP521R1])
def test_a_certificate_of_a_usual_curve_can_be_used(authorities, curve) -> None:
    assert judged(authorities, authorities.mail.issue(key=ec.generate_private_key(curve()))) is None


def test_an_rsa_certificate_of_2048_bits_can_be_used(authorities) -> None:
    assert judged(authorities, authorities.mail.issue(key=rsa_key(2048))) is None


def test_one_without_usage_extensions_is_for_everything(authorities) -> None:
    assert judged(authorities, authorities.mail.issue(purposes=())) is None


@pytest.mark.parametrize(
    ("days", "ahead", "why"),
    [
        ((1, 365), 0, KeyFault.NOT_YET_VALID),
        ((-30, -1), 0, KeyFault.EXPIRED),
        ((-1, 10), 9.9, None),
        ((-1, 10), 10.1, KeyFault.EXPIRED),
    ],
)
def test_dates_are_kept(authorities, days, ahead, why) -> None:
    assert judged(authorities, authorities.mail.issue(days=days), days_ahead=ahead) is why


@pytest.mark.parametrize(
    "key", [rsa_key(1024), ec.generate_private_key(ec.SECP256K1()), ed25519.Ed25519PrivateKey.generate()]
)
def test_weak_and_unsupported_keys_are_refused(authorities, key) -> None:
    """Ed25519 signs, it does not encrypt."""
    assert judged(authorities, authorities.mail.issue(key=key)) is KeyFault.WEAK


@pytest.mark.parametrize(
    ("key", "allowed", "why"),
    [
        (rsa_key(2048), ("digital_signature",), KeyFault.WRONG_USAGE),
        (rsa_key(2048), ("key_agreement",), KeyFault.WRONG_USAGE),
        (rsa_key(2048), ("digital_signature", "key_encipherment"), None),
        (ec.generate_private_key(ec.SECP256R1()), ("key_encipherment",), KeyFault.WRONG_USAGE),
        (ec.generate_private_key(ec.SECP256R1()), ("digital_signature", "key_agreement"), None),
    ],
)
def test_key_usage_must_allow_what_encryption_does_with_such_a_key(authorities, key, allowed, why) -> None:
    assert judged(authorities, authorities.mail.issue(key=key, key_usage=usage(*allowed))) is why


def test_a_servers_certificate_is_not_for_mail(authorities) -> None:
    assert judged(authorities, authorities.mail.issue(purposes=[SERVER])) is KeyFault.WRONG_PURPOSE
    anything = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
    assert judged(authorities, authorities.mail.issue(purposes=[anything])) is None


@pytest.mark.parametrize(
    ("names", "pattern", "by_fingerprint", "why"),
    [
        ({"addresses": ["Jo@PARTNER.example"]}, JO, False, None),
        ({"addresses": [], "in_subject": JO}, JO, False, None),
        ({"addresses": ["jo@xn--mnchen-3ya.example"]}, "jo@xn--mnchen-3ya.example", False, None),
        ({"addresses": ["bo@partner.example"]}, JO, False, KeyFault.OTHER_NAME),
        ({"addresses": ["bo@partner.example"]}, JO, True, KeyFault.OTHER_NAME),
        ({"addresses": []}, JO, False, KeyFault.OTHER_NAME),
        ({"addresses": ["domain-confidentiality-authority@partner.example"]}, JO, True, KeyFault.OTHER_NAME),
        ({"addresses": ["domain-confidentiality-authority@partner.example"]}, "@partner.example", False, None),
        ({"addresses": [], "domains": ["partner.example"]}, "@partner.example", False, None),
        ({"addresses": [], "domains": ["*.example"]}, "@partner.example", False, KeyFault.OTHER_NAME),
        ({"addresses": [], "domains": ["mail.partner.example"]}, "@partner.example", True, KeyFault.OTHER_NAME),
        ({"addresses": [JO]}, "@partner.example", False, KeyFault.OTHER_NAME),
        ({"addresses": [JO]}, "@partner.example", True, None),
        ({"addresses": ["jo@partner.example.net"]}, "@partner.example", True, KeyFault.OTHER_NAME),
    ],
)
def test_it_must_be_made_out_to_whom_it_is_used_for(authorities, names, pattern, by_fingerprint, why) -> None:
    """Any member of staff may have one of the domain: it is taken for all of it only by a compared fingerprint."""
    leaf = authorities.mail.issue(**names)
    assert judged(authorities, leaf, pattern, by_fingerprint=by_fingerprint) is why


def test_without_the_certificates_between_nobody_vouches_for_it(authorities) -> None:
    leaf = authorities.mail.issue()
    assert judged(authorities, leaf, beside=()) is KeyFault.UNTRUSTED
    assert judged(authorities, leaf, beside=(), by_fingerprint=True) is None


def test_an_authority_of_others_does_not_count(authorities) -> None:
    other = MailAuthorities()
    leaf = other.mail.issue()
    chain = (other.mail.certificate, other.root.certificate)
    assert judged(authorities, leaf, beside=chain) is KeyFault.UNTRUSTED


def test_without_roots_only_compared_fingerprints_count(authorities) -> None:
    octets = pem(authorities.mail.issue(), authorities.mail.certificate)
    assert fault_of(key_of(octets), Trust(), NOW) is KeyFault.UNTRUSTED
    assert fault_of(key_of(octets, by_fingerprint=True), Trust(), NOW) is None


def test_a_self_signed_certificate_is_trusted_by_its_fingerprint_alone(authorities) -> None:
    mine = self_signed()
    assert judged(authorities, mine, beside=()) is KeyFault.UNTRUSTED
    assert judged(authorities, mine, beside=(), by_fingerprint=True) is None


@pytest.mark.parametrize(
    "more",
    [
        [(x509.ExtendedKeyUsage([SERVER]), False)],
        [(x509.NameConstraints([x509.RFC822Name("elsewhere.example")], None), True)],
        [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)],
    ],
    ids=["for servers", "of other names", "not understood"],
)
def test_an_authority_that_may_not_vouch_for_it_does_not(authorities, more) -> None:
    bad = make_authority("Bad authority", authorities.root, more=more)
    assert judged(authorities, bad.issue(), beside=(bad.certificate,)) is KeyFault.UNTRUSTED


def test_an_authority_that_has_ended_or_stands_too_deep_does_not_vouch(authorities) -> None:
    old = make_authority("Old authority", authorities.root, days=(-30, -1))
    assert judged(authorities, old.issue(), beside=(old.certificate,)) is KeyFault.UNTRUSTED
    deep = make_authority("Deep authority", authorities.mail)
    chain = (deep.certificate, authorities.mail.certificate)
    assert judged(authorities, deep.issue(), beside=chain) is KeyFault.UNTRUSTED


def test_somebodys_certificate_is_no_authority(authorities) -> None:
    """Else every partner could vouch for every other."""
    key = ec.generate_private_key(ec.SECP256R1())
    boss = Authority(
        certificate=authorities.mail.issue(title="Boss", addresses=["boss@partner.example"], key=key), key=key
    )
    chain = (boss.certificate, authorities.mail.certificate)
    assert judged(authorities, boss.issue(), beside=chain) is KeyFault.UNTRUSTED


def test_octets_that_rot_in_the_store_are_told() -> None:
    key = key_of(pem(self_signed()), by_fingerprint=True)
    for octets in (b"", key.octets[:-1], b"0" * 40):
        broken = replace(key, octets=octets)
        assert fault_of(broken, Trust(), NOW) is KeyFault.UNREADABLE


def test_pem_der_and_pkcs7_are_read_alike(authorities) -> None:
    leaf, above = authorities.mail.issue(), authorities.mail.certificate
    files = [
        pem(leaf, above),
        pem(above, leaf),
        pkcs7.serialize_certificates([above, leaf], Encoding.DER),
        pkcs7.serialize_certificates([leaf, above], Encoding.PEM),
    ]
    read = [read_key(octets) for octets in files]
    assert {(one.octets, one.intermediates) for one in read} == {
        (leaf.public_bytes(Encoding.DER), above.public_bytes(Encoding.DER))
    }
    alone = read_key(leaf.public_bytes(Encoding.DER))
    assert (alone.kind, alone.names) == (KeyKind.SMIME, (JO,))
    assert alone.fingerprint == leaf.fingerprint(hashes.SHA256()).hex()
    assert alone.not_after == leaf.not_valid_after_utc


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"hello", "holds no certificate that can be read"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds no certificate that can be read"),
        (bytes(70_000), "is larger than 64 KiB"),
        (b"0\x82\x01", "holds no certificate that can be read"),
    ],
)
def test_what_is_no_certificate_is_told_in_words(octets, said) -> None:
    with pytest.raises(UnreadableKeyError, match=said):
        read_key(octets)


def test_two_peoples_certificates_in_one_file_are_refused(authorities) -> None:
    with pytest.raises(UnreadableKeyError, match="several certificates"):
        read_key(pem(authorities.mail.issue(), authorities.mail.issue()))


def test_of_a_pair_for_signing_and_encryption_the_latter_is_taken(authorities) -> None:
    """As mail programs export them together."""
    signing = authorities.mail.issue(key_usage=usage("digital_signature"))
    encryption = authorities.mail.issue()
    for order in ((signing, encryption), (encryption, signing)):
        read = read_key(pem(*order, authorities.mail.certificate))
        assert read.octets == encryption.public_bytes(Encoding.DER)
        assert read.intermediates == authorities.mail.certificate.public_bytes(Encoding.DER)


def test_a_private_key_is_never_taken(authorities) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(serialization.Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(UnreadableKeyError, match="holds a private key"):
        read_key(private + pem(authorities.mail.issue(key=key)))


def test_a_file_of_roots_that_holds_none_is_a_fault() -> None:
    with pytest.raises(ValueError, match="holds no certificates"):
        read_roots(b"nothing")


def test_a_certificate_whose_serial_number_is_none_is_refused(authorities) -> None:
    """The library would warn of it each time it is read, and soon refuse it."""
    leaf = authorities.mail.issue()
    whole = leaf.public_bytes(Encoding.DER)
    serial = leaf.serial_number.to_bytes((leaf.serial_number.bit_length() + 7) // 8, "big")
    negative = whole.replace(serial, bytes([serial[0] | 0x80]) + serial[1:])
    with pytest.raises(UnreadableKeyError, match="does not keep to the standard"):
        read_key(negative)
