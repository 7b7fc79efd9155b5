"""A PowerPoint presentation with a canary in every place that people or programs write to."""

from __future__ import annotations

import io

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches, Pt

from tests.support.documents.planting import Package, Planted, Planting

_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_LATER = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
_SLIDE = "ppt/slides/slide1.xml"


def make_pptx() -> tuple[bytes, dict[str, Planted]]:
    """The presentation and its canaries. The second slide of the file is the first that is shown."""
    plant = Planting()
    package = Package.of(_with_library(plant))
    _comments(package, plant)
    _diagram(package, plant)
    _beside(package, plant)
    return package.octets(), plant.planted


def _with_library(plant: Planting) -> bytes:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = plant("SlideHeading", "slide 1")
    slide.placeholders[1].text = plant("SlideBody", "slide 1")
    form = slide.shapes.add_table(1, 1, Inches(1), Inches(1), Inches(2), Inches(1)).table
    form.cell(0, 0).text = plant("SlideForm", "slide 1")
    records = slide.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(2), Inches(1)).table
    for row, texts in enumerate((("Name", "Reference", "Ward"), ("Ann", "", "3"), ("Bob", "", "4"))):
        for column, text in enumerate(texts):
            records.cell(row, column).text = text
    records.cell(1, 1).text = plant("SlideRecord", "slide 1, table 1", cell="B2")
    _boxes(slide, plant)
    slide.notes_slide.notes_text_frame.text = plant("Notes", "speaker notes 1")
    _chart(slide, plant)
    hidden = deck.slides.add_slide(deck.slide_layouts[1])
    hidden.shapes.title.text = plant("HiddenSlide", "slide 2 (hidden)", hidden=True)
    hidden.notes_slide.notes_text_frame.text = plant("MoreNotes", "speaker notes 2")
    hidden._element.set("show", "0")
    deck.core_properties.title = plant("Title", "document properties")
    deck.core_properties.author = plant("Author", "document properties")
    deck.core_properties.keywords = plant("Keywords", "document properties")
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def _boxes(slide: object, plant: Planting) -> None:
    shapes = slide.shapes  # type: ignore[attr-defined]
    off = shapes.add_textbox(Inches(-9), Inches(1), Inches(1), Inches(1))
    off.text_frame.text = plant("OffSlide", "slide 1")
    run = off.text_frame.paragraphs[0].add_run()
    run.text = plant("LinkText", "slide 1")
    run.hyperlink.address = f"https://x.example/?q={plant('LinkQuery', 'slide 1, link')}"
    run.hyperlink._hlinkClick.set("tooltip", plant("LinkTip", "slide 1, link"))
    tiny = off.text_frame.paragraphs[0].add_run()
    tiny.text = plant("Tiny", "slide 1, hidden text", hidden=True)
    tiny.font.size = Pt(1)
    paragraph = shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.paragraphs[0]
    split = plant("SplitRun", "slide 1")
    paragraph.add_run().text = split[:8]
    paragraph.add_run().text = split[8:]
    inner = shapes.add_group_shape().shapes.add_textbox(0, 0, Inches(1), Inches(1))
    inner.text_frame.text = plant("Grouped", "slide 1")
    inner._element.nvSpPr.cNvPr.set("descr", plant("AltText", "slide 1, alternative text"))
    inner._element.nvSpPr.cNvPr.set("title", plant("AltHeading", "slide 1, alternative text"))
    inner.name = plant("ObjectName", "slide 1, names of objects", hidden=True)


def _chart(slide: object, plant: Planting) -> None:
    data = CategoryChartData()
    data.categories = [plant("ChartCategory", "slide 1, chart")]
    data.add_series(plant("ChartSeries", "slide 1, chart"), (1,))
    frame = slide.shapes.add_chart(  # type: ignore[attr-defined]
        XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(2), Inches(2), data
    )
    frame.chart.has_title = True
    frame.chart.chart_title.text_frame.text = plant("ChartTitle", "slide 1, chart")


