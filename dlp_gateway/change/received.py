"""The Received field that the gateway adds (RFC 5321, 4.4)."""

from __future__ import annotations

import re
from datetime import datetime

from ..model import Envelope, Message

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The client chose its name; only what can't be mistaken for other parts of the field is repeated.
_SAFE_NAME = re.compile(r"[A-Za-z0-9._\-]{1,60}|\[[A-Fa-f0-9.:IPv]{1,50}\]")
_UNSAFE_IN_COMMENT = re.compile(r"[^A-Za-z0-9 .,:=/_\-]")


def received_field(message: Message, hostname: str) -> bytes:
    """One field, folded below 78 octets a line, CRLF at its end.

    The recipients are never listed: the field would tell the names of Bcc to everyone.
    """
    envelope = message.envelope
    literal = _literal(envelope.client_ip)
    name = envelope.helo if _SAFE_NAME.fullmatch(envelope.helo) else literal
    tls_comment = _UNSAFE_IN_COMMENT.sub("", envelope.tls_text)[:60]  # RFC 8314, 4.3
    lines = [f"Received: from {name}"]
    if literal != name:
        lines.append(f"\t({literal})")
    lines.append(f"\tby {hostname} with {_protocol(envelope)}")
    if tls_comment:
        lines.append(f"\t({tls_comment})")
    lines.append(f"\tid {message.id};")
    lines.append(f"\t{_date(message.received_at)}")
    return "\r\n".join([*lines, ""]).encode("ascii", "replace")


def _literal(client_ip: str) -> str:
    """Address literal (RFC 5321, 4.1.3)."""
    if not client_ip:
        return "unknown"
    return f"[IPv6:{client_ip}]" if ":" in client_ip else f"[{client_ip}]"


def _protocol(envelope: Envelope) -> str:
    """Name of the transmission type (RFC 3848; RFC 6531, 4.3)."""
    base = "UTF8SMTP" if envelope.params.smtputf8 else "ESMTP"
    return base + ("S" if envelope.tls else "") + ("A" if envelope.client_user is not None else "")


def _date(moment: datetime) -> str:
    """RFC 5322, 3.3; English names whatever the locale."""
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year:04d} "
        f"{moment:%H:%M:%S} {moment:%z}"
    )
