"""Inputs on which a fuzzer (tests/fuzz) saw a reader fail, each as small as it gets."""

from __future__ import annotations

from dlp_gateway.model import GapReason
from tests.support.cpu_time import within


def _der(tag: int, *values: bytes) -> bytes:
    content = b"".join(values)
    assert len(content) < 0x80
    return bytes((tag, len(content))) + content


def _signed(content: bytes) -> bytes:
    """CMS signed data (RFC 5652, 5.1) whose content is of a kind that nobody registered."""
    kind = _der(0x06, bytes.fromhex("2b060104018bb7670100"))
    enclosed = _der(0x30, kind, _der(0xA0, content))
    signed = _der(0x30, _der(0x02, b"\1"), _der(0x31), enclosed, _der(0x31))
    return _der(0x30, _der(0x06, bytes.fromhex("2a864886f70d010702")), _der(0xA0, signed))


def test_signed_content_of_an_unknown_kind_is_read_as_it_stands(read):
    """It was read as the description of a Python object, which hides all but plain ASCII and differs each time."""
    reading = read(_signed(_der(0x04, "Jo, café".encode())), "a.p7m")
    assert reading.one("Jo").text == "Jo, café"


def test_signed_content_that_is_no_octet_string_is_never_described(read):
    reading = read(_signed(_der(0x30, _der(0x0C, b"Jo Sample"))), "a.p7m")
    assert "asn1crypto" not in reading.text
    assert GapReason.UNSUPPORTED in reading.reasons or "Jo Sample" in reading.text


def test_a_long_word_as_media_type_takes_no_time(read_mail):
    """Each way of parting it into shorter words was tried: a message of 100 octets took hours."""
    mail = b"Content-Type: text/" + b"z" * 60 + b"1\r\n\r\nHello\r\n"
    reading = within(1, lambda: read_mail(mail))
    assert reading.one("zzz").place == "header Content-Type"


def test_many_fields_of_armour_take_no_time(read):
    """Each line's end could be read in two ways, so that forty lines took days."""
    fields = b"Comment: x\r\n" * 200
    octets = b"-----BEGIN PGP MESSAGE-----\r\n" + fields + b"zzzz\r\n-----END PGP MESSAGE-----\r\n"
    within(1, lambda: read(octets, "a.asc"))


def test_blanks_behind_a_checksum_of_armour_take_no_time(read):
    """Two parts of a pattern shared them in every way there is."""
    octets = b"-----BEGIN PGP MESSAGE-----\r\n\r\nyw==\r\n=abcd" + b" " * 100_000 + b"x\r\n-----END"
    within(1, lambda: read(octets, "a.asc"))
