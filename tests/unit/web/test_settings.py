"""What Django has for safety is on, and strict where the console is reached by TLS."""

from __future__ import annotations

import pytest

from dlp_gateway.config import Config, Console
from dlp_gateway.errors import ConfigError
from dlp_gateway.web.server import run_console
from dlp_gateway.web.settings import console_settings

KEY = b"k" * 32


def settings(url: str) -> dict[str, object]:
    return console_settings(Config(console=Console(url=url, session_minutes=30)), KEY)


def test_by_tls_cookies_are_for_this_host_alone_and_browsers_never_come_otherwise() -> None:
    made = settings("https://check.council.example:8443")
    assert made["SECURE_HSTS_SECONDS"] == 31_536_000
    for name in ("SESSION", "CSRF"):
        assert str(made[f"{name}_COOKIE_NAME"]).startswith("__Host-")
        assert made[f"{name}_COOKIE_SECURE"] is True
        assert made[f"{name}_COOKIE_HTTPONLY"] is True
        assert made[f"{name}_COOKIE_SAMESITE"] in ("Lax", "Strict")
    assert made["ALLOWED_HOSTS"] == ["check.council.example"]
    assert made["CSRF_TRUSTED_ORIGINS"] == ["https://check.council.example:8443"]
    assert made["SESSION_COOKIE_AGE"] == 1800


def test_on_this_machine_alone_it_works_without_tls() -> None:
    made = settings("http://127.0.0.1:8025")
    assert made["SECURE_HSTS_SECONDS"] == 0
    assert made["SESSION_COOKIE_SECURE"] is False


def test_the_key_of_sessions_is_made_of_the_consoles_and_is_not_it() -> None:
    secret = str(settings("https://a.example")["SECRET_KEY"])
    assert len(secret) == 64
    assert secret != KEY.hex()
    assert secret != console_settings(Config(console=Console(url="https://a.example")), b"o" * 32)["SECRET_KEY"]


def test_a_console_without_its_address_does_not_start() -> None:
    with pytest.raises(ConfigError, match=r"console\.url: is not set"):
        run_console(Config(), ready=lambda: None)
