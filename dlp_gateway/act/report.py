"""Delivery reports (RFC 3464, RFC 6522): mail that could not be delivered, that is late, or that was passed on to a
next hop which reports nothing itself. Each only to those who wish it (RFC 3461, 4.1). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.message import Message as MimeBlock
from email.utils import format_datetime

from ..language import Language
from ..model import Disposition, Envelope, Outcome
from ..octets import header_part
from .notice_text import Values, render
from .notify import (
    CouncilTexts,
    Notice,
    Occasion,
    envelope_header,
    header_text,
    in_brief,
    put_parts,
    text_part,
    time_words,
    values_by_language,
)
from .words import shown

MAX_HEADER_BYTES = 65536  # of the original's header that a report returns

_REPLY = re.compile(r"([245][0-9]{2})(?:[ -]|$)")
_ENHANCED = re.compile(r"[245][0-9]{2}[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)")
# Fields with their folds; the first line that is neither ends the header, whether or not it is empty: mail
# programs disagree about such a line, and it may be text of the body.
_HEADER = re.compile(rb"(?:[!-9;-~]+[ \t]*:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)*")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
# What tells a message from others. Not its subject nor its recipients' display names: a report goes in clear.
_IDENTIFYING = frozenset((b"date", b"from", b"message-id", b"in-reply-to", b"references"))
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_CLASSES = {"failed": "45", "delayed": "4", "relayed": "2"}
"""By Action, the classes of a reply's enhanced code that may stand as Status (RFC 3464, 2.3.4)."""
_STATUS = {Outcome.REFUSED: "5.0.0", Outcome.EXPIRED: "4.4.7", Outcome.REJECTED: "5.7.1"}
FAILURE_WORDS = {
    Outcome.REFUSED: "refused by the receiving system",
    Outcome.EXPIRED: "could not be delivered in the time allowed",
    Outcome.REJECTED: "not sent, because the council’s policy does not allow it",
}


def non_delivery_report(occasion: Occasion, dispositions: Sequence[Disposition], texts: CouncilTexts) -> Notice | None:
    """The report to the reverse-path on recipients that were refused, rejected or expired; other
    dispositions are left out.

    It goes to the message's reverse-path, whatever `occasion.to` says, and also for mail that a
    machine sent: RFC 3834 is about replies, and a delivery report is owed (RFC 5321, 6.1). None when
    nothing may be sent: null reverse-path, or each recipient's NOTIFY says NEVER or leaves out FAILURE
    (RFC 3461, 4.1). Of the original only the header fields that identify it are returned, even where
    RET asked for FULL: body and subject may be what must not travel.
    """
    failed = [d for d in dispositions if d.outcome in _STATUS]

    def values(language: Language, wanted: Sequence[Disposition]) -> Values:
        return {
            "failed_brief": in_brief([d.recipient for d in wanted], language),
            "failed": tuple(_line(d, language) for d in wanted),
        }

    return _report(occasion, _wanted(occasion, failed, "FAILURE", unasked=True), "failed", texts, values)


def delay_report(
    occasion: Occasion, dispositions: Sequence[Disposition], texts: CouncilTexts, *, until: datetime
) -> Notice | None:
    """The report on recipients that are still waiting; we try until `until`.

    For those whose NOTIFY names DELAY. Where there is no NOTIFY it is ours to choose (RFC 3461, 5.2.5): a person is
    told, a machine is not.
    """

    def values(language: Language, wanted: Sequence[Disposition]) -> Values:
        return {
            "delayed_brief": in_brief([d.recipient for d in wanted], language),
            "delayed": tuple(_with_reply(d.recipient, d) for d in wanted),
            "until": time_words(until, texts.zone, language),
        }

    wanted = _wanted(occasion, dispositions, "DELAY", unasked=not occasion.controls.auto_submitted)
    return _report(occasion, wanted, "delayed", texts, values, until)


def relayed_report(occasion: Occasion, dispositions: Sequence[Disposition], texts: CouncilTexts) -> Notice | None:
    """The report on recipients whose NOTIFY names SUCCESS and whose next hop knows no such wishes: it took the mail,
    and nobody further on will say more (RFC 3461, 5.2.2)."""

    def values(language: Language, wanted: Sequence[Disposition]) -> Values:
        addresses = [d.recipient for d in wanted]
        return {"relayed_brief": in_brief(addresses, language), "relayed": tuple(addresses)}

    return _report(occasion, _wanted(occasion, dispositions, "SUCCESS", unasked=False), "relayed", texts, values)


def wants_success(envelope: Envelope) -> bool:
    """Whether anybody is to be told of a success."""
    return envelope.reverse_path is not None and any(
        one.notify is not None and "SUCCESS" in one.notify.upper().split(",") for one in envelope.recipient_params
    )


_TEMPLATES = {"failed": "non-delivery.txt", "delayed": "delay.txt", "relayed": "relayed.txt"}


def _wanted(occasion: Occasion, dispositions: Sequence[Disposition], wish: str, *, unasked: bool) -> list[Disposition]:
    """Those of them that are to be told of. `unasked`: also where there is no NOTIFY."""
    envelope = occasion.message.envelope
    notify = {d.recipient: envelope.params_of(d.recipient).notify for d in dispositions}
    return [
        d
        for d in dispositions
        if (unasked if (words := notify[d.recipient]) is None else wish in words.upper().split(","))
    ]


