"""`explain`: the verdict for each recipient and the rules that decided, without sending anything."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..act.wire import NO_REVERSE_PATH, told_of
from ..change import Manner
from ..config import Config
from ..decide import Rulebook, decide, explain, load_rulebook, question_for
from ..errors import ConfigError, Fault
from ..language import Language
from ..model import Action, Envelope, Facts, Inspection, Question, Verdict
from ..parse import addresses, author_of, field_value, parse_message
from ..pool import Pool
from ..receive.message_id import new_message_id
from .mail_files import MailFile, check_paths, printable, read_mail_files
from .settings import config_or_defaults, rules_in_force
from .times import time_given
from .workers import inspect_all, worker_pool

NO_NOTES: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class EnvelopeLine(BaseModel):
    """One line of `--envelopes`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    file: str
    reverse_path: str | None = Field(None, alias="from")
    recipients: tuple[str, ...] = Field(alias="to", min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """All rules as texts, for the workers, and those that decide."""

    texts: Mapping[str, str]
    rulebook: Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    file: MailFile
    envelope: Envelope


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help=".eml file, folder, mbox, Maildir, or - for standard input"
    )
    parser.add_argument("--from", dest="reverse_path", metavar="A", help="reverse-path (default: the header's author)")
    parser.add_argument(
        "--to", dest="recipients", metavar="B", nargs="+", action="extend", help="recipients (default: the header's)"
    )
    parser.add_argument(
        "--at", metavar="TIME", help="decide as of that time, such as 2026-12-01T09:00+00:00 (default: now)"
    )
    parser.add_argument("--envelopes", metavar="FILE", help='JSON Lines of {"file", "from", "to": [...]}')
    parser.add_argument("--rules", metavar="DIR", help="folder of rules; a file missing there is the shipped one")
    parser.add_argument("--vouched", action="store_true", help="the sender counts as vouched for")
    parser.add_argument(
        "--enforce-all", action="store_true", help="as if every rule were enforced for every sender, all vouched for"
    )
    parser.add_argument("--language", choices=("en", "cy"), default="en", help="of the words: English or Welsh")
    parser.add_argument("--json", action="store_true", help="one JSON object per message")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    config = config_or_defaults(options)
    # In `explain --to a@b.example mail.eml` argparse takes the path for a recipient.
    options.paths += [word for word in options.recipients or () if "@" not in word]
    options.recipients = [word for word in options.recipients or () if "@" in word]
    if bool(options.paths) == bool(options.envelopes):
        raise ConfigError([Fault(file="explain", text="name either PATHs or --envelopes FILE, one of the two")])
    at = _time(options.at, config)
    texts = rules_in_force(options, config)
    rules = _Rules(texts=texts, rulebook=load_rulebook(texts))
    cases = list(_from_lines(options.envelopes)) if options.envelopes else list(_from_paths(options))
    asyncio.run(_explain(options, config, rules, cases, at))
    return 0


def _time(text: str | None, config: Config) -> datetime:
    if text is None:
        return datetime.now(UTC)
    return time_given("--at", text, config)


def _from_paths(options: argparse.Namespace) -> Iterator[_Case]:
    check_paths(options.paths)
    faults = []
    for file in read_mail_files(options.paths):
        recipients = tuple(options.recipients or _header_recipients(file.octets))
        if not recipients:
            faults.append(Fault(file=file.name, text="its header names no recipient; name them with --to"))
            continue
        yield _Case(file=file, envelope=_envelope(options.reverse_path or author_of(file.octets), recipients))
    if faults:
        raise ConfigError(faults)


def _header_recipients(octets: bytes) -> tuple[str, ...]:
    """Everybody in To, Cc and Bcc."""
    header = parse_message(octets).root.header
    fields = [field for field in header if field.name.lower() in ("to", "cc", "bcc")]
    return tuple(mailbox.address for field in fields for mailbox in addresses(field_value(field)))


def _from_lines(name: str) -> Iterator[_Case]:
    path = Path(name)
    try:
        lines = sys.stdin.read().splitlines() if name == "-" else path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ConfigError([Fault(file=name, text="can't be read as UTF-8 text")]) from None
    faults: list[Fault] = []
    wanted: list[EnvelopeLine] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = EnvelopeLine.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(x) for x in first["loc"])
            faults.append(Fault(file=name, line=number, text=f"{where + ': ' if where else ''}{first['msg']}"))
            continue
        if not (path.parent / entry.file).is_file():
            faults.append(
                Fault(file=name, line=number, text=f"file: {entry.file} does not exist; it counts from {path.parent}")
            )
            continue
        wanted.append(entry)
    if faults:
        raise ConfigError(faults)
    for entry in wanted:
        octets = (path.parent / entry.file).read_bytes()
        yield _Case(
            file=MailFile(name=entry.file, octets=octets), envelope=_envelope(entry.reverse_path, entry.recipients)
        )


