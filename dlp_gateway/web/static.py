"""What is the same for everybody: the style sheet, at an address that changes with it, so that browsers may keep it for
ever; and the accessibility statement, which the law asks of a council's pages."""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@functools.cache
def _style() -> tuple[str, bytes]:
    octets = (files(__package__) / "static" / "console.css").read_bytes()
    return hashlib.sha256(octets).hexdigest()[:16], octets


def style_address() -> str:
    """The path of the style sheet."""
    return f"/static/console.{_style()[0]}.css"


@require_safe
def style(_request: HttpRequest, digest: str) -> HttpResponse:
    if digest != _style()[0]:
        raise Http404
    response = HttpResponse(_style()[1], content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """S.I. 2018/952, regulation 8: a public body's pages have such a statement, with what is known not to work."""
    return render(request, "accessibility.html")
