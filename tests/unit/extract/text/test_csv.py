from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read: Callable, delimiter: str) -> None:
    rows = [["Name", "NHS number"], ["Ann", "K_CELL"], ["Bob", "x"]]
    passage = read("\r\n".join(delimiter.join(row) for row in rows).encode(), "clients.csv", "text/csv").one("K_CELL")
    assert passage.table
    assert passage.text == "Name\tNHS number\nAnn\tK_CELL\nBob\tx"


def test_quoted_cells_keep_their_row(read: Callable) -> None:
    passage = read(b'Name,Address\n"Ann, Ms","1 High St\nK_TOWN"\nBob,x\n', "clients.csv").one("K_TOWN")
    assert passage.text.split("\n")[1] == "Ann, Ms\t1 High St K_TOWN"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found(read: Callable, encoding: str) -> None:
    assert read("Name,Town\nAnn,Zoë K_CELL\n".encode(encoding), "clients.csv").where("Zoë K_CELL")


def test_a_table_under_a_text_label_is_a_table(read: Callable) -> None:
    passage = read(b"Name\tNHS\nAnn\tK_CELL\nBob\t1\nCy\t2\n", "list.txt", "text/plain").one("K_CELL")
    assert passage.table


def test_a_letter_is_not_a_table(read: Callable) -> None:
    passage = read(b"Dear Ann,\nK_LETTER thank you, and well done.\nYours,\nJo\n", "letter.txt", "text/plain").one(
        "K_LETTER"
    )
    assert not passage.table


def test_a_broken_table_is_read_as_text(read: Callable) -> None:
    octets = b'Name,NHS\nAnn,"' + b"x" * 1_100_000 + b"\nK_CELL,1\n"
    assert read(octets, "clients.csv").where("K_CELL")


def test_more_cells_than_the_budget_are_a_gap(read: Callable) -> None:
    assert read(b"a,b\n" * 1000, "clients.csv", budget=Budget(cells=500)).reasons == [GapReason.TOO_LARGE]


def test_a_csv_file_is_an_original_spreadsheet(read: Callable) -> None:
    assert [a.original_spreadsheet for a in read(b"a,b\n1,2\n", "clients.csv").attachments] == [True]


@pytest.mark.parametrize("delimiter", ["\x01", "\x1f", "^", "~", ":"])
def test_rarer_delimiters_count_where_a_file_says_that_it_is_a_table(read: Callable, delimiter: str) -> None:
    rows = [["Name", "NHS number"], ["Ann", "K_CELL"], ["Bob", "x"]]
    octets = "\r\n".join(delimiter.join(row) for row in rows).encode()
    assert read(octets, "clients.csv", "text/csv").one("K_CELL").text == "Name\tNHS number\nAnn\tK_CELL\nBob\tx"


def test_columns_of_blanks_are_a_table(read: Callable) -> None:
    octets = b"Name        NHS number   Town\nAnn Lee     K_CELL       Leeds\nBob         x            York\n"
    passage = read(octets, "report.txt", "text/plain").one("K_CELL")
    assert passage.table
    assert passage.text.split("\n")[1] == "Ann Lee\tK_CELL\tLeeds"


def test_a_table_of_one_column_has_its_header(read: Callable) -> None:
    passage = read(b"NHS number\nK_CELL\nx\n", "numbers.csv").one("K_CELL")
    assert passage.table


def test_the_mark_of_a_spreadsheet_program_is_no_row(read: Callable) -> None:
    """It counts rows from the line after it."""
    passage = read(b"sep=#\nName#NHS\nAnn#K_CELL\n", "clients.csv").one("K_CELL")
    assert passage.text == "Name\tNHS\nAnn\tK_CELL"


def test_delimiters_inside_quotes_do_not_mislead(read: Callable) -> None:
    octets = b'Name;Address\n"Lee; Ann";"1, High St, a, b, c"\nBob;"K_CELL, x"\n'
    assert read(octets, "clients.csv").one("K_CELL").text.split("\n")[1:] == [
        "Lee; Ann\t1, High St, a, b, c",
        "Bob\tK_CELL, x",
    ]


def test_octets_of_nothing_part_no_cell(read: Callable) -> None:
    passage = read(b"Name,NHS\nA\0nn,K_\0CELL\nBob,x\n" * 20, "clients.csv").one("K_CELL")
    assert passage.text.startswith("Name\tNHS\nAnn\tK_CELL")


def test_a_very_long_line_is_read_to_its_end(read: Callable) -> None:
    octets = b"Name,NHS\nAnn," + b"x" * 3_000_000 + b" K_CELL\nBob,1\n"
    assert read(octets, "clients.csv").one("K_CELL").table


def test_what_was_read_before_the_budget_ended_stays(read: Callable) -> None:
    reading = read(b"K_CELL,b\n" * 1000, "clients.csv", budget=Budget(cells=500))
    assert reading.one("K_CELL").text.count("K_CELL") == 250


def test_lines_with_a_colon_are_no_table(read: Callable) -> None:
    assert not read(b"To: Ann\nFrom: K_BOB\nRe: bins\nOn: Monday\n", "note.txt", "text/plain").one("K_BOB").table
