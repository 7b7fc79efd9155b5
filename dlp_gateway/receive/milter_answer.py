"""What a mail server is told at the end of a message that it showed us by milter. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..change.edits import Edits
from ..model import Reply
from .milter_codec import (
    BODY_PIECE_OCTETS,
    Actions,
    ChangeHeader,
    DeleteRecipient,
    InsertHeader,
    Packet,
    Plain,
    ReplaceBody,
    ReplyCode,
)
from .reply import encode as reply_line

NO_EDITS = Edits()

NEEDED = Actions.ADD_HEADERS | Actions.CHANGE_HEADERS | Actions.CHANGE_BODY | Actions.DELETE_RECIPIENTS
"""All that `packets_of` ever asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MtaAnswer:
    """`reply` says whether the message is accepted, and why not. `left`: recipients for whom the mail server sends it
    on itself, after `edits`; the others are refused, or ours."""

    reply: Reply
    left: tuple[str, ...] = ()
    edits: Edits = NO_EDITS


def packets_of(answer: MtaAnswer, recipients: Sequence[str], *, leading_space: bool) -> Iterator[Packet]:
    """The packets that carry it out; the last one is final. `recipients`: all that the mail server has for it."""
    if answer.reply.code >= 400:
        yield refusal(answer.reply)
    elif not answer.left:
        yield Plain.DISCARD  # all of it is ours, or refused with a report
    else:
        for recipient in recipients:
            if recipient not in answer.left:
                yield DeleteRecipient(f"<{recipient}>".encode("utf-8", "surrogateescape"))
        yield from _edits(answer.edits, leading_space)
        yield Plain.ACCEPT


def refusal(reply: Reply) -> ReplyCode:
    """A reply of 4yz or 5yz. 421 would end the session of the mail server's own client, who can't help it."""
    line = reply_line(reply).removesuffix(b"\r\n").replace(b"%", b"%%")  # smfi_setreply(3): or the MTA eats it
    return ReplyCode(b"451" + line[3:] if reply.code == 421 else line)


def _edits(edits: Edits, leading_space: bool) -> Iterator[Packet]:
    def value(octets: bytes) -> bytes:
        # An empty one would take the field away.
        octets = octets.replace(b"\r\n", b"\n") or b" "
        return octets if leading_space else octets.removeprefix(b" ") or b" "

    for field in edits.new:
        # Sendmail and Postfix count their own Received field, which they don't show, as the first (0 is before it).
        yield InsertHeader(field.index + 1, field.name, value(field.value))
    for change in edits.changed:
        yield ChangeHeader(change.number, change.name, b"" if change.value is None else value(change.value))
    if edits.body is not None:
        for start in range(0, len(edits.body), BODY_PIECE_OCTETS):
            yield ReplaceBody(edits.body[start : start + BODY_PIECE_OCTETS])
        if not edits.body:
            yield ReplaceBody(b"")
