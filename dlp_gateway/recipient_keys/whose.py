"""For whom a key is: an exact address, or every address of a domain."""

from __future__ import annotations

from ..decide.addresses import Address, is_host, parse_address

_MOST = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets with its angle brackets


def whose(text: str) -> str:
    """The pattern in comparable form: `jo@partner.example`, or `@partner.example` for a whole domain without its
    sub-domains. Raises ValueError, in words for whoever wrote it."""
    address = parse_address(text.strip())
    if "@" not in text or not is_host(address.domain) or "." not in address.domain:
        raise ValueError(
            f"“{text}” is no address and no domain; write jo@partner.example, or @partner.example for all of it"
        )
    if any(character.isspace() or character in '<>"@,;*' for character in address.local) or len(str(address)) > _MOST:
        raise ValueError(f"“{text}” is no address that can have a key; write it like jo@partner.example")
    return str(address)


def domain_of(pattern: str) -> str | None:
    """The domain of a pattern for all of one; None of an exact address."""
    return pattern[1:] if pattern.startswith("@") else None


def same_mailbox(one: str, other: str) -> bool:
    return parse_address(one) == parse_address(other)


def at_domain(address: str, domain: str) -> bool:
    found: Address = parse_address(address)
    return bool(found.local) and found.domain == domain
