"""An Excel workbook with a canary in every place that people or programs write to."""

from __future__ import annotations

import base64
import io
import re
import struct

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.support.documents.planting import Package, Planted, Planting, zipped

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_SHEET = "xl/worksheets/sheet1.xml"
_CELL = "sheet Clients"


def make_xlsx() -> tuple[bytes, dict[str, Planted]]:
    """The workbook and its canaries."""
    plant = Planting()
    package = Package.of(_with_library(plant))
    _cells(package, plant)
    _sheet_texts(package, plant)
    _drawing(package, plant)
    _pivot(package, plant)
    _beside(package, plant)
    _strings(package, plant)
    return package.octets(), plant.planted


def _with_library(plant: Planting) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Clients"
    _plain_cells(sheet, plant)
    sheet.oddHeader.center.text = plant("PrintHeader", f"{_CELL}, page header")
    sheet.oddFooter.center.text = plant("PrintFooter", f"{_CELL}, page footer")
    sheet.firstHeader.left.text = plant("FirstHeader", f"{_CELL}, page header")
    validation = DataValidation(type="list", formula1=f'"{plant("ListChoice", f"{_CELL}, data validation")},b"')
    validation.prompt = plant("Prompt", f"{_CELL}, data validation")
    validation.promptTitle = plant("PromptHeading", f"{_CELL}, data validation")
    validation.error = plant("ErrorText", f"{_CELL}, data validation")
    validation.errorTitle = plant("ErrorHeading", f"{_CELL}, data validation")
    sheet.add_data_validation(validation)
    validation.add("D1")
    chart = BarChart()
    chart.title = plant("ChartTitle", f"{_CELL}, chart")
    chart.add_data(Reference(sheet, min_col=5, min_row=1, max_row=2), titles_from_data=True)
    sheet.add_chart(chart, "G2")
    for state, title in (("hidden", "Former"), ("veryHidden", "Oldest")):
        words = {"hidden": "hidden", "veryHidden": "very hidden"}[state]
        name = title + plant(f"{title}Name", "sheet names")
        other = book.create_sheet(name)
        other["B2"] = plant(f"{title}Cell", f"sheet {name} ({words})", hidden=True, cell="B2")
        other.sheet_state = state
    value = plant("NameValue", "defined names", hidden=True)
    name = plant("DefinedName", "defined names", hidden=True)
    book.defined_names[name] = DefinedName(name, attr_text=f'"{value}"')
    book.properties.title = plant("Title", "document properties")
    book.properties.creator = plant("Author", "document properties")
    book.properties.keywords = plant("Keywords", "document properties")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _plain_cells(sheet: openpyxl.worksheet.worksheet.Worksheet, plant: Planting) -> None:
    sheet["A1"] = plant("Cell", _CELL, cell="A1")
    sheet["A2"] = f'=CONCATENATE("{plant("FormulaText", f"{_CELL}, formula", cell="A2")}","x")'
    sheet["A3"] = 123456
    sheet["A3"].number_format = f'"{plant("NumberFormat", _CELL, cell="A3")} "0'
    sheet["B1"] = plant("HiddenColumn", f"{_CELL} (hidden columns)", hidden=True, cell="B1")
    sheet.column_dimensions["B"].hidden = True
    sheet["C5"] = plant("NoWidth", f"{_CELL} (hidden columns)", hidden=True, cell="C5")
    sheet["A9"] = plant("HiddenRow", f"{_CELL} (hidden rows)", hidden=True, cell="A9")
    sheet.row_dimensions[9].hidden = True
    sheet["A10"] = plant("NoHeight", f"{_CELL} (hidden rows)", hidden=True, cell="A10")
    sheet["A11"] = plant("GroupedRow", f"{_CELL} (hidden rows)", hidden=True, cell="A11")
    sheet.row_dimensions.group(11, 11, outline_level=1, hidden=True)
    sheet["A12"] = plant("WhiteCell", f"{_CELL} (hidden cells)", hidden=True, cell="A12")
    sheet["A12"].font = Font(color="FFFFFFFF")
    sheet["A13"] = plant("EmptyFormat", f"{_CELL} (hidden cells)", hidden=True, cell="A13")
    sheet["A13"].number_format = ";;;"
    sheet["A14"] = plant("SameColours", f"{_CELL} (hidden cells)", hidden=True, cell="A14")
    sheet["A14"].font = Font(color="FF00AA00")
    sheet["A14"].fill = PatternFill("solid", fgColor="FF00AA00")
    sheet["A15"] = plant("WhiteOnBlue", _CELL, cell="A15")
    sheet["A15"].font = Font(color="FFFFFFFF")
    sheet["A15"].fill = PatternFill("solid", fgColor="FF0000AA")
    sheet["E1"], sheet["E2"] = "x", 3
    sheet["D6"] = "c"
    comment = plant("Comment", f"{_CELL}, comment on D6", hidden=True)
    sheet["D6"].comment = Comment(comment, plant("CommentAuthor", "authors of comments", hidden=True))
    sheet["D7"] = "link"
    sheet["D7"].hyperlink = f"https://x.example/?q={plant('LinkQuery', f'{_CELL}, link')}"
    sheet["D7"].hyperlink.tooltip = plant("LinkTip", f"{_CELL}, link")


