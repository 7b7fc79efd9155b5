"""Django's settings for the console, from the configuration. What Django has for safety is switched on here."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from ..config import Config
from ..keys import secret_in

_SECURITY = "django.middleware.security.SecurityMiddleware"
YEAR_SECONDS = 31_536_000
FORM_BYTES = 2 * 1024 * 1024
"""The largest form: a whole registry or policy, as administrators import and write it."""

DOCUMENT_BYTES = 4_000_000
"""The largest document that can be given to the console; the command takes any."""

BODY_BYTES = DOCUMENT_BYTES + 512 * 1024
"""The largest request: a document with the fields of its form."""

HEADER_BYTES = 64 * 1024

ACCOUNT_APPS = (
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
)
"""What signs people in; each brings its own tables, which the console's first start makes."""

# Named here, since nothing of the library can be imported before these settings stand.
PASSKEY_FORMS = {
    "authenticate_webauthn": "dlp_gateway.web.passkeys.SecondFactorForm",
    "login_webauthn": "dlp_gateway.web.passkeys.SignInForm",
    "reauthenticate_webauthn": "dlp_gateway.web.passkeys.ConfirmForm",
}

OIDC = "council"
"""The id of the one identity provider, in addresses of ours."""


def console_settings(config: Config, key: bytes) -> dict[str, Any]:
    """`key` is the console's; `config.console.url` must be set. Whoever comes by https never comes otherwise."""
    assert config.console.url is not None
    url = urlsplit(config.console.url)
    secure = url.scheme == "https"
    prefix = "__Host-" if secure else ""  # RFC 6265bis, 4.1.3.2: for this host alone, over TLS alone
    return _account_settings(config) | {
        "INSTALLED_APPS": ACCOUNT_APPS,
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
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "allauth.account.middleware.AccountMiddleware",
            "dlp_gateway.web.access.Gate",
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
        # No text of a document lies in a file, not even for a moment.
        "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.MemoryFileUploadHandler"],
        "FILE_UPLOAD_MAX_MEMORY_SIZE": BODY_BYTES,
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


def _account_settings(config: Config) -> dict[str, Any]:
    """Signing in: django-allauth does it, by our names and times."""
    times = config.console
    return {
        "AUTHENTICATION_BACKENDS": [
            "allauth.account.auth_backends.AuthenticationBackend",
            *_directory(config),
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "home",
        # One process serves all pages: what it counts in memory, it counts for everybody. A restart forgets it.
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        "ALLAUTH_TRUSTED_PROXY_COUNT": times.web_servers,
        "ACCOUNT_ADAPTER": "dlp_gateway.web.account_adapters.AccountAdapter",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": "name",
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": times.fresh_minutes * 60,
        # By name as well as by address: five wrong passwords for one account, from wherever they come.
        "ACCOUNT_RATE_LIMITS": {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key", "reauthenticate": "10/m/user"},
        "MFA_ADAPTER": "dlp_gateway.web.account_adapters.MfaAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes", "webauthn"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_FORMS": PASSKEY_FORMS,
        "MFA_ALLOW_UNVERIFIED_EMAIL": True,  # nobody signs up here: an account is made by an administrator
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
        "MFA_TOTP_TOLERANCE": 1,  # a telephone's clock may be half a minute out
        "SOCIALACCOUNT_ADAPTER": "dlp_gateway.web.account_adapters.SocialAdapter",
        "SOCIALACCOUNT_AUTO_SIGNUP": True,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": _providers(config)}},
    }


def _directory(config: Config) -> list[str]:
    """What asks the council's directory. Raises ConfigError when the file with its password can't be read."""
    ldap = config.console.ldap
    if ldap is None:
        return []
    secret_in(ldap.password_file)  # now, not when somebody signs in
    return ["dlp_gateway.web.directory_sign_in.DirectoryBackend"]


def _providers(config: Config) -> list[dict[str, Any]]:
    """Raises ConfigError when the file with the secret can't be read."""
    oidc = config.console.oidc
    if oidc is None:
        return []
    secret = (secret_in(oidc.client_secret_file) or "").strip()
    settings = {"server_url": oidc.issuer, "oauth_pkce_enabled": True}
    return [
        {
            "provider_id": OIDC,
            "name": oidc.name,
            "client_id": oidc.client_id,
            "secret": secret,
            "settings": settings,
        }
    ]
