"""Take a message apart into the header that stays outside and the entity that is encrypted or signed, and put an
entity back under that header (RFC 8551, 3.1; RFC 3156, 4).

Octets are cut, never parsed and written anew: what a recipient decrypts is what the author wrote, and every field that
stays outside is the field that came. What two readers could cut differently is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..errors import NotEncryptedError
from .entities import only_part

MAX_HEADER_BYTES = 256 * 1024

_FIELD = re.compile(rb"([!-9;-~]+):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
_BLANK_FOLD = re.compile(rb"\r\n[ \t]+\r\n")
_ONCE = (b"content-type", b"content-transfer-encoding", b"content-disposition", b"mime-version")
_ONCE_IF_HIDDEN = (b"subject", b"from", b"date", b"message-id")
# What readers show of a header (RFC 9787, 1.1.2), and Outlook's copy of the subject. Bcc is never among them.
_SHOWN = frozenset(
    (
        b"from",
        b"sender",
        b"reply-to",
        b"to",
        b"cc",
        b"followup-to",
        b"date",
        b"message-id",
        b"in-reply-to",
        b"references",
        b"subject",
        b"comments",
        b"keywords",
        b"thread-topic",
    )
)
# RFC 9788, 3.2.1, hcp_baseline: the subject is obscured, these are left out; Outlook's copy of the subject is ours.
_LEFT_OUT = frozenset((b"comments", b"keywords", b"thread-topic"))
_OBSCURED_SUBJECT = b"Subject: [...]\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A message in two: `header`, the fields that stay outside, each with its CRLF; `entity`, header and body of what
    is to be protected."""

    header: bytes = field(repr=False)
    entity: bytes = field(repr=False)


def take_apart(octets: bytes, *, protect_subject: bool = False) -> Apart:
    """The header without MIME-Version and Content-*, and the MIME entity that these describe.

    The entity is the message's own Content-* fields and body, octet for octet. A message that has no Content-Type is
    given `text/plain`, which it is by default (RFC 2045, 5.2): an entity that begins with its body is misread.
    `protect_subject`: the subject outside becomes "[...]", and the entity is wrapped into one that carries the true
    header fields (RFC 9788; `protected-headers` is the older form, which more readers know).

    Raises NotEncryptedError for a message without an empty line after its header, with a header that two readers could
    take differently, or with line ends other than CRLF.
    """
    header, body = _cut(octets)
    fields = _fields(header)
    _refuse_duplicates(fields, (*_ONCE, *_ONCE_IF_HIDDEN) if protect_subject else _ONCE)
    own = [raw for name, raw in fields if name.startswith(b"content-")]
    if not any(name == b"content-type" for name, _ in fields):
        own.insert(0, b"Content-Type: text/plain\r\n")
    entity = b"".join((*own, b"\r\n", body))
    outer = [(name, raw) for name, raw in fields if not _is_mime(name)]
    if not protect_subject:
        return Apart(header=b"".join(raw for _, raw in outer), entity=entity)
    hidden = _hide(outer)
    shown = [raw for name, raw in outer if name in _SHOWN]
    # RFC 9788, 2.2: what stands outside is told inside, so that a reader knows what was confidential.
    told = [b"HP-Outer: " + raw for name, raw in hidden if name in _SHOWN]
    return Apart(header=b"".join(raw for _, raw in hidden), entity=only_part(entity, b"".join((*shown, *told))))


def put_together(header: bytes, entity: bytes) -> bytes:
    """The message that has this entity under this header; MIME-Version stands between them."""
    return b"".join((header, b"MIME-Version: 1.0\r\n", entity))


def is_seven_bit(entity: bytes) -> bool:
    """Whether nobody on the way has a reason to encode it anew, which would break a signature in clear (RFC 8551,
    3.1.3): ASCII without NUL, in lines of at most 998 octets (RFC 2045, 2.7)."""
    if not entity.isascii() or b"\0" in entity:
        return False
    start = 0
    while (end := entity.find(b"\r\n", start)) >= 0:
        if end - start > 998:
            return False
        start = end + 2
    return len(entity) - start <= 998


def _cut(octets: bytes) -> tuple[bytes, memoryview]:
    """Header with the CRLF of its last field, and body."""
    line_feeds = octets.count(b"\n")
    if not line_feeds == octets.count(b"\r\n") == octets.count(b"\r"):
        raise NotEncryptedError("line ends other than CRLF")
    if octets.startswith(b"\r\n"):
        raise NotEncryptedError("empty line before the header")
    end = octets.find(b"\r\n\r\n", 0, MAX_HEADER_BYTES)
    if end < 0:
        larger = octets.find(b"\r\n\r\n", MAX_HEADER_BYTES - 3) >= 0
        raise NotEncryptedError("header over 256 kB" if larger else "no empty line after the header")
    return octets[: end + 2], memoryview(octets)[end + 4 :]


def _fields(header: bytes) -> list[tuple[bytes, bytes]]:
    """Name in lower case and octets of each field, in their order."""
    if _BLANK_FOLD.search(header):
        raise NotEncryptedError("blank line folded into the header")
    fields: list[tuple[bytes, bytes]] = []
    position = 0
    while position < len(header):
        match = _FIELD.match(header, position)
        if match is None:
            raise NotEncryptedError("header line that is not a field")
        fields.append((match[1].lower(), match[0]))
        position = match.end()
    return fields


def _refuse_duplicates(fields: list[tuple[bytes, bytes]], once: tuple[bytes, ...]) -> None:
    names = [name for name, _ in fields]
    if any(names.count(name) > 1 for name in once):
        raise NotEncryptedError("a header field that may stand once stands twice")


def _is_mime(name: bytes) -> bool:
    return name.startswith(b"content-") or name == b"mime-version"


def _hide(outer: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The outer fields as everybody on the way may see them."""
    return [(name, _OBSCURED_SUBJECT if name == b"subject" else raw) for name, raw in outer if name not in _LEFT_OUT]
