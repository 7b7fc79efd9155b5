"""Passkeys: django-allauth's forms and views, with failures on record, in our words, where browsers allow them.

A browser gives passkeys to names alone, never to addresses of numbers (Web Authentication Level 3, 5.1.2), and only
over TLS or on the same machine, which the configuration demands anyway. These pages are the console's only ones with
scripts (`with_scripts`); whoever has none uses codes.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from ..config import Config
from ..store.models import User
from .account_record import passkey_failed
from .account_words import MFA_WORDS
from .running import console

View = Callable[..., HttpResponse]


def offers_passkeys(config: Config) -> bool:
    """Whether the console is reached by a name."""
    host = urlsplit(config.console.url or "").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False


def with_passkeys(view: View) -> View:
    """Of a page that is there only where passkeys are."""

    @functools.wraps(view)
    def offered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not offers_passkeys(console().config):
            raise Http404
        return with_scripts(view)(request, *args, **kwargs)

    return offered


def with_scripts(view: View) -> View:
    """Of a page that may run the scripts at addresses of ours: `middleware.headers` says so to the browser."""

    @functools.wraps(view)
    def scripted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.runs_scripts = offers_passkeys(console().config)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return scripted


def plain(value: Any) -> Any:
    """What the library says to a browser, of plain values: its own are mappings and lists, which JSON does not know."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def has_passkeys(data: Mapping[str, Any]) -> bool:
    """Whether whoever is asked for a passkey has one."""
    return bool(plain(data)["request_options"]["publicKey"].get("allowCredentials"))


def refused_passkey(request: HttpRequest) -> str:
    """What the sign-in page says of the passkey that was tried; "" where none was."""
    return MFA_WORDS["passkey_refused"] if request.method == "GET" and request.GET.get("passkey") == "no" else ""


class _Recorded(forms.Form):
    """What the browser sent is whatever somebody made it; a passkey that is not accepted is on record."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (forms.ValidationError, AttributeError, KeyError, TypeError, ValueError):
            user = getattr(self, "user", None)
            passkey_failed(user if isinstance(user, User) else None)
            raise forms.ValidationError(MFA_WORDS["passkey_refused"]) from None


class SecondFactorForm(_Recorded, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class SignInForm(_Recorded, LoginWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        """Not for those who sign in elsewhere: there their roles are read anew, and whoever left is refused."""
        authenticator = super().clean_credential()
        if not authenticator.user.has_usable_password():
            passkey_failed(authenticator.user)
            raise forms.ValidationError(MFA_WORDS["passkey_refused"])
        return authenticator


class ConfirmForm(_Recorded, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class SignInView(webauthn.LoginWebAuthnView):  # type: ignore[misc]
    """Signing in by a passkey alone, which then has asked for a PIN, a finger or a face itself."""

    def form_invalid(self, form: Any) -> HttpResponse:  # noqa: ARG002 - allauth's form
        answer = redirect("account_login")
        answer["Location"] += "?passkey=no"
        return answer


class ConfirmView(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The library's own leaves out the form that was sent."""
        return {**super().get_context_data(), **kwargs}
