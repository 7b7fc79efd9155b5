"""What is older than its retention goes, in batches, so that no transaction is long."""

from __future__ import annotations

from datetime import datetime

from . import contacts, held, retention
from .writer import Writer


async def clean_up(writer: Writer, now: datetime, keep: retention.Retention) -> tuple[str, ...]:
    """Answers the spool keys of what nobody needs any more."""
    cut = retention.Cut(inspections=now - keep.inspections, crashes=now - keep.crashes)
    while await writer.submit(retention.FORGET_INSPECTIONS, cut) == retention.BATCH:
        pass
    old = contacts.ContactsCut(
        contacts=(now - keep.contacts).date(), threads=(now - keep.threads).date(), batch=retention.BATCH
    )
    while await writer.submit(contacts.FORGET_CONTACTS, old) == retention.BATCH:
        pass
    return await writer.submit(held.FORGET_BODIES, now - keep.held_bodies)
