"""The author of held mail signs in by the council's own sign-in instead of a code: it says whose mailbox is whose.

No account is made and no role is asked for. Whoever comes back for the page of a message, with the address that the
message was sent from, is signed in as its author, and as nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve

from ..store import LinkError, Verb, link_digest, message_of_link
from ..store.sender_values import actor_of
from . import sender_session
from .running import console


def link_in(address: str | None) -> str | None:
    """The link's token, where this is the address of a sender's page."""
    try:
        found = resolve(address or "")
    except Resolver404:
        return None
    return str(found.kwargs["token"]) if found.url_name == "message" else None


def signed_in(request: HttpRequest, token: str, claims: Mapping[str, Any]) -> HttpResponse:
    """Where whoever the provider says this is goes on to."""
    here = console()
    try:
        message_id = message_of_link(here.key, token, timedelta(days=here.config.console.link_days))
    except LinkError:
        return redirect("message", token)  # which says what is the matter with it
    stored = here.ask(here.store.message_record(message_id))
    author = stored.record.author if stored is not None else None
    if author is None or not _is_theirs(author, claims):
        body = {"link": link_digest(token), "by": "oidc"}
        record = here.store.audit_event(Verb.SENDER_SIGN_IN_FAILED, actor="console", message_id=message_id, body=body)
        here.ask(record)
        return render(request, "not_the_author.html", {"token": token}, status=403)
    body = {"link": link_digest(token), "by": "oidc"}
    here.ask(here.store.audit_event(Verb.SENDER_SIGNED_IN, actor=actor_of(author), message_id=message_id, body=body))
    sender_session.sign_in(request, author)
    return redirect("message", token)


def _is_theirs(author: str, claims: Mapping[str, Any]) -> bool:
    address = str(claims.get("email") or "")
    return claims.get("email_verified") is not False and bool(address) and address.casefold() == author.casefold()
