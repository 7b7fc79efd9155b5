"""Registered documents: what is registered, by whom; register one, take one off, and see whether a text holds a passage
of any.

The console has no key to make fingerprints with, and reads no document: the gateway does, in the processes that read
mail. What was given is sealed until then, and gone after (`store/documents.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ..act.notify import time_words
from ..act.words import shown
from ..detect.records.documents import COMMON
from ..store import (
    DecidedError,
    DocumentAsk,
    DocumentRequest,
    DocumentState,
    DocumentWish,
    FoundDocument,
    Given,
    RegisteredDocument,
    new_wish,
)
from .access import staff
from .document_words import ANSWER_WORDS, FAULT_WORDS, kind_words, short_kind
from .form_fields import PageFault, reason_fault
from .insight_words import gap
from .language import language, say
from .patience import wait_until
from .permissions import Permission
from .running import console
from .settings import DOCUMENT_BYTES

READ_SECONDS = 20.0
"""The longest that somebody waits for a document to be read."""

NAME_CHARACTERS = 120
INTERNAL, PARTNER = "internal", "partner"

_EDITS = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A registered document in words."""

    id: str
    name: str
    kind: str
    owner: str
    version: int
    fingerprints: str
    added_at: str
    added_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A registered document of which a passage was found."""

    name: str
    kind: str
    words: int


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """All that are registered."""
    here = console()
    kept = [one for one in here.ask(here.store.documents.all()) if not one.is_removed]
    owners = _partners()
    context = {
        "here": "documents",
        "lines": [_line(one, owners) for one in sorted(kept, key=lambda d: (d.name.casefold(), d.version))],
        "may_edit": staff(request).may(Permission.DOCUMENTS_EDIT),
        "removed": "removed" in request.GET,
    }
    return render(request, "documents/list.html", context)


@_EDITS
def register(request: HttpRequest) -> HttpResponse:
    """Give a document to be registered; the gateway reads it."""
    kinds, partners = _kinds(), _partners()
    typed = {name: request.POST.get(name, "").strip() for name in ("name", "kind", "partner", "reason")}
    faults: list[PageFault] = []
    if request.method == "POST":
        given = _given(request.FILES.get("file"), faults)
        if len(typed["name"]) > NAME_CHARACTERS:
            faults.append(_fault("name", "name"))
        if typed["kind"] not in kinds:
            faults.append(_fault("kind", "kind"))
        elif (typed["kind"] == PARTNER) != (typed["partner"] in partners):
            faults.append(_fault("partner", "partner"))
        if (wrong := reason_fault(typed["reason"])) is not None:
            faults.append(wrong)
        if given is not None and not faults:
            here = console()
            wish = new_wish(
                here.key,
                DocumentAsk.REGISTER,
                given,
                by=staff(request).actor,
                name=shown(typed["name"] or given.file_name, NAME_CHARACTERS),
                kind=typed["kind"],
                partner=typed["partner"] or None,
                reason=typed["reason"],
            )
            if _asked(wish, faults):
                return redirect("documents-asked", wish.id)
    context = {
        "here": "documents",
        "kinds": [(kind, kind_words(kind)) for kind in kinds],
        "partners": sorted(partners.items(), key=lambda one: one[1].casefold()),
        "typed": typed,
        **_faulty(faults),
    }
    return render(request, "documents/register.html", context, status=422 if faults else 200)


@_EDITS
def compare(request: HttpRequest) -> HttpResponse:
    """Whether a text, or a document, holds a passage of any that is registered. Nothing is registered."""
    text = request.POST.get("text", "")
    faults: list[PageFault] = []
    if request.method == "POST":
        upload = request.FILES.get("file")
        if text.strip() and upload is not None:
            faults.append(_fault("both", "file"))
        elif not text.strip() and upload is None:
            faults.append(_fault("nothing", "text"))
        given = Given(file_name="", octets=text.encode()) if upload is None else _given(upload, faults)
        if given is not None and not faults:
            wish = new_wish(console().key, DocumentAsk.TRY, given, by=staff(request).actor)
            if _asked(wish, faults):
                return redirect("documents-asked", wish.id)
    context = {"here": "documents", "text": text, **_faulty(faults)}
    return render(request, "documents/compare.html", context, status=422 if faults else 200)


@require_safe
def asked(request: HttpRequest, request_id: str) -> HttpResponse:
    """What became of a document, for whoever gave it."""
    here = console()
    found: DocumentRequest | None = wait_until(
        lambda: here.ask(here.store.documents.request(request_id)),
        lambda one: one is None or one.state is not DocumentState.OPEN,
        READ_SECONDS,
    )
    if found is None or found.wish.by != staff(request).actor:
        raise Http404
    answer = found.answer
    context = {
        "here": "documents",
        "name": found.wish.name,
        "registers": found.wish.ask is DocumentAsk.REGISTER,
        "waits": found.state is DocumentState.OPEN,
        "is_late": found.state is DocumentState.TOO_LATE,
        "answer": answer,
        "fault": say(ANSWER_WORDS[answer.fault]) if answer is not None and answer.fault is not None else "",
        "gap": gap(answer.gap) if answer is not None and answer.gap else "",
        "found": [_found(one) for one in answer.found] if answer is not None else [],
    }
    return render(request, "documents/asked.html", context)


@_EDITS
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Take one off the register: what stands in it may go out unseen again."""
    here = console()
    kept = {one.id: one for one in here.ask(here.store.documents.all()) if not one.is_removed}
    if name not in kept:
        raise Http404
    reason = request.POST.get("reason", "")
    wrong = reason_fault(reason) if request.method == "POST" else None
    if request.method == "POST" and wrong is None:
        try:
            here.ask(here.store.documents.remove([name], by=staff(request).actor, reason=reason.strip()))
        except DecidedError:  # somebody was quicker, and it is off
            pass
        return redirect(f"{reverse('documents')}?removed=1")
    faults = [] if wrong is None else [wrong]
    context = {"here": "documents", "line": _line(kept[name], _partners()), "reason": reason, **_faulty(faults)}
    return render(request, "documents/remove.html", context, status=422 if faults else 200)


