"""Systems side by side on the same documents: counts by type, and what was missed and wrongly found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.accuracy.labelled import Truth

from .documents import Document
from .figures import Count, Figures, Tally
from .matching import Judged, Rule, Span, Worth, judge, overlap
from .scheme import ANY, Scheme

NO_TYPE = "(other)"
NOTHING = "(nothing)"


class System(Protocol):
    """Something that finds personal data."""

    @property
    def name(self) -> str: ...

    def spans(self, document: Document) -> list[Span]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One document as one system read it, in the types of a scheme. `findings` of no type are NO_TYPE."""

    document: Document
    truths: tuple[Span, ...]
    not_cared_for: tuple[Span, ...]
    findings: tuple[Span, ...]


def read(system: System, documents: Iterable[Document], scheme: Scheme) -> list[Read]:
    """Let a system read documents."""
    mapping: Mapping[str, str] = scheme.ours if system.name == "ours" else scheme.stock
    return [
        Read(
            document=document,
            truths=_truths(document, scheme, cared_for=True),
            not_cared_for=_truths(document, scheme, cared_for=False),
            findings=tuple(
                dict.fromkeys(_typed(span, mapping.get(span.type, NO_TYPE)) for span in system.spans(document))
            ),
        )
        for document in documents
    ]


def rows(reads: Sequence[Read], scheme: Scheme, rule: Rule) -> dict[str, Figures]:
    """The figures of each type that occurs, then of groups, sums and ANY."""
    tallies: dict[str, Tally] = {name: Tally() for name in (*scheme.types, *scheme.groups, *scheme.sums)}
    for item in reads:
        by_type = _counts(item, rule, {type_: type_ for type_ in scheme.types})
        for type_ in scheme.types:
            tallies[type_].add(by_type.get(type_, Count()))
        for name, types in scheme.groups.items():
            tallies[name].add(_counts(item, rule, dict.fromkeys(types, name)).get(name, Count()))
        for name, types in scheme.sums.items():
            tallies[name].add(sum((by_type.get(t, Count()) for t in sorted(types)), Count()))
        if scheme.has_any:
            every_type = dict.fromkeys([*scheme.types, NO_TYPE], ANY)
            tallies.setdefault(ANY, Tally()).add(_counts(item, rule, every_type).get(ANY, Count()))
    figures = {name: tally.figures() for name, tally in tallies.items()}
    return {name: row for name, row in figures.items() if row.count.truths or row.count.findings}


def errors(reads: Sequence[Read], types: frozenset[str]) -> list[str]:
    """Each missed ("-") and each wrong ("+") stretch of those types by overlap, with what stands around it."""
    lines = []
    for item in reads:
        judged = judge(item.truths, item.not_cared_for, item.findings, overlap)
        for truth, found in zip(item.truths, judged.found, strict=True):
            if truth.type in types and not found:
                lines.append(_line("-", item, truth, item.findings))
        for finding, worth in zip(item.findings, judged.worths, strict=True):
            if finding.type in types and worth is Worth.WRONG:
                lines.append(_line("+", item, finding, item.truths))
    return lines


def confusion(reads: Sequence[Read]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """How often a missed truth of one type was found as another type, and a wrong finding of one type touches a truth
    of another: (of the truth, of the finding)."""
    missed: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for item in reads:
        judged = judge(item.truths, item.not_cared_for, item.findings, overlap)
        for truth, found in zip(item.truths, judged.found, strict=True):
            if not found:
                others = {f.type for f in item.findings if overlap(f, truth)} or {NOTHING}
                missed.update((truth.type, other) for other in others)
        for finding, worth in zip(item.findings, judged.worths, strict=True):
            if worth is Worth.WRONG and finding.type != NO_TYPE:
                others = {t.type for t in item.truths if overlap(finding, t)} or {NOTHING}
                wrong.update((other, finding.type) for other in others)
    return missed, wrong


def _truths(document: Document, scheme: Scheme, *, cared_for: bool) -> tuple[Span, ...]:
    def counts(truth: Truth) -> bool:
        return truth.cared_for and truth.entity not in scheme.not_cared_for

    return tuple(
        Span(piece=piece.name, start=truth.start, end=truth.end, type=scheme.truth[truth.entity])
        for piece in document.pieces
        for truth in piece.truths
        if counts(truth) is cared_for
    )


def _typed(span: Span, type_: str) -> Span:
    return Span(piece=span.piece, start=span.start, end=span.end, type=type_)


def _counts(item: Read, rule: Rule, names: Mapping[str, str]) -> dict[str, Count]:
    """The counts of one document with types renamed. What has no new name stays: it is no truth or finding to count,
    but still one to touch."""
    renamed = [
        [_typed(span, names.get(span.type, span.type)) for span in spans]
        for spans in (item.truths, item.not_cared_for, item.findings)
    ]
    truths, not_cared_for, findings = renamed
    judged: Judged = judge(truths, not_cared_for, findings, rule)
    counts: dict[str, Count] = {}
    wanted = set(names.values())
    for truth, found in zip(truths, judged.found, strict=True):
        if truth.type in wanted:
            counts[truth.type] = counts.get(truth.type, Count()) + Count(truths=1, found=int(found))
    for finding, worth in zip(findings, judged.worths, strict=True):
        if finding.type in wanted and worth is not Worth.PASSED_OVER:
            right = int(worth is Worth.RIGHT)
            counts[finding.type] = counts.get(finding.type, Count()) + Count(findings=1, right=right)
    return counts


def _line(sign: str, item: Read, span: Span, others: Sequence[Span]) -> str:
    text = next(piece.text for piece in item.document.pieces if piece.name == span.piece)
    before, after = text[max(0, span.start - 60) : span.start], text[span.end : span.end + 40]
    shown = f"{before}[[{text[span.start : span.end]}]]{after}".replace("\n", "\u23ce")
    touched = sorted({other.type for other in others if overlap(other, span)})
    note = f"  ({', '.join(touched)})" if touched else ""
    return f"{sign} {span.type:20} {item.document.id}/{span.piece}: {shown}{note}"
