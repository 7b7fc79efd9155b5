"""/healthz of the console, for machines: whether it answers, and its store behind it.

Answered before host names are checked, since whoever asks on this machine names it by its number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ..errors import TemporaryError
from ..log import fault
from .running import console

_log = logging.getLogger("dlp_gateway.web")

PATH = "/healthz"


def health(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """200 when the store answers, 503 when it does not; nothing of any mail."""

    def with_health(request: HttpRequest) -> HttpResponse:
        return _health(request) if request.path == PATH else answer(request)

    return with_health


def _health(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return _page("GET only", 405, Allow="GET, HEAD")
    try:
        console().check_store()
    except TemporaryError as error:
        fault(_log, "console:unavailable", error)
        return _page("the store does not answer", 503)
    return _page("ok", 200)


def _page(text: str, status: int, **headers: str) -> HttpResponse:
    all_headers = {"Cache-Control": "no-store", **headers}
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status, headers=all_headers)
