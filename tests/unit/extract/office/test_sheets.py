from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from dlp_gateway.extract import Budget
from dlp_gateway.extract.office.number_format import hides_everything, shown_number
from dlp_gateway.extract.office.worksheet import cell_name, column_number, margin_text, place_of
from dlp_gateway.model import GapReason

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a calendar date


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Clients"
    rows = [
        ("Name", "NHS number", "Born", "Secret", "Sort code"),
        ("Ann", 9434765919, date(1980, 2, 1), "K_HIDDEN_COLUMN", 10203),
        ("Bob", "K_HIDDEN_ROW", None, None, None),
        ("Cy", "K_CELL", None, None, None),
    ]
    for row in rows:
        sheet.append(row)
    sheet["E2"].number_format = "00-00-00"
    sheet.column_dimensions["D"].hidden = True
    sheet.row_dimensions[3].hidden = True
    sheet["A4"].comment = Comment("K_COMMENT", "K_COMMENTER")
    sheet["A6"] = '=CONCATENATE("K_FORMULA","x")'
    sheet.oddHeader.center.text = "K_PRINT_HEADER"
    validation = DataValidation(type="list", formula1='"K_LIST,b"')
    validation.prompt = "K_PROMPT"
    sheet.add_data_validation(validation)
    validation.add("F1")
    hidden = book.create_sheet("Old clients")
    hidden["A1"] = "K_HIDDEN_SHEET"
    hidden.sheet_state = "hidden"
    very = book.create_sheet("Older")
    very["A1"] = "K_VERY_HIDDEN"
    very.sheet_state = "veryHidden"
    book.properties.title = "K_TITLE"
    return saved(book)


def with_part(workbook: bytes, name: str, octets: bytes) -> bytes:
    buffer = io.BytesIO(workbook)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, octets)
    return buffer.getvalue()


def test_a_sheet_is_a_table_whose_lines_are_its_rows(read: Callable, workbook: bytes) -> None:
    passage = read(workbook, "clients.xlsx").one("K_CELL")
    assert (passage.place, passage.table, passage.hidden) == ("sheet Clients", True, False)
    lines = passage.text.split("\n")
    assert lines[0] == "Name\tNHS number\tBorn\t\tSort code"
    assert lines[1] == "Ann\t9434765919\t01/02/1980\t\t01-02-03"
    assert lines[3] == "Cy\tK_CELL"


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("K_HIDDEN_ROW", "sheet Clients (hidden rows)"),
        ("K_HIDDEN_COLUMN", "sheet Clients (hidden columns)"),
        ("K_HIDDEN_SHEET", "sheet Old clients (hidden)"),
        ("K_VERY_HIDDEN", "sheet Older (very hidden)"),
        ("K_COMMENT", "sheet Clients, comment on A4"),
    ],
)
def test_what_is_hidden_is_read_and_called_hidden(read: Callable, workbook: bytes, words: str, place: str) -> None:
    assert ("2", place, True) in read(workbook, "clients.xlsx").where(words)


def test_a_hidden_cell_is_found_where_it_stands(read: Callable, workbook: bytes) -> None:
    reading = read(workbook, "clients.xlsx")
    column, row = reading.one("K_HIDDEN_COLUMN"), reading.one("K_HIDDEN_ROW")
    assert column.first_column == 4
    assert column.text.split("\n") == ["Secret", "K_HIDDEN_COLUMN"]
    assert (row.first_row, row.text) == (3, "Bob\tK_HIDDEN_ROW")


@pytest.mark.parametrize("words", ["K_FORMULA", "K_PRINT_HEADER", "K_LIST", "K_PROMPT", "K_TITLE", "Old clients"])
def test_texts_beside_the_cells_are_read(read: Callable, workbook: bytes, words: str) -> None:
    assert read(workbook, "clients.xlsx").where(words)


def test_an_ordinary_workbook_leaves_no_gap_and_is_an_original_spreadsheet(read: Callable, workbook: bytes) -> None:
    reading = read(workbook, "clients.xlsx")
    assert reading.gaps == ()
    assert [attachment.original_spreadsheet for attachment in reading.attachments] == [True]


