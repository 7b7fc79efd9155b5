"""A canary in every place of a workbook that LibreOffice keeps in the old format; and what Excel alone writes."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable

import pytest
import xlrd
from msoffcrypto.method.rc4 import DocumentRC4

from dlp_gateway.model import GapReason
from tests.support.documents.biff import biff, sheet_stream, wide_string
from tests.support.documents.compound import tree_of, with_streams
from tests.support.documents.planted import each, planted_file, written

_PLANTED = {
    ("sheet Clients", False): "Cell InlineRuns NumberFormat NoWidth NoHeight WhiteOnBlue SharedRuns",
    ("sheet Clients (hidden rows)", True): "HiddenRow GroupedRow FilteredRow",
    ("sheet Clients (hidden columns)", True): "HiddenColumn",
    ("sheet Clients (hidden cells)", True): "WhiteCell EmptyFormat SameColours",
    ("sheet Clients, formula", False): "FormulaText",
    ("sheet Clients, page header", False): "PrintHeader",
    ("sheet Clients, page footer", False): "PrintFooter",
    ("sheet Clients, data validation", False): "PromptHeading ErrorHeading Prompt ErrorText ListChoice LaterList",
    ("sheet Clients, chart", False): "ChartTitle",
    ("sheet Clients, conditional formatting", True): "ConditionText",
    ("sheet Clients, link", False): "LinkQuery",
    ("sheet Clients, comment on D6", True): "Comment",
    ("sheet Clients, text box", False): "TextBox",
    ("sheet Clients, alternative text", False): "ObjectName",
    ("sheet FormerZebraFormerNameEnd (hidden)", True): "FormerCell",
    ("sheet OldestZebraOldestNameEnd (hidden)", True): "OldestCell",
    ("sheet names", False): "FormerName OldestName",
    ("defined names", True): "DefinedName NameValue",
    ("styles", True): "StyleName",
    ("document properties", False): "Title Author Keywords",
}


@pytest.mark.parametrize(("words", "place", "hidden"), each(_PLANTED))
def test_every_place_of_a_workbook_is_read(read: Callable, words: str, place: str, hidden: bool) -> None:
    assert ("2", place, hidden) in read(planted_file("planted.xls"), "list.xls").where(words)


def test_nothing_that_stands_in_the_file_is_missed_and_there_is_no_gap(read: Callable) -> None:
    """This is the whole recall: what LibreOffice dropped when it converted the workbook is not in the file."""
    reading = read(planted_file("planted.xls"), "list.xls")
    assert [words for words in written(planted_file("planted.xls")) if not reading.where(words)] == []
    assert reading.gaps == ()


def test_cells_are_those_that_xlrd_reads(read: Callable) -> None:
    book = xlrd.open_workbook(file_contents=planted_file("planted.xls"), logfile=io.StringIO())
    reading = read(planted_file("planted.xls"), "list.xls")
    texts = {cell.value for sheet in book.sheets() for row in sheet.get_rows() for cell in row if cell.ctype == 1}
    assert texts
    assert [text for text in texts if text.strip() and not reading.where(" ".join(text.split()))] == []


def test_it_counts_as_the_original_spreadsheet(read: Callable) -> None:
    (attachment,) = read(planted_file("planted.xls"), "list.xls").attachments
    assert attachment.original_spreadsheet


@pytest.mark.parametrize(
    ("record", "words", "place", "hidden"),
    [
        (biff(0x01AE, struct.pack("<H", 1) + wide_string("C:\\x\\ZebraBookEnd.xls") + wide_string("ZebraLinkedEnd")),
         "ZebraLinkedEnd", "external link", True),
        (biff(0x005A, struct.pack("<BBH", 0, 0, 0) + b"\2" + wide_string("ZebraCachedEnd")),
         "ZebraCachedEnd", "external link", True),
        (biff(0x005C, wide_string("ZebraWriterEnd")), "ZebraWriterEnd", "authors of changes", True),
        (biff(0x0FFF, b"\0\1\2The case worker is ZebraUnknownEnd\0"), "ZebraUnknownEnd", "other content", True),
    ],
)  # fmt: skip
def test_what_a_workbook_keeps_besides_its_sheets_is_read(
    read: Callable, record: bytes, words: str, place: str, hidden: bool
) -> None:
    stream = sheet_stream([], more=record)
    assert (("2", place, hidden)) in read(
        with_streams(planted_file("planted.xls"), {"Workbook": stream}), "a.xls"
    ).where(words)


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [(46_022.0, 1, "31/12/2025"), (9_434_765_919.0, 0, "9434765919"), (0.5, 0, "0.5"), (123_456.0, 2, "12-34-56")],
)
def test_numbers_are_read_as_they_are_shown(read: Callable, number: float, style: int, shown: str) -> None:
    stream = sheet_stream([biff(0x0203, struct.pack("<HHHd", 4, 2, style, number))])
    passage = read(with_streams(planted_file("planted.xls"), {"Workbook": stream}), "a.xls").at("sheet Clients")[0]
    assert (passage.text, passage.first_row, passage.first_column) == (shown, 5, 3)


def test_strings_go_on_in_further_records_in_either_width(read: Callable) -> None:
    """A string that is cut begins again with an octet that says how wide its characters are there."""
    shared = struct.pack("<IIHB", 1, 1, 15, 0) + b"ZebraCut"
    stream = sheet_stream(
        [biff(0x00FD, struct.pack("<HHHI", 0, 0, 0, 0))],
        more=biff(0x00FC, shared) + biff(0x003C, b"\1" + "OverEnd".encode("utf-16-le")),
    )
    octets = with_streams(planted_file("planted.xls"), {"Workbook": stream})
    assert read(octets, "a.xls").where("ZebraCutOverEnd") == [("2", "sheet Clients", False)]


def test_strings_that_no_cell_shows_are_read(read: Callable) -> None:
    shared = struct.pack("<II", 0, 1) + wide_string("ZebraForgottenEnd")
    octets = with_streams(planted_file("planted.xls"), {"Workbook": sheet_stream([], more=biff(0x00FC, shared))})
    assert read(octets, "a.xls").where("ZebraForgottenEnd") == [("2", "text of no cell", True)]


def test_the_cache_of_a_pivot_table_is_read(read: Callable) -> None:
    cache = biff(0x00CD, wide_string("ZebraKeptEnd")) + biff(0x00C9, struct.pack("<d", 9_434_765_919.0))
    octets = with_streams(planted_file("planted.xls"), {"_SX_DB_CUR": {"0001": cache}})
    assert read(octets, "a.xls").one("ZebraKeptEnd\n9434765919").place == "pivot cache"


def _encrypted(password: str) -> bytes:
    """The planted workbook under a password, by the oldest of the three ways that Excel had."""
    stream = tree_of(planted_file("planted.xls"))["Workbook"]
    salt = bytes(range(16))
    plain_verifier = bytes(16)
    verifier = plain_verifier + hashlib.md5(plain_verifier).digest()
    secret = DocumentRC4.decrypt(password, salt, io.BytesIO(verifier)).read()
    size = 4 + struct.unpack_from("<H", stream, 2)[0]
    file_pass = biff(0x002F, struct.pack("<HHH", 1, 1, 1) + salt + secret)
    plain = stream[:size] + file_pass + stream[size:]
    made = bytearray(DocumentRC4.decrypt(password, salt, io.BytesIO(plain), blocksize=1024).read())
    position = 0
    while position + 4 <= len(plain):
        kind, length = struct.unpack_from("<HH", plain, position)
        keep = 4 + length if kind in (0x0809, 0x002F) else 8 if kind == 0x0085 else 4
        made[position : position + keep] = plain[position : position + keep]
        # Where sheets begin moved by the new record.
        if kind == 0x0085:
            start = struct.unpack_from("<I", plain, position + 4)[0] + len(file_pass)
            struct.pack_into("<I", made, position + 4, start)
        position += 4 + length
    return with_streams(planted_file("planted.xls"), {"Workbook": bytes(made)})


def test_a_workbook_that_every_recipient_opens_without_a_password_is_read(read: Callable) -> None:
    """Excel itself protects a workbook that is meant to be read only with a password that is always the same."""
    reading = read(_encrypted("VelvetSweatshop"), "list.xls")
    assert ("2", "sheet Clients", False) in reading.where("ZebraCellEnd")
    assert reading.gaps == ()


def test_a_workbook_with_a_password_is_encrypted(read: Callable) -> None:
    reading = read(_encrypted("another"), "list.xls")
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [
        (GapReason.ENCRYPTED, "an Excel workbook with a password")
    ]


def test_both_workbooks_of_a_file_for_two_versions_are_read(read: Callable) -> None:
    old = biff(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0))
    old += biff(0x0204, struct.pack("<HHHH", 0, 0, 0, 11) + b"ZebraOldEnd") + biff(0x000A, b"")
    reading = read(with_streams(planted_file("planted.xls"), {"Book": old}), "list.xls")
    assert reading.where("ZebraOldEnd")
    assert reading.where("ZebraCellEnd")


def test_a_workbook_that_is_no_compound_file_is_read(read: Callable) -> None:
    """Excel 2 to 4 wrote its records as they are, and Excel still opens them."""
    cell = biff(0x0204, struct.pack("<HHHH", 0, 0, 0, 12) + b"ZebraBareEnd")
    octets = biff(0x0409, struct.pack("<HHH", 0, 0x0010, 0)) + cell + biff(0x000A, b"")
    assert read(octets, "list.xls").where("ZebraBareEnd") == [("2", "sheet", False)]
