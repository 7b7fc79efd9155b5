"""One walk over all objects of a PDF: its strings, what it draws, its files, and what pdfium must not be given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pikepdf

from ...model import GapReason
from ..budget import BudgetSpentError, FileTooLargeError
from ..source import Inner, Item, Source, Tools
from ..xml_text import text_of as text_of_xml
from . import streams
from .contents import Drawing, Drawings, Number, content_streams
from .strings import FORM, MAX_OBJECTS, OTHER, PROPERTIES, SCRIPT, Strings, collect, may_matter, text_of

# Keys of streams that hold no text: fonts, colours, functions, masks.
_WORDLESS = frozenset(
    (
        *("/FontFile", "/FontFile2", "/FontFile3", "/ToUnicode", "/CIDSet", "/CIDToGIDMap", "/Encoding", "/UseCMap"),
        *("/ICCBased", "/Indexed", "/Separation", "/DeviceN", "/Function", "/Functions", "/TR", "/TR2", "/HT", "/BG"),
        *("/BG2", "/UCR", "/UCR2", "/DestOutputProfile", "/TintTransform", "/Shading", "/Halftone", "/Thumb", "/Mix"),
    )
)
GLYPHS = "letters that are drawings"
_MASKS = frozenset(("/SMask", "/Mask", "/Thumb", "/Alternates"))
_TEXT_STREAMS = {"/JS": SCRIPT, "/RC": "comment", "/RV": FORM, "/V": FORM, "/DV": FORM}
_PRINTABLE = bytes((*range(0x20, 0x7F), 9, 10, 13, *range(0xA0, 0x100)))
_POSTSCRIPT = (b"%!PS", b"/CIDInit", b"{")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A content stream that no page draws: where its text stands, and the resources it draws with."""

    stream: pikepdf.Stream
    drawing: Drawing
    place: str
    hidden: bool
    resources: Any = None


@dataclass(slots=True)
class Survey:
    document: pikepdf.Pdf
    strings: Strings = field(default_factory=Strings)
    pages: list[tuple[Any, Drawing]] = field(default_factory=list)
    numbers: dict[Number, int] = field(default_factory=dict)  # of pages and their annotations: the page's number
    drawn: list[Drawn] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)  # pages that the document no longer has
    pictures: list[pikepdf.Stream] = field(default_factory=list)  # that nothing draws
    bombs: list[pikepdf.Stream] = field(default_factory=list)
    loose_files: list[pikepdf.Stream] = field(default_factory=list)
    sounds: bool = False
    hidden_layers: frozenset[str] = frozenset()
    drawings: Drawings = field(kw_only=True)

    @property
    def embedded(self) -> Iterator[pikepdf.Stream]:
        """The streams that are files."""
        for specification in self.strings.files:
            files: Any = specification["/EF"]
            if isinstance(files, pikepdf.Dictionary):
                yield from (stream for stream in files.values() if isinstance(stream, pikepdf.Stream))
        yield from self.loose_files


def survey_of(document: pikepdf.Pdf, tools: Tools) -> Survey:
    """Raises BudgetSpentError where there are more objects than are read."""
    found = Survey(document, drawings=Drawings(tools))
    _number_pages(found, tools)
    found.hidden_layers = frozenset(_hidden_layers(document))
    trailer: Any = document.trailer
    apart = {trailer[key].objgen for key in ("/Info", "/Encrypt") if isinstance(trailer.get(key), pikepdf.Dictionary)}
    kept: list[pikepdf.Stream] = []
    things: Iterable[Any] = document.objects
    for count, thing in enumerate(things):
        if count >= MAX_OBJECTS:
            raise BudgetSpentError("a PDF of more objects than are read")
        if not isinstance(thing, pikepdf.Object) or (
            thing.is_indirect and thing.objgen in apart
        ):  # a number of its own holds no text
            continue
        if may_matter(thing):
            collect(thing, found.strings, found.numbers)
        if isinstance(thing, pikepdf.Stream):
            kept.append(thing)
        elif _is_page(thing) and thing.objgen not in found.numbers:
            found.removed.append(thing)
    _properties(found, tools)
    _appearances(found)
    _glyphs(found)
    _streams(found, kept, tools)
    return found


