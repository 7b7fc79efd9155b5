"""A Word document with a canary in every place that people or programs write to."""

from __future__ import annotations

import io

import docx
import openpyxl

from tests.support.documents.planting import Package, Planted, Planting

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_W14 = "http://schemas.microsoft.com/office/word/2012/wordml"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def make_docx() -> tuple[bytes, dict[str, Planted]]:
    """The document and its canaries."""
    plant = Planting()
    package = Package.of(_with_library(plant))
    body = "".join((_changes(plant), _runs(plant), _controls(plant), _fields(plant), _shapes(plant), _others(plant)))
    text = package.parts["word/document.xml"].decode()
    at = text.rindex("<w:sectPr")
    package.parts["word/document.xml"] = (text[:at] + body + text[at:]).encode()
    _notes(package, plant)
    _beside(package, plant)
    _properties(package, plant)
    return package.octets(), plant.planted


def _with_library(plant: Planting) -> bytes:
    document = docx.Document()
    properties = document.core_properties
    properties.title = plant("Title", "document properties")
    properties.subject = plant("Subject", "document properties")
    properties.keywords = plant("Keywords", "document properties")
    properties.author = plant("Author", "document properties")
    properties.comments = plant("Description", "document properties")
    properties.last_modified_by = plant("Modifier", "document properties")
    properties.category = plant("Category", "document properties")
    paragraph = document.add_paragraph(plant("Body", "") + " and Zebra")
    plant("SplitRun", "")
    paragraph.add_run("Split").bold = True
    paragraph.add_run("RunEnd")
    form = document.add_table(2, 2)
    form.cell(0, 0).text = plant("FormCell", "")
    form.cell(1, 1).add_table(1, 1).cell(0, 0).text = plant("NestedTable", "")
    records = document.add_table(3, 3)
    for row, texts in enumerate((("Name", "Reference", "Ward"), ("Ann", "", "3"), ("Bob", "", "4"))):
        for column, text in enumerate(texts):
            records.cell(row, column).text = text
    records.cell(2, 1).text = plant("RecordCell", "table 1", cell="B3")
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].text = plant("Header", "page header")
    section.footer.paragraphs[0].text = plant("Footer", "page footer")
    section.first_page_header.paragraphs[0].text = plant("FirstHeader", "page header")
    section.first_page_footer.paragraphs[0].text = plant("FirstFooter", "page footer")
    document.settings.odd_and_even_pages_header_footer = True
    section.even_page_header.paragraphs[0].text = plant("EvenHeader", "page header")
    comment = document.add_comment(paragraph.runs[0], text=plant("Comment", "comment", hidden=True))
    comment.author = plant("CommentAuthor", "authors of changes", hidden=True)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _changes(plant: Planting) -> str:
    author = plant("TrackAuthor", "authors of changes", hidden=True)
    by = f'w:author="{author}" w:date="2026-01-01T00:00:00Z"'
    inserted, deleted = plant("Inserted", ""), plant("Deleted", "tracked deletion", hidden=True)
    row = plant("DeletedRow", "tracked deletion", hidden=True)
    moved, here = plant("MovedAway", "moved text", hidden=True), plant("MovedHere", "")
    plant("HalfDeletedWord", "tracked deletion", hidden=True)
    return f"""
<w:p><w:ins w:id="90" {by}><w:r><w:t>{inserted}</w:t></w:r></w:ins>
<w:del w:id="91" {by}><w:r><w:delText>{deleted}</w:delText></w:r></w:del></w:p>
<w:p><w:moveFrom w:id="92" {by}><w:r><w:t>{moved}</w:t></w:r></w:moveFrom></w:p>
<w:p><w:moveTo w:id="93" {by}><w:r><w:t>{here}</w:t></w:r></w:moveTo></w:p>
<w:p><w:r><w:t>ZebraHalf</w:t></w:r><w:del w:id="94" {by}><w:r><w:delText>Deleted</w:delText></w:r>
<w:r><w:delText>WordEnd</w:delText></w:r></w:del></w:p>
<w:tbl><w:tblPr/><w:tr><w:trPr><w:del w:id="95" {by}/></w:trPr><w:tc><w:p><w:r><w:t>{row}</w:t></w:r></w:p></w:tc>
</w:tr></w:tbl>"""


