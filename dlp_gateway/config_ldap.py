"""What all directories have in common that are asked by LDAP."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from .config_section import Section


class LdapServer(Section):
    """Where a directory is, and as whom it is asked. What else it is asked for, a section of its own adds."""

    url: str = Field(description="ldaps://HOST or ldaps://HOST:PORT.")
    base: str = Field(min_length=1, description="Where to search, such as ou=people,dc=council,dc=example.")
    user: str | None = Field(None, description="Name to log in with; none: nobody's.")
    password_file: Path | None = Field(None, description="File with its password.")
    ca_file: Path | None = Field(None, description="PEM file of trusted certificates; default: the system's.")

    @field_validator("url")
    @classmethod
    def _of_a_directory(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("ldap", "ldaps") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"“{value}” is not ldaps://HOST or ldaps://HOST:PORT")
        return value

    @property
    def tls(self) -> bool:
        """From the beginning."""
        return self.url.startswith("ldaps:")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (636 if self.tls else 389)
