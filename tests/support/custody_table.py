"""Run many messages to one step of their way, kill the gateway there, and compare every recipient with the model."""

from __future__ import annotations

import asyncio
import email
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dlp_gateway.config import Config
from dlp_gateway.store import Store
from dlp_gateway.store.models import Delivery
from tests.support.custody_model import (
    DOTS,
    Case,
    Fate,
    after_the_crash,
    after_the_retry,
    reached,
)
from tests.support.custody_stage import answer, hop_script, make_pipeline, make_stand, message_of, run_to_the_point
from tests.support.fake_next_hop import FakeNextHop
from tests.support.forks import pipe, start_process
from tests.support.gateway_stand import KEYS, GatewayStand
from tests.support.hop_thread import running_hop


@contextmanager
def running_hops() -> Iterator[dict[str, FakeNextHop]]:
    """One next hop for each reply to the final dot."""
    with ExitStack() as stack:
        yield {dot: stack.enter_context(running_hop(hop_script(dot))) for dot in DOTS}


def migrated_database(folder: Path) -> Path:
    """A migrated database with nothing in it."""
    settings = Config().store.model_copy(update={"url": f"sqlite:///{folder / 'gateway.db'}", "spool": folder})
    Store.open(settings, KEYS, gateway_id="template", role="cli").close()
    return folder / "gateway.db"


async def check_the_table(folder: Path, database: Path, point: str, cases: Sequence[Case]) -> None:
    """Kill a gateway that has all these messages in hand at that point; each recipient must then be where the model
    says, and again once every client that heard nothing has tried again."""
    with running_hops() as hops:
        ports = {dot: hop.port for dot, hop in hops.items()}
        heard = killed_at(point, folder, database, ports, cases)
        cases = [case for case in cases if reached(case, point)]
        stand = make_stand(folder, ports)  # opens the store: recovery
        try:
            seen = await fates(stand, hops, cases)
            for case in cases:
                assert (case, heard.get(case.name), seen[case.name]) == (case, *after_the_crash(case, point))
            pipeline = make_pipeline(stand)
            await asyncio.gather(*(answer(pipeline, message_of(case, 2)) for case in cases if case.name not in heard))
            seen = await fates(stand, hops, cases)
            for case in cases:
                assert (case, seen[case.name]) == (case, after_the_retry(case, point))
        finally:
            await stand.close()


def killed_at(point: str, folder: Path, database: Path, ports: dict[str, int], cases: Sequence[Case]) -> dict[str, str]:
    """Run a gateway until everything stands at that point, and kill it; answers what clients heard."""
    here, there = pipe()
    process = start_process(run_to_the_point, folder, database, ports, cases, point, there)
    there.close()
    heard = {}
    try:
        while True:
            assert here.poll(120), f"not every message came {point}, or to its end"
            told = here.recv()
            if told is None:
                return heard
            heard[told[0]] = told[1]
    finally:
        process.kill()
        process.join()


async def fates(
    stand: GatewayStand, hops: dict[str, FakeNextHop], cases: Sequence[Case]
) -> dict[str, tuple[Fate, ...]]:
    """Where each recipient's message stands, looked up at the next hops and in the database itself."""
    at_hop = Counter(
        (_name(taken.octets), line.partition(b"<")[2].partition(b">")[0].decode())
        for hop in hops.values()
        for taken in hop.taken
        for line in taken.rcpts
    )
    kept: Counter[tuple[str, str, str]] = Counter()
    await stand.store.flush()
    for message_id, kind, octets_key, recipients in await stand.store._read(_rows):
        name = message_id.rpartition(".")[0]
        if kind == "notice":
            kept.update((name, "told", r) for r in _told_of(await stand.store.unseal(octets_key)))
        else:
            kept.update((name, kind, recipient) for recipient in recipients)
    return {
        case.name: tuple(
            Fate(
                at_hop=at_hop[case.name, r],
                queued=kept[case.name, "queue", r],
                held=kept[case.name, "hold", r],
                told=kept[case.name, "told", r],
            )
            for r in case.recipients
        )
        for case in cases
    }


def _rows(alias: str) -> list[tuple[str, str, str, list[str]]]:
    """Deliveries that are ours: (message, kind, octets, recipients)."""
    rows = Delivery.objects.using(alias).filter(state__in=("live", "held"))
    return [(row.message_id, row.kind, row.octets_key, json.loads(row.recipients)) for row in rows]


def _name(octets: bytes) -> str:
    return str(email.message_from_bytes(octets)["Message-ID"]).strip("<>").partition("@")[0]


def _told_of(octets: bytes) -> list[str]:
    """Recipients of whom this notice of ours says that they did not get the message."""
    notice = email.message_from_bytes(octets)
    if notice.get_content_type() == "multipart/report":
        blocks = next(part for part in notice.walk() if part.get_content_type() == "message/delivery-status")
        return [str(block["Final-Recipient"]).partition(";")[2] for block in blocks.get_payload()[1:]]
    plain = next(part for part in notice.walk() if part.get_content_type() == "text/plain")
    paragraphs = plain.get_payload(decode=True).decode().replace("\r\n", "\n").split("\n\n")
    listed = [p for p in paragraphs if p.startswith(("NOT SENT to:", "Rejected, and never sent to:"))]
    return [line[2:] for p in listed for line in p.splitlines() if line.startswith("- ")]
