"""One attempt to log in, from the command to an account or a refusal: exchange, throttle and accounts together."""

from __future__ import annotations

import asyncio
import logging

from ... import log, metrics
from ...model import Reply
from .. import reply
from .account import Account, Accounts, AccountsSilentError, Credentials
from .exchange import MECHANISMS, Ask, ExchangeError
from .throttle import Throttle

_log = logging.getLogger("dlp_gateway.receive")


async def log_in(
    accounts: Accounts, throttle: Throttle, ask: Ask, *, mechanism: str, initial: bytes | None, ip: str, seconds: float
) -> Account | Reply | None:
    """The account, or why not; None where the client has heard why. `mechanism` is one of MECHANISMS;
    whoever checks passwords has `seconds` for it."""
    try:
        credentials = await MECHANISMS[mechanism](initial, ask)
    except ExchangeError as error:
        _count("malformed")
        return error.reply
    loop = asyncio.get_running_loop()
    pace = throttle.begin(credentials.name, ip, loop.time())
    if pace.refused:
        _count("throttled")
        return reply.TOO_MANY_LOG_INS
    try:
        account = await _checked(accounts, credentials, ip, seconds)
    except AccountsSilentError as error:
        throttle.undecided(credentials.name, ip)
        _count("silent")
        log.fault(_log, "session:accounts-silent", error, why=str(error))
        return reply.LOG_IN_UNAVAILABLE
    if pace.delay_seconds:
        await asyncio.sleep(pace.delay_seconds)
    if account is None:
        _count("wrong")
        return reply.WRONG_CREDENTIALS
    throttle.right(credentials.name, ip)
    _count("right")
    return account


async def _checked(accounts: Accounts, credentials: Credentials, ip: str, seconds: float) -> Account | None:
    try:
        async with asyncio.timeout(seconds):
            return await accounts.check(credentials, ip)
    except TimeoutError:
        raise AccountsSilentError(f"no answer within {seconds:g} s") from None


def _count(result: str) -> None:
    metrics.log_ins.labels(result).inc()
