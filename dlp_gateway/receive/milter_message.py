"""One message while a mail server shows it to us, packet by packet. Pure."""

from __future__ import annotations

import re

from ..errors import MessageRefusedError
from .milter_codec import Mail, Rcpt
from .smtp_codec import MailCommand, MessageLimits, RcptCommand, check_message, parse_mail, parse_rcpt

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


class MtaMessage:
    """Collects header fields and body, never more than a message may have."""

    __slots__ = ("_body", "_discarding", "_header", "_leading_space", "_limits", "_unclear")

    def __init__(self, limits: MessageLimits, *, leading_space: bool) -> None:
        """`leading_space`: values come with the blank that follows their colon."""
        self._limits = limits
        self._leading_space = leading_space
        self._header = bytearray()
        self._body = bytearray()
        self._discarding = False
        self._unclear = False

    @property
    def held_bytes(self) -> int:
        """Octets in memory now."""
        return len(self._header) + len(self._body)

    def discard(self) -> None:
        """Keep nothing more of this message; `octets` will refuse it as too large."""
        self._discarding = True
        self._header.clear()
        self._body.clear()

    def add_field(self, name: bytes, value: bytes) -> None:
        """A header field, folded with LF (Postfix, Sendmail) or CR LF."""
        value = value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if not _NAME.fullmatch(name) or _NOT_FOLDED.search(value):
            self._unclear = True  # more than one field, or none: the mail server would understand another message
        colon = b":" if self._leading_space else b": "
        self._keep(self._header, name + colon + value + b"\r\n")

    def add_body(self, octets: bytes) -> None:
        self._keep(self._body, octets)

    def _keep(self, where: bytearray, octets: bytes) -> None:
        if not self._discarding:
            where += octets
            if self.held_bytes > self._limits.message_bytes:
                self.discard()

    def octets(self) -> bytes:
        """The message as the mail server has it, but for the Received field that it puts on top. Frees our copy.

        Raises MessageRefusedError for what SMTP refuses after the final dot, and for header fields that are none.
        """
        header, body = self._header, self._body
        self._header, self._body = bytearray(), bytearray()
        if self._discarding:
            raise MessageRefusedError("larger than the limit", code=552, enhanced_code="5.3.4")
        if self._unclear:
            raise MessageRefusedError("a header field that is none")
        header += b"\r\n"
        header += body
        octets = bytes(header)
        check_message(octets, self._limits)
        return octets
