"""`exact-match`: an index from an export, and what is told when there can be none."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

PEOPLE = "ref;who;born\nAB123456;Ann Hill;01/02/1980\nAB123457;Bo Lee;soon\n;;\n"


@pytest.fixture
def config(run: Run, tmp_path: Path) -> Path:
    """An installation with keys, and records in a folder of its own."""
    path = tmp_path / "gateway.yaml"
    path.write_text(
        "keys: {folder: keys}\nstore: {url: 'sqlite:///gateway.db', spool: spool}\nexact_match: {folder: records}\n"
        "workers: {count: 1, names: false}\n"
    )
    assert run(["init", "--config", path]).code == 0
    (tmp_path / "people.csv").write_text(PEOPLE)
    return path


def test_an_index_is_built_from_csv_and_listed(run: Run, config: Path, tmp_path: Path) -> None:
    words = ["--columns", "name=who", "date_of_birth=born", "reference=ref", "--config", config]
    ran = run(["exact-match", "build", "--index", "residents", "--csv", tmp_path / "people.csv", *words])
    assert (ran.code, ran.err) == (0, "")
    assert "Index “residents”: 2 recorded, " in ran.out
    assert "Keys: name+date_of_birth, reference." in ran.out
    assert "left out: 1 values of date_of_birth" in ran.out
    assert "left out: 1 records without a whole key" in ran.out
    assert "SIGHUP" in ran.out
    assert "Hill" not in ran.out
    listed = run(["exact-match", "list", "--config", config])
    assert listed.out.split()[:3] == ["residents", "2", "recorded"]


def test_an_index_is_built_from_a_query(run: Run, config: Path, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "case.db") as connection:
        connection.execute("CREATE TABLE person (who TEXT, born TEXT)")
        connection.execute("INSERT INTO person VALUES ('Ann Hill', '1980-02-01')")
    connection.close()
    (tmp_path / "query.sql").write_text("SELECT who, born FROM person")
    (tmp_path / "mapping.yaml").write_text("columns: {name: who, date_of_birth: born}\n")
    words = ["--query", f"@{tmp_path / 'query.sql'}", "--mapping", tmp_path / "mapping.yaml", "--config", config]
    ran = run(["exact-match", "build", "--index", "protected", "--sql", f"sqlite:///{tmp_path / 'case.db'}", *words])
    assert (ran.code, ran.err) == (0, "")
    assert "1 recorded" in ran.out


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--csv", "people.csv", "--columns", "reference=reff"], "has no column “reff”; it has: ref, who, born"),
        (["--csv", "none.csv", "--columns", "reference=ref"], "none.csv: can't be read"),
        (["--csv", "people.csv", "--columns", "nome=who"], "did you mean “name”?"),
        (["--csv", "people.csv", "--columns", "reference=ref", "--delimiter", ";;"], "is not one character"),
        (["--csv", "people.csv", "--query", "SELECT 1", "--columns", "reference=ref"], "goes with --sql"),
        (["--sql", "sqlite:///x.db", "--columns", "reference=ref"], "needs --query"),
        (["--csv", "people.csv", "--mapping", "m.yaml", "--key", "name"], "goes with --columns"),
        (["--csv", "people.csv", "--mapping", "m.yaml"], "m.yaml: can't be read"),
        (["--sql", "sqlite:///x.db", "--query", "@q.sql", "--columns", "reference=ref"], "q.sql: can't be read"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(run: Run, config: Path, words: list[str], text: str) -> None:
    ran = run(["exact-match", "build", "--index", "one", *words, "--config", config])
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert text in line
    assert not (config.parent / "records" / "one.index").exists()


def test_without_a_folder_or_keys_there_is_nowhere_to_keep_one(run: Run, config: Path, tmp_path: Path) -> None:
    words = ["exact-match", "build", "--index", "one", "--csv", "people.csv", "--columns", "reference=ref", "--config"]
    (tmp_path / "keys" / "fingerprint.key").unlink()
    assert "fingerprint.key" in run([*words, config]).err
    config.write_text("exact_match: {folder: null}\nkeys: {folder: keys}\n")
    ran = run(["exact-match", "list", "--config", config])
    assert (ran.code, "names no folder" in ran.err) == (2, True)


def test_check_config_names_an_index_that_a_rule_asks_for_and_that_is_not_there(
    run: Run, config: Path, tmp_path: Path
) -> None:
    missing = "asks for the index “protected”, which does not exist"
    assert missing in run(["check-config", "--config", config]).err
    words = ["--csv", "people.csv", "--columns", "reference=ref", "--config", config]
    run(["exact-match", "build", "--index", "protected", *words])
    assert missing not in run(["check-config", "--config", config]).err
    (tmp_path / "records" / "protected.index").chmod(0o600)
    (tmp_path / "records" / "protected.index").write_bytes(b"rubbish")
    ran = run(["check-config", "--config", config])
    assert ran.code == 2
    assert "protected.index: is no index" in ran.err


def test_doctor_counts_what_is_recorded(run: Run, config: Path) -> None:
    def line() -> str:
        said = run(["doctor", "--config", config]).out
        return next(line for line in said.splitlines() if " records " in line)

    assert line().startswith("warning")
    assert "protected" in line()
    words = ["--csv", "people.csv", "--columns", "reference=ref", "--config", config]
    run(["exact-match", "build", "--index", "protected", *words])
    assert line().startswith("ok")
    assert "protected: 2 recorded" in line()
    assert "0 registered documents" in line()


def test_who_can_not_read_the_keys_is_told_that_records_are_not_looked_in(
    run: Run, config: Path, tmp_path: Path
) -> None:
    words = ["--csv", "people.csv", "--columns", "reference=ref", "--config", config]
    run(["exact-match", "build", "--index", "protected", *words])
    (tmp_path / "keys" / "mark.key").unlink()
    (tmp_path / "a.eml").write_bytes(b"Subject: x\r\n\r\nAB123456\r\n")
    ran = run(["inspect", tmp_path / "a.eml", "--config", config])
    assert ran.code == 0
    assert "records are not looked in" in ran.err
    assert "which does not exist" not in run(["check-config", "--config", config]).err
