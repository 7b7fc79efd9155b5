"""The wire form of SMTP as a client speaks it: replies read, commands and message octets written.

Pure: octets in, values out, no socket and no clock. Everything that could let one message become
two, or a reply be taken for another, is refused here, before a connection is touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..model import MailParams, RecipientParams
from ..octets import Octets, Piece, Spooled, pieces

MAX_LINE_OCTETS = 2048  # RFC 5321, 4.5.3.1.5 says 512; four times that for verbose next hops
MAX_REPLY_LINES = 100
MAX_REPLY_OCTETS = 65536
MAX_TEXT = 400  # characters of a reply's text that are kept

_MAX_XFORWARD = 512  # octets of a line

RawReply = tuple[int, tuple[bytes, ...]]
"""Code and the text of each line, as it came."""

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])([^\r\n]*))?")
_ENHANCED = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)")
_UNPRINTABLE = re.compile(r"[^ -~]")
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\x9f<>]")
_UNSAFE_IN_PARAMETER = re.compile(r"[\x00-\x20\x7f-\x9f]")


class ReplyError(Exception):
    """The next hop sent something that is no SMTP reply. The text is ours, never the next hop's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpReply:
    """One reply of the next hop: its code, its enhanced code (RFC 3463; None when absent or of
    another class than `code`) and its text on one line of printable ASCII, the enhanced code left out."""

    code: int
    enhanced: str | None
    text: str

    @property
    def taken(self) -> bool:
        """Whether the reply is positive (2yz)."""
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        """Whether the reply refuses for good (5yz)."""
        return 500 <= self.code < 600

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)


def smtp_reply(raw: RawReply) -> SmtpReply:
    """The reply with its lines joined and its enhanced code taken off each of them."""
    code, lines = raw
    enhanced: str | None = None
    texts = []
    for line in lines:
        text = _UNPRINTABLE.sub("?", line.decode("ascii", "replace")).strip()
        match = _ENHANCED.match(text)
        if match and match[1][0] == str(code)[0]:
            enhanced = enhanced or match[1]
            text = text[match.end() :].strip()
        if text:
            texts.append(text)
    return SmtpReply(code=code, enhanced=enhanced, text=" ".join(texts)[:MAX_TEXT])


class ReplyParser:
    """Cuts a stream of octets into replies (RFC 5321, 4.2.1).

    Lines end in CRLF only: a bare LF would let a next hop's echo of our own words start a new reply.
    A line may be a bare code, and its text may be empty: smtp-sink ends its EHLO reply so.
    """

    __slots__ = ("_buffer", "_code", "_lines", "_octets")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._code: int | None = None
        self._lines: list[bytes] = []
        self._octets = 0

    @property
    def partial(self) -> bool:
        """Whether a reply has begun and not ended."""
        return bool(self._buffer) or self._code is not None

    def feed(self, octets: bytes) -> list[RawReply]:
        """The replies that are complete now. Raises ReplyError when the stream is not SMTP or is
        beyond the limits above; the parser is of no use afterwards."""
        buffer = self._buffer
        buffer += octets
        replies: list[RawReply] = []
        start = 0
        while (end := buffer.find(b"\r\n", start)) >= 0:
            if end + 2 - start > MAX_LINE_OCTETS:
                raise ReplyError("a reply line is too long")
            reply = self._line(bytes(buffer[start:end]))
            if reply is not None:
                replies.append(reply)
            start = end + 2
        del buffer[:start]
        if len(buffer) >= MAX_LINE_OCTETS:
            raise ReplyError("a reply line is too long")
        return replies

    def _line(self, line: bytes) -> RawReply | None:
        match = _LINE.fullmatch(line)
        if match is None:
            raise ReplyError("a reply line does not start with a code")
        code = int(match[1])
        if self._code is not None and code != self._code:
            raise ReplyError("the lines of one reply have different codes")
        self._octets += len(line) + 2
        if len(self._lines) == MAX_REPLY_LINES or self._octets > MAX_REPLY_OCTETS:
            raise ReplyError("a reply is too long")
        self._code = code
        self._lines.append(match[3] or b"")
        if match[2] == b"-":
            return None
        reply = (code, tuple(self._lines))
        self._code, self._lines, self._octets = None, [], 0
        return reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the next hop's EHLO reply offers."""

    pipelining: bool = False  # RFC 2920
    starttls: bool = False  # RFC 3207
    eight_bit: bool = False  # RFC 6152
    utf8: bool = False  # RFC 6531
    dsn: bool = False  # RFC 3461
    require_tls: bool = False  # RFC 8689
    size: int | None = None  # RFC 1870: None not offered, 0 offered without a limit
    xforward: frozenset[str] = frozenset()  # of Postfix: attributes, in upper case
    auth: frozenset[str] = frozenset()  # RFC 4954, mechanisms in upper case

    @property
    def missing(self) -> tuple[str, ...]:
        """By their keywords, what mail may need and is not offered."""
        wanted = {"PIPELINING": self.pipelining, "8BITMIME": self.eight_bit, "SMTPUTF8": self.utf8, "DSN": self.dsn}
        return tuple(keyword for keyword, offered in wanted.items() if not offered)


