"""A message put whole into a new one that carries the disclaimer: for what must not be edited."""

from __future__ import annotations

import hashlib

from ..model import MimePart, ParsedMessage
from .body_edit import quote
from .values import Changed, DisclaimerText

WRAPPED = "sent inside another message"

# What says how the body is written goes in with it; a signature over the old header would be a broken one.
_GOES_IN = ("mime-version", "content-", "dkim-signature")


def can_be_wrapped(root: MimePart, why: str) -> bool:
    """Whether a message that was left alone for this reason may go inside another: what is signed, and what has no
    text. Never what is encrypted: whoever may read it decides what is told of it."""
    if why == "S/MIME":
        return (root.param("smime-type") or "").lower() == "signed-data"
    return why in ("signed", "no text")


def wrap(octets: bytes, root: MimePart, text: DisclaimerText, why: str, eol: bytes) -> Changed:
    """A new message with the old one's header, the disclaimer as its text, and the old one behind that, as it was."""
    header = b"".join(field.raw for field in root.header if not field.name.lower().startswith(_GOES_IN))
    boundary = b"=_" + hashlib.sha256(octets).hexdigest()[:32].encode("ascii")
    encoding = b"7bit" if octets.isascii() else b"8bit"
    before = [
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="' + boundary + b'"',
        b"",
        b"--" + boundary,
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Disposition: inline",
        b"Content-Transfer-Encoding: quoted-printable",
        b"",
        quote("\n".join(line.rstrip() for line in text.text.splitlines()).encode("utf-8"), eol),
        b"--" + boundary,
        b"Content-Type: message/rfc822",
        b"Content-Disposition: inline",
        b"Content-Transfer-Encoding: " + encoding,
        b"",
        b"",
    ]
    after = eol + b"--" + boundary + b"--" + eol
    return Changed(
        octets=b"".join([header, eol.join(before), octets, after]), notes=(f"{WRAPPED}: {why}",), edited=("1",)
    )


def holds_whole(octets: bytes, wrapped: bytes, after: ParsedMessage) -> bool:
    """Whether the second part of `after`, the tree of `wrapped`, is the message as it was."""
    if len(after.root.children) != 2 or after.root.media_type != "multipart/mixed":
        return False
    behind = after.root.children[1]
    return behind.media_type == "message/rfc822" and wrapped[behind.body_start : behind.body_end] == octets
