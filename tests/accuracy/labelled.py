"""Reads the labelled mails in `mails/*.txt`: messages as octets, and what is personal data in them.

A file holds mails one after another:

    === planning-07 | free words on what kind of mail it is
    From: Jo Marsh <jo.marsh@council.example>
    To: clerk@parish.example
    Subject: Objection of [[PERSON Edith Crowe]]

    The text, with [[ENTITY what it is]] around each piece of personal data; a mark may hold others
    ([[UK_ADDRESS 4 Mill Lane, Ashby [[UK_POSTCODE LE65 1AB]]]]), those no more. [[?ENTITY text]] is neither
    wanted nor wrong.
    --- attachment list.csv
    The text of an attachment.

An id with `-neg-` is that of a hard negative: no personal data but the names and contact points that its
officers' signatures need. Mails are divided by the hash of their id: about 85 in 100 are for development (50 in 100 of
those numbered from 51 on, which were written by people who had not seen the rules), the others are sealed and only
counted at the end. `python -m tests.accuracy.labelled` checks the files and counts the marks.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from pathlib import Path

MAILS = Path(__file__).parent / "mails"

TYPES_OF_SENSITIVE = frozenset({"SPECIAL_CATEGORY", "CRIMINAL_OFFENCE", "SAFEGUARDING"})
IDENTIFIERS = frozenset(
    {
        "UK_NHS",
        "UK_NINO",
        "UK_UTR",
        "UK_UPN",
        "UK_ULN",
        "UK_UPRN",
        "UK_PASSPORT",
        "UK_DRIVING_LICENCE",
        "UK_VEHICLE_REGISTRATION",
        "UK_BANK_ACCOUNT",
        "UK_COUNCIL_TAX_REF",
        "UK_HOUSING_BENEFIT_REF",
        "UK_RENT_REF",
        "UK_PCN",
        "UK_BLUE_BADGE",
        "UK_CASE_REF",
        "UK_COURT_CASE",
        "UK_CRIME_REF",
        "UK_DBS",
        "UK_HOME_OFFICE_REF",
        "UK_PROFESSIONAL_REG",
    }
)
ENTITIES = (
    IDENTIFIERS
    | TYPES_OF_SENSITIVE
    | {
        "PERSON",
        "UK_ADDRESS",
        "UK_POSTCODE",
        "PHONE_NUMBER",
        "EMAIL_ADDRESS",
        "DATE_OF_BIRTH",
        "AGE",
        "IBAN_CODE",
        "CREDIT_CARD",
        "SOCIAL_HANDLE",
        "IP_ADDRESS",
        "DEVICE_ID",
        "CREDENTIAL",
    }
)
"""Every entity that may be marked."""

_OF_SIGNATURES = frozenset(
    {"PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS", "UK_ADDRESS", "UK_POSTCODE", "SOCIAL_HANDLE", "UK_PROFESSIONAL_REG"}
)
_ID = re.compile(r"[a-z][a-z-]*-\d{2,3}")
_MAIL = re.compile(r"=== (?P<id>\S+) \| (?P<note>\S.*)")
_FIELD = re.compile(r"(?P<name>[A-Za-z][A-Za-z-]*):(?: (?P<value>.*))?")
_ATTACHMENT = re.compile(r"--- attachment (?P<name>\S+\.(?:csv|txt))")
_EDGE_OF_MARK = re.compile(r"\[\[(?P<care>\??)(?P<entity>[A-Z_]+) |\[\[|\]\]")
DEVELOPMENT_SHARE = 0.7
OWN_DEVELOPMENT_SHARE = 0.85
"""Of our own mails and topics: half of what was sealed was opened once its figures had been taken."""
SECOND_DEVELOPMENT_SHARE = 0.5
"""Of those written later, by people who had not seen the rules."""
SECOND_TOPICS_SHARE = 0.75
"""Of topics written so: half of what was sealed was opened once its figures had been taken."""
_FIRST_OF_SECOND = 51


class Part(StrEnum):
    """The two parts of a labelled set."""

    DEVELOPMENT = "development"
    SEALED = "sealed"


class MalformedMailError(Exception):
    """A file of labelled mails that is not as it should be; the text begins with file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One marked stretch: code points `start` to `end` of the text of one piece."""

    start: int
    end: int
    entity: str
    cared_for: bool = True  # False: neither wanted nor wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One text of a mail, without its marks: "subject", "body" or the name of an attachment."""

    name: str
    text: str
    truths: tuple[Truth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledMail:
    """One mail. `pieces` are the subject, the body, then the attachments."""

    id: str
    note: str
    fields: tuple[tuple[str, str], ...]  # of the header, without Subject
    pieces: tuple[Piece, ...]

    @property
    def is_hard_negative(self) -> bool:
        return "-neg-" in self.id

    @property
    def part(self) -> Part:
        is_second = int(self.id.rpartition("-")[2]) >= _FIRST_OF_SECOND
        return part_of(self.id, SECOND_DEVELOPMENT_SHARE if is_second else OWN_DEVELOPMENT_SHARE)

    def octets(self) -> bytes:
        """The mail as a MIME message with the line ends of SMTP."""
        message = EmailMessage(policy=SMTP)
        for name, value in self.fields:
            message[name] = value
        subject, body, *attachments = self.pieces
        message["Subject"] = subject.text
        message.set_content(body.text)
        for attachment in attachments:
            subtype = "csv" if attachment.name.endswith(".csv") else "plain"
            message.add_attachment(attachment.text, subtype=subtype, filename=attachment.name)
        if message.is_multipart():
            message.set_boundary("=_limit_of_the_parts")  # equal octets for equal mails
        return message.as_bytes()


def part_of(text: str, development: float = DEVELOPMENT_SHARE) -> Part:
    """The part that whatever is named by `text` belongs to, where so large a share of all is for development."""
    share = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
    return Part.DEVELOPMENT if share < development else Part.SEALED


def piece(name: str, marked: str) -> Piece:
    """The piece that a text with marks describes. Raises MalformedMailError."""
    return _Reader(name, 0).unmarked(name, marked, 0)


def read_mails(folder: Path = MAILS, files: str = "*") -> list[LabelledMail]:
    """The mails of a folder's files whose names (without `.txt`) fit a shell pattern, in order. Raises
    MalformedMailError."""
    mails: list[LabelledMail] = []
    places: dict[str, str] = {}
    for path in sorted(folder.glob(f"{files}.txt")):
        for line, mail in read_file(path):
            place = f"{path.name}:{line}"
            if mail.id in places:
                raise MalformedMailError(f"{place}: the id {mail.id} stands already in {places[mail.id]}")
            places[mail.id] = place
            mails.append(mail)
    return mails


def read_file(path: Path) -> Iterator[tuple[int, LabelledMail]]:
    """Each mail of a file with the number of its first line. Raises MalformedMailError."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedMailError(f"{path.name}:1: is not UTF-8") from error
    starts = [number for number, line in enumerate(lines) if line.startswith("===")]
    if not starts or any(line.strip() for line in lines[: starts[0]]):
        raise MalformedMailError(f"{path.name}:1: does not begin with a line === id | note")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield start + 1, _Reader(path.name, start).mail(lines[start:end])


class _Reader:
    """Reads one mail; knows the file and line for its complaints."""

    def __init__(self, file: str, first: int) -> None:
        self._file = file
        self._first = first

    def mail(self, lines: Sequence[str]) -> LabelledMail:
        head = _MAIL.fullmatch(lines[0])
        if head is None or _ID.fullmatch(head["id"]) is None:
            raise self._error(0, "is not === service-01 | note")
        blank = next((number for number, line in enumerate(lines) if not line), None)
        if blank is None:
            raise self._error(0, "has no empty line after its header")
        fields, subject = self._header(lines[:blank])
        ends = [number for number, line in enumerate(lines) if line.startswith("--- attachment")]
        borders = [*ends, len(lines)]
        pieces = [subject, self._piece("body", lines, blank + 1, borders[0])]
        for start, end in zip(ends, borders[1:], strict=True):
            named = _ATTACHMENT.fullmatch(lines[start])
            if named is None:
                raise self._error(start, "is not --- attachment name.csv or name.txt")
            if any(piece.name == named["name"] for piece in pieces):
                raise self._error(start, "names an attachment twice")
            pieces.append(self._piece(named["name"], lines, start + 1, end))
        mail = LabelledMail(id=head["id"], note=head["note"], fields=fields, pieces=tuple(pieces))
        self._check_negative(mail)
        return mail

    def _header(self, lines: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], Piece]:
        fields: dict[str, str] = {}
        subject: Piece | None = None
        for number, line in enumerate(lines[1:], 1):
            field = _FIELD.fullmatch(line)
            if field is None:
                raise self._error(number, "is no header field; the header ends with an empty line")
            if field["name"] in fields or (field["name"] == "Subject" and subject is not None):
                raise self._error(number, f"gives {field['name']} twice")
            if field["name"] == "Subject":
                subject = self.unmarked("subject", field["value"] or "", number)
            elif "[[" in line:
                raise self._error(number, "has a mark; of the header only the subject is marked")
            else:
                fields[field["name"]] = field["value"] or ""
        for name in ("From", "To"):
            if not fields.get(name):
                raise self._error(0, f"has no {name}")
        return tuple(fields.items()), subject or Piece(name="subject", text="", truths=())

    def _piece(self, name: str, lines: Sequence[str], start: int, end: int) -> Piece:
        while end > start and not lines[end - 1].strip():
            end -= 1
        if start == end:
            raise self._error(start - 1, f"nothing stands in the {name}")
        return self.unmarked(name, "\n".join(lines[start:end]) + "\n", start)

    def unmarked(self, name: str, text: str, line: int) -> Piece:
        """The piece that a text with marks describes; its first line is `line`."""
        pieces: list[str] = []
        truths: list[Truth] = []
        open_marks: list[tuple[int, str, bool]] = []
        length = copied = 0
        for edge in _EDGE_OF_MARK.finditer(text):
            pieces.append(text[copied : edge.start()])
            length += edge.start() - copied
            copied = edge.end()
            here = line + text.count("\n", 0, edge.start())
            if edge["entity"] is not None:
                if edge["entity"] not in ENTITIES:
                    raise self._error(here, f"marks {edge['entity']}, which is no entity")
                if len(open_marks) == 2:
                    raise self._error(here, "has a mark in a mark in a mark")
                open_marks.append((length, edge["entity"], not edge["care"]))
            elif edge[0] == "[[":
                raise self._error(here, "has [[ without an entity and a blank after it")
            elif not open_marks:
                raise self._error(here, "has ]] without [[")
            else:
                start, entity, cared_for = open_marks.pop()
                marked = "".join(pieces)[start:length]
                if not marked or marked != marked.strip():
                    raise self._error(here, f"has nothing, or blanks at an end, in the mark of {entity}")
                truths.append(Truth(start=start, end=length, entity=entity, cared_for=cared_for))
        if open_marks:
            raise self._error(line, f"begins a text in which a mark of {open_marks[0][1]} does not end")
        pieces.append(text[copied:])
        return Piece(name=name, text="".join(pieces), truths=tuple(sorted(truths, key=lambda t: (t.start, -t.end))))

    def _check_negative(self, mail: LabelledMail) -> None:
        if not mail.is_hard_negative:
            return
        marked = {t.entity for piece in mail.pieces for t in piece.truths if t.cared_for} - _OF_SIGNATURES
        if marked:
            raise self._error(0, f"is a hard negative and marks {', '.join(sorted(marked))}")

    def _error(self, line: int, words: str) -> MalformedMailError:
        return MalformedMailError(f"{self._file}:{self._first + line + 1}: {words}")


if __name__ == "__main__":
    every = read_mails()
    print(f"{len(every)} mails, {sum(mail.is_hard_negative for mail in every)} of them hard negatives")
    marks = Counter(truth.entity for mail in every for part in mail.pieces for truth in part.truths if truth.cared_for)
    print(*(f"{number:5} {entity}" for entity, number in marks.most_common()), sep="\n")
