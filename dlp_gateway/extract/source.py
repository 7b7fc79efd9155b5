"""What a reader of one file format is given, and what it yields.

A reader is a generator `read_x(source, tools)` of passages, gaps and inner files. It knows its
format and nothing else: the walk recurses, names and counts. A reader that raises has met a broken file;
what it yielded before stays, and the walk adds a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ..model import Area, Attachment, Gap, GapReason, GapScope, Passage
from .budget import Meter, Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file or body to be read."""

    part: str
    octets: bytes = field(repr=False)
    filename: str | None = None
    declared: str | None = None  # media type, a hint for text only
    charset: str | None = None
    params: tuple[tuple[str, str], ...] = ()
    area: Area = Area.ATTACHMENT
    scope: GapScope = GapScope.ATTACHMENT
    hidden: bool = False
    is_body: bool = False
    margin: bool = False  # text around the parts of a multipart: it is not a file of any kind

    def passage(
        self,
        text: str,
        place: str = "",
        *,
        hidden: bool = False,
        table: bool = False,
        first_row: int = 1,
        first_column: int = 1,
    ) -> Passage:
        return Passage(
            part=self.part,
            place=shown_name(place),
            text=text,
            area=self.area,
            hidden=hidden or self.hidden,
            table=table,
            first_row=first_row,
            first_column=first_column,
        )

    def gap(self, reason: GapReason, detail: str) -> Gap:
        return Gap(part=self.part, reason=reason, scope=self.scope, detail=detail)

    @property
    def suffix(self) -> str:
        """The file name's suffix in lower case, without the dot; "" where there is none."""
        return (self.filename or "").rpartition(".")[2].lower() if "." in (self.filename or "") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A file found within a file: a member of an archive, an attachment of a PDF."""

    name: str
    octets: bytes = field(repr=False)
    hidden: bool = False
    listed: bool = True  # a file of its own to people, not a picture or a font inside a document


_LONGEST_NAME = 120


def shown_name(name: str) -> str:
    """A name that a person typed, fit for a place in a record: of printable characters, not too long."""
    name = name if name.isprintable() else "".join(c if c.isprintable() else "?" for c in name)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


Item = Passage | Gap | Inner
Readings = Callable[[bytes, str | None], tuple[str, ...]]
"""Octets and charset to text, as declared first, then every other plausible reading (`parse.views`)."""


Run = Callable[[str, bytes], bytes]
"""Runs a program by its name in `sandbox.PROGRAMS` ("ocr", "unar") over octets, in a sandbox of its own: its standard
output. Raises ProgramError."""


class ProgramError(Exception):
    """A program could not be run, or failed: `reason` and `detail` are those of the gap that follows."""

    def __init__(self, reason: GapReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def no_programs(name: str, octets: bytes) -> bytes:
    """A `Run` where no program can be run, as in a process that has given up starting any."""
    del name, octets
    raise ProgramError(GapReason.UNSUPPORTED, "a file that only a program can read which can't be run here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What all readers share: the meter of the message, how octets become text, and programs of other makers."""

    meter: Meter
    readings: Readings
    run: Run = no_programs
    pictures: dict[bytes, str] = field(default_factory=dict, repr=False)  # digest to text, of those recognised so far


Reader = Callable[[Source, Tools], Iterator[Item]]

Told = Passage | Gap | Attachment
"""What reading a file tells the outside."""


class Apart(Protocol):
    """Reads one file after another of a message in a process of its own, so that what a document does to the library
    that reads it is done to nobody else."""

    def read(self, source: Source, depth: int, spent: Spent) -> tuple[list[Told], Spent]:
        """What the file and the files in it hold, and what the message has cost thereafter; never raises for a file."""
        ...

    def end(self) -> None:
        """The message is read."""
        ...
