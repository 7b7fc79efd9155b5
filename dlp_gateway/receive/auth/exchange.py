"""The conversations of AUTH PLAIN (RFC 4616) and LOGIN, from mechanism and initial response to credentials."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable

from ...model import Reply
from .. import reply
from .account import Credentials

Ask = Callable[[bytes], Awaitable[bytes | None]]
"""Says a challenge and answers the client's line, base64 as it came; None where that line was refused already."""


class ExchangeError(Exception):
    """There are no credentials; `reply` says why, None where the client has heard it."""

    def __init__(self, why: Reply | None) -> None:
        super().__init__()
        self.reply = why


async def plain(initial: bytes | None, ask: Ask) -> Credentials:
    """Authorisation identity, name and password in one response."""
    fields = (await _response(initial, ask, b"")).split(b"\0")
    if len(fields) != 3:
        raise ExchangeError(reply.BAD_CREDENTIALS)
    authorised, name, password = fields
    if authorised not in (b"", name):  # nobody acts for somebody else here
        raise ExchangeError(reply.WRONG_CREDENTIALS)
    return _credentials(name, password)


async def login(initial: bytes | None, ask: Ask) -> Credentials:
    """Name, then password; clients compare with these two words."""
    name = await _response(initial, ask, b"Username:")
    return _credentials(name, await _response(None, ask, b"Password:"))


MECHANISMS: dict[str, Callable[[bytes | None, Ask], Awaitable[Credentials]]] = {"PLAIN": plain, "LOGIN": login}


async def _response(initial: bytes | None, ask: Ask, challenge: bytes) -> bytes:
    """One response, decoded. Raises ExchangeError."""
    if initial == b"=":
        return b""  # RFC 4954, 4: an initial response that is there, and empty
    line = await ask(challenge) if initial is None else initial
    if line is None:
        raise ExchangeError(None)
    if initial is None and line == b"*":
        raise ExchangeError(reply.AUTHENTICATION_ABORTED)
    try:
        return b64decode(line, validate=True)
    except Base64Error:
        raise ExchangeError(reply.BAD_BASE64) from None


def _credentials(name: bytes, password: bytes) -> Credentials:
    try:
        credentials = Credentials(name=name.decode("utf-8"), password=password.decode("utf-8"))
    except UnicodeDecodeError:
        raise ExchangeError(reply.BAD_CREDENTIALS) from None
    if "\0" in credentials.name + credentials.password:
        raise ExchangeError(reply.BAD_CREDENTIALS)
    if not credentials.name or not credentials.password:  # nobody's; some directories take no password for no question
        raise ExchangeError(reply.WRONG_CREDENTIALS)
    return credentials
