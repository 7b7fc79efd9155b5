"""One whole delivery to one next hop: its replies as outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import InDoubtError, NextHopError
from ..model import Disposition, MailParams, Outcome, RecipientParams
from ..octets import Octets, Piece
from .smtp_client import SmtpClient, SmtpReply

MAX_DETAIL = 200  # characters of a next hop's reply that a disposition keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What goes to a next hop. `recipient_params` is empty or in the order of `recipients`; `octets` is the message in
    one piece or in several that follow one another."""

    reverse_path: str | None
    recipients: tuple[str, ...]
    params: MailParams
    recipient_params: tuple[RecipientParams, ...]
    octets: Octets | Sequence[Piece]

    def only(self, recipients: Sequence[str]) -> Mail:
        """The same to some of its recipients."""
        params = dict(zip(self.recipients, self.recipient_params, strict=True)) if self.recipient_params else {}
        return Mail(
            reverse_path=self.reverse_path,
            recipients=tuple(recipients),
            params=self.params,
            recipient_params=tuple(params[r] for r in recipients) if params else (),
            octets=self.octets,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of one delivery. `unreported`: those that came through, and of which nobody but us will report it,
    since the next hop was not told the wishes for reports (RFC 3461)."""

    dispositions: tuple[Disposition, ...]
    unreported: tuple[Disposition, ...] = ()


async def transact(client: SmtpClient, mail: Mail, *, seconds: float, final_dot_seconds: float) -> Delivered:
    """One disposition per recipient, in order: relayed, deferred, refused or in doubt. `seconds` for all but the reply
    to the final dot. Raises NextHopError where the next hop has taken nothing and has refused nobody: another one may
    be tried."""
    prepared = await client.prepare(
        mail.reverse_path, mail.recipients, mail.params, mail.recipient_params, mail.octets, seconds
    )
    found = {r: disposition_for(r, reply) for r, reply in prepared.refused.items()}
    if prepared.accepted:
        try:
            reply = await prepared.commit(final_dot_seconds)
        except InDoubtError as error:
            rest = all_of(prepared.accepted, Outcome.IN_DOUBT, error)
        except NextHopError as error:
            rest = all_of(prepared.accepted, Outcome.DEFERRED, error)
        else:
            rest = tuple(disposition_for(r, reply) for r in prepared.accepted)
        found |= {disposition.recipient: disposition for disposition in rest}
    dispositions = tuple(found[recipient] for recipient in mail.recipients)
    relayed = tuple(d for d in dispositions if d.outcome is Outcome.RELAYED)
    return Delivered(dispositions=dispositions, unreported=() if prepared.dsn else relayed)


def disposition_for(recipient: str, reply: SmtpReply) -> Disposition:
    """What the next hop's reply makes of this recipient."""
    outcome = Outcome.RELAYED if reply.taken else Outcome.REFUSED if reply.permanent else Outcome.DEFERRED
    return Disposition(recipient=recipient, outcome=outcome, detail=str(reply)[:MAX_DETAIL])


def all_of(recipients: Sequence[str], outcome: Outcome, why: Exception | str) -> tuple[Disposition, ...]:
    """The same for all of them."""
    return tuple(Disposition(recipient=r, outcome=outcome, detail=str(why)[:MAX_DETAIL]) for r in recipients)
