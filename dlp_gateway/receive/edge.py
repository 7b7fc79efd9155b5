"""The one place where whatever went wrong with a message becomes a reply."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from .. import log, metrics
from ..client_watch import ClientWatch
from ..errors import MessageRefusedError, NextHopDeferredError, TemporaryError
from ..model import Message, Reply
from .reply import reply_for_error

TakeMessage = Callable[[Message, ClientWatch], Awaitable[Reply]]

_log = logging.getLogger("dlp_gateway.receive")


async def answer(take_message: TakeMessage, message: Message, watch: ClientWatch) -> Reply:
    """Hand the message on; an exception becomes 4yz, or its own code if it refuses the message on purpose."""
    try:
        reply = await take_message(message, watch)
    except Exception as error:  # noqa: BLE001 - the edge: whatever a bug of ours is, the client keeps its message
        reply = reply_for(error, message.id)
    metrics.messages.labels(reply.code).inc()
    return reply


def refusal_by(admission: Callable[[], Reply | None]) -> Reply | None:
    """What `admission` says; what can't be asked is not admitted."""
    try:
        return admission()
    except Exception as error:  # noqa: BLE001 - the edge
        return reply_for(error)


def no_room_by(admission: Callable[[], Reply | None]) -> Reply | None:
    """Why a message that is on its way can't be kept any more; None where it can."""
    refusal = refusal_by(admission)
    # What has begun may still end when the gateway is about to stop.
    return None if refusal is None or refusal.code == 421 else refusal


def reply_for(error: Exception, message_id: str = "") -> Reply:
    """The reply to an error, which is logged by type and place: its text might quote the message."""
    reply = reply_for_error(error, message_id)
    fields: dict[str, Any] = {"message_id": message_id, "code": reply.code, "enhanced_code": reply.enhanced_code}
    if isinstance(error, MessageRefusedError | NextHopDeferredError):
        log.event(_log, "message:refused", **fields)
    elif isinstance(error, TemporaryError):
        log.event(_log, "message:deferred", level=logging.WARNING, **fields, error=log.place_of(error))
    else:
        log.fault(_log, "message:failed", error, **fields)
    return reply
