from __future__ import annotations

from collections import Counter

import pytest

from bench.accuracy import page
from bench.accuracy.clean import CleanFigures
from bench.accuracy.everything import Everything
from bench.accuracy.figures import Count, Tally
from bench.accuracy.variants import Share

TEXT = (
    "# Page\n<!-- mails, development -->\nold\n<!-- end of mails, development -->\nbetween\n"
    "<!-- mails, sealed -->\nNot taken yet.\n<!-- end of mails, sealed -->\nend\n"
)


@pytest.fixture
def measured() -> Everything:
    person = Tally([Count(truths=4, found=3, findings=3, right=3)]).figures()
    return Everything(
        part="development",
        documents={"mails": 1, "shared": 0},
        mails={"ours": {"PERSON": person}},
        mails_in_capitals={},
        shared={},
        shared_in_capitals={},
        clean=CleanFigures(
            mails=600, octets=100_000, high=2, false=3, topics=90, high_topics=2, lines=(), entities=Counter()
        ),
        variants={("normalisable", "dots", "UK_NHS"): Share(1, 2)},
    )


def test_the_tables_of_the_measured_part_are_written_and_all_else_stays(tmp_path, monkeypatch, measured):
    path = tmp_path / "accuracy.md"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", path)
    page.write(measured)
    text = path.read_text(encoding="utf-8")
    assert "| PERSON | 4 " in text
    assert "old" not in text
    assert text.startswith("# Page\n<!-- mails, development -->\n")
    assert text.endswith("between\n<!-- mails, sealed -->\nNot taken yet.\n<!-- end of mails, sealed -->\nend\n")


def test_writing_twice_is_the_same_as_writing_once(tmp_path, monkeypatch, measured):
    path = tmp_path / "accuracy.md"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", path)
    page.write(measured)
    once = path.read_text(encoding="utf-8")
    page.write(measured)
    assert path.read_text(encoding="utf-8") == once


def test_the_table_of_targets_tells_what_is_reached(measured):
    table = dict(page.tables(measured))["targets"]
    lines = {line.split(" | ")[1].strip(): line.split(" | ")[-1].strip(" |") for line in table.splitlines()[2:]}
    assert lines["high, of 600"] == "yes"
    assert lines["false, in 100 kB"] == "no"
    assert lines["normalisable recall"] == "no"