def _is_page(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == pikepdf.Name.Page


def _page_tree(document: pikepdf.Pdf) -> Iterator[Any]:
    """The pages in order (ISO 32000-2, 7.7.3). One by one: qpdf's own list copies a page that stands in the tree a
    million times a million times."""
    waiting: list[tuple[Any, int]] = [(document.Root.get("/Pages"), 0)]
    nodes: set[Number] = set()
    while waiting:
        node, at = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        kids: Any = node.get("/Kids")
        if not isinstance(kids, pikepdf.Array):
            yield node
            continue
        if at == 0:
            if node.objgen in nodes:
                continue  # a node above itself, or in two places: read once
            nodes.add(node.objgen)
        if at < len(kids):
            waiting.append((node, at + 1))
            waiting.append((kids[at], 0))


def _number_pages(found: Survey, tools: Tools) -> None:
    for number, thing in enumerate(islice(_page_tree(found.document), tools.meter.budget.pages), 1):
        first = found.numbers.get(thing.objgen)
        if first is not None and thing.is_indirect:  # the same page once more
            found.pages.append(found.pages[first - 1])
            continue
        found.numbers[thing.objgen] = number
        found.pages.append((thing, found.drawings.of_page(thing)))
        annotations = thing.get("/Annots")
        if isinstance(annotations, pikepdf.Array):
            for annotation in annotations:
                if isinstance(annotation, pikepdf.Dictionary) and annotation.is_indirect:
                    found.numbers.setdefault(annotation.objgen, number)


def _hidden_layers(document: pikepdf.Pdf) -> Iterator[str]:
    """Names of the layers that are off when the document is opened (ISO 32000-2, 8.11.4.3)."""
    properties: Any = document.Root.get("/OCProperties")
    if not isinstance(properties, pikepdf.Dictionary) or not isinstance(properties.get("/D"), pikepdf.Dictionary):
        return
    shown: Any = properties["/D"]
    groups = _groups(shown.get("/OFF"))
    if shown.get("/BaseState") == pikepdf.Name.OFF:
        on = {group.objgen for group in _groups(shown.get("/ON"))}
        groups = [group for group in _groups(properties.get("/OCGs")) if group.objgen not in on]
    for group in groups:
        name: Any = group.get("/Name")
        if isinstance(name, pikepdf.String):
            yield text_of(name)


def _groups(value: Any) -> list[pikepdf.Dictionary]:
    items: list[Any] = list(value) if isinstance(value, pikepdf.Array) else []
    return [item for item in items if isinstance(item, pikepdf.Dictionary)]


def _properties(found: Survey, tools: Tools) -> None:
    info: Any = found.document.trailer.get("/Info")
    if isinstance(info, pikepdf.Dictionary):
        for value in info.values():
            if isinstance(value, pikepdf.String):
                found.strings.add(PROPERTIES, text_of(value), hidden=False)
    form: Any = found.document.Root.get("/AcroForm")
    packets: Any = form.get("/XFA") if isinstance(form, pikepdf.Dictionary) else None
    # One document in several streams, which are no documents of their own (12.7.8).
    items: list[Any] = list(packets) if isinstance(packets, pikepdf.Array) else [packets]
    parts = [item for item in items if isinstance(item, pikepdf.Stream)]
    for part in parts:
        found.strings.roles[part.objgen] = "/XFA"
    _add_xml(found, b"".join(_read(found, part, tools) or b"" for part in parts), FORM, tools)


def _appearances(found: Survey) -> None:
    for appearance, place, hidden in found.strings.appearances:
        if not isinstance(appearance, pikepdf.Dictionary):
            continue
        for state in (appearance.get(key) for key in ("/N", "/R", "/D")):  # as it is, under the mouse, pressed
            given: Any = state
            streams_of_state = [given] if isinstance(given, pikepdf.Stream) else []
            if isinstance(given, pikepdf.Dictionary):  # one for each state of a box
                streams_of_state = [each for each in given.values() if isinstance(each, pikepdf.Stream)]
            for stream in streams_of_state:
                found.drawn.append(Drawn(stream, found.drawings.of_stream(stream), place, hidden))


def _glyphs(found: Survey) -> None:
    for font in found.strings.letters:
        procedures, resources = font["/CharProcs"], font.get("/Resources")
        for stream in procedures.values() if isinstance(procedures, pikepdf.Dictionary) else ():
            if isinstance(stream, pikepdf.Stream):
                drawing = found.drawings.of_stream(stream, resources)
                found.drawn.append(Drawn(stream, drawing, GLYPHS, hidden=False, resources=resources))


def _streams(found: Survey, kept: list[pikepdf.Stream], tools: Tools) -> None:
    """Sort out the streams: drawn by a page, drawn elsewhere, text, files, nothing to read."""
    page_parts = {stream.objgen for page, _ in found.pages for stream in content_streams(page)}
    page_parts |= {stream.objgen for page in found.removed for stream in content_streams(page)}
    drawn = found.drawings.drawn_by(drawing for _, drawing in found.pages)
    roots = {each.stream.objgen for each in found.drawn}
    forms: list[pikepdf.Stream] = []
    pictures: list[pikepdf.Stream] = []
    for stream in kept:
        number, subtype = stream.objgen, stream.get("/Subtype")
        if number in page_parts or number in roots or stream.get("/Type") in (pikepdf.Name.XRef, pikepdf.Name.ObjStm):
            continue
        if subtype == pikepdf.Name.Image:
            pictures.append(stream)
        elif stream.get("/PatternType") == 1:
            found.drawn.append(Drawn(stream, found.drawings.of_stream(stream), "pattern", hidden=False))
        elif subtype == pikepdf.Name.Form and "/BBox" in stream:
            if number not in drawn:
                forms.append(stream)
        else:
            _other_stream(found, stream, tools)
    drawn |= found.drawings.drawn_by(each.drawing for each in found.drawn)
    for stream in forms:
        if stream.objgen not in drawn:
            found.drawn.append(Drawn(stream, found.drawings.of_stream(stream), "drawing on no page", hidden=True))
    shown = found.drawings.pictures_of(
        [*(drawing for _, drawing in found.pages), *(each.drawing for each in found.drawn)]
    )
    for stream in pictures:
        if stream.objgen not in shown and found.strings.roles.get(stream.objgen) not in _MASKS:
            found.pictures.append(stream)


def _other_stream(found: Survey, stream: pikepdf.Stream, tools: Tools) -> None:
    role = found.strings.roles.get(stream.objgen, "")
    kind = stream.get("/Type")
    if kind == pikepdf.Name.Sound:
        found.sounds = True
        return
    if kind == pikepdf.Name.EmbeddedFile or role in ("/F", "/UF", "/DOS", "/Mac", "/Unix"):
        found.loose_files.append(stream)
    elif kind == pikepdf.Name.Metadata or role == "/Metadata":
        _add_xml(found, _read(found, stream, tools) or b"", PROPERTIES, tools)
    elif role in _WORDLESS or "/FunctionType" in stream or "/ShadingType" in stream or kind == pikepdf.Name.CMap:
        if streams.may_be_bomb(stream, tools):
            found.bombs.append(stream)
    elif role != "/XFA":
        _unknown_stream(found, stream, role, tools)


def _unknown_stream(found: Survey, stream: pikepdf.Stream, role: str, tools: Tools) -> None:
    content = _read(found, stream, tools)
    if not content:
        return
    place = _TEXT_STREAMS.get(role)
    if place is not None:
        text = tools.readings(content, None)[0]
        if content.lstrip()[:1] == b"<":  # rich text is XHTML
            text = text_of_xml(content, tools.meter)[0]
        found.strings.add(place, text, hidden=place == SCRIPT)
    elif b"BT" in content and (drawing := found.drawings.of_stream(stream)).shows_text:
        found.drawn.append(Drawn(stream, drawing, "drawing on no page", hidden=True))
    elif not content.startswith(_POSTSCRIPT) and len(content.translate(None, _PRINTABLE)) * 20 < len(content):
        found.strings.add(OTHER, tools.readings(content, None)[0], hidden=True)


def _add_xml(found: Survey, content: bytes, place: str, tools: Tools) -> None:
    text, fault = text_of_xml(content, tools.meter, every_attribute=place == PROPERTIES)
    if fault is not None and content.strip():
        text = f"{text}\n{tools.readings(content, None)[0]}"
    found.strings.add(place, text, hidden=False)


def _read(found: Survey, stream: pikepdf.Stream, tools: Tools) -> bytes | None:
    try:
        content = streams.decoded(stream, tools)
    except FileTooLargeError:
        found.bombs.append(stream)
        return None
    return content


def attached_files(found: Survey, source: Source, tools: Tools) -> Iterator[Item]:
    """Files inside the document: attachments, associated and portfolio files, those of annotations; then loose ones."""
    if found.sounds:
        yield source.gap(GapReason.UNSUPPORTED, "a sound recording in a PDF")
    given: set[Number] = set()
    for specification in found.strings.files:
        names = [
            text_of(specification[key]) for key in ("/UF", "/F") if isinstance(specification.get(key), pikepdf.String)
        ]
        if specification.get("/AFRelationship") == pikepdf.Name.EncryptedPayload:
            yield source.gap(GapReason.ENCRYPTED, "a PDF protected by rights management")
        files: Any = specification["/EF"]
        for stream in files.values() if isinstance(files, pikepdf.Dictionary) else ():
            if isinstance(stream, pikepdf.Stream) and stream.objgen not in given:
                given.add(stream.objgen)
                yield _file(source, stream, next(filter(None, names), "attachment"), tools)
    for stream in found.loose_files:
        if stream.objgen not in given:
            yield _file(source, stream, "file that is not listed", tools, hidden=True)


def _file(source: Source, stream: pikepdf.Stream, name: str, tools: Tools, *, hidden: bool = False) -> Item:
    try:
        content = streams.decoded(stream, tools)
    except FileTooLargeError as error:
        return source.gap(error.reason, error.detail)
    if content is None:  # the filter is one of pictures: a JPEG is a file as it is stored
        content = stream.read_raw_bytes()
    return Inner(name=name, octets=content, hidden=hidden)
