from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

import pytest

from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.errors import MessageRefusedError, NextHopDeferredError, StoreUnavailableError
from dlp_gateway.model import Envelope, Message, Reply
from dlp_gateway.receive.edge import answer
from dlp_gateway.receive.reply import OK

MESSAGE = Message(
    id="0abc",
    envelope=Envelope(reverse_path=None, recipients=("secret@x.example",)),
    octets=b"secret\r\n",
    received_at=datetime(2026, 1, 1, tzinfo=UTC),
)


async def reply_to(error: BaseException | None) -> Reply:
    async def take(message: Message, watch: ClientWatch) -> Reply:
        if error is not None:
            raise error
        return OK

    return await answer(take, MESSAGE, ClientWatch())


async def test_a_reply_of_the_handler_passes() -> None:
    assert await reply_to(None) is OK


@pytest.mark.parametrize(
    ("error", "code", "event"),
    [
        (StoreUnavailableError("secret"), 451, "message:deferred"),
        (NextHopDeferredError("450 4.2.0 later"), 450, "message:refused"),
        (MessageRefusedError("secret"), 554, "message:refused"),
        (ZeroDivisionError("secret"), 451, "message:failed"),
        (UnicodeDecodeError("utf-8", b"secret", 0, 1, "secret"), 451, "message:failed"),
    ],
)
async def test_an_error_is_answered_and_logged_by_type_and_place(
    error: BaseException, code: int, event: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reply = await reply_to(error)
    (record,) = caplog.records
    assert reply.code == code
    assert record.getMessage() == event
    assert "secret" not in repr((vars(record), reply))
    assert "0abc" in repr(vars(record)) + reply.text


async def test_being_cancelled_is_no_answer() -> None:
    with pytest.raises(asyncio.CancelledError):
        await reply_to(asyncio.CancelledError())
