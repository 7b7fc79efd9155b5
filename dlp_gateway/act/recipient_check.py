"""Whether the next hop would take a recipient: it is asked as a delivery would ask it (MAIL, RCPT), and then no more
(RSET). What it said is remembered for some minutes."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from ..errors import NextHopError
from ..model import MailParams
from .smtp_client import SmtpClient
from .smtp_wire import make_transaction

ASK_SECONDS = 10.0
SILENT_SECONDS = 30.0
KEEP_SECONDS = 300.0
MOST_KEPT = 10_000
MOST_CONNECTIONS = 5
MOST_ON_ONE = 50
"""Questions on one connection. Postfix answers slowly after 100 RSET (smtpd_junk_command_limit)."""


class RecipientCheck:
    """Asks one next hop, over connections of its own: deliveries never wait for them."""

    def __init__(self, client: SmtpClient, clock: Callable[[], float] = time.monotonic) -> None:
        """`client` is that of deliveries."""
        self._client = client.sister(max_connections=MOST_CONNECTIONS, max_messages=MOST_ON_ONE)
        self._clock = clock
        self._silent_until = float("-inf")
        self._kept: OrderedDict[tuple[str | None, str, MailParams], tuple[float, str]] = OrderedDict()

    async def ask(self, reverse_path: str | None, recipient: str, params: MailParams) -> str:
        """The next hop's reply to the recipient as one line, or to MAIL where it refuses that. One for now (4yz) is
        asked for anew each time. Raises NextHopError where it does not answer, or rests since it did not."""
        wishes = MailParams(body=params.body, smtputf8=params.smtputf8, require_tls=params.require_tls)
        asked = (reverse_path, recipient, wishes)
        now = self._clock()
        kept = self._kept.get(asked)
        if kept is not None and now < kept[0]:
            return kept[1]
        if self._client.rest.resting:
            raise NextHopError(self._client.rest.reason)
        if now < self._silent_until:
            raise NextHopError("the next hop did not answer about a recipient lately")
        question = make_transaction(reverse_path, (recipient,), wishes, (), b"")
        try:
            async with asyncio.timeout(ASK_SECONDS):
                reply = await self._client.ask_recipient(question)
        except TimeoutError:
            self._silent_until = self._clock() + SILENT_SECONDS  # or each of a hundred recipients would wait as long
            raise NextHopError(f"the next hop did not answer about a recipient within {ASK_SECONDS:g} s") from None
        if reply.taken or reply.permanent:
            self._kept[asked] = (now + KEEP_SECONDS, str(reply))
            self._kept.move_to_end(asked)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return str(reply)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()
