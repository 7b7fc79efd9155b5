import base64
import os

import pytest

from dlp_gateway.parse.transfer import decode_transfer

DATA = bytes(range(256)) * 5


@pytest.mark.parametrize("eol", [b"\r\n", b"\n"])
@pytest.mark.parametrize("length", [0, 1, 2, 3, 57, 58, 1279, 1280])
def test_regular_base64_is_decoded_without_a_problem(length: int, eol: bytes) -> None:
    encoded = base64.encodebytes(DATA[:length]).replace(b"\n", eol)
    assert decode_transfer(encoded, "base64") == (DATA[:length], None)
    assert decode_transfer(encoded.rstrip(), "base64") == (DATA[:length], None)


def test_large_base64_is_decoded() -> None:
    data = os.urandom(300_000)
    assert decode_transfer(base64.encodebytes(data).replace(b"\n", b"\r\n"), "base64") == (data, None)


def test_blank_lines_and_blanks_in_base64_are_no_problem() -> None:
    assert decode_transfer(b"\r\n UVEg\r\n\r\nMTI=\r\n\r\n", "base64") == (b"QQ 12", None)


@pytest.mark.parametrize(
    ("octets", "decoded", "problem"),
    [
        (b"UVE=MTI=", b"QQ12", "base64 goes on after its padding"),
        (b"UVE=MTI", b"QQ12", "base64 goes on after its padding"),
        (b"UV.E=", b"QQ", "foreign characters in base64"),
        (b"UV-E_w==", b"QQ0", "foreign characters in base64"),
        (b"UVEgM", b"QQ ", "base64 of wrong length"),
        (b"UVE===", b"QQ", "base64 of wrong length"),
        (b"U", b"", "base64 of wrong length"),
    ],
)
def test_irregular_base64_is_decoded_as_far_as_it_goes(octets: bytes, decoded: bytes, problem: str) -> None:
    found, named = decode_transfer(octets, "base64")
    assert named == problem
    if octets != b"UV-E_w==":
        assert found == decoded


@pytest.mark.parametrize(
    ("octets", "decoded"),
    [
        (b"caf=C3=A9", "café".encode()),
        (b"caf=c3=a9", "café".encode()),
        (b"one=\r\ntwo", b"onetwo"),
        (b"one= \t\r\ntwo", b"onetwo"),
        (b"one=", b"one"),
        (b"one\r\ntwo\r\n", b"one\r\ntwo\r\n"),
        (b"a_b", b"a_b"),
    ],
)
def test_quoted_printable(octets: bytes, decoded: bytes) -> None:
    assert decode_transfer(octets, "quoted-printable") == (decoded, None)


def test_octets_of_an_unknown_encoding_come_back_as_they_stand() -> None:
    assert decode_transfer(b"UVE=", "x-gzip64") == (b"UVE=", "unknown Content-Transfer-Encoding")