def _runs(plant: Planting) -> str:
    hidden = {"hidden": True}
    plant("SoftHyphened", "")
    plant("NoBreak", "")
    plant("Symbol", "")
    texts = {
        "<w:vanish/>": plant("Vanished", "hidden text", **hidden),
        '<w:color w:val="FFFFFF"/>': plant("White", "hidden text", **hidden),
        '<w:color w:val="FFFFFF" w:themeColor="background1"/>': plant("ThemeWhite", "hidden text", **hidden),
        '<w:sz w:val="2"/>': plant("Tiny", "hidden text", **hidden),
        '<w:rStyle w:val="Secret"/>': plant("StyleHidden", "hidden text", **hidden),
        '<w:vanish w:val="0"/>': plant("NotVanished", ""),
        '<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>': plant("WhiteOnBlack", ""),
        '<w:rPrChange w:id="9" w:author="x"><w:rPr><w:vanish/></w:rPr></w:rPrChange>': plant("NoLongerHidden", ""),
    }
    runs = "".join(f"<w:p><w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r></w:p>" for look, text in texts.items())
    base, sound = plant("RubyBase", ""), plant("RubySound", "phonetic text", hidden=True)
    return f"""{runs}
<w:p><w:pPr><w:pStyle w:val="SecretParagraph"/></w:pPr><w:r><w:t>{plant("ParagraphStyle", "hidden text", hidden=True)}
</w:t></w:r></w:p>
<w:p><w:r><w:t>ZebraSoft</w:t><w:softHyphen/><w:t>HyphenedEnd</w:t></w:r></w:p>
<w:p><w:r><w:t>943</w:t><w:noBreakHyphen/></w:r><w:r><w:t>ZebraNoBreakEnd</w:t><w:tab/><w:t>5919</w:t></w:r></w:p>
<w:p><w:r><w:t>ZebraSymb</w:t><w:sym w:font="Arial" w:char="F06F"/><w:t>lEnd</w:t></w:r></w:p>
<w:p><w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>{sound}</w:t></w:r></w:rt>
<w:rubyBase><w:r><w:t>{base}</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"""


def _controls(plant: Planting) -> str:
    control = "content control"
    return f"""
<w:sdt><w:sdtPr><w:alias w:val="{plant("ControlTitle", control, hidden=True)}"/>
<w:tag w:val="{plant("ControlTag", control, hidden=True)}"/>
<w:dropDownList w:lastValue="{plant("ControlLast", control, hidden=True)}">
<w:listItem w:displayText="{plant("ListItemShown", control, hidden=True)}"
 w:value="{plant("ListItemValue", control, hidden=True)}"/>
</w:dropDownList></w:sdtPr><w:sdtContent><w:p><w:r><w:t>{plant("ControlBlock", "")}</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:p><w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>{plant("ControlInline", "")}</w:t></w:r></w:sdtContent></w:sdt></w:p>
<w:p><w:smartTag w:element="PersonName"><w:smartTagPr><w:attr w:name="case"
 w:val="{plant("SmartTag", "smart tag", hidden=True)}"/></w:smartTagPr><w:r><w:t>tagged</w:t></w:r></w:smartTag></w:p>"""


def _fields(plant: Planting) -> str:
    form = "form field"
    link = plant("LinkText", "")
    plant("FieldMailto", "field code")
    return f"""
<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="{plant("FormName", form)}"/>
<w:helpText w:val="{plant("FormHelp", form)}"/><w:statusText w:val="{plant("FormStatus", form)}"/>
<w:textInput><w:default w:val="{plant("FormDefault", form)}"/></w:textInput>
<w:ddList><w:listEntry w:val="{plant("FormEntry", form)}"/></w:ddList></w:ffData></w:fldChar></w:r>
<w:r><w:instrText> FORMTEXT {plant("FieldCode", "field code")} </w:instrText></w:r>
<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{plant("FieldResult", "")}</w:t></w:r>
<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "mailto:Zebra</w:instrText></w:r>
<w:r><w:instrText>FieldMailtoEnd@a.example"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:p><w:fldSimple w:instr=" DOCPROPERTY {plant("SimpleField", "field code")} "><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>
<w:p><w:hyperlink r:id="rIdLink1" w:tooltip="{plant("LinkTip", "link")}"><w:r><w:t>{link}</w:t></w:r></w:hyperlink></w:p>
<w:p><w:bookmarkStart w:id="7" w:name="{plant("Bookmark", "bookmarks", hidden=True)}"/><w:bookmarkEnd w:id="7"/></w:p>"""


