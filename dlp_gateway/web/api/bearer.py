"""Who asks: a token in `Authorization: Bearer` (RFC 6750), which acts for an account."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.errors import AuthorizationError
from ninja.security import HttpBearer

from ..access import staff
from ..permissions import Permission, Staff, permissions_of
from ..running import console


class Token(HttpBearer):
    """Asks for a token with this permission, which its account must have, too. Without one nobody gets through: what
    an operation does not say, nobody may do."""

    openapi_name = "token"

    def __init__(self, needed: Permission | None = None) -> None:
        super().__init__()
        self.needed = needed

    def authenticate(self, request: HttpRequest, token: str) -> Staff | None:
        """Whoever asks; None: no such token. Raises AuthorizationError."""
        here = console()
        found = here.ask(here.store.tokens.holder(token, here.now()))
        if found is None:
            return None
        known, account = found
        permissions = permissions_of(account.roles) & frozenset(known.permissions)
        if self.needed is None or self.needed not in permissions:
            raise AuthorizationError
        allowed = frozenset(Permission(one) for one in permissions)
        request.staff = Staff.of(account, allowed)  # type: ignore[attr-defined]
        return staff(request)
