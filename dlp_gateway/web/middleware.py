"""What holds for every answer: headers that Django 5.2 does not set itself, and faults logged without their text."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from ..errors import TemporaryError
from ..log import fault
from . import errors
from .running import console

_log = logging.getLogger("dlp_gateway.web")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
)
"""No script at all, nothing inline, nothing from elsewhere."""

SCRIPTS = "; script-src 'self'; connect-src 'self'"
"""On the pages of passkeys alone: scripts at addresses of ours, nothing inline either."""

PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

Answer = Callable[[HttpRequest], HttpResponse]


def headers(answer: Answer) -> Answer:
    """Content security policy; and no page is kept by anybody on the way, or shown by a "back" after signing out."""

    def with_headers(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        scripts = SCRIPTS if getattr(request, "runs_scripts", False) else ""
        response["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}{scripts}; form-action {_form_targets()}"
        response["Permissions-Policy"] = PERMISSIONS
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return with_headers


@functools.cache
def _form_targets() -> str:
    """Ourselves, and the council's sign-in: browsers ask about a form's redirects as well."""
    oidc = console().config.console.oidc
    if oidc is None:
        return "'self'"
    issuer = urlsplit(oidc.issuer)
    return f"'self' {issuer.scheme}://{issuer.netloc}"


class Faults:
    """A store that is not there has a page of its own; all other exceptions become Django's page of status 500."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, TemporaryError):
            return None
        fault(_log, "console:unavailable", error)
        return errors.unavailable(request)


@receiver(got_request_exception)
def log_fault(**_signal: object) -> None:
    """Called by Django for every exception that becomes a page of status 500. Its text may quote a mail."""
    error = sys.exc_info()[1]
    if error is not None:
        fault(_log, "console:failed", error)
