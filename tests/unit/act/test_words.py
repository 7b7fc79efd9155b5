from __future__ import annotations

import re
from pathlib import Path

import pytest

from dlp_gateway.act.words import (
    ENTITY_WORDS,
    GAP_WORDS,
    MARKING_WORDS,
    TOPIC_WORDS,
    entity_words,
    found_masked,
    found_words,
    reason_words,
    shown,
)
from dlp_gateway.model import (
    Area,
    Attachment,
    Exemption,
    Gap,
    GapReason,
    GapScope,
    Marking,
    MarkingKind,
)
from tests.support.notices import finding

FILES = (
    Attachment(part="2", filename="report.pdf", media_type="application/pdf", size_bytes=1),
    Attachment(part="3", filename="clients.zip", media_type="application/zip", size_bytes=1),
    Attachment(part="3/a.csv", filename="a.csv", media_type="text/csv", size_bytes=1),
    Attachment(part="4", filename=None, media_type="text/csv", size_bytes=1),
)


def words(*findings, gaps=(), markings=()):
    return found_words(findings, gaps, markings, FILES)


def test_every_entity_of_the_shipped_recognisers_has_words(repository: Path):
    rules = (repository / "rules" / "recognisers").glob("*.yaml")
    texts = [rule.read_text(encoding="utf-8") for rule in rules]
    entities = {name for text in texts for name in re.findall(r"(?m)^entity: *(\w+)", text)}
    assert entities <= set(ENTITY_WORDS), f"no words for {sorted(entities - set(ENTITY_WORDS))}"


def test_every_topic_of_the_shipped_lexicons_has_words(repository: Path):
    lexicons = (repository / "rules" / "lexicons").glob("*.yaml")
    topics = {m[1] for path in lexicons if (m := re.search(r"(?m)^topic: *(.+)$", path.read_text(encoding="utf-8")))}
    assert topics == set(TOPIC_WORDS)


def test_every_gap_reason_and_marking_has_words():
    assert set(GAP_WORDS) == set(GapReason)
    assert set(MARKING_WORDS) == set(MarkingKind)


@pytest.mark.parametrize(
    ("entity", "count", "said"),
    [
        ("UK_NHS", 1, "an NHS number"),
        ("UK_NHS", 3, "3 NHS numbers"),
        ("UK_LIBRARY_CARD", 1, "personal information (library card)"),
        ("UK_LIBRARY_CARD", 2, "2 pieces of personal information (library card)"),
    ],
)
def test_entities_are_told_in_plain_english(entity, count, said):
    assert entity_words(entity, count) == said


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"part": "2", "place": "page 2"}, "page 2 of report.pdf"),
        ({"part": "2", "place": ""}, "report.pdf"),
        ({"part": "3/a.csv", "place": "line 4"}, "line 4 of a.csv"),
        ({"part": "3/b.csv", "place": ""}, "a file in clients.zip"),
        ({"part": "4", "place": "page 1"}, "page 1 of part 4 of the message"),
        ({"part": "4", "place": ""}, "part 4 of the message"),
        ({"part": "HEADER", "place": "subject", "area": Area.SUBJECT}, "in the subject"),
        ({"part": "HEADER", "place": "To", "area": Area.HEADER}, "in the header of the message"),
        ({"part": "1", "place": "", "area": Area.BODY}, "in the text of the message"),
        ({"part": "OTHER.1", "place": ""}, "the message as another mail program reads it"),
    ],
)
def test_places_are_told_by_the_senders_own_names(changes, where):
    assert words(finding(**changes)) == (f"an NHS number, {where}",)


def test_different_values_at_one_place_are_counted_and_equal_ones_once():
    found = [finding(fingerprint=value) for value in ("a", "b", "a")]
    assert words(*found) == ("2 NHS numbers, page 2 of report.pdf",)


def test_what_need_not_be_protected_is_not_told():
    assert words(finding(exempt=Exemption.AUTHOR)) == ()


def test_gaps_and_markings_are_told():
    gaps = (
        Gap(part="3", reason=GapReason.ENCRYPTED, scope=GapScope.ATTACHMENT, detail="x"),
        Gap(part="", reason=GapReason.TIMED_OUT, scope=GapScope.MESSAGE, detail="x"),
    )
    markings = (Marking(kind=MarkingKind.SECRET, part="HEADER", place="subject"),)
    assert words(gaps=gaps, markings=markings) == (
        "the marking SECRET, in the subject",
        "clients.zip could not be read: it is encrypted or protected by a password",
        "the message could not be read in the time allowed",
    )


def test_a_long_list_is_cut_with_its_number():
    found = [finding(place=f"page {n}") for n in range(30)]
    said = words(*found)
    assert len(said) == 12
    assert said[-1] == "and 19 more"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("report.pdf", "report.pdf"),
        ("a\r\nb\tc\u00a0d", "a  b c d"),
        ("\u202egnp.exe\x00", "�gnp.exe�"),
        ("x" * 101, "x" * 99 + "…"),
    ],
)
def test_foreign_text_is_made_fit_for_one_line(text, said):
    assert shown(text) == said


def test_an_unknown_reason_code_is_told_as_it_is():
    assert reason_words("wrong-recipient") == "It was addressed to the wrong person or organisation."
    assert reason_words("not-this-week.") == "Not this week."


def test_each_value_is_told_once_at_each_place_and_no_more_than_a_page_of_them():
    one, again, other = finding(), finding(start=50, end=62), finding(fingerprint="f2", masked="401 ### ####")
    lines = found_masked((one, again, other, finding(exempt=Exemption.AUTHOR)), ())
    assert [(line.what, line.masked) for line in lines] == [
        ("an NHS number", "943 ### ####"),
        ("an NHS number", "401 ### ####"),
    ]
    many = tuple(finding(fingerprint=str(number)) for number in range(80))
    lines = found_masked(many, (), limit=50)
    assert len(lines) == 50
    assert (lines[-1].what, lines[-1].masked) == ("and 31 more", "")