def _shapes(plant: Planting) -> str:
    box = plant("TextBox", "text box")
    wps = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    return f"""
<w:p><w:r><w:t>be</w:t></w:r><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"
 alt="{plant("VmlAlt", "alternative text")}"><v:textbox><w:txbxContent><w:p><w:r><w:t>{plant("VmlBox", "text box")}
</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape>
<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="{plant("WordArt", "word art")}"/></v:shape>
</w:pict></w:r><w:r><w:t>side</w:t></w:r></w:p>
<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
<mc:Choice xmlns:wps="{wps}" Requires="wps"><w:drawing>
<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">
<wp:extent cx="900000" cy="300000"/><wp:docPr id="7" name="{plant("ObjectName", "names of objects", hidden=True)}"
 descr="{plant("AltText", "alternative text")}" title="{plant("AltHeading", "alternative text")}"/>
<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="{wps}"><wps:wsp>
<wps:cNvSpPr txBox="1"/><wps:spPr/><wps:txbx><w:txbxContent><w:p><w:r><w:t>{box}</w:t></w:r></w:p></w:txbxContent>
</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent><w:p><w:r><w:t>{box}
</w:t></w:r></w:p><w:p><w:r><w:t>{plant("FallbackOnly", "alternative content", hidden=True)}</w:t></w:r></w:p>
</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"""


def _others(plant: Planting) -> str:
    return f"""
<w:p><w:r><w:t xml:space="preserve">note </w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>
<w:r><w:endnoteReference w:id="2"/></w:r></w:p>
<w:p><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>{plant("Formula", "")}</m:t>
</m:r></m:oMath></w:p>
<w:tbl><w:tblPr><w:tblCaption w:val="{plant("TableCaption", "alternative text")}"/>
<w:tblDescription w:val="{plant("TableSummary", "alternative text")}"/></w:tblPr>
<w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:altChunk r:id="rIdAlt"/>
<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" Type="Embed"
 ProgID="Excel.Sheet.12" ShapeID="_x" DrawAspect="Icon" ObjectID="_1" r:id="rIdEmb"/></w:object></w:r></w:p>"""


def _notes(package: Package, plant: Planting) -> None:
    for kind, place in (("footnote", "footnote"), ("endnote", "endnote")):
        word = plant(kind.title(), place)
        separators = f'<w:{kind} w:type="separator" w:id="0"><w:p/></w:{kind}>'
        note = f'<w:{kind} w:id="2"><w:p><w:r><w:t>{word}</w:t></w:r></w:p></w:{kind}>'
        package.add(f"word/{kind}s.xml", f"<w:{kind}s {W}>{separators}{note}</w:{kind}s>", f"{_WORD}{kind}s+xml")
        package.relate("word/document.xml", f"rId{kind}", f"{kind}s", f"{kind}s.xml")