def _cells(package: Package, plant: Planting) -> None:
    package.replace(_SHEET, '<c r="A2"><f>', '<c r="A2" t="str"><f>')
    # What the library does not write: no width, no height.
    package.replace(_SHEET, "</cols>", '<col min="3" max="3" width="0" customWidth="1"/></cols>')
    package.replace(_SHEET, '<row r="10"', '<row r="10" ht="0" customHeight="1"')
    text = package.parts[_SHEET].decode()
    cached = plant("FormulaResult", _CELL, cell="A2")
    text = re.sub(r'(<c r="A2"[^>]*><f>.*?</f>)<v\s*/?>(?:</v>)?', rf"\1<v>{cached}</v>", text)
    inline, second = (
        plant("InlineRuns", _CELL, cell="Z1"),
        plant("FilteredRow", f"{_CELL} (hidden rows)", hidden=True, cell="A40"),
    )
    runs = f"<is><r><t>{inline[:7]}</t></r><r><rPr><b/></rPr><t>{inline[7:]}</t></r></is>"
    text = text.replace("</row>", f'<c r="Z1" t="inlineStr">{runs}</c></row>', 1)
    row = f'<row r="40" hidden="1"><c r="A40" t="inlineStr"><is><t>{second}</t></is></c></row>'
    shared = '<row r="41"><c r="A41" t="s"><v>0</v></c><c r="B60"/></row>'
    package.parts[_SHEET] = text.replace("</sheetData>", f"{row}{shared}</sheetData>").encode()


