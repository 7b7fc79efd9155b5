"""What django-allauth asks us: nobody signs up, second factors are kept sealed, and the council's own sign-in gives
roles by groups."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from ..store import DecidedError, UserAccount
from ..store.models import User
from .access import signed_in_seconds
from .account_words import ACCOUNT_WORDS, MFA_WORDS
from .language import say
from .running import console
from .sender_council import link_in, signed_in

BY = "oidc"
"""Who the record says changed an account whose roles came from the council's sign-in."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Of accounts with a password."""

    error_messages = DefaultAccountAdapter.error_messages | ACCOUNT_WORDS

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's form
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not for the first second factor right after signing in: they have typed their password this minute."""
        user = self.request.user
        fresh = signed_in_seconds(self.request) < console().config.console.fresh_minutes * 60
        if app == "allauth.mfa" and fresh and not is_mfa_enabled(user):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's form
        return reverse("home")


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Of second factors. Their secrets are sealed under a key made of the console's: the database alone is no use."""

    error_messages = DefaultMFAAdapter.error_messages | MFA_WORDS

    def get_totp_issuer(self) -> str:
        return console().config.council.name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are for the name in the configuration, whatever a client calls us."""
        config = console().config
        return {"id": urlsplit(config.console.url or "").hostname or "", "name": config.council.name}

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002 - allauth's names
        number = user.authenticator_set.filter(type=type).count() + 1  # type: ignore[attr-defined]
        return say("Passkey {number}", number=number)

    def encrypt(self, text: str) -> str:
        return _sealer().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _sealer().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """The last one can't be removed: without one nobody gets anywhere, and `dlp-gateway users` starts anew."""
        others = authenticator.user.authenticator_set.exclude(pk=authenticator.pk)
        return bool(others.exclude(type="recovery_codes").exists())


def _sealer() -> Fernet:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"second factors").derive(console().key)
    return Fernet(urlsafe_b64encode(made))


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Of accounts of the council's own sign-in: whoever is in a group that has a role may come in, and has the roles
    that the groups say, each time anew."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        token = link_in(sociallogin.state.get("next"))
        if token is not None:  # the author of held mail, whoever else they are here
            raise ImmediateHttpResponse(signed_in(request, token, _claims(sociallogin.account.extra_data)))
        roles = _roles(sociallogin.account.extra_data)
        if sociallogin.state.get("process") != "login" or not roles:
            raise ImmediateHttpResponse(render(request, "account/not_for_you.html", status=403))
        if sociallogin.is_existing:
            row = sociallogin.user
            if tuple(row.roles) != roles:
                console().ask(console().store.users.change(row.name, by=BY, roles=roles))
                row.refresh_from_db()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        return True  # pre_social_login has asked for a role

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:  # noqa: ARG002
        """An account of their name in the council. One that was made by hand is never taken over."""
        claims = _claims(sociallogin.account.extra_data)
        name = str(claims.get("preferred_username") or claims.get("email") or claims.get("sub"))
        account = UserAccount(
            name=name[:200],
            display_name=str(claims.get("name") or ""),
            email=str(claims.get("email") or ""),
            roles=_roles(sociallogin.account.extra_data),
            is_active=True,
        )
        try:
            console().ask(console().store.users.create(account, None, by=BY))
        except DecidedError:
            raise ImmediateHttpResponse(render(request, "account/name_taken.html", status=409)) from None
        row = User.objects.get(name=account.name)
        sociallogin.user = row
        sociallogin.save(request, connect=True)
        return row


def _claims(data: dict[str, Any]) -> dict[str, Any]:
    """What the provider says of whoever signs in: by its signed token, and what it adds when asked."""
    return dict(data.get("userinfo") or {}) | dict(data.get("id_token") or {})


def _roles(data: dict[str, Any]) -> tuple[str, ...]:
    oidc = console().config.console.oidc
    assert oidc is not None
    groups = _claims(data).get(oidc.groups_claim)
    theirs = {str(group) for group in groups} if isinstance(groups, list) else set()
    return tuple(sorted(role for role, wanted in oidc.roles.items() if theirs.intersection(wanted)))
