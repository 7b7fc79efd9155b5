"""Add a disclaimer to the one or two parts that are the message's own text, and touch nothing else.

The octets are edited in place: nothing is parsed and generated anew, so signatures of other parts,
odd headers and every attachment stay as they are. Where an edit would break or mislead, the message
is left alone and the reason is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model import HeaderField, MimePart, ParsedMessage
from .body_edit import LeftAlone, edit_body, quote
from .part_edits import Edit, apply_edits, newly_ambiguous, own_parts, protected_as, same_header
from .values import USUAL, Changed, DisclaimerText, Manner
from .wrap import WRAPPED, can_be_wrapped, holds_whole, wrap

_CALENDAR_METHODS = frozenset({"request", "reply", "cancel", "counter", "declinecounter", "publish", "add", "refresh"})


def add_disclaimer(
    octets: bytes,
    root: MimePart,
    text: DisclaimerText,
    manner: Manner = USUAL,
    *,
    ambiguous: bool = False,
) -> Changed:
    """The message with the disclaimer in its text and HTML forms, once.

    `root` is the tree of exactly these octets. `ambiguous`: it was not clear what parts the message
    has, so it is left alone. `Changed.notes` says why something was left undone;
    `Changed.edited` names the parts touched. The caller reads the result again and asks
    `nothing_else_changed` before it sends it.
    """
    why = "ambiguous" if ambiguous else _why_not(root, manner.signed_later)
    eol = b"\r\n" if b"\r\n" in octets[: max(root.body_start, 1000)] else b"\n"
    targets = _targets(root, is_root=True)
    if why is None and not targets:
        added = _add_part(octets, root, text, eol)
        if added is not None:
            return added
        why = "no text"
    if why is not None:
        if manner.wrap and can_be_wrapped(root, why):
            return wrap(octets, root, text, why, eol)
        return Changed(octets=octets, notes=(why,))
    edits: list[Edit] = []
    notes: list[str] = []
    edited: list[str] = []
    for part in targets:
        result = edit_body(octets, part, text, eol, manner.once)
        if isinstance(result, LeftAlone):
            notes.append(result.why)
        else:
            edits.append(result)
            edited.append(part.path)
    if "OpenPGP in the text" in notes:
        return Changed(octets=octets, notes=("OpenPGP in the text",))
    if any(part.media_type == "application/ms-tnef" for part in own_parts(root)):
        notes.append("winmail.dat keeps its own text")
    return Changed(octets=apply_edits(octets, edits), notes=tuple(dict.fromkeys(notes)), edited=tuple(edited))


def nothing_else_changed(before: ParsedMessage, octets: bytes, after: ParsedMessage, changed: Changed) -> bool:
    """Whether the edit of `octets` to `changed` did what it should and nothing else; `before` and `after` are the trees
    of both."""
    if any(note.startswith(WRAPPED) for note in changed.notes):
        return holds_whole(octets, changed.octets, after)
    return same_leaves(before, after, changed.edited)


def same_leaves(before: ParsedMessage, after: ParsedMessage, edited_paths: Sequence[str]) -> bool:
    """Whether an edit left every other leaf, and what is known of it, as it was.

    `edited_paths` are those of `Changed.edited`, paths in `after`. A part that was put in moves the
    numbers of those behind it, so leaves are compared in order, not by path.
    """
    edited = frozenset(edited_paths)
    put_in = len(after.parts) - len(before.parts)
    if not 0 <= put_in <= len(edited) or len(after.gaps) > len(before.gaps):
        return False
    untouched_after = [part for part in after.parts if part.path not in edited]
    untouched_before = [part for part in before.parts if put_in or part.path not in edited]
    if len(untouched_after) != len(untouched_before):
        return False
    same = (
        (old.media_type, old.filenames, old.disposition, old.charset, old.octets)
        == (new.media_type, new.filenames, new.disposition, new.charset, new.octets)
        for old, new in zip(untouched_before, untouched_after, strict=True)
    )
    return same_header(before, after) and all(same) and not newly_ambiguous(before, after)


def _why_not(root: MimePart, signed_later: bool) -> str | None:
    fields: dict[str, HeaderField] = {}
    for field in root.header:
        fields.setdefault(field.name.lower(), field)
    submitted = fields["auto-submitted"].text.strip().lower() if "auto-submitted" in fields else "no"
    if submitted.partition(";")[0].strip() != "no":
        return "automatic reply"
    if "list-id" in fields:
        return "mailing list"
    if (why := protected_as(root, signed_later=signed_later)) is not None:
        return why
    return "calendar" if any(_is_invitation(part, root) for part in own_parts(root)) else None


def _is_invitation(part: MimePart, root: MimePart) -> bool:
    attached = part.disposition == "attachment" and part is not root
    return part.media_type == "text/calendar" and (
        not attached or (part.param("method") or "").lower() in _CALENDAR_METHODS
    )


def _targets(part: MimePart, *, is_root: bool = False) -> list[MimePart]:
    """The parts that are shown as the text of the message."""
    # On the outermost multipart a disposition says nothing: there is nobody to attach it to.
    if part.disposition == "attachment" and not (is_root and part.children):
        return []
    if part.media_type in ("text/plain", "text/html"):
        return [part] if is_root or part.filename is None else []
    if not part.media_type.startswith("multipart/") or not part.children:
        return []
    if part.media_type == "multipart/alternative":
        return [target for child in part.children for target in _targets(child)]
    if part.media_type == "multipart/related":
        return _targets(_root_of_related(part))
    return next((found for child in part.children if (found := _targets(child))), [])


def _root_of_related(part: MimePart) -> MimePart:
    """RFC 2387, 3.2: the part that `start` names, else the first."""
    start = part.param("start")
    for child in part.children if start else ():
        if any(field.name.lower() == "content-id" and field.text.strip() == start for field in child.header):
            return child
    return part.children[0]


def _add_part(octets: bytes, root: MimePart, text: DisclaimerText, eol: bytes) -> Changed | None:
    """A message of attachments alone gets a text of its own before the first; None where it has no place for one."""
    at = root.first_delimiter
    if root.media_type != "multipart/mixed" or at is None or not root.children:
        return None
    delimiter = octets[at : octets.find(b"\n", at)].rstrip()
    lines = [
        delimiter,
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Disposition: inline",
        b"Content-Transfer-Encoding: quoted-printable",
        b"",
        quote("\n".join(line.rstrip() for line in text.text.splitlines()).encode("utf-8"), eol),
        b"",
    ]
    edit = Edit(start=at, end=at, new=eol.join(lines))
    return Changed(octets=apply_edits(octets, [edit]), edited=("1",))
