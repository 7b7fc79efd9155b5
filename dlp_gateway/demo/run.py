"""The demonstration: a real gateway, real SMTP, a local Maildir as every next hop, the sample mails,
and a table of what became of each recipient and why."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import secrets
import shutil
import smtplib
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..app import Gateway
from ..config_file import load_config
from ..console_process import ConsoleProcess
from ..keys import create_keys
from ..model import Action, Outcome
from ..store import StoredMessage, UserAccount
from ..web.permissions import Role
from .certificate import make_certificate
from .held_page import link_in_notice
from .next_hop import MaildirNextHop, maildir_of
from .samples import Sample, load_samples

SMTP_PORT = 2525
SETTLE_SECONDS = 60.0
CONSOLE_SECONDS = 60.0
REVIEWER = "information.governance@council.example"
"""A member of the shipped reviewers' group that holds go to."""

_OUR_ID = re.compile(r"\[([0-9A-Za-z_-]+)\]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: what became of one recipient, and whether that was expected."""

    sample: Sample
    recipient: str
    became: str
    why: str
    message_id: str = ""  # ours
    faults: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Demonstration:
    """Everything that runs, in a folder that ends with it."""

    port: int = SMTP_PORT
    say: Callable[[str], None] = print
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="dlp-gateway-demo-")))

    async def run(self, *, once: bool) -> bool:
        """Start all, send the samples, print the table; then serve until cancelled unless `once`.

        Answers whether every outcome was the expected one.
        """
        certificate = make_certificate(self.folder / "tls", ("secure.example",))
        self.plain = MaildirNextHop(self.folder / "mail" / "plain", hostname="relay.example")
        self.secure = MaildirNextHop(
            self.folder / "mail" / "secure", hostname="secure.example", tls=certificate.server_context()
        )
        try:
            await self.plain.start()
            await self.secure.start()
            self.say("Starting the gateway and its workers (a few seconds: they load the language model) ...")
            config_file = self._write_config(certificate.ca_file)
            gateway = Gateway(load_config(config_file, {}))
            async with gateway.running():
                lines = await self._show(gateway)
                if not once:
                    await self._go_on(gateway, ConsoleProcess(config_file), lines)
                return not any(line.faults for line in lines)
        finally:
            await self.plain.stop()
            await self.secure.stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    async def _go_on(self, gateway: Gateway, console: ConsoleProcess, lines: list[Line]) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(console.run())
            async with asyncio.timeout(CONSOLE_SECONDS):
                await console.ready.wait()
            self._invite(gateway.smtp.addresses[0][1])
            await self._show_page(lines)
            await self._let_in(gateway)
            self.say("Ctrl-C stops it and removes all of this.")
            await asyncio.Event().wait()

    def _write_config(self, ca_file: Path) -> Path:
        console_port = _free_port()
        secure = {"kind": "tls", "next_hop": f"127.0.0.1:{self.secure.port}", "tls_name": "secure.example"}
        settings = {
            "hostname": "gateway.council.example",
            "listeners": {
                "smtp": [{"port": self.port}],
                "health": {"enabled": False},
                "console": {"port": console_port},
            },
            "console": {"url": f"http://127.0.0.1:{console_port}"},
            "clients": [{"name": "demonstration", "networks": ["127.0.0.0/8"], "vouches_for_sender": True}],
            "routes": {
                "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{self.plain.port}"},
                "secure": secure | {"ca_file": str(ca_file)},
            },
            "store": {"url": "sqlite:///gateway.db", "spool": "spool", "min_free_bytes": 0},
            "keys": {"folder": "keys"},
            "exact_match": {"folder": "exact-match"},
            "log_level": "error",
        }
        path = self.folder / "config.yaml"
        path.write_text(json.dumps(settings, indent=2))  # JSON is YAML, too
        create_keys(self.folder / "keys")
        return path

    def _invite(self, port: int) -> None:
        self.say("")
        self.say(f"The gateway goes on running: send it mail at 127.0.0.1:{port} (SMTP).")
        self.say(f"What arrived lies in Maildirs below {self.folder / 'mail'} (plain, and secure for verified TLS).")
        command = f"{Path(sys.executable)} -m dlp_gateway"
        self.say(f"Held mail: {command} holds list --config {self.folder / 'config.yaml'}")

    async def _show_page(self, lines: list[Line]) -> None:
        """Where the author of one held mail decides about it: of the one whose recipients fared most differently."""
        fates = {line.message_id: {other.became for other in lines if other.sample is line.sample} for line in lines}
        held = max((line for line in lines if line.became == "held"), key=lambda line: len(fates[line.message_id]))
        maildir = maildir_of(self.plain.folder, held.sample.reverse_path or "")
        link = await link_in_notice(maildir, held.message_id)
        self.say("")
        self.say(held.sample.what)
        self.say(f"Its author was told by mail, and decides here: {link or 'no, the notice did not come.'}")
        self.say(f"That page mails a code to sign in with, which arrives in {maildir / 'new'}.")
        self.say("")

    async def _let_in(self, gateway: Gateway) -> None:
        """An account of the console with all roles, which nobody in a council should have."""
        password = secrets.token_urlsafe(12)
        account = UserAccount(
            name="demo",
            display_name="Demonstration",
            email=REVIEWER,
            roles=tuple(Role),
            is_active=True,
        )
        await gateway.store.users.create(account, password, by="demonstration")
        self.say(f"Reviewers, administrators and auditors work here: {gateway.config.console.url}")
        self.say(f"Sign in as demo with the password {password}")
        self.say("It asks you to set up a second factor: any authenticator app on your telephone will do.")
        self.say("")

    async def _show(self, gateway: Gateway) -> list[Line]:
        samples = load_samples()
        self.say(f"Sending {len(samples)} sample mails over SMTP ...")
        port = gateway.smtp.addresses[0][1]
        sent = [(sample, await asyncio.to_thread(_send, sample, port)) for sample in samples]
        lines = [line for sample, reply in sent for line in await self._lines(gateway, sample, reply)]
        self.say(table(lines))
        wrong = [line for line in lines if line.faults]
        counts = {
            word: sum(line.became == word for line in lines) for word in dict.fromkeys(line.became for line in lines)
        }
        total = ", ".join(f"{number} {word}" for word, number in counts.items())
        self.say(f"\n{len(samples)} mails, {len(lines)} recipients: {total}.")
        for line in wrong:
            self.say(f"NOT AS EXPECTED: {line.sample.file}, {line.recipient}: {'; '.join(line.faults)}")
        if not wrong:
            self.say("Every outcome is the expected one.")
        return lines

    async def _lines(self, gateway: Gateway, sample: Sample, reply: str) -> list[Line]:
        match = _OUR_ID.search(reply)
        stored = await _settled(gateway, match[1]) if match else None
        if stored is None:
            return [
                Line(sample=sample, recipient=r, became="refused", why=reply, faults=("nothing was recorded",))
                for r in sample.expected
            ]
        return [self._line(sample, recipient, stored) for recipient in sample.expected]

    def _line(self, sample: Sample, recipient: str, stored: StoredMessage) -> Line:
        expected = sample.expected[recipient]
        verdict = next(v for v in stored.record.verdicts if v.recipient == recipient)
        outcome = next((d.outcome for d in stored.dispositions if d.recipient == recipient), None)
        arrived = [
            name for name, hop in (("plain", self.plain), ("secure", self.secure)) if _arrived(hop, recipient, sample)
        ]
        faults = []
        if verdict.action.word != expected.action:
            faults.append(f"expected {expected.action}, got {verdict.action.word}")
        missing = set(expected.rules) - set(verdict.rules) - set(verdict.observed)
        if missing:
            faults.append(f"rules that should have applied: {', '.join(sorted(missing))}")
        wanted = {Action.RELAY: ["plain"], Action.ENCRYPT: ["secure"]}.get(verdict.action, [])
        if arrived != wanted:
            faults.append(f"should have arrived by {wanted or 'no way'}, arrived by {arrived or 'no way'}")
        if verdict.action is Action.HOLD and outcome is not Outcome.HELD:
            faults.append(f"should be held, is {outcome}")
        became = {
            Action.RELAY: "sent",
            Action.ENCRYPT: "sent encrypted",
            Action.HOLD: "held",
            Action.REJECT: "rejected",
        }
        why = " ".join(dict.fromkeys(verdict.reasons)) or sample.what
        if stored.record.scope == "out-of-scope":
            why = "The sender is an elected member: outside the policy, not inspected."
        return Line(
            sample=sample,
            recipient=recipient,
            became=became[verdict.action],
            why=why,
            message_id=stored.record.message_id,
            faults=tuple(faults),
        )


