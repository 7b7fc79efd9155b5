"""Addresses and the networks around them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address_of(ip: str) -> Address | None:
    """The address that a socket or a header names; None where it is none. One of IPv4 that is written as one of IPv6 is
    the former: a listener on :: sees IPv4 clients so."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_within(ip: str, networks: Iterable[Network]) -> bool:
    """Whether the address lies in one of the networks."""
    address = address_of(ip)
    return address is not None and any(address in network for network in networks)
