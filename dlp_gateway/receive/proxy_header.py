"""The header by which a load balancer tells whose connection it passes on: PROXY protocol, versions 1 and 2. Pure.

Source: haproxy's doc/proxy-protocol.txt. A header is read to its last octet and never beyond: what follows may be
TLS. What is unclear is wrong: a header decides who may send.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

FIRST_OCTETS = 12  # of any header; then it is known which version it is
MAX_V1_OCTETS = 107  # 2.1, "TCP6" with the longest addresses and ports
MAX_V2_OCTETS = 2048  # addresses take 216 at most (2.2); the rest are fields that we pass over

_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_V1 = re.compile(
    rb"PROXY (?:UNKNOWN(?: [ -~]*)?|TCP([46]) ([0-9A-Fa-f:.]+) ([0-9A-Fa-f:.]+) ([0-9]{1,5}) ([0-9]{1,5}))\r\n"
)
_LOCAL, _PROXY = 0x20, 0x21
_ADDRESS_OCTETS = {0x0: 0, 0x1: 12, 0x2: 36, 0x3: 216}  # of each address family, ports included
_STREAM, _UNSPECIFIED = 0x1, 0x0


class BadProxyHeaderError(Exception):
    """No header, or not one that we trust. The text is ours and holds nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyHeader:
    """Whose connection it is. `local`: the load balancer's own, such as a check of ours. `address`: the client's; None
    where the header names none (unknown, or a Unix socket)."""

    local: bool = False
    address: str | None = None


def octets_wanted(header: bytes | bytearray) -> int:
    """How many octets to read at most next, so that nothing beyond the header is taken; 0 when it is complete.

    Raises BadProxyHeaderError as soon as it can be no header.
    """
    if not header.startswith((_SIGNATURE[: len(header)], b"PROXY "[: len(header)])):
        raise BadProxyHeaderError("the connection does not begin with a PROXY header")
    if len(header) < FIRST_OCTETS:
        return FIRST_OCTETS - len(header)
    if header[:1] == b"P":
        if header.endswith(b"\n"):
            return 0
        if len(header) >= MAX_V1_OCTETS:
            raise BadProxyHeaderError("the PROXY header is too long")
        return 1
    if len(header) < 16:
        return 16 - len(header)
    length = 16 + int.from_bytes(header[14:16], "big")
    if length > MAX_V2_OCTETS:
        raise BadProxyHeaderError("the PROXY header is too long")
    return length - len(header)


def read_header(header: bytes) -> ProxyHeader:
    """What a complete header says (`octets_wanted` answers 0). Raises BadProxyHeaderError."""
    return _version_1(header) if header[:1] == b"P" else _version_2(header)


def _version_1(line: bytes) -> ProxyHeader:
    match = _V1.fullmatch(line)
    if match is None:
        raise BadProxyHeaderError("the PROXY line is malformed")
    version, source, destination, *ports = match.groups()
    if version is None:
        return ProxyHeader()
    if any(int(port) > 65535 or (port[:1] == b"0" and port != b"0") for port in ports):
        raise BadProxyHeaderError("a port in the PROXY line is none")
    try:
        ends = [ipaddress.ip_address(text.decode("ascii")) for text in (source, destination)]
    except ValueError:
        raise BadProxyHeaderError("an address in the PROXY line is none") from None
    if any(end.version != int(version) for end in ends):
        raise BadProxyHeaderError("an address in the PROXY line is of another family")
    return ProxyHeader(address=str(ends[0]))


def _version_2(header: bytes) -> ProxyHeader:
    command, family, transport = header[12], header[13] >> 4, header[13] & 0x0F
    if command not in (_LOCAL, _PROXY):
        raise BadProxyHeaderError("the PROXY header is of an unknown version or command")
    if command == _LOCAL:
        return ProxyHeader(local=True)  # 2.2: whatever else stands there is passed over
    if family not in _ADDRESS_OCTETS or transport not in (_STREAM, _UNSPECIFIED):
        raise BadProxyHeaderError("the PROXY header is of an unknown family, or not of a stream")
    if (family == 0) != (transport == _UNSPECIFIED):
        raise BadProxyHeaderError("the PROXY header's family and transport do not fit together")
    fields = 16 + _ADDRESS_OCTETS[family]
    if len(header) < fields:
        raise BadProxyHeaderError("the PROXY header is too short for its addresses")
    if family:
        _check_fields(header[fields:])
    if family == 0x1:
        return ProxyHeader(address=str(ipaddress.IPv4Address(header[16:20])))
    if family == 0x2:
        return ProxyHeader(address=str(ipaddress.IPv6Address(header[16:32])))
    return ProxyHeader()


def _check_fields(fields: bytes) -> None:
    """Whatever a load balancer adds (2.2: type, length, value) is passed over, but must end where the header does."""
    place = 0
    while place < len(fields):
        place += 3 + int.from_bytes(fields[place + 1 : place + 3], "big")
    if place != len(fields):
        raise BadProxyHeaderError("a field of the PROXY header runs over its end")
