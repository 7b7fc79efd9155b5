"""The ways out: the next hop's client for each named route, and its replies as outcomes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from .. import metrics
from ..config import Config
from ..config_ways import Route
from ..errors import ConfigError, Fault, NextHopError
from ..log import event
from ..model import MailParams, Outcome, RecipientParams
from ..octets import Octets, Piece
from .direct.deliver import DirectDelivery
from .hop_rest import HopRest
from .recipient_check import RecipientCheck
from .smtp_client import NextHop, Prepared, SmtpClient
from .smtp_wire import Features
from .transact import Delivered, Mail, all_of, transact
from .transport_security import tls_context

_log = logging.getLogger("dlp_gateway.act")

SIZE_SECONDS = 5.0  # to ask a next hop for its largest message; a delivery has its own time after that


class Relay:
    """One client for each route of the configuration."""

    def __init__(self, config: Config, direct: DirectDelivery) -> None:
        """Reads passwords and certificates. Raises ConfigError with every fault found."""
        self._times = config.times
        self._retry = config.retry
        self._clients: dict[str, SmtpClient] = {}
        self._direct: dict[str, DirectDelivery] = {}
        self._tireless: dict[str, HopRest] = {}
        self._carried_by: dict[str, str] = {}
        faults: list[Fault] = []
        for name in config.key_routes:
            self._carried_by[name] = config.way_of(name)
        for name, route in config.routes.items():
            if route.with_key:
                continue
            if route.direct:
                self._direct[name] = direct
                self._tireless[name] = HopRest()
                continue
            try:
                self._clients[name] = SmtpClient(_next_hop(name, route, config.hostname), self._rest_of(name))
            except ConfigError as error:
                faults += error.faults
        if faults:
            raise ConfigError(faults)

    async def prepare(
        self,
        route: str,
        reverse_path: str | None,
        recipients: Sequence[str],
        params: MailParams,
        recipient_params: Sequence[RecipientParams],
        octets: Octets | Sequence[Piece],
        timeout: float | None = None,  # noqa: ASYNC109 - one budget over several waits; its end is an error of ours
    ) -> Prepared:
        """Send by that route everything but the final dot (`SmtpClient.prepare`); `timeout` in seconds,
        by default `times.next_hop_seconds`. Raises NextHopError, also for a route that does not exist."""
        seconds = self._times.next_hop_seconds if timeout is None else timeout
        return await self._client(route).prepare(reverse_path, recipients, params, recipient_params, octets, seconds)

    async def deliver(
        self,
        route: str,
        reverse_path: str | None,
        recipients: Sequence[str],
        params: MailParams,
        recipient_params: Sequence[RecipientParams],
        octets: Octets | Sequence[Piece],
        timeout: float | None = None,  # noqa: ASYNC109 - one budget over several waits; its end is an error of ours
    ) -> Delivered:
        """One whole delivery: one disposition per recipient, in order: relayed, deferred, refused or in
        doubt. Raises nothing that the world can cause; `timeout` as in `prepare`, and the reply to
        the final dot is waited for `times.final_dot_seconds`. While the next hop rests nothing is tried: all deferred.
        """
        mail = Mail(
            reverse_path=reverse_path,
            recipients=tuple(recipients),
            params=params,
            recipient_params=tuple(recipient_params),
            octets=octets,
        )
        seconds = self._times.next_hop_seconds if timeout is None else timeout
        final_dot_seconds = self._times.final_dot_seconds
        way = self._carried_by.get(route, route)
        if way in self._direct:
            return await self._direct[way].deliver(mail, seconds=seconds, final_dot_seconds=final_dot_seconds)
        client = self._clients.get(way)
        if client is not None and client.rest.resting:
            return Delivered(dispositions=all_of(recipients, Outcome.DEFERRED, client.rest.reason))
        try:
            return await transact(self._client(route), mail, seconds=seconds, final_dot_seconds=final_dot_seconds)
        except NextHopError as error:
            return Delivered(dispositions=all_of(recipients, Outcome.DEFERRED, error))

    async def size_limit(self, route: str) -> int | None:
        """The largest message, in octets, that the route's next hop takes (RFC 1870), as it said when it last
        greeted us; it is asked where it never did. None where it names none or can't be asked now."""
        try:
            return await self._client(route).size_limit(min(self._times.next_hop_seconds, SIZE_SECONDS))
        except NextHopError:
            return None

    def features(self, route: str) -> Features | None:
        """What the route's next hop said when it last greeted us; None where it never did."""
        return self._client(route).features

    async def refresh(self, route: str, older_seconds: float) -> None:
        """Greet the route's next hop where its last greeting is that old. Raises NextHopError."""
        await self._client(route).refresh(older_seconds, self._times.next_hop_seconds)

    def rests(self) -> Mapping[str, HopRest]:
        """How the next hop of each route answered lately. A route that leads to many next hops never rests."""
        rests = {name: client.rest for name, client in self._clients.items()} | self._tireless
        return rests | {name: rests[way] for name, way in self._carried_by.items()}

    async def probe(self, route: str) -> str:
        """What the route's next hop is like, in words, for `doctor`. Raises NextHopError."""
        direct = self._direct.get(self._carried_by.get(route, route))
        if direct is not None:
            return await direct.probe()
        return await self._client(route).probe(self._times.next_hop_seconds)

    async def log_in(self, route: str, user: str, password: str, seconds: float) -> int:
        """The code by which the route's next hop answers a user's log-in. Raises NextHopError."""
        return await self._client(route).log_in(user, password, seconds)

    def recipient_check(self, route: str) -> RecipientCheck:
        """What asks the route's next hop about recipients; whoever takes it closes it."""
        return RecipientCheck(self._client(route))

    async def close(self) -> None:
        """Close all connections that are not in use."""
        for direct in self._direct.values():
            await direct.close()
        for client in self._clients.values():
            await client.close()

    def _rest_of(self, route: str) -> HopRest:
        def told(failures: int, seconds: float) -> None:
            metrics.hop_rests.labels(route).inc()
            event(
                _log, "next_hop:rests", route=route, failures=failures, seconds=round(seconds, 1), level=logging.WARNING
            )

        return HopRest(self._retry.rest_seconds, self._retry.rest_max_seconds, told=told)

    def _client(self, route: str) -> SmtpClient:
        client = self._clients.get(self._carried_by.get(route, route))
        if client is None:
            raise NextHopError(f"the configuration has no route “{route}”")
        return client


def _next_hop(name: str, route: Route, helo: str) -> NextHop:
    if route.user is not None and not route.verified:
        raise ConfigError(
            [Fault(file=f"routes.{name}", text="user would tell its password to anybody who answers; set tls: verify")]
        )
    return NextHop(
        host=route.host,
        port=route.port,
        helo=helo,
        tls=tls_context(name, route),
        tls_required=route.verified,
        tls_name=route.tls_name or "",
        user=route.user,
        password=_password(name, route),
        max_connections=route.max_connections,
        require_tls=route.require_tls,
        eight_bit_as_is=route.kind == "relay",
        tell_origin=route.kind == "relay",
    )


def _password(name: str, route: Route) -> str:
    if route.user is None:
        return ""
    if route.password_file is None:
        raise ConfigError([Fault(file=f"routes.{name}", text="user needs a password_file")])
    try:
        password = route.password_file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            [Fault(file=str(route.password_file), text=f"password_file of route “{name}” can't be read as UTF-8 text")]
        ) from None
    if not password or "\0" in password:
        raise ConfigError(
            [Fault(file=str(route.password_file), text=f"password_file of route “{name}” holds no password")]
        )
    return password
