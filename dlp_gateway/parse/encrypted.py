"""Which leaves are encrypted, by content first and label second."""

from __future__ import annotations

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
_PGP_MESSAGE = b"-----BEGIN PGP MESSAGE-----"


def encryption_of(part: Part) -> str | None:
    """What encrypts this leaf, in fixed words; None where nothing does."""
    if part.media_type in _SMIME_TYPES:
        return _smime(part)
    if part.media_type in _PROTECTED_TYPES:
        return _PROTECTED_TYPES[part.media_type]
    if part.media_type.startswith("text/") and _PGP_MESSAGE in part.octets:
        return "OpenPGP message in text"
    return None


def _smime(part: Part) -> str | None:
    start = part.octets[:64]
    if any(identifier in start for identifier in _ENVELOPED):
        return "S/MIME"
    if any(identifier in start for identifier in _READABLE):
        return None
    label = next((value.lower() for key, value in part.params if key == "smime-type"), "")
    # No label and no known content: taken as encrypted, since nothing here can be read.
    return None if label in ("signed-data", "certs-only", "compressed-data") else "S/MIME"
