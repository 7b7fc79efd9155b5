"""Held messages: asked for, released, returned, rejected, extended, expired.

The console and the command line only ever write a request or a decision, by compare-and-set; the gateway
carries out releases and reports back with `settle_release`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from ..model import Disposition, Envelope, Outcome, Verdict
from .boots import require_alive
from .custody import FINAL, Settled, follow, merge_dispositions, unneeded
from .messages import outcomes
from .models import Delivery, HeldQuestion, Release
from .prepared import RULE_CHARACTERS, delivery_of, narrow, params_of, recipient_params_of, stored_value
from .same_person import same_person
from .values import (
    AS_IT_IS,
    ApprovalGiven,
    DecidedError,
    DeliveryKind,
    DeliveryState,
    HeldMessage,
    PreparedDelivery,
    ReleaseManner,
    ReleaseRequest,
    Verb,
)
from .writer import Transaction, Work

Pairs = frozenset[tuple[str, str]]

DECIDED = "somebody else has decided about this message, or is about to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`automatic`: the end of an embargo, which needs nobody's approval: policy asked for it itself."""

    held_id: str
    by: str
    reason: str
    recipients: tuple[str, ...] | None  # None: all that are still held
    overrides: Pairs
    automatic: bool
    manner: ReleaseManner = AS_IT_IS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseClaim:
    now: datetime
    limit: int
    lease_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSettlement:
    """`queued` deliveries become live: their recipients leave the hold and go on in our custody. `why`: in fixed words,
    where nothing could be sent in the manner that was asked for."""

    request_id: str
    lease: str
    dispositions: tuple[Disposition, ...]
    back_to_queue: bool
    verdicts: tuple[Verdict, ...] | None
    policy_version: str
    queued: tuple[PreparedDelivery, ...]
    follow_up: tuple[PreparedDelivery, ...]
    why: tuple[str, ...] = ()  # of what came back


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision that ends or prolongs a hold."""

    held_id: str
    by: str
    reason: str
    at: datetime
    until: datetime | None = None
    follow_up: tuple[PreparedDelivery, ...] = ()


def _held(tx: Transaction, held_id: str) -> QuerySet[Delivery]:
    return Delivery.objects.using(tx.alias).filter(id=held_id, kind=DeliveryKind.HOLD, state=DeliveryState.HELD)


def _locked(rows: QuerySet[Delivery]) -> Delivery:
    row = rows.select_for_update().first()
    if row is None:
        raise DecidedError(DECIDED)
    return row


# --------------------------------------------------------------------------------------------------
# Release
# --------------------------------------------------------------------------------------------------


def request_release(tx: Transaction, wishes: Sequence[Wish]) -> list[ReleaseRequest]:
    """Ask for one release. Raises DecidedError."""
    (wish,) = wishes
    rows = _held(tx, wish.held_id)
    row = _locked(rows)
    now = datetime.now(UTC)
    still = delivery_of(row).recipients
    wanted = still if wish.recipients is None else tuple(r for r in still if r in wish.recipients)
    if not wanted:
        raise DecidedError("none of these recipients is held any more")
    given: list[dict[str, Any]] = json.loads(row.approvals_given)
    if any(same_person(approval["by"], wish.by) for approval in given):
        raise DecidedError("you have approved this release already; somebody else must agree")
    recipients, overrides = _agreed(given, wanted, wish.overrides)
    request = ReleaseRequest(
        id=secrets.token_hex(16),
        held_id=row.id,
        message_id=row.message_id,
        by=wish.by,
        reason=wish.reason,
        recipients=recipients,
        overrides=overrides,
        requested_at=now,
        approvals_left=0 if wish.automatic else max(0, row.approvals - len(given) - 1),
        manner=_agreed_manner(given, wish.manner),
    )
    if request.approvals_left:
        return [_approve(tx, rows, row, given, request)]
    if not recipients:
        raise DecidedError("the reviewers did not agree on any recipient")
    if rows.update(state=DeliveryState.RELEASE_REQUESTED) != 1:
        raise DecidedError(DECIDED)
    Release.objects.using(tx.alias).create(
        id=request.id,
        held_id=row.id,
        state="requested",
        by=wish.by,
        reason=wish.reason,
        recipients=json.dumps(recipients),
        overrides=json.dumps(sorted(overrides)),
        encrypted=request.manner.encrypted,
        without=json.dumps(request.manner.without),
        requested_at=now,
    )
    tx.audit(Verb.HELD_RELEASE_REQUESTED, wish.by, row.message_id, _wish_body(request))
    return [request]


def _agreed(given: list[dict[str, Any]], wanted: tuple[str, ...], overrides: Pairs) -> tuple[tuple[str, ...], Pairs]:
    """Only what every reviewer agreed to: recipients and overrides that all of them named."""
    for approval in given:
        wanted = tuple(r for r in wanted if r in approval["recipients"])
        overrides &= frozenset((rule, version) for rule, version in approval["overrides"])
    return wanted, overrides


def _agreed_manner(given: list[dict[str, Any]], manner: ReleaseManner) -> ReleaseManner:
    """Nobody's demand is passed over: encrypted where one of them wants that, without all that any of them takes
    away."""
    for approval in given:
        manner |= ReleaseManner.of_words(approval)
    return manner


def _approve(
    tx: Transaction, rows: QuerySet[Delivery], row: Delivery, given: list[dict[str, Any]], request: ReleaseRequest
) -> ReleaseRequest:
    approval = {
        "by": request.by,
        "reason": request.reason,
        "at": request.requested_at.isoformat(),
        "recipients": list(request.recipients),
        "overrides": sorted(request.overrides),
        **request.manner.words,
    }
    if rows.filter(approvals_given=row.approvals_given).update(approvals_given=json.dumps([*given, approval])) != 1:
        raise DecidedError(DECIDED)
    tx.audit(Verb.HELD_APPROVED, request.by, row.message_id, _wish_body(request))
    return request


def _wish_body(request: ReleaseRequest) -> dict[str, Any]:
    return {
        "held": request.held_id,
        "release": request.id,
        "reason": request.reason,
        "recipients": list(request.recipients),
        "overrides": sorted(request.overrides),
        "approvals_left": request.approvals_left,
        **request.manner.words,
    }


def _claim_releases(tx: Transaction, claims: Sequence[ReleaseClaim]) -> list[tuple[ReleaseRequest, ...]]:
    (claim,) = claims
    require_alive(tx)
    open_ = Q(state="requested") | Q(state="claimed", lease_until__lt=claim.now)
    rows = (
        Release.objects.using(tx.alias)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("held")
        .filter(open_)
        .order_by("requested_at")[: claim.limit]
    )
    until = claim.now + timedelta(seconds=claim.lease_seconds)
    claimed = []
    for row in rows:
        lease = secrets.token_hex(8)
        guarded = Release.objects.using(tx.alias).filter(id=row.id, state=row.state, lease=row.lease)
        if guarded.update(state="claimed", lease=lease, lease_until=until, boot=tx.boot_id) != 1:
            continue
        Delivery.objects.using(tx.alias).filter(
            id=row.held_id, state__in=(DeliveryState.RELEASE_REQUESTED, DeliveryState.RELEASING)
        ).update(state=DeliveryState.RELEASING)
        claimed.append(replace(release_request(row), lease=lease))
    return [tuple(claimed)]


def release_request(row: Release) -> ReleaseRequest:
    return ReleaseRequest(
        id=row.id,
        held_id=row.held_id,
        message_id=row.held.message_id,
        by=row.by,
        reason=row.reason,
        recipients=tuple(json.loads(row.recipients)),
        overrides=frozenset((rule, version) for rule, version in json.loads(row.overrides)),
        requested_at=row.requested_at,
        manner=_manner(row),
    )


def _manner(row: Release) -> ReleaseManner:
    return ReleaseManner(encrypted=row.encrypted, without=tuple(json.loads(row.without)))


def _settle_release(tx: Transaction, settlements: Sequence[ReleaseSettlement]) -> list[Settled]:
    (done,) = settlements
    guarded = Release.objects.using(tx.alias).filter(id=done.request_id, state="claimed", lease=done.lease)
    release = guarded.select_for_update().first()
    if release is None or not done.lease:
        return [Settled(ours=False)]
    rows = Delivery.objects.using(tx.alias).filter(id=release.held_id, state=DeliveryState.RELEASING)
    row = rows.select_for_update().first()
    if row is None:
        return [Settled(ours=False)]
    guarded.update(state="done", dispositions=json.dumps({d.recipient: d.outcome.value for d in done.dispositions}))
    recipients = delivery_of(row).recipients
    gone = {d.recipient for d in done.dispositions if d.outcome in FINAL}
    gone |= {recipient for delivery in done.queued for recipient in delivery.delivery.recipients}
    staying = [r for r in recipients if r not in gone]
    results = tuple(d for d in done.dispositions if d.recipient in recipients and d.recipient in gone)
    now = datetime.now(UTC)
    change: dict[str, Any] = {"decided_by": release.by, "decided_at": now, "decision_reason": release.reason}
    if staying:
        change = {"state": DeliveryState.HELD, "approvals_given": "[]"} | narrow(row, staying)
        change |= _held_again(done, staying) if done.back_to_queue else {}
    else:
        change["state"] = DeliveryState.DONE
    rows.update(**change)
    if results:  # of all others the record goes on to say "held"
        merge_dispositions(tx, row.message_id, results)
    follow(tx, row.message_id, (*done.queued, *done.follow_up))
    body: dict[str, Any] = {"held": row.id, "release": release.id, "by": release.by, "still_held": len(staying)}
    body |= _manner(release).words | ({"why": list(done.why)} if done.why else {})
    verb = Verb.HELD_RELEASED if gone else Verb.HELD_RETURNED
    tx.audit(verb, "gateway", row.message_id, body | outcomes(done.dispositions))
    return [Settled(ours=True)]


def _held_again(done: ReleaseSettlement, staying: Sequence[str]) -> dict[str, Any]:
    """What the new verdicts say about the hold; nothing when there are none."""
    verdicts = [v for v in done.verdicts or () if v.recipient in staying]
    if not verdicts:
        return {}
    rules = dict.fromkeys((rule, done.policy_version) for v in verdicts for rule in v.rules)
    until = [v.hold_until for v in verdicts if v.hold_until is not None]
    return {
        "rules": json.dumps(list(rules)),
        "main_rule": next((v.main_rule for v in verdicts if v.main_rule), "")[:RULE_CHARACTERS],
        "reasons": json.dumps(list(dict.fromkeys(reason for v in verdicts for reason in v.reasons))),
        "reasons_cy": json.dumps(list(dict.fromkeys(reason for v in verdicts for reason in v.reasons_cy))),
        "hold_until": max(until, default=None),
        "reviewers": next((v.reviewers for v in verdicts if v.reviewers), None),
        "approvals": max(v.approvals for v in verdicts),
    }


# --------------------------------------------------------------------------------------------------
# Reject, extend, expire
# --------------------------------------------------------------------------------------------------


def _reject(tx: Transaction, rulings: Sequence[Ruling]) -> list[None]:
    for ruling in rulings:
        end_hold(tx, ruling, DeliveryState.REJECTED, Outcome.REJECTED, Verb.HELD_REJECTED)
    return [None] * len(rulings)


def _expire(tx: Transaction, rulings: Sequence[Ruling]) -> list[None]:
    for ruling in rulings:
        end_hold(tx, ruling, DeliveryState.EXPIRED, Outcome.EXPIRED, Verb.HELD_EXPIRED)
    return [None] * len(rulings)


def end_hold(tx: Transaction, ruling: Ruling, state: DeliveryState, outcome: Outcome, verb: Verb) -> None:
    """End a hold in this way. Raises DecidedError when it no longer waits."""
    rows = _held(tx, ruling.held_id)
    if state is DeliveryState.EXPIRED:
        rows = rows.filter(expires_at__lte=ruling.at)
    row = _locked(rows)
    changed = rows.update(state=state, decided_by=ruling.by, decided_at=ruling.at, decision_reason=ruling.reason)
    if changed != 1:
        raise DecidedError(DECIDED)
    ended = tuple(Disposition(recipient=r, outcome=outcome) for r in delivery_of(row).recipients)
    merge_dispositions(tx, row.message_id, ended)
    follow(tx, row.message_id, ruling.follow_up)
    body = {"held": row.id, "reason": ruling.reason, "follow_up": [f.id for f in ruling.follow_up]}
    tx.audit(verb, ruling.by, row.message_id, body | outcomes(ended))


def _extend(tx: Transaction, rulings: Sequence[Ruling]) -> list[None]:
    for ruling in rulings:
        rows = _held(tx, ruling.held_id)
        row = _locked(rows)
        if rows.update(expires_at=ruling.until) != 1:
            raise DecidedError(DECIDED)
        until = None if ruling.until is None else ruling.until.isoformat()
        tx.audit(
            Verb.HELD_EXTENDED, ruling.by, row.message_id, {"held": row.id, "reason": ruling.reason, "until": until}
        )
    return [None] * len(rulings)


def _forget_bodies(tx: Transaction, befores: Sequence[datetime]) -> list[tuple[str, ...]]:
    """Retention: decided held messages lose their octets, and what was asked and answered about them; answers the spool
    keys."""
    (before,) = befores
    decided = (DeliveryState.DONE, DeliveryState.REJECTED, DeliveryState.EXPIRED, DeliveryState.WITHDRAWN)
    rows = (
        Delivery.objects.using(tx.alias)
        .filter(kind=DeliveryKind.HOLD, state__in=decided, decided_at__lt=before)
        .exclude(octets_key="")
    )
    keys = set(rows.values_list("octets_key", flat=True))
    HeldQuestion.objects.using(tx.alias).filter(held_id__in=rows.values("id")).update(sealed=b"", answer=b"")
    rows.update(octets_key="")
    return [unneeded(tx, keys)]


REQUEST_RELEASE: Work[Wish, ReleaseRequest] = Work(request_release, together=False)
CLAIM_RELEASES: Work[ReleaseClaim, tuple[ReleaseRequest, ...]] = Work(_claim_releases, together=False)
SETTLE_RELEASE: Work[ReleaseSettlement, Settled] = Work(_settle_release, together=False)
REJECT: Work[Ruling, None] = Work(_reject)
EXPIRE: Work[Ruling, None] = Work(_expire)
EXTEND: Work[Ruling, None] = Work(_extend)
FORGET_BODIES: Work[datetime, tuple[str, ...]] = Work(_forget_bodies, together=False)


# --------------------------------------------------------------------------------------------------
# Reading
# --------------------------------------------------------------------------------------------------

WAITING = (DeliveryState.HELD, DeliveryState.RELEASE_REQUESTED, DeliveryState.RELEASING)


def _all(alias: str) -> QuerySet[Delivery]:
    return Delivery.objects.using(alias).filter(kind=DeliveryKind.HOLD).select_related("message")


def held(alias: str, held_id: str) -> HeldMessage | None:
    row = _all(alias).filter(id=held_id).exclude(state__in=(DeliveryState.PREPARED, DeliveryState.DROPPED)).first()
    return None if row is None else held_message(row)


def held_list(
    alias: str, states: Sequence[DeliveryState], reviewers: str | None, limit: int, offset: int
) -> tuple[HeldMessage, ...]:
    """Oldest first."""
    rows = _all(alias).filter(state__in=states).order_by("created_at", "id")
    if reviewers is not None:
        rows = rows.filter(reviewers=reviewers)
    return tuple(held_message(row) for row in rows[offset : offset + limit])


def held_count(alias: str) -> int:
    return _all(alias).filter(state__in=WAITING).count()


def expire_due(alias: str, now: datetime) -> tuple[HeldMessage, ...]:
    rows = _all(alias).filter(state=DeliveryState.HELD, expires_at__lte=now).order_by("expires_at")
    return tuple(held_message(row) for row in rows)


def embargoes_due(alias: str, now: datetime) -> tuple[HeldMessage, ...]:
    rows = _all(alias).filter(state=DeliveryState.HELD, hold_until__lte=now).order_by("hold_until")
    return tuple(held_message(row) for row in rows)


def held_message(row: Delivery) -> HeldMessage:
    return HeldMessage(
        id=row.id,
        message_id=row.message_id,
        state=DeliveryState(row.state),
        delivery=delivery_of(row),
        reverse_path=row.reverse_path,
        params=params_of(row),
        recipient_params=recipient_params_of(row),
        octets_key=row.octets_key,
        held_at=row.created_at,
        hold_until=row.hold_until,
        expires_at=row.expires_at,
        reviewers=row.reviewers,
        approvals=row.approvals,
        approvals_given=tuple(
            ApprovalGiven(
                by=a["by"], reason=a["reason"], at=datetime.fromisoformat(a["at"]), manner=ReleaseManner.of_words(a)
            )
            for a in json.loads(row.approvals_given)
        ),
        rules=tuple((rule, version) for rule, version in json.loads(row.rules)),
        main_rule=row.main_rule,
        reasons=tuple(json.loads(row.reasons)),
        reasons_cy=tuple(json.loads(row.reasons_cy)),
        escalated_to=row.escalated_to,
        urgent=row.urgent,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        envelope=stored_value(Envelope, row.message.envelope, row.message_id),
        author=row.message.author,
        message_id_header=row.message.message_id_header,
        received_at=row.message.received_at,
        size_bytes=row.message.size_bytes,
        question=row.question,
    )
