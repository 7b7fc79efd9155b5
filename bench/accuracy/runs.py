"""What each option of the bench measures and prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import clean, page, targets, variants
from .comparison import Read, System, confusion, errors, read, rows
from .documents import Document, in_capitals, mail_documents, of_part, shared_documents
from .everything import Everything
from .figures import Figures
from .matching import RULES, overlap
from .ours import Ours
from .report import as_json, confusion_tables, markdown, table
from .scheme import MAILS, SHARED, Scheme

_Rows = dict[str, dict[str, Figures]]


@dataclass(slots=True)
class Run:
    """One run of the bench on one part. Each method prints its tables and returns their figures."""

    part: str
    systems: list[System]
    errors: str | None = None
    confusion: bool = False
    ours: Ours = field(init=False)

    def __post_init__(self) -> None:
        known = [system for system in self.systems if isinstance(system, Ours)]
        self.ours = known[0] if known else Ours()

    def mails(self, *, capitals: bool, files: str = "*") -> dict[str, Any]:
        """Our own mails, of the files whose names fit a shell pattern."""
        return self._compared("mails", mail_documents(files), MAILS, capitals=capitals)

    def shared(self, path: Path, *, capitals: bool) -> dict[str, Any]:
        """The sentences of presidio-research."""
        return self._compared("shared", shared_documents(path), SHARED, capitals=capitals)

    def clean(self) -> dict[str, Any]:
        """Ordinary mails."""
        figures = clean.measure(self.ours, clean.mails_of(self.part))
        print(f"\nclean mails, {self.part}: {clean.text_of(figures)}")
        if self.errors:
            print(*figures.lines, sep="\n")
        return {
            "mails": figures.mails,
            "high": figures.high,
            "topics": figures.topics,
            "high_topics": figures.high_topics,
            "false": figures.false,
            "false_per_100_kb": figures.false_per_100_kb,
        }

    def variants(self) -> dict[str, Any]:
        """Disguised identifiers."""
        shares, missed = variants.measure(self.ours.entities_of, variants.variants(self.part))
        print(f"\ndisguised identifiers, {self.part}: typed recall\n")
        lines = [
            (name, str(share.all), str(share), str(targets.RECALL_OF_VARIANTS.get(name, "-")))
            for (name,), share in variants.summed(shares, 0).items()
        ]
        print(markdown(("class", "variants", "found", "target"), lines))
        for head, places in ((("class", "way"), (0, 1)), (("class", "entity"), (0, 2))):
            lines = [(key[0], key[1], str(s.all), str(s)) for key, s in variants.summed(shares, *places).items()]
            print(f"\n{markdown((*head, 'variants', 'found'), lines)}")
        if self.errors:
            print(*missed, sep="\n")
        return {" / ".join(key): share._asdict() for key, share in shares.items()}

    def everything(self, shared: Path | None) -> Everything:
        """All that was promised, measured but not printed."""
        mails = of_part(mail_documents(), self.part)
        sentences = of_part(shared_documents(shared), self.part) if shared is not None else []
        return Everything(
            part=self.part,
            documents={"mails": len(mails), "shared": len(sentences)},
            mails=self._rows(mails, MAILS),
            mails_in_capitals=self._rows([in_capitals(document) for document in mails], MAILS),
            shared=self._rows(sentences, SHARED),
            shared_in_capitals=self._rows([in_capitals(document) for document in sentences], SHARED),
            clean=clean.measure(self.ours, clean.mails_of(self.part)),
            variants=variants.measure(self.ours.entities_of, variants.variants(self.part))[0],
        )

    def targets(self, shared: Path | None) -> list[tuple[str, ...]]:
        """Everything that was promised."""
        measured = self.everything(shared)
        lines = targets.lines(measured)
        below = targets.identifiers_below(measured.mails.get("ours", {}))
        print(f"\n{self.part}\n\n{markdown(targets.HEAD, lines)}\n\nUK identifiers below target:", *below, sep="\n  ")
        return lines

    def document(self, shared: Path | None) -> None:
        """Everything that was promised, written into docs/accuracy.md."""
        page.write(self.everything(shared))

    def _rows(self, documents: Sequence[Document], scheme: Scheme) -> _Rows:
        return {system.name: rows(read(system, documents, scheme), scheme, overlap) for system in self.systems}

    def _compared(self, name: str, documents: list[Document], scheme: Scheme, *, capitals: bool) -> dict[str, Any]:
        chosen = of_part(documents, self.part)
        if capitals:
            chosen = [in_capitals(document) for document in chosen]
        print(f"\n{name}, {self.part}: {len(chosen)} documents\n")
        reads = {system.name: read(system, chosen, scheme) for system in self.systems}
        report = {}
        for rule_name, rule in RULES.items():
            figures = {system: rows(of_system, scheme, rule) for system, of_system in reads.items()}
            print(f"by {rule_name}:\n\n{table(figures)}\n")
            report[rule_name] = as_json(figures)
        if self.confusion:
            for system, of_system in reads.items():
                print(f"\n{system}\n\n{confusion_tables(*confusion(of_system))}")
        if self.errors:
            self._print_errors(reads, scheme, self.errors)
        return report

    def _print_errors(self, reads: dict[str, list[Read]], scheme: Scheme, wanted: str) -> None:
        types = frozenset(scheme.types if wanted == "ALL" else wanted.split(","))
        for system, of_system in reads.items():
            lines = errors(of_system, types)
            print(f"\n{system}: {len(lines)} errors of {wanted}\n", *lines, sep="\n")
