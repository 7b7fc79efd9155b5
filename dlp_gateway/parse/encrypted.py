"""Which leaves are encrypted, by content first and label second."""

from __future__ import annotations

import re

from ..model import Part

_SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PROTECTED_TYPES = {
    "application/pgp-encrypted": "OpenPGP",
    "application/x-microsoft-rpmsg-message": "rights-managed message",
}
# DER object identifiers of CMS content types (RFC 5652, RFC 5083).
_ENVELOPED = (
    bytes.fromhex("06092a864886f70d010703"),
    bytes.fromhex("060b2a864886f70d0109100117"),
    bytes.fromhex("06092a864886f70d010706"),
)
_READABLE = (bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("060b2a864886f70d0109100109"))
# The armour of an OpenPGP message: its header lines, then the base64 whose first letters hold the first packet's type.
_PGP_MESSAGE = re.compile(
    rb"-----BEGIN PGP MESSAGE[^\n]{0,40}\n(?:[A-Za-z]{1,20}: [^\n]{0,200}\n)*\s{0,10}([A-Za-z0-9+/]{2})?"
)
_PGP_READABLE = frozenset({2, 4, 8, 11})  # signature, one-pass signature, compressed, literal (RFC 9580, 5)
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def encryption_of(part: Part) -> str | None:
    """What encrypts this leaf, in fixed words; None where nothing does."""
    if part.media_type in _SMIME_TYPES:
        return _smime(part)
    if part.media_type in _PROTECTED_TYPES:
        return _PROTECTED_TYPES[part.media_type]
    if part.media_type.startswith("text/") and any(map(_hides_text, _PGP_MESSAGE.finditer(part.octets))):
        return "OpenPGP message in text"
    return None


def _hides_text(message: re.Match[bytes]) -> bool:
    """Whether an OpenPGP message is more than signed and compressed; taken so where its first packet can't be told."""
    if message[1] is None:
        return True
    first = _BASE64.index(message[1][:1]) << 2 | _BASE64.index(message[1][1:]) >> 4
    # RFC 9580, 4.2.1: bit 6 tells the two formats of a packet's header apart.
    kind = first & 0x3F if first & 0x40 else first >> 2 & 0x0F
    return not first & 0x80 or kind not in _PGP_READABLE


def _smime(part: Part) -> str | None:
    start = part.octets[:64]
    if any(identifier in start for identifier in _ENVELOPED):
        return "S/MIME"
    if any(identifier in start for identifier in _READABLE):
        return None
    label = next((value.lower() for key, value in part.params if key == "smime-type"), "")
    # No label and no known content: taken as encrypted, since nothing here can be read.
    return None if label in ("signed-data", "certs-only", "compressed-data") else "S/MIME"
