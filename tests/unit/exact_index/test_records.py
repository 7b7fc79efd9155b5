"""Records out of CSV files and databases."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from dlp_gateway.errors import ConfigError
from dlp_gateway.exact_index.records import csv_records, sql_records


def told(caught: pytest.ExceptionInfo[ConfigError]) -> str:
    return "\n".join(str(fault) for fault in caught.value.faults)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_the_first_row_has(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        f'\ufeffname{delimiter}"born"\r\n"Hill{delimiter} Ann"{delimiter}1980\r\n\r\n', encoding="utf-8", newline=""
    )
    with csv_records(path) as records:
        assert records.columns == ("name", "born")
        assert [list(row) for row in records.rows] == [[f"Hill{delimiter} Ann", "1980"]]


def test_an_encoding_can_be_named_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("name\nSiân\n".encode("cp1252"))
    with csv_records(path, encoding="cp1252") as records:
        assert list(records.rows) == [["Siân"]]
    for encoding in ("utf-8-sig", "klingon"):
        with pytest.raises(ConfigError) as caught, csv_records(path, encoding=encoding) as records:
            list(records.rows)
        assert "--encoding" in told(caught)


def test_a_row_of_another_length_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n1,2,3\n")
    with pytest.raises(ConfigError) as caught, csv_records(path) as records:
        list(records.rows)
    assert "a.csv:3: this row has 3 values, the first one 2" in told(caught)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught, csv_records(tmp_path / "none.csv"):
        pass
    assert "No such file" in told(caught)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "case.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE person (name TEXT, born TEXT)")
        connection.executemany("INSERT INTO person VALUES (?, ?)", [("Ann Hill", "1980-02-01"), ("Bo Lee", None)])
    connection.close()
    return path


def test_a_query_to_sqlite_is_read(database: Path) -> None:
    with sql_records(f"sqlite:///{database}", "SELECT name AS who, born FROM person ORDER BY name") as records:
        assert records.columns == ("who", "born")
        assert list(records.rows) == [("Ann Hill", "1980-02-01"), ("Bo Lee", None)]


@pytest.mark.parametrize("query", ["DELETE FROM person", "SELECT nothing FROM person", "", "DROP TABLE person"])
def test_a_query_may_only_read(database: Path, query: str) -> None:
    with pytest.raises(ConfigError), sql_records(f"sqlite:///{database}", query) as records:
        list(records.rows)
    with sql_records(f"sqlite:///{database}", "SELECT * FROM person") as records:
        assert len(list(records.rows)) == 2


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("mysql://host/db", "from other databases export CSV"),
        ("postgresql://user:secret@host/db", "PGPASSFILE"),
        ("sqlite:////nowhere/at/all.db", "can't be opened"),
        ("postgresql://nobody@127.0.0.1:1/db", "the database refused"),
    ],
)
def test_a_database_that_can_not_be_asked_is_told(url: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught, sql_records(url, "SELECT 1"):
        pass
    assert text in told(caught)
    assert "secret" not in told(caught)
