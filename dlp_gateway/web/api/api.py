"""The operations under `/api/v1/`, their document (OpenAPI 3.1), and what a fault becomes."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI

from ...errors import ConfigError, TemporaryError
from ...log import fault
from ...store import DecidedError, OvertakenError
from ..access import BY_TOKEN, access
from .audit import router as audit
from .bearer import Token
from .holds import router as holds
from .partners import router as partners
from .policy import router as policy

_log = logging.getLogger("dlp_gateway.web")

api = NinjaAPI(
    title="DLP gateway",
    version="1.0.0",
    description="Held messages, partners, policy and the record, for programs. docs/api.md says how to get a token.",
    docs_url=None,  # a page with scripts from elsewhere
    auth=Token(),
    urls_namespace="api",
)
api.add_router("/holds", holds)
api.add_router("/partners", partners)
api.add_router("/policy", policy)
api.add_router("/audit", audit)


@api.exception_handler(TemporaryError)
def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    fault(_log, "console:unavailable", error)
    answer = api.create_response(request, {"detail": "the service is not available; try again"}, status=503)
    answer["Retry-After"] = "60"
    return answer


@api.exception_handler(OvertakenError)
def overtaken(request: HttpRequest, error: OvertakenError) -> HttpResponse:
    return api.create_response(request, {"detail": str(error), "version": error.newest}, status=409)


@api.exception_handler(DecidedError)
def decided(request: HttpRequest, error: DecidedError) -> HttpResponse:
    return api.create_response(request, {"detail": str(error)}, status=409)


@api.exception_handler(ConfigError)
def faulty(request: HttpRequest, error: ConfigError) -> HttpResponse:
    return api.create_response(request, {"detail": [str(one) for one in error.faults]}, status=422)


def patterns() -> list[URLPattern | URLResolver]:
    """Addresses for `urls.py`. The operations ask for tokens; the document says nothing of anybody."""
    found, _, _ = api.urls
    for pattern in _views(found):
        pattern.callback = access(BY_TOKEN)(pattern.callback)
    return found


def _views(found: Iterable[URLPattern | URLResolver]) -> Iterable[URLPattern]:
    for one in found:
        if isinstance(one, URLPattern):
            yield one
        else:
            yield from _views(one.url_patterns)
