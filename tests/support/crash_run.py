"""Mail through a gateway that is killed again and again, and the sum at the end: nothing that was
answered 250 may be missing.

Clients number their messages, retry until they hear 250, and note each 250 in a ledger of their own. At
the end the gateway runs once in peace until nothing is left to deliver; then each acknowledged
recipient must be in the next hop's ledger or among the held messages.
"""

from __future__ import annotations

import json
import random
import smtplib
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.gateway_process import GatewayProcess, make_gateway
from tests.support.ledger import UNNUMBERED, Ledger
from tests.support.waiting import wait_until

COLLEAGUE = "colleague@council.example"
HOSPITAL = "ward@hospitals.nhs.example"
STRANGER = "a.stranger@nobody.example"
SUPPLIER = "orders@supplier.example"

_PLAIN = "The meeting is moved to Thursday at ten. Please bring the plans.\r\n"
_SENSITIVE = "Patient Joan Archer, NHS number 943 476 5919, date of birth 12/03/1957, has moved.\r\n"

KINDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("plain", (SUPPLIER,), _PLAIN),
    ("held", (STRANGER,), _SENSITIVE),
    ("split", (COLLEAGUE, HOSPITAL, STRANGER), _SENSITIVE),
)


@dataclass(slots=True)
class Acknowledged:
    """What clients were promised: number of the message -> (kind, recipients)."""

    messages: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The account at the end. `lost` and `leaked` must be empty."""

    kills: int
    acknowledged: int
    recipients: int
    duplicates: int
    lost: tuple[str, ...]
    leaked: tuple[str, ...]  # held for review, and yet delivered
    refused: tuple[str, ...]  # answers other than 250 and 4yz

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.acknowledged} messages acknowledged, {self.recipients} recipients, "
            f"{self.duplicates} duplicates, {len(self.lost)} lost, {len(self.leaked)} leaked, "
            f"{len(self.refused)} refused"
        )


def run_with_kills(
    folder: Path,
    *,
    kills: int,
    seed: int,
    least: int = 0,
    as_command: str | None = None,
    clients: int = 6,
) -> Sum:
    """Kill the gateway `kills` times under load, then add up.

    On a slow machine hardly a message is answered between two kills: each life of the gateway lasts, beyond a time by
    chance, until its part of `least` messages is acknowledged (60 seconds at most).
    """
    chance = random.Random(seed)
    acknowledged = Acknowledged()
    with Ledger() as ledger:
        route = {"kind": "gateway", "next_hop": f"127.0.0.1:{ledger.port}", "tls": "none"}
        routes = {"relay": route | {"kind": "relay"}, "secure": route}
        gateway = make_gateway(folder, routes, as_command=as_command)
        stop = threading.Event()
        senders = [
            threading.Thread(target=_send_until, args=(stop, gateway.port, f"c{n}", acknowledged))
            for n in range(clients)
        ]
        gateway.start()
        for sender in senders:
            sender.start()
        try:
            for killed in range(kills):
                due = least * (killed + 1) // kills
                latest = time.monotonic() + 60
                while len(acknowledged.messages) < due and time.monotonic() < latest:
                    time.sleep(0.05)
                time.sleep(chance.uniform(0.05, 0.6))
                gateway.kill()
                gateway.start()
            time.sleep(0.5)
        finally:
            stop.set()
            for sender in senders:
                sender.join()
        wait_until(lambda: waiting(gateway) == 0, "an empty outbox", seconds=60)
        held = held_pairs(gateway)
        gateway.stop()
        return _add_up(kills, acknowledged, ledger, held)


def _send_until(stop: threading.Event, port: int, client: str, acknowledged: Acknowledged) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        kind, recipients, text = KINDS[number % len(KINDS)]
        name = f"{client}-{number}"
        octets = (
            f"From: <officer@council.example>\r\nTo: <{recipients[0]}>\r\nSubject: Note {name}\r\n"
            f"Message-ID: <{name}@council.example>\r\nX-Ledger: {name}\r\n\r\n{text}"
        )
        while not stop.is_set():
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=30) as session:
                    refused = session.sendmail("officer@council.example", recipients, octets)
                    assert not refused
            except smtplib.SMTPResponseException as error:
                if error.smtp_code >= 500:
                    with acknowledged.lock:
                        acknowledged.refusals.append(f"{name}: {error.smtp_code}")
                    break
            except (OSError, smtplib.SMTPException):
                time.sleep(0.02)  # killed: the gateway comes back
            else:
                with acknowledged.lock:
                    acknowledged.messages[name] = (kind, recipients)
                break


def waiting(gateway: GatewayProcess) -> int:
    """Deliveries that are still to be sent; notices are left out."""
    return len(gateway.rows("SELECT id FROM store_delivery WHERE kind = 'queue' AND state IN ('live', 'sending')"))


def held_pairs(gateway: GatewayProcess) -> set[tuple[str, str]]:
    """(number, recipient) of all that is held."""
    rows = gateway.rows(
        "SELECT m.message_id_header, d.delivery FROM store_delivery d JOIN store_message m ON m.id = d.message_id "
        "WHERE d.kind = 'hold' AND d.state = 'held'",
    )
    return {
        (header.strip("<>").partition("@")[0], recipient)
        for header, delivery in rows
        for recipient in json.loads(delivery)["recipients"]
    }


def _add_up(kills: int, acknowledged: Acknowledged, ledger: Ledger, held: set[tuple[str, str]]) -> Sum:
    # Notices of ours carry no number: each is a message of its own, not a duplicate.
    taken = {pair: count for pair, count in ledger.taken.items() if pair[0] != UNNUMBERED}
    promised = [
        (name, recipient) for name, (_, recipients) in acknowledged.messages.items() for recipient in recipients
    ]
    lost = [pair for pair in promised if pair not in held and not ledger.taken[pair]]
    leaked = [pair for pair in ledger.taken if pair[1] == STRANGER and ledger.taken[pair]]
    return Sum(
        kills=kills,
        acknowledged=len(acknowledged.messages),
        recipients=len(promised),
        duplicates=sum(count - 1 for count in taken.values() if count > 1),
        lost=tuple(f"{name} -> {recipient}" for name, recipient in lost),
        leaked=tuple(f"{name} -> {recipient}" for name, recipient in leaked),
        refused=tuple(acknowledged.refusals),
    )
