"""Partners from a table: what it would change is shown first, every fault of it with its line."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ..decide import partner_tables, registry
from ..decide.partners import PartnerEntry
from ..errors import ConfigError, Fault
from ..rule_changes import InForce, check_together, joined
from .form_fields import PageFault, number_in
from .language import say
from .partner_changes import done, write
from .partner_words import FAULT_WORDS, IMPORT_WORDS, differences
from .partners import registry_now
from .running import console

LARGEST = 1_000_000
"""Octets of a table; three thousand partners are half of that."""

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._ -]")


@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: HttpRequest) -> HttpResponse:
    """Choose a file; then see what it would change; then put it in force with a reason."""
    if request.method != "POST":
        return render(request, "partners/import.html", {"here": "partners"})
    faults: list[PageFault] = []
    text, name = _table_of(request, faults)
    if faults:
        return render(
            request, "partners/import.html", {"here": "partners", "faults": faults, "error": True}, status=422
        )
    rules, replace = registry_now(), request.POST.get("replace") == "yes"
    try:
        after = joined(rules.entries, partner_tables.entries_in(text, name, rules.entries), replace=replace)
        check_together(rules, registry.text_of(after))
    except ConfigError as error:
        context = {"here": "partners", "lines": [_line(one) for one in error.faults], "name": name, "error": True}
        return render(request, "partners/import_faults.html", context, status=422)
    reason = request.POST.get("reason", "")
    if "version" in request.POST:
        if number_in(request.POST, "version") != rules.number:
            faults.append(PageFault(text=say(FAULT_WORDS["overtaken"])))
        written = write(request, rules, after, reason, faults)
        if written is not None:
            return done(written, reverse("partners-history"))
    return _preview(request, rules, after, faults, text=text, name=name, replace=replace, reason=reason)


def _preview(
    request: HttpRequest,
    rules: InForce,
    after: tuple[PartnerEntry, ...],
    faults: list[PageFault],
    *,
    text: str,
    name: str,
    replace: bool,
    reason: str,
) -> HttpResponse:
    context = {
        "here": "partners",
        "differences": differences(rules.entries, after),
        "number": rules.number,
        "text": text,
        "name": name,
        "replace": replace,
        "reason": reason,
        "faults": faults,
        "error": any(one.field == "reason" for one in faults),
        "second": console().config.partners.second_approval,
    }
    return render(request, "partners/import_preview.html", context, status=422 if faults else 200)


def _table_of(request: HttpRequest, faults: list[PageFault]) -> tuple[str, str]:
    """Text and name of the table: of the file that was chosen, or as the preview had it."""
    if "text" in request.POST:
        return request.POST["text"], _name(request.POST.get("name", ""))
    upload = request.FILES.get("file")
    if upload is None:
        faults.append(PageFault(text=say(IMPORT_WORDS["none"]), field="file"))
        return "", ""
    if (upload.size or 0) > LARGEST:
        faults.append(PageFault(text=say(IMPORT_WORDS["too_large"]), field="file"))
        return "", ""
    try:
        return upload.read().decode("utf-8-sig"), _name(upload.name or "")
    except UnicodeDecodeError:
        faults.append(PageFault(text=say(IMPORT_WORDS["not_text"]), field="file"))
        return "", ""


def _name(typed: str) -> str:
    """A name that says whether it is a table or YAML, and no more."""
    return _NOT_IN_NAMES.sub("_", typed)[-80:] or "table.csv"


def _line(fault: Fault) -> tuple[str, str]:
    """Where, and what: “7”, “owner: missing; it is required”."""
    where = fault.file.rsplit(":", 1)[-1] if ":" in fault.file else fault.file
    return str(fault.line) if fault.line is not None else where, fault.text
