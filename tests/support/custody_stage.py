"""Many messages through one real gateway core, each told what becomes of its recipients, up to one place where all
of them stop; there the process is killed.

What is real: the pipeline, carrier, preparer, store and SMTP client, and next hops on sockets that outlive the
process. What is told: the verdicts, by the recipient's address (`custody_model`).
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dlp_gateway.act.carry_out import Carrier
from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.config import Route
from dlp_gateway.decide import load_rulebook
from dlp_gateway.model import (
    Action,
    Controls,
    Disposition,
    Envelope,
    Inspection,
    Message,
    Question,
    RecipientClass,
    Verdict,
)
from dlp_gateway.pipeline import Pipeline
from dlp_gateway.receive.reply import reply_for, reply_for_error
from dlp_gateway.rules_folder import load_texts
from tests.support.custody_model import HELD, REJECTED, SECOND, STEPS, Case, reached
from tests.support.fake_next_hop import Act, Answer, FakeNextHop
from tests.support.gateway_stand import KEYS, GatewayStand

AUTHOR = "o@council.example"
_ACTIONS = {SECOND: Action.ENCRYPT, HELD: Action.HOLD, REJECTED: Action.REJECT}
_RULEBOOK = load_rulebook(load_texts(None))


def hop_script(dot: str) -> dict[str, Answer]:
    """What the next hop of all cases with this reply to the final dot says."""
    script: dict[str, Answer] = {"DOT": Act.TAKE_AND_DROP if dot == "lost" else f"{dot} {dot[0]}.0.0 so be it"}
    for n in range(3):
        script[f"RCPT later-{n}@{dot}.example"] = "450 4.2.1 full"
        script[f"RCPT never-{n}@{dot}.example"] = "550 5.1.1 nobody"
    return script


class Stops:
    """The place where everything stops, and how much has come there or to its end."""

    def __init__(self, point: str, expected: int, told: Callable[[], None]) -> None:
        self._point = point
        self._left = expected
        self._told = told

    async def pass_by(self, place: str) -> None:
        if place == self._point:
            self.arrived()
            await asyncio.Event().wait()

    def arrived(self) -> None:
        self._left -= 1
        if not self._left:
            self._told()


class Halting:
    """A real part that stops for ever before or after one of its methods, if that is the place."""

    def __init__(self, part: Any, stops: Stops) -> None:
        self._part = part
        self._stops = stops

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._part, name)
        if not inspect.iscoroutinefunction(value) or name not in STEPS:
            return value
        return self._passing(name, value)

    def _passing(self, name: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def passing(*arguments: Any, **named: Any) -> Any:
            await self._stops.pass_by(f"before {name}")
            try:
                result = await call(*arguments, **named)
            finally:  # a step that raises is over, too
                await self._stops.pass_by(f"after {name}")
            return Halting(result, self._stops) if name == "prepare" else result

        return passing


class ToldPipeline(Pipeline):
    """Whose verdicts follow from the recipients' addresses."""

    async def inspect(self, message: Message, attempt: str, rulebook: Any) -> Inspection:
        controls = Controls(author=AUTHOR, author_count=1, message_id_header=f"<{message.id}@council.example>")
        return Inspection(question=Question(), controls=controls)

    def judge(self, message: Message, inspection: Inspection, facts: Any, rulebook: Any) -> tuple[Verdict, ...]:
        return tuple(_verdict(recipient) for recipient in message.envelope.recipients)


def _verdict(recipient: str) -> Verdict:
    wish, dot = recipient.partition("-")[0], recipient.partition("@")[2].removesuffix(".example")
    action = _ACTIONS.get(wish, Action.RELAY)
    return Verdict(
        recipient=recipient,
        recipient_class=RecipientClass.UNAPPROVED,
        action=action,
        route=f"secure-{dot}" if action is Action.ENCRYPT else f"relay-{dot}",
        reasons=("An NHS number was found.",) if action >= Action.HOLD else (),
    )


def make_stand(folder: Path, ports: Mapping[str, int], database: Path | None = None) -> GatewayStand:
    """A stand with a plain and a second route to the next hop of each reply to the final dot."""
    routes = {
        f"{way}-{dot}": Route(kind=kind, next_hop=f"127.0.0.1:{port}", tls="none", max_connections=1000)
        for dot, port in ports.items()
        for way, kind in (("relay", "relay"), ("secure", "gateway"))
    }
    hop = FakeNextHop()
    hop.port = ports["250"]
    return GatewayStand(folder, hop, routes=routes, database=database)


def make_pipeline(stand: GatewayStand, stops: Stops | None = None) -> Pipeline:
    store, relay, preparer = (
        (part if stops is None else Halting(part, stops)) for part in (stand.store, stand.relay, stand.preparer)
    )
    carrier = Carrier(store=store, relay=relay, preparer=preparer, next_hop_seconds=60, final_dot_seconds=60)
    return ToldPipeline(
        config=stand.config,
        rulebook=_RULEBOOK,
        mark_key=KEYS.mark,
        pool=stand.pool,
        store=stand.store,
        carrier=carrier,
        preparer=stand.preparer,
        relay=stand.relay,
        ways=stand.ways,
        learner=stand.learner,
    )


def message_of(case: Case, attempt: int = 1) -> Message:
    octets = f"From: {AUTHOR}\r\nMessage-ID: <{case.name}@council.example>\r\n\r\nHello\r\n".encode()
    envelope = Envelope(reverse_path=AUTHOR, recipients=case.recipients, vouches_for_sender=True)
    return Message(id=f"{case.name}.{attempt}", envelope=envelope, octets=octets, received_at=datetime.now(UTC))


async def answer(pipeline: Pipeline, message: Message) -> tuple[str, Sequence[Disposition]]:
    """(code of our reply, dispositions), as the edge in `receive` makes it."""
    try:
        dispositions = await pipeline.handle_message(message, ClientWatch())
    except Exception as error:  # noqa: BLE001 - as the edge does
        return str(reply_for_error(error, message.id).code), ()
    return str(reply_for(dispositions, message.id).code), dispositions


def run_to_the_point(
    folder: Path, database: Path, ports: Mapping[str, int], cases: Sequence[Case], point: str, pipe: Connection
) -> None:
    """The body of the process that is killed: sends (case, code heard) for each reply that a client heard, and None
    once every message stands at the point or is at its end."""
    asyncio.run(_run(folder, database, ports, [c for c in cases if reached(c, point)], point, pipe))


async def _run(
    folder: Path, database: Path, ports: Mapping[str, int], cases: Sequence[Case], point: str, pipe: Connection
) -> None:
    stand = make_stand(folder, ports, database)
    stops = Stops(point, len(cases), lambda: pipe.send(None))
    pipeline = make_pipeline(stand, stops)

    async def through(case: Case) -> None:
        code, _ = await answer(pipeline, message_of(case))
        await stops.pass_by("before answer")
        pipe.send((case.name, code))
        await stops.pass_by("after answer")
        await stops.pass_by("before mark_answered")
        stand.store.mark_answered(f"{case.name}.1")
        await stand.store.flush()
        await stops.pass_by("after mark_answered")
        stops.arrived()

    await asyncio.gather(*(through(case) for case in cases))
    await asyncio.Event().wait()  # until we are killed
