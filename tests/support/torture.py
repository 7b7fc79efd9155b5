"""The torture run: mixed mail by clients that retry, next hops that misbehave, a gateway that is killed again and
again, and at the end an account of every recipient.

A client that heard 250 was promised each recipient: delivered, held, or told of to the sender. Each further copy at a
next hop needs a cause that RFC 1047 knows: the next hop took the message and hung up, or the gateway was killed before
it could write down that it was taken.
"""

from __future__ import annotations

import email
import random
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.support.chaos import SPARED, Chaos, Odds
from tests.support.crash_run import COLLEAGUE, HOSPITAL, STRANGER, SUPPLIER, held_pairs
from tests.support.gateway_process import PRODUCT, GatewayProcess, make_gateway
from tests.support.ledger import Ledger
from tests.support.waiting import wait_until

BLOG = "council@post.blog.example"
OTHERS = ("paper@stationer.example", "bookings@hall.example")
PLAIN = "The meeting is moved to Thursday at ten. Please bring the plans.\r\n"
SENSITIVE = "Patient Joan Archer, NHS number 943 476 5919, date of birth 12/03/1957, has moved.\r\n"

KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    "outside": ((SUPPLIER,), PLAIN),
    "several outside": ((SUPPLIER, *OTHERS), PLAIN),
    "inside": ((COLLEAGUE,), PLAIN),
    "inside and outside": ((COLLEAGUE, SUPPLIER), PLAIN),  # the disclaimer makes them two deliveries
    "secure": ((HOSPITAL,), SENSITIVE),
    "held": ((STRANGER,), SENSITIVE),
    "inside, secure and held": ((COLLEAGUE, HOSPITAL, STRANGER), SENSITIVE),
    "rejected": ((BLOG,), SENSITIVE),
    "inside and rejected": ((COLLEAGUE, BLOG), SENSITIVE),
}
WAIT_SECONDS = 60.0  # of a client for a reply
KILL_WINDOW_SECONDS = (-1.0, 3.0)
"""When after a next hop took a message its gateway must have been killed, to be why nobody wrote so: up to the end of
the commit that does, on a machine with much else to do; and the next hop may take what a dead gateway had sent."""

Pair = tuple[str, str]  # number of the message, recipient


@dataclass(frozen=True, slots=True)
class Letter:
    number: str
    kind: str
    recipients: tuple[str, ...]
    octets: str


@dataclass(slots=True)
class Told:
    """What clients heard, by number: the code of the last reply; and who waited in vain for one."""

    codes: dict[str, int] = field(default_factory=dict)
    retries: int = 0
    left: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True, kw_only=True)
class Account:
    """The sum at the end. `faults` must be empty."""

    seed: int
    kills: int
    seconds: float
    counts: dict[str, int]
    misdeeds: dict[str, int]
    faults: list[str]

    def table(self) -> str:
        """As Markdown."""
        rows = [f"| {what} | {count:,} |" for what, count in self.counts.items()]
        hops = ", ".join(f"{what} {count:,}" for what, count in sorted(self.misdeeds.items()))
        head = [f"seed {self.seed}, {self.kills} kills, {self.seconds:.0f} s", "", "| what | count |", "|---|---|"]
        return "\n".join([*head, *rows, "", f"next hops: {hops}"])


def letters(client: int, count: int, seed: int) -> list[Letter]:
    """One client's mail: kinds in turn, sizes from a line to some 200 kB."""
    chance = random.Random(f"{seed} {client}")
    made = []
    for n in range(count):
        number, kind = f"c{client}-{n}", chance.choice(list(KINDS))
        recipients, text = KINDS[kind]
        more = chance.randint(1000, 3000) if chance.random() < 0.01 else chance.randint(0, 30)
        octets = (
            f"From: <{SPARED}>\r\nTo: <{recipients[0]}>\r\nSubject: Note {number}\r\n"
            f"Message-ID: <{number}@council.example>\r\nX-Ledger: {number}\r\n\r\n{text}{PLAIN * more}"
        )
        made.append(Letter(number, kind, recipients, octets))
    return made


