"""The milter on loopback, with a desk behind it that answers by each recipient's domain and keeps what it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from dlp_gateway.change.edits import edits_between
from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.config import Config, Limits, Listeners, Store, Times
from dlp_gateway.config_access import Client
from dlp_gateway.config_milter import MilterListener
from dlp_gateway.model import Disposition, Message, Outcome, Reply
from dlp_gateway.octets import whole
from dlp_gateway.receive.milter import MilterServer
from dlp_gateway.receive.milter_answer import NO_EDITS, MtaAnswer
from dlp_gateway.receive.reply import reply_for

CLIENTS = (
    Client(name="desks", networks=("10.0.0.0/8",)),
    Client(name="shared", networks=("10.9.0.0/16",), addresses=("*@council.example",)),
    Client(name="slow", networks=("10.8.0.0/16",), messages_per_minute=2, recipients_per_minute=3),
)
_OUTCOMES = {"left": Outcome.RELAYED, "ours": Outcome.HELD, "rejected": Outcome.REJECTED}


class Desk:
    """left.example stays with the mail server, ours.example with us, rejected.example is refused; bug.example is a
    fault of ours, slow.example stays with the mail server after `go_on`."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.watches: list[ClientWatch] = []
        self.admission: Reply | None = None
        self.shown = asyncio.Event()
        self.go_on = asyncio.Event()

    async def take(self, message: Message, watch: ClientWatch) -> MtaAnswer:
        self.messages.append(message)
        self.watches.append(watch)
        self.shown.set()
        kinds = {r: r.rpartition("@")[2].removesuffix(".example") for r in message.envelope.recipients}
        if "bug" in kinds.values():
            raise ValueError("secret words")
        if "slow" in kinds.values():
            await self.go_on.wait()
        outcomes = [Disposition(recipient=r, outcome=_OUTCOMES.get(k, Outcome.RELAYED)) for r, k in kinds.items()]
        left = tuple(d.recipient for d in outcomes if d.outcome is Outcome.RELAYED)
        changed = b"X-Mark: 1\r\n" + whole(message.octets).replace(b"Minutes of\r\n\tTuesday", b"Minutes")
        edits = edits_between(whole(message.octets), changed + b"-- \r\nA disclaimer\r\n") if left else NO_EDITS
        return MtaAnswer(reply=reply_for(outcomes, message.id), left=left, edits=edits)


@asynccontextmanager
async def milter(folder: Path, desk: Desk, *, tcp: bool = False, **options: Any) -> AsyncIterator[MilterServer]:
    """`options`: limits, fields of the listener, `patience_seconds` and `spool`."""
    listener: dict[str, Any] = {"port": 0} if tcp else {"path": folder / "milter.sock"}
    listener |= {key: options.pop(key) for key in list(options) if key in MilterListener.model_fields}
    times = {key: options.pop(key) for key in list(options) if key in Times.model_fields}
    spool = options.pop("spool", folder)
    config = Config(
        listeners=Listeners(milter=(MilterListener(vouches_for_sender=True, **listener),)),
        clients=CLIENTS,
        limits=Limits(**options),
        times=Times(**times),
        store=Store(spool=spool),
    )
    server = MilterServer(config, desk.take, lambda: desk.admission)
    await server.start()
    try:
        yield server
    finally:
        await server.drain(0.05)
