from __future__ import annotations

from dataclasses import dataclass

from bench.accuracy.comparison import confusion, errors, read, rows
from bench.accuracy.documents import Document
from bench.accuracy.matching import Span, overlap
from bench.accuracy.scheme import ANY, MAILS, MICRO, SHARED
from tests.accuracy.labelled import Piece, Truth


@dataclass
class Fixed:
    """A system that finds the same in every document."""

    found: list[Span]
    name: str = "ours"

    def spans(self, document: Document) -> list[Span]:
        return self.found


TEXT = "Dr Edith Crowe of 4 Mill Lane works for Acme"


def document(*truths: tuple[str, str], text: str = TEXT) -> Document:
    marked = tuple(
        Truth(start=text.index(words), end=text.index(words) + len(words), entity=entity) for entity, words in truths
    )
    return Document(id="one", pieces=(Piece(name="body", text=text, truths=marked),))


def found(entity: str, words: str) -> Span:
    return Span(piece="body", start=TEXT.index(words), end=TEXT.index(words) + len(words), type=entity)


def test_an_address_of_ours_counts_as_a_location_of_the_shared_set():
    reads = read(Fixed([found("UK_ADDRESS", "4 Mill Lane")]), [document(("STREET_ADDRESS", "4 Mill Lane"))], SHARED)
    assert rows(reads, SHARED, overlap)["LOCATION"].recall.value == 1


def test_a_finding_on_a_title_is_neither_right_nor_wrong():
    reads = read(Fixed([found("ORGANIZATION", "Dr")]), [document(("TITLE", "Dr"))], SHARED)
    assert rows(reads, SHARED, overlap) == {}


def test_micro_sums_the_types_and_any_takes_every_type_for_every_other():
    wanted = document(("PERSON", "Edith Crowe"), ("ORGANIZATION", "Acme"))
    reads = read(Fixed([found("PERSON", "Edith Crowe"), found("LOCATION", "Acme")]), [wanted], SHARED)
    figures = rows(reads, SHARED, overlap)
    assert figures[MICRO].recall.value == figures[MICRO].precision.value == 0.5
    assert figures[ANY].recall.value == figures[ANY].precision.value == 1


def test_an_entity_that_is_no_type_counts_for_any_only():
    reads = read(Fixed([found("UK_NHS", "works")]), [document(("PERSON", "Edith Crowe"))], SHARED)
    figures = rows(reads, SHARED, overlap)
    assert figures[MICRO].count.findings == 0
    assert figures[ANY].count.findings == 1


def test_a_sensitive_stretch_found_as_another_sensitive_type_counts_for_the_group_only():
    reads = read(Fixed([found("SAFEGUARDING", "works")]), [document(("SPECIAL_CATEGORY", "works"))], MAILS)
    figures = rows(reads, MAILS, overlap)
    assert figures["SPECIAL_CATEGORY"].recall.value == 0
    assert figures["sensitive, any type"].recall.value == 1


def test_errors_show_what_was_missed_and_what_was_wrong_with_the_text_around():
    reads = read(Fixed([found("PERSON", "Acme")]), [document(("PERSON", "Edith Crowe"))], SHARED)
    missed, wrong = errors(reads, frozenset({"PERSON"}))
    assert missed.startswith("- PERSON")
    assert "Dr [[Edith Crowe]] of" in missed
    assert wrong.startswith("+ PERSON")
    assert "works for [[Acme]]" in wrong


def test_confusion_counts_what_a_missed_truth_was_taken_for():
    reads = read(Fixed([found("LOCATION", "Acme")]), [document(("ORGANIZATION", "Acme"))], SHARED)
    missed, wrong = confusion(reads)
    assert missed == {("ORGANIZATION", "LOCATION"): 1}
    assert wrong == {("ORGANIZATION", "LOCATION"): 1}
