"""`inspect`: findings and gaps of messages, and with `--text` just what the gateway saw."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ..config import Config
from ..model import AskNames, Extraction, Inspection, Question
from ..receive.message_id import new_message_id
from .mail_files import MailFile, check_paths, printable, read_mail_files
from .settings import config_or_defaults, rules_in_force
from .workers import inspect_all, worker_pool


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help=".eml file, folder, mbox, Maildir, or - for standard input"
    )
    parser.add_argument("--rules", metavar="DIR", help="folder of rules; a file missing there is the shipped one")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object per message, in input order")
    form.add_argument("--text", action="store_true", help="the text the gateway sees, part by part")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    config = config_or_defaults(options)
    check_paths(options.paths)
    asyncio.run(_show_text(options, config) if options.text else _inspect(options, config))
    return 0


def full_question(config: Config, at: datetime) -> Question:
    """Everything is asked: every entity, names included, and places and organisations, which never count."""
    return Question(
        entities=None,
        names=AskNames.ALWAYS,
        own_contact_points=config.council.contact_points,
        received_at=at,
        time_zone=config.council.time_zone,
        surroundings=True,
        indexes=None,
        documents=True,
    )


async def _inspect(options: argparse.Namespace, config: Config) -> None:
    question = full_question(config, datetime.now(UTC))

    def files() -> Iterator[tuple[MailFile, Question]]:
        for file in read_mail_files(options.paths):
            yield file, question

    started = time.perf_counter()
    async with worker_pool(config, rules_in_force(options, config)) as pool:
        async for file, inspection in inspect_all(pool, files(), config.workers.count * 2):
            seconds = inspection.seconds or time.perf_counter() - started
            if options.json:
                print(json.dumps(as_json(file, inspection, seconds), ensure_ascii=False), flush=True)
            else:
                _show_table(file, inspection)


def as_json(file: MailFile, inspection: Inspection, seconds: float) -> dict[str, Any]:
    """The object of `inspect --json` (docs: interfaces)."""
    return {
        "file": file.name,
        "message_id": new_message_id(),
        "size_bytes": len(file.octets),
        "findings": [
            {
                "entity": f.entity,
                "category": f.category.value,
                "recogniser": f.recogniser,
                "part": f.part,
                "place": f.place,
                "start": f.start,
                "end": f.end,
                "confidence": round(f.confidence, 3),
                "masked": f.masked,
            }
            | ({"indexes": list(f.indexes)} if f.indexes else {})
            for f in inspection.findings
        ],
        "gaps": [
            {"part": g.part, "scope": g.scope.value, "reason": g.reason.value, "detail": g.detail}
            for g in inspection.gaps
        ],
        "markings": [
            {"kind": m.kind.value, "part": m.part, "place": m.place, "until": m.until.isoformat() if m.until else None}
            for m in inspection.markings
        ],
        "individuals": sum(not individual.is_author for individual in inspection.individuals),
        "ruleset": inspection.ruleset,
        "seconds": round(seconds, 4),
    }


def _show_table(file: MailFile, inspection: Inspection) -> None:
    individuals = sum(not individual.is_author for individual in inspection.individuals)
    counted = ((len(inspection.findings), "finding"), (individuals, "individual"), (len(inspection.gaps), "gap"))
    counts = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counted)
    print(f"{printable(file.name)}: {counts}")
    for finding in inspection.findings:
        where = printable(_part(finding.part) + (f", {finding.place}" if finding.place else ""))
        note = f"  ({finding.exempt.value}, does not count)" if finding.exempt else ""
        note += f"  (in the council's records: {', '.join(finding.indexes)})" if finding.indexes else ""
        print(
            f"  {finding.category.value:<13} {finding.entity:<26} {finding.confidence:4.2f}  "
            f"{printable(finding.masked):<28} {where}{note}"
        )
    for match in inspection.documents:
        what = f"{match.kind} document {match.document}, “{printable(match.name)}”"
        print(f"  registered: about {match.words} words of {what}, part {printable(match.part)}")
    for gap in inspection.gaps:
        part = printable(gap.part) or "whole message"
        print(f"  not inspected: {gap.reason.value} ({gap.scope.value}), part {part}: {gap.detail}")
    for marking in inspection.markings:
        until = f" until {marking.until.isoformat()}" if marking.until else ""
        print(f"  marking: {marking.kind.value}{until}, part {printable(marking.part)}, {printable(marking.place)}")


async def _show_text(options: argparse.Namespace, config: Config) -> None:
    async with worker_pool(config, rules_in_force(options, config)) as pool:
        for file in read_mail_files(options.paths):
            _print_passages(file, await pool.passages(file.octets))


def _print_passages(file: MailFile, extraction: Extraction) -> None:
    print(f"=== {printable(file.name)}")
    for passage in extraction.passages:
        place = f", {passage.place}" if passage.place else ""
        hidden = " (hidden)" if passage.hidden and "hidden" not in passage.place else ""
        print(printable(f"--- {_part(passage.part)}{place}{hidden}"))
        sys.stdout.write(printable(passage.text))
        print()
    for gap in extraction.gaps:
        part = printable(gap.part) or "whole message"
        print(f"--- not inspected: part {part}: {gap.reason.value}: {gap.detail}")


def _part(part: str) -> str:
    note = " (as another mail program reads it)" if part.startswith("OTHER.") else ""
    return f"part {part}{note}"
