"""The wire between a mail server and its filter: octets to packets and back. Pure.

This is the protocol of Sendmail's libmilter in its versions 2 to 6, which Postfix speaks, too. There is no RFC; what is
written here follows the constants of libmilter's mfdef.h and the documentation of Postfix (MILTER_README). A packet is
a length (32 bits, the most significant octet first), a letter, and so many octets less one. Texts end in NUL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, IntFlag
from typing import NamedTuple

OLDEST_VERSION, VERSION = 2, 6

MAX_PACKET_OCTETS = 2**20 + 1
"""Letter included. A mail server sends a header field whole and a body in pieces of at most 65,535 octets."""

BODY_PIECE_OCTETS = 65535  # mfdef.h, MILTER_CHUNK_SIZE: more would be refused


class BadPacketError(ValueError):
    """Octets that are no packet of this protocol. The text holds nothing of them."""


class Actions(IntFlag):
    """What a filter may do to a message at its end (SMFIF_*)."""

    ADD_HEADERS = 0x1
    CHANGE_BODY = 0x2
    ADD_RECIPIENTS = 0x4
    DELETE_RECIPIENTS = 0x8
    CHANGE_HEADERS = 0x10
    QUARANTINE = 0x20
    CHANGE_FROM = 0x40
    ADD_RECIPIENTS_WITH_PARAMETERS = 0x80
    SET_SYMBOLS = 0x100


class Steps(IntFlag):
    """What the mail server leaves out, does not wait for, or does otherwise (SMFIP_*)."""

    NO_CONNECT = 0x1
    NO_HELO = 0x2
    NO_MAIL = 0x4
    NO_RCPT = 0x8
    NO_BODY = 0x10
    NO_HEADERS = 0x20
    NO_END_OF_HEADER = 0x40
    HEADER_UNANSWERED = 0x80
    NO_UNKNOWN = 0x100
    NO_DATA = 0x200
    SKIP = 0x400
    REJECTED_RECIPIENTS = 0x800
    CONNECT_UNANSWERED = 0x1000
    HELO_UNANSWERED = 0x2000
    MAIL_UNANSWERED = 0x4000
    RCPT_UNANSWERED = 0x8000
    DATA_UNANSWERED = 0x10000
    UNKNOWN_UNANSWERED = 0x20000
    END_OF_HEADER_UNANSWERED = 0x40000
    BODY_UNANSWERED = 0x80000
    LEADING_SPACE = 0x100000


class Plain(Enum):
    """Packets that are a letter and nothing more. In capitals the mail server speaks, else the filter."""

    DATA = b"T"
    END_OF_HEADER = b"N"
    ABORT = b"A"
    QUIT = b"Q"
    QUIT_NEW_CONNECTION = b"K"

    ACCEPT = b"a"
    CONTINUE = b"c"
    DISCARD = b"d"
    CONNECTION_FAILED = b"f"
    PROGRESS = b"p"
    REJECT = b"r"
    SKIP = b"s"
    TEMPFAIL = b"t"
    SHUTDOWN = b"4"


@dataclass(frozen=True, slots=True)
class Negotiate:
    """Both sides begin with it: what is offered, and what is wanted of it. `symbols`: macros that the filter asks for,
    by stage."""

    version: int
    actions: int
    steps: int
    symbols: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Macros:
    """What the mail server knows at the command of this letter; names as they come: b"i", b"{auth_authen}"."""

    command: bytes
    values: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Connect:
    """The mail server's client. Family 4, 6, L (a path) or U (unknown: no port and no address follow)."""

    name: bytes
    family: bytes
    port: int = 0
    address: bytes = b""


@dataclass(frozen=True, slots=True)
class Helo:
    name: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """The reverse-path in angle brackets, then each parameter."""

    arguments: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Rcpt:
    """One recipient in angle brackets, then each parameter."""

    arguments: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A command that the mail server does not know."""

    line: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """One header field: its value has LF where it is folded, and its leading space where that was agreed on."""

    name: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Body:
    octets: bytes


@dataclass(frozen=True, slots=True)
class EndOfMessage:
    """May bring the last piece of the body."""

    octets: bytes = b""


@dataclass(frozen=True, slots=True)
class AddRecipient:
    recipient: bytes


@dataclass(frozen=True, slots=True)
class AddRecipientWithParameters:
    """`arguments`: the recipient, and its parameters as one text if there are any."""

    arguments: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class DeleteRecipient:
    recipient: bytes


@dataclass(frozen=True, slots=True)
class ChangeFrom:
    """`arguments`: the reverse-path, and its parameters as one text if there are any."""

    arguments: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class AddHeader:
    name: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class InsertHeader:
    """Index 0 is before the field Received that the mail server itself puts on top and does not show, 1 after it."""

    index: int
    name: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class ChangeHeader:
    """The field that is the `index`th of its name, from 1. An empty value takes it away."""

    index: int
    name: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class ReplaceBody:
    """A piece of the new body; several follow one another."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Quarantine:
    reason: bytes


