"""Group verdicts into deliveries. Pure.

SMTP has one reply for all recipients, and our decision falls after DATA: so at most one delivery can
be synchronous, its next hop's reply being our reply. All others must be durable before we answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..model import Action, Delivery, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be done: one synchronous delivery or none, the durable ones strictest first, and the
    verdicts that reject."""

    synchronous: Delivery | None
    durable: tuple[Delivery, ...]
    rejected: tuple[Verdict, ...]

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """All that leaves or is kept, the synchronous one last."""
        return self.durable if self.synchronous is None else (*self.durable, self.synchronous)

    @property
    def all_rejected(self) -> bool:
        return bool(self.rejected) and self.synchronous is None and not self.durable


def make_plan(
    verdicts: Sequence[Verdict],
    durable_routes: Collection[str] = (),
    key_routes: Collection[str] = (),
    *,
    left_route: str | None = None,
) -> Plan:
    """Recipients with the same action, route and changes become one delivery; by `key_routes` each recipient's copy is
    encrypted to a key of their own, so that nobody learns of the others.

    Synchronous is the largest plain relay if there is one, else the only delivery where that is an
    encrypting one; a held one never is, nor one by `durable_routes`, which lead to many next hops, of
    which each has a reply of its own, or by `key_routes`. With `left_route` it is what a mail server sends on itself
    (milter): the largest plain relay by that route.
    """
    rejected = tuple(v for v in verdicts if v.action is Action.REJECT)
    groups: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.action is not Action.REJECT:
            groups.setdefault(_key(verdict, key_routes), []).append(verdict)
    deliveries = [_delivery(group) for group in groups.values()]
    if left_route is None:
        synchronous = _synchronous(deliveries, {*durable_routes, *key_routes})
    else:
        synchronous = _largest([d for d in deliveries if d.action is Action.RELAY and d.route == left_route])
    durable = sorted((d for d in deliveries if d is not synchronous), key=lambda d: -d.action)
    return Plan(synchronous=synchronous, durable=tuple(durable), rejected=rejected)


def _key(verdict: Verdict, key_routes: Collection[str]) -> tuple[object, ...]:
    if verdict.action is not Action.HOLD:
        own = verdict.recipient if verdict.action is Action.ENCRYPT and verdict.route in key_routes else None
        return (verdict.action, verdict.route, verdict.changes, own)
    # One held message per set of people who judge it: they see, release and let expire as one.
    return (verdict.action, verdict.reviewers, verdict.approvals, verdict.hold_until, verdict.expires_days)


def _delivery(group: list[Verdict]) -> Delivery:
    first = group[0]
    return Delivery(
        recipients=tuple(v.recipient for v in group), action=first.action, route=first.route, changes=first.changes
    )


def _synchronous(deliveries: list[Delivery], durable_routes: Collection[str]) -> Delivery | None:
    relay = _largest([d for d in deliveries if d.action is Action.RELAY])
    if relay is not None:
        return relay
    only = deliveries[0] if len(deliveries) == 1 else None
    return only if only is not None and only.action is Action.ENCRYPT and only.route not in durable_routes else None


def _largest(deliveries: list[Delivery]) -> Delivery | None:
    return max(deliveries, key=lambda d: len(d.recipients), default=None)
