"""`read_pdf`: pages first, then what stands on none, then what was there before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pikepdf
import pypdfium2

from ...model import GapReason
from ..budget import BudgetSpentError, FileTooLargeError
from ..source import Inner, Item, Source, Tools
from . import earlier, leftover
from .extra import ExtraPages, Title, saved
from .page_reader import PageReader, Seen
from .pages import open_pages
from .streams import open_document, set_limits
from .strings import MAX_OBJECTS
from .survey import Survey, attached_files, survey_of

_BEFORE = "(earlier version)"
_END = b"%%EOF"
_REFUSED = "a PDF page that is too costly to be drawn as a whole"
_LONG = "a PDF page with a line of text that is longer than is read"


def read_pdf(source: Source, tools: Tools) -> Iterator[Item]:
    """The text of each page ("page 3"), comments, form fields, properties and what else objects hold, attached files,
    text that no page draws, and earlier versions that are still in the file."""
    set_limits(tools.meter.room())
    if source.octets.count(b" obj") > MAX_OBJECTS:  # qpdf needs two kilobytes for each
        raise BudgetSpentError("a PDF of more objects than are read")
    try:
        document = open_document(_with_end(source.octets))
    except pikepdf.PasswordError:
        yield source.gap(GapReason.ENCRYPTED, "a PDF with a password")
        return
    except (pikepdf.PdfError, ValueError):
        yield from _read_broken(source, tools)
        return
    with document:
        yield from _read_document(source, tools, document)


def _with_end(octets: bytes) -> bytes:
    """The octets with a mark of their end: without one, qpdf drops the last object of a file that is cut off."""
    return octets if octets.rstrip().endswith(_END) else octets + b"\n" + _END + b"\n"


def _read_broken(source: Source, tools: Tools) -> Iterator[Item]:
    """Pdfium reads some files that qpdf gives up on, though nothing beside their pages."""
    if b"/Encrypt" in source.octets:
        yield source.gap(GapReason.ENCRYPTED, "a PDF that is encrypted in a way that can't be opened")
        return
    with open_pages(source.octets) as pages:
        yield source.gap(GapReason.CORRUPT, "a PDF so broken that only its pages can be read")
        reader = PageReader(source, tools, Seen())
        yield from reader.read(pages)
        yield from reader.read_pictures(pages)


def _read_document(source: Source, tools: Tools, document: pikepdf.Pdf) -> Iterator[Item]:
    try:
        survey = survey_of(document, tools)
    except (BudgetSpentError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  # a structure that nobody thought of must not cost the text of the pages
        yield from _read_broken(source, tools)
        return
    reader = PageReader(source, tools, Seen())
    refused = {at for at, (_, drawing) in enumerate(survey.pages, 1) if survey.drawings.is_too_complex(drawing)}
    if any(drawing.long_string for drawing in survey.drawings.all_of(survey.pages)):
        yield source.gap(GapReason.TOO_LARGE, _LONG)
    if refused:
        yield source.gap(GapReason.TOO_LARGE, _REFUSED)
    octets = source.octets
    if survey.bombs:
        yield source.gap(GapReason.TOO_LARGE, "a PDF with a stream that expands to more than is read")
        octets = _without_bombs(survey)
    try:
        mended, pages = _open_either(octets, document)
    except pypdfium2.PdfiumError:
        yield source.gap(GapReason.CORRUPT, "a PDF whose pages can't be read")
        yield from _all_beside_pages(source, tools, survey, reader, set(), refused)
        return
    if mended:
        yield source.gap(GapReason.CORRUPT, "a PDF that is broken and was mended to be read")
    with pages:
        yield from reader.read(pages, hidden_layers=survey.hidden_layers, refused=refused)
        again = set(reader.failed)
        if len(pages) != len(survey.pages) and len(survey.pages) < tools.meter.budget.pages:
            again.update(range(1, len(survey.pages) + 1))  # two programs see two documents: both are read
        yield from _all_beside_pages(source, tools, survey, reader, again, refused)
        yield from reader.read_pictures(pages)


def _all_beside_pages(
    source: Source, tools: Tools, survey: Survey, reader: PageReader, again: set[int], refused: set[int]
) -> Iterator[Item]:
    yield from _strings(source, survey, reader.seen)
    yield from _whole_files(source, survey, tools, reader.seen)
    document = survey.document
    known, extents = earlier.offsets(document), earlier.extents_of(source.octets, document, survey.embedded)
    yield from _until_spent(source, _beside_pages(survey, reader, again, refused))
    if not document.is_encrypted:
        yield from _until_spent(source, _before(source, tools, reader, known, extents))
        yield from _until_spent(
            source, _removed(source, tools, reader, earlier.unlisted(source.octets, known, extents))
        )


def _without_bombs(survey: Survey) -> bytes:
    for stream in survey.bombs:
        stream.write(b"")
    return saved(survey.document)


def _open_either(octets: bytes, document: pikepdf.Pdf) -> tuple[bool, pypdfium2.PdfDocument]:
    """The file for pdfium; as qpdf has mended it where pdfium can't open it, and whether that was so."""
    try:
        return False, open_pages(octets)
    except pypdfium2.PdfiumError:
        return True, open_pages(saved(document))