@dataclass(frozen=True, slots=True)
class ReplyCode:
    """A whole reply: code, enhanced code and text."""

    line: bytes


Packet = (
    Plain
    | Negotiate
    | Macros
    | Connect
    | Helo
    | Mail
    | Rcpt
    | Unknown
    | Header
    | Body
    | EndOfMessage
    | AddRecipient
    | AddRecipientWithParameters
    | DeleteRecipient
    | ChangeFrom
    | AddHeader
    | InsertHeader
    | ChangeHeader
    | ReplaceBody
    | Quarantine
    | ReplyCode
)


class PacketReader:
    """Cuts what comes in into packets; how it was split on its way never matters."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting = bytearray()

    @property
    def within_packet(self) -> bool:
        """Whether a packet has begun and not ended."""
        return bool(self._waiting)

    def feed(self, octets: bytes) -> Iterator[Packet]:
        """The packets that are complete now. Raises BadPacketError, after those before it; then nothing more can be
        read."""
        waiting = self._waiting
        waiting += octets
        start = 0
        try:
            while len(waiting) - start >= 5:
                length = int.from_bytes(waiting[start : start + 4], "big")
                if not 0 < length <= MAX_PACKET_OCTETS:
                    raise BadPacketError("the length of a packet is out of bounds")
                end = start + 4 + length
                if len(waiting) < end:
                    break
                letter = bytes(waiting[start + 4 : start + 5])
                content = bytes(memoryview(waiting)[start + 5 : end])
                start = end
                yield decode(letter, content)
        finally:
            del waiting[:start]


def decode(letter: bytes, content: bytes) -> Packet:
    """One packet. Raises BadPacketError."""
    reader = _READERS.get(letter)
    if reader is None:
        raise BadPacketError("no packet of this protocol begins so")
    return reader(content)


def encode(packet: Packet) -> bytes:
    """The octets of one packet. Raises ValueError for what can't be said in this protocol."""
    if isinstance(packet, Plain):
        return b"\0\0\0\1" + packet.value
    form = _FORMS[type(packet)]
    content = form.write(packet)
    if len(content) >= MAX_PACKET_OCTETS:
        raise ValueError("larger than a packet may be")
    return (len(content) + 1).to_bytes(4, "big") + form.letter + content


# How each is written ---------------------------------------------------------------------------------


def _text(octets: bytes) -> bytes:
    if b"\0" in octets:
        raise ValueError("a text may not hold NUL")
    return octets + b"\0"


def _texts(content: bytes) -> tuple[bytes, ...]:
    if not content.endswith(b"\0"):
        raise BadPacketError("a text without its end")
    return tuple(content[:-1].split(b"\0"))


def _one_text(content: bytes) -> bytes:
    texts = _texts(content)
    if len(texts) != 1:
        raise BadPacketError("more than one text")
    return texts[0]


def _number(content: bytes) -> tuple[int, bytes]:
    if len(content) < 4:
        raise BadPacketError("a number without its end")
    return int.from_bytes(content[:4], "big"), content[4:]


def _read_negotiate(content: bytes) -> Negotiate:
    version, content = _number(content)
    actions, content = _number(content)
    steps, content = _number(content)
    symbols = []
    while content:
        stage, content = _number(content)
        names, end, content = content.partition(b"\0")
        if not end:
            raise BadPacketError("a text without its end")
        symbols.append((stage, names))
    return Negotiate(version, actions, steps, tuple(symbols))


def _write_negotiate(packet: Negotiate) -> bytes:
    numbers = b"".join(n.to_bytes(4, "big") for n in (packet.version, packet.actions, packet.steps))
    return numbers + b"".join(stage.to_bytes(4, "big") + _text(names) for stage, names in packet.symbols)


def _read_macros(content: bytes) -> Macros:
    texts = _texts(content[1:]) if len(content) > 1 else ()
    if not content or len(texts) % 2:
        raise BadPacketError("a macro without a value")
    return Macros(content[:1], tuple(zip(texts[::2], texts[1::2], strict=True)))


