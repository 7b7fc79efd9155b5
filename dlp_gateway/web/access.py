"""Who gets to which page. What no view says of itself, nobody gets to.

A view carries its `access`: `OPEN`, `BY_TOKEN`, `OWN_ACCOUNT`, `SIGNED_IN` or a permission. `Gate` asks before the
view runs; that somebody is signed in, has a second factor, and keeps to the times of a session is asked there, too, and
nowhere else.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import (
    get_reauthentication_flows,
    raise_if_reauthentication_required,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ..store.models import User
from ..store.users import account_of
from .permissions import Permission, Staff, permissions_of
from .running import console

OPEN: Literal["open"] = "open"
"""For everybody: what says nothing of anybody, and pages that ask for themselves who is there."""

BY_TOKEN: Literal["by token"] = "by token"  # noqa: S105 - a word
"""For programs: the JSON API asks for their token itself, operation by operation (`api/bearer.py`)."""

OWN_ACCOUNT: Literal["own account"] = "own account"
"""For whoever is signed in, second factor or not: their password, their second factor, signing out."""

SIGNED_IN: Literal["signed in"] = "signed in"
"""For whoever is signed in as they must be, whatever their roles."""

Access = Literal["open", "by token", "own account", "signed in"] | Permission
View = TypeVar("View", bound=Callable[..., Any])

_SIGNED_IN_AT = "signed_in_at"
_SEEN_AT = "seen_at"
_NOTE_SECONDS = 60
"""How often a session notes that it is used: each note is a write."""


def access(needed: Access) -> Callable[[View], View]:
    """Let only these get to the view. For views of libraries, too: theirs are left as they are."""

    def marked(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        guarded.access = needed  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return marked


def staff(request: HttpRequest) -> Staff:
    """Whoever is signed in; for views that ask for more than `OPEN`."""
    found = getattr(request, "staff", None)
    assert isinstance(found, Staff)
    return found


def begin_session(request: HttpRequest) -> None:
    """From now on the times of the session count."""
    request.session[_SIGNED_IN_AT] = request.session[_SEEN_AT] = int(time.time())


def signed_in_seconds(request: HttpRequest) -> float:
    """How long ago whoever this is signed in."""
    return time.time() - int(request.session.get(_SIGNED_IN_AT, 0))


def require_fresh(request: HttpRequest) -> None:
    """Have somebody show once more that it is they, where that was longer ago than the configuration allows. Raises
    what leads to the page that asks; for an account that can be asked nothing here, to the council's own sign-in."""
    user = request.user
    assert isinstance(user, User)
    if get_reauthentication_flows(user):
        raise_if_reauthentication_required(request, app="console")
    elif signed_in_seconds(request) > console().config.console.fresh_minutes * 60:
        raise SignInAgainError


class SignInAgainError(Exception):
    """Only the council's sign-in can say whether it is still they."""


class Gate:
    """Middleware, behind those of sessions and accounts."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """The answer where it is another page than the one asked for. Raises PermissionDenied."""
        needed: Access | None = getattr(view, "access", None)
        if needed is None:
            raise PermissionDenied
        if needed in (OPEN, BY_TOKEN):
            return None
        user = request.user
        if not isinstance(user, User) or not user.is_active or _is_over(request):
            return _sign_in(request)
        request.staff = Staff.of(account_of(user), permissions_of(user.roles))  # type: ignore[attr-defined]
        if needed == OWN_ACCOUNT:
            return None
        if user.must_change_password:
            return redirect("account_change_password")
        if not _has_second_factor(request, user):
            return redirect("mfa_activate_totp")
        if needed != SIGNED_IN and needed not in staff(request).permissions:
            raise PermissionDenied
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _sign_in(request) if isinstance(error, SignInAgainError) else None


def _sign_in(request: HttpRequest) -> HttpResponse:
    """Ask to sign in, and come back; a form is not sent again by itself."""
    if request.user.is_authenticated:  # else somebody is on their way in, with the code still to be typed
        logout(request)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def _is_over(request: HttpRequest) -> bool:
    """Whether the session is too old, or lay idle for too long; else note that it is used."""
    times, now = console().config.console, time.time()
    began, seen = request.session.get(_SIGNED_IN_AT, 0), request.session.get(_SEEN_AT, 0)
    if now - began > times.session_hours * 3600 or now - seen > times.session_minutes * 60:
        return True
    if now - seen > _NOTE_SECONDS:
        request.session[_SEEN_AT] = int(now)
    return False


def _has_second_factor(request: HttpRequest, user: User) -> bool:
    """One of theirs, or the council's sign-in, where the administrator says that it asks for one."""
    if is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
        return True
    oidc = console().config.console.oidc
    if oidc is None or not oidc.asks_second_factor:
        return False
    return any(one.get("method") == "socialaccount" for one in get_authentication_records(request, user))
