"""PDFs with a canary in every place where text can stand, and those that test one thing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.support.documents.planting import Planted, Planting

_HIDDEN = {"hidden": True}


def make_pdf() -> tuple[bytes, dict[str, Planted]]:
    """Two pages, everything on and beside them, and an earlier version of the second page."""
    plant = Planting()
    document = pikepdf.open(io.BytesIO(_pages(plant)))
    page: Any = document.pages[0]
    _comments(document, page, plant)
    _drawings(document, page, plant)
    _layers(document, page, plant)
    _form(document, plant)
    _files(document, page, plant)
    _names(document, plant)
    _no_longer_used(document, plant)
    document.pages[1].CropBox = Array([0, 0, 595, 400])
    with document.open_metadata(update_docinfo=False) as metadata:
        metadata["dc:description"] = plant("Xmp", "document properties")
    return _updated(saved(document), plant), plant.planted


def saved(document: pikepdf.Pdf, **options: Any) -> bytes:
    """Streams and objects as they stand, so that tests may cut and append."""
    out = io.BytesIO()
    document.save(out, **{"object_stream_mode": pikepdf.ObjectStreamMode.disable, "compress_streams": False, **options})
    return out.getvalue()


def plain_pdf(*pages: str) -> bytes:
    """A page for each text, its lines in order."""

    def draw(canvas: Canvas) -> None:
        for text in pages:
            lines = canvas.beginText(72, 780)
            lines.textLines(text)
            canvas.drawText(lines)
            canvas.showPage()

    return drawn_pdf(draw)


def drawn_pdf(draw: Callable[[Canvas], None]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def content_pdf(content: bytes, *, more: Callable[[pikepdf.Pdf, Any], None] | None = None) -> bytes:
    """One page with this content stream; its font is F1."""
    document = pikepdf.new()
    document.add_blank_page(page_size=A4)
    page: Any = document.pages[0].obj
    page.Contents = document.make_stream(content)
    page.Resources = Dictionary(Font=Dictionary(F1=helvetica()), XObject=Dictionary())
    if more is not None:
        more(document, page)
    return saved(document)


def helvetica() -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)


def form_object(document: pikepdf.Pdf, content: bytes, **resources: Any) -> Any:
    """A form XObject whose font is F1."""
    form: Any = document.make_stream(content)
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 30])
    form.Resources = Dictionary(Font=Dictionary(F1=helvetica()), **resources)
    return form


def updated(octets: bytes, number: int, content: bytes, entries: bytes = b"") -> bytes:
    """The same file with an incremental update that replaces one stream object."""
    start = len(octets) + 1
    thing = b"%d 0 obj\n<< /Length %d %b>>\nstream\n%b\nendstream\nendobj\n" % (number, len(content), entries, content)
    before = re.findall(rb"startxref\s+(\d+)", octets)[-1]
    kept = b"".join(
        b" /%b %b" % (key, re.findall(rb"/%b (\d+(?: \d+ R)?)" % key, octets)[-1])
        for key in (b"Root", b"Size", b"Info")
        if re.search(rb"/%b \d" % key, octets)
    )
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<<%b /Prev %b >>\n" % (number, start, kept, before)
    return octets + b"\n" + thing + table + b"startxref\n%d\n%%%%EOF\n" % (start + len(thing))


def _shown(text: str, x: int = 2, y: int = 2) -> bytes:
    return b"BT /F1 10 Tf %d %d Td (%b) Tj ET " % (x, y, text.encode())


def _pages(plant: Planting) -> bytes:
    def draw(canvas: Canvas) -> None:
        for name in ("Title", "Author", "Subject", "Keywords"):
            getattr(canvas, f"set{name}")(plant(f"Info{name}", "document properties"))
        canvas.drawString(72, 780, plant("Body", "page 1") + " text")
        canvas.drawString(72, 760, plant("SecondLine", "page 1"))
        canvas.saveState()
        invisible = canvas.beginText(72, 740)
        invisible.setTextRenderMode(3)
        invisible.textOut(plant("Invisible", "page 1 (hidden text)", **_HIDDEN))
        invisible.setTextRenderMode(0)
        canvas.drawText(invisible)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 720, plant("White", "page 1 (hidden text)", **_HIDDEN))
        canvas.restoreState()
        canvas.saveState()
        canvas.setFillColorRGB(0, 0, 0.5)
        canvas.rect(300, 700, 250, 20, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(310, 705, plant("WhiteOnBlue", "page 1"))
        canvas.restoreState()
        canvas.setFont("Helvetica", 0.5)
        canvas.drawString(72, 690, plant("Tiny", "page 1 (hidden text)", **_HIDDEN))
        canvas.setFont("Helvetica", 12)
        canvas.drawString(-400, 600, plant("OffPage", "page 1 (hidden text)", **_HIDDEN))
        for place, letter in enumerate(plant("Spaced", "page 1 (spaced letters joined)")):
            canvas.drawString(72 + 16 * place, 660, letter)
        whole = plant("Split", "page 1")
        canvas.drawString(72, 640, whole[:6])
        canvas.drawString(72 + canvas.stringWidth(whole[:6]), 640, whole[6:])
        canvas.saveState()
        canvas.rotate(90)
        canvas.drawString(300, -40, plant("Rotated", "page 1"))
        canvas.restoreState()
        canvas.bookmarkPage("a")
        canvas.addOutlineEntry(plant("Bookmark", "bookmarks"), "a")
        form = canvas.acroForm
        form.textfield(
            name=plant("FieldName", "form field"),
            tooltip=plant("FieldTooltip", "form field"),
            value=plant("FieldValue", "form field"),
            x=72,
            y=500,
            width=200,
            height=20,
        )
        form.textfield(
            name="hidden",
            value=plant("FieldHidden", "form field (hidden)", **_HIDDEN),
            annotationFlags="hidden",
            x=72,
            y=470,
            width=200,
            height=20,
        )
        chosen = plant("Chosen", "form field")
        form.choice(
            name="choice",
            options=[chosen, plant("NotChosen", "form field")],
            value=chosen,
            x=72,
            y=440,
            width=120,
            height=20,
        )
        canvas.linkURL(f"https://x.example/?{plant('Link', 'link')}", (72, 400, 200, 420))
        canvas.showPage()
        canvas.drawString(72, 780, plant("Cropped", "page 2 (earlier version)", **_HIDDEN))
        canvas.drawString(72, 380, plant("EarlierVersion", "page 2 (earlier version)", **_HIDDEN))
        canvas.showPage()

    return drawn_pdf(draw)


def _comments(document: pikepdf.Pdf, page: Any, plant: Planting) -> None:
    add: Callable[[Dictionary], None] = lambda entries: page.Annots.append(document.make_indirect(entries))  # noqa: E731
    comment = {"place": "page 1, comment", **_HIDDEN}
    add(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Text,
            Rect=[10, 10, 30, 30],
            Contents=String(plant("Note", **comment)),
            T=String(plant("NoteAuthor", **comment)),
            Subj=String(plant("NoteSubject", **comment)),
            RC=String(f"<p>{plant('NoteRich', **comment)}</p>"),
        )
    )
    free = String(plant("FreeText", "page 1, comment"))
    add(
        Dictionary(
            Type=Name.Annot, Subtype=Name.FreeText, Rect=[50, 50, 200, 80], Contents=free, DA=String("/Helv 10 Tf")
        )
    )
    stamp = form_object(document, _shown(plant("Stamp", "page 1, comment")))
    nested = form_object(
        document,
        b"/In Do",
        XObject=Dictionary(In=form_object(document, _shown(plant("StampInner", "page 1, comment")))),
    )
    for appearance in (stamp, nested):
        add(Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=[50, 100, 200, 130], AP=Dictionary(N=appearance)))
    states = Dictionary(
        On=form_object(document, _shown(plant("StateOn", "form field"))), Off=form_object(document, b"")
    )
    box = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Btn,
            T=String("box"),
            Rect=[0, 0, 9, 9],
            AP=Dictionary(N=states),
        )
    )
    page.Annots.append(box)
    document.Root.AcroForm.Fields.append(box)
    direct = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=[1, 1, 2, 2], Contents=String(plant("NoteDirect", **comment))
    )
    page.Annots.append(direct)
    redaction = String(plant("Overlay", **comment))
    add(Dictionary(Type=Name.Annot, Subtype=Name.Redact, Rect=[1, 1, 2, 2], OverlayText=redaction))


def _drawings(document: pikepdf.Pdf, page: Any, plant: Planting) -> None:
    objects: dict[str, Any] = {
        "X1": form_object(document, _shown(plant("FormObject", "page 1"))),
        "X2": form_object(
            document, b"/X3 Do", XObject=Dictionary(X3=form_object(document, _shown(plant("FormInForm", "page 1"))))
        ),
    }
    pattern: Any = document.make_stream(_shown(plant("Pattern", "pattern")))
    pattern.Type, pattern.PatternType, pattern.PaintType, pattern.TilingType = Name.Pattern, 1, 1, 1
    pattern.BBox, pattern.XStep, pattern.YStep = Array([0, 0, 99, 20]), 99, 20
    pattern.Resources = Dictionary(Font=Dictionary(F1=helvetica()))
    glyph = document.make_stream(b"500 0 d0 " + _shown(plant("Glyph", "letters that are drawings")))
    letters = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=[0, 0, 500, 500],
        FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
        CharProcs=Dictionary(a=glyph),
        Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
        FirstChar=97,
        LastChar=97,
        Widths=[500],
        Resources=Dictionary(Font=Dictionary(F1=helvetica())),
    )
    page.Resources.Font.T3, page.Resources.Font.F1 = document.make_indirect(letters), helvetica()
    page.Resources.Pattern = Dictionary(P1=pattern)
    page.Resources.XObject = Dictionary(**{name: document.make_indirect(form) for name, form in objects.items()})
    actual = plant("ActualText", "page 1")
    content = b"q 1 0 0 1 72 520 cm /X1 Do Q q 1 0 0 1 72 490 cm /X2 Do Q "
    content += b"/Pattern cs /P1 scn 400 600 99 20 re f 0 g BT /T3 12 Tf 400 580 Td (a) Tj ET "
    content += b"/Span <</ActualText (%b)>> BDC %b EMC " % (
        actual.encode(),
        _shown(plant("Replaced", "page 1"), 72, 360),
    )
    content += b"q 0 0 1 1 re W n %b Q" % _shown(plant("Clipped", "page 1"), 72, 340)
    document.pages[0].contents_add(content)
    tree = Dictionary(Type=Name.StructTreeRoot)
    document.Root.StructTreeRoot = document.make_indirect(tree)
    element = Dictionary(
        Type=Name.StructElem,
        S=Name.Figure,
        P=document.Root.StructTreeRoot,
        Alt=String(plant("AltText", "alternative text", **_HIDDEN)),
        ActualText=String(plant("StructActualText", "alternative text", **_HIDDEN)),
        E=String(plant("Expansion", "alternative text", **_HIDDEN)),
    )
    document.Root.StructTreeRoot.K = document.make_indirect(element)


def _layers(document: pikepdf.Pdf, page: Any, plant: Planting) -> None:
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name=String(plant("LayerName", "layer names", **_HIDDEN))))
    document.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(OFF=[layer], Order=[layer]))
    page.Resources.Properties = Dictionary(MC0=layer)
    shown = _shown(plant("HiddenLayer", "page 1, hidden layer", **_HIDDEN), 72, 320)
    document.pages[0].contents_add(b"/OC /MC0 BDC %b EMC" % shown)


def _form(document: pikepdf.Pdf, plant: Planting) -> None:
    # XFA comes in packets that are no documents of their own.
    packets = (
        ("preamble", '<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">'),
        ("datasets", f"<datasets><data><name>{plant('XfaData', 'form field')}</name></data></datasets>"),
        ("postamble", "</xdp:xdp>"),
    )
    document.Root.AcroForm.XFA = Array(
        [each for name, text in packets for each in (String(name), document.make_stream(text.encode()))]
    )
    rich = document.make_stream(f"<body><p>{plant('RichValue', 'form field')}</p></body>".encode())
    document.Root.AcroForm.Fields.append(
        document.make_indirect(
            Dictionary(FT=Name.Tx, T=String("rich"), RV=rich, DV=String(plant("Default", "form field")))
        )
    )


def _files(document: pikepdf.Pdf, page: Any, plant: Planting) -> None:
    name = plant("FileName", "file name")
    plant.planted[name] = Planted("file name", part=f"{name}.txt")
    inside = {"part": f"{name}.txt"}
    content = plant("File", "", **inside).encode()
    given = pikepdf.AttachedFileSpec(
        document, content, filename=f"{name}.txt", description=plant("FileWords", "attachment")
    )
    document.attachments["a.txt"] = given
    on_page = pikepdf.AttachedFileSpec(
        document, plant("FileOfComment", "", part="note.txt").encode(), filename="note.txt"
    )
    page.Annots.append(
        document.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[1, 1, 9, 9], FS=on_page.obj)
        )
    )
    associated = pikepdf.AttachedFileSpec(
        document, plant("Associated", "", part="data.txt").encode(), filename="data.txt"
    )
    document.Root.AF = Array([associated.obj])
    loose = document.make_stream(plant("LooseFile", "", part="file that is not listed", **_HIDDEN).encode())
    loose.Type = Name.EmbeddedFile
    document.Root.PieceInfo = Dictionary(App=Dictionary(Private=Dictionary(File=loose)))
    document.Root.Collection = Dictionary(
        Type=Name.Collection,
        Schema=Dictionary(
            Who=Dictionary(Subtype=Name.S, N=String(plant("Column", "other text in the file", **_HIDDEN)))
        ),
    )


def _names(document: pikepdf.Pdf, plant: Planting) -> None:
    first = document.pages[0].obj
    script = Dictionary(S=Name.JavaScript, JS=String(f'app.alert("{plant("Script", "script", **_HIDDEN)}")'))
    document.Root.OpenAction = script
    long_script = document.make_stream(f"// {plant('ScriptStream', 'script', **_HIDDEN)}".encode())
    document.Root.AA = Dictionary(WC=Dictionary(S=Name.JavaScript, JS=long_script))
    target = Array([String(plant("Destination", "named destinations", **_HIDDEN)), Array([first, Name.Fit])])
    document.Root.Names.Dests = Dictionary(Names=target)
    label = Dictionary(S=Name.D, P=String(plant("PageLabel", "page labels")))
    document.Root.PageLabels = Dictionary(Nums=Array([0, label]))
    private = Dictionary(Memo=String(plant("Private", "other text in the file", **_HIDDEN)))
    document.Root.PieceInfo.App.Private.Own = private
    utf16 = b"\xfe\xff" + plant("Utf16", "other text in the file", **_HIDDEN).encode("utf-16-be")
    document.Root.PieceInfo.App.Private.Wide = String(utf16)
    thread = Dictionary(Title=String(plant("Thread", "bookmarks")))
    document.Root.Threads = Array([document.make_indirect(Dictionary(Type=Name.Thread, I=thread))])


def _no_longer_used(document: pikepdf.Pdf, plant: Planting) -> None:
    """Objects that are in the file, but on no page: kept alive by a private dictionary, as editors leave them."""
    removed = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, 595, 842],
        Contents=document.make_stream(_shown(plant("RemovedPage", "removed page", **_HIDDEN), 72, 500)),
        Resources=Dictionary(Font=Dictionary(F1=helvetica())),
    )
    unused = form_object(document, _shown(plant("UnusedForm", "drawing on no page", **_HIDDEN)))
    document.Root.PieceInfo.App.Private.Old = document.make_indirect(removed)
    document.Root.PieceInfo.App.Private.Unused = unused


def _updated(octets: bytes, plant: Planting) -> bytes:
    """Replaces the content of the second page, and leaves an object in the file that no table lists."""
    with pikepdf.open(io.BytesIO(octets)) as document:
        contents: Any = document.pages[1].obj.Contents
        number = contents.objgen[0]
    cropped = _shown(plant("CroppedNow", "page 2 (hidden text)", **_HIDDEN), 72, 780)
    octets = updated(octets, number, _shown(plant("PageTwo", "page 2"), 72, 380) + cropped)
    lost = b"900 0 obj\n<< /Contents (%b) /Length 60 >>\nstream\n%b\nendstream\nendobj\n" % (
        plant("UnlistedString", "removed object", **_HIDDEN).encode(),
        _shown(plant("UnlistedStream", "removed object", **_HIDDEN)),
    )
    at = octets.rindex(b"startxref")
    return octets[:at].rstrip(b"\n") + b"\n" + lost + octets[at:]


def pages_of_pictures(pictures: Sequence[bytes]) -> bytes:
    """Scanned pages: each a picture that fills it."""
    from reportlab.lib.utils import ImageReader

    def draw(canvas: Canvas) -> None:
        for picture in pictures:
            canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, *A4)
            canvas.showPage()

    return drawn_pdf(draw)