def test_the_rows_that_a_pivot_table_keeps_are_hidden_text(read: Callable, workbook: bytes) -> None:
    records = b'<pivotCacheRecords><r><s v="K_PIVOT"/><n v="12"/></r></pivotCacheRecords>'
    reading = read(with_part(workbook, "xl/pivotCache/pivotCacheRecords1.xml", records), "clients.xlsx")
    assert ("2", "pivot cache", True) in reading.where("K_PIVOT\t12")


def with_shared_strings(workbook: bytes) -> bytes:
    """As spreadsheet programs write them; the library here puts every text into its cell."""
    first = b"<si><r><t>K_SHA</t></r><r><t>RED</t></r><rPh><t>K_SOUND</t></rPh></si>"
    strings = b"<sst>" + first + b"<si><t>K_LEFT_OVER</t></si></sst>"
    cells = b'<row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v>99</v></c></row>'
    sheet = b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>"
    return with_part(with_part(workbook, "xl/sharedStrings.xml", strings), "xl/worksheets/sheet77.xml", sheet)


def test_shared_strings_stand_in_their_cells(read: Callable, workbook: bytes) -> None:
    reading = read(with_shared_strings(workbook), "clients.xlsx")
    passage = reading.one("K_SHARED")
    assert (passage.text, passage.first_row, passage.first_column) == ("K_SHARED\t99", 2, 2)
    assert reading.where("K_SOUND") == [("2", "phonetic text", True)]


def test_a_string_that_no_cell_shows_any_more_is_hidden_text(read: Callable, workbook: bytes) -> None:
    reading = read(with_shared_strings(workbook), "clients.xlsx")
    assert reading.where("K_LEFT_OVER") == [("2", "text of no cell", True)]
    assert [passage.text for passage in reading.at("text of no cell")] == ["K_LEFT_OVER"]


def test_cells_kept_of_another_workbook_are_hidden_text(read: Callable, workbook: bytes) -> None:
    link = b'<externalLink><sheetData><row><cell r="A1"><v>K_LINKED</v></cell></row></sheetData></externalLink>'
    reading = read(with_part(workbook, "xl/externalLinks/externalLink1.xml", link), "clients.xlsx")
    assert ("2", "external link", True) in reading.where("K_LINKED")


def test_a_sheet_that_the_workbook_does_not_list_is_read_as_hidden(read: Callable, workbook: bytes) -> None:
    cell = b'<c r="A1" t="inlineStr"><is><t>K_UNLISTED</t></is></c>'
    sheet = b'<worksheet><sheetData><row r="1">' + cell + b"</row></sheetData></worksheet>"
    reading = read(with_part(workbook, "xl/worksheets/sheet77.xml", sheet), "clients.xlsx")
    assert ("2", "sheet (not listed) (hidden)", True) in reading.where("K_UNLISTED")


def test_a_cell_in_the_last_row_and_column_costs_no_memory(read: Callable) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "K_FIRST", "K_LAST"
    reading = read(saved(book), "far.xlsx")
    last = reading.one("K_LAST")
    assert (last.first_row, last.first_column) == (1_048_576, 16_384)
    assert len(reading.text) < 1000
    assert reading.gaps == ()


def test_more_cells_than_the_budget_are_a_gap(read: Callable) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("s")
    for number in range(200):
        sheet.append([number, "x"])
    assert GapReason.TOO_LARGE in read(saved(book), "big.xlsx", budget=Budget(cells=300)).reasons


def test_a_binary_workbook_is_a_gap(read: Callable, make_zip: Callable) -> None:
    octets = make_zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x01\x02"})
    assert read(octets, "clients.xlsb").reasons == [GapReason.UNSUPPORTED]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("9434765919", "", "9434765919"),
        ("9.434765919E9", "General", "9434765919"),
        ("29252", "dd/mm/yyyy", "01/02/1980"),
        ("29252.5", "yyyy-mm-dd hh:mm", "01/02/1980 12:00"),
        ("10203", "00-00-00", "01-02-03"),
        ("10203", "000000", "010203"),
        ("12.5", "0.00", "12.5"),
        ("1234", '#,##0.00 "red"', "1234"),
        ("12", "[Red]0", "12"),
        ("nonsense", "0", "nonsense"),
        ("99999999", "dd/mm/yyyy", "99999999"),
    ],
)
def test_a_number_is_read_as_it_is_shown(value: str, code: str, shown: str) -> None:
    assert shown_number(value, code, _EPOCH) == shown


