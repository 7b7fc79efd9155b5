"""The grammar of SMTP commands. Pure: octets in, values out.

Addresses come out exactly as they went in. No library for header addresses is used: those decode
encoded words and drop comments, so that the address judged is not the address on the wire.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model import MailParams, RecipientParams, Reply
from . import reply

MAX_ADDRESS_OCTETS = 320  # RFC 5321, 4.5.3.1: 64 for the local part, @, 255 for the domain

_ATOM = rb"[A-Za-z0-9#$&'*+/=?^_`{|}~\x80-\xff-]+"  # atext without % and !, see _HIDDEN_ROUTE
_DOT_STRING = rb"%(atom)s(?:\.%(atom)s)*" % {b"atom": _ATOM}
# Without angle brackets (many parsers end there) and without spaces (no header or report of ours could name it).
_QUOTED_STRING = rb'"(?:[!#-;=?-\[\]-~\x80-\xff]|\\[!-;=?-~])*"'
_LABEL = rb"[A-Za-z0-9_\x80-\xff][A-Za-z0-9_\x80-\xff-]*"
_DOMAIN = rb"%(label)s(?:\.%(label)s)*" % {b"label": _LABEL}
_LITERAL = rb"\[(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]"
_ADDRESS = rb"(?:%s|%s)@(?:%s|%s)" % (_DOT_STRING, _QUOTED_STRING, _DOMAIN, _LITERAL)

# Many clients put a space after the colon; nothing else of RFC 5321, 4.1.2 is relaxed.
_FROM = re.compile(rb"(?i:FROM): *<(%s)?>(?: +(.*))?" % _ADDRESS, re.DOTALL)
_TO = re.compile(rb"(?i:TO): *<(%s|(?i:postmaster))>(?: +(.*))?" % _ADDRESS, re.DOTALL)  # RFC 5321, 4.1.1.3

# A next hop may look inside a quoted local part and route on what it finds (Postfix does by default,
# resolve_dequoted_address): policy would judge one recipient and another would get the message.
_HIDDEN_ROUTE = re.compile(rb"[%!@].*@", re.DOTALL)

# C1 controls, line separators, and the full stops that IDNA maps to "." (UTS 46): never in an address.
_UNSAFE_TEXT = re.compile("[\x80-\x9f\u2028\u2029\u3002\uff0e\uff61\uff20\ufeff]")

_HELLO_NAME = re.compile(rb"[A-Za-z0-9._:\[\]-]{1,255}")
_KEYWORD = re.compile(rb"[A-Za-z0-9][A-Za-z0-9-]*")
_VALUE = re.compile(rb"[!-<>-~\x80-\xff]+")  # RFC 5321, 4.1.2, esmtp-value; beyond ASCII by RFC 6531, 3.3
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+")  # RFC 3461, 4
_ORCPT = re.compile(r"[A-Za-z0-9.-]+;(?:[!-*,-<>-~\x80-\U0010ffff]|\+[0-9A-F]{2})+")
_NOTIFY = re.compile(r"NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*")
_MAX_ENVID, _MAX_ORCPT = 300, 1500  # RFC 3461: 100 and 500 characters before encoding, which may treble them

_NO_MAIL_PARAMS = MailParams()
_NO_RECIPIENT_PARAMS = RecipientParams()


class CommandRefusedError(Exception):
    """A command that is not acceptable as it stands, with the reply that says so."""

    def __init__(self, why: Reply) -> None:
        super().__init__(f"{why.code} {why.enhanced_code}")
        self.reply = why


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCommand:
    """The argument of MAIL. `size_bytes` is the declared size (RFC 1870), None where not given."""

    reverse_path: str | None
    params: MailParams
    size_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RcptCommand:
    """The argument of RCPT."""

    recipient: str
    params: RecipientParams


def parse_mail(argument: bytes) -> MailCommand:
    """Read what follows "MAIL ". Raises CommandRefusedError.

    Keyword values (BODY, RET) come out in upper case, ENVID as it came. AUTH (RFC 4954, 5) is checked
    and forgotten: we trust no client to speak for another.
    """
    match = _FROM.fullmatch(argument)
    if match is None:
        raise CommandRefusedError(reply.BAD_REVERSE_PATH)
    path, rest = match.groups()
    given = _parameters(rest) if rest else {}
    smtputf8 = _take(given, "SMTPUTF8", None) is not None
    params = _NO_MAIL_PARAMS
    size: int | None = None
    if rest:
        declared = _take(given, "SIZE", re.compile("[0-9]{1,20}"))
        size = None if declared is None else int(declared)
        _take(given, "AUTH", re.compile(f"<>|{_XTEXT.pattern}"))
        params = MailParams(
            body=_keyword(given, "BODY", re.compile("7BIT|8BITMIME")),
            smtputf8=smtputf8,
            ret=_keyword(given, "RET", re.compile("FULL|HDRS")),
            envid=_take(given, "ENVID", _XTEXT, _MAX_ENVID),
            require_tls=_take(given, "REQUIRETLS", None) is not None,
        )
        _nothing_left(given)
    reverse_path = None if path is None else _address(path, smtputf8, reply.BAD_REVERSE_PATH)
    return MailCommand(reverse_path=reverse_path, params=params, size_bytes=size)


def parse_rcpt(argument: bytes, *, smtputf8: bool) -> RcptCommand:
    """Read what follows "RCPT ". Raises CommandRefusedError.

    NOTIFY comes out in upper case, ORCPT as it came.
    """
    match = _TO.fullmatch(argument)
    if match is None:
        raise CommandRefusedError(reply.BAD_RECIPIENT)
    path, rest = match.groups()
    params = _NO_RECIPIENT_PARAMS
    if rest:
        given = _parameters(rest)
        orcpt = _take(given, "ORCPT", _ORCPT, _MAX_ORCPT)
        if orcpt is not None and not orcpt.isascii() and not smtputf8:
            raise CommandRefusedError(reply.NEEDS_SMTPUTF8)
        params = RecipientParams(notify=_keyword(given, "NOTIFY", _NOTIFY), orcpt=orcpt)
        _nothing_left(given)
    return RcptCommand(recipient=_address(path, smtputf8, reply.BAD_RECIPIENT), params=params)


def parse_hello(argument: bytes) -> str:
    """The name a client gives itself, restricted to what is harmless in a Received field.

    Raises CommandRefusedError.
    """
    if _HELLO_NAME.fullmatch(argument) is None:
        raise CommandRefusedError(reply.HELLO_NEEDS_NAME)
    return argument.decode("ascii")


def _address(octets: bytes, smtputf8: bool, bad: Reply) -> str:
    if len(octets) > MAX_ADDRESS_OCTETS or _HIDDEN_ROUTE.search(octets):
        raise CommandRefusedError(bad)
    if octets.isascii():
        return octets.decode("ascii")
    if not smtputf8:
        raise CommandRefusedError(reply.NEEDS_SMTPUTF8)
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        raise CommandRefusedError(bad) from None
    if _UNSAFE_TEXT.search(text):
        raise CommandRefusedError(bad)
    return text


def _parameters(rest: bytes) -> dict[str, str | None]:
    """ESMTP parameters by upper-case keyword; None for one without a value."""
    found: dict[str, str | None] = {}
    for item in rest.split():
        keyword, equals, value = item.partition(b"=")
        name = keyword.decode("ascii", "replace").upper()
        if not _KEYWORD.fullmatch(keyword) or (equals and not _VALUE.fullmatch(value)) or name in found:
            raise CommandRefusedError(reply.BAD_PARAMETER)
        try:
            found[name] = value.decode("utf-8") if equals else None
        except UnicodeDecodeError:
            raise CommandRefusedError(reply.BAD_PARAMETER) from None
    return found


def _take(
    given: dict[str, str | None], name: str, form: re.Pattern[str] | None, most: int = MAX_ADDRESS_OCTETS
) -> str | None:
    """Take one parameter out: None when absent; with `form` None it must come without a value, and is "" then."""
    if name not in given:
        return None
    value = given.pop(name)
    if form is None:
        if value is not None:
            raise CommandRefusedError(reply.BAD_PARAMETER)
        return ""
    if value is None or len(value) > most or form.fullmatch(value) is None:
        raise CommandRefusedError(reply.BAD_PARAMETER)
    return value


def _keyword(given: dict[str, str | None], name: str, form: re.Pattern[str]) -> str | None:
    value = given.get(name)
    if value is not None:
        given[name] = value.upper()
    return _take(given, name, form)


def _nothing_left(given: dict[str, str | None]) -> None:
    if given:
        raise CommandRefusedError(reply.UNKNOWN_PARAMETER)
