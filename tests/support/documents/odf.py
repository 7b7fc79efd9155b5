"""OpenDocument files with a canary in every place that people or programs write to: packages and flat XML."""

from __future__ import annotations

import base64
import re

from tests.support.documents.docx import make_docx
from tests.support.documents.planting import Planted, Planting, zipped

_URN = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = {
    **{name: f"{_URN}:{name}:1.0" for name in ("office", "text", "table", "style", "meta", "config", "presentation")},
    **{name: f"{_URN}:{name}:1.0" for name in ("form", "script", "chart", "manifest")},
    "draw": f"{_URN}:drawing:1.0",
    "number": f"{_URN}:datastyle:1.0",
    "svg": f"{_URN}:svg-compatible:1.0",
    "fo": f"{_URN}:xsl-fo-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
}
NAMESPACES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMES.items()) + ' office:version="1.3"'
MEDIA_TYPE = "application/vnd.oasis.opendocument."
_HIDDEN = {"hidden": True}


def make_odt() -> tuple[bytes, dict[str, Planted]]:
    """A text document and its canaries."""
    plant = Planting()
    content = _text_styles() + f"<office:body><office:text>{_text(plant)}</office:text></office:body>"
    styles = _masters(plant, "")
    return package("text", content, styles, _meta(plant), _more(plant)), plant.planted


def make_ods() -> tuple[bytes, dict[str, Planted]]:
    """A spreadsheet and its canaries."""
    plant = Planting()
    content = (
        _sheet_styles(plant) + f"<office:body><office:spreadsheet>{_sheets(plant)}</office:spreadsheet></office:body>"
    )
    return package("spreadsheet", content, _masters(plant, "region"), _meta(plant), _more(plant)), plant.planted


def make_odp() -> tuple[bytes, dict[str, Planted]]:
    """A presentation and its canaries."""
    plant = Planting()
    content = (
        _slide_styles() + f"<office:body><office:presentation>{_slides(plant)}</office:presentation></office:body>"
    )
    return package("presentation", content, _slide_master(plant), _meta(plant), _more(plant)), plant.planted


def make_fodt() -> tuple[bytes, dict[str, Planted]]:
    """A text document in one XML file."""
    plant = Planting()
    picture = base64.b64encode(f"{plant('FlatFile', '', part='embedded 1')} in a file".encode()).decode()
    body = (
        _text(plant) + f"<text:p><draw:frame><office:binary-data>{picture}</office:binary-data></draw:frame></text:p>"
    )
    return flat("text", _text_styles() + _masters(plant, ""), body, plant), plant.planted


def make_fods() -> tuple[bytes, dict[str, Planted]]:
    """A spreadsheet in one XML file."""
    plant = Planting()
    return flat("spreadsheet", _sheet_styles(plant), _sheets(plant), plant), plant.planted


def make_fodp() -> tuple[bytes, dict[str, Planted]]:
    """A presentation in one XML file."""
    plant = Planting()
    return flat("presentation", _slide_styles(), _slides(plant), plant), plant.planted