def _comments(package: Package, plant: Planting) -> None:
    comment = plant("Comment", "slide 1, comment", hidden=True)
    second = plant("SecondComment", "slide 1, comment", hidden=True)
    items = "".join(
        f'<p:cm authorId="0" idx="{n}"><p:pos x="1" y="1"/><p:text>{text}</p:text></p:cm>'
        for n, text in enumerate((comment, second))
    )
    package.add("ppt/comments/comment1.xml", f'<p:cmLst xmlns:p="{_P}">{items}</p:cmLst>')
    package.relate(_SLIDE, "rIdC1", "comments", "../comments/comment1.xml")
    author = plant("CommentAuthor", "authors of comments", hidden=True)
    package.add(
        "ppt/commentAuthors.xml",
        f'<p:cmAuthorLst xmlns:p="{_P}"><p:cmAuthor id="0" name="{author}" initials="x" lastIdx="1" clrIdx="0"/>'
        "</p:cmAuthorLst>",
    )
    package.relate("ppt/presentation.xml", "rIdCA", "commentAuthors", "commentAuthors.xml")
    later = plant("LaterComment", "slide 2, comment", hidden=True)
    package.add(
        "ppt/comments/modernComment_101.xml",
        f'<p188:cmLst xmlns:p188="{_LATER}" xmlns:a="{_A}"><p188:cm id="1" authorId="1"><p188:txBody><a:bodyPr/><a:p><a:r>'
        f"<a:t>{later}</a:t></a:r></a:p></p188:txBody></p188:cm></p188:cmLst>",
    )
    kind = "http://schemas.microsoft.com/office/2018/10/relationships/comments"
    package.relate("ppt/slides/slide2.xml", "rIdC2", kind, "../comments/modernComment_101.xml")
    named = plant("LaterAuthor", "authors of comments", hidden=True)
    package.add(
        "ppt/authors.xml",
        f'<p188:authorLst xmlns:p188="{_LATER}"><p188:author id="1" name="{named}" initials="x"'
        f' userId="S::{plant("LaterAuthorId", "authors of comments", hidden=True)}"/></p188:authorLst>',
    )


def _diagram(package: Package, plant: Planting) -> None:
    node = plant("Diagram", "slide 1, diagram")
    package.add(
        "ppt/diagrams/data1.xml",
        f'<dgm:dataModel xmlns:dgm="{_DIAGRAM}" xmlns:a="{_A}"><dgm:ptLst><dgm:pt modelId="1"><dgm:t><a:bodyPr/><a:p><a:r>'
        f"<a:t>{node[:8]}</a:t></a:r><a:r><a:t>{node[8:]}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>",
    )
    package.relate(_SLIDE, "rIdD1", "diagramData", "../diagrams/data1.xml")


def _beside(package: Package, plant: Planting) -> None:
    master = "ppt/slideMasters/slideMaster1.xml"
    package.replace(master, "Click to edit Master title style", plant("Master", "slide master"))
    layout = "ppt/slideLayouts/slideLayout1.xml"
    package.replace(layout, "Click to edit Master title style", plant("Layout", "slide layout"))
    notes = next(name for name in package.parts if "notesMasters/notesMaster" in name and name.endswith(".xml"))
    text = f"<a:p><a:r><a:t>{plant('NotesMaster', 'notes master')}</a:t></a:r></a:p>"
    head = "<p:nvSpPr><p:cNvPr id='90' name='n'/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>"
    shape = f"<p:sp>{head}<p:txBody><a:bodyPr/>{text}</p:txBody></p:sp>"
    package.before_end(notes, "p:spTree", shape)
    tag = plant("TagValue", "tags", hidden=True)
    package.add("ppt/tags/tag1.xml", f'<p:tagLst xmlns:p="{_P}"><p:tag name="CASE" val="{tag}"/></p:tagLst>')
    package.relate(_SLIDE, "rIdTag", "tags", "../tags/tag1.xml")
    section = plant("SectionName", "names of sections", hidden=True)
    shows = plant("ShowName", "names of shows", hidden=True)
    package.before_end(
        "ppt/presentation.xml",
        "p:presentation",
        f'<p:custShowLst><p:custShow name="{shows}" id="0"/></p:custShowLst><p:extLst><p:ext uri="x">'
        '<p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">'
        f'<p14:section name="{section}" id="1"/></p14:sectionLst></p:ext></p:extLst>',
    )
    package.add("customXml/item1.xml", f'<d xmlns="urn:x"><v>{plant("CustomXml", "custom data", hidden=True)}</v></d>')
