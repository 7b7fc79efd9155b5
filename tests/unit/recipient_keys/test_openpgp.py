"""OpenPGP keys as GnuPG makes them and their owners leave them: each way in which one can't be used."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from pysequoia import Cert, Profile, Tsk
from pysequoia.packet import PacketPile, Tag

from dlp_gateway.recipient_keys import KeyFault, KeyKind, Trust, UnreadableKeyError, fault_of, read_key
from dlp_gateway.recipient_keys.openpgp import merged
from tests.support.gpg_keys import LONG_AGO, GpgHome
from tests.support.recipient_keys import NOW, key_of

JO = "Jo <jo@partner.example>"
LONG_AGO_AT = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def gpg() -> Iterator[GpgHome]:
    with tempfile.TemporaryDirectory(prefix="gpg-") as folder:  # a socket's path must be short
        home = GpgHome(Path(folder))
        yield home
        home.stop()


def judged(octets: bytes, pattern: str = "jo@partner.example", at: datetime = NOW) -> KeyFault | None:
    return fault_of(key_of(octets, pattern, by_fingerprint=True), Trust(), at)


_NUMBERS = count(1)


def made(gpg: GpgHome, *ends: str) -> str:
    """A key of Jo's with a subkey for each of `ends`."""
    fingerprint = gpg.make(f"Jo {next(_NUMBERS)} <jo@partner.example>")
    for until in ends:
        gpg.add_encryption(fingerprint, until=until)
    return fingerprint


def test_a_key_of_gnupg_can_be_used_and_says_when_it_ends(gpg) -> None:
    fingerprint = made(gpg, "1y")
    octets = gpg.public(fingerprint)
    read = read_key(octets)
    assert (read.kind, read.fingerprint, read.names) == (KeyKind.OPENPGP, fingerprint.lower(), ("jo@partner.example",))
    assert read.not_after is not None
    assert timedelta(360) < read.not_after - datetime.now(UTC) < timedelta(366)
    assert judged(octets) is None
    assert judged(octets, at=read.not_after - timedelta(minutes=1)) is None
    assert judged(octets, at=read.not_after) is KeyFault.EXPIRED


def test_armour_makes_no_difference(gpg) -> None:
    fingerprint = made(gpg, "never")
    assert read_key(gpg.public(fingerprint, armoured=True)) == read_key(gpg.public(fingerprint))
    assert read_key(gpg.public(fingerprint)).not_after is None


def test_a_key_of_the_new_standard_can_be_used() -> None:
    octets = bytes(Tsk.generate(JO, profile=Profile.RFC9580).extract_certificate())
    assert len(read_key(octets).fingerprint) == 64
    assert judged(octets) is None


def test_a_key_that_only_signs_is_refused(gpg) -> None:
    assert judged(gpg.public(made(gpg))) is KeyFault.NO_ENCRYPTION_SUBKEY


def test_a_key_that_has_ended_is_refused(gpg) -> None:
    fingerprint = gpg.make("Old <jo@partner.example>", at=LONG_AGO, until="1y")
    gpg.add_encryption(fingerprint, at=LONG_AGO)
    octets = gpg.public(fingerprint)
    assert judged(octets) is KeyFault.EXPIRED
    assert read_key(octets).not_after == LONG_AGO_AT + timedelta(365)


def test_a_key_whose_only_subkey_has_ended_is_refused(gpg) -> None:
    """pysequoia would encrypt to it."""
    fingerprint = gpg.make("Ended <jo@partner.example>", at=LONG_AGO)
    gpg.add_encryption(fingerprint, at=LONG_AGO, until="1y")
    octets = gpg.public(fingerprint)
    assert judged(octets) is KeyFault.EXPIRED
    assert read_key(octets).not_after == LONG_AGO_AT + timedelta(365)


def test_an_ended_subkey_beside_a_good_one_does_no_harm(gpg) -> None:
    """As everybody's who prolongs by a new subkey each year."""
    fingerprint = gpg.make("Rolled <jo@partner.example>", at=LONG_AGO)
    gpg.add_encryption(fingerprint, at=LONG_AGO, until="1y")
    gpg.add_encryption(fingerprint, until="1y")
    octets = gpg.public(fingerprint)
    assert judged(octets) is None
    assert (read_key(octets).not_after or NOW) > NOW + timedelta(300)


def test_a_revoked_subkey_counts_as_none(gpg) -> None:
    fingerprint = made(gpg, "1y")
    gpg.revoke_subkey(fingerprint, 1)
    assert judged(gpg.public(fingerprint)) is KeyFault.NO_ENCRYPTION_SUBKEY
    gpg.add_encryption(fingerprint)
    assert judged(gpg.public(fingerprint)) is None


