"""Every text that an SMTP client can hear from us, and the way from dispositions or an error to one. Pure.

Texts are generic: they carry our message id and never anything of the message, except the next hop's
own reply, which passes through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import MessageRefusedError, NextHopDeferredError, TemporaryError
from ..model import Disposition, Outcome, Reply

MAX_TEXT_OCTETS = 400  # RFC 5321, 4.5.3.1.5: a reply line has at most 512 octets, code and line end included


def _reply(code: int, enhanced_code: str, text: str) -> Reply:
    return Reply(code=code, enhanced_code=enhanced_code, text=text)


# Session
BYE = _reply(221, "2.0.0", "Bye")
OK = _reply(250, "2.0.0", "Ok")
TOO_MANY_CONNECTIONS = _reply(421, "4.7.0", "Too many connections, try again later")
STOPPING = _reply(421, "4.3.2", "Service is stopping, try again later")
TIMED_OUT = _reply(421, "4.4.2", "Timed out, closing the connection")
TOO_MANY_ERRORS = _reply(421, "4.7.0", "Too many errors, closing the connection")
NOT_SMTP = _reply(421, "4.7.0", "This is not SMTP, closing the connection")
NO_SYNCHRONISATION = _reply(554, "5.5.0", "Input before our reply, closing the connection")

# Commands
UNKNOWN_COMMAND = _reply(500, "5.5.2", "Command not recognised")
NOT_IMPLEMENTED = _reply(502, "5.5.1", "Command not implemented")
NO_CHUNKING = _reply(502, "5.5.1", "BDAT is not offered here, closing the connection")
LINE_TOO_LONG = _reply(500, "5.5.2", "Command line too long")
BAD_LINE = _reply(500, "5.5.2", "Commands are text that ends in CR LF and holds no other control character")
HELLO_FIRST = _reply(503, "5.5.1", "Send EHLO or HELO first")
HELLO_NEEDS_NAME = _reply(501, "5.5.4", "Syntax: EHLO name-of-the-client")
NO_ARGUMENT = _reply(501, "5.5.4", "This command takes no argument")
IN_TRANSACTION = _reply(503, "5.5.1", "Not within a transaction; RSET ends it")
NESTED_MAIL = _reply(503, "5.5.1", "A transaction is open already; RSET ends it")
MAIL_FIRST = _reply(503, "5.5.1", "Send MAIL first")
NO_RECIPIENT = _reply(554, "5.5.1", "No valid recipients")
BAD_REVERSE_PATH = _reply(501, "5.1.7", "Syntax: MAIL FROM:<address>, without source route, % or ! routing")
BAD_RECIPIENT = _reply(501, "5.1.3", "Syntax: RCPT TO:<address>, without source route, % or ! routing")
NEEDS_SMTPUTF8 = _reply(553, "5.6.7", "An address beyond ASCII needs MAIL with SMTPUTF8")
BAD_PARAMETER = _reply(501, "5.5.4", "Bad parameter")
UNKNOWN_PARAMETER = _reply(555, "5.5.4", "Parameter not recognised")
DECLARED_TOO_LARGE = _reply(552, "5.3.4", "Message exceeds the size limit")
REQUIRETLS_NEEDS_TLS = _reply(530, "5.7.10", "REQUIRETLS needs STARTTLS first")
REQUIRETLS_NOT_KEPT = _reply(550, "5.7.30", "The next host does not offer REQUIRETLS, so we can't keep it")
TOO_MANY_RECIPIENTS = _reply(452, "4.5.3", "Too many recipients, send the rest in another transaction")
REVERSE_PATH_OK = _reply(250, "2.1.0", "Ok")
RECIPIENT_NOT_ASKED = _reply(450, "4.4.1", "The next host does not answer about this recipient, try again later")
RECIPIENT_OK = _reply(250, "2.1.5", "Ok")
SEND_MESSAGE = _reply(354, "", "End with <CR><LF>.<CR><LF>")
CANNOT_VERIFY = _reply(252, "2.0.0", "Addresses are not verified; send and see")
HELP = _reply(214, "2.0.0", "EHLO HELO MAIL RCPT DATA RSET NOOP VRFY STARTTLS AUTH HELP QUIT; see RFC 5321")

# Who may send
NOT_YOURS_TO_SAY = _reply(550, "5.7.0", "This host may not speak for other clients")
UNKNOWN_LOGIN = _reply(501, "5.5.4", "No such account here")
NOT_A_CLIENT = _reply(550, "5.7.1", "This host may not send through us")
AUTHENTICATION_NEEDED = _reply(530, "5.7.0", "Authentication required")
STARTTLS_FIRST = _reply(530, "5.7.0", "Send STARTTLS first")
CERTIFICATE_FIRST = _reply(530, "5.7.0", "This host is let in by its certificate: send STARTTLS and show it")
NO_CERTIFICATE = _reply(550, "5.7.1", "This host is let in by its certificate, and has shown none")
WRONG_CERTIFICATE = _reply(550, "5.7.1", "The certificate of this host is not one that is let in; our log says why")
REVERSE_PATH_NOT_YOURS = _reply(550, "5.7.1", "This account may not use that reverse-path")
REVERSE_PATH_NOT_THIS_HOSTS = _reply(550, "5.7.1", "This host may not use that reverse-path")
TLS_NOT_AVAILABLE = _reply(502, "5.5.1", "STARTTLS is not available here")
READY_FOR_TLS = _reply(220, "2.0.0", "Ready to start TLS")
TLS_ACTIVE = _reply(503, "5.5.1", "TLS is active already")
AUTHENTICATED = _reply(235, "2.7.0", "Authentication successful")
BAD_CREDENTIALS = _reply(501, "5.5.2", "Name and password can't be read from that")
AUTHENTICATION_LINE_TOO_LONG = _reply(500, "5.5.6", "Authentication exchange line is too long")
TOO_MANY_LOG_INS = _reply(454, "4.7.0", "Too many log-ins have failed from there, wait some minutes and try again")
LOG_IN_UNAVAILABLE = _reply(454, "4.7.0", "Passwords can't be checked at the moment, try again later")
WRONG_CREDENTIALS = _reply(535, "5.7.8", "Authentication credentials invalid")
AUTHENTICATION_ABORTED = _reply(501, "5.7.0", "Authentication aborted")
BAD_BASE64 = _reply(501, "5.5.2", "Not base64")
NO_AUTHENTICATION_NOW = _reply(503, "5.5.1", "Authentication is not possible now")
NO_AUTHENTICATION_HERE = _reply(502, "5.5.1", "Authentication is not available here")
TLS_BEFORE_AUTHENTICATION = _reply(538, "5.7.11", "Encryption required for authentication")
UNKNOWN_MECHANISM = _reply(504, "5.5.4", "Authentication mechanism not supported")

TOO_MANY_MESSAGES_A_MINUTE = _reply(451, "4.7.1", "Too many messages in a minute from there, try again later")
TOO_MANY_RECIPIENTS_A_MINUTE = _reply(451, "4.7.1", "Too many recipients in a minute from there, try this one later")

# The service as a whole
DISK_LOW = _reply(452, "4.3.1", "Insufficient storage, try again later")
OVERLOADED = _reply(451, "4.3.2", "Too much mail at once, try again later")

_REFUSED_TEXTS = {
    "5.3.4": "Message exceeds a size limit",
    "5.4.6": "Message has passed too many hosts: a loop",
    "5.6.0": "Message not acceptable in this form",
    "5.6.11": "Message holds a CR, LF or NUL that other hosts could take for its end",
}
_IN_DOUBT_TEXT = "The next host has not confirmed delivery, try again later"
_TEMPORARY_TEXTS = {
    "4.3.0": "Temporary fault, try again later",
    "4.3.2": "Overloaded, try again later",
    "4.4.1": "The next host does not answer, try again later",
    "4.4.2": _IN_DOUBT_TEXT,
}
_POLICY_TEXT = "Message refused by the organisation's data protection policy"

_UNPRINTABLE = re.compile(r"[^ -~]+")
_REPLY_LINE = re.compile(r"([245][0-9]{2})[ -]?(?:([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |\Z))?(.*)", re.DOTALL)
_ACCEPTED = frozenset({Outcome.RELAYED, Outcome.DEFERRED, Outcome.HELD})


def reply_for(dispositions: Sequence[Disposition], message_id: str) -> Reply:
    """The one reply to the final dot.

    250 says that every recipient has the message, or that we do, or that we report its refusal: so a
    refusal beside an accepted recipient is still 250 (a 5yz would make the client report as failed
    what was delivered). 451 where nothing was promised or a next hop left its answer open.
    """
    outcomes = {disposition.outcome for disposition in dispositions}
    if Outcome.IN_DOUBT in outcomes:
        return _ours(451, "4.4.2", _IN_DOUBT_TEXT, message_id)
    if outcomes == {Outcome.RELAYED}:
        return _passed_through(dispositions[0].detail, message_id) or _taken(message_id)
    if outcomes & _ACCEPTED and outcomes <= _ACCEPTED | {Outcome.REFUSED, Outcome.REJECTED}:
        return _taken(message_id)
    if outcomes == {Outcome.REJECTED}:
        return _ours(550, "5.7.1", _POLICY_TEXT, message_id)
    if outcomes in ({Outcome.REFUSED}, {Outcome.REFUSED, Outcome.REJECTED}):
        # A next hop's 4yz wins: the client's retry may still reach somebody.
        refused = sorted(d.detail for d in dispositions if d.outcome is Outcome.REFUSED and d.detail[:1] in {"4", "5"})
        passed = _passed_through(refused[0] if refused else "", message_id)
        return passed or _ours(550, "5.0.0", "Message refused by the next host", message_id)
    return _ours(451, "4.3.0", _TEMPORARY_TEXTS["4.3.0"], message_id)


def reply_for_error(error: BaseException, message_id: str) -> Reply:
    """The reply when handling ended in an exception: never its text, always 4yz but for a refusal on purpose.

    `message_id` is empty before the message has one.
    """
    if isinstance(error, NextHopDeferredError):
        passed = _passed_through(error.reply_line, message_id)
        if passed is not None and passed.code < 500:
            return passed
    if isinstance(error, TemporaryError):
        code = error.enhanced_code
        return _ours(451, code, _TEMPORARY_TEXTS.get(code, _TEMPORARY_TEXTS["4.3.0"]), message_id)
    if isinstance(error, MessageRefusedError):
        text = _REFUSED_TEXTS.get(error.enhanced_code, _REFUSED_TEXTS["5.6.0"])
        return _ours(error.code, error.enhanced_code, text, message_id)
    return _ours(451, "4.3.0", _TEMPORARY_TEXTS["4.3.0"], message_id)


def reply_about_recipient(reply_line: str) -> Reply:
    """The next hop's own reply to a recipient, as one line."""
    return _passed_through(reply_line, "") or RECIPIENT_NOT_ASKED


