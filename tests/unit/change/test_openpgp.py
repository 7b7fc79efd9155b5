"""Which OpenPGP certificates are encrypted to; each made by the real gpg, or taken apart and put together wrongly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pysequoia import Cert, Profile, Tsk
from pysequoia.packet import Packet, PacketPile, Tag

from dlp_gateway.change.openpgp import answer, encrypt, fault_of
from dlp_gateway.errors import NotEncryptedError
from tests.support.encryption_keys import PRESENT, Gpg

LONG_AGO = "20200101T000000"
NO_KEY = "no encryption key that holds today"


@dataclass(frozen=True)
class Ring:
    gpg: Gpg
    made: dict[str, str]  # name to fingerprint

    def certificate(self, name: str) -> bytes:
        return self.gpg.certificate(self.made[name])


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    gpg = Gpg(tmp_path_factory.mktemp("gpg") / "g")
    made = {
        "good": gpg.make("good", "future-default", "default", "1y"),
        "rsa": gpg.make("rsa", "rsa2048", "sign,encr", "never"),
        "sign-only": gpg.make("sign-only", "ed25519", "sign", "1y"),
        "expired": gpg.make("expired", "future-default", "default", "1y", at=LONG_AGO),
        "revoked": gpg.make("revoked", "future-default", "default", "1y"),
        "old-subkey": gpg.make("old-subkey", "ed25519", "sign", "never", at=LONG_AGO),
        "renewed": gpg.make("renewed", "ed25519", "sign", "never", at=LONG_AGO),
        "prolonged": gpg.make("prolonged", "ed25519", "sign", "never", at=LONG_AGO),
        "no-subkey": gpg.make("no-subkey", "future-default", "default", "1y"),
    }
    for name in ("old-subkey", "renewed", "prolonged"):
        gpg.add(made[name], "cv25519", "encr", "1y", at=LONG_AGO)
    gpg.add(made["renewed"], "cv25519", "encr", "1y")
    gpg.run("--quick-set-expire", made["prolonged"], "20y", gpg.fingerprints("prolonged")[1])
    gpg.run("--import", octets=gpg.revocation(made["revoked"]))
    gpg.revoke_subkey(made["no-subkey"])
    yield Ring(gpg, made)
    gpg.close()


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("good", None),
        ("rsa", None),
        ("renewed", None),
        ("prolonged", None),
        ("sign-only", NO_KEY),
        ("no-subkey", NO_KEY),
        ("expired", "the certificate is expired"),
        ("revoked", "the certificate is revoked"),
        ("old-subkey", "the encryption key is expired"),
    ],
)
def test_why_a_certificate_can_not_be_encrypted_to_is_said_in_fixed_words(
    ring: Ring, name: str, fault: str | None
) -> None:
    """The library itself encrypts to the last three."""
    certificate = ring.certificate(name)
    assert fault_of(certificate, PRESENT) == fault
    if fault is None:
        content, status = ring.gpg.decrypt(encrypt(b"hello", (certificate,), now=PRESENT))
        assert content == b"hello"
        assert "DECRYPTION_OKAY" in status
    else:
        with pytest.raises(NotEncryptedError) as caught:
            encrypt(b"hello", (ring.certificate("good"), certificate), now=PRESENT)
        assert (caught.value.why, caught.value.certificate) == (fault, 1)


def test_of_several_subkeys_the_newest_that_holds_is_encrypted_to_and_no_other(ring: Ring) -> None:
    """An expired one may have been lost: what is encrypted to it as well can be read with it."""
    _, old, new = ring.gpg.fingerprints("renewed")
    packets = ring.gpg.run("--list-packets", octets=encrypt(b"hello", (ring.certificate("renewed"),), now=PRESENT))
    assert f"keyid {new[-16:]}".encode() in packets
    assert f"keyid {old[-16:]}".encode() not in packets


def test_a_certificate_is_judged_by_the_day_that_is_given(ring: Ring) -> None:
    certificate = ring.certificate("good")
    assert fault_of(certificate, PRESENT + timedelta(days=364)) is None
    assert fault_of(certificate, PRESENT + timedelta(days=366)) == "the certificate is expired"
    assert fault_of(ring.certificate("renewed"), PRESENT + timedelta(days=366)) == "the encryption key is expired"


def test_a_binding_that_somebody_else_put_in_does_not_bring_an_expired_key_back(ring: Ring) -> None:
    """Who serves a certificate may add packets to it; the fingerprint stays the same. Only a signature that the owner
    made counts, so one taken from another certificate, which names no end, is passed over."""
    good, old = _packets(ring.certificate("good")), _packets(ring.certificate("old-subkey"))
    forged = Cert.from_packets([*old, good[-1]])
    assert len(_packets(bytes(forged))) == len(old) + 1
    assert fault_of(bytes(forged), PRESENT) == "the encryption key is expired"
    swapped = Cert.from_packets([*old[:-1], good[-1]])
    assert fault_of(bytes(swapped), PRESENT) == NO_KEY


def test_a_revocation_of_a_subkey_counts_wherever_it_stands(ring: Ring) -> None:
    packets = _packets(ring.certificate("no-subkey"))
    at = next(n for n, packet in enumerate(packets) if packet.tag == Tag.PublicSubkey)
    turned = [*packets[: at + 1], *reversed(packets[at + 1 :])]
    assert fault_of(b"".join(map(bytes, turned)), PRESENT) == NO_KEY


@pytest.mark.parametrize(
    "octets", [b"", b"nonsense", bytes(100), b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA", b"\x99"]
)
def test_octets_that_are_no_certificate_are_told_without_a_stack_trace(octets: bytes) -> None:
    assert fault_of(octets, PRESENT) == "not an OpenPGP certificate"


def test_a_certificate_that_is_cut_off_or_changed_is_never_a_crash(ring: Ring) -> None:
    certificate = ring.certificate("good")
    for at in range(0, len(certificate), 7):
        changed = certificate[:at] + bytes([certificate[at] ^ 0x55]) + certificate[at + 1 :]
        for octets in (certificate[:at], changed):
            fault = fault_of(octets, PRESENT)
            assert fault is None or len(fault) < 60


def test_a_signature_of_an_unknown_kind_does_not_spoil_the_others(ring: Ring) -> None:
    """It may be of a later format; the binding beside it still holds."""
    certificate = ring.certificate("good")
    body = _packets(certificate)[-1].body
    unknown = b"\xc2\xc0" + bytes([len(body) - 192]) if len(body) > 191 else b"\xc2" + bytes([len(body)])
    unknown += body[:1] + b"\x7a" + body[2:]
    assert fault_of(certificate + unknown, PRESENT) is None
    assert fault_of(certificate[: -len(bytes(_packets(certificate)[-1]))] + unknown, PRESENT) == NO_KEY


def test_two_certificates_secret_keys_and_too_many_packets_are_refused(ring: Ring) -> None:
    good = ring.certificate("good")
    assert fault_of(good + ring.certificate("rsa"), PRESENT) == "more than one certificate"
    assert fault_of(ring.gpg.secret(ring.made["good"]), PRESENT) == "the certificate holds a secret key"
    crowded = good + bytes(_packets(good)[-1]) * 2000
    assert fault_of(crowded, PRESENT) == "the certificate is too large"
    with pytest.raises(NotEncryptedError, match="no certificate to encrypt to"):
        encrypt(b"hello", (), now=PRESENT)


def test_armour_and_the_newest_format_are_read(ring: Ring) -> None:
    certificate = Tsk.generate("new <new@partner.example>", profile=Profile.RFC9580).extract_certificate()
    now = datetime.now(UTC)
    assert fault_of(bytes(certificate), now) is None
    assert fault_of(str(certificate).encode(), now) is None
    assert fault_of(ring.gpg.run("--armor", "--export", ring.made["good"]), now) is None


# -- the council's own key --


def test_the_councils_signature_is_inside_and_verifies(ring: Ring) -> None:
    secret = ring.gpg.secret(ring.made["sign-only"])
    message = encrypt(b"hello", (ring.certificate("good"),), signing_key=secret, now=PRESENT)
    content, status = ring.gpg.decrypt(message)
    assert content == b"hello"
    assert f"VALIDSIG {ring.made['sign-only']}" in status


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("expired", "the signing key is expired or revoked"),
        ("revoked", "the signing key is expired or revoked"),
        (None, "the signing key can't be used"),
    ],
)
def test_a_signing_key_that_does_not_hold_is_not_used(ring: Ring, name: str | None, why: str) -> None:
    secret = b"nonsense" if name is None else ring.gpg.secret(ring.made[name])
    with pytest.raises(NotEncryptedError) as caught:
        encrypt(b"hello", (ring.certificate("good"),), signing_key=secret, now=PRESENT)
    assert (caught.value.why, caught.value.certificate) == (why, None)


def test_a_signing_key_under_a_password_is_opened_by_it_only(ring: Ring) -> None:
    locked = ring.gpg.locked("locked", "open sesame")
    certificate = ring.certificate("good")
    message = encrypt(b"hello", (certificate,), signing_key=locked, password="open sesame", now=PRESENT)
    assert "GOODSIG" in ring.gpg.decrypt(message)[1]
    for wrong in (None, "other"):
        with pytest.raises(NotEncryptedError, match="the signing key can't be used"):
            encrypt(b"hello", (certificate,), signing_key=locked, password=wrong, now=PRESENT)


# -- across the pipe --


def test_the_answer_across_the_pipe_is_the_message_or_why_not(ring: Ring) -> None:
    good, old = ring.certificate("good"), ring.certificate("old-subkey")
    head = {"key": None, "password": None, "now": int(PRESENT.timestamp())}

    def asked(*certificates: bytes) -> bytes:
        line = json.dumps({**head, "certificates": [len(each) for each in certificates]})
        return answer(line.encode() + b"\n" + b"".join(certificates) + b"line\nand line")

    said, _, message = asked(good).partition(b"\n")
    assert said == b"ok"
    assert ring.gpg.decrypt(message)[0] == b"line\nand line"
    assert json.loads(asked(good, old)) == {"why": "the encryption key is expired", "certificate": 1}


def _packets(certificate: bytes) -> list[Packet]:
    return list(PacketPile.from_bytes(certificate))
