"""The web console: its address, how long somebody stays signed in, and the council's own sign-in."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from .config_ldap import LdapServer
from .config_section import Section

_ATTRIBUTE = r"^[A-Za-z][A-Za-z0-9.-]*$"

# Tenants that stand for any organisation: whoever has an account anywhere could sign in, and no issuer would fit.
_ANYBODY = ("/common", "/organizations", "/consumers")


class Oidc(Section):
    """Sign-in at the council's identity provider by OpenID Connect, with PKCE (docs/console.md)."""

    name: str = Field("Council sign-in", description="What the button says.")
    issuer: str = Field(
        description="Its issuer, to which /.well-known/openid-configuration is added, such as "
        "https://login.microsoftonline.com/TENANT-ID/v2.0; never one for all tenants."
    )
    client_id: str = Field(min_length=1, description="The id under which the console is registered there.")
    client_secret_file: Path | None = Field(None, description="File with the secret that goes with it.")
    groups_claim: str = Field("groups", description="The claim that lists the groups of whoever signs in.")
    roles: dict[str, tuple[str, ...]] = Field(
        min_length=1,
        description="Role to groups that have it: reviewer, content-viewer, administrator, auditor. Whoever is in "
        "none can't sign in.",
    )
    asks_second_factor: bool = Field(
        False, description="Whether the provider asks everybody for a second factor, so that the console need not."
    )

    @field_validator("issuer")
    @classmethod
    def _one_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not parts.hostname or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not local):
            raise ValueError(f"“{value}” is not https://HOST or https://HOST/PATH")
        if any(part in parts.path for part in _ANYBODY):
            raise ValueError("is for accounts of any organisation; write the id of your own tenant in its place")
        return value.rstrip("/")

    @field_validator("roles")
    @classmethod
    def _known_roles(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return _known(value)


class LdapSignIn(LdapServer):
    """Sign-in by name and password of the council's directory, by LDAP (docs/console.md). The second factor is the
    console's own."""

    url: str = Field(description="ldaps://HOST[:PORT], or ldap://HOST[:PORT], where TLS is begun before all else.")
    user_filter: str = Field(
        "(uid={name})",
        description="Finds the one entry of a name. In Active Directory (sAMAccountName={name}), or, without disabled "
        "accounts, (&(sAMAccountName={name})(!(userAccountControl:1.2.840.113556.1.4.803:=2))).",
    )
    group_base: str | None = Field(None, description="Where groups are; none: the same base.")
    group_filter: str = Field(
        "(member={dn})",
        description="Finds the groups of an entry. In Active Directory (member:1.2.840.113556.1.4.1941:={dn}) finds "
        "groups within groups, too.",
    )
    roles: dict[str, tuple[str, ...]] = Field(
        min_length=1,
        description="Role to names of groups that have it, such as cn=audit,ou=groups,dc=council,dc=example. Whoever "
        "is in none can't sign in.",
    )
    name_attribute: str = Field("uid", pattern=_ATTRIBUTE, description="Attribute with the name of the account.")
    id_attribute: str = Field(
        "entryUUID",
        pattern=_ATTRIBUTE,
        description="Attribute that tells somebody from all others for ever; objectGUID in Active Directory.",
    )
    mail_attribute: str = Field(
        "mail", pattern=_ATTRIBUTE, description="Attribute with the address by which reviewers' groups name them."
    )
    display_attribute: str = Field("cn", pattern=_ATTRIBUTE, description="Attribute with the name that people read.")

    @field_validator("user_filter", "group_filter")
    @classmethod
    def _filter(cls, value: str, info: ValidationInfo) -> str:
        wanted = "{name}" if info.field_name == "user_filter" else "{dn}"
        rest = value.replace(wanted, "x")
        if not (value.startswith("(") and value.endswith(")")) or wanted not in value or set("{}") & set(rest):
            raise ValueError(f"is a filter in brackets with {wanted} in it, such as (uid={wanted})")
        return value

    @field_validator("roles")
    @classmethod
    def _known_roles(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        odd = sorted(group for groups in value.values() for group in groups if "=" not in group)
        if odd:
            example = "cn=audit,ou=groups,dc=council,dc=example"
            raise ValueError(f"{', '.join(odd)}: write the whole name, such as {example}")
        return _known(value)


def _known(roles: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: no such role; there are {', '.join(ROLES)}")
    return roles


ROLES = ("reviewer", "content-viewer", "administrator", "auditor")
"""Roles of the console, by the names that accounts and groups have them under (`web/permissions.py`)."""


class Console(Section):
    """The web console: senders' own pages (docs/sender.md) and those of reviewers, administrators and auditors
    (docs/console.md)."""

    url: str | None = Field(
        None,
        description="Address under which people reach the console, such as https://mail-check.council.example; "
        "without it hold notices carry no link.",
    )
    link_days: int = Field(14, ge=1, le=90, description="Days for which the link in a hold notice works.")
    code_minutes: int = Field(15, ge=5, le=60, description="Minutes for which a code to sign in with works.")
    session_minutes: int = Field(
        30, ge=5, le=480, description="Minutes for which somebody stays signed in who does nothing."
    )
    session_hours: int = Field(10, ge=1, le=24, description="Hours after which whoever works here signs in again.")
    fresh_minutes: int = Field(
        5, ge=1, le=60, description="Minutes for which signing in counts where a page asks for it once more."
    )
    web_servers: int = Field(
        0,
        ge=0,
        le=5,
        description="Web servers in front of the console that add to X-Forwarded-For; attempts to sign in are counted "
        "by the address before them. 0: it is not believed.",
    )
    oidc: Oidc | None = Field(None, description="Sign-in at the council's identity provider.")
    ldap: LdapSignIn | None = Field(None, description="Sign-in by the council's directory.")

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise ValueError(f"“{value}” is not https://HOST or https://HOST:PORT without a path")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("must start with https://: codes and what was found would cross the network in clear")
        return value.rstrip("/")
