"""Notices that become durable with a change of the store, or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TypeVar

from ..store import PreparedDelivery, Store

R = TypeVar("R")


async def or_discard(store: Store, write: Awaitable[R], notices: Sequence[PreparedDelivery]) -> R:
    """Await what takes custody of these notices. Where it raises, or answers False, their sealed octets go again."""
    try:
        answer = await write
    except BaseException:
        await _discard(store, notices)
        raise
    if answer is False:
        await _discard(store, notices)
    return answer


async def _discard(store: Store, notices: Sequence[PreparedDelivery]) -> None:
    for one in notices:
        await store.discard(one.octets_key)
