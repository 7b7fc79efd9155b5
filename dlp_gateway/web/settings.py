"""Django's settings for the console, from the configuration. What Django has for safety is switched on here."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from ..config import Config

_SECURITY = "django.middleware.security.SecurityMiddleware"
YEAR_SECONDS = 31_536_000
FORM_BYTES = 64 * 1024


def console_settings(config: Config, key: bytes) -> dict[str, Any]:
    """`key` is the console's; `config.console.url` must be set. Whoever comes by https never comes otherwise."""
    assert config.console.url is not None
    url = urlsplit(config.console.url)
    secure = url.scheme == "https"
    prefix = "__Host-" if secure else ""  # RFC 6265bis, 4.1.3.2: for this host alone, over TLS alone
    return {
        "SECRET_KEY": hmac.digest(key, b"console sessions", "sha256").hex(),
        "DEBUG": False,
        "ALLOWED_HOSTS": [url.hostname],
        "ROOT_URLCONF": "dlp_gateway.web.urls",
        "MIDDLEWARE": [
            _SECURITY,
            "dlp_gateway.web.health.health",
            "dlp_gateway.web.language.speaking",
            "dlp_gateway.web.middleware.headers",
            "dlp_gateway.web.middleware.Faults",
            "django.middleware.common.CommonMiddleware",  # asks for the host name, which is checked then
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "APP_DIRS": False,
                "OPTIONS": {"environment": "dlp_gateway.web.jinja.environment"},
            }
        ],
        "LANGUAGE_CODE": "en-gb",
        "USE_I18N": False,
        "APPEND_SLASH": False,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": FORM_BYTES,
        "CSRF_FAILURE_VIEW": "dlp_gateway.web.errors.csrf_failure",
        "CSRF_TRUSTED_ORIGINS": [config.console.url],
        "CSRF_COOKIE_NAME": f"{prefix}csrf",
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_NAME": f"{prefix}session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        # Strict would leave out the session of somebody who comes back by the link in the notice.
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": config.console.session_minutes * 60,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SECURE_HSTS_SECONDS": YEAR_SECONDS if secure else 0,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        # The link stands in the address: no other site may learn it. Django's own check of forms needs it here.
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
    }