def package(kind: str, content: str, styles: str = "", meta: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """A package whose first entry is its media type, stored."""
    parts = {
        "mimetype": (MEDIA_TYPE + kind).encode(),
        "content.xml": part("document-content", content),
        "styles.xml": part("document-styles", styles),
        "meta.xml": part("document-meta", meta),
        **(more or {}),
        "META-INF/manifest.xml": f"<manifest:manifest {NAMESPACES}/>".encode(),
    }
    return zipped(parts, stored=("mimetype",))


def part(root: str, content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<office:{root} {NAMESPACES}>{content}</office:{root}>'.encode()


def flat(kind: str, styles: str, body: str, plant: Planting) -> bytes:
    """One XML file."""
    content = f"{_meta(plant)}{styles}<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    root = f'document office:mimetype="{MEDIA_TYPE}{kind}"'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<office:{root} {NAMESPACES}>{content}</office:document>'
    return text.encode()


def _text_styles() -> str:
    looks = {
        "Th": '<style:text-properties text:display="none"/>',
        "Tw": '<style:text-properties fo:color="#ffffff"/>',
        "Tt": '<style:text-properties fo:font-size="1pt"/>',
        "Tb": '<style:text-properties fo:color="#ffffff" fo:background-color="#000080"/>',
    }
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text">{look}</style:style>' for name, look in looks.items()
    )
    inherited = '<style:style style:name="Ti" style:family="text" style:parent-style-name="Th"/>'
    return f"<office:automatic-styles>{styles}{inherited}</office:automatic-styles>"


def _text(plant: Planting) -> str:
    return "".join((_changes(plant), _paragraphs(plant), _notes(plant), _frames(plant), _fields(plant), _tables(plant)))


def _changes(plant: Planting) -> str:
    creator = plant("TrackAuthor", "authors of changes", **_HIDDEN)
    return f"""<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>
<dc:creator>{creator}</dc:creator><dc:date>2026-01-01T00:00:00</dc:date></office:change-info><text:p>{plant("Deleted", "tracked deletion", **_HIDDEN)}</text:p>
</text:deletion></text:changed-region></text:tracked-changes>
<text:p>x<text:change text:change-id="c1"/> y</text:p>"""


def _paragraphs(plant: Planting) -> str:
    plant("SplitRun", "")
    hidden = {
        name: plant(word, "hidden text", **_HIDDEN)
        for name, word in (("Th", "HiddenSpan"), ("Tw", "White"), ("Tt", "Tiny"), ("Ti", "InheritedHidden"))
    }
    spans = "".join(
        f'<text:p>see <text:span text:style-name="{n}">{text}</text:span></text:p>' for n, text in hidden.items()
    )
    section = plant("HiddenSection", "hidden text", **_HIDDEN)
    return f"""<text:h>{plant("Heading", "")}</text:h>
<text:p>{plant("Body", "")} and Zebra<text:span>Split</text:span>RunEnd</text:p>
<text:p>943<text:s text:c="1"/><text:span>476</text:span><text:tab/>{plant("Tabbed", "")}<text:line-break/>x</text:p>
{spans}<text:p><text:span text:style-name="Tb">{plant("WhiteOnBlue", "")}</text:span></text:p>
<text:list><text:list-item><text:p>{plant("ListItem", "")}</text:p></text:list-item></text:list>
<text:section text:name="{plant("SectionName", "names of sections", **_HIDDEN)}" text:display="none">
<text:p>{section}</text:p></text:section>
<text:p><text:a xlink:href="https://x.example/?q={plant("LinkQuery", "link")}">{plant("LinkText", "")}</text:a></text:p>
<text:p><text:bookmark text:name="{plant("Bookmark", "bookmarks", **_HIDDEN)}"/></text:p>
<text:p><text:ruby><text:ruby-base>{plant("RubyBase", "")}</text:ruby-base>
<text:ruby-text>{plant("RubySound", "phonetic text", **_HIDDEN)}</text:ruby-text></text:ruby></text:p>"""


def _notes(plant: Planting) -> str:
    plant("AroundNote", "")
    return f"""<text:p>Zebra<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>
<text:p>{plant("Footnote", "footnote")}</text:p></text:note-body></text:note>Around<office:annotation>
<dc:creator>{plant("CommentAuthor", "authors of changes", **_HIDDEN)}</dc:creator>
<text:p>{plant("Comment", "comment", **_HIDDEN)}</text:p></office:annotation>NoteEnd</text:p>
<text:p>x<text:note text:note-class="endnote"><text:note-citation>i</text:note-citation><text:note-body>
<text:p>{plant("Endnote", "endnote")}</text:p></text:note-body></text:note></text:p>"""


def _frames(plant: Planting) -> str:
    plant("AroundShape", "")
    return f"""<text:p><draw:frame draw:name="{plant("ObjectName", "names of objects", **_HIDDEN)}"><draw:text-box>
<text:p>{plant("TextBox", "text box")}</text:p></draw:text-box>
<svg:title>{plant("AltHeading", "alternative text")}</svg:title>
<svg:desc>{plant("AltText", "alternative text")}</svg:desc></draw:frame>
</text:p><text:p>Zebra<draw:custom-shape><text:p>{plant("ShapeText", "text box")}</text:p></draw:custom-shape>AroundShapeEnd</text:p>"""


def _fields(plant: Planting) -> str:
    hidden = plant("HiddenParagraph", "hidden text", **_HIDDEN)
    return f"""<text:p><text:hidden-text text:string-value="{plant("HiddenTextValue", "variables", **_HIDDEN)}">
{plant("HiddenTextShown", "hidden text", **_HIDDEN)}</text:hidden-text>
<text:conditional-text text:string-value-if-true="{plant("ConditionTrue", "hidden text", **_HIDDEN)}"
 text:string-value-if-false="{plant("ConditionFalse", "hidden text", **_HIDDEN)}">x</text:conditional-text></text:p>
<text:p><text:hidden-paragraph>{hidden}</text:hidden-paragraph></text:p>
<text:user-field-decls><text:user-field-decl text:name="{plant("VariableName", "variables", **_HIDDEN)}"
 office:string-value="{plant("Variable", "variables", **_HIDDEN)}"/></text:user-field-decls>
<text:p><text:text-input text:description="{plant("InputHint", "form field")}">{plant("InputField", "")}</text:text-input></text:p>
<office:forms><form:form><form:textarea form:current-value="{plant("FormValue", "form field")}"
 form:title="{plant("FormHint", "other attributes", **_HIDDEN)}"/><form:listbox>
<form:option form:label="{plant("FormOption", "form field")}"/></form:listbox></form:form></office:forms>"""


def _tables(plant: Planting) -> str:
    record = plant("RecordCell", "table 1", cell="B3")
    rows = (("Name", "Reference", "Ward"), ("Ann", "", "3"), ("Bob", record, "4"))
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in row)
        + "</table:table-row>"
        for row in rows
    )
    nested = plant("NestedTable", "")
    inner = f"<table:table><table:table-row><table:table-cell><text:p>{nested}</text:p></table:table-cell></table:table-row></table:table>"
    return f"""<table:table table:name="{plant("TableName", "names of objects", **_HIDDEN)}">{cells}</table:table>
<table:table><table:table-row><table:table-cell><text:p>{plant("FormCell", "")}</text:p></table:table-cell>
<table:table-cell>{inner}</table:table-cell></table:table-row></table:table>"""


