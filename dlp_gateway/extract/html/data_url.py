"""Files that are written into an address (RFC 2397)."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

_BLANKS = re.compile(r"[\t\r\n\f]+")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_SUFFIXES = {
    "": "txt",
    "text/plain": "txt",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "image/svg+xml": "svg",
    "text/css": "css",
    "text/csv": "csv",
    "text/calendar": "ics",
    "message/rfc822": "eml",
}
_FONTS = (b"wOFF", b"wOF2", b"OTTO", b"true", b"ttcf", b"\x00\x01\x00\x00")


@dataclass(frozen=True, slots=True)
class DataUrl:
    """The file in an address; media type and charset in lower case, as declared."""

    media_type: str
    charset: str | None
    octets: bytes = field(repr=False)

    @property
    def suffix(self) -> str:
        """A file name's suffix for the media type: what a file is, is found out by its content anyhow."""
        known = _SUFFIXES.get(self.media_type)
        if known is not None:
            return known
        subtype = self.media_type.rpartition("/")[2]
        return subtype if subtype.isalnum() and subtype.isascii() and len(subtype) <= 8 else "bin"

    @property
    def is_font(self) -> bool:
        """Whether it is a typeface, by its content: it shows letters, but says nothing."""
        return self.octets.startswith(_FONTS)


def parse_data_url(address: str) -> DataUrl | None:
    """The file in an address; None where it is no data URL or holds nothing.

    Lenient as browsers are: line ends do not count, what is no base64 in base64 is passed over.
    """
    address = _BLANKS.sub("", address).strip()
    if address[:5].lower() != "data:":
        return None
    head, comma, body = address[5:].partition(",")
    octets = unquote_to_bytes(body.encode("utf-8", "replace"))
    if not comma or not octets.strip():
        return None
    words = [word.strip().lower() for word in head.split(";")]
    charset = next((word[8:].strip("\"'") for word in words[1:] if word.startswith("charset=")), None)
    if words[-1] == "base64":
        octets = _base64(octets)
    return DataUrl(words[0], charset, octets) if octets else None


def _base64(text: bytes) -> bytes:
    digits = _NOT_BASE64.sub(b"", text.translate(_URL_SAFE))
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))
