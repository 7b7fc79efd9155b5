"""Log-ins checked by Dovecot: its authentication protocol, version 1, as a client (doc.dovecot.org, "Dovecot
Authentication Protocol").

One connection carries all requests, each by its number, and is opened anew when it was lost.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from base64 import b64encode

from ...config_access import Authentication
from .account import Account, Accounts, AccountsSilentError, Credentials, named_by_pattern

MAX_LINE_OCTETS = 16384  # AUTH_CLIENT_MAX_LINE_LENGTH of Dovecot
_SOMETHING_ELSE = "Dovecot's socket spoke something else than its protocol"
_UNESCAPED = {"0": "\0", "1": "\1", "t": "\t", "r": "\r", "l": "\n"}


class DovecotAccounts(Accounts):
    """Whoever Dovecot knows. The account's name is as Dovecot writes it, which may differ from what was typed."""

    def __init__(self, settings: Authentication) -> None:
        assert settings.socket is not None, "the configuration sees to that"
        self._settings = settings
        self._socket = settings.socket
        self._link: _Link | None = None
        self._opening = asyncio.Lock()

    @property
    def offered(self) -> bool:
        return True

    async def check(self, credentials: Credentials, ip: str) -> Account | None:
        link = await self._connected()
        name = await link.ask(credentials, ip)
        return None if name is None else self.named(name)

    async def greet(self) -> None:
        """Find out whether it is there. Raises AccountsSilentError."""
        await self._connected()

    def named(self, name: str) -> Account | None:
        return named_by_pattern(name, self._settings.addresses)

    async def close(self) -> None:
        if self._link is not None:
            self._link.close()
            await self._link.gone

    async def _connected(self) -> _Link:
        async with self._opening:
            if self._link is None or self._link.lost:
                self._link = await self._open()
            return self._link

    async def _open(self) -> _Link:
        loop = asyncio.get_running_loop()
        link = _Link(loop)
        host, _, port = self._socket.rpartition(":")
        try:
            if self._socket.startswith("/"):
                await loop.create_unix_connection(lambda: link, self._socket)
            else:
                await loop.create_connection(lambda: link, host.strip("[]"), int(port))
        except OSError as error:
            raise AccountsSilentError(f"Dovecot's socket can't be opened ({error.strerror})") from None
        try:
            await link.ready
        except BaseException:  # also when our time for it is over
            link.close()
            raise
        return link


class _Link(asyncio.Protocol):
    """One connection, and who waits on it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.ready: asyncio.Future[None] = loop.create_future()
        self.gone: asyncio.Future[None] = loop.create_future()
        self.lost = False
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._input = bytearray()
        self._waiting: dict[int, asyncio.Future[str | None]] = {}
        self._last = 0
        self._greeted = False
        self._plain = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is one in deed, not in descent
        # Two gateways in containers may have the same process id, which Dovecot would take for a fault of theirs.
        self._write(f"VERSION\t1\t1\nCPID\t{secrets.randbelow(2**31 - 1) + 1}\n")

    def data_received(self, data: bytes) -> None:
        self._input += data
        while (end := self._input.find(b"\n")) >= 0:
            line = self._input[:end].decode("utf-8", "replace")
            del self._input[: end + 1]
            self._hear(line.split("\t"))
        if len(self._input) > MAX_LINE_OCTETS:
            self._fail(_SOMETHING_ELSE)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - what matters is that it is lost
        self._fail("Dovecot closed its socket")
        self.gone.set_result(None)

    async def ask(self, credentials: Credentials, ip: str) -> str | None:
        """The name as Dovecot writes it, None when it says no."""
        self._last = number = self._last % (2**31 - 1) + 1
        answer: asyncio.Future[str | None] = self._loop.create_future()
        self._waiting[number] = answer
        octets = b64encode(f"\0{credentials.name}\0{credentials.password}".encode()).decode("ascii")
        # no-penalty: our own throttle slows down guessing, and without delays for those who guess nothing.
        options = ("service=smtp", "secured", "nologin", "no-penalty", f"rip={ip}", f"resp={octets}")
        try:
            self._write("\t".join(("AUTH", str(number), "PLAIN", *options)) + "\n")
            return await answer
        except asyncio.CancelledError:
            if len(self._waiting) == 1:
                self.close()  # nobody else waits: it may be hung as a whole
            else:
                self._write(f"CANCEL\t{number}\n")
            raise
        finally:
            self._waiting.pop(number, None)

    def close(self) -> None:
        self._fail("closed by us")

    def _write(self, text: str) -> None:
        if self._transport is not None and not self.lost:
            self._transport.write(text.encode())

    def _hear(self, words: list[str]) -> None:
        if not self._greeted:
            self._greeted = True
            if words[:1] != ["VERSION"]:
                self._fail(_SOMETHING_ELSE)
            elif words[1:2] != ["1"]:
                self._fail("Dovecot's protocol has another version")
        elif words[0] in ("OK", "FAIL", "CONT"):
            self._answer(words)
        elif words[0] == "MECH" and words[1:2] == ["PLAIN"]:
            self._plain = True
        elif words[0] == "DONE" and not self.ready.done():
            if self._plain:
                self.ready.set_result(None)
            else:
                self._fail("Dovecot does not offer PLAIN; name it in auth_mechanisms")

    def _answer(self, words: list[str]) -> None:
        number = words[1] if len(words) > 1 else ""
        answer = self._waiting.get(int(number)) if re.fullmatch(r"[0-9]{1,10}", number) else None
        if answer is None or answer.done():
            return  # to one that was given up
        options = dict(word.partition("=")[::2] for word in words[2:])
        if words[0] == "OK" and "nologin" in options:
            answer.set_result(None)  # one who is let in nowhere, or elsewhere: then the password may be unproven
        elif words[0] == "OK" and options.get("user"):
            answer.set_result(_unescaped(options["user"]))
        elif words[0] == "FAIL" and "temp" not in options and options.get("code") != "temp_fail":
            answer.set_result(None)
        else:
            answer.set_exception(AccountsSilentError("Dovecot could not find out"))

    def _fail(self, why: str) -> None:
        self.lost = True
        if not self.ready.done():
            self.ready.set_exception(AccountsSilentError(why))
            self.ready.exception()  # whoever waits hears it; if nobody does, that is no fault
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(AccountsSilentError(why))
        if self._transport is not None:
            self._transport.abort()


def _unescaped(text: str) -> str:
    """Dovecot's tab-escaping undone."""
    first, *rest = text.split("\1")
    return first + "".join(_UNESCAPED.get(piece[:1], piece[:1]) + piece[1:] for piece in rest)
