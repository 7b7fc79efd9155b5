"""The ways out, as an administrator configures them: routes, delivery to recipients' own servers, our own keys."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from .config_access import Tls
from .config_ldap import LdapServer
from .config_section import Section, resolver_address

_KEYS_ONLY = ("via", "protect_subject", "sign")
_NOT_FOR = {
    "relay": (*_KEYS_ONLY, "require_tls"),
    "gateway": (*_KEYS_ONLY, "require_tls"),
    "tls": _KEYS_ONLY,
    "direct": (*_KEYS_ONLY, "tls_name", "ca_file", "certificate", "user", "require_tls"),
    "smime": ("next_hop", "tls_name", "ca_file", "certificate", "user", "require_tls"),
    "openpgp": ("next_hop", "tls_name", "ca_file", "certificate", "user", "require_tls"),
}
"""What may not be set, by kind; "direct" is kind tls without a next_hop."""


class Route(Section):
    """A named way out."""

    kind: Literal["relay", "tls", "gateway", "smime", "openpgp"] = Field(
        description="relay: next hop as usual. tls: verified TLS, never clear text. gateway: a secure-mail product. "
        "smime, openpgp: encrypted to the recipient's own key (docs/encryption.md)."
    )
    next_hop: str | None = Field(
        None,
        description="host:port of the next hop. Kind tls without it delivers straight to the servers of each "
        "recipient's domain (docs/encryption.md).",
    )
    tls: Literal["none", "may", "verify"] = Field(
        "may", description="Ignored for kind tls, which always verifies. may: STARTTLS when offered."
    )
    tls_name: str | None = Field(
        None, description="Name that the certificate must carry; default: the host of next_hop."
    )
    ca_file: Path | None = Field(None, description="PEM file of trusted certificates; default: the system's.")
    certificate: Tls | None = Field(
        None,
        description="Shown to a next hop that knows clients by certificates, under verified TLS. Read at the start.",
    )
    user: str | None = Field(None, description="User name for AUTH at the next hop.")
    password_file: Path | None = Field(None, description="File with the password for AUTH at the next hop.")
    subject_trigger: str | None = Field(
        None, description="For kind gateway: text put before the subject, such as [encrypt]."
    )
    header_trigger: str | None = Field(
        None, description="For kind gateway: a header field to add, such as “X-Encrypt: yes”."
    )
    require_tls: bool = Field(
        False,
        description="For kind tls with a next_hop: ask it to pass mail on under verified TLS only (REQUIRETLS, "
        "RFC 8689).",
    )
    via: str | None = Field(
        None,
        description="For kinds smime and openpgp: the route that carries what was encrypted; default: default_route.",
    )
    smime_profile: Literal["modern", "compatible"] = Field(
        "modern",
        description="modern: AES-256-GCM, keys by OAEP or elliptic curves. compatible: AES-256-CBC and PKCS #1 v1.5, "
        "for older mail programs only.",
    )
    protect_subject: bool = Field(
        False, description="For kinds smime and openpgp: the subject is encrypted too, and “[...]” stands outside."
    )
    sign: bool = Field(False, description="For kinds smime and openpgp: sign with the council's key (signing) before.")
    max_connections: int = Field(20, ge=1, description="Connections to one next hop at one time.")

    @field_validator("next_hop")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        if value is None:
            return None
        host, colon, port = value.rpartition(":")
        if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"“{value}” is not host:port; write it like relay.council.example:25")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Route:
        wrong = _NOT_FOR[self.kind if self.next_hop or self.with_key else "direct"]
        for name in wrong:
            if getattr(self, name):
                what = "without a next_hop" if self.direct else f"for a route of kind {self.kind}"
                raise ValueError(f"{name}: means nothing {what}")
        if self.next_hop is None and self.kind in ("relay", "gateway"):
            raise ValueError(f"next_hop: a route of kind {self.kind} needs one, such as relay.council.example:25")
        if self.certificate is not None and not self.verified:
            raise ValueError("certificate: is shown under verified TLS only; set tls: verify")
        return self

    @property
    def with_key(self) -> bool:
        """Whether mail is encrypted to each recipient's own key."""
        return self.kind in ("smime", "openpgp")

    @property
    def direct(self) -> bool:
        """Whether mail goes straight to the servers of each recipient's domain."""
        return self.kind == "tls" and self.next_hop is None

    @property
    def encrypts(self) -> bool:
        """Whether what goes this way is never readable on its way, as far as can be known here."""
        return self.kind != "relay" or self.verified

    @property
    def host(self) -> str:
        return (self.next_hop or "").rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int((self.next_hop or ":0").rpartition(":")[2])

    @property
    def verified(self) -> bool:
        """Whether a delivery by this route must have verified TLS or not happen."""
        return self.kind == "tls" or self.tls == "verify"


class Direct(Section):
    """Delivery straight to recipients' own servers: routes of kind tls without a next_hop (docs/encryption.md)."""

    resolvers: tuple[str, ...] = Field(
        (),
        description="Resolvers that validate DNSSEC, such as [127.0.0.1] or ['[::1]:5353']; none: the system's. What "
        "one says of DANE counts only on this machine's loopback, or with trust_resolvers.",
    )
    trust_resolvers: bool = Field(
        False, description="Believe resolvers that are not on loopback: nobody can listen on the way to them."
    )
    ca_file: Path | None = Field(
        None, description="PEM file of the authorities that MTA-STS may rest on; default: the system's."
    )
    private_addresses: bool = Field(
        False, description="Deliver to servers at addresses that are not of the Internet: for closed networks."
    )
    port: int = Field(25, ge=1, le=65535, description="Port of recipients' servers.")
    reports: bool = Field(
        True, description="Send domains that ask for it the daily report on TLS with their servers (RFC 8460)."
    )

    @field_validator("resolvers")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for resolver in value:
            resolver_address(resolver)
        return value


class Signing(Section):
    """The council's own keys, by which routes of kinds smime and openpgp sign where they are asked to."""

    smime_certificate: Path | None = Field(None, description="PEM file: the council's certificate, then its chain.")
    smime_key: Path | None = Field(None, description="PEM file: its private key, not encrypted, mode 0400.")
    smime_clear: bool = Field(
        False, description="Sign readably for everybody (multipart/signed) rather than opaquely, before encrypting."
    )
    openpgp_key: Path | None = Field(None, description="File with the council's secret key, mode 0400.")
    openpgp_password_file: Path | None = Field(None, description="File with the password of that key.")

    @model_validator(mode="after")
    def _pairs(self) -> Signing:
        if (self.smime_certificate is None) != (self.smime_key is None):
            raise ValueError("give smime_certificate and smime_key, both or neither")
        if self.openpgp_password_file is not None and self.openpgp_key is None:
            raise ValueError("openpgp_password_file: there is no openpgp_key to open with it")
        return self


class LdapDirectory(LdapServer):
    """A directory that administrators look for recipients' certificates in, by LDAP (docs/recipient-keys.md)."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Name on the command line.")
    url: str = Field(description="ldaps://HOST or ldaps://HOST:PORT; ldap:// on this machine only.")
    address_attribute: str = Field("mail", pattern=r"^[A-Za-z0-9.-]+$", description="Attribute with the address.")
    attribute: str = Field(
        "userCertificate;binary", pattern=r"^[A-Za-z0-9.;-]+$", description="Attribute with the certificate."
    )

    @field_validator("url")
    @classmethod
    def _secured(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "ldap" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("must start with ldaps://: what is asked, and a password, would cross it in clear")
        return value
