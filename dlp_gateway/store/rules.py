"""Rules as numbered versions. The store is authoritative; files seed it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Max, Q, Window

from ..decide import registry
from .models import RuleText
from .partner_rows import PartnerRow, rows_of
from .values import BY_FILE, OvertakenError, RuleVersion, Verb
from .writer import Transaction, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleImport:
    """`base` is the version that the text was made from, where there is one text, or of the partner registry among
    several: None takes the newest. `rows` are what the audit chain says of a registry's difference from it."""

    texts: Mapping[str, str]
    author: str
    reason: str
    base: int | None = None
    rows: tuple[PartnerRow, ...] = ()

    @property
    def based(self) -> str | None:
        """The name of the text that `base` is about."""
        return (
            registry.FILE if registry.FILE in self.texts else next(iter(self.texts)) if len(self.texts) == 1 else None
        )


def prepared(alias: str, wanted: RuleImport) -> RuleImport:
    """With base and rows of a registry: found ahead, for reading one takes a while and the writer's time is the
    mail's."""
    text = wanted.texts.get(registry.FILE)
    if text is None:
        return wanted
    latest = latest_version(alias, registry.FILE)
    newest = latest.number if latest is not None else 0
    base = newest if wanted.base is None else wanted.base
    if base != newest:
        raise OvertakenError(newest)
    return replace(wanted, base=base, rows=rows_of(latest.text if latest is not None else None, text))


def _import(tx: Transaction, imports: Sequence[RuleImport]) -> list[list[str]]:
    """A text is a new version when it differs from the last that this kind of author brought: a file that
    nobody touched must not undo what an administrator edited in the console."""
    (wanted,) = imports
    known = _last_by(tx.alias, wanted.author)
    numbers = dict(
        RuleText.objects.using(tx.alias).values("name").annotate(last=Max("number")).values_list("name", "last")
    )
    imported = []
    for name, text in sorted(wanted.texts.items()):
        if _is_known(known, name, text):
            continue
        number = numbers.get(name, 0)
        if wanted.base is not None and name == wanted.based and number != wanted.base:
            raise OvertakenError(number)
        version = NewVersion(
            name=name,
            number=number + 1,
            text=text,
            author=wanted.author,
            reason=wanted.reason,
            rows=wanted.rows if name == registry.FILE else (),
        )
        put_in_force(tx, version)
        imported.append(name)
    return [imported]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """`more` is what else the audit row of the version says."""

    name: str
    number: int
    text: str
    author: str
    reason: str
    rows: tuple[PartnerRow, ...] = ()
    more: Mapping[str, Any] | None = None


def put_in_force(tx: Transaction, version: NewVersion) -> None:
    """Write a version, with its audit row and those of the entries that it changes. Raises OvertakenError."""
    sha256 = hashlib.sha256(version.text.encode()).hexdigest()
    row = RuleText(
        name=version.name,
        number=version.number,
        text=version.text,
        sha256=sha256,
        author=version.author,
        reason=version.reason,
        created_at=datetime.now(UTC),
    )
    try:
        row.save(using=tx.alias, force_insert=True)
    except IntegrityError:  # another process took the number between our look and this
        raise OvertakenError(version.number) from None
    body = {"name": version.name, "number": version.number, "sha256": sha256, "reason": version.reason}
    tx.audit(Verb.RULES_IMPORTED, version.author, None, body | dict(version.more or {}))
    for verb, entry in version.rows:
        tx.audit(verb, version.author, None, entry | {"version": version.number})


def _is_known(known: Mapping[str, RuleText], name: str, text: str) -> bool:
    return name in known and known[name].sha256 == hashlib.sha256(text.encode()).hexdigest()


def _last_by(alias: str, author: str) -> dict[str, RuleText]:
    return _latest(alias, Q(author=BY_FILE) if author == BY_FILE else Q())


def _latest(alias: str, which: Q) -> dict[str, RuleText]:
    newest = Window(Max("number"), partition_by=F("name"))
    rows = RuleText.objects.using(alias).filter(which).annotate(newest=newest).filter(number=F("newest"))
    return {row.name: row for row in rows}


IMPORT: Work[RuleImport, list[str]] = Work(_import, together=False)


def latest_version(alias: str, name: str) -> RuleText | None:
    return RuleText.objects.using(alias).filter(name=name).order_by("-number").first()


def changed_by_file(alias: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Those of a folder's texts that an import by "file" would make versions of."""
    known = _last_by(alias, BY_FILE)
    return {name: text for name, text in texts.items() if not _is_known(known, name, text)}


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
