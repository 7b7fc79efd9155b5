"""`extract_text`: every header, name, body, attachment and file within a file, by its content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..model import Area, Attachment, Extraction, Gap, GapReason, GapScope, ParsedMessage, Part, Passage
from . import (
    archive,
    cms,
    csv,
    html,
    image,
    mail,
    office,
    ole,
    opendocument,
    other_archive,
    pdf,
    plain,
    rtf,
    tnef,
    unreadable,
)
from .budget import Budget, BudgetSpentError, Meter
from .kind import Kind, is_mail_by_label, kind_of
from .source import Inner, ProgramError, Reader, Readings, Source, Tools, shown_name

_READERS: dict[Kind, Reader] = {
    Kind.EMPTY: unreadable.read_nothing,
    Kind.PDF: pdf.read_pdf,
    Kind.OFFICE_OPEN: office.read_office,
    Kind.OPEN_DOCUMENT: opendocument.read_open_document,
    Kind.ZIP: archive.read_zip_archive,
    Kind.GZIP: archive.read_gzip,
    Kind.BZIP2: archive.read_bzip2,
    Kind.XZ: archive.read_xz,
    Kind.TAR: archive.read_tar,
    Kind.OTHER_ARCHIVE: other_archive.read_other_archive,
    Kind.OLE: ole.read_ole,
    Kind.RTF: rtf.read_rtf,
    Kind.IMAGE: image.read_image,
    Kind.MEDIA: unreadable.read_unsupported,
    Kind.EXECUTABLE: unreadable.read_unsupported,
    Kind.CMS: cms.read_cms,
    Kind.TNEF: tnef.read_tnef,
    Kind.HTML: html.read_html,
    Kind.TABLE: csv.read_table,
    Kind.FOLDED: plain.read_folded,
    Kind.MESSAGE: plain.read_text,
    Kind.TEXT: csv.read_text_or_table,
    Kind.BINARY: unreadable.read_unsupported,
}
_CONTAINERS = frozenset({Kind.ZIP, Kind.GZIP, Kind.BZIP2, Kind.XZ, Kind.TAR, Kind.MESSAGE, Kind.PDF, Kind.OFFICE_OPEN})
_SPREADSHEETS = frozenset({"xlsx", "xlsm", "xlsb", "xltx", "xls", "ods", "csv", "tsv"})
_MARGINS = ("PREAMBLE", "EPILOGUE", "RAW")
_MAX_GAPS = 100

CORRUPT = "is broken and can't be read to its end"


def extract_text(
    parsed: ParsedMessage,
    parse_message: Callable[[bytes], ParsedMessage],
    readings: Readings,
    budget: Budget = Budget(),  # noqa: B008  # frozen
) -> Extraction:
    """All text of a message: headers of every part, file names, bodies, attachments, what is in them.

    Passages come in the order of the message, a file's own before those of files inside it. `parse_message` and
    `readings` are those of `parse`, for messages inside archives and for charsets. Never raises but MemoryError:
    what can't be read is a gap, what lies beyond the budget too.
    """
    walk = _Walk(Tools(meter=Meter(budget), readings=readings), parse_message)
    try:
        walk.message(parsed, prefix="", depth=0)
    except BudgetSpentError as error:  # by header fields alone
        walk.gaps[Gap(part="HEADER", reason=error.reason, scope=GapScope.MESSAGE, detail=error.detail)] = None
    return Extraction(passages=tuple(walk.passages), gaps=tuple(walk.gaps), attachments=tuple(walk.attachments))


@dataclass(slots=True)
class _Walk:
    tools: Tools
    parse: Callable[[bytes], ParsedMessage]
    passages: list[Passage] = field(default_factory=list)
    gaps: dict[Gap, None] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)

    def message(self, parsed: ParsedMessage, *, prefix: str, depth: int) -> None:
        """Read a parsed message; `prefix` is the part it is ("2/old.eml/"), "" for the message itself."""
        encrypted = {gap.part for gap in parsed.gaps if gap.reason is GapReason.ENCRYPTED}
        top = not prefix
        for passage in mail.header_passages(parsed.root):
            self._add(_moved(passage, prefix, top))
        for node in mail.nested_messages(parsed.root):
            self.attachments.append(
                Attachment(
                    part=prefix + node.path,
                    filename=node.filename,
                    media_type=node.media_type,
                    size_bytes=node.body_end - node.body_start,
                )
            )
        for part in parsed.parts:
            source = _source_of(part, prefix, top)
            self.read(source, depth, listed=_is_attachment(part), encrypted=part.path in encrypted)

    def read(self, source: Source, depth: int, *, listed: bool, encrypted: bool = False) -> None:
        """Read one file or body and whatever is in it."""
        kind = kind_of(source, self.tools.readings)
        if listed:
            self.attachments.append(_attachment(source, kind))
        if encrypted and not source.is_body:
            return  # parse has said so; its octets hold nothing to read
        if depth > self.tools.meter.budget.depth:
            self._add(source.gap(GapReason.TOO_DEEP, "files are packed within one another too deep"))
            return
        try:
            if kind is Kind.MESSAGE and self._nested_message(source, depth):
                return
            for item in _READERS[kind](source, self.tools):
                if isinstance(item, Inner):
                    self._inner(source, item, depth)
                else:
                    self._add(item)
        except (BudgetSpentError, ProgramError) as error:
            self._add(source.gap(error.reason, error.detail))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # a broken file makes its library raise anything; the rest is still read
            self._add(source.gap(GapReason.CORRUPT, CORRUPT))

    def _inner(self, source: Source, item: Inner, depth: int) -> None:
        self.tools.meter.file()
        part = f"{source.part}/{shown_name(item.name)}"
        for passage in mail.name_passages(part, (item.name,) if item.listed else ()):
            self._add(passage)
        inner = Source(
            part=part,
            octets=item.octets,
            filename=item.name.rpartition("/")[2] or None,
            hidden=source.hidden or item.hidden,
        )
        self.read(inner, depth + 1, listed=item.listed)

    def _nested_message(self, source: Source, depth: int) -> bool:
        """Read an attached message; False where it is just text that begins like one."""
        parsed = self.parse(source.octets)
        if parsed.gaps and not is_mail_by_label(source):
            return False
        for gap in parsed.gaps:
            # What is unclear about an attached file is confined to it.
            part = f"{source.part}/{gap.part}" if gap.part else source.part
            self._add(Gap(part=part, reason=gap.reason, scope=GapScope.ATTACHMENT, detail=gap.detail))
        self.message(parsed, prefix=f"{source.part}/", depth=depth + 1)
        return True

    def _add(self, item: Passage | Gap) -> None:
        if isinstance(item, Gap):
            # Never drop one about the whole message: policy may forgive those of attachments.
            if len(self.gaps) < _MAX_GAPS or item.scope is GapScope.MESSAGE:
                self.gaps[item] = None
            return
        if item.text.strip():
            self.tools.meter.text(len(item.text))
            self.passages.append(item)


def _moved(passage: Passage, prefix: str, top: bool) -> Passage:
    if top:
        return passage
    area = Area.ATTACHMENT if passage.area is Area.SUBJECT else passage.area
    return Passage(part=prefix + passage.part, place=passage.place, text=passage.text, area=area)


def _source_of(part: Part, prefix: str, top: bool) -> Source:
    body = part.is_body and top
    margin = part.path.endswith(_MARGINS)
    return Source(
        part=prefix + part.path,
        octets=part.octets,
        filename=part.filename,
        declared=part.media_type,
        charset=part.charset,
        params=part.params,
        area=Area.BODY if body or (margin and top) else Area.ATTACHMENT,
        scope=GapScope.MESSAGE if body else GapScope.ATTACHMENT,
        hidden=margin,
        margin=margin,
        is_body=part.is_body,
    )


def _is_attachment(part: Part) -> bool:
    if part.is_body or part.path.endswith(_MARGINS):
        return False
    return part.filename is not None or part.disposition == "attachment" or not part.media_type.startswith("text/")


def _attachment(source: Source, kind: Kind) -> Attachment:
    known = kind.value if kind.value and "/" in kind.value else None
    declared = source.declared or "application/octet-stream"
    specific = kind in (Kind.OFFICE_OPEN, Kind.OPEN_DOCUMENT) and declared.startswith(str(known))
    sheet = (
        kind is Kind.TABLE
        or (kind is Kind.OFFICE_OPEN and b"xl/workbook." in source.octets)
        or (kind is Kind.OPEN_DOCUMENT and b"opendocument.spreadsheet" in source.octets[38:128])
        or (kind is Kind.OLE and (source.suffix in _SPREADSHEETS or _utf16(b"Workbook") in source.octets))
        or (kind in (Kind.OFFICE_OPEN, Kind.OPEN_DOCUMENT) and source.suffix in _SPREADSHEETS)
    )
    return Attachment(
        part=source.part,
        filename=source.filename,
        media_type=declared if specific or known is None else known,
        size_bytes=len(source.octets),
        original_spreadsheet=sheet,
    )


def _utf16(name: bytes) -> bytes:
    return name.decode("ascii").encode("utf-16-le")