def test_columns_count_as_spreadsheets_do() -> None:
    assert [column_number(letters) for letters in ("A", "Z", "AA", "XFD")] == [1, 26, 27, 16_384]


def test_workbooks_of_the_1904_calendar_show_their_dates(read: Callable, workbook: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            octets = old.read(name)
            if name == "xl/workbook.xml":
                octets = re.sub(rb"<workbookPr\s*/>", b'<workbookPr date1904="1"/>', octets)
                assert b'date1904="1"' in octets
            new.writestr(name, octets)
    assert read(buffer.getvalue(), "clients.xlsx").where("02/02/1984")


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("9434765919", "000 000 0000", "943 476 5919"),
        ("9434765919", '"NHS "000\\ 000\\ 0000', "NHS 943 476 5919"),
        ("123456", '"Case "0', "Case 123456"),
        ("12", "0;-0;;@", "12"),
        ("0", '0;-0;"none";@', "0"),
        ("9434765919", "#,##0", "9434765919"),
        ("9434765919", "0.00E+00", "9434765919"),
        ("1234.5600000000001", "", "1234.56"),
        ("-5", "000", "-5"),
        ("nan", "0", "nan"),
        ("1e400", "0", "1e400"),
        ("12345678901234567", "", "12345678901234567"),
        ("7", "00/00", "00/07"),
    ],
)
def test_a_pattern_of_digits_and_words_is_filled_in(value: str, code: str, shown: str) -> None:
    assert shown_number(value, code, _EPOCH) == shown


@pytest.mark.parametrize(
    ("code", "hides"), [(";;;", True), ("; ;;", True), ("0;;", False), ("", False), (";", True), ("  ", True)]
)
def test_a_format_of_nothing_hides_its_cell(code: str, hides: bool) -> None:
    assert hides_everything(code) is hides


def test_a_long_number_is_also_read_as_it_is_stored(read: Callable) -> None:
    """Its format may part the digits in a way that no recogniser knows."""
    book = openpyxl.Workbook()
    book.active["B2"] = 9434765919
    book.active["B2"].number_format = '0"x"0000"y"00000'
    reading = read(saved(book), "clients.xlsx")
    assert reading.where("9x4347y65919") == [("2", "sheet Sheet", False)]
    stored = reading.one("9434765919")
    assert (stored.place, stored.hidden, stored.first_row, stored.first_column) == (
        "sheet Sheet, stored values",
        True,
        2,
        2,
    )


def test_characters_written_as_escapes_are_read_as_themselves(read: Callable) -> None:
    """ECMA-376, part 1: 22.9.2.19; Excel shows QQ123456C."""
    cell = b'<c r="A1" t="inlineStr"><is><t>QQ_x0031_2_x0033_456C</t></is></c>'
    octets = b'<worksheet><sheetData><row r="1">' + cell + b"</row></sheetData></worksheet>"
    book = openpyxl.Workbook()
    reading = read(with_part(saved(book), "xl/worksheets/sheet77.xml", octets), "clients.xlsx")
    assert reading.where("QQ123456C")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("&CConfidential", "Confidential"),
        ('&L&"Arial,Bold"&12Left&RRight &P of &N', "Left\nRight  of"),
        ("&K00B050Green && blue", "Green & blue"),
        ("plain", "plain"),
    ],
)
def test_a_page_header_is_read_without_its_codes(text: str, words: str) -> None:
    assert margin_text(text) == words


@pytest.mark.parametrize(
    ("reference", "place"),
    [("A1", (1, 1)), ("$B$4", (4, 2)), ("XFD1048576", (1_048_576, 16_384)), ("XFE1", None), ("A0", None), ("1A", None)],
)
def test_a_reference_is_a_row_and_a_column_of_a_sheet(reference: str, place: tuple[int, int] | None) -> None:
    assert place_of(reference) == place
    if place is not None:
        assert cell_name(*place) == reference.replace("$", "")
