"""The grammar of SMTP commands and the framing of DATA. Pure: octets in, values out.

Addresses come out exactly as they went in. No library for header addresses is used: those decode
encoded words and drop comments, so that the address judged is not the address on the wire.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import MessageRefusedError
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

_DISGUISED_END = re.compile(rb"(?:\A|\n)(?:\0+\.\0*|\.\0+)(?:\r\n|\Z)")
_RECEIVED = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)

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


# --------------------------------------------------------------------------------------------------
# DATA
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLimits:
    """What a message may be at most; `line_octets` counts a line without its end."""

    message_bytes: int
    line_octets: int
    header_bytes: int
    hops: int


class MessageReader:
    """Takes what comes after 354, in any pieces, until CR LF . CR LF and nothing else.

    Looks at blocks, never at lines: that is four times as fast at 100 kB. A small message is kept and answered by
    `octets`. Of a large one whoever feeds takes out `cut` after `cut`, each checked by then, and in the end `last`.
    Memory stays bounded however much comes: beyond the limit, after a fault that was found on the way, or after
    `discard`, only the last octets are kept, to find the end.
    """

    __slots__ = ("_begun", "_cut_bytes", "_limits", "_most", "_refusal", "_wire", "ended")

    def __init__(self, limits: MessageLimits) -> None:
        self._limits = limits
        # Dot-stuffing makes a line of one dot (3 octets) one octet longer: never more than a third in all.
        self._most = limits.message_bytes + limits.message_bytes // 3 + 8
        self._wire = bytearray(b"\r\n")  # the line end before the first line: an empty message begins with the dot
        self._begun = False  # something was taken out
        self._cut_bytes = 0  # of the message, so far
        self._refusal: MessageRefusedError | None = None
        self.ended = False  # the final dot has come

    @property
    def held_bytes(self) -> int:
        """Octets in memory now."""
        return len(self._wire)

    def discard(self) -> None:
        """Keep nothing more of this message; `octets` and `last` will refuse it as too large."""
        self._refuse(_too_large())

    def feed(self, block: bytes | bytearray) -> bytes | None:
        """Take a block. Answers None while the end has not come, else what came after it (often b"")."""
        wire = self._wire
        start = max(len(wire) - 4, 0)
        wire += block
        end = wire.find(b"\r\n.\r\n", start)
        if end < 0:
            if self._refusal is not None:
                del wire[:-4]
            elif len(wire) > self._most:
                self.discard()
            return None
        self.ended = True
        rest = bytes(wire[end + 5 :])
        del wire[end + 2 :]
        return rest

    def cut(self) -> bytes:
        """Take out what has come before its last line end; b"" where that is not possible yet, or nothing is kept any
        more. The first one begins with the whole header. All that was cut, and `last`, are the message."""
        end = self._wire.rfind(b"\r\n")
        if self._refusal is not None or self.ended:
            return b""
        if end <= (0 if self._begun else 2):  # still one line, or nothing but an empty header before it
            if len(self._wire) - end - 2 > self._limits.line_octets:
                self._refuse(_line_too_long())
            return b""
        if not self._begun and self._wire.find(b"\r\n\r\n") < 0 and end <= self._limits.header_bytes:
            return b""
        octets = bytes(memoryview(self._wire)[:end])
        del self._wire[:end]  # the line end stays: what follows it tells whether a dot is one too many
        try:
            return self._checked(octets)
        except MessageRefusedError as refusal:
            self._refuse(refusal)
            return b""

    def last(self) -> bytes:
        """What was not cut, after the end has come. Raises MessageRefusedError as `octets` does."""
        assert self.ended
        if self._refusal is not None:
            raise self._refusal
        octets, self._wire = bytes(self._wire), bytearray()
        return self._checked(octets)

    def octets(self) -> bytes:
        """The message after its end has come, where nothing was cut: CRLF line ends, no dot-stuffing. Frees the
        reader's copy.

        Raises MessageRefusedError: too large, a bare CR or LF, too many hops, header or line too long.
        """
        assert self.ended
        wire, self._wire = self._wire, bytearray()
        if self._refusal is not None:
            raise self._refusal
        if wire.find(b"\r\n.") >= 0:
            wire = wire.replace(b"\r\n.", b"\r\n")  # RFC 5321, 4.5.2: whatever follows the dot
        octets = bytes(memoryview(wire)[2:])
        del wire
        check_message(octets, self._limits)
        return octets

    def _checked(self, wire: bytes) -> bytes:
        """A block, which begins with the line end before its first line, without dot-stuffing."""
        octets = wire.replace(b"\r\n.", b"\r\n") if b"\r\n." in wire else wire
        if not self._begun:
            self._begun = True
            octets = octets[2:]  # there is no line before the first
            _check_header(octets if octets.find(b"\r\n\r\n") >= 0 else octets + b"\r\n", self._limits)
        self._cut_bytes += len(octets)
        if self._cut_bytes > self._limits.message_bytes:
            raise _too_large()
        _check_line_ends(octets)
        if has_long_line(octets, self._limits.line_octets):
            raise _line_too_long()
        return octets

    def _refuse(self, refusal: MessageRefusedError) -> None:
        self._refusal = self._refusal or refusal
        del self._wire[:-4]


def check_message(octets: bytes, limits: MessageLimits) -> None:
    """Raises MessageRefusedError for what must not be inspected or relayed as it is."""
    if len(octets) > limits.message_bytes:
        raise _too_large()
    _check_line_ends(octets)
    _check_header(octets, limits)
    if has_long_line(octets, limits.line_octets):
        raise _line_too_long()


def _check_header(octets: bytes, limits: MessageLimits) -> None:
    header_end = header_length(octets)
    if header_end > limits.header_bytes:
        raise MessageRefusedError("header larger than the limit", code=552, enhanced_code="5.3.4")
    if count_hops(octets[:header_end]) > limits.hops:
        raise MessageRefusedError("too many hops", enhanced_code="5.4.6")


def _check_line_ends(octets: bytes) -> None:
    if has_bare_cr_or_lf(octets):
        # A next hop that takes LF alone as a line end would see another message than we do.
        raise MessageRefusedError("bare CR or LF", enhanced_code="5.6.11")
    if has_disguised_end(octets):
        raise MessageRefusedError("a line of a dot and NUL", enhanced_code="5.6.11")


def _too_large() -> MessageRefusedError:
    return MessageRefusedError("larger than the limit", code=552, enhanced_code="5.3.4")


def _line_too_long() -> MessageRefusedError:
    return MessageRefusedError("line longer than the limit", enhanced_code="5.6.0")


def has_bare_cr_or_lf(octets: bytes) -> bool:
    """Whether a CR or LF stands outside a CR LF pair (RFC 5321, 2.3.8)."""
    pairs = octets.count(b"\r\n")
    return octets.count(b"\n") != pairs or octets.count(b"\r") != pairs


def has_disguised_end(octets: bytes) -> bool:
    """Whether a line holds nothing but a dot and NUL: a next hop that drops NUL would end the message there."""
    return b"\0" in octets and _DISGUISED_END.search(octets) is not None


def header_length(octets: bytes) -> int:
    """Length of the header block with its last line end; the whole message where no empty line is."""
    if octets.startswith(b"\r\n"):
        return 0
    end = octets.find(b"\r\n\r\n")
    return len(octets) if end < 0 else end + 2


def count_hops(header: bytes) -> int:
    """Received fields in a header block (RFC 5321, 6.3)."""
    return len(_RECEIVED.findall(header))


def has_long_line(octets: bytes, most: int) -> bool:
    """Whether a line has more than `most` octets, its end not counted. Jumps from line end to line end
    at most that far apart, so that its cost is the number of such jumps, not of lines."""
    place, length = 0, len(octets)
    while length - place > most:
        end = octets.rfind(b"\r\n", place, place + most + 2)
        if end < 0:
            return True
        place = end + 2
    return False