def _masters(plant: Planting, region: str) -> str:
    def margin(kind: str, text: str) -> str:
        inner = f"<text:p>{text}</text:p>"
        inner = f"<style:region-left>{inner}</style:region-left>" if region else inner
        return f"<style:{kind}>{inner}</style:{kind}>"

    margins = "".join(
        (
            margin("header", plant("Header", "page header")),
            margin("header-first", plant("FirstHeader", "page header")),
            margin("footer", plant("Footer", "page footer")),
            margin("footer-left", plant("LeftFooter", "page footer")),
        )
    )
    return f'<office:master-styles><style:master-page style:name="Standard">{margins}</style:master-page></office:master-styles>'


def _meta(plant: Planting) -> str:
    place = "document properties"
    return f"""<office:meta><dc:title>{plant("Title", place)}</dc:title><dc:subject>{plant("Subject", place)}</dc:subject>
<meta:keyword>{plant("Keyword", place)}</meta:keyword><dc:creator>{plant("Author", place)}</dc:creator>
<meta:user-defined meta:name="{plant("PropertyName", place)}">{plant("PropertyValue", place)}</meta:user-defined>
</office:meta>"""


def _more(plant: Planting) -> dict[str, bytes]:
    """Parts beside the document: a chart, a macro, an embedded Word document, a file, settings."""
    chart = f"""<office:body><office:chart><chart:chart><chart:title><text:p>{plant("ChartTitle", "Object 1")}</text:p>
</chart:title><table:table table:name="local-table"><table:table-rows><table:table-row><table:table-cell>
<text:p>{plant("ChartCell", "Object 1")}</text:p></table:table-cell></table:table-row></table:table-rows></table:table>
</chart:chart></office:chart></office:body>"""
    macro = plant("Macro", "macro", **_HIDDEN)
    setting = f'<config:config-item config:name="x" config:type="string">{plant("Setting", "document settings", **_HIDDEN)}</config:config-item>'
    document, planted = make_docx()
    inner = next(word for word, where in planted.items() if where.place == "")
    plant.planted[inner] = Planted("", part="Object 2")
    return {
        "Object 1/content.xml": part("document-content", chart),
        "Object 2": document,
        "Basic/Standard/Module1.xml": f'<module xmlns="urn:x">sub main \' {macro}</module>'.encode(),
        "settings.xml": part("document-settings", setting),
        "Files/note.txt": f"{plant('AttachedFile', '', part='Files/note.txt')} in a file".encode(),
    }


