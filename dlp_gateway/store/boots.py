"""Boots: which process owns what, until when, and what is cleared up after a dead one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, Q

from ..errors import StoreUnavailableError
from .chain import genesis
from .models import Audit, Boot, Crash, Delivery, Message, Release
from .values import DeliveryState, MessageState, Recovery, Verb
from .writer import Transaction, Work

LEASE_SECONDS = 60.0
SILENCE = timedelta(hours=1)
"""Without a renewed lease for so long, a console or command is taken to have ended."""


DECLARED_DEAD = "this gateway was declared dead by another one; it must be started again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    role: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Who starts. Only the role "gateway" has custody, so only it recovers."""

    role: str
    writer: str
    in_hand: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by boot: identities (`in_hand.py`)


def require_alive(tx: Transaction) -> None:
    """Make sure that nobody has declared this boot dead: a fenced gateway may take custody of nothing.

    Raises StoreUnavailableError. The row is locked until the commit, so that fencing waits for us or
    we see it.
    """
    if tx.checked_alive:
        return
    alive = Boot.objects.using(tx.alias).select_for_update().filter(id=tx.boot_id, state="alive")
    if not alive.values_list("id", flat=True).first():
        raise StoreUnavailableError(DECLARED_DEAD)
    tx.checked_alive = True


def _start(tx: Transaction, starts: Sequence[Start]) -> list[Recovery]:
    (start,) = starts
    now = datetime.now(UTC)
    Boot.objects.using(tx.alias).create(
        id=tx.boot_id,
        gateway_id=tx.gateway_id,
        role=start.role,
        state="alive",
        started_at=now,
        lease_until=now + timedelta(seconds=LEASE_SECONDS),
        writer=start.writer,
    )
    opened = _opened_by(tx, start.in_hand)  # before recovery closes them
    recovery = _recover(tx, now, own=True) if start.role == "gateway" else Recovery()
    for boot, identities in start.in_hand.items():
        if not Boot.objects.using(tx.alias).filter(id=boot, state="alive").exists():
            _count_crashes(tx, identities - opened[boot], now)  # those with a record were counted by recovery
    # Consoles and commands own nothing that must be cleared up; only their spool files and chains end.
    silent = Boot.objects.using(tx.alias).exclude(role="gateway").filter(state="alive")
    silent.filter(lease_until__lt=now - SILENCE).update(state="dead")
    tx.audit(Verb.CHAIN_OPENED, _actor(tx), None, {"heads": _witness(tx)})
    if start.role == "gateway":
        body = {"boot": tx.boot_id, "dead_boots": list(recovery.boots), "dropped": recovery.dropped}
        body |= {"returned": recovery.returned, "in_doubt": recovery.in_doubt}
        tx.audit(Verb.GATEWAY_STARTED, _actor(tx), None, body)
    return [recovery]


def _witness(tx: Transaction) -> dict[str, list[Any]]:
    """The last hash of every chain that no later chain has seen end."""
    heads = {}
    for boot in Boot.objects.using(tx.alias).filter(witnessed=False).exclude(id=tx.boot_id):
        last = Audit.objects.using(tx.alias).filter(writer=boot.writer).order_by("-n").first()
        heads[boot.writer] = [last.n, bytes(last.hash).hex()] if last else [0, genesis(boot.writer).hex()]
        if boot.state == "dead":
            Boot.objects.using(tx.alias).filter(id=boot.id).update(witnessed=True)
    return heads


def _recover(tx: Transaction, now: datetime, *, own: bool) -> Recovery:
    """Clear up after our own dead boots (`own`: at the start, when any other boot of this gateway must be
    dead: the lock on the spool says so) and after other gateways whose lease ran out."""
    boots = Boot.objects.using(tx.alias).filter(role="gateway", state="alive").exclude(id=tx.boot_id)
    doomed = []
    for boot in boots.order_by("id"):  # in one order, so that two recoveries can't wait for each other
        ours = own and boot.gateway_id == tx.gateway_id
        if not ours and boot.lease_until >= now:
            continue
        # Fencing: only if the lease is still the one we saw, and from now on none of its writes counts.
        fenced = boots.filter(id=boot.id, lease_until=boot.lease_until).update(state="dead")
        if fenced == 1:
            doomed.append(boot.id)
            if not ours:
                tx.audit(Verb.GATEWAY_FENCED, _actor(tx), None, {"gateway": boot.gateway_id, "boot": boot.id})
    if own:  # a clean stop leaves nothing, but whatever it leaves is ours to clear up
        stopped = Boot.objects.using(tx.alias).filter(role="gateway", state="dead", gateway_id=tx.gateway_id)
        owned = (DeliveryState.PREPARED, DeliveryState.SENDING)
        which = (
            Q(id__in=Message.objects.using(tx.alias).filter(state=MessageState.OPEN).values("boot"))
            | Q(id__in=Delivery.objects.using(tx.alias).filter(state__in=owned).values("boot"))
            | Q(id__in=Release.objects.using(tx.alias).filter(state="claimed").values("boot"))
        )
        doomed = list(dict.fromkeys([*doomed, *stopped.filter(which).values_list("id", flat=True)]))
    if not doomed:
        return Recovery()
    return _clear_up(tx, doomed, now)