def _beside(package: Package, plant: Planting) -> None:
    document = "word/document.xml"
    query = plant("LinkQuery", "link")
    package.relate(document, "rIdLink1", "hyperlink", f"https://x.example/?q=Ann%20{query}", external=True)
    mailto = plant("LinkMailto", "link")
    package.relate(document, "rIdLink2", "hyperlink", f"mailto:{mailto}@a.example?subject=x", external=True)
    template = plant("Template", "external source", hidden=True)
    package.relate("word/settings.xml", "rIdT", "attachedTemplate", f"file:///C:/{template}.dotx", external=True)
    chunk = f"<html><body><p>{plant('AltChunk', '', part='word/afchunk.html')}</p></body></html>"
    package.add("word/afchunk.html", chunk.encode(), "text/html")
    package.relate(document, "rIdAlt", "aFChunk", "afchunk.html")
    package.add(
        "customXml/item1.xml",
        f'<case xmlns="urn:x" worker="{plant("CustomAttribute", "custom data", hidden=True)}">'
        f"<v>{plant('CustomXml', 'custom data', hidden=True)}</v></case>",
    )
    package.relate(document, "rIdCx", "customXml", "../customXml/item1.xml")
    _chart(package, plant)
    _embedded(package, plant)
    package.add(
        "word/people.xml",
        f'<w15:people xmlns:w15="{_W14}"><w15:person w15:author="{plant("Person", "authors of comments", hidden=True)}">'
        f'<w15:presenceInfo w15:providerId="AD" w15:userId="S::{plant("PersonId", "authors of comments", hidden=True)}"/>'
        "</w15:person></w15:people>",
    )
    glossary = plant("Glossary", "building blocks", hidden=True)
    named = plant("BlockName", "building blocks", hidden=True)
    package.add(
        "word/glossary/document.xml",
        f'<w:glossaryDocument {W}><w:docParts><w:docPart><w:docPartPr><w:name w:val="{named}"/></w:docPartPr>'
        f"<w:docPartBody><w:p><w:r><w:t>{glossary}</w:t></w:r></w:p></w:docPartBody></w:docPart></w:docParts>"
        "</w:glossaryDocument>",
    )
    variable = plant("Variable", "document variables", hidden=True)
    merge = plant("MergeQuery", "mail merge", hidden=True)
    package.before_end(
        "word/settings.xml",
        "w:settings",
        f'<w:docVars><w:docVar w:name="x" w:val="{variable}"/></w:docVars>'
        f'<w:mailMerge><w:query w:val="SELECT {merge}"/></w:mailMerge>',
    )
    package.before_end("word/styles.xml", "w:styles", _styles(plant))
    _numbering(package, plant)


def _styles(plant: Planting) -> str:
    named = plant("StyleName", "styles", hidden=True)
    return (
        f'<w:style w:type="character" w:customStyle="1" w:styleId="Secret"><w:name w:val="{named}"/>'
        "<w:rPr><w:vanish/></w:rPr></w:style>"
        '<w:style w:type="paragraph" w:styleId="SecretBase"><w:name w:val="sb"/><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="SecretParagraph"><w:name w:val="sp"/><w:basedOn w:val="SecretBase"/>'
        "</w:style>"
    )


def _numbering(package: Package, plant: Planting) -> None:
    level = f'<w:lvl w:ilvl="0"><w:lvlText w:val="{plant("ListLabel", "list numbering")} %1."/></w:lvl>'
    package.before_end(
        "word/numbering.xml", "w:numbering", f'<w:abstractNum w:abstractNumId="99">{level}</w:abstractNum>'
    )


def _chart(package: Package, plant: Planting) -> None:
    title, cached = plant("ChartTitle", "chart"), plant("ChartCache", "chart")
    package.add(
        "word/charts/chart1.xml",
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:title><c:tx><c:rich><a:p><a:r>'
        f"<a:t>{title[:8]}</a:t></a:r><a:r><a:t>{title[8:]}</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea>"
        f'<c:barChart><c:ser><c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>{cached}</c:v></c:pt></c:strCache></c:strRef>'
        "</c:cat></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>",
    )
    package.relate("word/document.xml", "rIdChart", "chart", "charts/chart1.xml")


def _embedded(package: Package, plant: Planting) -> None:
    name = "word/embeddings/Microsoft_Excel_Sheet.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = plant("EmbeddedCell", "sheet Sheet", part=name)
    buffer = io.BytesIO()
    workbook.save(buffer)
    package.add(name, buffer.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    package.relate("word/document.xml", "rIdEmb", "package", "embeddings/Microsoft_Excel_Sheet.xlsx")


def _properties(package: Package, plant: Planting) -> None:
    manager = plant("Manager", "document properties")
    package.before_end("docProps/app.xml", "Properties", f"<Manager>{manager}</Manager>")
    named, value = plant("PropertyName", "document properties"), plant("PropertyValue", "document properties")
    package.add(
        "docProps/custom.xml",
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{named}">'
        f"<vt:lpwstr>{value}</vt:lpwstr></property></Properties>",
    )
    package.relate("", "rIdCust", "custom-properties", "docProps/custom.xml")
