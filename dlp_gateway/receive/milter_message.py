"""One message while a mail server shows it to us, packet by packet. Pure."""

from __future__ import annotations

import re

from ..errors import MessageRefusedError
from .message_octets import MessageLimits, MessageOctets
from .milter_codec import Mail, Rcpt
from .smtp_codec import MailCommand, RcptCommand, parse_mail, parse_rcpt

_NAME = re.compile(rb"[!-9;-~]+[ \t]*")  # RFC 5322, 3.6.8, and the blanks of RFC 5322, 4.5
_NOT_FOLDED = re.compile(rb"\r\n(?![ \t])")


def mail_of(packet: Mail) -> MailCommand:
    """MAIL as the mail server's client said it. Raises CommandRefusedError, as for SMTP."""
    return parse_mail(b"FROM:" + _argument(packet))


def rcpt_of(packet: Rcpt, *, smtputf8: bool) -> RcptCommand:
    """RCPT as the mail server's client said it. Raises CommandRefusedError, as for SMTP."""
    return parse_rcpt(b"TO:" + _argument(packet), smtputf8=smtputf8)


def _argument(packet: Mail | Rcpt) -> bytes:
    address, *parameters = packet.arguments
    if not address.startswith(b"<"):  # what Postfix takes in by the sendmail command
        address = b"<" + address + b">"
    return b" ".join((address, *parameters))


class MtaMessage(MessageOctets):
    """Header fields, then the body, then `end`: the message as the mail server has it, but for the Received field that
    it puts on top. Refused is what SMTP refuses after the final dot, and header fields that are none."""

    __slots__ = ("_in_body", "_leading_space")

    def __init__(self, limits: MessageLimits, *, leading_space: bool) -> None:
        """`leading_space`: values come with the blank that follows their colon."""
        super().__init__(limits)
        self._leading_space = leading_space
        self._in_body = False

    def add_field(self, name: bytes, value: bytes) -> None:
        """A header field, folded with LF (Postfix, Sendmail) or CR LF."""
        value = value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if self._in_body or not _NAME.fullmatch(name) or _NOT_FOLDED.search(value):
            # More than one field, or none: the mail server would understand another message.
            self.refuse(MessageRefusedError("a header field that is none"))
        colon = b":" if self._leading_space else b": "
        self.add(name + colon + value + b"\r\n")

    def add_body(self, octets: bytes) -> None:
        """The next octets of the body."""
        self._end_header()
        self.add(octets)

    def end(self) -> None:
        """Nothing more comes."""
        self._end_header()

    def _end_header(self) -> None:
        if not self._in_body:
            self._in_body = True
            self.add(b"\r\n")