def _envelope(reverse_path: str | None, recipients: tuple[str, ...]) -> Envelope:
    unique = tuple(dict.fromkeys(recipients))
    return Envelope(reverse_path=reverse_path or None, recipients=unique)


async def _explain(
    options: argparse.Namespace, config: Config, rules: _Rules, cases: list[_Case], at: datetime
) -> None:
    rulebook = rules.rulebook

    def questions() -> Iterator[tuple[MailFile, Question]]:
        for case in cases:
            yield (
                case.file,
                question_for(
                    case.envelope,
                    rulebook,
                    received_at=at,
                    own_contact_points=config.council.contact_points,
                    time_zone=config.council.time_zone,
                ),
            )

    facts = Facts(now=at, vouched=options.vouched or options.enforce_all, enforce_all=options.enforce_all)
    routes = set(config.routes) | rulebook.routes
    for name in sorted(routes - set(config.routes)):
        print(
            f"dlp-gateway: warning: the rules name the route “{name}”, which the configuration lacks", file=sys.stderr
        )
    async with worker_pool(config, rules.texts) as pool:
        index = 0
        async for file, inspection in inspect_all(pool, questions(), config.workers.count * 2):
            case = cases[index]
            index += 1
            verdicts = decide(
                case.envelope,
                inspection,
                facts,
                rulebook,
                routes=routes,
                default_route=config.default_route,
                default_encrypt_route=config.default_encrypt_route,
                in_welsh=options.language == "cy",
            )
            notes = await _notes(pool, case, verdicts, _manner(file, config, rulebook))
            if options.json:
                print(json.dumps(as_json(file, verdicts, options.language, notes), ensure_ascii=False), flush=True)
            else:
                _show(file, inspection, verdicts, rulebook.languages[options.language], notes)


def _manner(file: MailFile, config: Config, rulebook: Rulebook) -> Manner:
    author = author_of(file.octets)
    ours = {signature.domain for signature in config.dkim.signatures}
    signed_later = author is not None and author.rpartition("@")[2] in ours
    wanted = rulebook.policy.disclaimer
    return Manner(once=wanted.once, wrap=wanted.if_not_editable == "wrap", signed_later=signed_later)


async def _notes(pool: Pool, case: _Case, verdicts: tuple[Verdict, ...], manner: Manner) -> dict[str, tuple[str, ...]]:
    """Which changes would be left undone and why, by recipient. Held copies count too: they may be let go."""
    made: dict[tuple[str, ...], tuple[str, ...]] = {(): ()}
    sent = [verdict for verdict in verdicts if verdict.action < Action.REJECT]
    for verdict in sent:
        if verdict.changes not in made:
            if case.envelope.reverse_path is None:
                made[verdict.changes] = (NO_REVERSE_PATH,)
            else:
                made[verdict.changes] = (await pool.change(case.file.octets, verdict.changes, manner)).notes
    return {verdict.recipient: made[verdict.changes] for verdict in sent if made[verdict.changes]}


def as_json(
    file: MailFile, verdicts: tuple[Verdict, ...], language: str = "en", notes: Mapping[str, tuple[str, ...]] = NO_NOTES
) -> dict[str, Any]:
    """The object of `explain --json` (docs: interfaces)."""
    return {
        "file": file.name,
        "message_id": new_message_id(),
        "verdicts": [
            {
                "recipient": v.recipient,
                "class": v.recipient_class.value,
                "partner": v.partner,
                "action": v.action.word,
                "route": v.route,
                "changes": list(v.changes),
                "notes": list(notes.get(v.recipient, ())),
                "rules": list(v.rules),
                "observed": list(v.observed),
                "reasons": list(v.reasons_in(language)),
                "hold_until": v.hold_until.isoformat() if v.hold_until else None,
                "reviewers": v.reviewers,
                "notify": list(v.notify),
            }
            for v in verdicts
        ],
    }


def _show(
    file: MailFile,
    inspection: Inspection,
    verdicts: tuple[Verdict, ...],
    language: Language,
    notes: Mapping[str, tuple[str, ...]],
) -> None:
    print(printable(file.name))
    for verdict in verdicts:
        print(f"  {printable(verdict.recipient)}: {verdict.action.word.upper()}")
        for line in explain(verdict, inspection, name_indexes=True, language=language).splitlines():
            print(f"    {line}")
        if why := notes.get(verdict.recipient):
            print(f"    {told_of(why)}")
