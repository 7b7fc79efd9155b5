"""Log-ins passed through to the next hop: it is asked whether it would take them, over verified TLS only.

The password is used for that question and forgotten. Mail goes on over the gateway's own connections, with the
gateway's own log-in: held mail is sent days later, and nobody's password may be kept for that (decision 0026).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...config_access import Authentication
from ...errors import NextHopError
from .account import Account, Accounts, AccountsSilentError, Credentials, named_by_pattern

AskNextHop = Callable[[str, str, str, float], Awaitable[int]]
"""Route, name, password, seconds: the code of the next hop's reply to AUTH. Raises NextHopError."""

_RIGHT = 235
_WRONG = frozenset({534, 535})  # RFC 4954, 6


class NextHopAccounts(Accounts):
    """Whoever the next hop knows."""

    def __init__(self, settings: Authentication, route: str, ask: AskNextHop) -> None:
        self._settings = settings
        self._route = route
        self._ask = ask

    @property
    def offered(self) -> bool:
        return True

    async def check(self, credentials: Credentials, ip: str) -> Account | None:  # noqa: ARG002 - it knows only us
        try:
            code = await self._ask(self._route, credentials.name, credentials.password, self._settings.seconds)
        except NextHopError as error:
            raise AccountsSilentError("the next hop could not be asked") from error
        if code == _RIGHT:
            return self.named(credentials.name)
        if code in _WRONG:
            return None
        raise AccountsSilentError(f"the next hop answered {code} to a log-in")

    def named(self, name: str) -> Account | None:
        return named_by_pattern(name, self._settings.addresses)
