"""`extract_text`: every header, name, body, attachment and file within a file, by its content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..model import Area, Attachment, Extraction, Gap, GapReason, GapScope, ParsedMessage, Part, Passage
from . import mail
from .attachment import attachment_of
from .budget import Budget, BudgetSpentError, Meter, Spent
from .kind import Kind, is_mail_by_label, kind_of
from .readers import HARMLESS, READERS
from .source import Apart, Inner, ProgramError, Readings, Run, Source, Told, Tools, no_programs, shown_name

_MARGINS = ("PREAMBLE", "EPILOGUE", "RAW", "FIELDS")
_MAX_GAPS = 100
_HARMLESS_BYTES = 1 << 20  # more than this takes its time, whatever it is

CORRUPT = "is broken and can't be read to its end"

Parse = Callable[[bytes], ParsedMessage]
Begin = Callable[[Spent], tuple[GapReason, str] | None]


def extract_text(
    parsed: ParsedMessage,
    parse_message: Parse,
    readings: Readings,
    budget: Budget = Budget(),  # noqa: B008  # frozen
    *,
    run: Run = no_programs,
    apart: Apart | None = None,
) -> Extraction:
    """All text of a message: headers of every part, file names, bodies, attachments, what is in them.

    Passages come in the order of the message, a file's own before those of files inside it. `parse_message` and
    `readings` are those of `parse`, for messages inside archives and for charsets. `apart` reads what a library reads
    in a process of its own; without it all is read here, and `run` runs programs. Never raises but MemoryError: what
    can't be read is a gap, what lies beyond the budget too.
    """
    found: dict[Told, None] = {}
    walk = _Walk(Tools(meter=Meter(budget), readings=readings, run=run), parse_message, found.setdefault, apart=apart)
    try:
        walk.message(parsed, prefix="", depth=0)
    except BudgetSpentError as error:  # by header fields alone
        found[Gap(part="HEADER", reason=error.reason, scope=GapScope.MESSAGE, detail=error.detail)] = None
    return Extraction(
        passages=tuple(item for item in found if isinstance(item, Passage)),
        gaps=tuple(item for item in found if isinstance(item, Gap)),
        attachments=tuple(item for item in found if isinstance(item, Attachment)),
    )


def read_one_file(
    source: Source,
    depth: int,
    parse_message: Parse,
    readings: Readings,
    budget: Budget = Budget(),  # noqa: B008  # frozen
    *,
    spent: Spent,
    run: Run,
    emit: Callable[[Told], object],
    begin: Begin,
    pictures: dict[bytes, str] | None = None,
) -> Spent:
    """Read one file and the files in it: the work of a process that `Apart` stands for.

    Each item goes to `emit` at once. `begin` is told of each file before it is read, and answers the reason and detail
    of a gap where the file is not to be read. `pictures`: the texts recognised so far in this message, to which
    this file's are added. Returns what the message has cost so far.
    """
    tools = Tools(meter=Meter(budget, spent), readings=readings, run=run, pictures={} if pictures is None else pictures)
    _Walk(tools, parse_message, emit, begin=begin).read(source, depth, listed=False)
    return tools.meter.spent


@dataclass(slots=True)
class _Walk:
    tools: Tools
    parse: Parse
    emit: Callable[[Told], object]
    apart: Apart | None = None
    begin: Begin | None = None
    gaps: set[Gap] = field(default_factory=set)

    def message(self, parsed: ParsedMessage, *, prefix: str, depth: int) -> None:
        """Read a parsed message; `prefix` is the part it is ("2/old.eml/"), "" for the message itself."""
        encrypted = {gap.part for gap in parsed.gaps if gap.reason is GapReason.ENCRYPTED}
        top = not prefix
        for passage in mail.header_passages(parsed.root):
            self._add(_moved(passage, prefix, top))
        for node in mail.nested_messages(parsed.root):
            self.emit(
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
        if self.begin is not None and (fault := self.begin(self.tools.meter.spent)) is not None:
            self._add(source.gap(*fault))
            return
        kind = kind_of(source, self.tools.readings)
        if listed:
            self.emit(attachment_of(source, kind))
        if encrypted and not source.is_body:
            return  # parse has said so; its octets hold nothing to read
        if depth > self.tools.meter.budget.depth:
            self._add(source.gap(GapReason.TOO_DEEP, "files are packed within one another too deep"))
            return
        if self.apart is not None and (kind not in HARMLESS or len(source.octets) > _HARMLESS_BYTES):
            told, spent = self.apart.read(source, depth, self.tools.meter.spent)
            self.tools.meter.go_on_from(spent)
            for each in told:
                self.emit(each)
            return
        try:
            if kind is Kind.MESSAGE and self._nested_message(source, depth):
                return
            for item in READERS[kind](source, self.tools):
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
                self.gaps.add(item)
                self.emit(item)
            return
        if item.text.strip():
            self.tools.meter.text(len(item.text))
            self.emit(item)


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