def test_a_revoked_key_is_refused_and_no_older_copy_brings_it_back() -> None:
    secret = Tsk.generate(JO)
    cert = secret.extract_certificate()
    assert judged(bytes(cert)) is None
    revoked = bytes(cert) + bytes(cert.revoke(secret.certifier()))
    assert judged(revoked) is KeyFault.REVOKED
    assert judged(merged(revoked, bytes(cert))) is KeyFault.REVOKED


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("jo@partner.example", None),
        ("bo@partner.example", KeyFault.OTHER_NAME),
        ("@partner.example", None),
        ("@elsewhere.example", KeyFault.OTHER_NAME),
        ("@example", KeyFault.OTHER_NAME),
    ],
)
def test_it_must_be_made_out_to_whom_it_is_used_for(pattern, why) -> None:
    octets = bytes(Tsk.generate("Jo <JO@Partner.Example>").extract_certificate())
    assert judged(octets, pattern) is why


def test_a_revoked_name_is_no_name(gpg) -> None:
    fingerprint = gpg.make("Moved <jo@partner.example>", at=LONG_AGO)
    gpg.add_encryption(fingerprint, at=LONG_AGO)
    gpg.run("--quick-add-uid", fingerprint, "Moved <jo@new.example>")
    gpg.revoke_name(fingerprint, "Moved <jo@partner.example>")
    assert judged(gpg.public(fingerprint)) is KeyFault.OTHER_NAME
    assert judged(gpg.public(fingerprint), "jo@new.example") is None


def test_a_name_that_holds_two_addresses_is_none(gpg) -> None:
    octets = bytes(Tsk.generate("<jo@partner.example> <eve@elsewhere.example>").extract_certificate())
    assert judged(octets) is KeyFault.OTHER_NAME


def test_a_prolongation_that_its_owner_did_not_sign_does_not_count(gpg) -> None:
    """The primary fingerprint, which people compare, is the same."""
    fingerprint = gpg.make("Forged <jo@partner.example>", at=LONG_AGO)
    gpg.add_encryption(fingerprint, at=LONG_AGO, until="1y")
    packets = list(PacketPile.from_bytes(gpg.public(fingerprint)))
    year = timedelta(365).total_seconds()
    forged = bytes(packets[-1]).replace(int(year).to_bytes(4, "big"), int(9 * year).to_bytes(4, "big"))
    assert forged != bytes(packets[-1])
    changed = Cert.from_packets([*packets, *PacketPile.from_bytes(forged)])
    assert changed.fingerprint == fingerprint.lower()
    assert judged(bytes(changed)) is KeyFault.EXPIRED
    replaced = Cert.from_packets([*packets[:-1], *PacketPile.from_bytes(forged)])
    assert judged(bytes(replaced)) is KeyFault.NO_ENCRYPTION_SUBKEY


def test_a_subkey_of_somebody_else_does_not_count() -> None:
    """Whoever serves the key could add one of their own."""
    mine, theirs = (Tsk.generate(JO).extract_certificate() for _ in range(2))
    own = list(PacketPile.from_bytes(bytes(mine)))
    first = next(n for n, packet in enumerate(own) if packet.tag == Tag.PublicSubkey)
    others = list(PacketPile.from_bytes(bytes(theirs)))
    at = next(n for n, packet in enumerate(others) if packet.tag == Tag.PublicSubkey)
    assert judged(bytes(Cert.from_packets([*own[:first], *others[at:]]))) is KeyFault.NO_ENCRYPTION_SUBKEY


def test_weak_keys_are_refused(gpg) -> None:
    gpg.run("--quick-generate-key", "Weak <jo@partner.example>", "rsa1024", "cert,sign,encr", "never")
    with pytest.raises(UnreadableKeyError, match="too weak"):
        read_key(gpg.public("Weak"))


def test_a_secret_key_is_never_taken(gpg) -> None:
    with pytest.raises(UnreadableKeyError, match="holds a secret key"):
        read_key(gpg.secret(made(gpg, "never")))


def test_several_keys_in_one_file_are_refused(gpg) -> None:
    with pytest.raises(UnreadableKeyError, match="holds 2 keys; give one"):
        read_key(gpg.public(made(gpg, "never")) + gpg.public(made(gpg, "never")))


@pytest.mark.parametrize(
    "octets",
    [
        b"\x99",
        b"\x99\x01\x0d\x04" + bytes(30),
        b"\xff" * 2000,
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc",
        b"-----BEGIN PGP MESSAGE-----\n\nwcBM\n-----END PGP MESSAGE-----\n",
    ],
)
def test_what_is_no_key_is_told_in_words_of_ours(octets) -> None:
    """The library's own carry stack traces."""
    with pytest.raises(UnreadableKeyError) as told:
        read_key(octets)
    assert "\n" not in str(told.value)
    assert "Stack" not in str(told.value)


def test_octets_that_rot_in_the_store_are_told() -> None:
    key = key_of(bytes(Tsk.generate(JO).extract_certificate()))
    for octets in (b"", b"\x99", key.octets[:50]):
        assert fault_of(replace(key, octets=octets), Trust(), NOW) is KeyFault.UNREADABLE


def test_a_truncated_copy_is_refused_whole(gpg) -> None:
    octets = gpg.public(made(gpg, "never"))
    for length in range(1, len(octets), 7):
        try:
            read_key(octets[:length])
        except UnreadableKeyError:
            continue
        assert judged(octets[:length]) is not None
