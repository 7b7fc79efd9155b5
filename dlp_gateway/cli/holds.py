"""`holds`: the hold queue. The same records as the console's: a release is a request that the gateway
carries out, so that mail has one way out and "released" comes from the next hop's reply."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ..act.notices import NoticeWriter
from ..act.wire import told_of
from ..act.words import shown
from ..config import Config
from ..decide import load_rulebook
from ..errors import ConfigError, Fault
from ..keys import load_console_key
from ..notice_rules import notice_rules
from ..store import (
    DecidedError,
    HeldMessage,
    ReleaseManner,
    SenderChoice,
    SenderRequest,
    Store,
    new_question,
    same_person,
    words_of,
)
from ..store.question_values import ANSWER_CHARACTERS, QUESTION_CHARACTERS, SHORTEST_QUESTION
from ..web.review_rights import Part, part_in
from .settings import check_reason, run_in_store, who
from .times import time_given

_CHOICES = {
    SenderChoice.WITHDRAW: "withdrew it",
    SenderChoice.REVIEW: "asks for its release",
    SenderChoice.RELEASE: "decided to send it",
    SenderChoice.URGENT: "says that someone is at risk, and decided to send it to partners and public bodies",
}


STANDING = {"waiting": "The sender was asked something.", "answered": "The sender has answered a question."}


def add_to(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", parents=[common], help="held messages, oldest first")
    listing.add_argument("--json", action="store_true", help="one JSON object per held message")
    listing.set_defaults(run=lambda options: run_in_store(options, _list))
    show = actions.add_parser("show", parents=[common], help="one held message: who, to whom, why")
    show.add_argument("id", help="as `holds list` shows it")
    show.add_argument("--json", action="store_true", help="as one JSON object")
    show.set_defaults(run=lambda options: run_in_store(options, _show))
    release = actions.add_parser("release", parents=[common], help="ask the gateway to send a held message")
    release.add_argument("id", help="as `holds list` shows it")
    release.add_argument("--reason", required=True, help="why it may go; kept in the record")
    release.add_argument(
        "--to", dest="recipients", nargs="+", metavar="B", help="only these recipients (default: all that are held)"
    )
    release.add_argument("--encrypted", action="store_true", help="encrypted to each recipient, or not at all")
    release.add_argument(
        "--without", nargs="+", default=[], metavar="PART", help="take these attachments away first, such as 2"
    )
    release.set_defaults(run=lambda options: run_in_store(options, _release))
    reject = actions.add_parser("reject", parents=[common], help="do not send a held message; the sender is told")
    reject.add_argument("id", help="as `holds list` shows it")
    reject.add_argument("--reason", required=True, help="why it may not go; kept in the record")
    reject.add_argument("--message", default="", help="a sentence for the sender")
    reject.set_defaults(run=lambda options: run_in_store(options, _reject))
    ask = actions.add_parser("ask", parents=[common], help="ask the sender of a held message something")
    ask.add_argument("id", help="as `holds list` shows it")
    ask.add_argument("--question", required=True, help="what they read on their page; neither mailed nor in the record")
    ask.set_defaults(run=lambda options: run_in_store(options, _ask))
    extend = actions.add_parser("extend", parents=[common], help="give reviewers more time for a held message")
    extend.add_argument("id", help="as `holds list` shows it")
    extend.add_argument("--until", required=True, metavar="T", help="when it expires then, such as 2026-12-01T17:00")
    extend.add_argument("--reason", required=True, help="why; kept in the record")
    extend.set_defaults(run=lambda options: run_in_store(options, _extend))


async def _list(options: argparse.Namespace, _config: Config, store: Store) -> int:
    held = await store.held_list()
    asked = {one.id: await store.senders.requests_of(one.message_id) for one in held}
    if options.json:
        for one in held:
            print(json.dumps(_as_json(one, asked[one.id]), ensure_ascii=False))
        return 0
    if not held:
        print("Nothing is held.")
        return 0
    print(f"{'id':<22} {'held since':<17} {'expires':<17} {'reviewers':<24} to / why")
    for one in held:
        print(
            f"{one.id:<22} {_time(one.held_at):<17} {_time(one.expires_at):<17} {one.reviewers or '':<24} "
            f"{', '.join(one.delivery.recipients)}"
        )
        for reason in one.reasons:
            print(f"{'':<82} {reason}")
        if one.question is not None:
            print(f"{'':<82} {STANDING[one.question]}")
        for request in asked[one.id]:
            print(f"{'':<82} The sender {_CHOICES[request.kind]}.")
    return 0


async def _show(options: argparse.Namespace, config: Config, store: Store) -> int:
    held = await _find(options.id, store)
    asked = await store.senders.requests_of(held.message_id)
    if options.json:
        print(json.dumps(_as_json(held, asked), ensure_ascii=False))
        return 0
    print(f"id          {held.id} (message {held.message_id})")
    print(f"state       {held.state.value}")
    print(f"from        {held.author or held.reverse_path or '<>'}")
    print(f"to          {', '.join(held.delivery.recipients)}")
    print(f"size        {held.size_bytes} bytes, held since {_time(held.held_at)}, expires {_time(held.expires_at)}")
    if held.hold_until:
        print(f"until       {_time(held.hold_until)}")
    print(
        f"reviewers   {held.reviewers or 'any'}, approvals needed: {held.approvals}, given: {len(held.approvals_given)}"
    )
    for reason in held.reasons:
        print(f"why         {reason}")
    record = await store.message_record(held.message_id)
    if record is not None and record.record.inspection is not None:
        for finding in record.record.inspection.findings:
            place = f", {finding.place}" if finding.place else ""
            print(f"found       {finding.entity} {finding.masked}, part {finding.part}{place}")
        for file in record.record.inspection.attachments:
            print(f"attachment  part {file.part}: {shown(file.filename or '-')}, {file.size_bytes} bytes")
        for gap in record.record.inspection.gaps:
            print(f"not read    part {gap.part or 'whole message'}: {gap.detail}")
    for became in record.dispositions if record is not None else ():
        told = f". {told_of(became.notes)}" if became.notes else ""
        print(f"became      {became.recipient}: {became.outcome.value}{told}")
    for request in asked:
        print(f"sender      {_CHOICES[request.kind]}, {_time(request.asked_at)}: {request.reason or '-'}")
    for one in await store.questions.of(held.message_id):
        words = words_of(load_console_key(config.keys.folder), one)
        print(f"asked       by {one.by}, {_time(one.asked_at)}: {_one_line(words.question)}")
        answer = f"{_time(one.answered_at)}: {_one_line(words.answer)}" if one.answered_at else one.state.value
        print(f"answer      {answer}")
    if held.decided_by:
        print(f"decided     by {held.decided_by}, {_time(held.decided_at)}: {held.decision_reason}")
    return 0


async def _release(options: argparse.Namespace, _config: Config, store: Store) -> int:
    check_reason(options.reason)
    held = await _to_decide(options.id, store)
    recipients = None
    if options.recipients:
        unknown = sorted(set(options.recipients) - set(held.delivery.recipients))
        if unknown:
            raise ConfigError([Fault(file="--to", text=f"{', '.join(unknown)}: not among its held recipients")])
        recipients = tuple(options.recipients)
    request = await store.request_release(
        held.id,
        by=who(),
        reason=options.reason,
        recipients=recipients,
        overrides=frozenset(held.rules),
        manner=ReleaseManner(encrypted=options.encrypted, without=tuple(dict.fromkeys(options.without))),
    )
    if request.approvals_left:
        print(f"Your approval is recorded; {request.approvals_left} more needed.")
    else:
        print("The gateway will inspect it again and send it; `dlp-gateway holds show` tells what became of it.")
    return 0


async def _reject(options: argparse.Namespace, config: Config, store: Store) -> int:
    check_reason(options.reason)
    held = await _to_decide(options.id, store)
    notices = await _notices(config, store).on_refusal(held, "", options.message)
    await store.reject(held.id, by=who(), reason=options.reason, follow_up=notices)
    print("Rejected. The gateway tells the sender.")
    return 0


async def _ask(options: argparse.Namespace, config: Config, store: Store) -> int:
    if config.console.url is None:
        raise ConfigError(
            [Fault(file="console", text="has no url, so there is no page on which a sender could answer")]
        )
    words = options.question.strip()
    if not SHORTEST_QUESTION <= len(words) <= QUESTION_CHARACTERS:
        text = f"has {len(words)} characters; write {SHORTEST_QUESTION} to {QUESTION_CHARACTERS}"
        raise ConfigError([Fault(file="--question", text=text)])
    held = await _to_decide(options.id, store)
    new = new_question(load_console_key(config.keys.folder), held.id, words, by=who(), now=datetime.now(UTC))
    await store.questions.ask(new)
    print("The gateway tells the sender; `dlp-gateway holds show` tells whether it could, and the answer.")
    return 0


async def _extend(options: argparse.Namespace, config: Config, store: Store) -> int:
    check_reason(options.reason)
    until = time_given("--until", options.until, config)
    held = await _to_decide(options.id, store)
    if until <= (held.expires_at or datetime.now(UTC)):
        raise ConfigError([Fault(file="--until", text=f"is no later than it expires now: {_time(held.expires_at)}")])
    await store.extend(held.id, by=who(), reason=options.reason, until=until)
    print(f"It expires {_time(until)} now.")
    return 0


def _notices(config: Config, store: Store) -> NoticeWriter:
    texts = store.current_rules()
    return NoticeWriter(config=config, store=store, rules=notice_rules(texts, load_rulebook(texts)))


async def _to_decide(held_id: str, store: Store) -> HeldMessage:
    """Raises DecidedError where the console would not let whoever runs this decide, as far as their account in it
    tells: they wrote it, receive it, or were found in it."""
    held = await _find(held_id, store)
    stored = await store.message_record(held.message_id)
    for account in await store.users.all():
        if same_person(account.name, who()) and part_in(account.email, account.marks, held, stored) is not Part.NONE:
            raise DecidedError("you wrote it, receive it or may stand in it; somebody else must decide")
    return held


async def _find(held_id: str, store: Store) -> HeldMessage:
    held = await store.held(held_id)
    if held is None:
        raise ConfigError(
            [Fault(file="holds", text=f"there is no held message {held_id}; `dlp-gateway holds list` shows all")]
        )
    return held


def _one_line(words: str | None) -> str:
    """Somebody else's words; control characters of theirs do nothing to a terminal."""
    return "not kept any more" if words is None else shown(words, ANSWER_CHARACTERS)


def _time(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ") if at else ""


def _as_json(held: HeldMessage, asked: Sequence[SenderRequest]) -> dict[str, Any]:
    return {
        "id": held.id,
        "message_id": held.message_id,
        "state": held.state.value,
        "from": held.author or held.reverse_path,
        "recipients": list(held.delivery.recipients),
        "held_at": held.held_at.isoformat(),
        "hold_until": held.hold_until.isoformat() if held.hold_until else None,
        "expires_at": held.expires_at.isoformat() if held.expires_at else None,
        "reviewers": held.reviewers,
        "approvals": held.approvals,
        "approvals_given": len(held.approvals_given),
        "rules": [rule for rule, _ in held.rules],
        "reasons": list(held.reasons),
        "question": held.question,
        "decided_by": held.decided_by,
        "sender": [request.kind.value for request in asked],
    }