def _strings(package: Package, plant: Planting) -> None:
    shared = plant("SharedRuns", _CELL, cell="A41")
    unused = plant("Unused", "text of no cell", hidden=True)
    sound = plant("Sound", "phonetic text", hidden=True)
    runs = f"<si><r><t>{shared[:8]}</t></r><r><t>{shared[8:]}</t></r><rPh sb='0' eb='1'><t>{sound}</t></rPh></si>"
    package.add("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{runs}<si><t>{unused}</t></si></sst>')
    package.relate("xl/workbook.xml", "rIdSst", "sharedStrings", "sharedStrings.xml")


def _sheet_texts(package: Package, plant: Planting) -> None:
    rule = plant("ConditionText", f"{_CELL}, conditional formatting", hidden=True)
    chosen = plant("FilterValue", f"{_CELL}, filter", hidden=True)
    scenario, note = plant("ScenarioName", _CELL), plant("ScenarioNote", _CELL)
    extended = plant("LaterList", f"{_CELL}, data validation")
    ext = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations'
        ' xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
        ' xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list"><x14:formula1>'
        f'<xm:f>"{extended},b"</xm:f></x14:formula1><xm:sqref>A60</xm:sqref></x14:dataValidation></x14:dataValidations>'
        "</ext></extLst>"
    )
    package.replace(
        _SHEET,
        "</sheetData>",
        f'</sheetData><autoFilter ref="A39:A40"><filterColumn colId="0"><filters><filter val="{chosen}"/></filters>'
        f'</filterColumn></autoFilter><scenarios><scenario name="{scenario} one" comment="{note}"/></scenarios>'
        f'<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"><formula>A1="{rule}"</formula></cfRule>'
        "</conditionalFormatting>",
    )
    package.before_end(_SHEET, "worksheet", ext)
    threaded, person = plant("ThreadedComment", f"{_CELL}, comment on D6", hidden=True), "{11111111-1111}"
    package.add(
        "xl/threadedComments/threadedComment1.xml",
        f'<ThreadedComments xmlns="{_THREADED}"><threadedComment ref="D6" personId="{person}"><text>{threaded}</text>'
        "</threadedComment></ThreadedComments>",
    )
    package.relate(
        _SHEET,
        "rIdTc",
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
        "../threadedComments/threadedComment1.xml",
    )
    named = plant("PersonName", "authors of comments", hidden=True)
    package.add(
        "xl/persons/person.xml",
        f'<personList xmlns="{_THREADED}"><person displayName="{named}" id="{person}"'
        f' userId="S::{plant("PersonId", "authors of comments", hidden=True)}@a.example"/></personList>',
    )
    column = plant("TableHead", f"{_CELL}, table heads")
    package.add(
        "xl/tables/table1.xml",
        f'<table xmlns="{MAIN}" id="1" name="T1" displayName="T1" ref="A1:A2"><tableColumns count="1">'
        f'<tableColumn id="1" name="{column}" totalsRowLabel="{plant("TotalsLabel", f"{_CELL}, table heads")}"/>'
        "</tableColumns></table>",
    )
    package.relate(_SHEET, "rIdTable", "table", "../tables/table1.xml")


def _drawing(package: Package, plant: Planting) -> None:
    name = next(name for name in package.parts if name.startswith("xl/drawings/drawing"))
    tag = "xdr:wsDr" if b"</xdr:wsDr>" in package.parts[name] else "wsDr"
    package.before_end(
        name,
        tag,
        '<xdr:twoCellAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:from><xdr:col>1</xdr:col>'
        "<xdr:colOff>0</xdr:colOff><xdr:row>20</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>3</xdr:col>"
        "<xdr:colOff>0</xdr:colOff><xdr:row>23</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp><xdr:nvSpPr>"
        f'<xdr:cNvPr id="9" name="{plant("ObjectName", f"{_CELL}, names of objects", hidden=True)}"'
        f' descr="{plant("AltText", f"{_CELL}, alternative text")}"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr/>'
        f"<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{plant('TextBox', _CELL)}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
        "<xdr:clientData/></xdr:twoCellAnchor>",
    )


def _pivot(package: Package, plant: Planting) -> None:
    cache = {"hidden": True}
    field, kept = (
        plant("PivotField", "pivot cache", cell="A1", **cache),
        plant("PivotKept", "pivot cache", cell="A2", **cache),
    )
    record = plant("PivotRecord", "pivot cache", cell="B2", **cache)
    old = plant("PivotOldItem", "pivot cache, kept values", **cache)
    by = plant("PivotRefreshedBy", "pivot cache, source", **cache)
    package.add(
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f'<pivotCacheDefinition xmlns="{MAIN}" refreshedBy="{by}"><cacheSource type="worksheet"/><cacheFields>'
        f'<cacheField name="{field}"><sharedItems><s v="{old}"/><s v="{kept}"/></sharedItems></cacheField>'
        '<cacheField name="Note"><sharedItems/></cacheField></cacheFields></pivotCacheDefinition>',
    )
    package.relate("xl/pivotCache/pivotCacheDefinition1.xml", "rId1", "pivotCacheRecords", "pivotCacheRecords1.xml")
    package.add(
        "xl/pivotCache/pivotCacheRecords1.xml",
        f'<pivotCacheRecords xmlns="{MAIN}" count="1"><r><x v="1"/><s v="{record}"/></r></pivotCacheRecords>',
    )
    package.add(
        "xl/pivotTables/pivotTable1.xml",
        f'<pivotTableDefinition xmlns="{MAIN}" name="p" dataCaption="{plant("PivotCaption", f"{_CELL}, pivot table")}"/>',
    )
    package.relate(_SHEET, "rIdPivot", "pivotTable", "../pivotTables/pivotTable1.xml")


