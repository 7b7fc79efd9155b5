"""What goes out for a delivery: the message with its changes, our header fields, and the signature over both."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from .. import metrics
from ..change.header import add_trigger, loop_mark, remove_secure_request, strip_marks
from ..change.received import received_field
from ..change.values import USUAL, Manner
from ..config import Config
from ..log import event
from ..model import Action, Delivery, Message
from ..octets import Octets, Piece, edited, of_pieces, pieces
from ..pool import Pool
from .dkim_signing import DkimSigner
from .sealing import Sealer

_log = logging.getLogger("dlp_gateway.act")

NO_REVERSE_PATH = "no reverse-path"
TOO_LARGE = "larger than the next hop takes"
ADDED = "added"
ENCRYPTED = "encrypted: "

SMALLEST_LIMIT = 65536
"""RFC 1870, 6.1 and RFC 5321, 4.5.3.1.7: every server takes at least 64K octets, so nobody is asked about less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Octets that go out, in pieces that follow one another. `notes` say in fixed words which changes of
    the delivery were left undone and why, and how it was encrypted to a recipient's key."""

    pieces: tuple[Piece, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def octets(self) -> Octets:
        return of_pieces(self.pieces)


@dataclass(slots=True, kw_only=True)
class WireMaker:
    """Makes what goes out with the services of one gateway process.

    `size_limit` says what the next hop of a route takes at most (RFC 1870), None or 0 where nobody knows.
    `manner` is the policy's; it is replaced when rules are reloaded.
    """

    config: Config
    mark_key: bytes
    pool: Pool
    sealer: Sealer
    signer: DkimSigner
    size_limit: Callable[[str], Awaitable[int | None]]
    manner: Manner = USUAL

    async def make(self, message: Message, delivery: Delivery, *, sent_by_us: bool = True) -> Wire:
        """Raises TemporaryError when a worker could not make the changes, RecipientNotEncryptedError when its route
        encrypts to the recipient's key and that can't be done. What is not `sent_by_us` but by the mail server that
        shows it gets no Received field of ours: it never left that server."""
        trace = received_field(message, self.config.hostname) if sent_by_us else b""
        trace += loop_mark(message.id, self.mark_key)
        plain = edited(message.octets, lambda header: strip_marks(header, self.mark_key))
        octets, notes = await self._changed(message, delivery, plain)
        wire = await self._finished(message, delivery, trace, octets)
        if sent_by_us and octets is not plain and await self._too_large(delivery.route, wire):
            octets, notes = plain, (TOO_LARGE,)
            wire = await self._finished(message, delivery, trace, octets)
        if delivery.changes:
            _tell(message, notes, edited=octets is not plain)
        return Wire(pieces=wire.pieces, notes=(*notes, *wire.notes))

    async def _changed(self, message: Message, delivery: Delivery, octets: Octets) -> tuple[Octets, tuple[str, ...]]:
        """The message after its changes (the very same octets where there are none), and what was left undone."""
        if not delivery.changes:
            return octets, ()
        # A bounce is never edited (docs/way-of-a-message.md): whoever reads it compares it with what was sent.
        if message.envelope.reverse_path is None:
            return octets, (NO_REVERSE_PATH,)
        manner = replace(self.manner, signed_later=self.signer.signs(octets))
        changed = await self.pool.change(octets, delivery.changes, manner)
        # An edit only ever adds, so that the length tells whether there was one.
        return octets if len(changed.octets) == len(octets) else changed.octets, changed.notes

    async def _finished(self, message: Message, delivery: Delivery, trace: bytes, octets: Octets) -> Wire:
        notes: tuple[str, ...] = ()
        route = self.config.routes.get(delivery.route)
        if self.config.remove_secure_request and delivery.action is Action.ENCRYPT:
            octets = edited(octets, remove_secure_request)
        if route is not None and route.kind == "gateway":
            octets = edited(
                octets, partial(add_trigger, subject_trigger=route.subject_trigger, header_trigger=route.header_trigger)
            )
        elif route is not None and route.with_key:
            (recipient,) = delivery.recipients
            sealed = await self.sealer.seal(delivery.route, octets, recipient)
            octets, notes = sealed.octets, (ENCRYPTED + sealed.words,)
        # Last of all: whatever came after it would break it.
        signature = await self.signer.sign(octets, message.received_at)
        return Wire(pieces=(signature + trace, *pieces(octets)), notes=notes)

    async def _too_large(self, route: str, wire: Wire) -> bool:
        size = sum(map(len, wire.pieces))
        if size <= SMALLEST_LIMIT:
            return False
        limit = await self.size_limit(route)
        return bool(limit) and limit is not None and size > limit


def told_of(notes: Sequence[str]) -> str:
    """What became of a copy on its way out, for an administrator who looks at a message's story."""
    left_out = [note for note in notes if not note.startswith(ENCRYPTED)]
    sealed = [f"{note.capitalize()}." for note in notes if note.startswith(ENCRYPTED)]
    return " ".join([f"Disclaimer: {', '.join(left_out)}."] * bool(left_out) + sealed)


def _tell(message: Message, notes: tuple[str, ...], *, edited: bool) -> None:
    for result in (ADDED,) if edited else notes:
        metrics.disclaimers.labels(result).inc()
    if notes:
        event(_log, "disclaimer:left_out", message_id=message.id, edited=edited, why=list(notes))