def greeting(hostname: str) -> bytes:
    """What a client hears first (RFC 5321, 4.2)."""
    return f"220 {hostname} ESMTP\r\n".encode("ascii")


def hello(hostname: str, keywords: Sequence[str]) -> bytes:
    """The reply to EHLO, or to HELO with no keywords; no enhanced codes here (RFC 2034, 4)."""
    lines = [hostname, *keywords]
    last = len(lines) - 1
    return "".join(f"250{' ' if i == last else '-'}{line}\r\n" for i, line in enumerate(lines)).encode("ascii")


def encode(reply: Reply) -> bytes:
    """One reply line as it goes over the wire, whatever its text holds."""
    parts = (str(reply.code), reply.enhanced_code, _printable(reply.text)[:MAX_TEXT_OCTETS])
    return (" ".join(part for part in parts if part) + "\r\n").encode("ascii")


def _taken(message_id: str) -> Reply:
    return _ours(250, "2.0.0", "Message accepted", message_id)


def _ours(code: int, enhanced_code: str, text: str, message_id: str) -> Reply:
    mark = f" [{message_id}]" if message_id else ""
    return Reply(code=code, enhanced_code=enhanced_code, text=text[: MAX_TEXT_OCTETS - len(mark)] + mark)


def _passed_through(detail: str, message_id: str) -> Reply | None:
    """The next hop's reply with our id; None when `detail` is no reply line."""
    match = _REPLY_LINE.fullmatch(_printable(detail).strip())
    if match is None:
        return None
    code, enhanced_code, text = match.groups()
    if enhanced_code is None or enhanced_code[0] != code[0]:
        enhanced_code = f"{code[0]}.0.0"
    return _ours(int(code), enhanced_code, text.strip(), message_id)


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub(" ", text)
