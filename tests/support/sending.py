"""Messages sent to a fake next hop by our own client, in few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dlp_gateway.act.smtp_client import NextHop, Prepared, SmtpClient
from dlp_gateway.act.smtp_wire import SmtpReply
from dlp_gateway.model import MailParams, RecipientParams
from tests.support.fake_next_hop import FakeNextHop
from tests.support.smuggling import CredulousNextHop

A, B, C = "ann@hospital.example", "bob@hospital.example", "cy@hospital.example"
OCTETS = b"From: jo@council.example\r\nSubject: rota\r\n\r\n.dot\r\nAll well.\r\n"
PLAIN = MailParams()


def client_of(hop: FakeNextHop | CredulousNextHop, **terms: Any) -> SmtpClient:
    """A client of that next hop; `terms` are fields of NextHop."""
    return SmtpClient(NextHop(**{"host": "127.0.0.1", "port": hop.port, "helo": "gateway.example"} | terms))


async def prepare(
    client: SmtpClient,
    recipients: Sequence[str] = (A,),
    octets: bytes | Sequence[bytes] = OCTETS,
    *,
    reverse_path: str | None = "jo@council.example",
    params: MailParams = PLAIN,
    recipient_params: Sequence[RecipientParams] = (),
    seconds: float = 5.0,
) -> Prepared:
    """One transaction without its final dot."""
    return await client.prepare(reverse_path, recipients, params, recipient_params, octets, seconds)


async def send(client: SmtpClient, *recipients: str, **given: Any) -> SmtpReply:
    """One whole transaction; `given` as for `prepare`."""
    prepared = await prepare(client, recipients or (A,), **given)
    return await prepared.commit(5)
