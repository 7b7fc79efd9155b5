"""`fingerprints`: documents are registered by what the gateway reads of them, and without their text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

TEXT = " ".join(f"zephyrlane{n} quillfeather{n}" for n in range(40))


@pytest.fixture
def config(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "gateway.yaml"
    path.write_text(
        "keys: {folder: keys}\nstore: {url: 'sqlite:///gateway.db', spool: spool}\nexact_match: {folder: records}\n"
        "workers: {count: 1, names: false}\n"
    )
    assert run(["init", "--config", path]).code == 0
    (tmp_path / "bulletin.txt").write_text(TEXT)
    (tmp_path / "report.html").write_text(f"<html><body><h1>Report</h1><p>{TEXT.upper()} and more</p></body></html>")
    return path


@pytest.mark.usefixtures("real_workers")
def test_documents_are_registered_listed_found_and_removed(run: Run, config: Path, tmp_path: Path) -> None:
    added = run(["fingerprints", "add", tmp_path / "bulletin.txt", "--name", "Staff news", "--config", config])
    assert (added.code, added.err) == (0, "")
    words = ["--kind", "partner", "--partner", "example-hospitals", "--config", config]
    assert run(["fingerprints", "add", tmp_path / "report.html", *words]).code == 0
    listed = run(["fingerprints", "list", "--config", config]).out
    assert "Staff news" in listed
    assert "partner of example-hospitals" in listed
    assert "report.html" in listed
    mail = tmp_path / "a.eml"
    mail.write_bytes(f"From: a@council.example\r\nSubject: x\r\n\r\nFYI\r\n> {TEXT[200:900]}\r\n".encode())
    seen = run(["inspect", mail, "--config", config]).out
    assert "internal document" in seen
    assert "“Staff news”" in seen
    identity = next(line for line in listed.splitlines() if "Staff news" in line).split()[0]
    removed = run(["fingerprints", "remove", identity, "--config", config])
    assert removed.out == f"removed {identity}  internal  Staff news\n"
    assert "Staff news" not in run(["fingerprints", "list", "--config", config]).out
    assert b"quillfeather" not in (tmp_path / "records" / "documents.register").read_bytes()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["none.txt"], "none.txt: is no file"),
        (["bulletin.txt", "--kind", "Staff News"], "is no kind"),
        (["bulletin.txt", "--kind", "partner"], "goes with --kind partner"),
        (["bulletin.txt", "--partner", "x"], "goes with --kind partner"),
        (["bulletin.txt", "report.html", "--name", "x"], "names one document"),
        (["short.txt"], "too few to know it again by"),
        (["locked.zip"], "could not be read whole"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(
    run: Run, config: Path, tmp_path: Path, words: list[str], text: str
) -> None:
    (tmp_path / "short.txt").write_text("Just a few words.")
    (tmp_path / "locked.zip").write_bytes(b"PK\3\4broken")
    ran = run(["fingerprints", "add", *words, "--config", config])
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert text in line
    assert run(["fingerprints", "list", "--config", config]).out == "No document is registered.\n"


def test_an_id_that_is_not_there_is_told(run: Run, config: Path) -> None:
    ran = run(["fingerprints", "remove", "12345678", "--config", config])
    assert (ran.code, "no document has this id" in ran.err) == (2, True)