def _write_macros(packet: Macros) -> bytes:
    if len(packet.command) != 1:
        raise ValueError("a command is one letter")
    return packet.command + b"".join(_text(name) + _text(value) for name, value in packet.values)


def _read_connect(content: bytes) -> Connect:
    name, end, rest = content.partition(b"\0")
    family = rest[:1]
    if not end or not family:
        raise BadPacketError("a connection without its family")
    if family == b"U":
        return Connect(name, family)
    if family not in {b"4", b"6", b"L"} or len(rest) < 4:
        raise BadPacketError("a connection of no known family")
    return Connect(name, family, int.from_bytes(rest[1:3], "big"), _one_text(rest[3:]))


def _write_connect(packet: Connect) -> bytes:
    head = _text(packet.name) + packet.family
    return head if packet.family == b"U" else head + packet.port.to_bytes(2, "big") + _text(packet.address)


def _read_header(content: bytes) -> tuple[bytes, bytes]:
    # The value is all up to the end: a mail server that passes NUL on must not hide from us what follows it.
    name, end, value = content.partition(b"\0")
    if not end or not value.endswith(b"\0"):
        raise BadPacketError("a header field without its end")
    return name, value[:-1]


def _write_header(name: bytes, value: bytes) -> bytes:
    return _text(name) + value + b"\0"


def _read_numbered(content: bytes) -> tuple[int, bytes, bytes]:
    index, rest = _number(content)
    return (index, *_read_header(rest))


class _Form(NamedTuple):
    letter: bytes
    read: Callable[[bytes], Packet]
    write: Callable[..., bytes]


def _write_texts(packet: Mail | Rcpt | ChangeFrom | AddRecipientWithParameters) -> bytes:
    if not packet.arguments:
        raise ValueError("there must be an address")
    return b"".join(map(_text, packet.arguments))


def _write_numbered(packet: InsertHeader | ChangeHeader) -> bytes:
    return packet.index.to_bytes(4, "big") + _write_header(packet.name, packet.value)


_FORMS: dict[type, _Form] = {
    Negotiate: _Form(b"O", _read_negotiate, _write_negotiate),
    Macros: _Form(b"D", _read_macros, _write_macros),
    Connect: _Form(b"C", _read_connect, _write_connect),
    Helo: _Form(b"H", lambda c: Helo(_one_text(c)), lambda p: _text(p.name)),
    Mail: _Form(b"M", lambda c: Mail(_texts(c)), _write_texts),
    Rcpt: _Form(b"R", lambda c: Rcpt(_texts(c)), _write_texts),
    Unknown: _Form(b"U", lambda c: Unknown(_one_text(c)), lambda p: _text(p.line)),
    Header: _Form(b"L", lambda c: Header(*_read_header(c)), lambda p: _write_header(p.name, p.value)),
    Body: _Form(b"B", Body, lambda p: p.octets),
    EndOfMessage: _Form(b"E", EndOfMessage, lambda p: p.octets),
    AddRecipient: _Form(b"+", lambda c: AddRecipient(_one_text(c)), lambda p: _text(p.recipient)),
    AddRecipientWithParameters: _Form(b"2", lambda c: AddRecipientWithParameters(_texts(c)), _write_texts),
    DeleteRecipient: _Form(b"-", lambda c: DeleteRecipient(_one_text(c)), lambda p: _text(p.recipient)),
    ChangeFrom: _Form(b"e", lambda c: ChangeFrom(_texts(c)), _write_texts),
    AddHeader: _Form(b"h", lambda c: AddHeader(*_read_header(c)), lambda p: _write_header(p.name, p.value)),
    InsertHeader: _Form(b"i", lambda c: InsertHeader(*_read_numbered(c)), _write_numbered),
    ChangeHeader: _Form(b"m", lambda c: ChangeHeader(*_read_numbered(c)), _write_numbered),
    ReplaceBody: _Form(b"b", ReplaceBody, lambda p: p.octets),
    Quarantine: _Form(b"q", lambda c: Quarantine(_one_text(c)), lambda p: _text(p.reason)),
    ReplyCode: _Form(b"y", lambda c: ReplyCode(_one_text(c)), lambda p: _text(p.line)),
}


def _read_plain(packet: Plain) -> Callable[[bytes], Packet]:
    def read(content: bytes) -> Packet:
        if content:
            raise BadPacketError("more than a letter")
        return packet

    return read


_READERS: dict[bytes, Callable[[bytes], Packet]] = {form.letter: form.read for form in _FORMS.values()}
_READERS |= {packet.value: _read_plain(packet) for packet in Plain}
