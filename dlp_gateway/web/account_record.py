"""Who signs in, fails to, signs out, and changes how they do goes into the record."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from ..errors import TemporaryError
from ..store import Verb
from ..store.models import User
from .access import begin_session
from .running import console

CONSOLE = "console"
"""The actor where it is not known who tried."""


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_signal: Any) -> None:
    """No record, nobody signed in."""
    begin_session(request)
    try:
        _record(Verb.USER_SIGNED_IN, f"user:{user.name}", {"user": user.name})
    except TemporaryError:
        request.session.flush()
        raise


@receiver(user_logged_out)
def signed_out(user: User | None, **_signal: Any) -> None:
    if user is not None:
        _record(Verb.USER_SIGNED_OUT, f"user:{user.name}", {"user": user.name})


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], **_signal: Any) -> None:
    """The name only where somebody has it: people type passwords into the wrong field."""
    typed = str(credentials.get("username") or credentials.get("name") or "")
    known = User.objects.filter(name=typed).exists()
    _record(Verb.USER_SIGN_IN_FAILED, CONSOLE, {"user": typed if known else "", "factor": "password"})


@receiver(authentication_failed)
def second_factor_failed(user: User, **_signal: Any) -> None:
    _record(Verb.USER_SIGN_IN_FAILED, CONSOLE, {"user": user.name, "factor": "second"})


def passkey_failed(user: User | None) -> None:
    """The library has no signal for it. None: nobody knows whose it was to be."""
    _record(Verb.USER_SIGN_IN_FAILED, CONSOLE, {"user": user.name if user else "", "factor": "passkey"})


@receiver(password_changed)
def changed_password(user: User, **_signal: Any) -> None:
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user.must_change_password = False
    _record(Verb.USER_CHANGED, f"user:{user.name}", {"user": user.name, "password": True})


@receiver(authenticator_added)
@receiver(authenticator_removed)
@receiver(authenticator_reset)
def second_factor_changed(signal: Any, request: HttpRequest, user: User, authenticator: Any, **_signal: Any) -> None:
    what = {authenticator_added: "added", authenticator_removed: "removed", authenticator_reset: "made anew"}[signal]
    if signal is authenticator_added and authenticator.type != Authenticator.Type.RECOVERY_CODES:
        # They have just shown it: to see the recovery codes that come with it, they need not do so again.
        record_authentication(request, user, method="mfa", type=str(authenticator.type), reauthenticated=True)
    body = {"user": user.name, "kind": str(authenticator.type), "what": what}
    _record(Verb.USER_SECOND_FACTOR_CHANGED, f"user:{user.name}", body)


def _record(verb: Verb, actor: str, body: dict[str, Any]) -> None:
    here = console()
    here.ask(here.store.audit_event(verb, actor=actor, message_id=None, body=body))
