"""What the model of statements learns from: sentences with their labels, all invented, all ours.

- `sentences/*.txt`: written for it, one a line: `label | text`; labels are special, criminal, safeguarding (several
  joined by "+"), none;
- the examples of the lexicons that are shipped;
- the development parts of `tests/accuracy`: its sensitive sentences, its labelled mails, clause by clause, and its
  clean mails, which say nothing.

What is sealed there is never among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dlp_gateway.detect.sensitive.statement_model import LABELS
from dlp_gateway.detect.sensitive.statement_words import clauses
from dlp_gateway.rules_folder import shipped_folder
from dlp_gateway.yaml_file import load_document
from tests.accuracy.clean_mails import clean_mails
from tests.accuracy.labelled import Part, part_of, read_mails

SENTENCES = Path(__file__).parent / "sentences"
_TESTED = Path("tests/accuracy/sensitive-sentences.txt")
_ENTITIES = {"SPECIAL_CATEGORY": "special", "CRIMINAL_OFFENCE": "criminal", "SAFEGUARDING": "safeguarding"}
_CLEAN_MAILS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text and what it says of a person: a subset of LABELS."""

    text: str
    labels: frozenset[str]


def read_examples(*, mails_below: int) -> list[Example]:
    """All examples, each text once, in a fixed order; of labelled mails those of lower numbers only.

    Raises ValueError that names a line that is not one.
    """
    written = [example for path in sorted(SENTENCES.glob("*.txt")) for example in _of_file(path)]
    tested = {part: list(_of_tested(part)) for part in Part}
    others = (*tested[Part.DEVELOPMENT], *_of_lexicons(), *_of_mails(mails_below), *_of_clean_mails())
    found: dict[str, Example] = {}
    for example in (*written, *others):
        found.setdefault(example.text, example)
    for sealed in tested[Part.SEALED]:
        found.pop(sealed.text, None)  # some stand among the examples of lexicons, too
    return list(found.values())


def _of_file(path: Path) -> Iterator[Example]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            yield _of_line(line)
        except ValueError as error:
            raise ValueError(f"{path.name}:{number}: {error}") from None


def _of_line(line: str) -> Example:
    head, separator, text = line.partition(" | ")
    # What is marked as don't-care ("?safeguarding") teaches nothing.
    named = {label for word in head.split() if not word.startswith("?") for label in word.split("+")} - {"none"}
    if not separator or not text.strip() or not named <= set(LABELS):
        raise ValueError(f"is not label | text; labels: none, {', '.join(LABELS)}")
    return Example(text=text.strip().replace("\\n", "\n"), labels=frozenset(named))


def _of_tested(part: Part) -> Iterator[Example]:
    for line in _TESTED.read_text(encoding="utf-8").splitlines():
        if " | " in line and not line.startswith("#") and part_of(line.partition(" | ")[2]) is part:
            yield _of_line(line)


def _of_lexicons() -> Iterator[Example]:
    for path in sorted((shipped_folder() / "lexicons").glob("*.yaml")):
        lexicon = load_document(path.read_text(encoding="utf-8"), path.name).value
        label = _ENTITIES.get(lexicon.get("entity"))
        if label is not None:
            yield from (Example(text=text, labels=frozenset((label,))) for text in lexicon["matches"])
            yield from (Example(text=text, labels=frozenset()) for text in lexicon["no_match"])


def _of_mails(below: int) -> Iterator[Example]:
    for mail in read_mails():
        is_learned = mail.part is Part.DEVELOPMENT and int(mail.id.rpartition("-")[2]) < below
        for piece in mail.pieces if is_learned else ():
            marked = [truth for truth in piece.truths if truth.entity in _ENTITIES]
            for start, end in clauses(piece.text):
                inside = [truth for truth in marked if truth.start < end and start < truth.end]
                labels = frozenset(_ENTITIES[truth.entity] for truth in inside if truth.cared_for)
                if labels or not inside:
                    yield Example(text=piece.text[start:end], labels=labels)


def _of_clean_mails() -> Iterator[Example]:
    for mail in clean_mails(Part.DEVELOPMENT, _CLEAN_MAILS):
        for piece in mail.pieces:
            for start, end in clauses(piece.text):
                yield Example(text=piece.text[start:end], labels=frozenset())
