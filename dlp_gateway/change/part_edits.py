"""What all edits of a message's own parts share: what may not be edited, how octets are replaced, and whether what came
of it is as clear as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..model import GapReason, MimePart, ParsedMessage

_PROTECTED = {
    "multipart/signed": "signed",
    "multipart/encrypted": "encrypted",
    "application/pkcs7-mime": "S/MIME",
    "application/x-pkcs7-mime": "S/MIME",
    "application/pgp-encrypted": "encrypted",
    "application/x-microsoft-rpmsg-message": "rights-managed message",
    "multipart/report": "report",
    "message/delivery-status": "report",
    "message/disposition-notification": "report",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace octets[start:end] of the message by `new`."""

    start: int
    end: int
    new: bytes


def apply_edits(octets: bytes, edits: list[Edit]) -> bytes:
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [octets[position : edit.start], edit.new]
        position = edit.end
    return b"".join([*pieces, octets[position:]])


def own_parts(part: MimePart) -> Iterator[MimePart]:
    """The nodes of the message itself; what is inside an attached message is somebody else's."""
    yield part
    if not part.media_type.startswith("message/"):
        for child in part.children:
            yield from own_parts(child)


def protected_as(root: MimePart, *, signed_later: bool) -> str | None:
    """What any edit of a part would break or could not reach, in fixed words. `signed_later`: a new DKIM signature
    takes the place of one that is there."""
    fields = {field.name.lower() for field in root.header}
    if "arc-seal" in fields:
        return "ARC-sealed"
    if "dkim-signature" in fields and not signed_later:
        return "DKIM-signed"
    for part in own_parts(root):
        attached = part.disposition == "attachment" and part is not root
        if part.media_type in _PROTECTED and not (attached and "pkcs7" in part.media_type):
            return _PROTECTED[part.media_type]
    return None


def same_header(before: ParsedMessage, after: ParsedMessage) -> bool:
    return [field.raw for field in before.root.header] == [field.raw for field in after.root.header]


def newly_ambiguous(before: ParsedMessage, after: ParsedMessage) -> bool:
    known = {gap.detail for gap in before.gaps}
    return any(gap.reason is GapReason.AMBIGUOUS and gap.detail not in known for gap in after.gaps)
