"""Django, set up once per process; databases added as stores are opened.

A process may open several stores (tests do), each under a database alias of its own. The console adds
its own settings by calling `set_up` with them before anything else.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.apps import apps
from django.conf import settings
from django.db import connections

from ..errors import ConfigError, Fault

BASE_APPS = (
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "dlp_gateway.store",
)

_SQLITE_OPTIONS = {
    "timeout": 10,  # seconds to wait for another process's transaction (busy_timeout)
    "transaction_mode": "IMMEDIATE",  # a transaction that reads first and writes later would fail at once when busy
    # FULL: with NORMAL a power cut takes the last acknowledged commits with it.
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON",
}

# NCSC and NIST SP 800-63B, 3.1.1: long, not among those that everybody tries; no rules on kinds of characters.
_PASSWORD_RULES = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

_lock = threading.Lock()


def set_up(url: str | None = None, extra: Mapping[str, Any] | None = None) -> None:
    """Configure Django unless that was done; `url` becomes the database "default".

    `extra` are settings of the console; INSTALLED_APPS in it are added to ours.
    """
    with _lock:
        if not settings.configured:
            chosen = dict(extra or {})
            added = tuple(chosen.pop("INSTALLED_APPS", ()))
            settings.configure(
                **{
                    "DATABASES": {"default": database_settings(url) if url else {}},
                    "INSTALLED_APPS": [*BASE_APPS, *(app for app in added if app not in BASE_APPS)],
                    "AUTH_USER_MODEL": "store.User",
                    "AUTH_PASSWORD_VALIDATORS": _PASSWORD_RULES,
                    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
                    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
                    "USE_TZ": True,
                    "TIME_ZONE": "UTC",
                    "LOGGING_CONFIG": None,  # log.py decides about logging
                    **chosen,
                }
            )
        if not apps.ready:
            django.setup()


def alias_of(url: str) -> str:
    """The database alias of this address, made when it is new: "default" where that is its address."""
    wanted = database_settings(url)
    with _lock:
        for alias, known in connections.databases.items():
            if all(known.get(key) == value for key, value in wanted.items()):
                return str(alias)
        alias = f"store-{len(connections.databases)}"
        connections.databases[alias] = connections.configure_settings({"default": wanted})["default"]
        return alias


def database_settings(url: str) -> dict[str, Any]:
    """An address of `store.url` as Django's settings. Raises ConfigError when it can't be one."""
    if url.startswith("sqlite:///"):
        return {
            "ENGINE": "dlp_gateway.store.sqlite_backend",
            "NAME": url.removeprefix("sqlite:///"),
            "OPTIONS": dict(_SQLITE_OPTIONS),
            "CONN_MAX_AGE": None,
        }
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    if not parts.path.strip("/"):
        raise ConfigError([Fault(file="store.url", text="names no database; write postgresql://user@host/database")])
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(options.pop("port", parts.port or "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": None,
    }
