"""What the model of references learns from: tokens of invented mails, each with its clues and its kind.

- `mails/*.txt`: written for it, with every reference marked and nothing else, as `tests/accuracy/labelled.py` tells;
- the development parts of `tests/accuracy`: its labelled mails, and its clean mails, which hold no references;
- the examples of the recognisers that are shipped: what these find in them, and that the rest is nothing.

What is sealed there is never among them. The clues are those that the gateway itself sees: each mail goes through the
inspector that production uses, in which a finder that takes every token for a finding stands where the model will be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.accuracy.ours import Ours, Placed
from dlp_gateway.detect.found import Reading
from dlp_gateway.detect.overlap import Match
from dlp_gateway.detect.references.finder import ReferenceFinder, Seen
from dlp_gateway.detect.references.reference_model import ReferenceModel
from dlp_gateway.detect.ruleset import ReferenceFile, Ruleset
from dlp_gateway.inspection import Inspector
from dlp_gateway.model import Category, Finding
from dlp_gateway.rules_folder import load_texts, shipped_folder
from dlp_gateway.yaml_file import load_document
from tests.accuracy.clean_mails import clean_mails
from tests.accuracy.labelled import LabelledMail, Part, read_mails

MAILS = Path(__file__).parent / "mails"
KINDS = (
    "UK_CASE_REF",
    "UK_COUNCIL_TAX_REF",
    "UK_RENT_REF",
    "UK_BLUE_BADGE",
    "UK_HOUSING_BENEFIT_REF",
    "UK_CRIME_REF",
    "UK_COURT_CASE",
    "UK_HOME_OFFICE_REF",
    "UK_PROFESSIONAL_REG",
    "UK_PCN",
    "UK_DBS",
    "UK_PASSPORT",
)
"""References of forms that nothing but what is said around them tells."""
_NONE = ""
_CLEAN_MAILS = 900
_FILE = "lexicons/reference.yaml"
_CANDIDATE = "candidate-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A token of a mail: its clues, its kind ("" for none of KINDS), and whether recognisers found something in it."""

    mail: str
    token: str
    clues: tuple[str, ...]
    kind: str
    known: bool


def read_examples() -> list[Example]:
    """All examples in a fixed order. Loads the language model; takes a minute or two."""
    reader = _Reader()
    mails = [*read_mails(MAILS), *(mail for mail in read_mails() if mail.part is Part.DEVELOPMENT)]
    mails += clean_mails(Part.DEVELOPMENT, _CLEAN_MAILS)
    found = [example for mail in mails for example in reader.examples(mail)]
    return [*found, *(example for text in _texts_of_recognisers() for example in reader.examples_of_text(text))]


def _texts_of_recognisers() -> Iterator[str]:
    for path in sorted((shipped_folder() / "recognisers").glob("*.yaml")):
        recogniser = load_document(path.read_text(encoding="utf-8"), path.name).value
        yield from (*recogniser["matches"], *recogniser["no_match"])


class _Untaught(Ours):
    """The gateway without the model, which need not be there yet."""

    @cached_property
    def inspector(self) -> Inspector:
        texts = {name: text for name, text in load_texts(None).items() if name != _FILE}
        return Inspector(texts, names=True, fingerprint_key=b"for training, not kept")


class _Reader:
    """Reads mails with a finder that takes every token for a finding."""

    def __init__(self) -> None:
        self._ours = _Untaught()
        detector = self._ours._detector  # noqa: SLF001 - the one place that the model stands in
        self._finder = _Candidates(detector._ruleset)  # noqa: SLF001
        detector._references = self._finder  # noqa: SLF001

    def examples(self, mail: LabelledMail) -> Iterator[Example]:
        self._finder.seen.clear()
        placed = [one for one in self._ours.findings(mail) if one.span is not None]
        known = [one for one in placed if not one.finding.recogniser.startswith(_CANDIDATE)]
        for one in placed:
            if not one.finding.recogniser.startswith(_CANDIDATE):
                continue
            assert one.span is not None
            start, end = one.span
            here = sorted(
                (truth for truth in one.piece.truths if truth.start < end and start < truth.end),
                key=lambda truth: truth.end - truth.start,
            )
            cared_for = [truth.entity for truth in here if truth.cared_for]
            if here and not cared_for:
                continue  # neither wanted nor wrong: it teaches nothing
            kind = cared_for[0] if cared_for and cared_for[0] in KINDS else _NONE
            yield Example(
                mail=mail.id,
                token=one.piece.text[start:end],
                clues=self._finder.clues_of(one.finding),
                kind=kind,
                known=any(_overlap(one, other) for other in known),
            )

    def examples_of_text(self, text: str) -> Iterator[Example]:
        """Of a bare text: what recognisers find counts as right."""
        self._finder.seen.clear()
        findings = self._ours.findings_of_text(text)
        known = [finding for finding in findings if not finding.recogniser.startswith(_CANDIDATE)]
        for one in findings:
            if not one.recogniser.startswith(_CANDIDATE):
                continue
            here = {other.entity for other in known if other.start < one.end and one.start < other.end}
            kind = next((kind for kind in KINDS if kind in here), _NONE)
            token = text[one.start : one.end]
            yield Example(mail="", token=token, clues=self._finder.clues_of(one), kind=kind, known=bool(here))


def _overlap(one: Placed, other: Placed) -> bool:
    if one.span is None or other.span is None or one.piece is not other.piece:
        return False
    return one.span[0] < other.span[1] and other.span[0] < one.span[1]


class _Candidates(ReferenceFinder):
    """Finds every token, and keeps the clues to each."""

    def __init__(self, ruleset: Ruleset) -> None:
        file = ReferenceFile(kind="references", threshold=1, mask="#")
        super().__init__(file, untaught(KINDS), ruleset.scanner)
        self.seen: list[tuple[str, ...]] = []

    def clues_of(self, finding: Finding) -> tuple[str, ...]:
        """Those of one of its own findings."""
        return self.seen[int(finding.recogniser.removeprefix(_CANDIDATE))]

    def find(self, seen: Seen, entities: frozenset[str] | None) -> Iterator[tuple[Reading, Match]]:
        assert entities is None
        for token, clues in self.candidates(seen, taken=()):
            self.seen.append(tuple(clues))
            yield (
                token.reading,
                Match(
                    entity="UK_CASE_REF",
                    category=Category.REFERENCE,
                    recogniser=f"{_CANDIDATE}{len(self.seen) - 1}",
                    start=token.start,
                    end=token.end,
                    confidence=0.5,
                    mask="#",
                ),
            )


def untaught(kinds: Sequence[str]) -> ReferenceModel:
    """A model that knows no clue: all kinds are as likely."""
    return ReferenceModel(
        {
            "kinds": np.frombuffer("\n".join(kinds).encode(), np.uint8),
            "clues": np.frombuffer(b"-", np.uint8),
            "weights": np.zeros((1, 1 + len(kinds)), np.int8),
            "scale": np.float32(1),
        }
    )
