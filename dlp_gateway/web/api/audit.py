"""The record: search, and whether it holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import AwareDatetime

from ...store import AuditSearch, Verb
from ...store.record_export import entry_as_json
from ..permissions import Permission
from ..running import console
from .bearer import Token
from .paging import NO_PLACE, After, Limit, Next, cursor, moment, place

router = Router(tags=["audit"])


class Entry(Schema):
    """An entry of a chain. `body` is the text that was hashed."""

    writer: str
    n: int
    at: Annotated[
        str, Field(json_schema_extra={"format": "date-time"}, description="To the microsecond, as it was hashed.")
    ]
    verb: str
    actor: str
    message_id: str | None
    body: str
    previous: str
    hash: str


class Entries(Schema):
    items: list[Entry]
    next: Next


class Proof(Schema):
    """Whether all chains hold; `problems` in words."""

    holds: bool
    problems: list[str]
    entries: int
    chains: int


class Search(Schema):
    message_id: Annotated[str | None, Field(None, max_length=200, description="Our id of the message.")]
    actor: Annotated[str | None, Field(None, max_length=500)]
    verb: Verb | None = None
    since: Annotated[AwareDatetime | None, Field(None, description="From then on.")]
    until: Annotated[AwareDatetime | None, Field(None, description="Before then.")]
    limit: Limit = 100
    after: After = None


@router.get("", response=Entries, auth=Token(Permission.AUDIT_READ), summary="Search the record, oldest first")
def search(request: HttpRequest, asked: Query[Search]) -> Entries:  # noqa: ARG001 - Ninja's form
    here = console()
    wanted = AuditSearch(
        message_id=asked.message_id,
        actor=asked.actor,
        verb=asked.verb,
        since=asked.since,
        until=asked.until,
        after=None if asked.after is None else _place(asked.after),
        limit=asked.limit + 1,
    )
    found = here.ask(here.store.search_audit(wanted))
    shown = found[: asked.limit]
    more = len(found) > len(shown)
    last = shown[-1] if shown else None
    return Entries(
        items=[Entry(**entry_as_json(one)) for one in shown],
        next=cursor(last.at.isoformat(), last.writer, last.n) if more and last is not None else None,
    )


@router.get("/proof", response=Proof, auth=Token(Permission.AUDIT_READ), summary="Compute all chains anew")
def proof(request: HttpRequest) -> Proof:  # noqa: ARG001 - Ninja's form
    here = console()
    problems = here.ask(here.store.verify_audit())
    heads = here.ask(here.store.audit_heads())
    return Proof(holds=not problems, problems=problems, entries=sum(n for n, _ in heads.values()), chains=len(heads))


def _place(text: str) -> tuple[datetime, str, int]:
    at, writer, n = place(text, 3)
    if not isinstance(n, int) or not 0 <= n < 2**63:
        raise HttpError(400, NO_PLACE)
    return moment(at), str(writer), n
