from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from dlp_gateway.detect.tables.pasted import pasted_tables
from dlp_gateway.model import Detection
from tests.support.cpu_time import within

Detect = Callable[..., Detection]

ROWS = (
    ("Name", "DOB", "NHS number", "Notes"),
    ("Aisha Khan", "12/03/1957", "9434765919", "dementia"),
    ("Peter Lindqvist", "01/02/1961", "4010232137", "lives alone"),
)


def headed(cells: Sequence[str]) -> bool:
    return "name" in cells


def found(detection: Detection, body: str) -> list[tuple[str, str]]:
    return [(f.entity, body[f.start : f.end]) for f in detection.findings if f.exempt is None]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("tabs", ["\t".join(row) for row in ROWS]),
        ("commas", [",".join(row) for row in ROWS]),
        ("semicolons", [";".join(row) for row in ROWS]),
        ("slashes", [" / ".join(row) for row in ROWS]),
        ("bars", ["| " + " | ".join(row) + " |" for row in ROWS]),
        ("wide blanks", ["".join(cell.ljust(18) for cell in row).rstrip() for row in ROWS]),
        ("a line below the header", ["|".join(ROWS[0]), "-----|-----|-----", *("|".join(row) for row in ROWS[1:])]),
        ("a quoted mail", ["> " + "\t".join(row) for row in ROWS]),
    ],
)
def test_the_header_of_a_pasted_table_types_its_columns(detect: Detect, kind: str, lines: list[str]) -> None:
    body = "Hi,\n\nas discussed:\n" + "\n".join(lines) + "\n\nThanks\nJane"
    assert found(detect(body), body) == [
        ("PERSON", "Aisha Khan"),
        ("DATE_OF_BIRTH", "12/03/1957"),
        ("UK_NHS", "9434765919"),
        ("SPECIAL_CATEGORY", "dementia"),
        ("PERSON", "Peter Lindqvist"),
        ("DATE_OF_BIRTH", "01/02/1961"),
        ("UK_NHS", "4010232137"),
    ], kind


def test_each_row_of_a_pasted_table_is_a_person(detect: Detect) -> None:
    body = "\n".join("\t".join(row) for row in ROWS)
    assert [len(person.findings) for person in detect(body).individuals] == [4, 3]


def test_the_rows_of_several_tables_are_known_by_their_lines() -> None:
    rows = ["\t".join(row) for row in ROWS]
    lines = ["> Hello", "", *rows, "", "and", *rows]
    text = "\n".join(lines)
    tables = list(pasted_tables(text, headed))
    assert [text[table.start : table.end].split("\n") for table in tables] == [rows, rows]
    places = [(table, table.start + at) for table in tables for at in range(table.end - table.start)]
    assert all(table.line_at(place) == text.count("\n", 0, place) for table, place in places)


def test_a_column_of_orders_holds_no_nhs_numbers(detect: Detect) -> None:
    body = "Name of item\tOrder number\tQuantity\nDesk\t9434765919\t2\nChair\t4010232137\t4\n"
    assert found(detect(body), body) == []


def test_lines_without_known_headers_are_no_table() -> None:
    signature = "Jane Doe | Senior Officer | Housing\nTel 01632 960123 | Room 4 | First Floor\n"
    assert list(pasted_tables(signature, headed)) == []


def test_a_header_alone_is_no_table() -> None:
    assert list(pasted_tables("Name | DOB | Ref\nPlease fill it in.", headed)) == []


def test_the_table_is_as_long_as_what_it_was_made_of() -> None:
    text = 'Before\n> Name,Note,Day\n> "Khan, Aisha",calls "Mo",Friday\n\nAfter'
    table = next(pasted_tables(text, headed))
    assert len(table.text) == table.end - table.start
    assert table.text.split("\n")[1].split("\t")[0].split() == ["Khan", "Aisha"]
    assert text[table.start : table.start + 6] == "> Name"


def test_half_a_million_lines_with_separators_are_read_in_seconds() -> None:
    text = "a, b; c | d\te  f\n" * 500_000
    assert within(12, lambda: list(pasted_tables(text, lambda cells: False))) == []
