"""The pages of what went wrong. None says anything of any mail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .language import say


def _page(request: HttpRequest, title: str, *words: str, status: int) -> HttpResponse:
    return render(request, "error.html", {"title": title, "words": words}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    return _page(request, say("This request can’t be read"), say("Go back and try again."), status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    if getattr(request, "staff", None) is not None:
        words = say("Your account does not have the role for this page. Ask whoever looks after accounts.")
        return _page(request, say("You can’t do this"), words, status=403)
    return _page(request, say("You can’t do this"), say("Sign in by the link in the e-mail we sent you."), status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        say("This page does not exist"),
        say("If you came by a link in an e-mail, check that the whole link was copied."),
        say("The e-mail’s reference helps us if you need to ask about it."),
        status=404,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        say("Sorry, there is a problem with the service"),
        say("Nothing was changed by this step. Try again in a few minutes."),
        status=500,
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _page(
        request,
        say("Sorry, the service is not available"),
        say("Held e-mail stays held meanwhile. Try again in a few minutes."),
        status=503,
    )
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        say("This form is too old"),
        say("Nothing was changed. Open the link in the e-mail again and fill the form in anew."),
        say("If this happens again, let your browser keep cookies for this address."),
        status=403,
    )