def run_torture(
    folder: Path,
    *,
    messages: int,
    kills: int,
    seed: int,
    clients: int = 8,
    as_command: str = PRODUCT,
    odds: Odds | None = None,
) -> Account:
    """Send that many messages while the gateway is killed that often, let it end in peace, and add up."""
    started = time.monotonic()
    odds = odds or Odds()
    with Ledger(Chaos(seed, odds)) as plain, Ledger(Chaos(seed + 1, odds)) as secure:
        routes = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{plain.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        retry = {"first_seconds": 0.2, "max_seconds": 1, "rest_seconds": 0.1, "rest_max_seconds": 0.5}
        gateway = make_gateway(folder, routes, as_command=as_command, retry=retry)
        mail = [letters(client, messages // clients, seed) for client in range(clients)]
        told = Told()
        senders = [threading.Thread(target=_send_all, args=(gateway.port, each, told)) for each in mail]
        gateway.start()
        for sender in senders:
            sender.start()
        killed_at = _kill_meanwhile(gateway, senders, told, sum(map(len, mail)), kills, seed)
        for sender in senders:
            sender.join()
        wait_until(lambda: _unsent(gateway) == 0, "an empty outbox", seconds=600)
        held = held_pairs(gateway)
        gateway.stop()
        sent = [letter for each in mail for letter in each]
        return _Sum(sent, told, (plain, secure), held, killed_at).account(seed, time.monotonic() - started)


def _kill_meanwhile(
    gateway: GatewayProcess, senders: Sequence[threading.Thread], told: Told, total: int, kills: int, seed: int
) -> list[float]:
    """Kill it each time that so many more messages are through, a moment later; answers when."""
    chance = random.Random(seed)
    due = sorted(chance.sample(range(total), kills), reverse=True)
    killed_at = []
    while any(sender.is_alive() for sender in senders):
        if due and len(told.codes) >= due[-1]:
            due.pop()
            time.sleep(chance.uniform(0, 0.3))
            killed_at.append(time.monotonic())
            gateway.kill()
            gateway.start()
        else:
            time.sleep(0.01)
    return killed_at


def _send_all(port: int, mail: Sequence[Letter], told: Told) -> None:
    for letter in mail:
        while (code := _send(port, letter, told)) < 200 or 400 <= code < 500:
            with told.lock:
                told.retries += 1
            time.sleep(0.2)
        with told.lock:
            told.codes[letter.number] = code


def _send(port: int, letter: Letter, told: Told) -> int:
    """The code of the reply to one attempt; 0 where there was none."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=WAIT_SECONDS) as session:
            session.sendmail(SPARED, letter.recipients, letter.octets)
    except smtplib.SMTPResponseException as error:
        return error.smtp_code
    except smtplib.SMTPRecipientsRefused as error:
        return max(code for code, _ in error.recipients.values())
    except TimeoutError:
        with told.lock:
            told.left.add(letter.number)
        return 0
    except (OSError, smtplib.SMTPException):
        return 0  # killed: the gateway comes back
    return 250


def _unsent(gateway: GatewayProcess) -> int:
    waiting = "SELECT id FROM store_delivery WHERE kind IN ('queue', 'notice') AND state IN ('live', 'sending')"
    return len(gateway.rows(waiting))


class _Sum:
    """Who has what."""

    def __init__(
        self,
        sent: Sequence[Letter],
        told: Told,
        hops: tuple[Ledger, Ledger],
        held: set[Pair],
        killed_at: Sequence[float],
    ) -> None:
        self._sent = sent
        self._told = told
        self._hops = hops
        self._held = held
        self._killed_at = killed_at
        self._reported = Counter(pair for hop in hops for notice in hop.notices for pair in reported_in(notice))
        self._counts: Counter[str] = Counter()
        self._faults: list[str] = []

    def account(self, seed: int, seconds: float) -> Account:
        for letter in self._sent:
            self._count(letter)
        known = {(letter.number, recipient) for letter in self._sent for recipient in letter.recipients}
        for hop in self._hops:
            self._faults += [
                f"taken, but never sent: {pair}" for pair in hop.taken if pair not in known and _numbered(pair)
            ]
        for pair in self._reported:
            if self._takings(pair):
                self._counts["delivered, and reported as not delivered"] += 1
                self._require_cause(pair, "reported")
        rows = {what: self._counts[what] for what in ROWS} | {
            what: count for what, count in sorted(self._counts.items()) if what not in ROWS
        }
        misdeeds = sum((hop.misdeeds for hop in self._hops), Counter())
        return Account(
            seed=seed,
            kills=len(self._killed_at),
            seconds=seconds,
            counts=rows
            | {"tries of clients that heard 4yz or nothing": self._told.retries, "FAULTS": len(self._faults)},
            misdeeds=dict(misdeeds),
            faults=self._faults,
        )

    def _count(self, letter: Letter) -> None:
        self._counts["messages"] += 1
        code = self._told.codes[letter.number]
        self._counts["messages answered 250" if code == 250 else "messages answered 5yz"] += 1
        for recipient in letter.recipients:
            pair = (letter.number, recipient)
            if code == 250:
                self._promised(pair)
            elif self._takings(pair):
                self._counts["delivered, although the client heard 5yz in the end"] += 1
                self._require_cause(pair, "refused to the client")
            self._copies(pair)
            self._leaks(letter, pair)

    def _promised(self, pair: Pair) -> None:
        self._counts["recipients promised"] += 1
        if self._takings(pair):
            self._counts["recipients delivered"] += 1
        elif pair in self._held:
            self._counts["recipients held"] += 1
        elif self._reported[pair]:
            self._counts["recipients told of to the sender"] += 1
        else:
            self._counts["recipients lost"] += 1
            self._faults.append(f"lost: {pair}")

    def _copies(self, pair: Pair) -> None:
        takings = self._takings(pair)
        for (at, answered), (again, _) in pairwise(takings):
            cause = self._cause(pair, at, answered)
            self._counts[f"copies too many: {cause or 'no cause known'}"] += 1
            if cause is None:
                nearest = min((killed - at for killed in self._killed_at), key=abs, default=None)
                self._faults.append(
                    f"twice without a cause: {pair}, {again - at:.1f} s apart, nearest kill {nearest} s"
                )

    def _leaks(self, letter: Letter, pair: Pair) -> None:
        plain, _ = self._hops
        sensitive = SENSITIVE in letter.octets
        for_nobody = sensitive and pair[1] in (STRANGER, BLOG)
        if (for_nobody and self._takings(pair)) or (sensitive and pair[1] == HOSPITAL and plain.taken[pair]):
            self._counts["recipients leaked to"] += 1
            self._faults.append(f"leaked: {pair}")

    def _require_cause(self, pair: Pair, what: str) -> None:
        if not any(self._cause(pair, at, answered) for at, answered in self._takings(pair)):
            self._faults.append(f"delivered and yet {what}, without a cause: {pair}")

    def _cause(self, pair: Pair, at: float, answered: bool) -> str | None:
        """Why the gateway could not know that this was taken."""
        if not answered:
            return "the next hop took it and hung up"
        earliest, latest = KILL_WINDOW_SECONDS
        if any(earliest <= killed - at <= latest for killed in self._killed_at):
            return "the gateway was killed before it had written so"
        return "the client waited no longer" if pair[0] in self._told.left else None

    def _takings(self, pair: Pair) -> list[tuple[float, bool]]:
        return sorted(taking for hop in self._hops for taking in hop.takings.get(pair, ()))


ROWS = (
    "messages",
    "messages answered 250",
    "messages answered 5yz",
    "recipients promised",
    "recipients delivered",
    "recipients held",
    "recipients told of to the sender",
    "recipients lost",
    "recipients leaked to",
)


def _numbered(pair: Pair) -> bool:
    return pair[0].startswith("c")


def reported_in(octets: bytes) -> list[Pair]:
    """Whom this notice of ours tells of as not reached: by a report, or by policy."""
    notice = email.message_from_bytes(octets)
    if notice.get_content_type() == "multipart/report":
        parts = {part.get_content_type(): part for part in notice.walk()}
        blocks = parts["message/delivery-status"].get_payload()
        header = email.message_from_bytes(parts["text/rfc822-headers"].get_payload(decode=True))
        failed = [str(b["Final-Recipient"]).partition(";")[2] for b in blocks[1:] if b["Action"] == "failed"]
        return [(_number(header["Message-ID"]), recipient) for recipient in failed]
    plain = next(part for part in notice.walk() if part.get_content_type() == "text/plain")
    paragraphs = plain.get_payload(decode=True).decode().replace("\r\n", "\n").split("\n\n")
    listed = [p for p in paragraphs if p.startswith(("NOT SENT to:", "Rejected, and never sent to:"))]
    number = _number(notice["In-Reply-To"])
    return [(number, line[2:]) for p in listed for line in p.splitlines() if line.startswith("- ")]


def _number(message_id: str | None) -> str:
    return str(message_id).strip("<>").partition("@")[0]
