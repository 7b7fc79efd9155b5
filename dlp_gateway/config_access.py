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


class SmtpListener(Section):
    """One address on which mail is taken in."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(2525, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    tls: Tls | None = Field(None, description="Certificate; with it STARTTLS is offered (RFC 3207).")
    require_tls: bool = Field(False, description="Refuse mail before STARTTLS.")


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
        for network in value:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(f"“{network}” is not a network; write it like 10.1.0.0/16") from None
            parsed = ipaddress.ip_network(network)
            # Two halves of the Internet are all of it: no council owns more than a /8, or a /16 of IPv6.
            if parsed.prefixlen < (8 if parsed.version == 4 else 16):
                raise ValueError(f"“{network}” is everybody, or nearly; that would be an open relay")
        return value


class User(Section):
    """One account for SMTP AUTH (RFC 4954), offered only under TLS."""

    name: str = Field(description="User name.")
    password_hash: str = Field(description="As printed by `dlp-gateway users hash`; never the password itself.")
    addresses: tuple[str, ...] = Field(
        (), description="Address patterns the user may write as reverse-path and author; empty: any own address."
    )
