"""What an administrator configures about DKIM; a part of `config.py`."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, field_validator

from .config_section import Section

# RFC 6376, 5.4.1, without what relays add or change.
DKIM_HEADERS = (
    "from",
    "sender",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "to",
    "cc",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "in-reply-to",
    "references",
)
_NEVER_SIGNED = frozenset({"received", "return-path", "bcc", "resent-bcc", "dkim-signature", "x-dlp-gateway"})
_DNS_NAME = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?){1,20}(?<!\.)")
_FIELD_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")


class DkimSignature(Section):
    """One signature for mail of one of our domains."""

    domain: str = Field(description="Domain of the author's address (d=), exactly: not its sub-domains.")
    selector: str = Field(description="Name under which DNS has the public key: SELECTOR._domainkey.DOMAIN.")
    key: Path = Field(description="PEM file with the private key, RSA of 2048 bits or more, or Ed25519; mode 0600.")

    @field_validator("domain", "selector")
    @classmethod
    def _dns_name(cls, value: str) -> str:
        if not _DNS_NAME.fullmatch(value):
            raise ValueError(f"“{value}” is not a name in DNS; write it like council.example, or 2026a")
        return value.lower()


class Dkim(Section):
    """DKIM signatures that the gateway puts on what it sends, last of all (docs/dkim.md)."""

    signatures: tuple[DkimSignature, ...] = Field(
        (),
        description="Whom we sign for. Mail of other authors is never signed. A domain with two entries gets two "
        "signatures, as when a key is changed.",
    )
    headers: tuple[str, ...] = Field(
        DKIM_HEADERS, description="Header fields that are signed where they stand; From, Subject and To always are."
    )

    @field_validator("headers")
    @classmethod
    def _may_be_signed(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not _FIELD_NAME.fullmatch(name):
                raise ValueError(f"“{name}” is not the name of a header field; write it like Message-ID")
            if name.lower() in _NEVER_SIGNED:
                raise ValueError(f"“{name}” changes on the way and must not be signed (RFC 6376, 5.4.1); leave it out")
        return tuple(name.lower() for name in value)
