"""What is kept of other domains' TLS, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from dlp_gateway.secure_way import KeptPolicy, Mode, StsPolicy, TlsCount
from dlp_gateway.store import Store

POLICY = StsPolicy(id="20261127", mode=Mode.ENFORCE, hosts=("mx.partner.example", "*.partner.example"), max_age=86400)
KEPT = KeptPolicy(domain="partner.example", policy=POLICY, until=datetime(2200, 1, 1, tzinfo=UTC).timestamp())
DAY = date(2026, 11, 27)
COUNT = TlsCount(
    day=DAY,
    domain="partner.example",
    policy_type="sts",
    policy=("version: STSv1", "mode: enforce"),
    server="mx.partner.example",
    address="192.0.2.1",
    result="certificate-expired",
    sessions=2,
)


async def settled(store: Store) -> None:
    """Waits for what was posted: it goes with the next commit, in order."""
    await store.renew_lease()


async def test_a_policy_comes_back_until_its_time_is_over(store: Store) -> None:
    store.tls.keep(replace(KEPT, domain="old.example", until=datetime(2020, 1, 1, tzinfo=UTC).timestamp()))
    store.tls.keep(KEPT)
    await settled(store)
    assert await store.tls.policies() == (KEPT,)


async def test_the_newer_policy_of_a_domain_takes_the_place_of_the_older(store: Store) -> None:
    newer = replace(KEPT, policy=replace(POLICY, id="2", mode=Mode.NONE, hosts=()))
    store.tls.keep(KEPT)
    store.tls.keep(newer)
    await settled(store)
    assert await store.tls.policies() == (newer,)


async def test_counts_of_the_same_kind_add_up_and_others_stand_apart(store: Store) -> None:
    """A policy of thousands of servers is longer than an index of PostgreSQL takes."""
    long = replace(COUNT, policy=tuple(f"mx: mx{n}.partner.example" for n in range(2000)))
    await store.tls.count([COUNT, replace(COUNT, sessions=3), replace(COUNT, result=""), long])
    await store.tls.count([long, replace(COUNT, day=date(2026, 11, 28))])
    found = await store.tls.counts_of(DAY)
    assert set(found) == {replace(COUNT, sessions=5), replace(COUNT, result=""), replace(long, sessions=4)}
