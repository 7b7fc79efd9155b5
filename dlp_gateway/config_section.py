"""What every part of the configuration is built of, and the forms of values that several parts share."""

from __future__ import annotations

import ipaddress

from pydantic import BaseModel, ConfigDict

DNS_PORT = 53


class Section(BaseModel):
    """One mapping of the configuration: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def resolver_address(resolver: str) -> tuple[str, int]:
    """("127.0.0.1", 53) of "127.0.0.1", ("::1", 5353) of "[::1]:5353". Raises ValueError for what is neither an
    address nor an address with a port."""
    host, port = resolver, str(DNS_PORT)
    if resolver.startswith("[") != resolver.endswith("]") or resolver.count(":") == 1:
        host, _, port = resolver.rpartition(":")
    try:
        address = str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]")))
    except ValueError:
        address = ""
    if not address or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"“{resolver}” is not an address such as 127.0.0.1 or '[::1]:5353'")
    return address, int(port)
