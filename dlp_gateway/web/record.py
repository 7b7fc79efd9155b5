"""The record, for auditors: searched, one case as a whole, verified, exported. Nothing here can change it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from ..act.words import shown
from ..store import AuditEntry, AuditSearch, Verb
from ..store.record_export import COLUMNS, csv_line, entry_as_csv, entry_as_json
from .access import staff
from .hold_view import Step, hold_view, step_of
from .language import language
from .running import console

PAGE_ROWS = 100
VERIFY_SECONDS = 300.0
FIELD_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address, or a form, asks for, as it was typed."""

    message: str = ""
    actor: str = ""
    verb: str = ""
    since: str = ""
    until: str = ""
    after: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """By the names of a form."""
        return {
            "message": self.message,
            "actor": self.actor,
            "verb": self.verb,
            "since": self.since,
            "until": self.until,
        }

    def query(self, **changes: str) -> str:
        """The part of an address that asks for this, with changes."""
        return urlencode({name: value for name, value in (self.fields | changes).items() if value})

    def search(self, limit: int) -> AuditSearch:
        """What can't be is as if it were not there."""
        until = _day(self.until)
        return AuditSearch(
            message_id=self.message or None,
            actor=self.actor or None,
            verb=Verb(self.verb) if self.verb in list(Verb) else None,
            since=_day(self.since),
            until=until + timedelta(days=1) if until is not None else None,
            after=_cursor_of(self.after),
            limit=limit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    step: Step
    verb: str
    message: str
    body: str


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Entries, oldest first."""
    here, asked = console(), _asked(request.GET)
    entries = here.ask(here.store.search_audit(asked.search(PAGE_ROWS + 1)))
    more = len(entries) > PAGE_ROWS
    entries = entries[:PAGE_ROWS]
    context = {
        "lines": [_line(entry) for entry in entries],
        "asked": asked,
        "verbs": sorted(Verb),
        "next": asked.query(after=_cursor(entries[-1])) if more else "",
    }
    return render(request, "record.html", context)


@require_safe
def case(request: HttpRequest, message_id: str) -> HttpResponse:
    """All that is known of one message, in the order in which it happened."""
    here = console()
    entries = here.ask(here.store.search_audit(AuditSearch(message_id=message_id)))
    stored = here.ask(here.store.message_record(message_id))
    if not entries and stored is None:
        raise Http404
    held, rulebook = here.ask(here.store.senders.held_of(message_id)), here.rulebook()
    views = [
        hold_view(one, stored, (), (), rulebook, now=here.now(), zone=here.zone, language=language()) for one in held
    ]
    context = {"reference": shown(message_id), "lines": [_line(entry) for entry in entries], "views": views}
    return render(request, "case.html", context)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Compute the chains anew, and say what does not hold."""
    here = console()
    problems = here.ask(here.store.verify_audit(), VERIFY_SECONDS)
    heads = here.ask(here.store.audit_heads())
    entries = sum(n for n, _ in heads.values())
    body = {"problems": len(problems), "entries": entries}
    here.ask(here.store.audit_event(Verb.AUDIT_VERIFIED, actor=staff(request).actor, message_id=None, body=body))
    context = {"problems": [shown(one, 500) for one in problems], "entries": f"{entries:,}", "chains": len(heads)}
    return render(request, "verified.html", context)


@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """All entries that fit, as a file. That it was exported, by whom and what, stands in the record first."""
    here, asked, form = console(), _asked(request.POST), request.POST.get("form", "")
    writers: Mapping[str, tuple[str, str, Callable[[AuditEntry], str]]] = {
        "csv": ("text/csv; charset=utf-8", csv_line(COLUMNS), entry_as_csv),
        "json": ("application/jsonl; charset=utf-8", "", lambda entry: json.dumps(entry_as_json(entry)) + "\n"),
    }
    if form not in writers:
        raise Http404
    body = {"form": form, "what": asked.query()}
    here.ask(here.store.audit_event(Verb.AUDIT_EXPORTED, actor=staff(request).actor, message_id=None, body=body))
    media_type, head, written = writers[form]

    def lines() -> Iterator[str]:
        yield head
        wanted = replace(asked.search(1000), after=None)
        while page := here.ask(here.store.search_audit(wanted)):
            yield from (written(entry) for entry in page)
            wanted = replace(wanted, after=(page[-1].at, page[-1].writer, page[-1].n))

    response = StreamingHttpResponse(lines(), content_type=media_type)
    name = "record.csv" if form == "csv" else "record.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _line(entry: AuditEntry) -> Line:
    body = {name: value for name, value in json.loads(entry.body).items() if value not in ("", None, [], {})}
    told = "; ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in body.items())
    return Line(
        step=step_of(entry, console().zone, language()),
        verb=entry.verb,
        message=shown(entry.message_id or ""),
        body=shown(told, 1000),
    )


def _asked(given: Mapping[str, str]) -> Asked:
    def field(name: str) -> str:
        return given.get(name, "").strip()[:FIELD_CHARACTERS]

    return Asked(
        message=field("message"),
        actor=field("actor"),
        verb=field("verb"),
        since=field("since"),
        until=field("until"),
        after=field("after"),
    )


def _day(text: str) -> datetime | None:
    """The beginning of a day as browsers write it, in the council's time."""
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(0), console().zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _cursor(entry: AuditEntry) -> str:
    return f"{entry.at.isoformat()}~{entry.n}~{entry.writer}"


def _cursor_of(text: str) -> tuple[datetime, str, int] | None:
    at, _, rest = text.partition("~")
    n, _, writer = rest.partition("~")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), writer, int(n)
    except (ValueError, OverflowError):
        return None
