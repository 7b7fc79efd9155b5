"""What a mail client in the council does: a few recipients of every kind, a message, and sending it."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass

OFFICER = "officer@council.example"
COLLEAGUE = "colleague@council.example"  # one of ours: relayed without disclaimer
SUPPLIER = "orders@supplier.example"  # outside, told nothing about anybody: relayed with disclaimer
HOSPITAL = "ward@hospitals.nhs.example"  # partner that may receive what SENSITIVE tells: encrypted
STRANGER = "a.stranger@nobody.example"  # outside and without agreement: SENSITIVE is held
BLOG = "diary@post.blog.example"  # posts what it receives: SENSITIVE is rejected

PLAIN = "The meeting is moved to Thursday at ten. Please bring the plans.\r\n"
SENSITIVE = "Patient Joan Archer, NHS number 943 476 5919, date of birth 12/03/1957, has moved.\r\n"


@dataclass(frozen=True, slots=True)
class Heard:
    """The reply to the final dot, or to the command that was refused."""

    code: int
    text: str


def mail(
    name: str, text: str = PLAIN, *, subject: str = "", author: str = OFFICER, to: str = SUPPLIER, **fields: str
) -> bytes:
    """A message whose Message-ID and ledger number is `name`; `fields` are more header fields."""
    more = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in fields.items())
    return (
        f"From: <{author}>\r\nTo: <{to}>\r\nSubject: {subject or f'Note {name}'}\r\n"
        f"Message-ID: <{name}@council.example>\r\nX-Ledger: {name}\r\n{more}\r\n{text}"
    ).encode()


def send(
    port: int, octets: bytes, *recipients: str, reverse_path: str = OFFICER, options: tuple[str, ...] = ()
) -> Heard:
    """One transaction in a session of its own. The empty `reverse_path` is the null one."""
    with smtplib.SMTP("127.0.0.1", port, timeout=120) as session:
        session.ehlo("desk.council.example")
        return send_in(session, octets, *recipients, reverse_path=reverse_path, options=options)


def send_in(
    session: smtplib.SMTP,
    octets: bytes,
    *recipients: str,
    reverse_path: str = OFFICER,
    options: tuple[str, ...] = (),
) -> Heard:
    """One transaction in a session that is open already."""
    heard = _heard(session.mail(reverse_path, options))
    for recipient in recipients:
        if heard.code != 250:
            return heard
        heard = _heard(session.rcpt(recipient))
    return _heard(session.data(octets)) if heard.code == 250 else heard


def _heard(answer: tuple[int, bytes]) -> Heard:
    return Heard(answer[0], answer[1].decode())
