"""What TLS a route, or a server of any other kind, must have, as the `ssl` context that makes it so."""

from __future__ import annotations

import ssl
from pathlib import Path

from ..config_ways import Route
from ..errors import ConfigError, Fault


def tls_context(name: str, route: Route) -> ssl.SSLContext | None:
    """The context for STARTTLS on this route, None where TLS is never used.

    TLS 1.2 or later always. A verified route trusts `ca_file`, or the system's certificates, and checks
    the name; tls `may` encrypts without knowing to whom, which protects against listeners only
    (RFC 7435). Raises ConfigError when `ca_file` can't be used.
    """
    if not route.verified and route.tls == "none":
        return None
    if route.verified:
        context = verifying_context(route.ca_file, f"ca_file of route “{name}”")
        _show(context, name, route)
        return context
    return unverifying_context()


def verifying_context(ca_file: Path | None, what: str) -> ssl.SSLContext:
    """TLS 1.2 or later with a certificate for the name, by an authority of `ca_file` or, with None, of the system's.

    Raises ConfigError when `ca_file`, called `what` in the text, can't be used.
    """
    context = _client_context()
    if ca_file is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return context
    try:
        context.load_verify_locations(cafile=str(ca_file))
    except (OSError, ssl.SSLError) as error:
        broken = isinstance(error, ssl.SSLError)
        reason = "is not a PEM file of certificates" if broken else f"can't be read ({error.strerror})"
        raise ConfigError([Fault(file=str(ca_file), text=f"{what} {reason}")]) from None
    return context


def unverifying_context() -> ssl.SSLContext:
    """TLS 1.2 or later with whoever is there."""
    context = _client_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _client_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _show(context: ssl.SSLContext, name: str, route: Route) -> None:
    if route.certificate is None:
        return
    try:
        context.load_cert_chain(route.certificate.certificate, route.certificate.key)
    except (OSError, ssl.SSLError):
        raise ConfigError(
            [
                Fault(
                    file=str(route.certificate.certificate),
                    text=f"certificate of route “{name}” and its key can't be used: both must be readable PEM files "
                    "that belong together, the key without a passphrase",
                )
            ]
        ) from None