def table(lines: list[Line]) -> str:
    """The table that a committee member reads: one block a mail, one line for recipients who fared alike."""
    width = min(shutil.get_terminal_size((120, 40)).columns, 160)
    shown: list[str] = []
    for sample, of_sample in itertools.groupby(lines, key=lambda line: line.sample):
        shown += ["", *_wrapped(sample.what, "", width)]
        alike: dict[tuple[str, str, bool], list[str]] = {}
        for line in of_sample:
            alike.setdefault((line.became, line.why, bool(line.faults)), []).append(line.recipient)
        for (became, why, wrong), recipients in alike.items():
            others = f" and {len(recipients) - 1} more" if len(recipients) > 1 else ""
            head = f"{'!!' if wrong else '  '} {became.upper():<15} {recipients[0] + others:<44} "
            shown += _wrapped(why if became != "sent" else "", head, width)
    return "\n".join(line.rstrip() for line in shown)


def _wrapped(text: str, head: str, width: int) -> list[str]:
    room = max(30, width - len(head))
    lines: list[str] = []
    rest = text
    while len(rest) > room:
        cut = rest.rfind(" ", 0, room)
        cut = cut if cut > 0 else room
        lines.append(rest[:cut])
        rest = rest[cut:].lstrip()
    lines.append(rest)
    return [(head if number == 0 else " " * len(head)) + part for number, part in enumerate(lines)]


def _free_port() -> int:
    """Notices name the console's port before it listens, so it can't be left to the system."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _send(sample: Sample, port: int) -> str:
    """Send one sample with the standard library's client; answers the reply to the final dot."""
    with smtplib.SMTP("127.0.0.1", port, timeout=120) as session:
        session.ehlo("demonstration.council.example")
        session.mail(sample.reverse_path or "")
        for recipient in sample.expected:
            session.rcpt(recipient)
        code, text = session.data(sample.octets)
        return f"{code} {text.decode('ascii', 'replace')}"


async def _settled(gateway: Gateway, message_id: str) -> StoredMessage | None:
    """The record once nothing of it waits in our custody any more."""
    for _ in range(int(SETTLE_SECONDS / 0.1)):
        await gateway.store.flush()
        stored = await gateway.store.message_record(message_id)
        if stored and stored.dispositions and all(d.outcome is not Outcome.DEFERRED for d in stored.dispositions):
            return stored
        await asyncio.sleep(0.1)
    return await gateway.store.message_record(message_id)


def _arrived(hop: MaildirNextHop, recipient: str, sample: Sample) -> bool:
    """Whether this recipient's Maildir holds this sample."""
    folder = maildir_of(hop.folder, recipient) / "new"
    return folder.is_dir() and any(sample.message_id_header in file.read_bytes() for file in folder.iterdir())
