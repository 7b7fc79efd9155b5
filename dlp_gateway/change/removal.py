"""Take a named part away and put a plain text in its place, and touch nothing else.

The octets are edited in place: every other part, the order of parts and all header fields stay octet for octet as they
are, and so do the numbers of the parts. Where that would break a signature, or could not be seen whole, nothing is
taken away and the reason is said.
"""

from __future__ import annotations

from ..model import MimePart, ParsedMessage
from .body_edit import quote
from .part_edits import Edit, apply_edits, newly_ambiguous, own_parts, protected_as, same_header
from .values import Changed, Manner

TAKE_AWAY = "take-away:"
"""A change of a delivery: this and the number of a part."""

NO_SUCH_PART = "no such part"
WHOLE_MESSAGE = "the whole message"
OWN_TEXT = "the message's own text"

_NAME = "attachment-removed.txt"


def take_away(octets: bytes, message: ParsedMessage, path: str, manner: Manner, *, ambiguous: bool = False) -> Changed:
    """The message without the part at `path`. `message` is the tree of exactly these octets, `ambiguous`: it was not
    clear what parts there are. The caller reads the result again and asks `nothing_else_gone` before it sends it."""
    node = next((one for one in own_parts(message.root) if one.path == path), None)
    why = "ambiguous" if ambiguous else protected_as(message.root, signed_later=manner.signed_later)
    if why is None:
        why = _why_not(message, node)
    if why is not None or node is None:
        return Changed(octets=octets, notes=(why or NO_SUCH_PART,))
    eol = b"\r\n" if b"\r\n" in octets[:1000] else b"\n"
    lines = [
        b"Content-Type: text/plain; charset=utf-8",
        b'Content-Disposition: inline; filename="' + _NAME.encode("ascii") + b'"',
        b"Content-Transfer-Encoding: quoted-printable",
        b"",
        quote(manner.in_place.encode("utf-8"), eol),
    ]
    edit = Edit(start=node.header_start, end=node.body_end, new=eol.join(lines))
    return Changed(octets=apply_edits(octets, [edit]), edited=(path,))


def _why_not(message: ParsedMessage, node: MimePart | None) -> str | None:
    if node is None:  # or within an archive or another message, which is somebody else's
        return NO_SUCH_PART
    if node is message.root:
        return WHOLE_MESSAGE
    if node.media_type.startswith("multipart/"):
        return NO_SUCH_PART
    if any(part.path == node.path and part.is_body for part in message.parts):
        return OWN_TEXT
    return None


def nothing_else_gone(before: ParsedMessage, after: ParsedMessage, path: str) -> bool:
    """Whether all but the part at `path` is as it was, and there is a text of ours."""
    kept_before = [part for part in before.parts if not _within(part.path, path)]
    kept_after = [part for part in after.parts if part.path != path]
    put_in = [part for part in after.parts if part.path == path]
    return (
        same_header(before, after)
        and kept_before == kept_after
        and not newly_ambiguous(before, after)
        and [part.filename for part in put_in] == [_NAME]
    )


def _within(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}.")