def _beside(package: Package, plant: Planting) -> None:
    linked = plant("LinkedCell", "external link", hidden=True)
    package.add(
        "xl/externalLinks/externalLink1.xml",
        f'<externalLink xmlns="{MAIN}"><externalBook><sheetNames><sheetName val="{plant("LinkedSheet", "external link", hidden=True)} x"/>'
        f'</sheetNames><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1" t="str"><v>{linked}</v></cell></row>'
        "</sheetData></sheetDataSet></externalBook></externalLink>",
    )
    path = plant("LinkedPath", "external source", hidden=True)
    package.relate(
        "xl/externalLinks/externalLink1.xml", "rId1", "externalLinkPath", f"file:///C:/{path}.xlsx", external=True
    )
    package.add(
        "xl/connections.xml",
        f'<connections xmlns="{MAIN}"><connection id="1" description="{plant("ConnectionNote", "data connection", hidden=True)}">'
        f'<dbPr connection="{plant("ConnectionString", "data connection", hidden=True)}"'
        f' command="{plant("ConnectionQuery", "data connection", hidden=True)}"/></connection></connections>',
    )
    package.add(
        "xl/richData/rdrichvalue.xml",
        '<rvData xmlns="http://schemas.microsoft.com/office/spreadsheetml/2017/richdata" count="1">'
        f'<rv s="0"><v>{plant("RichValue", "other content", hidden=True)}</v></rv></rvData>',
    )
    package.add(
        "xl/revisions/revisionLog1.xml",
        f'<revisions xmlns="{MAIN}"><rcc rId="1" sId="1"><oc r="A1" t="inlineStr"><is><t>'
        f"{plant('OldCellValue', 'change history', hidden=True)}</t></is></oc></rcc></revisions>",
    )
    package.add(
        "xl/slicers/slicer1.xml",
        '<slicers xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        f'<slicer name="s" caption="{plant("SlicerCaption", "other content", hidden=True)}"/></slicers>',
    )
    package.add("customXml/item1.xml", f'<d xmlns="urn:x"><v>{plant("CustomXml", "custom data", hidden=True)}</v></d>')
    _queries(package, plant)
    package.add(
        "xl/ctrlProps/ctrlProp1.xml",
        '<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" objectType="Drop">'
        f'<itemLst><item val="{plant("ControlItem", "other content", hidden=True)} x"/></itemLst></formControlPr>',
    )
    style = plant("StyleName", "number formats", hidden=True)
    package.before_end("xl/styles.xml", "cellStyles", f'<cellStyle name="{style}" xfId="0"/>')


def _queries(package: Package, plant: Planting) -> None:
    """[MS-QDEFF] 2.2: version, length, package, and more that nothing is planted in."""
    formula = plant("PowerQuery", "", hidden=True, part="queries/Formulas/Section1.m")
    inner = zipped(
        {
            "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "Formulas/Section1.m": f'section Section1;\nshared Q = "{formula}";\n'.encode(),
        }
    )
    stream = struct.pack("<II", 0, len(inner)) + inner + bytes(12)
    data = base64.b64encode(stream).decode()
    package.add(
        "customXml/item2.xml", f'<DataMashup xmlns="http://schemas.microsoft.com/DataMashup">{data}</DataMashup>'
    )