def _report(
    occasion: Occasion,
    wanted: Sequence[Disposition],
    action: str,
    texts: CouncilTexts,
    values: Callable[[Language, Sequence[Disposition]], Values],
    until: datetime | None = None,
) -> Notice | None:
    reverse_path = occasion.message.envelope.reverse_path
    if reverse_path is None or not wanted:
        return None
    to_sender = replace(occasion, to=(reverse_path,), to_owner=False, link_until=None)
    by_language = values_by_language(to_sender, texts, lambda language: values(language, wanted))
    rendered = render(texts.templates, _TEMPLATES[action], by_language)
    report = envelope_header(to_sender, rendered.subject, texts)
    parts = [
        text_part(rendered.text),
        _status(to_sender, wanted, texts, action, until),
        _original_header(header_part(occasion.message.octets)),
    ]
    put_parts(report, "multipart/report; report-type=delivery-status", parts, to_sender)
    return Notice(to=to_sender.to, octets=report.as_bytes())


def _line(disposition: Disposition, language: Language) -> str:
    return _with_reply(f"{disposition.recipient}: {language.say(FAILURE_WORDS[disposition.outcome])}", disposition)


def _with_reply(words: str, disposition: Disposition) -> str:
    return f"{words}: {shown(disposition.detail, 300)}" if _REPLY.match(disposition.detail) else words


def _status(
    occasion: Occasion,
    told: Sequence[Disposition],
    texts: CouncilTexts,
    action: str,
    until: datetime | None,
) -> MimeBlock:
    """The message/delivery-status part: a block on the message, then one for each recipient."""
    envelope = occasion.message.envelope
    first = MimeBlock()
    if envelope.params.envid and (envid := _from_xtext(envelope.params.envid)):
        first["Original-Envelope-Id"] = envid
    first["Reporting-MTA"] = f"dns; {texts.hostname}"
    first["Arrival-Date"] = format_datetime(occasion.message.received_at.astimezone(UTC))
    blocks: list[MimeBlock | str] = [first, *(_recipient_block(envelope, d, occasion.now, action, until) for d in told)]
    status = MimeBlock()
    status["Content-Type"] = "message/delivery-status"
    status.set_payload(blocks)
    return status


def _recipient_block(
    envelope: Envelope, disposition: Disposition, now: datetime, action: str, until: datetime | None
) -> MimeBlock:
    block = MimeBlock()
    orcpt = envelope.params_of(disposition.recipient).orcpt
    if orcpt:
        kind, semicolon, address = orcpt.partition(";")
        decoded = _from_xtext(address)
        if semicolon and decoded and re.fullmatch(r"[A-Za-z0-9-]+", kind):
            block["Original-Recipient"] = f"{kind};{decoded}"
    block["Final-Recipient"] = _final_recipient(disposition.recipient)
    block["Action"] = action
    block["Status"] = _status_code(disposition, action)
    if _REPLY.match(disposition.detail):
        block["Diagnostic-Code"] = "smtp; " + header_text(re.sub(r"[^ -~]", "?", disposition.detail), 300)
    block["Last-Attempt-Date"] = format_datetime(now.astimezone(UTC))
    if until is not None:
        block["Will-Retry-Until"] = format_datetime(until.astimezone(UTC))
    return block


def _status_code(disposition: Disposition, action: str) -> str:
    enhanced = _ENHANCED.match(disposition.detail)
    if (
        enhanced
        and enhanced[1][0] in _CLASSES[action]
        and disposition.outcome not in (Outcome.EXPIRED, Outcome.REJECTED)
    ):
        return enhanced[1]
    return {"delayed": "4.4.1", "relayed": "2.0.0"}.get(action) or _STATUS[disposition.outcome]


def _final_recipient(address: str) -> str:
    if address.isascii() and "=?" not in address:  # an encoded word would be decoded (`header_text`)
        return f"rfc822;{address}"
    # RFC 6533, 3: utf-8-addr-xtext, for a report that stays ASCII.
    return "utf-8;" + "".join(c if c.isascii() and c not in "\\+=" else f"\\x{{{ord(c):X}}}" for c in address)


def _from_xtext(text: str) -> str | None:
    """RFC 3461, 4, decoded; None where the result would not be printable ASCII, or hold an encoded word."""
    decoded = _XTEXT.sub(lambda match: chr(int(match[1], 16)), text)
    safe = re.fullmatch(r"[!-~]+(?: [!-~]+)*", decoded) and "=?" not in decoded
    return decoded if safe else None


def _original_header(octets: bytes) -> EmailMessage:
    """The identifying fields of the original's header as text/rfc822-headers (RFC 6522, 4); fields beyond the first
    65,536 octets are left out."""
    match = _HEADER.match(octets[:MAX_HEADER_BYTES])
    fields = _FIELD.finditer(match[0] if match else b"")
    header = b"".join(field[0] for field in fields if field[1].lower() in _IDENTIFYING)
    part = EmailMessage()
    plain = header.isascii() and max(map(len, header.split(b"\r\n"))) <= 998
    part.set_content(header, maintype="text", subtype="rfc822-headers", cte="7bit" if plain else "base64")
    del part["MIME-Version"]
    return part
