"""Addresses and numbers of devices that lead to their owner."""

from __future__ import annotations

import ipaddress

from .characters import digits_of, letters_and_digits, passes_luhn

_WITHIN = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))  # RFC 1918
_SMALL = 32  # numbers of versions and sections are small: 2.4.1.12


def imei(text: str) -> bool:
    """Number of a mobile telephone: fifteen digits, the last by Luhn (3GPP TS 23.003, annex B)."""
    digits = digits_of(text)
    return len(digits) == 15 and len(set(digits)) > 2 and passes_luhn(digits)


def mac_address(text: str) -> bool:
    """Address of a network card: twelve hexadecimal digits, neither all alike nor a group's (IEEE 802)."""
    value = letters_and_digits(text)
    return len(value) == 12 and len(set(value)) > 2


def ip_address(text: str) -> bool:
    """IPv4 or IPv6 address of a host: no network mask, none of this machine, no number alone."""
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    return not text.startswith(("0.", "255.")) and (":" not in text or _is_likely(text))


def ip_address_alone(text: str) -> bool:
    """An address that is one without any words: no version or section, some part of it is bigger than those are; none
    of a network within (RFC 1918), which leads to nobody by itself."""
    if not ip_address(text):
        return False
    if ":" in text:
        return True
    address = ipaddress.ip_address(text)
    return any(int(part) > _SMALL for part in text.split(".")) and not any(address in net for net in _WITHIN)


def _is_likely(text: str) -> bool:
    """Whether an IPv6 address has enough in it: "::1" and "a::b" stand in many a text."""
    return len(letters_and_digits(text)) >= 6
