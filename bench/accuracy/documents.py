"""The labelled sets as documents: presidio-research's sentences, and our own mails."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.accuracy.labelled import LabelledMail, Part, Piece, Truth, part_of, read_mails


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is read in one go. `mail` is None for a bare sentence, whose one piece is "body"."""

    id: str
    pieces: tuple[Piece, ...]
    mail: LabelledMail | None = None

    @property
    def part(self) -> Part:
        """A mail goes by its id, a sentence by its text, so that no sentence is in both parts."""
        return self.mail.part if self.mail is not None else part_of(self.pieces[0].text)


def shared_documents(path: Path) -> list[Document]:
    """Each sentence of a file of presidio-research as a document."""
    documents = []
    for number, sentence in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        truths = tuple(
            Truth(start=span["start_position"], end=span["end_position"], entity=span["entity_type"])
            for span in sentence["spans"]
        )
        piece = Piece(name="body", text=sentence["full_text"], truths=truths)
        documents.append(Document(id=f"sentence-{number:04}", pieces=(piece,)))
    return documents


def mail_documents(files: str = "*") -> list[Document]:
    """Our own mails, of the files whose names fit a shell pattern. Raises MalformedMailError."""
    return [Document(id=mail.id, pieces=mail.pieces, mail=mail) for mail in read_mails(files=files)]


def in_capitals(document: Document) -> Document:
    """The same document in CAPITALS. Letters whose capital is more than one stay as they are, so that offsets hold."""
    pieces = tuple(replace(piece, text=_capitals(piece.text)) for piece in document.pieces)
    mail = replace(document.mail, pieces=pieces) if document.mail is not None else None
    return Document(id=document.id, pieces=pieces, mail=mail)


def of_part(documents: Iterable[Document], part: str) -> list[Document]:
    """The documents of "development" or "sealed", or of "all"."""
    return [document for document in documents if part in ("all", document.part.value)]


def _capitals(text: str) -> str:
    return "".join(upper if len(upper := character.upper()) == 1 else character for character in text)
