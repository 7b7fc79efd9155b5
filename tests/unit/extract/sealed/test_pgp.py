from __future__ import annotations

import base64
import bz2
import os
import subprocess
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason, GapScope
from dlp_gateway.parse import parse_message
from tests.support.documents.pdf import plain_pdf
from tests.unit.extract.conftest import message_with, read_message


def packet(kind: int, body: bytes) -> bytes:
    """RFC 9580, 4.2.1, with a length of five octets."""
    return bytes([0xC0 | kind, 0xFF]) + len(body).to_bytes(4, "big") + body


def literal(content: bytes, name: bytes = b"letter.txt") -> bytes:
    return packet(11, b"b" + bytes([len(name)]) + name + bytes(4) + content)


def armoured(octets: bytes, label: str = "MESSAGE", header: str = "") -> bytes:
    lines = base64.encodebytes(octets).decode()
    return f"-----BEGIN PGP {label}-----\n{header}\n{lines}=abcd\n-----END PGP {label}-----\n".encode()


def reasons(octets: bytes, name: str, media_type: str) -> set[GapReason]:
    """Of the gaps of the splitter and of extraction together: a label may be enough for the splitter."""
    message = message_with(octets, name, media_type)
    return {gap.reason for gap in (*parse_message(message).gaps, *read_message(message).gaps)}


SIGNED_ONLY = packet(4, b"\3\0\1\1" + bytes(8) + b"\1") + literal(b"K_SIGNED text") + packet(2, b"\4" + bytes(30))
ENCRYPTED = packet(1, b"\3" + bytes(200)) + packet(18, b"\1" + bytes(range(200)))
BY_PASSWORD = packet(3, b"\4\7\3\2" + bytes(9)) + packet(18, b"\1" + bytes(range(200)))


@pytest.mark.parametrize("octets", [ENCRYPTED, BY_PASSWORD, packet(3, b"\4\7\3\2" + bytes(9)) + packet(20, bytes(60))])
def test_an_encrypted_file_is_a_gap_by_its_content(octets: bytes) -> None:
    for name, media_type in (("letter.pgp", "application/pgp-encrypted"), ("notes.bin", "application/octet-stream")):
        assert reasons(octets, name, media_type) == {GapReason.ENCRYPTED}


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(SIGNED_ONLY, id="signed"),
        pytest.param(packet(8, b"\1" + zlib.compress(SIGNED_ONLY)[2:-4]), id="zip"),
        pytest.param(packet(8, b"\2" + zlib.compress(SIGNED_ONLY)), id="zlib"),
        pytest.param(packet(8, b"\3" + bz2.compress(SIGNED_ONLY)), id="bzip2"),
        pytest.param(b"\xa3\1" + zlib.compress(SIGNED_ONLY)[2:-4], id="a length of the old kind: until the end"),
        pytest.param(packet(8, b"\2" + zlib.compress(packet(8, b"\0" + SIGNED_ONLY))), id="twice"),
    ],
)
def test_what_is_only_signed_and_compressed_is_read(read: Callable, octets: bytes) -> None:
    reading = read(octets, "letter.gpg")
    assert reading.where("K_SIGNED") == [("2/letter.txt", "", False)]
    assert reading.gaps == ()


def test_a_literal_file_in_several_parts_is_read(read: Callable) -> None:
    """RFC 9580, 4.2.1.4: partial lengths, powers of two."""
    body = b"b\5a.pdf" + bytes(4) + plain_pdf("K_PARTS")
    first = body[:512]
    octets = b"\xcb" + bytes([224 + 9]) + first + bytes([0xFF]) + (len(body) - 512).to_bytes(4, "big") + body[512:]
    assert read(octets, "x.pgp").where("K_PARTS") == [("2/a.pdf", "page 1", False)]


def test_a_bomb_is_a_gap(read: Callable) -> None:
    octets = packet(8, b"\2" + zlib.compress(literal(bytes(3_000_000)), 9))
    assert read(octets, "x.pgp", budget=Budget(file_bytes=1_000_000)).reasons == [GapReason.TOO_LARGE]


def test_packets_within_packets_end_in_a_gap(read: Callable) -> None:
    octets = literal(b"K_DEEP")
    for _ in range(40):
        octets = packet(8, b"\0" + octets)
    assert read(octets, "x.pgp").reasons == [GapReason.TOO_DEEP]


def test_keys_and_detached_signatures_are_no_gap_and_private_keys_are(read: Callable) -> None:
    key = packet(6, b"\4" + bytes(300)) + packet(13, "Jo Müller <kim@council.example>".encode())
    reading = read(key, "jo.key")
    assert reading.gaps == ()
    assert reading.one("kim@council.example").place == "name on a key"
    assert read(packet(2, b"\4" + bytes(300)), "letter.sig").gaps == ()
    private = packet(5, b"\4" + bytes(300))
    assert [gap.detail for gap in read(private, "jo.key").gaps] == ["a private OpenPGP key"]


