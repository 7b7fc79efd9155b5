"""What a DKIM signature signs, and the field that carries it (RFC 6376). The signing itself is done outside.

Relaxed canonicalization of header and body alone: the other form breaks where a relay folds a line anew. Everything
here is linear in the message, and the body is taken in pieces, so that a thread that works on 50 MiB lets others run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..octets import Octets, header_part

PIECE_BYTES = 64 * 1024
_CRLF = b"\r\n"

_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_BLANKS = re.compile(rb"[ \t]+")
_FOLD = re.compile(rb"\r?\n")
_B64_LINE = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBy:
    """Whose signature it is. `algorithm` is the value of a= ("rsa-sha256", "ed25519-sha256": RFC 8463)."""

    domain: str
    selector: str
    algorithm: str


def body_start(octets: bytes) -> int:
    """Offset of the body: after the first empty line, or the end where there is none."""
    if octets.startswith(_CRLF):
        return 2
    end = octets.find(b"\r\n\r\n")
    return len(octets) if end < 0 else end + 4


def body_pieces(octets: Octets) -> Iterator[bytes]:
    """The body of a message in small pieces; a large one's are read from the disk."""
    first = header_part(octets)
    yield from _small(first, body_start(first))
    if not isinstance(octets, bytes):
        for block in octets.body.blocks():
            yield from _small(block, 0)


def _small(octets: bytes, start: int) -> Iterator[bytes]:
    for at in range(start, len(octets), PIECE_BYTES):
        yield octets[at : at + PIECE_BYTES]


def body_hash(body: Iterable[bytes]) -> bytes:
    """SHA-256 of a body, in whatever pieces, in relaxed form (RFC 6376, 3.4.4)."""
    digest = hashlib.sha256()
    line_ends = 0  # not hashed yet: empty lines at the end of a body do not count
    is_empty = True
    for relaxed in _relaxed_pieces(body):
        end = _end_of_text(relaxed)
        if end:
            digest.update(_CRLF * line_ends)
            digest.update(relaxed[:end])
            line_ends, is_empty = 0, False
        line_ends += (len(relaxed) - end) // 2
    if not is_empty:
        digest.update(_CRLF)
    return digest.digest()


def _end_of_text(text: bytes) -> int:
    """Offset of the line ends that the text ends with."""
    end = len(text.rstrip(_CRLF))
    # Nearly always pairs alone; a bare CR or LF before them is text.
    return end if text.endswith(_CRLF * ((len(text) - end) // 2)) and (len(text) - end) % 2 == 0 else _slowly(text)


def _slowly(text: bytes) -> int:
    end = len(text)
    while text.endswith(_CRLF, 0, end):
        end -= 2
    return end


def _relaxed_pieces(body: Iterable[bytes]) -> Iterator[bytes]:
    """The body in pieces: runs of blanks are one blank, and none at the end of a line."""
    held = b""  # from the end of the last piece: the next one tells whether its line goes on
    for piece in body:
        relaxed, held = held + piece, b""
        if relaxed.endswith(b"\r"):
            relaxed, held = relaxed[:-1], b"\r"
        relaxed = _BLANKS.sub(b" ", relaxed)
        if relaxed.endswith(b" "):
            relaxed, held = relaxed[:-1], b" " + held
        yield relaxed.replace(b" \r\n", _CRLF)
    if held:
        yield held


def header_fields(header: bytes) -> list[tuple[str, bytes]]:
    """Fields of a header block in order: (name in lower case, value as it stands). Lines that are no field are
    passed over: nothing vouches for them."""
    return [(match[1].decode("ascii").lower(), match[2]) for match in _FIELD.finditer(header)]


def signed_names(fields: Sequence[tuple[str, bytes]], wanted: Sequence[str], closed: Sequence[str]) -> list[str]:
    """The value of h=: each wanted name as often as it occurs, and those in `closed` once more, so that nobody can
    add another without breaking the signature (RFC 6376, 5.4.2 and 8.15)."""
    names: list[str] = []
    for name in dict.fromkeys((*wanted, *closed)):
        names += [name] * (sum(found == name for found, _ in fields) + (name in closed))
    return names


def unsigned_field(by: SignedBy, names: Sequence[str], hashed_body: bytes, at: datetime) -> str:
    """The DKIM-Signature field up to an empty b=, folded, without a line end at its end."""
    tags = [f"v=1; a={by.algorithm}; c=relaxed/relaxed; d={by.domain};", f"s={by.selector}; t={int(at.timestamp())};"]
    line = "h="
    for number, name in enumerate(names):
        word = name + (":" if number < len(names) - 1 else ";")
        if len(line) + len(word) > 74:
            tags.append(line)
            line = ""
        line += word
    tags += [line, f"bh={base64.b64encode(hashed_body).decode('ascii')};", "b="]
    return "DKIM-Signature: " + "\r\n\t".join(tags)


def signing_input(fields: Sequence[tuple[str, bytes]], names: Sequence[str], unsigned: str) -> bytes:
    """What the signature is made over (RFC 6376, 3.7): fields from the last of a name upwards, then our own
    field with an empty b= and no line end."""
    left: dict[str, list[bytes]] = {}
    for name, value in fields:
        left.setdefault(name, []).append(value)
    lines = [_relaxed(name, left[name].pop()) + _CRLF for name in names if left.get(name)]
    own = unsigned.partition(":")[2].encode("ascii")
    return b"".join(lines) + _relaxed("dkim-signature", own)


def signed_field(unsigned: str, signature: bytes) -> bytes:
    """The whole field with its line end."""
    text = base64.b64encode(signature).decode("ascii")
    lines = [text[i : i + _B64_LINE] for i in range(0, len(text), _B64_LINE)]
    return ("\r\n\t ".join((unsigned, *lines)) + "\r\n").encode("ascii")


def _relaxed(name: str, value: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    return name.encode("ascii") + b":" + _BLANKS.sub(b" ", _FOLD.sub(b"", value)).strip(b" \t\r\n")
