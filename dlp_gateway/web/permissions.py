"""Who may do what in the console. A role is a set of permissions; an account has any number of roles.

Deciding needs more than the permission: the reviewers' group of the message, and no part in it (decision 0031).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..store import UserAccount


class Permission(StrEnum):
    """What a view asks for, in the imperative."""

    HOLDS_READ = "holds:read"
    HOLDS_DECIDE = "holds:decide"
    HOLDS_REVEAL = "holds:reveal"  # read the content of held mail
    PARTNERS_READ = "partners:read"
    PARTNERS_EDIT = "partners:edit"
    POLICY_READ = "policy:read"
    POLICY_EDIT = "policy:edit"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_EDIT = "documents:edit"
    INSIGHT_READ = "insight:read"
    AUDIT_READ = "audit:read"
    AUDIT_EXPORT = "audit:export"


class Role(StrEnum):
    """As `dlp-gateway users` and the groups of a council's sign-in give them."""

    REVIEWER = "reviewer"
    CONTENT_VIEWER = "content-viewer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.REVIEWER: frozenset({Permission.HOLDS_READ, Permission.HOLDS_DECIDE, Permission.PARTNERS_READ}),
    # Apart from the others: to read somebody's mail is more than to decide about it.
    Role.CONTENT_VIEWER: frozenset({Permission.HOLDS_READ, Permission.HOLDS_REVEAL}),
    # Administrators make the rules; what a rule has held is not theirs to read or to let go.
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.PARTNERS_READ,
            Permission.PARTNERS_EDIT,
            Permission.POLICY_READ,
            Permission.POLICY_EDIT,
            Permission.DOCUMENTS_READ,
            Permission.DOCUMENTS_EDIT,
            Permission.INSIGHT_READ,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.HOLDS_READ,
            Permission.PARTNERS_READ,
            Permission.POLICY_READ,
            Permission.DOCUMENTS_READ,
            Permission.INSIGHT_READ,
            Permission.AUDIT_READ,
            Permission.AUDIT_EXPORT,
        }
    ),
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """What these roles may do together; a role that no longer exists may do nothing."""
    known = [Role(role) for role in roles if role in list(Role)]
    return frozenset(permission for role in known for permission in PERMISSIONS[role])


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who is signed in. `actor` is what the record calls them."""

    name: str
    display_name: str
    email: str
    permissions: frozenset[Permission]
    marks: frozenset[str] | None = None  # by what they are known in findings; None: not known yet

    @classmethod
    def of(cls, account: UserAccount, permissions: frozenset[Permission]) -> Staff:
        """Whoever has this account, as far as they may do anything."""
        return cls(
            name=account.name,
            display_name=account.display_name or account.name,
            email=account.email,
            permissions=permissions,
            marks=account.marks,
        )

    @property
    def actor(self) -> str:
        return f"user:{self.name}"

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions
