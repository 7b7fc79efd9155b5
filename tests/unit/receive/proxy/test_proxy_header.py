"""A PROXY header decides who may send: it is read exactly, or not at all."""

from __future__ import annotations

import socket
import struct

import pytest

from dlp_gateway.receive.proxy_header import (
    MAX_V2_OCTETS,
    BadProxyHeaderError,
    ProxyHeader,
    octets_wanted,
    read_header,
)

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
V4 = socket.inet_aton("192.0.2.7") + socket.inet_aton("192.0.2.1") + struct.pack("!HH", 40000, 25)
V6 = socket.inet_pton(socket.AF_INET6, "2001:db8::7") * 2 + struct.pack("!HH", 40000, 25)


def v2(rest: bytes, *, command: int = 0x21, family: int = 0x11, length: int | None = None) -> bytes:
    return SIGNATURE + struct.pack("!BBH", command, family, len(rest) if length is None else length) + rest


def read_as_from_a_socket(stream: bytes) -> tuple[ProxyHeader, bytes]:
    """The header, read never beyond what was wanted, and what was left of the stream."""
    header = bytearray()
    while wanted := octets_wanted(header):
        assert stream[: len(header) + 1] != bytes(header), "the stream ended inside the header"
        header += stream[len(header) : len(header) + wanted]
    return read_header(bytes(header)), stream[len(header) :]


GOOD = {
    "v1, IPv4": (b"PROXY TCP4 192.0.2.7 192.0.2.1 40000 25\r\n", ProxyHeader(address="192.0.2.7")),
    "v1, IPv6": (b"PROXY TCP6 2001:db8::7 2001:DB8::1 0 65535\r\n", ProxyHeader(address="2001:db8::7")),
    "v1, unknown": (b"PROXY UNKNOWN\r\n", ProxyHeader()),
    "v1, unknown with something": (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", ProxyHeader()),
    "v2, IPv4": (v2(V4), ProxyHeader(address="192.0.2.7")),
    "v2, IPv6": (v2(V6, family=0x21), ProxyHeader(address="2001:db8::7")),
    "v2, fields": (v2(V4 + b"\x03\0\x04abcd" + b"\xee\0\0"), ProxyHeader(address="192.0.2.7")),
    "v2, Unix socket": (v2(bytes(216), family=0x31), ProxyHeader()),
    "v2, unspecified": (v2(b"anything", family=0x00), ProxyHeader()),
    "v2, local": (v2(b"", command=0x20, family=0x00), ProxyHeader(local=True)),
    "v2, local with addresses": (v2(V4, command=0x20), ProxyHeader(local=True)),
}


@pytest.mark.parametrize(("octets", "said"), GOOD.values(), ids=GOOD.keys())
def test_a_header_is_read_to_its_last_octet_and_not_beyond(octets: bytes, said: ProxyHeader) -> None:
    """What follows may be the first octets of a TLS handshake."""
    assert read_as_from_a_socket(octets + b"\x16\x03\x01EHLO") == (said, b"\x16\x03\x01EHLO")


BAD = {
    "no header": b"EHLO client.test\r\n",
    "lower case": b"proxy TCP4 192.0.2.7 192.0.2.1 1 2\r\n",
    "bare LF": b"PROXY TCP4 192.0.2.7 192.0.2.1 1 2\n",
    "two spaces": b"PROXY TCP4  192.0.2.7 192.0.2.1 1 2\r\n",
    "one more word": b"PROXY TCP4 192.0.2.7 192.0.2.1 1 2 3\r\n",
    "no port": b"PROXY TCP4 192.0.2.7 192.0.2.1 1\r\n",
    "port too high": b"PROXY TCP4 192.0.2.7 192.0.2.1 1 65536\r\n",
    "port with a zero before": b"PROXY TCP4 192.0.2.7 192.0.2.1 01 25\r\n",
    "address of the other family": b"PROXY TCP4 2001:db8::7 192.0.2.1 1 2\r\n",
    "octal address": b"PROXY TCP4 192.0.2.010 192.0.2.1 1 2\r\n",
    "three numbers": b"PROXY TCP4 192.0.2 192.0.2.1 1 2\r\n",
    "UDP in v1": b"PROXY UDP4 192.0.2.7 192.0.2.1 1 2\r\n",
    "a family that is none": b"PROXY TCP64 192.0.2.7 192.0.2.1 1 2\r\n",
    "control character": b"PROXY UNKNOWN \0\r\n",
    "too long a line": b"PROXY UNKNOWN " + b"x" * 200 + b"\r\n",
    "another signature": SIGNATURE[:-1] + b"\r" + bytes(10),
    "version 3": v2(V4, command=0x31),
    "an unknown command": v2(V4, command=0x22),
    "a datagram": v2(V4, family=0x12),
    "an unknown family": v2(V4, family=0x41),
    "a family without a transport": v2(V4, family=0x10),
    "a transport without a family": v2(V4, family=0x01),
    "too short for its addresses": v2(V4[:11]),
    "too long": v2(b"", length=MAX_V2_OCTETS),
    "a field that runs over": v2(V4 + b"\x20\0\x05abcd"),
    "half a field": v2(V4 + b"\x20\0"),
}


@pytest.mark.parametrize("octets", BAD.values(), ids=BAD.keys())
def test_what_is_not_exactly_a_header_is_none(octets: bytes) -> None:
    with pytest.raises(BadProxyHeaderError):
        read_as_from_a_socket(octets)
