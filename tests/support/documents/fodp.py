"""A presentation in flat OpenDocument, from which LibreOffice makes one of PowerPoint 97: small, with a canary in
every place that such a file keeps."""

from __future__ import annotations

from tests.support.documents.planting import Planted, Planting

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}"'
    for prefix, name in (
        ("office", "office:1.0"),
        ("style", "style:1.0"),
        ("text", "text:1.0"),
        ("table", "table:1.0"),
        ("draw", "drawing:1.0"),
        ("fo", "xsl-fo-compatible:1.0"),
        ("svg", "svg-compatible:1.0"),
        ("presentation", "presentation:1.0"),
        ("meta", "meta:1.0"),
    )
)
_FRAME = 'svg:width="10cm" svg:height="2cm" svg:x="{x}cm" svg:y="{y}cm"'


def make_fodp() -> tuple[bytes, dict[str, Planted]]:
    """The document and where a reviewer must be told of each canary once it is a PPT."""
    plant = Planting()
    link = f"https://a.example/?{plant('LinkTarget', 'link')}"
    boxes = (
        _box(plant("SlideText", "slide 1"), 1, 2)
        + _box(f"Zebra<text:span>Split</text:span>RunEnd {_planted(plant, 'SplitRun')}", 1, 4)
        + _box(plant("OffSlide", "slide 1"), -30, 1)
        + _box(f'<text:a xlink:href="{link}">{plant("LinkText", "slide 1")}</text:a>', 1, 6)
        + f"<draw:g>{_box(plant('Grouped', 'slide 1'), 1, 8, plant('AltText', 'slide 1, alternative text'))}</draw:g>"
        + _table(plant("TableCell", "slide 1"))
    )
    body = f"""<draw:page draw:name="p1" draw:master-page-name="m" presentation:use-footer-name="f">
{boxes}
<office:annotation svg:x="1cm" svg:y="1cm">
<dc:creator>{plant("CommentAuthor", "slide 1, authors of comments", hidden=True)}</dc:creator>
<dc:date>2026-01-01T00:00:00</dc:date>
<text:p>{plant("Comment", "slide 1, comment", hidden=True)}</text:p></office:annotation>
{_notes(plant("Notes", "speaker notes 1"))}</draw:page>
<draw:page draw:name="p2" draw:style-name="hide" draw:master-page-name="m">
{_box(plant("HiddenSlide", "slide 2 (hidden)", hidden=True), 1, 1)}
{_notes(plant("MoreNotes", "speaker notes 2"))}</draw:page>
<draw:page draw:name="p3" draw:master-page-name="m">{_box(plant("LastSlide", "slide 3"), 1, 1)}</draw:page>"""
    master = _box(plant("Master", "slide master"), 1, 15)
    document = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {_NAMESPACES} xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.presentation">
<office:meta><dc:title>{plant("Title", "document properties")}</dc:title>
<meta:initial-creator>{plant("Author", "document properties")}</meta:initial-creator>
<meta:user-defined meta:name="Case">{plant("OwnProperty", "document properties")}</meta:user-defined></office:meta>
<office:styles><style:style style:name="d" style:family="graphic"/></office:styles>
<office:automatic-styles><style:page-layout style:name="l"><style:page-layout-properties fo:page-width="25cm"
 fo:page-height="19cm"/></style:page-layout><style:style style:name="hide" style:family="drawing-page">
<style:drawing-page-properties presentation:visibility="hidden"/></style:style></office:automatic-styles>
<office:master-styles><style:master-page style:name="m" style:page-layout-name="l">{master}</style:master-page>
</office:master-styles>
<office:body><office:presentation>
<presentation:footer-decl presentation:name="f">{plant("Footer", "slide 1, header or footer")}
</presentation:footer-decl>{body}</office:presentation></office:body></office:document>"""
    return document.encode(), plant.planted


def _planted(plant: Planting, name: str) -> str:
    """Note a canary that is written in parts."""
    plant(name, "slide 1")
    return ""


def _box(text: str, x: int, y: int, title: str = "") -> str:
    described = f"<svg:title>t</svg:title><svg:desc>{title}</svg:desc>" if title else ""
    frame = _FRAME.format(x=x, y=y)
    return f"<draw:frame {frame}><draw:text-box><text:p>{text}</text:p></draw:text-box>{described}</draw:frame>"


def _table(text: str) -> str:
    return (
        f"<draw:frame {_FRAME.format(x=1, y=10)}><table:table><table:table-column/><table:table-row><table:table-cell>"
        f"<text:p>{text}</text:p></table:table-cell></table:table-row></table:table></draw:frame>"
    )


def _notes(text: str) -> str:
    return (
        f'<presentation:notes><draw:frame presentation:class="notes" {_FRAME.format(x=1, y=10)}><draw:text-box>'
        f"<text:p>{text}</text:p></draw:text-box></draw:frame></presentation:notes>"
    )
