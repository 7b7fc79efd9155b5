"""The pages of what went wrong. None says anything of any mail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(request: HttpRequest, title: str, *words: str, status: int) -> HttpResponse:
    return render(request, "error.html", {"title": title, "words": words}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    return _page(request, "This request can’t be read", "Go back and try again.", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(request, "You can’t do this", "Sign in by the link in the e-mail we sent you.", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        "This page does not exist",
        "If you came by a link in an e-mail, check that the whole link was copied.",
        "The e-mail’s reference helps us if you need to ask about it.",
        status=404,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        "Sorry, there is a problem with the service",
        "Nothing was changed by this step. Try again in a few minutes.",
        status=500,
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _page(
        request,
        "Sorry, the service is not available",
        "Held e-mail stays held meanwhile. Try again in a few minutes.",
        status=503,
    )
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        "This form is too old",
        "Nothing was changed. Open the link in the e-mail again and fill the form in anew.",
        "If this happens again, let your browser keep cookies for this address.",
        status=403,
    )
