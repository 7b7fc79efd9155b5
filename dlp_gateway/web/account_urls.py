"""Signing in and one's own account: views of django-allauth, each named here, none besides.

The names are those by which django-allauth finds its own pages.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from ..store.models import User
from . import account_record  # noqa: F401 - it listens to what happens here
from .access import OPEN, OWN_ACCOUNT, access
from .passkeys import ConfirmView, SignInView, with_passkeys, with_scripts


def _with_password(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Not for those who sign in elsewhere: they have no password here, and get none."""

    @functools.wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User) or not request.user.has_usable_password():
            raise Http404
        return view(request, *args, **kwargs)

    return asked


def own_passkeys(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    return access(OWN_ACCOUNT)(with_passkeys(view))


urlpatterns = [
    path("sign-in", access(OPEN)(with_scripts(account.login)), name="account_login"),
    path("sign-in/code", access(OPEN)(with_scripts(mfa.authenticate)), name="mfa_authenticate"),
    path("sign-in/passkey", access(OPEN)(with_passkeys(SignInView.as_view())), name="mfa_login_webauthn"),
    path("sign-in/not-active", access(OPEN)(account.account_inactive), name="account_inactive"),
    path("sign-in/council/<slug:provider_id>", access(OPEN)(oidc.login), name="openid_connect_login"),
    path("sign-in/council/<slug:provider_id>/back", access(OPEN)(oidc.callback), name="openid_connect_callback"),
    path("sign-in/council/ended/cancelled", access(OPEN)(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("sign-in/council/ended/failed", access(OPEN)(social.login_error), name="socialaccount_login_error"),
    path("sign-out", access(OPEN)(account.logout), name="account_logout"),
    path("confirm/password", access(OWN_ACCOUNT)(account.reauthenticate), name="account_reauthenticate"),
    path("confirm/code", access(OWN_ACCOUNT)(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("confirm/passkey", own_passkeys(ConfirmView.as_view()), name="mfa_reauthenticate_webauthn"),
    path("password", access(OWN_ACCOUNT)(_with_password(account.password_change)), name="account_change_password"),
    path("second-factor", access(OWN_ACCOUNT)(mfa.index), name="mfa_index"),
    path("second-factor/app", access(OWN_ACCOUNT)(totp.activate_totp), name="mfa_activate_totp"),
    path("second-factor/app/remove", access(OWN_ACCOUNT)(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-factor/passkeys", own_passkeys(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("second-factor/passkeys/add", own_passkeys(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("second-factor/passkeys/<int:pk>/remove", own_passkeys(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("second-factor/codes", access(OWN_ACCOUNT)(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/new",
        access(OWN_ACCOUNT)(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]
