"""Who may come in and where, as an administrator configures it: SMTP listeners, clients, accounts."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from pydantic import Field, field_validator

from .config_ways import Section


class Tls(Section):
    """Certificate of a listener."""

    certificate: Path = Field(description="PEM file: our certificate, then its chain.")
    key: Path = Field(description="PEM file with the private key.")


def _checked(networks: tuple[str, ...], danger: str) -> tuple[str, ...]:
    """The networks. Raises ValueError for one that is none, or that is everybody; the text names the danger."""
    for network in networks:
        try:
            parsed = ipaddress.ip_network(network)
        except ValueError:
            raise ValueError(f"“{network}” is not a network; write it like 10.1.0.0/16") from None
        # Two halves of the Internet are all of it: no council owns more than a /8, or a /16 of IPv6.
        if parsed.prefixlen < (8 if parsed.version == 4 else 16):
            raise ValueError(f"“{network}” is everybody, or nearly; {danger}")
    return networks


class SmtpListener(Section):
    """One address on which mail is taken in."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(2525, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    tls: Tls | None = Field(None, description="Certificate; with it STARTTLS is offered (RFC 3207).")
    require_tls: bool = Field(False, description="Refuse mail before STARTTLS.")
    proxy_networks: tuple[str, ...] = Field(
        (),
        description="Networks of load balancers that begin each connection with a PROXY header, version 1 or 2; nobody "
        "else is let in here then, and the address that the header names is the client's.",
    )

    @field_validator("proxy_networks")
    @classmethod
    def _real_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _checked(value, "then anybody could say who the client is")


class Client(Section):
    """Who may send through us. Nobody else can: there is no other door."""

    name: str = Field(description="Name in logs and records.")
    networks: tuple[str, ...] = Field((), description="Networks in CIDR form that this entry lets in.")
    vouches_for_sender: bool = Field(
        False, description="This client makes sure that its senders are who they claim to be."
    )
    max_connections: int = Field(50, ge=1, description="Connections of this entry at one time.")

    @field_validator("networks")
    @classmethod
    def _real_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _checked(value, "that would be an open relay")


class User(Section):
    """One account for SMTP AUTH (RFC 4954), offered only under TLS."""

    name: str = Field(description="User name.")
    password_hash: str = Field(description="As printed by `dlp-gateway users hash`; never the password itself.")
    addresses: tuple[str, ...] = Field(
        (), description="Address patterns the user may write as reverse-path and author; empty: any own address."
    )
