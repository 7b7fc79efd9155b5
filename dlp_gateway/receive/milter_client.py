"""Who sends a message that a mail server shows us: not the mail server, which is trusted to say so, but its client."""

from __future__ import annotations

from dataclasses import dataclass

from ..config_access import Client
from ..config_milter import MilterListener
from .clients import Clients
from .milter_codec import Connect
from .networks import address_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """As an envelope says it."""

    client: Client | None  # the entry of `clients`
    ip: str
    name: str
    user: str | None
    vouches: bool


def address_said(connect: Connect | None) -> str:
    """The client's address as the mail server tells it; "" where it has none."""
    if connect is None or connect.family not in {b"4", b"6"}:
        return ""
    said = connect.address.decode("ascii", "replace").removeprefix("IPv6:")
    return said if address_of(said) is not None else ""


def origin_of(connect: Connect | None, user: str | None, listener: MilterListener, clients: Clients) -> Origin | None:
    """Who sends, or None for a stranger. `user`: whom the mail server has authenticated.

    The same may send as by SMTP: who comes from the networks of an entry of `clients`, or has proven who they are, to
    the mail server here. An entry that wants a certificate lets nobody in: the mail server does not show it. Beside
    them its own machine, as it could give us any message anyhow. Nobody else, although the mail server let them in: it
    may take in mail from everywhere for the council, which is no business of ours.
    """
    ip = address_said(connect)
    entry = clients.find(ip) if ip else None
    vouches = (entry is not None and entry.vouches_for_sender) or (user is not None and listener.vouches_for_sender)
    if entry is not None:
        return Origin(client=entry, ip=ip, name=entry.name, user=user, vouches=vouches)
    if user is not None or _is_own_machine(connect, ip):
        return Origin(client=None, ip=ip, name=listener.name, user=user, vouches=vouches)
    return None


def _is_own_machine(connect: Connect | None, ip: str) -> bool:
    if connect is not None and connect.family == b"L":
        return True
    address = address_of(ip) if ip else None
    return address is not None and address.is_loopback
