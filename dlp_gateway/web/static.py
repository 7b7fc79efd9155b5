"""The one style sheet, at an address that changes with it, so that browsers may keep it for ever."""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files

from django.http import Http404, HttpRequest, HttpResponse
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