def _until_spent(source: Source, items: Iterable[Item]) -> Iterator[Item]:
    """The items, up to the end of a budget: what comes after them may still be read."""
    try:
        yield from items
    except BudgetSpentError as error:
        yield source.gap(error.reason, error.detail)


def _strings(source: Source, survey: Survey, seen: Seen, *, before: bool = False) -> Iterator[Item]:
    for (place, hidden), lines in survey.strings.lines.items():
        text = "\n".join(lines)
        if not before:
            seen.add(text)
            yield source.passage(text, place, hidden=hidden)
        elif new := seen.new(text):
            yield source.passage(new, f"{place} {_BEFORE}", hidden=True)


def _whole_files(source: Source, survey: Survey, tools: Tools, seen: Seen) -> Iterator[Item]:
    for item in attached_files(survey, source, tools):
        if not isinstance(item, Inner) or seen.is_new(item.octets):
            yield item


def _beside_pages(survey: Survey, reader: PageReader, again: set[int], refused: set[int]) -> Iterator[Item]:
    """What no page draws, and pages that have to be read in another way. Changes the document."""
    extra = ExtraPages(survey.document)
    numbered = list(enumerate(survey.pages, 1))
    for number, (page, _) in numbered:
        if number in refused:
            extra.add_pieces(page, survey.drawings, Title(f"page {number}"))
        elif number in again:
            extra.add_page(page, Title(f"page {number}", whole=True))
    for page in survey.removed:
        extra.add_page(page, Title("removed page", hidden=True, whole=True))
    extra.add_drawn(each for each in survey.drawn if reader.seen.is_new(each.drawing.content))
    extra.add_pictures(survey.pictures, Title("picture on no page", hidden=True))
    differing = [
        (number, page)
        for number, (page, drawing) in numbered
        if number not in refused | again and survey.drawings.says_otherwise(drawing)
    ]
    if differing:
        extra.forget_actual_text([page for _, page in differing], survey.drawings)
        for number, page in differing:
            extra.add_page(page, Title(f"page {number}"))
    for _, (_, drawing) in numbered:
        reader.seen.is_new(drawing.content)
    yield from reader.read_extra(extra)


def _before(
    source: Source, tools: Tools, reader: PageReader, known: set[int], extents: list[tuple[int, int]]
) -> Iterator[Item]:
    """Earlier versions of the document, as far as they differ; adds the places of their objects to `known`."""
    ends = earlier.earlier_ends(source.octets, extents)
    for end in ends[: earlier.MOST_VERSIONS]:
        try:
            document = open_document(source.octets[:end])
        except (pikepdf.PdfError, ValueError):
            continue  # an end that was none; its objects are carved out below
        with document:
            known |= earlier.offsets(document)
            survey = survey_of(document, tools)
            yield from _strings(source, survey, reader.seen, before=True)
            yield from _whole_files(source, survey, tools, reader.seen)
            extra = ExtraPages(document)
            for number, (page, drawing) in enumerate(survey.pages, 1):
                if reader.seen.is_new(drawing.content):
                    if survey.drawings.is_too_complex(drawing):
                        extra.add_pieces(page, survey.drawings, Title(f"page {number} {_BEFORE}", hidden=True))
                    else:
                        extra.add_page(page, Title(f"page {number} {_BEFORE}", hidden=True, whole=True))
            extra.add_drawn(each for each in survey.drawn if reader.seen.is_new(each.drawing.content))
            yield from reader.read_extra(extra)
    if len(ends) > earlier.MOST_VERSIONS:
        yield source.gap(GapReason.TOO_LARGE, "a PDF with more earlier versions in it than are read")


def _removed(source: Source, tools: Tools, reader: PageReader, objects: Iterator[bytes]) -> Iterator[Item]:
    """Objects that no version lists."""
    found = list(objects)
    if not found:
        return
    text = "\n".join(dict.fromkeys(text for octets in found for text in leftover.strings_of(octets)))
    yield source.passage(reader.seen.new(text), leftover.PLACE, hidden=True)
    with open_document(source.octets) as document:
        extra = ExtraPages(document)
        try:
            extra.add_drawn(
                each for each in leftover.drawn_of(found, document, tools) if reader.seen.is_new(each.drawing.content)
            )
        except FileTooLargeError as error:
            yield source.gap(error.reason, error.detail)
        yield from reader.read_extra(extra)