def read_features(reply: RawReply) -> Features:
    """The features of an EHLO reply. Unknown, empty and broken lines count for nothing."""
    offers: dict[bytes, list[bytes]] = {}
    for line in reply[1][1:]:
        words = line.upper().split()
        if words:
            offers.setdefault(words[0], words[1:])
    size = None
    if b"SIZE" in offers:
        first = offers[b"SIZE"][:1]
        size = int(first[0]) if first and first[0].isdigit() and len(first[0]) <= 20 else 0
    return Features(
        pipelining=b"PIPELINING" in offers,
        starttls=b"STARTTLS" in offers,
        eight_bit=b"8BITMIME" in offers,
        utf8=b"SMTPUTF8" in offers,
        dsn=b"DSN" in offers,
        require_tls=b"REQUIRETLS" in offers,
        size=size,
        xforward=frozenset(word.decode("ascii", "replace").upper() for word in offers.get(b"XFORWARD", [])),
        auth=frozenset(word.decode("ascii", "replace") for word in offers.get(b"AUTH", [])),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One checked mail transaction: nothing in it can break out of its line or its message."""

    reverse_path: str | None
    recipients: tuple[str, ...]
    params: MailParams
    recipient_params: tuple[RecipientParams, ...]
    # End in CRLF, without the final dot; dot-stuffed but for what lies on the disk.
    chunks: tuple[Piece, ...]
    size_bytes: int  # before dot-stuffing
    needs_eight_bit: bool
    needs_utf8: bool  # the header or the reverse-path can't go to a next hop without SMTPUTF8


def make_transaction(
    reverse_path: str | None,
    recipients: Sequence[str],
    params: MailParams,
    recipient_params: Sequence[RecipientParams],
    octets: Octets | Sequence[Piece],
) -> Transaction:
    """Check and encode one transaction. `octets` is the message, in one piece or in several that follow
    one another; where it does not end in CRLF, one is added (RFC 5321, 4.1.1.4).

    Raises ValueError for an address or parameter that holds a space, an angle bracket or a control
    character, for no or repeated recipients, and for a message with a bare CR or LF. The text never
    holds the address.
    """
    if not recipients or len(set(recipients)) != len(recipients):
        raise ValueError("a transaction needs recipients, each of them once")
    if recipient_params and len(recipient_params) != len(recipients):
        raise ValueError("recipient_params must be empty or match the recipients")
    for address in (reverse_path or "", *recipients):
        if _UNSAFE_IN_ADDRESS.search(address):
            raise ValueError("an address holds a space, an angle bracket or a control character")
        address.encode()  # a lone surrogate is a ValueError too
    if not all(recipients):
        raise ValueError("a recipient is empty")
    for value in (params.body, params.ret, params.envid, *(v for p in recipient_params for v in (p.notify, p.orcpt))):
        if value is not None and (not value or _UNSAFE_IN_PARAMETER.search(value)):
            raise ValueError("a parameter is empty or holds a space or a control character")
    given = pieces(octets) if isinstance(octets, bytes | Spooled) else octets
    in_memory = tuple(piece for piece in given if isinstance(piece, bytes) and piece)
    on_disk = tuple(piece for piece in given if not isinstance(piece, bytes))
    if any(not piece.endswith(b"\r\n") for piece in (in_memory if on_disk else in_memory[:-1])):
        in_memory = (b"".join(in_memory),)  # so that every piece starts a line
    for piece in in_memory:
        check_line_ends(piece)
    if on_disk and not (in_memory and in_memory[-1].endswith(b"\r\n")):
        raise ValueError("a large message's body does not start a line")
    eight_bit = not (all(piece.isascii() for piece in in_memory) and all(piece.is_ascii for piece in on_disk))
    return Transaction(
        reverse_path=reverse_path,
        recipients=tuple(recipients),
        params=params,
        recipient_params=tuple(recipient_params),
        chunks=(*_stuffed(in_memory), *on_disk),
        size_bytes=sum(map(len, in_memory)) + sum(map(len, on_disk)),
        needs_eight_bit=eight_bit,
        needs_utf8=not (reverse_path or "").isascii()
        or (params.smtputf8 and eight_bit and not _header(in_memory).isascii()),
    )


def _header(pieces: tuple[bytes, ...]) -> bytes:
    octets = b"".join((b"\r\n", *pieces))  # a message may start with the line that ends its header
    end = octets.find(b"\r\n\r\n")
    return octets if end < 0 else octets[:end]


def _stuffed(pieces: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """RFC 5321, 4.5.2. Each piece starts a line."""
    chunks = []
    for piece in pieces:
        if piece.startswith(b"."):
            chunks.append(b".")
        chunks.append(piece.replace(b"\r\n.", b"\r\n..") if b"\r\n." in piece else piece)
    if pieces and pieces[-1] and not pieces[-1].endswith(b"\r\n"):
        chunks.append(b"\r\n")
    return tuple(chunks)


def check_line_ends(octets: bytes) -> None:
    """Raises ValueError for a bare CR or LF: to some next hops it could end the message."""
    ends = octets.count(b"\r\n")
    if octets.count(b"\n") != ends or octets.count(b"\r") != ends:
        raise ValueError("the message holds a bare CR or LF")


class Stuffer:
    """Checks and dot-stuffs octets that come in blocks, the first of which starts a line (RFC 5321, 4.5.2)."""

    __slots__ = ("_held", "_written")

    def __init__(self) -> None:
        self._held = b"\r\n"  # from the last line end on: what follows tells whether a dot is to be doubled
        self._written = 2  # octets of what is held that went out before

    def feed(self, block: bytes) -> bytes:
        """What may go out now, up to but without the last line end. Raises ValueError for a bare CR or LF."""
        octets = self._held + block
        end = octets.rfind(b"\r\n")
        ready, self._held = octets[:end], octets[end:]
        return self._stuffed(ready)

    def end(self) -> bytes:
        """The rest, with the line end that it may lack. Raises ValueError for a bare CR or LF."""
        ready = self._held if self._held.endswith(b"\r\n") else self._held + b"\r\n"
        return self._stuffed(ready)

    def _stuffed(self, octets: bytes) -> bytes:
        check_line_ends(octets)
        written, self._written = self._written if octets else 0, 0 if octets else self._written
        return octets.replace(b"\r\n.", b"\r\n..")[written:]


def mail_command(transaction: Transaction, features: Features, *, require_tls: bool = False) -> bytes:
    """The MAIL line with the parameters that the next hop offers. `require_tls`: it must pass any message on under TLS
    or not at all (RFC 8689, 2), as it must one whose client asked for that."""
    params = transaction.params
    line = f"MAIL FROM:<{transaction.reverse_path or ''}>"
    if features.size is not None:
        line += f" SIZE={transaction.size_bytes}"
    if features.eight_bit and (transaction.needs_eight_bit or params.body == "8BITMIME"):
        line += " BODY=8BITMIME"
    if features.utf8 and (
        params.smtputf8 or transaction.needs_utf8 or not all(r.isascii() for r in transaction.recipients)
    ):
        line += " SMTPUTF8"
    if require_tls or params.require_tls:
        line += " REQUIRETLS"
    if features.dsn:
        line += f" RET={params.ret}" if params.ret else ""
        line += f" ENVID={params.envid}" if params.envid else ""
    return line.encode() + b"\r\n"


def xforward_commands(transaction: Transaction, features: Features) -> list[bytes]:
    """What our client told of the message's origin, for a next hop that wishes to know it: XFORWARD lines of at most
    512 octets (Postfix's XFORWARD_README)."""
    lines: list[bytes] = []
    for name, value in transaction.params.forwarded:
        if name not in features.xforward:
            continue
        text = f"IPV6:{value}" if name == "ADDR" and ":" in value else value
        item = f" {name}={_xtext(text) or '[UNAVAILABLE]'}".encode()
        if not lines or len(lines[-1]) + len(item) > _MAX_XFORWARD - 2:
            lines.append(b"XFORWARD")
        lines[-1] += item
    return [line + b"\r\n" for line in lines]


def _xtext(text: str) -> str:
    """RFC 3461, 4."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in text)


def rcpt_commands(transaction: Transaction, recipients: Sequence[str], features: Features) -> list[bytes]:
    """The RCPT lines of some of the transaction's recipients, with their DSN parameters verbatim where
    the next hop offers DSN."""
    if not features.dsn or not transaction.recipient_params:
        return [b"RCPT TO:<" + recipient.encode() + b">\r\n" for recipient in recipients]
    params = dict(zip(transaction.recipients, transaction.recipient_params, strict=True))
    lines = []
    for recipient in recipients:
        line = f"RCPT TO:<{recipient}>"
        line += f" NOTIFY={params[recipient].notify}" if params[recipient].notify else ""
        line += f" ORCPT={params[recipient].orcpt}" if params[recipient].orcpt else ""
        lines.append(line.encode() + b"\r\n")
    return lines


NO_REQUIRETLS = SmtpReply(
    code=550, enhanced="5.7.30", text="The next hop does not offer REQUIRETLS under TLS that proves who it is"
)
"""RFC 8689, 4.2.1 and 7: what asked for REQUIRETLS goes on so, or back."""


def known_refusals(transaction: Transaction, features: Features, *, eight_bit_as_is: bool) -> dict[str, SmtpReply]:
    """What the next hop's EHLO reply already refuses, by recipient, so that no octet need be sent.

    `eight_bit_as_is`: send a message with octets above 127 to a next hop without 8BITMIME rather than
    refuse it.
    """
    if transaction.params.require_tls and not features.require_tls:
        return dict.fromkeys(transaction.recipients, NO_REQUIRETLS)
    if features.size and transaction.size_bytes > features.size:
        reply = SmtpReply(code=552, enhanced="5.3.4", text="Message is larger than the next hop takes")
        return dict.fromkeys(transaction.recipients, reply)
    if transaction.needs_eight_bit and not features.eight_bit and not eight_bit_as_is:
        reply = SmtpReply(code=554, enhanced="5.6.3", text="The next hop does not take 8-bit messages")
        return dict.fromkeys(transaction.recipients, reply)
    if features.utf8:
        return {}
    reply = SmtpReply(code=550, enhanced="5.6.7", text="The next hop does not take internationalised addresses")
    if transaction.needs_utf8:
        return dict.fromkeys(transaction.recipients, reply)
    return {r: reply for r in transaction.recipients if not r.isascii()}
