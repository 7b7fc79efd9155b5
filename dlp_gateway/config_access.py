"""Who may come in and where, as an administrator configures it: SMTP listeners, clients, accounts."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from .config_section import Section


class Tls(Section):
    """Certificate of a listener."""

    certificate: Path = Field(description="PEM file: our certificate, then its chain.")
    key: Path = Field(description="PEM file with the private key.")


def checked_networks(networks: tuple[str, ...], danger: str) -> tuple[str, ...]:
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
    implicit_tls: bool = Field(
        False, description="TLS from the first octet, as on port 465 (RFC 8314); STARTTLS is not offered then."
    )
    require_tls: bool = Field(False, description="Refuse mail before STARTTLS.")
    offers: Literal["next-hop", "own"] = Field(
        "next-hop",
        description="What is offered to clients. next-hop: 8BITMIME, SMTPUTF8, REQUIRETLS and the largest size as the "
        "next hop of the default route last said; own: what the gateway itself takes, whatever becomes of it there.",
    )
    verify_recipients: Literal["never", "defer", "accept"] = Field(
        "never",
        description="Ask the next hop of the default route about each recipient at RCPT; whom it refuses is refused "
        "there. Where it does not answer, the recipient is put off with 450 (defer), or accepted.",
    )
    proxy_networks: tuple[str, ...] = Field(
        (),
        description="Networks of load balancers that begin each connection with a PROXY header, version 1 or 2; nobody "
        "else is let in here then, and the address that the header names is the client's.",
    )

    @model_validator(mode="after")
    def _certificate(self) -> SmtpListener:
        for name in ("implicit_tls", "require_tls"):
            if getattr(self, name) and self.tls is None:
                raise ValueError(f"{name}: needs a certificate and key under tls, or nobody could send")
        return self

    @field_validator("proxy_networks")
    @classmethod
    def _real_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_networks(value, "then anybody could say who the client is")


class ClientCertificate(Section):
    """The certificate by which a client is known (docs/access.md)."""

    fingerprints: tuple[str, ...] = Field(
        (), description="SHA-256 of its certificate, or of its public key, hexadecimal; colons are allowed."
    )
    names: tuple[str, ...] = Field((), description="Host names of which it must carry one, vouched for by authorities.")
    authorities: Path | None = Field(
        None, description="PEM file of the authorities that may vouch for a certificate with one of the names."
    )

    @field_validator("fingerprints")
    @classmethod
    def _hexadecimal(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(text.replace(":", "").strip().lower() for text in value)
        for text, bare in zip(value, plain, strict=True):
            if len(bare) != 64 or set(bare) - set("0123456789abcdef"):
                printed = "`openssl x509 -noout -fingerprint -sha256 -in FILE` prints it"
                raise ValueError(f"“{text}” is not a SHA-256 fingerprint; {printed}")
        return plain

    @field_validator("names")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if "*" in name or "@" in name or "." not in name or not name.isascii():
                raise ValueError(f"“{name}” is not a whole host name such as mail.council.example")
        return tuple(name.lower() for name in value)

    @model_validator(mode="after")
    def _whole(self) -> ClientCertificate:
        if bool(self.names) != (self.authorities is not None):
            raise ValueError("names and authorities: give both or neither; anybody can write any name")
        if not self.fingerprints and not self.names:
            raise ValueError("give fingerprints, or names with authorities")
        return self


class Client(Section):
    """Who may send through us. Nobody else can: there is no other door."""

    name: str = Field(description="Name in logs and records.")
    networks: tuple[str, ...] = Field((), description="Networks in CIDR form that this entry lets in.")
    certificate: ClientCertificate | None = Field(
        None,
        description="The certificate that it must show under TLS: besides coming from one of the networks, where there "
        "are any; else from anywhere.",
    )
    vouches_for_sender: bool = Field(
        False, description="This client makes sure that its senders are who they claim to be."
    )
    addresses: tuple[str, ...] = Field(
        (),
        description="Address patterns that this client may write as reverse-path, and “<>” for mail that has none; "
        "empty: any. Needed where others send from there, too, as from Microsoft 365.",
    )
    xforward: bool = Field(
        False,
        description="This client may say whose mail it passes on (XFORWARD); only for the record and the next hop.",
    )
    xclient: bool = Field(
        False,
        description="This client may say who the client is, and who has logged in (XCLIENT): whom it names has the "
        "rights of their own address and account then. Only for servers that nobody else can send from.",
    )
    max_connections: int = Field(50, ge=1, description="Connections of this entry at one time.")
    messages_per_minute: int | None = Field(
        None, ge=1, description="Messages of this entry in a minute; the rest is put off (451). None: no limit."
    )
    recipients_per_minute: int | None = Field(
        None, ge=1, description="Recipients of this entry's messages in a minute; the same."
    )

    @field_validator("networks")
    @classmethod
    def _real_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_networks(value, "that would be an open relay")


class User(Section):
    """One account for SMTP AUTH (RFC 4954), offered only under TLS."""

    name: str = Field(description="User name.")
    password_hash: str = Field(description="As printed by `dlp-gateway users hash`; never the password itself.")
    addresses: tuple[str, ...] = Field(
        (), description="Address patterns the user may write as reverse-path and author; empty: any own address."
    )


class Authentication(Section):
    """Against what passwords of SMTP AUTH are checked (docs/access.md)."""

    kind: Literal["users", "file", "dovecot", "next_hop"] = Field(
        "users",
        description="users: those below. file: a file of users. dovecot: Dovecot is asked. next_hop: the next hop is "
        "asked, over verified TLS.",
    )
    file: Path | None = Field(
        None, description="For kind file: lines of name:hash or name:hash:pattern, pattern. Changes are taken up."
    )
    socket: str | None = Field(
        None,
        description="For kind dovecot: its socket for authentication clients, as a path, or host:port of this machine.",
    )
    route: str | None = Field(
        None, description="For kind next_hop: the route whose next hop is asked; default: default_route."
    )
    addresses: tuple[str, ...] = Field(
        ("{user}",),
        description="For kinds dovecot and next_hop: address patterns that a user may write as reverse-path and "
        "author; {user} is the name, as in ['{user}@council.example']. Empty: any own address.",
    )
    seconds: float = Field(10, gt=0, le=60, description="Wait for an answer; then 454, never a refusal.")
    messages_per_minute: int | None = Field(
        100, ge=1, description="Messages of one account in a minute; the rest is put off (451). None: no limit."
    )
    recipients_per_minute: int | None = Field(
        1000, ge=1, description="Recipients of one account's messages in a minute; the same."
    )

    @model_validator(mode="after")
    def _whole(self) -> Authentication:
        for name, kind in (("file", "file"), ("socket", "dovecot")):
            if self.kind == kind and getattr(self, name) is None:
                raise ValueError(f"{name}: kind {kind} needs one")
            if self.kind != kind and getattr(self, name) is not None:
                raise ValueError(f"{name}: means nothing for kind {self.kind}")
        if self.route is not None and self.kind != "next_hop":
            raise ValueError(f"route: means nothing for kind {self.kind}")
        return self

    @field_validator("socket")
    @classmethod
    def _near(cls, value: str | None) -> str | None:
        if value is None or value.startswith("/"):
            return value
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"“{value}” is neither a path such as /run/dovecot/auth-client nor host:port")
        try:
            near = host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
        except ValueError:
            near = False
        if not near:
            raise ValueError(
                f"“{value}” is not on this machine: passwords would cross the network in clear. Use a Unix socket, or "
                "a tunnel that begins here"
            )
        return value

    @field_validator("addresses")
    @classmethod
    def _patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            if "{user}" not in pattern and "@" not in pattern and "." not in pattern:
                raise ValueError(f"“{pattern}” is not an address pattern; write {{user}}@council.example, for instance")
        return value
