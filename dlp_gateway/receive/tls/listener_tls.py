"""The TLS of one listener: its certificate, read anew when its files change. A pair that can't be used is told of,
and the one before it stays in use."""

from __future__ import annotations

import asyncio
import logging
import ssl
from datetime import UTC, datetime

from cryptography import x509

from ... import log, metrics
from ...config_access import SmtpListener, Tls
from ...errors import ConfigError, Fault
from ...file_watch import FileWatch
from .peer import AskingContext

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:DHE+AESGCM:!aNULL:!SHA1:@SECLEVEL=2"
"""For TLS 1.2: forward secrecy only. CBC with SHA-2 stays, without which Exchange on Windows Server 2012 R2 has nothing
in common with an RSA certificate."""

_log = logging.getLogger("dlp_gateway.receive")


class ListenerTls:
    """`context` is for the next handshake: ask for it anew each time. Raises ConfigError where it can't be made."""

    def __init__(self, listener: SmtpListener, *, ask: bool = False) -> None:
        """`ask`: clients are asked for their certificates."""
        assert listener.tls is not None, "only for a listener with a certificate"
        self._name = f"{listener.host}:{listener.port}"
        self._tls = listener.tls
        self._watch = FileWatch((self._tls.certificate, self._tls.key))
        self._ask = ask
        self.context: ssl.SSLContext | AskingContext = make_context(self._tls, ask=ask)
        self.broken = False
        self._ends_at = certificate_ends_at(self._tls)
        self._count()

    async def look(self, *, at_once: bool = False) -> None:
        """Take up files that were changed; `at_once`: without waiting until they are quiet."""
        self._count()
        if not await asyncio.to_thread(self._watch.changed, at_once=at_once):
            return
        try:
            self.context = await asyncio.to_thread(make_context, self._tls, ask=self._ask)
            self._ends_at = await asyncio.to_thread(certificate_ends_at, self._tls)
        except ConfigError as error:
            self.broken = True
            faults = [str(one) for one in error.faults]
            log.fault(_log, "certificate:passed_over", error, listener=self._name, faults=faults)
            return
        self.broken = False
        self._count()
        log.event(_log, "certificate:taken_up", listener=self._name, ends_at=self._ends_at.isoformat())

    def _count(self) -> None:
        days = (self._ends_at - datetime.now(UTC)).total_seconds() / 86400
        metrics.listener_certificate_days.labels(self._name).set(round(days, 2))


def make_context(tls: Tls, *, ask: bool = False) -> ssl.SSLContext | AskingContext:
    """A server's context, TLS 1.2 or later. Raises ConfigError where certificate and key are no pair."""
    plain = _make_plain(tls)  # its faults have words; pyOpenSSL's have none
    return AskingContext(tls, CIPHERS) if ask else plain


def _make_plain(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    try:
        context.load_cert_chain(tls.certificate, tls.key)
    except OSError as error:  # ssl.SSLError is one
        raise unusable(tls, error.strerror if not isinstance(error, ssl.SSLError) else None) from None
    return context


def unusable(tls: Tls, why: str | None) -> ConfigError:
    """The error of a certificate or key that can't be used; the key is not named: both are to be looked at."""
    text = f"certificate and key can't be used ({why or 'not a pair in PEM'})"
    return ConfigError([Fault(file=str(tls.certificate), text=text)])


def certificate_ends_at(tls: Tls) -> datetime:
    """When the listener's certificate ends. Raises ConfigError where the file holds none."""
    try:
        certificates = x509.load_pem_x509_certificates(tls.certificate.read_bytes())
    except (OSError, ValueError):
        raise unusable(tls, None) from None
    return certificates[0].not_valid_after_utc
