"""The language of a page: the one that its address asks for, else the one chosen before, else the council's first.

Who reads a page is known only after signing in, so the choice is kept in a cookie, which holds a language and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from ..errors import GatewayError
from ..language import ENGLISH, Language, LanguageCode, languages_of
from .running import console

NAMES: Mapping[LanguageCode, str] = {"en": "English", "cy": "Cymraeg"}
LANG: Mapping[LanguageCode, str] = {"en": "en-GB", "cy": "cy"}
PARAMETER = COOKIE = "lang"
YEAR_SECONDS = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The language of a page, and all that it could be read in, the council's first one first."""

    language: Language
    offered: tuple[LanguageCode, ...]


_now: ContextVar[Spoken] = ContextVar("language of the page")
_ENGLISH_ONLY = Spoken(language=ENGLISH, offered=("en",))


def language() -> Language:
    """The language of the page that is being made."""
    return _now.get(_ENGLISH_ONLY).language


def say(text: str, /, **values: object) -> str:
    """The text in the language of the page."""
    return language().say(text, **values)


def lang() -> str:
    """The value of the attribute `lang` of the page."""
    return LANG[language().code]


def other_language(request: HttpRequest) -> dict[str, str] | None:
    """The link that shows this page in the other language: its `name`, `lang` and `address`; None where there is one
    language only."""
    others = [code for code in _now.get(_ENGLISH_ONLY).offered if code != language().code]
    if not others:
        return None
    (code,) = others
    return {"name": NAMES[code], "lang": LANG[code], "address": f"{_page_to_show(request)}?{PARAMETER}={code}"}


def speaking(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Every page is made in its language, and says so to browsers and to whatever stands between."""

    def spoken(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/static/"):
            return answer(request)
        chosen = _chosen(request)
        token = _now.set(chosen)
        try:
            response = answer(request)
        finally:
            _now.reset(token)
        if len(chosen.offered) > 1:
            code = chosen.language.code
            response["Content-Language"] = LANG[code]
            patch_vary_headers(response, ["Cookie"])
            if request.GET.get(PARAMETER) == code:
                secure = request.is_secure()
                response.set_cookie(COOKIE, code, YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax")
        return response

    return spoken


def _chosen(request: HttpRequest) -> Spoken:
    usual = console().config.notices.languages
    try:
        rulebook = console().rulebook()
        in_use, languages = rulebook.languages_in_use(usual), rulebook.languages
    except GatewayError:  # a page must say that the store is not there, in a language
        in_use, languages = frozenset(usual), languages_of({})
    offered: tuple[LanguageCode, ...] = tuple(dict.fromkeys((*usual, "en", "cy"))) if "cy" in in_use else ("en",)
    asked = (request.GET.get(PARAMETER), request.COOKIES.get(COOKIE))
    code = next((code for wanted in asked for code in offered if code == wanted), offered[0])
    return Spoken(language=languages[code], offered=offered)


def _page_to_show(request: HttpRequest) -> str:
    """This page; where it can't be had again by following a link, the page it belongs to."""
    match = request.resolver_match
    if getattr(request, "staff", None) is not None and request.method in ("GET", "HEAD"):
        return request.path
    if match is not None and match.url_name in ("code", "sign-out"):
        return reverse("message", args=match.args, kwargs=match.kwargs)
    return request.path
