"""What a session may do: who is a client, who has logged in, under which names and how fast they may send."""

# ruff: noqa: N802 - aiosmtpd names a command's method after the command

from __future__ import annotations

import logging
from base64 import b64encode

from .. import log, metrics
from ..model import Reply
from . import reply
from .auth import Account
from .auth.exchange import MECHANISMS
from .auth.log_in import log_in
from .service import Service
from .tellers import Tellers
from .tls.listener_tls import ListenerTls

_log = logging.getLogger("dlp_gateway.receive")

MAX_AUTH_OCTETS = 12288  # RFC 4954, 4
MAX_AUTH_ATTEMPTS = 3


class Rights(Tellers):
    """Rights of the client of a session, and of its account."""

    def __init__(self, service: Service, client_ip: str | None, listener_tls: ListenerTls | None) -> None:
        super().__init__(service, client_ip)
        self._listener_tls = listener_tls
        self._auth_attempts = 0

    # To send at all --------------------------------------------------------------------------------

    def why_stranger(self) -> Reply:
        """What would let the client in; only who is named by its address, or can't log in, hears of certificates."""
        missing = self.service.clients.missing(self.ip, self.certificate)
        log.event(
            _log, "session:not-a-client", certificate=self.certificate and self.certificate.fingerprint, why=missing
        )
        by_password = self._listener_tls is not None and self.service.accounts.offered
        if by_password and not self.service.clients.named_at(self.ip):
            return reply.AUTHENTICATION_NEEDED
        if missing is None or self._listener_tls is None:
            return reply.NOT_A_CLIENT
        if not self.tls:
            return reply.CERTIFICATE_FIRST
        return reply.WRONG_CERTIFICATE if missing else reply.NO_CERTIFICATE

    def why_not(self, reverse_path: str | None) -> Reply | None:
        """Why the client may not begin a message with that reverse-path now; None when it may."""
        if self._account is not None:
            refusal = None if self._account.may_use(reverse_path) else reply.REVERSE_PATH_NOT_YOURS
        else:
            own = self.client is not None and self.service.clients.may_use(self.client, reverse_path)
            refusal = None if own else reply.REVERSE_PATH_NOT_THIS_HOSTS
        if refusal is not None:
            log.event(_log, "session:reverse-path-refused", client=self._name)
            return refusal
        return None if self._may_begin() else reply.TOO_MANY_MESSAGES_A_MINUTE

    def vouches_for(self, reverse_path: str | None) -> bool:
        """Whether it is proven that the author is who the reverse-path says."""
        if self.client is not None and self.client.vouches_for_sender:
            return True
        return self._account is not None and self._account.owns(reverse_path)

    def may_name_another(self) -> bool:
        """Whether the client may name one more recipient now."""
        client = None if self.client is None else self.client.recipients_per_minute
        return self._within("recipients", client, self.service.config.authentication.recipients_per_minute)

    def _may_begin(self) -> bool:
        client = None if self.client is None else self.client.messages_per_minute
        return self._within("messages", client, self.service.config.authentication.messages_per_minute)

    def _within(self, what: str, of_client: int | None, of_account: int | None) -> bool:
        bounds = []
        if self.client is not None and of_client is not None:
            bounds.append((f"{what} client {self.client.name}", of_client))
        if self._account is not None and of_account is not None:
            bounds.append((f"{what} account {self._account.name}", of_account))
        if not bounds or self.service.rates.take(bounds, self.loop.time()):
            return True
        metrics.rates_exceeded.labels(what).inc()
        log.event(_log, "session:too-fast", level=logging.WARNING, client=self._name, what=what)
        return False

    # AUTH ------------------------------------------------------------------------------------------

    async def smtp_AUTH(self, argument: bytes) -> None:
        mechanism, *initial = argument.split() or [b""]
        name = mechanism.upper().decode("ascii", "replace")
        if not self.service.accounts.offered:
            self._refuse(reply.NO_AUTHENTICATION_HERE)
        elif not self.tls:
            self._refuse(reply.TLS_BEFORE_AUTHENTICATION)
        elif not self._helo or self._account is not None or self._transaction is not None:
            self._refuse(reply.NO_AUTHENTICATION_NOW)
        elif not mechanism or len(initial) > 1:
            self._refuse(reply.BAD_PARAMETER)
        elif name not in MECHANISMS:
            self._refuse(reply.UNKNOWN_MECHANISM)
        else:
            await self._log_in(name, initial[0] if initial else None)

    async def _log_in(self, mechanism: str, initial: bytes | None) -> None:
        self._auth_attempts += 1
        service = self.service
        found = await log_in(
            service.accounts,
            service.throttle,
            self._challenge,
            mechanism=mechanism,
            initial=initial,
            ip=self.ip,
            seconds=service.config.authentication.seconds,
        )
        if isinstance(found, Account):
            self._account = found
            self._say(reply.AUTHENTICATED)
            return
        if found is not None:
            self._refuse(found)
        log.event(_log, "session:authentication-failed", level=logging.WARNING, client=self._name)
        if self._auth_attempts >= MAX_AUTH_ATTEMPTS:
            self.end(reply.TOO_MANY_ERRORS)

    async def _challenge(self, challenge: bytes) -> bytes | None:
        """Ask the client for one part of its credentials; None when its line was refused. Never logged."""
        self._out.append(b"334 " + b64encode(challenge) + b"\r\n")
        return await self._read_line(MAX_AUTH_OCTETS, reply.AUTHENTICATION_LINE_TOO_LONG)
