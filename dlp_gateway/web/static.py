"""What is the same for everybody: the style sheet and few scripts, at addresses that change with them, so that browsers
may keep them for ever; and the accessibility statement, which the law asks of a council's pages."""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

_TYPES = {"css": "text/css", "js": "text/javascript"}
_OURS, _ALLAUTHS = files(__package__) / "static", files("allauth")
_FILES = {
    "console.css": _OURS / "console.css",
    "passkeys.js": _OURS / "passkeys.js",
    # Scripts of the library that reads what they send.
    "webauthn-json.js": _ALLAUTHS / "mfa/static/mfa/js/webauthn-json.js",
    "webauthn.js": _ALLAUTHS / "mfa/static/mfa/js/webauthn.js",
    "onload.js": _ALLAUTHS / "account/static/account/js/onload.js",
}


@functools.cache
def _file(name: str) -> tuple[str, bytes]:
    octets = _FILES[name].read_bytes()
    return hashlib.sha256(octets).hexdigest()[:16], octets


def static_address(name: str) -> str:
    """The path of a file."""
    stem, _, kind = name.rpartition(".")
    return f"/static/{stem}.{_file(name)[0]}.{kind}"


@require_safe
def static_file(_request: HttpRequest, stem: str, digest: str, kind: str) -> HttpResponse:
    name = f"{stem}.{kind}"
    if name not in _FILES or digest != _file(name)[0]:
        raise Http404
    response = HttpResponse(_file(name)[1], content_type=f"{_TYPES[kind]}; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """S.I. 2018/952, regulation 8: a public body's pages have such a statement, with what is known not to work."""
    return render(request, "accessibility.html")
