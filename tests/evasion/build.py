"""Building blocks of the catalogue: one invented identifier, and messages to hide it in."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

NINO = "AB 12 34 56 C"
"""An invented National Insurance number. Not the QQ of the tax office's own samples: that one is no finding."""
SOLID = NINO.replace(" ", "")
TEXT = f"Her NI number is {NINO}, thanks"
LETTER = TEXT.encode("ascii")

ENTITY = "UK_NINO"

HEAD = b"From: jo@council.example\r\nTo: pat@partner.example\r\nMIME-Version: 1.0\r\n"
HELLO = b"Content-Type: text/plain; charset=utf-8\r\n\r\nGood morning\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One technique: `octets` hold the identifier in a form that some reader shows in clear."""

    section: str
    name: str
    why: str
    octets: bytes = field(repr=False)


class Section:
    """The cases of one section, in order. A name may be given once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cases: dict[str, Case] = {}

    def add(self, name: str, why: str, octets: bytes) -> None:
        assert name not in self.cases, name
        self.cases[name] = Case(section=self.name, name=name, why=why, octets=octets)


def mail(
    body: bytes = b"Good morning\r\n",
    kind: bytes | None = b"text/plain; charset=utf-8",
    *,
    encoding: bytes | None = None,
    subject: bytes = b"Papers",
    fields: bytes = b"",
) -> bytes:
    """A message of one part. `fields` are whole header lines, put last."""
    return HEAD + b"Subject: " + subject + b"\r\n" + part(body, kind, encoding=encoding, fields=fields)


def part(
    body: bytes,
    kind: bytes | None = b"text/plain; charset=utf-8",
    *,
    encoding: bytes | None = None,
    fields: bytes = b"",
) -> bytes:
    """One body part with its MIME header."""
    typed = b"" if kind is None else b"Content-Type: " + kind + b"\r\n"
    encoded = b"" if encoding is None else b"Content-Transfer-Encoding: " + encoding + b"\r\n"
    return typed + encoded + fields + b"\r\n" + body


def multipart(
    *parts: bytes,
    kind: bytes = b"mixed",
    boundary: bytes = b"=_limit",
    declared: bytes | None = None,
    preamble: bytes = b"",
    epilogue: bytes = b"",
) -> bytes:
    """A multipart message. `declared` stands in place of the whole Content-Type value."""
    value = declared if declared is not None else b"multipart/" + kind + b'; boundary="' + boundary + b'"'
    body = b"".join(b"--" + boundary + b"\r\n" + one.removesuffix(b"\r\n") + b"\r\n" for one in parts)
    return mail(preamble + body + b"--" + boundary + b"--\r\n" + epilogue, value)


def attached(octets: bytes, name: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    """A message with one file in base64."""
    disposition = b'Content-Disposition: attachment; filename="' + name + b'"\r\n'
    return multipart(HELLO, part(b64(octets), kind, encoding=b"base64", fields=disposition))


def b64(octets: bytes) -> bytes:
    """Base64 as mail programs write it."""
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


def qp(octets: bytes) -> bytes:
    """Every octet as an escape of quoted-printable, in lines of 24."""
    escapes = [b"=%02X" % octet for octet in octets]
    return b"=\r\n".join(b"".join(escapes[start : start + 24]) for start in range(0, len(escapes), 24)) + b"\r\n"


def word(text: str, charset: str = "utf-8", label: str | None = None) -> bytes:
    """An encoded word in base64; `label` stands in place of the charset's name."""
    return b"=?" + (label or charset).encode() + b"?B?" + base64.b64encode(text.encode(charset)) + b"?="


SECRET = part(b64(LETTER), b"text/plain; charset=utf-8", encoding=b"base64")
"""The part that many cases try to make invisible."""


def crlf(text: str) -> bytes:
    """Octets of a text of ours, with the line ends of mail."""
    return re.sub(r"\r?\n", "\r\n", text).encode("utf-8")


def joined(cases: Iterable[Section]) -> tuple[Case, ...]:
    """The cases of all sections, in order."""
    return tuple(case for section in cases for case in section.cases.values())
