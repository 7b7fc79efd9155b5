"""What the gateway finds: the inspector that production uses, asked for everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from functools import cached_property

from dlp_gateway.detect.detector import Detector
from dlp_gateway.inspection import Inspector
from dlp_gateway.model import Area, AskNames, Controls, Finding, Inspection, Passage, Question
from dlp_gateway.rules_folder import load_texts
from tests.accuracy.labelled import LabelledMail, Piece

from .alignment import Alignment, UnalignedError, align
from .documents import Document
from .matching import Span

_KEY = b"for measuring accuracy, not kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A finding and where it stands in what was written; `span` is None where it stands in a further reading."""

    finding: Finding
    piece: Piece
    span: tuple[int, int] | None


class Ours:
    """The gateway's findings in documents. `names`: with the language model. Models are loaded when first asked."""

    name = "ours"

    def __init__(self, *, names: bool = True) -> None:
        self._names = names

    @cached_property
    def inspector(self) -> Inspector:
        return Inspector(load_texts(None), names=self._names, fingerprint_key=_KEY)

    @cached_property
    def _detector(self) -> Detector:
        return self.inspector._detector  # noqa: SLF001 - loaded once; to be measured apart

    def spans(self, document: Document) -> list[Span]:
        """The findings of a document, exempt ones too, with our own names of entities as types."""
        if document.mail is not None:
            return [
                Span(piece=placed.piece.name, start=placed.span[0], end=placed.span[1], type=placed.finding.entity)
                for placed in self.findings(document.mail)
                if placed.span is not None
            ]
        return self.of_text(document.pieces[0].name, document.pieces[0].text)

    def of_text(self, piece: str, text: str) -> list[Span]:
        """The findings of a bare text, as spans."""
        return [Span(piece=piece, start=f.start, end=f.end, type=f.entity) for f in self.findings_of_text(text)]

    def findings_of_text(self, text: str) -> Sequence[Finding]:
        """The findings of a bare text."""
        passage = Passage(part="1", place="", text=text, area=Area.BODY)
        return self._detector.detect([passage], Controls(), _question(), {}).findings

    def inspect(self, mail: LabelledMail) -> Inspection:
        """The whole answer to a mail that its author sends to those it is addressed to."""
        fields = {name.lower(): value for name, value in mail.fields}
        author = getaddresses([fields["from"]])[0][1]
        own_domain = author.rpartition("@")[2].lower()
        to = [address for _, address in getaddresses([fields[n] for n in ("to", "cc", "bcc") if n in fields])]
        question = _question(
            reverse_path=author,
            recipients=tuple(a for a in to if a and not a.lower().endswith(f"@{own_domain}")),
            own_domains=(own_domain,),
        )
        return self.inspector.inspect(mail.octets(), question)

    def entities_of(self, octets: bytes) -> frozenset[str]:
        """The entities found anywhere in a message but its header."""
        findings = self.inspector.inspect(octets, _question()).findings
        return frozenset(f.entity for f in findings if f.area is not Area.HEADER)

    def findings(self, mail: LabelledMail) -> list[Placed]:
        """The findings of a mail but those of its header fields and file names."""
        passages = self.inspector.passages(mail.octets()).passages
        alignments: dict[str, Alignment] = {}
        placed = []
        for finding in self.inspect(mail).findings:
            number = _piece_number(finding)
            if number is None:
                continue
            piece = mail.pieces[number]
            passage = _main_passage(passages, finding)
            if piece.name not in alignments:
                alignments[piece.name] = _aligned(mail, piece, passage)
            # Further readings of a part (what is encoded in it) have a place of their own; their offsets are others'.
            is_plain = _is_of(finding, passage)
            span = alignments[piece.name].span(finding.start, finding.end) if is_plain else None
            placed.append(Placed(finding=finding, piece=piece, span=span))
        return placed


def _aligned(mail: LabelledMail, piece: Piece, passage: Passage) -> Alignment:
    try:
        return align(passage.text, piece.text)
    except UnalignedError as error:
        raise UnalignedError(f"{mail.id}, {piece.name}: {error}") from error


def _question(
    *, reverse_path: str | None = None, recipients: tuple[str, ...] = (), own_domains: tuple[str, ...] = ()
) -> Question:
    return Question(
        names=AskNames.ALWAYS,
        surroundings=True,
        reverse_path=reverse_path,
        recipients=recipients,
        own_domains=own_domains,
    )


def _piece_number(finding: Finding) -> int | None:
    """The index of the piece of a labelled mail that a finding stands in: subject, body, attachments."""
    if finding.area is Area.SUBJECT:
        return 0 if finding.place == "subject" else None
    if finding.area not in (Area.BODY, Area.ATTACHMENT):
        return None
    return int(finding.part)


def _main_passage(passages: Sequence[Passage], finding: Finding) -> Passage:
    """The passage that holds a part's text as it is: the first of it."""
    return next(p for p in passages if p.part == finding.part and p.area is finding.area)


def _is_of(finding: Finding, passage: Passage) -> bool:
    if passage.table:
        return finding.place.startswith("cell ") and not passage.place
    return finding.place == passage.place
