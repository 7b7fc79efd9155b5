"""The delivery that a mail server keeps which shows us its mail by milter: we say what is to be done, it sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..change.edits import Edits, edits_between
from ..model import Delivery, Message
from ..octets import Spooled, whole
from .smtp_wire import SmtpReply
from .wire import Wire

LEFT_WITH_MTA = "left with the mail server that showed it"
"""In a disposition's detail: relayed, and not by us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftWithMta:
    """Stands where a next hop's `Prepared` stands: it has accepted all recipients, as it did from its own client."""

    accepted: tuple[str, ...]
    edits: Edits = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def refused(self) -> Mapping[str, SmtpReply]:
        return {}

    async def commit(self, _timeout: float) -> SmtpReply:
        """Nothing is sent here: it takes place when the mail server hears our answer."""
        return SmtpReply(code=250, enhanced="2.0.0", text=LEFT_WITH_MTA)

    async def abort(self) -> None:
        """Nothing was begun."""


def leave_with_mta(message: Message, delivery: Delivery, wire: Wire) -> LeftWithMta:
    """`wire`: what is to go out. Its notes say what was left undone."""
    before, after = message.octets, wire.octets
    if isinstance(before, Spooled) and isinstance(after, Spooled) and before.body is after.body:
        edits = edits_between(before.header, after.header)
    else:
        edits = edits_between(whole(before), whole(after))
    return LeftWithMta(accepted=delivery.recipients, edits=edits, notes=wire.notes)