def test_armour_anywhere_in_a_text_is_read(read: Callable) -> None:
    block = armoured(SIGNED_ONLY, header="Version: X 1\n")
    for octets in (block, b"Hello K_AROUND,\r\n" + block.replace(b"\n", b"\r\n"), block.replace(b"=abcd\n", b"")):
        assert read(octets, "letter.asc", "text/plain").where("K_SIGNED"), octets
    assert read(b"K_AROUND\n" + block, "letter.asc", "text/plain").where("K_AROUND")


def test_armour_of_encrypted_octets_is_a_gap() -> None:
    for media_type in ("text/plain", "application/octet-stream", "application/pgp-encrypted"):
        assert GapReason.ENCRYPTED in reasons(armoured(ENCRYPTED), "letter.asc", media_type)


def test_armour_that_is_broken_is_never_silent() -> None:
    for content in ("", "hQEMA0000", "!!!!", "AAAA\nBBBB"):
        octets = f"-----BEGIN PGP MESSAGE-----\n\n{content}\n-----END PGP MESSAGE-----\n".encode()
        for media_type in ("text/plain", "application/octet-stream"):
            assert GapReason.ENCRYPTED in reasons(octets, "letter.asc", media_type), content


def test_an_encrypted_body_is_a_gap_about_the_message_and_the_text_around_it_is_read() -> None:
    head = b"From: jo@council.example\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
    message = head + armoured(ENCRYPTED).replace(b"\n", b"\r\n")
    assert [(gap.reason, gap.scope) for gap in parse_message(message).gaps] == [(GapReason.ENCRYPTED, GapScope.MESSAGE)]
    assert read_message(message).where("See below.")


def test_a_body_that_is_only_signed_and_armoured_is_read_without_a_gap(read_mail: Callable) -> None:
    head = b"From: jo@council.example\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
    message = head + armoured(packet(8, b"\2" + zlib.compress(SIGNED_ONLY))).replace(b"\n", b"\r\n")
    reading = read_mail(message)
    assert reading.where("K_SIGNED")
    assert (*parse_message(message).gaps, *reading.gaps) == ()


def test_clear_signed_text_is_text(read: Callable) -> None:
    octets = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nK_CLEAR\n" + armoured(
        packet(2, b"\4" * 99), "SIGNATURE"
    )
    reading = read(octets, "letter.asc", "text/plain")
    assert reading.where("K_CLEAR")
    assert reading.gaps == ()


def test_other_octets_are_not_taken_for_openpgp(read: Callable) -> None:
    for octets in (
        bytes(range(128, 256)) * 4,
        b"\xff\xfe" + "QQ 12 34 56 C".encode("utf-16-le"),
        b"\x85\x01\x0c\x09" * 99,
    ):
        assert GapReason.ENCRYPTED not in read(octets, "x.bin").reasons


def test_a_signed_file_cut_off_anywhere_is_a_gap_or_read(read: Callable) -> None:
    octets = packet(8, b"\0" + SIGNED_ONLY)
    for end in range(12, len(octets) - 1):
        reading = read(octets[:end], "letter.pgp")
        assert reading.gaps or reading.where("K_SIGNED"), end


@pytest.fixture
def gpg(tmp_path: Path) -> Iterator[Callable[..., bytes]]:
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    environment = {**os.environ, "GNUPGHOME": str(home)}
    common = ["gpg", "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""]

    def run(*arguments: str, text: bytes = b"") -> bytes:
        return subprocess.run(
            [*common, *arguments], input=text, capture_output=True, check=True, env=environment
        ).stdout

    run("--quick-generate-key", "Jo Example <kim@council.example>", "future-default", "default", "never")
    yield run
    subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False, capture_output=True)


def test_what_gnupg_writes_is_understood(read: Callable, gpg: Callable[..., bytes]) -> None:
    text = b"K_SIGNED: Jane Example\n" * 40
    assert read(gpg("--sign", text=text), "a.gpg").where("K_SIGNED")
    assert read(gpg("--sign", "--armor", text=text), "a.asc", "text/plain").where("K_SIGNED")
    assert read(gpg("--store", text=text), "a.gpg").where("K_SIGNED")
    assert read(gpg("--clear-sign", text=text), "a.asc", "text/plain").gaps == ()
    assert read(gpg("--detach-sign", text=text), "a.sig").gaps == ()
    assert read(gpg("--export"), "jo.key").one("kim@council.example")
    symmetric = gpg("--symmetric", "--passphrase", "pw", text=text)
    assert set(read(symmetric, "a.gpg").reasons) == {GapReason.ENCRYPTED}
    encrypted = gpg("--encrypt", "--trust-model", "always", "--recipient", "kim@council.example", text=text)
    assert set(read(encrypted, "a.bin").reasons) == {GapReason.ENCRYPTED}