def _asked(wish: DocumentWish, faults: list[PageFault]) -> bool:
    here = console()
    try:
        here.ask(here.store.documents.ask(wish))
    except DecidedError:
        faults.append(_fault("busy", "file"))
        return False
    return True


def _given(upload: UploadedFile | None, faults: list[PageFault]) -> Given | None:
    """What was chosen; None with what is wrong with it added to `faults`."""
    wrong = ""
    if upload is None:
        wrong = "file"
    elif (upload.size or 0) > DOCUMENT_BYTES:
        wrong = "too_large"
    elif not upload.size:
        wrong = "empty"
    if upload is None or wrong:
        faults.append(_fault(wrong, "file"))
        return None
    return Given(file_name=shown(upload.name or "document", NAME_CHARACTERS), octets=upload.read())


def _kinds() -> tuple[str, ...]:
    """Those that rules ask for, and what never counts: of any other kind nothing would ever be held."""
    conditions = [one.fingerprint for compiled in console().rulebook().rules for one in compiled.rule.all_conditions]
    named = {kind for condition in conditions if condition is not None for kind in condition.kind}
    others = sorted(named - {INTERNAL, PARTNER, COMMON})
    return (INTERNAL, PARTNER, *others, COMMON)


def _partners() -> dict[str, str]:
    """Names of organisations by their ids."""
    return {entry.id: entry.organisation for entry in console().rulebook().partners.entries}


def _line(one: RegisteredDocument, owners: dict[str, str]) -> Line:
    return Line(
        id=one.id,
        name=shown(one.name, NAME_CHARACTERS),
        kind=short_kind(one.kind),
        owner=owners.get(one.partner, one.partner) if one.partner else "",
        version=one.version,
        fingerprints=f"{one.fingerprints:,}",
        added_at=time_words(one.added_at, console().zone, language()),
        added_by=one.added_by,
        reason=one.reason,
    )


def _found(one: FoundDocument) -> Found:
    return Found(name=shown(one.name, NAME_CHARACTERS), kind=short_kind(one.kind), words=one.words)


def _fault(words: str, field: str) -> PageFault:
    return PageFault(text=say(FAULT_WORDS[words]), field=field)


def _faulty(faults: list[PageFault]) -> dict[str, object]:
    """What templates show of them: the summary, and the text at each field."""
    return {"faults": faults, "error": bool(faults), "errors": {one.field: one.text for one in reversed(faults)}}
