"""Header fields that the gateway puts at the top, takes away, and recognises a retry by.

Everything here runs in the main process on every message, so it looks only at a bounded slice of the
header, and never parses.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from ..model import Message
from ..octets import Octets, header_part

MARK_NAME = "X-DLP-Gateway"
MAX_HEADER_BYTES = 256 * 1024

_MARK_LOWER = b"x-dlp-gateway"
_FOLDED = rb"[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)"
_MARK = re.compile(rb"(?:(?<=\n)|\A)x-dlp-gateway[ \t]*:(" + _FOLDED + rb")", re.IGNORECASE)
_TRACE = re.compile(rb"(?:received|return-path|x-dlp-gateway|delivered-to)[ \t]*:" + _FOLDED, re.IGNORECASE)
_SUBJECT = re.compile(rb"(?:(?<=\n)|\A)subject[ \t]*:[ \t]*(" + _FOLDED + rb")", re.IGNORECASE)
# As detect/markings.py sees it, with the blanks and the fold after it.
_SECURE_REQUEST = re.compile(rb"\[(?:secure|encrypt|encrypted)\](?:(?:\r?\n)?[ \t])*", re.IGNORECASE)
_MESSAGE_ID = re.compile(rb"(?:(?<=\n)|\A)message-id[ \t]*:(" + _FOLDED + rb")", re.IGNORECASE)
_VALID_MARK = re.compile(rb"\s*([!-:<-~]{1,200})\s*;\s*([0-9a-f]{64})\s*")


def loop_mark(message_id: str, key: bytes) -> bytes:
    """The field by which this installation recognises a message that it has handled: our id and
    its HMAC-SHA256 under `key`, so that nobody else can make messages look like loops."""
    return f"{MARK_NAME}: {message_id}; {_mac(message_id.encode('ascii'), key)}\r\n".encode("ascii")


def count_valid_marks(octets: bytes, key: bytes) -> int:
    """How many marks of this installation the outermost header holds."""
    header = _header_of(octets)
    if _MARK_LOWER not in header.lower():
        return 0
    return sum(_is_valid(match[1], key) for match in _MARK.finditer(header))


def strip_marks(octets: bytes, key: bytes | None = None) -> bytes:
    """The message without the X-DLP-Gateway fields of its outermost header; all else byte for byte.

    With `key`, the valid marks of this installation stay: only marks that pile up from pass to pass
    can be counted as a loop.
    """
    header = _header_of(octets)
    if _MARK_LOWER not in header.lower():
        return octets
    kept = _MARK.sub(lambda match: match[0] if key is not None and _is_valid(match[1], key) else b"", header)
    return kept + octets[len(header) :]


def trace_octets(octets: bytes) -> int:
    """Offset after the leading trace fields, which every attempt of a relaying client adds anew."""
    end = len(_header_of(octets))
    position = 0
    while (match := _TRACE.match(octets, position, end)) is not None:
        position = match.end()
    return position


def identity(message: Message) -> str | None:
    """Hexadecimal hash that a repeated attempt to send the same message has in common: client,
    envelope, Message-ID header and the octets after the leading trace fields. None without a
    Message-ID header: two equal messages may then be meant twice."""
    first = header_part(message.octets)
    header = _header_of(first)
    match = _MESSAGE_ID.search(header)
    if match is None or not match[1].strip():
        return None
    envelope = message.envelope
    digest = hashlib.blake2b(digest_size=32)
    # A client may try again from another machine of the same entry, so its name counts before its address.
    reverse_path = "<>" if envelope.reverse_path is None else f"<{envelope.reverse_path}>"
    client = (envelope.client_name or envelope.client_ip, envelope.client_user or "")
    for text in (*client, reverse_path, *sorted(envelope.recipients), ""):
        digest.update(text.encode("utf-8", "surrogateescape") + b"\0")
    digest.update(match[1].strip() + b"\0")
    digest.update(header[trace_octets(header) :])
    digest.update(_body_digest(message.octets, len(header)))
    return digest.hexdigest()


def _body_digest(octets: Octets, header_length: int) -> bytes:
    """Of what follows the header, which for a large message was made while it arrived."""
    if isinstance(octets, bytes):
        start = header_length + 2 * octets.startswith(b"\r\n", header_length)  # without the empty line
        return hashlib.blake2b(memoryview(octets)[start:], digest_size=32).digest()
    return octets.body.digest


def message_id_of(octets: bytes) -> str | None:
    """The Message-ID header as `identity` finds it, without parsing anything; None where there is none."""
    match = _MESSAGE_ID.search(_header_of(octets))
    return (b" ".join(match[1].split()).decode("ascii", "replace") or None) if match else None


def add_trigger(octets: bytes, subject_trigger: str | None, header_trigger: str | None) -> bytes:
    """The message with what makes a secure-mail product encrypt it: a text before the subject, a
    header field, or both. A trigger that is there already is not added again."""
    eol = b"\r\n" if b"\r\n" in octets[:2000] else b"\n"
    if subject_trigger:
        octets = _add_to_subject(octets, _one_line(subject_trigger), eol)
    if header_trigger and ":" in header_trigger:
        field = _one_line(header_trigger).encode("utf-8")
        header = _header_of(octets)
        if b"\n" + field.lower() + eol not in b"\n" + header.lower():
            at = trace_octets(octets)
            octets = octets[:at] + field + eol + octets[at:]
    return octets


def remove_secure_request(octets: bytes) -> bytes:
    """The message without the words by which its author asked for encryption ("[secure]", "[encrypt]") in its subject.
    A word that is itself encoded (RFC 2047, base64) stays: nothing is written anew."""
    match = _SUBJECT.search(_header_of(octets))
    if match is None:
        return octets
    kept = _SECURE_REQUEST.sub(b"", match[1])
    return octets[: match.start(1)] + kept + octets[match.end(1) :]


def _add_to_subject(octets: bytes, trigger: str, eol: bytes) -> bytes:
    word = trigger.encode("ascii") if trigger.isascii() else _encoded_word(trigger)
    match = _SUBJECT.search(_header_of(octets))
    if match is None:
        at = trace_octets(octets)
        return octets[:at] + b"Subject: " + word + eol + octets[at:]
    value = match[1].lstrip()
    if value.lower().startswith(word.lower()):
        return octets
    first_line = match[0].split(b"\n", 1)[0]
    # An encoded word must be set apart by white space (RFC 2047, 5); a long line is folded there.
    gap = eol + b" " if len(first_line) + len(word) > 76 else b" "
    at = match.start(1)
    if octets[at - 1 : at] == b":":
        word = b" " + word
    return octets[:at] + word + (gap if value.strip() else b"") + octets[at:]


def _encoded_word(text: str) -> bytes:
    return b"=?utf-8?B?" + base64.b64encode(text.encode("utf-8")) + b"?="


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_valid(value: bytes, key: bytes) -> bool:
    mark = _VALID_MARK.fullmatch(value)
    return mark is not None and hmac.compare_digest(_mac(mark[1], key), mark[2].decode("ascii"))


def _mac(message_id: bytes, key: bytes) -> str:
    return hmac.new(key, message_id, hashlib.sha256).hexdigest()


def _header_of(octets: bytes) -> bytes:
    """The outermost header block with its last line end, at most 256 kB of it."""
    if octets.startswith((b"\r\n", b"\n")):
        return b""
    end = octets.find(b"\r\n\r\n", 0, MAX_HEADER_BYTES)
    bare = octets.find(b"\n\n", 0, end if end >= 0 else MAX_HEADER_BYTES)
    if bare >= 0:
        return octets[: bare + 1]
    return octets[: end + 2] if end >= 0 else octets[:MAX_HEADER_BYTES]
