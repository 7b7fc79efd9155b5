"""Where mail servers ask about their mail, as an administrator configures it (docs/milter.md)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator, model_validator

from .config_access import checked_networks
from .config_section import Section


class MilterListener(Section):
    """One address at which a mail server asks about each message by the milter protocol (docs/milter.md)."""

    path: Path | None = Field(
        None,
        description="Unix socket to make, such as /var/spool/postfix/dlp-gateway/milter.sock; instead of a port.",
    )
    mode: str = Field("0660", pattern=r"^0?[0-7]{3}$", description="Who may use that socket, in octal.")
    group: str | None = Field(None, description="Group of that socket, such as postfix; default: our own.")
    host: str = Field("127.0.0.1", description="Address to listen on by TCP.")
    port: int | None = Field(None, ge=0, le=65535, description="Port to listen on by TCP; 0 takes any free one.")
    networks: tuple[str, ...] = Field(
        ("127.0.0.0/8", "::1/128"),
        description="Networks of the mail servers that may connect by TCP: what they say of their clients is believed.",
    )
    name: str = Field(
        "mail-server",
        description="Name, in logs and records, of mail that the mail server's own machine or its users with a "
        "password send; other mail is that of the entry of `clients` from whose networks it came.",
    )
    vouches_for_sender: bool = Field(
        False,
        description="The mail server makes sure that users with a password are who they claim to be "
        "(Postfix: reject_sender_login_mismatch).",
    )
    max_connections: int = Field(500, ge=1, description="Connections at one time.")

    @field_validator("networks")
    @classmethod
    def _real_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_networks(value, "then anybody could say who the client is")

    @model_validator(mode="after")
    def _one_place(self) -> MilterListener:
        if (self.path is None) == (self.port is None):
            raise ValueError("give path (a Unix socket) or port (TCP), one of them")
        if self.path is None and self.group is not None:
            raise ValueError("group: means nothing without path")
        return self

    @property
    def place(self) -> str:
        """As Postfix writes it in smtpd_milters."""
        if self.path is not None:
            return f"unix:{self.path}"
        return f"inet:[{self.host}]:{self.port}" if ":" in self.host else f"inet:{self.host}:{self.port}"
