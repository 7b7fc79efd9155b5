"""Our SMTP client: pooled connections, pipelined commands, and a transaction in two steps.

`prepare` sends everything up to but without the final dot: nothing can be delivered yet, and every
trouble is a NextHopError after which nobody has the message but the sender. `Prepared.commit` sends
the dot: silence after it is an InDoubtError (RFC 1047). What stands on the wire is made and checked
in `smtp_wire.py`; one connection is in `smtp_connection.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import Self, TypeVar

from ..errors import InDoubtError, NextHopError
from ..model import MailParams, RecipientParams
from ..octets import Octets, Piece
from .hop_rest import HopRest
from .smtp_connection import Connection, NextHop, open_connection
from .smtp_wire import (
    Features,
    RawReply,
    SmtpReply,
    Transaction,
    known_refusals,
    mail_command,
    make_transaction,
    rcpt_commands,
    smtp_reply,
    xforward_commands,
)

__all__ = ["NextHop", "Prepared", "SmtpClient", "SmtpReply"]

T = TypeVar("T")

ASK_AGAIN_SECONDS = 60.0
LOG_INS_AT_ONCE = 5

EIGHT_BIT_NOTE = "sent with 8-bit octets although the next hop does not offer 8BITMIME"


class Prepared:
    """A transaction that lacks only its final dot; nothing is delivered before `commit`.

    `accepted` and `refused` together are all recipients, each in the order given. With `accepted` empty
    the transaction is over already and `refused` says why. `notes` says in fixed words what was sent
    otherwise than the standards ask; `dsn` whether the next hop was told the wishes for reports (RFC 3461).
    Used as a context manager it aborts when left uncommitted.
    """

    def __init__(
        self,
        client: SmtpClient,
        connection: Connection | None,
        accepted: tuple[str, ...],
        refused: Mapping[str, SmtpReply],
        notes: tuple[str, ...] = (),
        *,
        dsn: bool = False,
    ) -> None:
        self.accepted = accepted
        self.refused: Mapping[str, SmtpReply] = MappingProxyType(dict(refused))
        self.notes = notes
        self.dsn = dsn
        self._client = client
        self._connection = connection

    async def commit(self, timeout: float) -> SmtpReply:  # noqa: ASYNC109 - one budget over several waits; its end is an error of ours
        """Send the final dot and answer the next hop's reply, which is for all of `accepted`.

        Never cancel it: the outcome would be unknown. Raises NextHopError when the connection was lost
        before the dot (nothing was delivered), InDoubtError when no sensible reply came after it within
        `timeout` seconds. Raises ValueError when there is nothing to commit.
        """
        connection = self._take()
        if connection is None:
            raise ValueError("there is nothing to commit")
        clean = False
        try:
            early = connection.early_reply()
            if early is not None:
                return smtp_reply(early)
            connection.write(b".\r\n")
            try:
                async with asyncio.timeout(timeout):
                    reply = await connection.reply_after_dot()
            except TimeoutError:
                raise InDoubtError(f"{connection.name} gave no reply to the final dot within {timeout:g} s") from None
            clean = 200 <= reply[0] < 300 and not self.refused
            return smtp_reply(reply)
        finally:
            self._client.give_back(connection, clean=clean)

    async def abort(self) -> None:
        """Close without the dot: the next hop drops what it has. Does nothing after `commit`."""
        connection = self._take()
        if connection is not None:
            connection.abort()
            self._client.give_back(connection, clean=False)

    def _take(self) -> Connection | None:
        connection, self._connection = self._connection, None
        return connection

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.abort()


class SmtpClient:
    """Transactions with one next hop, over connections that are kept and used again."""

    def __init__(self, next_hop: NextHop, rest: HopRest | None = None) -> None:
        self.rest = rest or HopRest()
        self._next_hop = next_hop
        self._slots = asyncio.Semaphore(next_hop.max_connections)
        self._log_ins = asyncio.Semaphore(LOG_INS_AT_ONCE)
        self._idle: list[Connection] = []  # the one used last stands last
        self._sweep: asyncio.TimerHandle | None = None
        self._closed = False
        self.features: Features | None = None  # of its last greeting
        self._greeted_at = float("-inf")  # by the loop's clock
        self._ask_again_at = 0.0  # by the loop's clock, when it did not even greet us

    async def prepare(
        self,
        reverse_path: str | None,
        recipients: Sequence[str],
        params: MailParams,
        recipient_params: Sequence[RecipientParams],
        octets: Octets | Sequence[Piece],
        timeout: float,  # noqa: ASYNC109 - one budget over several waits; its end is an error of ours
    ) -> Prepared:
        """Send everything but the final dot, all in at most `timeout` seconds.

        `recipient_params` is empty or in the order of `recipients`; `octets` is the message in one piece
        or in several that follow one another, CRLF line ends, not dot-stuffed. Raises NextHopError when
        the next hop can't be reached, does not meet what its TLS must be, is lost, says 421 or talks
        nonsense. Raises ValueError, before a byte is written, for what must never be sent
        (`make_transaction`).
        """
        transaction = make_transaction(reverse_path, recipients, params, recipient_params, octets)
        try:
            async with asyncio.timeout(timeout):
                return await self._prepare(transaction)
        except TimeoutError:
            raise NextHopError(f"{self._next_hop.name} did not get to the final dot within {timeout:g} s") from None

    async def size_limit(self, timeout: float) -> int | None:  # noqa: ASYNC109 - one budget over several waits; its end is an error of ours
        """The largest message, in octets, that the next hop said it takes (RFC 1870) when it last greeted us; None
        where it named none. Greets one that we have not met. Raises NextHopError."""
        clock = asyncio.get_running_loop().time
        if self.features is None:
            if clock() < self._ask_again_at:  # else every large message would wait for a next hop that is down
                raise NextHopError(f"{self._next_hop.name} did not answer lately")
            self._ask_again_at = clock() + ASK_AGAIN_SECONDS
            self.features = await self._greeted(timeout)
        return self.features.size or None

    async def refresh(self, older_seconds: float, timeout: float) -> None:  # noqa: ASYNC109 - as above
        """Greet the next hop where its last greeting is that old, so that `features` are of today. Raises
        NextHopError; then they stay what they were."""
        if asyncio.get_running_loop().time() - self._greeted_at >= older_seconds:
            await self._greeted(timeout)

    async def _greeted(self, timeout: float) -> Features:  # noqa: ASYNC109 - as above
        try:
            async with asyncio.timeout(timeout), self._slots:
                connection = self._learned(await open_connection(self._next_hop))
        except TimeoutError:
            raise NextHopError(f"{self._next_hop.name} did not answer within {timeout:g} s") from None
        self._end(connection, clean=True)  # the next delivery takes it over
        return connection.features

    def _learned(self, connection: Connection) -> Connection:
        self.features = connection.features
        self._greeted_at = asyncio.get_running_loop().time()
        return connection

    async def probe(self, timeout: float) -> str:  # noqa: ASYNC109 - one budget over several waits; its end is an error of ours
        """Connect, greet, secure, log in, and say in words what the next hop is like. Raises NextHopError."""
        try:
            async with asyncio.timeout(timeout):
                connection = await open_connection(self._next_hop)
        except TimeoutError:
            raise NextHopError(f"{self._next_hop.name} did not answer within {timeout:g} s") from None
        words = f"{self._next_hop.name} answers; {connection.tls_words}"
        if missing := connection.features.missing:
            words += f"; does not offer {', '.join(missing)}"
        connection.quit()
        return words

    async def ask_recipient(self, question: Transaction) -> SmtpReply:
        """The next hop's reply to a transaction's one recipient, or to its MAIL where it refuses that; no message
        follows. May be cancelled. Raises NextHopError."""
        async with self._slots:
            return await self._on_a_connection(lambda connection: self._ask(connection, question))

    def sister(self, *, max_connections: int, max_messages: int) -> SmtpClient:
        """Another client of the same next hop, which knows with this one when it rests."""
        terms = replace(self._next_hop, max_connections=max_connections, max_messages=max_messages)
        return SmtpClient(terms, self.rest)

    async def log_in(self, user: str, password: str, timeout: float) -> int:  # noqa: ASYNC109 - one budget over several waits; its end is an error of ours
        """Whether the next hop takes these credentials: the code of its reply to AUTH, on a connection of its own that
        carries no mail. Raises NextHopError."""
        asked = replace(self._next_hop, user=None, require_tls=False)
        try:
            async with asyncio.timeout(timeout), self._log_ins:
                connection = await open_connection(asked)
                try:
                    return await connection.log_in(user, password)
                finally:
                    connection.quit()
        except TimeoutError:
            raise NextHopError(f"{self._next_hop.name} did not answer within {timeout:g} s") from None

    async def close(self) -> None:
        """Close the idle connections, and those in use as they come back."""
        self._closed = True
        self._drop_idle()
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    async def _prepare(self, transaction: Transaction) -> Prepared:
        await self._slots.acquire()
        prepared = None
        try:
            prepared = await self._on_a_connection(lambda connection: self._attempt(connection, transaction))
            return prepared
        finally:
            if prepared is None or not prepared.accepted:
                self._slots.release()

    async def _on_a_connection(self, use: Callable[[Connection], Awaitable[T]]) -> T:
        connection = self._idle_connection()
        if connection is not None:
            try:
                return await use(connection)
            except NextHopError:
                if connection.answered:
                    raise
            # An idle connection that died unseen says nothing about the next hop, but much about
            # its sisters: most likely the next hop was restarted.
            self._drop_idle()
        return await use(await self._opened())

    async def _ask(self, connection: Connection, question: Transaction) -> SmtpReply:
        connection.begin()
        features = connection.features
        known = known_refusals(question, features, eight_bit_as_is=self._next_hop.eight_bit_as_is)
        if known:
            self._end(connection, clean=True)
            return known[question.recipients[0]]
        mail = mail_command(question, features, require_tls=self._next_hop.require_tls)
        commands = (mail, *rcpt_commands(question, question.recipients, features), b"RSET\r\n")
        try:
            if features.pipelining:
                replies = await connection.exchange(b"".join(commands), len(commands))
            else:
                replies = [(await connection.exchange(command, 1))[0] for command in commands]
            refused = _refused(connection, replies[0], replies[1:2], question.recipients)
        except BaseException:
            connection.abort()
            raise
        self._end(connection, clean=not refused and replies[-1][0] < 300)
        return refused.get(question.recipients[0]) or smtp_reply(replies[1])

    async def _opened(self) -> Connection:
        try:
            connection = await open_connection(self._next_hop)
        except BaseException as error:  # also when our time for it is over
            known = isinstance(error, NextHopError)
            self.rest.failed(str(error) if known else f"{self._next_hop.name} did not answer in time")
            raise
        self.rest.answered()
        return self._learned(connection)

    async def _attempt(self, connection: Connection, transaction: Transaction) -> Prepared:
        """The transaction on this connection, which is closed unless the answer holds it."""
        connection.begin()
        features = connection.features
        refused = known_refusals(transaction, features, eight_bit_as_is=self._next_hop.eight_bit_as_is)
        wanted = tuple(r for r in transaction.recipients if r not in refused)
        accepted: tuple[str, ...] = ()
        try:
            if wanted:
                refused |= await self._commands(connection, transaction, wanted)
                accepted = tuple(r for r in wanted if r not in refused)
            if accepted:
                early = await connection.write_body(transaction.chunks)
                if early is not None:
                    refused |= dict.fromkeys(accepted, smtp_reply(early))
                    accepted = ()
        except BaseException:
            connection.abort()
            raise
        in_order = {r: refused[r] for r in transaction.recipients if r in refused}
        if not accepted:
            self._end(connection, clean=not wanted)
            return Prepared(self, None, (), in_order)
        notes = (EIGHT_BIT_NOTE,) if transaction.needs_eight_bit and not features.eight_bit else ()
        return Prepared(self, connection, accepted, in_order, notes, dsn=features.dsn)

    async def _commands(
        self, connection: Connection, transaction: Transaction, wanted: tuple[str, ...]
    ) -> dict[str, SmtpReply]:
        """MAIL, RCPT and DATA; answers the refused of `wanted`. When it answers fewer than all, the next
        hop waits for the body."""
        mail = mail_command(transaction, connection.features, require_tls=self._next_hop.require_tls)
        rcpts = rcpt_commands(transaction, wanted, connection.features)
        # Whatever the next hop answers to these: they are for its record, and the message goes without.
        origin = xforward_commands(transaction, connection.features) if self._next_hop.tell_origin else []
        if connection.features.pipelining:
            replies = await connection.exchange(
                b"".join((*origin, mail, *rcpts, b"DATA\r\n")), len(origin) + len(rcpts) + 2
            )
            mail_reply, *rcpt_replies, data_reply = replies[len(origin) :]
            refused = _refused(connection, mail_reply, rcpt_replies, wanted)
            if len(refused) == len(wanted):
                if data_reply[0] == 354:  # it waits for a body nevertheless: only cutting it off is safe
                    connection.abort()
                return refused
        else:
            for line in origin:
                await connection.exchange(line, 1)
            mail_reply = (await connection.exchange(mail, 1))[0]
            refused = _refused(connection, mail_reply, [], wanted)
            if refused:
                return refused
            rcpt_replies = [(await connection.exchange(rcpt, 1))[0] for rcpt in rcpts]
            refused = _refused(connection, mail_reply, rcpt_replies, wanted)
            if len(refused) == len(wanted):
                return refused
            data_reply = (await connection.exchange(b"DATA\r\n", 1))[0]
        if data_reply[0] == 354:
            return refused
        if data_reply[0] < 400:
            raise NextHopError(f"{connection.name} answered {data_reply[0]} to DATA")
        return dict.fromkeys(wanted, smtp_reply(data_reply)) | refused

    def _idle_connection(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.fit():
                return connection
            connection.quit()
        return None

    def give_back(self, connection: Connection, *, clean: bool) -> None:
        """A Prepared is done with its connection: only for Prepared."""
        self._end(connection, clean=clean)
        self._slots.release()

    def _end(self, connection: Connection, *, clean: bool) -> None:
        """Keep a connection whose transaction went well, close any other: next hops count errors per
        session and slow down or hang up after some (Postfix: smtpd_soft_error_limit)."""
        connection.rest()
        if not clean or self._closed or not connection.fit():
            connection.quit()
            return
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(self._next_hop.idle_seconds, self._close_stale)

    def _close_stale(self) -> None:
        self._sweep = None
        fit = [connection for connection in self._idle if connection.fit()]
        stale = [connection for connection in self._idle if connection not in fit]
        self._idle = fit
        for connection in stale:
            connection.quit()
        if fit and not self._closed:
            self._sweep = asyncio.get_running_loop().call_later(self._next_hop.idle_seconds / 2, self._close_stale)

    def _drop_idle(self) -> None:
        for connection in self._idle:
            connection.quit()
        self._idle.clear()


def _refused(
    connection: Connection, mail: RawReply, rcpts: Sequence[RawReply], wanted: tuple[str, ...]
) -> dict[str, SmtpReply]:
    """Who is refused by the reply to MAIL, or else by the reply to their own RCPT."""
    for code, _lines in (mail, *rcpts):
        if 300 <= code < 400:
            raise NextHopError(f"{connection.name} answered {code} to MAIL or RCPT")
    if mail[0] >= 400:
        return dict.fromkeys(wanted, smtp_reply(mail))
    return {r: smtp_reply(reply) for r, reply in zip(wanted, rcpts, strict=False) if reply[0] >= 400}