def _sheet_styles(plant: Planting) -> str:
    words = plant("FormatText", "number formats", **_HIDDEN)
    return f"""<office:automatic-styles>
<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>
<style:style style:name="co0" style:family="table-column"><style:table-column-properties style:column-width="0cm"/>
</style:style><style:style style:name="ro0" style:family="table-row"><style:table-row-properties style:row-height="0cm"/>
</style:style><style:style style:name="cw" style:family="table-cell"><style:text-properties fo:color="#ffffff"/>
</style:style><style:style style:name="ce" style:family="table-cell" style:data-style-name="N1"/>
<number:text-style style:name="N1"><number:text/></number:text-style>
<number:number-style style:name="N2"><number:text>{words} </number:text><number:number/></number:number-style>
</office:automatic-styles>"""


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def _sheets(plant: Planting) -> str:
    return f"{_validations(plant)}{_clients(plant)}{_hidden_sheet(plant)}{_names(plant)}"


def _validations(plant: Planting) -> str:
    choice = plant("ListChoice", "data validation", **_HIDDEN)
    return f"""<table:content-validations><table:content-validation table:name="v"
 table:condition="of:cell-content-is-in-list(&quot;{choice}&quot;)">
<table:help-message table:title="{plant("PromptHeading", "other attributes", **_HIDDEN)}">
<text:p>{plant("Prompt", "data validation", **_HIDDEN)}</text:p></table:help-message>
<table:error-message><text:p>{plant("ErrorText", "data validation", **_HIDDEN)}</text:p></table:error-message>
</table:content-validation></table:content-validations>"""


def _clients(plant: Planting) -> str:
    name = plant("SheetName", "sheet names")
    sheet = f"sheet {name}"
    seen = {
        "formula": f'table:formula="of:=CONCATENATE(&quot;{plant("FormulaText", f"{sheet}, formula", cell="A2")}&quot;)"'
    }
    split = plant("SplitCell", sheet, cell="A3")
    comment = f"""<office:annotation><dc:creator>{plant("CommentAuthor", "authors of changes", **_HIDDEN)}</dc:creator>
<text:p>{plant("Comment", f"{sheet}, comment on A4", **_HIDDEN)}</text:p></office:annotation>"""
    link = f'<text:a xlink:href="mailto:{plant("LinkMailto", "link")}@a.example">{plant("LinkText", sheet, cell="A5")}</text:a>'
    stored = plant("StoredValue", f"{sheet}, stored values", hidden=True, cell="A6")
    rows = (
        cell(plant("Cell", sheet, cell="A1"))
        + cell(plant("HiddenColumn", f"{sheet} (hidden columns)", cell="B1", **_HIDDEN))
        + cell(plant("NoWidth", f"{sheet} (hidden columns)", cell="C1", **_HIDDEN)),
        cell(plant("FormulaResult", sheet, cell="A2"), seen["formula"]),
        cell(f"{split[:7]}<text:span>{split[7:]}</text:span>"),
        f"<table:table-cell>{comment}<text:p>x</text:p></table:table-cell>",
        cell(link),
        cell("shown", f'office:value-type="string" office:string-value="{stored}"'),
        cell(plant("WhiteCell", f"{sheet} (hidden cells)", cell="A7", **_HIDDEN), 'table:style-name="cw"'),
        cell(plant("EmptyFormat", f"{sheet} (hidden cells)", cell="A8", **_HIDDEN), 'table:style-name="ce"'),
        cell("9.43E+09", 'office:value-type="float" office:value="9434765919"'),
    )
    plain = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    hidden = "".join(
        f"<table:table-row {how}>{cell(plant(word, f'{sheet} (hidden rows)', cell=at, **_HIDDEN))}</table:table-row>"
        for how, word, at in (
            ('table:visibility="collapse"', "HiddenRow", "A10"),
            ('table:visibility="filter"', "FilteredRow", "A11"),
            ('table:style-name="ro0"', "NoHeight", "A12"),
        )
    )
    far = f"""<table:table-row table:number-rows-repeated="1000000"><table:table-cell
 table:number-columns-repeated="16384"/></table:table-row><table:table-row>
<table:table-cell table:number-columns-repeated="3"/>{cell(plant("FarCell", sheet, cell="D1000013"))}</table:table-row>"""
    box = f"""<table:shapes><draw:frame draw:name="{plant("ObjectName", "names of objects", **_HIDDEN)}"><draw:text-box>
<text:p>{plant("TextBox", "text box")}</text:p></draw:text-box><svg:desc>{plant("AltText", "alternative text")}</svg:desc>
</draw:frame></table:shapes>"""
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column table:style-name="co0"/>'
    return f'<table:table table:name="{name}">{box}{columns}{plain}{hidden}{far}</table:table>'


