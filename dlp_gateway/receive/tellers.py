"""Clients that speak for others: XFORWARD tells of a message's origin for the record; XCLIENT takes another's place."""

# ruff: noqa: N802 - aiosmtpd names a command's method after the command

from __future__ import annotations

import logging
from dataclasses import replace

from .. import log
from ..config_access import Client
from . import reply
from .auth import Account
from .connection import Connection
from .passed_on import XCLIENT, XFORWARD, read_xclient, read_xforward
from .service import Service
from .smtp_codec import MailCommand
from .transaction import Transaction

_log = logging.getLogger("dlp_gateway.receive")


class Tellers(Connection):
    """What a session knows of who the client is, and the commands by which others say so."""

    def __init__(self, service: Service, client_ip: str | None) -> None:
        super().__init__(service, client_ip)
        self._teller: Client | None = None  # who has taken another's place by XCLIENT
        self._place: dict[str, str] = {}  # by XCLIENT, of which several may follow one another
        self._place_is_taken = False  # whoever was named has greeted
        self._origin: dict[str, str] = {}  # by XFORWARD, for the next transaction

    def forget_greeting(self) -> None:
        """Back to where a session begins (RFC 3207, 4.2): nobody has greeted or logged in."""
        self._helo = ""
        self._account: Account | None = None
        self._transaction: Transaction | None = None
        self._origin = {}

    def greet(self, name: str) -> None:
        """Take the client's greeting, by which an open transaction ends."""
        self._helo = name
        self._transaction = None
        self._place_is_taken = self._teller is not None

    def words_for_tellers(self) -> list[str]:
        """What EHLO offers to this client alone."""
        words = []
        if self.client is not None and self.client.xforward:
            words.append(f"XFORWARD {' '.join(XFORWARD)}")
        if self._may_take_places():
            words.append(f"XCLIENT {' '.join(XCLIENT)}")
        return words

    def as_told(self, mail: MailCommand) -> MailCommand:
        """MAIL with what was told of the message's origin, which counts for this transaction alone; for a client whose
        place was taken, what was told of it, and by whom."""
        origin, self._origin = self._origin, {}
        if self._teller is not None:
            place = {name: value for name, value in self._place.items() if name in XFORWARD}
            origin = place | origin | {"BY": self._teller.name}
        if not origin:
            return mail
        return replace(mail, params=replace(mail.params, forwarded=tuple(origin.items())))

    async def smtp_XFORWARD(self, argument: bytes) -> None:
        if self.client is None or not self.client.xforward:
            self._not_yours("xforward")
        elif self._transaction is not None:
            self._refuse(reply.IN_TRANSACTION)
        else:
            self._origin |= read_xforward(argument)
            self._say(reply.OK)

    async def smtp_XCLIENT(self, argument: bytes) -> None:
        if not self._may_take_places():
            self._not_yours("xclient")
        elif self._transaction is not None:
            self._refuse(reply.IN_TRANSACTION)
        else:
            self._take_place(read_xclient(argument))

    def _take_place(self, told: dict[str, str]) -> None:
        place = self._place | told
        login = place.get("LOGIN")
        account = self.service.accounts.named(login) if login else None
        if login and account is None:
            self._refuse(reply.UNKNOWN_LOGIN)
            return
        self._teller = self._teller or self.client
        self._place = place
        self.forget_greeting()
        self._account = account
        self._helo = self._place.get("HELO", "")
        if "ADDR" in told and not self.become(told["ADDR"], self.service.clients.find(told["ADDR"])):
            self.end(reply.TOO_MANY_CONNECTIONS)
        else:
            log.event(_log, "session:spoken-for", teller=self._teller.name if self._teller else "", client=self._name)
            self._out.append(self.service.greeting)

    @property
    def speaks_for_itself(self) -> bool:
        return self._teller is None

    def _may_take_places(self) -> bool:
        """Never by whose place was taken, nor at all once they have greeted: a front server passes on what its client
        writes from then on, and an XCLIENT among it would be that client's own."""
        teller = self._teller or self.client
        return teller is not None and teller.xclient and not self._place_is_taken

    def _not_yours(self, command: str) -> None:
        log.event(_log, "session:speaks-for-others", level=logging.WARNING, command=command, client=self._name)
        self._refuse(reply.NOT_YOURS_TO_SAY)
