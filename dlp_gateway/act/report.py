"""Non-delivery reports (RFC 3464, RFC 6522) for mail in our custody that could not be delivered. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.message import Message as MimeBlock
from email.utils import format_datetime

from ..language import Language
from ..model import Disposition, Envelope, Outcome
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
    envelope = occasion.message.envelope
    failed = [d for d in dispositions if d.outcome in _STATUS and _wants_report(envelope, d.recipient)]
    if envelope.reverse_path is None or not failed:
        return None
    to_sender = Occasion(
        message=occasion.message,
        controls=occasion.controls,
        to=(envelope.reverse_path,),
        now=occasion.now,
        notice_id=occasion.notice_id,
        link=occasion.link,
        languages=occasion.languages,
    )

    def values(language: Language) -> Values:
        return {
            "failed_brief": in_brief([d.recipient for d in failed], language),
            "failed": tuple(_line(d, language) for d in failed),
        }

    rendered = render(texts.templates, "non-delivery.txt", values_by_language(to_sender, texts, values))
    report = envelope_header(to_sender, rendered.subject, texts)
    parts = [
        text_part(rendered.text),
        _status(to_sender, failed, texts),
        _original_header(occasion.message.octets),
    ]
    put_parts(report, "multipart/report; report-type=delivery-status", parts, to_sender)
    return Notice(to=to_sender.to, octets=report.as_bytes())


def _wants_report(envelope: Envelope, recipient: str) -> bool:
    notify = envelope.params_of(recipient).notify
    return notify is None or "FAILURE" in notify.upper().split(",")


def _line(disposition: Disposition, language: Language) -> str:
    reply = f": {shown(disposition.detail, 300)}" if _REPLY.match(disposition.detail) else ""
    return f"{disposition.recipient}: {language.say(FAILURE_WORDS[disposition.outcome])}{reply}"


def _status(occasion: Occasion, failed: Sequence[Disposition], texts: CouncilTexts) -> MimeBlock:
    """The message/delivery-status part: a block on the message, then one for each recipient."""
    envelope = occasion.message.envelope
    first = MimeBlock()
    if envelope.params.envid and (envid := _from_xtext(envelope.params.envid)):
        first["Original-Envelope-Id"] = envid
    first["Reporting-MTA"] = f"dns; {texts.hostname}"
    first["Arrival-Date"] = format_datetime(occasion.message.received_at.astimezone(UTC))
    blocks: list[MimeBlock | str] = [first, *(_recipient_block(envelope, d, occasion.now) for d in failed)]
    status = MimeBlock()
    status["Content-Type"] = "message/delivery-status"
    status.set_payload(blocks)
    return status


def _recipient_block(envelope: Envelope, disposition: Disposition, now: datetime) -> MimeBlock:
    block = MimeBlock()
    orcpt = envelope.params_of(disposition.recipient).orcpt
    if orcpt:
        kind, semicolon, address = orcpt.partition(";")
        decoded = _from_xtext(address)
        if semicolon and decoded and re.fullmatch(r"[A-Za-z0-9-]+", kind):
            block["Original-Recipient"] = f"{kind};{decoded}"
    block["Final-Recipient"] = _final_recipient(disposition.recipient)
    block["Action"] = "failed"
    enhanced = _ENHANCED.match(disposition.detail)
    of_failure = enhanced is not None and disposition.outcome is Outcome.REFUSED
    block["Status"] = enhanced[1] if enhanced and of_failure else _STATUS[disposition.outcome]
    if _REPLY.match(disposition.detail):
        block["Diagnostic-Code"] = "smtp; " + header_text(re.sub(r"[^ -~]", "?", disposition.detail), 300)
    block["Last-Attempt-Date"] = format_datetime(now.astimezone(UTC))
    return block


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
