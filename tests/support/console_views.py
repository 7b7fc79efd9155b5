"""Every address of the console and who gets to it, as JSON: run as a program, since Django is set up but once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dlp_gateway.config import Config, Console
from dlp_gateway.store.django_setup import set_up
from dlp_gateway.web.settings import console_settings

CONFIG = Config(console=Console(url="http://127.0.0.1:1"))
EXAMPLES = {"str": "x", "slug": "x", "int": "1", "path": "x"}


def views(patterns: list[Any], root: str = "/") -> Iterator[dict[str, Any]]:
    from django.urls import URLPattern

    for pattern in patterns:
        path = root + _example(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield {
                "path": path,
                "name": pattern.name,
                "access": str(getattr(pattern.callback, "access", None) or ""),
            }
        else:
            yield from views(pattern.url_patterns, path)


def _example(pattern: Any) -> str:
    text = str(pattern)
    for name, converter in getattr(pattern, "converters", {}).items():
        kind = next(key for key, known in _converters().items() if known is converter)
        text = text.replace(f"<{kind}:{name}>", EXAMPLES[kind])
    return "static/console.0000000000000000.css" if text.startswith("^static") else text


def _converters() -> dict[str, Any]:
    from django.urls.converters import get_converters

    return dict(get_converters())


if __name__ == "__main__":
    set_up(f"sqlite:///{Path('/nonexistent')}/never-opened.db", console_settings(CONFIG, b"k" * 32))
    from dlp_gateway.web.urls import urlpatterns

    print(json.dumps(list(views(urlpatterns))))
