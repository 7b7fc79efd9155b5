"""Rules as numbered versions. The store is authoritative; files seed it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F, Max, Q, Window

from .models import RuleText
from .values import BY_FILE, RuleVersion, Verb
from .writer import Transaction, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleImport:
    texts: Mapping[str, str]
    author: str
    reason: str


def _import(tx: Transaction, imports: Sequence[RuleImport]) -> list[list[str]]:
    """A text is a new version when it differs from the last that this kind of author brought: a file that
    nobody touched must not undo what an administrator edited in the console."""
    (wanted,) = imports
    by = Q(author=BY_FILE) if wanted.author == BY_FILE else Q()
    last = _latest(tx.alias, by)
    numbers = dict(
        RuleText.objects.using(tx.alias).values("name").annotate(last=Max("number")).values_list("name", "last")
    )
    imported = []
    for name, text in sorted(wanted.texts.items()):
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        if name in last and last[name].sha256 == sha256:
            continue
        row = RuleText(
            name=name,
            number=numbers.get(name, 0) + 1,
            text=text,
            sha256=sha256,
            author=wanted.author,
            reason=wanted.reason,
            created_at=datetime.now(UTC),
        )
        row.save(using=tx.alias, force_insert=True)
        body = {"name": name, "number": row.number, "sha256": sha256, "reason": wanted.reason}
        tx.audit(Verb.RULES_IMPORTED, wanted.author, None, body)
        imported.append(name)
    return [imported]


def _latest(alias: str, which: Q) -> dict[str, RuleText]:
    newest = Window(Max("number"), partition_by=F("name"))
    rows = RuleText.objects.using(alias).filter(which).annotate(newest=newest).filter(number=F("newest"))
    return {row.name: row for row in rows}


IMPORT: Work[RuleImport, list[str]] = Work(_import, together=False)


def head(alias: str) -> int:
    """The newest version of any file."""
    return RuleText.objects.using(alias).aggregate(last=Max("id"))["last"] or 0


def current_rules(alias: str) -> dict[str, str]:
    """Name -> text of the newest version."""
    return {name: row.text for name, row in sorted(_latest(alias, Q()).items())}


def rule_versions(alias: str, name: str) -> tuple[RuleVersion, ...]:
    """Newest first."""
    return tuple(
        RuleVersion(
            name=row.name,
            number=row.number,
            text=row.text,
            sha256=row.sha256,
            author=row.author,
            reason=row.reason,
            created_at=row.created_at,
        )
        for row in RuleText.objects.using(alias).filter(name=name).order_by("-number")
    )
