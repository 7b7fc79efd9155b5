"""Documents that programs write in odd ways, or that somebody broke on purpose: what can be read is read, the rest is a
gap, and nothing costs more than the budget."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
from collections.abc import Callable

import pytest
from python_calamine import CalamineWorkbook

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason
from tests.support.cpu_time import within
from tests.support.documents import odf, xlsb
from tests.support.documents.docx import W
from tests.support.documents.planting import zipped

_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def document(text: str = "K_BODY", namespaces: str = W, encoding: str = "utf-8") -> bytes:
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?><w:document {namespaces}><w:body>'
        f"<w:p><w:r><w:t>{text[:3]}</w:t></w:r><w:r><w:t>{text[3:]}</w:t></w:r></w:p></w:body></w:document>"
    )
    return xml.encode(encoding)


def docx(main: bytes = b"", **more: bytes) -> bytes:
    return zipped({"[Content_Types].xml": _TYPES, "word/document.xml": main or document(), **more})


def sheet(rows: str) -> bytes:
    return f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def xlsx(rows: str, **more: bytes) -> bytes:
    """A workbook of one sheet called Clients."""
    listed = '<sheets><sheet name="Clients" r:id="rId1"/></sheets>'
    book = f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}">{listed}</workbook>'
    relation = f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "xl/workbook.xml": book.encode(),
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>'.encode(),
            "xl/worksheets/sheet1.xml": sheet(rows),
            **more,
        }
    )


@pytest.mark.parametrize(
    "main",
    [
        document(encoding="utf-16"),
        b"\xef\xbb\xbf" + document(),
        b"\r\n  " + document(),
        document(namespaces=f'xmlns:w="{_STRICT}"'),
        document().replace(b"w:", b"ns0:").replace(b"xmlns:w", b"xmlns:ns0"),
        document(encoding="iso-8859-1"),
        re.sub(rb"<\?xml.*?\?>", b"", document()),
        b'<?xml version="1.0"?><!DOCTYPE d PUBLIC "a" "b.dtd">' + re.sub(rb"<\?xml.*?\?>", b"", document()),
    ],
    ids=["utf-16", "bom", "blanks first", "strict", "other prefix", "latin-1", "no declaration", "plain doctype"],
)
def test_a_main_text_in_any_of_the_forms_that_xml_has_is_read(read: Callable, main: bytes) -> None:
    reading = read(docx(main), "letter.docx")
    assert reading.where("K_BODY") == [("2", "", False)]
    assert reading.gaps == ()


@pytest.mark.parametrize(
    "parts",
    [
        {"word/document.xml": document()},
        {"[Content_Types].xml": _TYPES, "word\\document.xml": document()},
        {"[Content_Types].xml": _TYPES, "/word/document.xml": document()},
        {"[content_types].XML": _TYPES, "Word/Document.XML": document()},
        {"[Content_Types].xml": _TYPES, "odd/place.xml": document()},
        {"[Content_Types].xml": _TYPES, "main": document()},
    ],
    ids=["no content types", "backslash", "leading slash", "other case", "another folder", "no suffix"],
)
def test_a_package_with_parts_in_odd_places_is_read(read: Callable, parts: dict[str, bytes]) -> None:
    reading = read(zipped(parts), "letter.docx")
    assert reading.where("K_BODY")
    assert reading.gaps == ()


@pytest.mark.parametrize(
    "target", ["/xl/worksheets/sheet1.xml", "../xl/worksheets/sheet1.xml", "WORKSHEETS/Sheet1.xml"]
)
def test_a_sheet_is_named_however_the_workbook_refers_to_it(read: Callable, target: str) -> None:
    octets = xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>K_CELL</t></is></c></row>')
    relation = f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="{target}"/>'
    relations = f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>'.encode()
    parts = {"xl/_rels/workbook.xml.rels": relations}
    reading = read(with_parts(octets, parts), "clients.xlsx")
    assert reading.where("K_CELL") == [("2", "sheet Clients", False)]


def with_parts(octets: bytes, parts: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()} | parts)


@pytest.mark.parametrize("octets", [b"", b"  \r\n", b"\xef\xbb\xbf", b"\xff\xfe \x00"])
def test_an_empty_part_is_no_gap(read: Callable, octets: bytes) -> None:
    reading = read(docx(**{"word/header1.xml": octets}), "letter.docx")
    assert reading.where("K_BODY")
    assert reading.gaps == ()


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE d [<!ENTITY a "QQ">]>',
        '<!DOCTYPE d [<!ATTLIST w:t x CDATA "QQ">]>',
        '<!-- <!DOCTYPE d> --><!DOCTYPE d [<!ENTITY a "QQ">]>',
        '<!DOCTYPE d SYSTEM "x" [<!ENTITY % p SYSTEM "y">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_a_part_that_may_declare_what_it_shows_is_ambiguous(read: Callable, prolog: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>'
    head = text.encode("utf-8" if encoding == "utf-7" else encoding)
    bom = head[:2] if encoding == "utf-16" else b""
    rest = f"{prolog}<w:hdr {W}><w:p><w:r><w:t>x</w:t></w:r></w:p></w:hdr>".encode(encoding)
    reading = read(docx(**{"word/header1.xml": head + rest.removeprefix(bom)}), "letter.docx")
    assert GapReason.AMBIGUOUS in reading.reasons
    assert reading.where("K_BODY")


@pytest.mark.parametrize("name", ["word/drawings/vmlDrawing1.vml", "customXml/item1.xml"])
def test_entities_that_multiply_are_refused_also_where_faults_are_forgiven(read: Callable, name: str) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE xml [<!ENTITY l0 "haha">{laughs}]><xml alt="&l9;"><v>&l9;</v></xml>'
    reading = read(docx(**{name: bomb.encode()}), "letter.docx")
    assert GapReason.AMBIGUOUS in reading.reasons
    assert len(reading.text) < 10_000
    assert reading.where("K_BODY")


def test_references_to_characters_are_read_as_themselves_in_attributes_too(read: Callable) -> None:
    relation = f'<Relationship Id="r" Type="{_OFFICE}/hyperlink" TargetMode="External" Target="https://x.example/?a=1&amp;b&#61;&#50;"/>'
    relations = f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>'.encode()
    reading = read(docx(**{"word/_rels/document.xml.rels": relations}), "letter.docx")
    assert reading.one("x.example").text == "https://x.example/?a=1&b=2"


def test_text_before_a_fault_is_kept_beside_the_gap(read: Callable) -> None:
    cut = document("K_BEFORE").replace(b"</w:body></w:document>", b"<w:p><w:r></w:p>K_AFTER")
    reading = read(docx(cut), "letter.docx")
    assert reading.where("K_BEFORE") == [("2", "", False)]
    assert reading.reasons == [GapReason.CORRUPT]


def test_cells_before_a_fault_are_kept_beside_the_gap(read: Callable) -> None:
    octets = xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>K_CELL</t></is></c></row><row><c></row>')
    reading = read(octets, "clients.xlsx")
    assert reading.where("K_CELL") == [("2", "sheet Clients", False)]
    assert reading.reasons == [GapReason.CORRUPT]


def test_a_drawing_of_office_with_open_elements_is_read_to_its_end(read: Callable) -> None:
    """Office itself writes such VML."""
    vml = b'<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><br>K_ONE</v:shape><v:shape alt="K_TWO"/></xml>'
    reading = read(docx(**{"word/drawings/vmlDrawing1.vml": vml}), "letter.docx")
    assert reading.where("K_ONE")
    assert reading.where("K_TWO")
    assert reading.gaps == ()


@pytest.mark.parametrize("name", ["xl/activeX/activeX1.bin", "[trash]/0000.dat", "xl/customProperty1.bin"])
def test_words_in_properties_of_controls_are_read_without_a_gap(read: Callable, name: str) -> None:
    octets = (
        b"\x00\x02\x14\x00" + "Reference".encode("utf-16-le") + b"\x00\x03" + "Client".encode("utf-16-le") + bytes(9)
    )
    reading = read(xlsx("", **{name: octets}), "clients.xlsx")
    assert [hidden for _, _, hidden in reading.where("Reference")] == [True]
    assert reading.gaps == ()


def test_a_file_that_goes_by_the_name_of_a_font_is_read_nevertheless(read: Callable) -> None:
    inner = zipped({"note.txt": b"K_INNER in a note"})
    assert read(docx(**{"word/fonts/font1.odttf": inner}), "letter.docx").where("K_INNER")


def test_a_font_is_no_gap(read: Callable) -> None:
    assert read(docx(**{"word/fonts/font1.odttf": bytes(range(256))}), "letter.docx").gaps == ()


# -- What costs much --


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("<w:p>", "</w:p>"), ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"), ("<w:txbxContent>", "</w:txbxContent>")],
)
def test_text_below_thousands_of_levels_is_read(read: Callable, opening: str, closing: str) -> None:
    deep = opening * 5000 + "<w:p><w:r><w:t>K_DEEP</w:t></w:r></w:p>" + closing * 5000
    reading = read(docx(f"<w:document {W}><w:body>{deep}</w:body></w:document>".encode()), "letter.docx")
    assert reading.where("K_DEEP")
    assert reading.gaps == ()


def test_annotations_within_one_another_cost_no_stack(read: Callable) -> None:
    deep = "<office:annotation><text:p>" * 5000 + "K_DEEP" + "</text:p></office:annotation>" * 5000
    content = f"<office:body><office:text><text:p>{deep}</text:p></office:text></office:body>"
    reading = read(odf.package("text", content), "letter.odt")
    assert reading.where("K_DEEP")


def test_more_tags_than_the_budget_are_a_gap_and_what_came_before_is_read(read: Callable) -> None:
    body = "<w:p><w:r><w:t>K_FIRST</w:t></w:r></w:p>" + "<w:p/>" * 30_000
    octets = docx(f"<w:document {W}><w:body>{body}</w:body></w:document>".encode())
    reading = read(octets, "letter.docx", budget=Budget(tags=20_000))
    assert reading.where("K_FIRST")
    assert set(reading.reasons) == {GapReason.TOO_LARGE}


def test_a_tag_of_a_hundred_thousand_attributes_is_read(read: Callable) -> None:
    attributes = " ".join(f'a{n}="{n} x"' for n in range(100_000))
    reading = read(docx(**{"customXml/item1.xml": f'<d {attributes} last="K_LAST"/>'.encode()}), "letter.docx")
    assert reading.where("K_LAST")


def test_one_long_string_in_many_cells_ends_at_the_budget_of_text(read: Callable) -> None:
    """Each cell refers to the same string; written out they would be gigabytes."""
    strings = f'<sst xmlns="{_SHEET}"><si><t>{"K_LONG " * 1000}</t></si></sst>'.encode()
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 2000))
    octets = xlsx(rows, **{"xl/sharedStrings.xml": strings})
    reading = read(octets, "clients.xlsx", budget=Budget(text_chars=1_000_000))
    assert GapReason.TOO_LARGE in reading.reasons
    assert len(reading.text) < 2_100_000


def test_one_long_value_in_many_rows_of_a_pivot_cache_ends_at_the_budget_of_text(read: Callable) -> None:
    rows = '<r><x v="0"/></r>' * 2000
    definition = (
        f'<pivotCacheDefinition xmlns="{_SHEET}"><cacheFields><cacheField name="n"><sharedItems>'
        f'<s v="{"K_LONG " * 1000}"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>'
    )
    relation = f'<Relationship Id="rId1" Type="{_OFFICE}/pivotCacheRecords" Target="pivotCacheRecords1.xml"/>'
    octets = xlsx(
        "",
        **{
            "xl/pivotCache/pivotCacheDefinition1.xml": definition.encode(),
            "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": (
                f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>'.encode()
            ),
            "xl/pivotCache/pivotCacheRecords1.xml": (
                f'<pivotCacheRecords xmlns="{_SHEET}">{rows}</pivotCacheRecords>'.encode()
            ),
        },
    )
    reading = read(octets, "clients.xlsx", budget=Budget(text_chars=1_000_000))
    assert GapReason.TOO_LARGE in reading.reasons


def test_columns_hidden_a_thousand_times_over_cost_no_more(read: Callable) -> None:
    columns = '<cols><col min="1" max="16384" hidden="1"/></cols>' * 1000
    octets = xlsx('<row r="1"><c r="B1" t="inlineStr"><is><t>K_CELL</t></is></c></row>')
    parts = {
        "xl/worksheets/sheet1.xml": sheet('<row r="1"><c r="B1"><v>7</v></c></row>').replace(
            b"<sheetData>", columns.encode() + b"<sheetData>", 1
        )
    }
    reading = read(with_parts(octets, parts), "clients.xlsx")
    assert [passage.text for passage in reading.at("sheet Clients (hidden columns)")] == ["7"]


_LEVELS = 40_000
COSTLY = {
    "blanks": "<w:p><w:r><w:t>x" + " " * 3_000_000 + "x</w:t></w:r></w:p>",
    "signs in an attribute": f'<w:x w:z="{"! " * 1_000_000}A"/>',
    "deletions within one another": "<w:del>" * _LEVELS + "<w:r><w:t>x</w:t></w:r>" * _LEVELS + "</w:del>" * _LEVELS,
    "text far below": "<w:x>" * _LEVELS + "<w:text>a</w:text>" * _LEVELS + "</w:x>" * _LEVELS,
    "deletions of signs": "<w:p>"
    + "<w:r><w:t>! </w:t></w:r><w:del><w:r><w:delText>! </w:delText></w:r></w:del>" * 20_000
    + "</w:p>",
    "references": "<w:p><w:r><w:t>" + "&amp;" * 300_000 + "</w:t></w:r></w:p>",
    "namespaces": "".join(f'<w:x xmlns:n{n}="u{n}">' for n in range(5000)) + "</w:x>" * 5000,
}


@pytest.mark.parametrize("name", COSTLY)
def test_what_would_cost_minutes_in_squares_costs_seconds(read: Callable, name: str) -> None:
    """Time of the processor, not of the clock: other tests run at the same time."""
    body = f"<w:p><w:r><w:t>K_FIRST</w:t></w:r></w:p>{COSTLY[name]}"
    octets = docx(f"<w:document {W}><w:body>{body}</w:body></w:document>".encode())
    reading = within(15, lambda: read(octets, "letter.docx"))
    assert reading.where("K_FIRST")


# -- Passwords --


def test_a_document_of_which_one_part_has_a_password_is_a_gap_and_the_rest_is_read(read: Callable) -> None:
    manifest = (
        f"<manifest:manifest {odf.NAMESPACES}><manifest:file-entry manifest:full-path='Pictures/a.png'>"
        "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    content = "<office:body><office:text><text:p>K_BODY</text:p></office:text></office:body>"
    octets = odf.package("text", content, more={"Pictures/a.png": bytes(range(200, 256))})
    reading = read(with_parts(octets, {"META-INF/manifest.xml": manifest.encode()}), "letter.odt")
    assert reading.reasons == [GapReason.ENCRYPTED]
    assert reading.where("K_BODY")


def test_a_document_with_a_password_that_hides_its_manifest_is_encrypted(read: Callable) -> None:
    secret = base64.b64decode("9yP1mcq8x0eZkq3v" * 40)
    octets = zipped(
        {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": secret}, stored=("mimetype",)
    )
    assert GapReason.ENCRYPTED in read(octets, "letter.odt").reasons


def test_a_document_that_is_encrypted_as_a_whole_is_encrypted(read: Callable) -> None:
    """As LibreOffice writes it since version 24.2."""
    manifest = f"<manifest:manifest {odf.NAMESPACES}/>".encode()
    octets = zipped({"META-INF/manifest.xml": manifest, "encrypted-package": bytes(range(256))})
    assert read(octets, "letter.odt").reasons == [GapReason.ENCRYPTED]


def test_an_open_document_whose_type_is_not_the_first_entry_is_read_as_one(read: Callable) -> None:
    content = odf.part(
        "document-content",
        "<office:body><office:text><text:p>K_<text:span>BODY</text:span></text:p></office:text></office:body>",
    )
    reading = read(zipped({"content.xml": content, "META-INF/manifest.xml": b"<m/>"}), "letter.odt")
    assert reading.where("K_BODY") == [("2", "", False)]


# -- XML in one file --


def test_a_package_in_one_xml_file_is_read_as_a_package(read: Callable) -> None:
    picture = base64.b64encode(b"K_FILE in a file").decode()
    main = re.sub(rb"<\?xml.*?\?>", b"", document()).decode()
    flat = (
        '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
        f'<pkg:part pkg:name="/word/document.xml"><pkg:xmlData>{main}</pkg:xmlData></pkg:part>'
        f'<pkg:part pkg:name="/word/note.txt"><pkg:binaryData>{picture}</pkg:binaryData></pkg:part></pkg:package>'
    )
    reading = read(flat.encode(), "letter.xml")
    assert reading.where("K_BODY") == [("2", "", False)]
    assert reading.where("K_FILE") == [("2/word/note.txt", "", False)]
    assert reading.gaps == ()


def test_a_document_of_word_2003_is_read(read: Callable) -> None:
    text = (
        '<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"'
        ' xmlns:aml="http://schemas.microsoft.com/aml/2001/core"><w:body><w:p><w:r><w:t>K_B</w:t></w:r><w:r><w:t>ODY</w:t>'
        '</w:r><aml:annotation aml:author="K_AUTHOR" w:type="Word.Deletion"><aml:content><w:r><w:delText> K_DELETED'
        "</w:delText></w:r></aml:content></aml:annotation></w:p></w:body></w:wordDocument>"
    )
    reading = read(text.encode(), "letter.xml")
    assert reading.where("K_BODY") == [("2", "", False)]
    assert reading.where("K_DELETED") == [("2", "tracked deletion", True)]
    assert reading.where("K_AUTHOR") == [("2", "authors of changes", True)]


def test_a_workbook_of_excel_2003_is_read_by_its_cells(read: Callable) -> None:
    text = (
        '<?xml version="1.0"?><ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel"><ss:Worksheet ss:Name="Clients"><ss:Table>'
        '<ss:Column/><ss:Column ss:Hidden="1"/><ss:Row ss:Index="3"><ss:Cell><ss:Data ss:Type="String">K_CELL</ss:Data>'
        '<ss:Comment ss:Author="K_AUTHOR"><ss:Data>K_COMMENT</ss:Data></ss:Comment></ss:Cell>'
        '<ss:Cell><ss:Data ss:Type="String">K_COLUMN</ss:Data></ss:Cell>'
        '<ss:Cell ss:Formula="=CONCATENATE(&quot;K_FORMULA&quot;)"><ss:Data ss:Type="DateTime">1980-02-01T00:00:00.000'
        '</ss:Data></ss:Cell></ss:Row></ss:Table></ss:Worksheet><ss:Worksheet ss:Name="Old"><ss:Table><ss:Row><ss:Cell>'
        '<ss:Data ss:Type="String">K_OLD</ss:Data></ss:Cell></ss:Row></ss:Table><x:WorksheetOptions>'
        "<x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></ss:Worksheet></ss:Workbook>"
    )
    reading = read(text.encode(), "clients.xml")
    cell = reading.one("K_CELL")
    assert (cell.place, cell.table, cell.first_row, cell.first_column) == ("sheet Clients", True, 3, 1)
    assert cell.text == "K_CELL\t\t01/02/1980"
    assert reading.where("K_COLUMN") == [("2", "sheet Clients (hidden columns)", True)]
    assert reading.where("K_COMMENT") == [("2", "sheet Clients, comment on A3", True)]
    assert reading.where("K_FORMULA") == [("2", "sheet Clients, formula", False)]
    assert reading.where("K_OLD") == [("2", "sheet Old (hidden)", True)]
    assert [attachment.original_spreadsheet for attachment in reading.attachments] == [True]


# -- Binary workbooks --


def binary_workbook(rows: bytes) -> bytes:
    book = xlsb.record(131) + xlsb.record(143) + xlsb.sheet_entry(1, "Clients") + xlsb.record(144) + xlsb.record(132)
    cells = xlsb.record(129) + xlsb.record(145) + rows + xlsb.record(146) + xlsb.record(130)
    empty = xlsb.record(159, bytes(8)) + xlsb.record(160), xlsb.record(278) + xlsb.record(279)
    return xlsb.workbook(book=book, sheets=(cells,), strings=empty[0], styles=empty[1])


def test_a_binary_workbook_shows_the_cells_that_another_reader_sees(read: Callable) -> None:
    """python-calamine reads the same file; what it loses (hidden, formats) is tested with the planted words."""
    octets, _ = xlsb.make_xlsb()
    book = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    values = {
        str(value) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for value in row
    }
    words = {value for value in values if value.startswith("Zebra")}
    reading = read(octets, "clients.xlsb")
    assert len(words) >= 10
    assert sorted(word for word in words if not reading.where(word)) == []


def test_numbers_of_a_binary_workbook_are_shown_as_their_format_says(read: Callable) -> None:
    octets, _ = xlsb.make_xlsb()
    row = read(octets, "clients.xlsb").at("sheet Clients")[0].text.split("\n")[1]
    assert row == "9434765919\t\t\t2.5\t01/02/1980\tTRUE"


def test_a_far_cell_of_a_binary_workbook_costs_no_memory(read: Callable) -> None:
    """A reader that makes a full grid of it asks for half a terabyte."""
    rows = xlsb.row(1) + xlsb.text(1, "K_FIRST") + xlsb.row(1_048_576) + xlsb.text(16_384, "K_LAST")
    last = read(binary_workbook(rows), "far.xlsb").one("K_LAST")
    assert (last.first_row, last.first_column) == (1_048_576, 16_384)


def test_a_binary_workbook_that_is_cut_off_is_read_up_to_there(read: Callable) -> None:
    whole = binary_workbook(xlsb.row(1) + xlsb.text(1, "K_FIRST"))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        cut = archive.read("xl/worksheets/sheet1.bin")[:-3] + b"\x06\x7f"
    reading = read(with_parts(whole, {"xl/worksheets/sheet1.bin": cut}), "clients.xlsb")
    assert reading.where("K_FIRST") == [("2", "sheet Clients", False)]
    assert reading.reasons == [GapReason.CORRUPT]


def test_a_record_that_lies_about_its_string_is_swept_for_words(read: Callable) -> None:
    lie = struct.pack("<III", 0, 0, 5_000_000) + "K_SWEPT words".encode("utf-16-le")
    reading = read(binary_workbook(xlsb.row(1) + xlsb.record(6, lie)), "clients.xlsb")
    assert [hidden for _, _, hidden in reading.where("K_SWEPT words")] == [True]