def _clear_up(tx: Transaction, boots: list[str], now: datetime) -> Recovery:
    deliveries = Delivery.objects.using(tx.alias).filter(boot__in=boots)
    prepared = list(deliveries.filter(state=DeliveryState.PREPARED).values_list("id", "message_id"))
    deliveries.filter(id__in=[i for i, _ in prepared], state=DeliveryState.PREPARED).update(state=DeliveryState.DROPPED)
    for message_id in dict.fromkeys(m for _, m in prepared):
        ids = [i for i, m in prepared if m == message_id]
        tx.audit(Verb.CUSTODY_DROPPED, _actor(tx), message_id, {"deliveries": ids, "why": "the gateway died"})
    claimed = list(deliveries.filter(state=DeliveryState.SENDING).values_list("id", "message_id"))
    deliveries.filter(id__in=[i for i, _ in claimed], state=DeliveryState.SENDING).update(
        state=DeliveryState.LIVE, lease="", lease_until=None, due_at=now
    )
    for delivery_id, message_id in claimed:
        tx.audit(Verb.DELIVERY_RETURNED, _actor(tx), message_id, {"delivery": delivery_id, "why": "the gateway died"})
    returned = len(claimed) + _return_releases(tx, boots)
    in_doubt = _leave_in_doubt(tx, boots, now)
    return Recovery(boots=tuple(boots), dropped=len(prepared), returned=returned, in_doubt=in_doubt)


def _return_releases(tx: Transaction, boots: list[str]) -> int:
    claimed = Release.objects.using(tx.alias).filter(boot__in=boots, state="claimed")
    held = list(claimed.values_list("held_id", flat=True))
    Delivery.objects.using(tx.alias).filter(id__in=held, state=DeliveryState.RELEASING).update(
        state=DeliveryState.RELEASE_REQUESTED
    )
    return claimed.update(state="requested", lease="", lease_until=None)


def _leave_in_doubt(tx: Transaction, boots: list[str], now: datetime) -> int:
    messages = Message.objects.using(tx.alias).filter(boot__in=boots, state=MessageState.OPEN)
    found = list(messages.values_list("id", "identity"))
    _count_crashes(tx, [identity for _, identity in found], now)
    for message_id, _ in found:
        tx.audit(Verb.MESSAGE_LEFT_IN_DOUBT, _actor(tx), message_id, {"why": "the gateway died"})
    messages.filter(id__in=[i for i, _ in found]).update(state=MessageState.IN_DOUBT)
    return len(found)


def _count_crashes(tx: Transaction, identities: Iterable[str], now: datetime) -> None:
    for identity in identities:
        crash, _ = Crash.objects.using(tx.alias).get_or_create(identity=identity, defaults={"count": 0, "last_at": now})
        Crash.objects.using(tx.alias).filter(identity=crash.identity).update(count=F("count") + 1, last_at=now)


def _opened_by(tx: Transaction, boots: Iterable[str]) -> dict[str, set[str]]:
    """Identities of the records that each of these boots has left open."""
    opened = Message.objects.using(tx.alias).filter(state=MessageState.OPEN)
    return {boot: set(opened.filter(boot=boot).values_list("identity", flat=True)) for boot in boots}


def _renew(tx: Transaction, renewals: Sequence[Renewal]) -> list[Recovery]:
    (renewal,) = renewals
    until = renewal.now + timedelta(seconds=LEASE_SECONDS)
    renewed = Boot.objects.using(tx.alias).filter(id=tx.boot_id, state="alive").update(lease_until=until)
    if renewed != 1:
        raise StoreUnavailableError(DECLARED_DEAD)
    return [_recover(tx, renewal.now, own=False) if renewal.role == "gateway" else Recovery()]


def _stop(tx: Transaction, roles: Sequence[str]) -> list[None]:
    (role,) = roles
    stopped = Boot.objects.using(tx.alias).filter(id=tx.boot_id, state="alive").update(state="dead")
    if stopped and role == "gateway":
        tx.audit(Verb.GATEWAY_STOPPED, _actor(tx), None, {"boot": tx.boot_id})
    return [None]


def _actor(tx: Transaction) -> str:
    return f"gateway {tx.gateway_id}"


START: Work[Start, Recovery] = Work(_start, together=False)
RENEW: Work[Renewal, Recovery] = Work(_renew, together=False)
STOP: Work[str, None] = Work(_stop, together=False)


def living(alias: str) -> frozenset[str]:
    """Boots of any role that are not known to be dead."""
    return frozenset(Boot.objects.using(alias).filter(state="alive").values_list("id", flat=True))


def crash_counts(alias: str) -> dict[str, int]:
    """Of every identity with which a gateway died."""
    return dict(Crash.objects.using(alias).values_list("identity", "count"))