def _hidden_sheet(plant: Planting) -> str:
    name = plant("HiddenSheetName", "sheet names")
    return f"""<table:table table:name="{name}" table:style-name="ta2"><table:table-row>
{cell(plant("HiddenSheetCell", f"sheet {name} (hidden)", cell="A1", **_HIDDEN))}</table:table-row></table:table>"""


def _names(plant: Planting) -> str:
    return f"""<table:named-expressions>
<table:named-range table:name="{plant("RangeName", "defined names", **_HIDDEN)}" table:cell-range-address="$A.$A$1"/>
<table:named-expression table:name="e" table:expression="of:=&quot;{plant("NameValue", "defined names", **_HIDDEN)}&quot;"/>
</table:named-expressions><table:data-pilot-tables><table:data-pilot-table
 table:name="{plant("PivotName", "pivot table", **_HIDDEN)}"><table:data-pilot-field><table:data-pilot-level>
<table:data-pilot-members><table:data-pilot-member table:name="{plant("PivotMember", "pivot cache", **_HIDDEN)}"/>
</table:data-pilot-members></table:data-pilot-level></table:data-pilot-field></table:data-pilot-table>
</table:data-pilot-tables><table:dde-links><table:dde-link><table:table><table:table-row><table:table-cell
 office:value-type="string" office:string-value="{plant("LinkedCell", "external link", **_HIDDEN)}"/></table:table-row>
</table:table></table:dde-link></table:dde-links>"""


def _slide_styles() -> str:
    return """<office:automatic-styles><style:style style:name="dp2" style:family="drawing-page">
<style:drawing-page-properties presentation:visibility="hidden"/></style:style></office:automatic-styles>"""


def _slides(plant: Planting) -> str:
    form = cell(plant("SlideForm", "slide 1"))
    table = f"<draw:frame><table:table><table:table-row>{form}</table:table-row></table:table></draw:frame>"
    split = plant("SplitRun", "slide 1")
    return f"""<presentation:header-decl>{plant("HeaderDecl", "page header")}</presentation:header-decl>
<draw:page draw:name="{plant("PageName", "slide 1, page names")}"><draw:frame><draw:text-box>
<text:p>{plant("SlideBody", "slide 1, text box")}</text:p></draw:text-box></draw:frame>
<draw:custom-shape draw:name="{plant("ShapeName", "slide 1, names of objects", **_HIDDEN)}">
<text:p>{split[:8]}<text:span>{split[8:]}</text:span></text:p></draw:custom-shape>
<draw:g><draw:frame><draw:text-box><text:p>{plant("Grouped", "slide 1, text box")}</text:p></draw:text-box>
<svg:title>{plant("AltHeading", "slide 1, alternative text")}</svg:title>
<svg:desc>{plant("AltText", "slide 1, alternative text")}</svg:desc></draw:frame></draw:g>{table}
<draw:frame><draw:text-box><text:p><text:a xlink:href="https://x.example/?q={plant("LinkQuery", "slide 1, link")}">
{plant("LinkText", "slide 1, text box")}</text:a></text:p></draw:text-box></draw:frame>
<presentation:notes><draw:frame><draw:text-box><text:p>{plant("Notes", "speaker notes 1")}</text:p></draw:text-box>
</draw:frame></presentation:notes><office:annotation><dc:creator>x</dc:creator>
<text:p>{plant("Comment", "slide 1, comment", **_HIDDEN)}</text:p></office:annotation></draw:page>
<draw:page draw:name="page2" draw:style-name="dp2"><draw:frame><draw:text-box>
<text:p>{plant("HiddenSlide", "slide 2 (hidden)", **_HIDDEN)}</text:p></draw:text-box></draw:frame></draw:page>"""


def _slide_master(plant: Planting) -> str:
    return f"""<office:master-styles><style:master-page style:name="Default"><draw:frame><draw:text-box>
<text:p>{plant("Master", "master page")}</text:p></draw:text-box></draw:frame></style:master-page></office:master-styles>"""


def words_in(octets: bytes) -> set[str]:
    """The canaries that stand anywhere in the XML, whatever tags part them."""
    return set(re.findall(r"Zebra[A-Za-z]+?End", re.sub(r"<[^>]*>", "", octets.decode("utf-8", "replace"))))
