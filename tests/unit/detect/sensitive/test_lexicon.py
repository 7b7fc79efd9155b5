from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from dlp_gateway.detect.ruleset import TermFile
from dlp_gateway.detect.sensitive.lexicon import TermMatch, TermScanner
from tests.support import shipped_rules
from tests.support.cpu_time import grows_linearly

_LEXICONS = ("sensitive-", "criminal-", "safeguarding-")


def file_of(**more: object) -> TermFile:
    given = {
        "kind": "terms",
        "entity": "SPECIAL_CATEGORY",
        "category": "special",
        "topic": "health",
        "matches": ["x"],
        "no_match": ["y"],
    }
    return TermFile.model_validate(given | more)


def scan(text: str, persons: tuple[str, ...] = (), *, row: bool = False, **file: object) -> list[str]:
    """The words of the terms that count in a text, by the phrases of one file."""
    spans = [(text.index(name), text.index(name) + len(name)) for name in persons]
    found = TermScanner({"health": file_of(**file)}).scan(text, spans, row=row)
    return [text[term.start : term.end] for term in found]


@pytest.fixture(scope="module")
def shipped() -> TermScanner:
    return TermScanner(shipped_rules.ruleset().terms)


def entities(scanner: TermScanner, text: str) -> set[str]:
    return {term.entity for term in scanner.scan(text, [])}


class TestStrength:
    def test_a_strong_term_counts_with_a_person_in_its_sentence(self) -> None:
        assert scan("Mrs Low and her angina. The shed is open.", strong=["angina"]) == ["angina"]
        assert scan("The angina of the nation is well known to all of the many readers of this long page.",
                    strong=["angina"]) == []  # fmt: skip

    def test_a_weak_term_counts_only_where_the_words_before_tie_it_to_a_person(self) -> None:
        assert scan("She has cancer.", weak=["cancer"]) == ["cancer"]
        assert scan("She wrote cancer on the board.", weak=["cancer"]) == []

    def test_a_statement_counts_in_a_sentence_that_deals_with_papers(self) -> None:
        assert scan("He told the training manager that he was diagnosed with lupus.", says=["{is} diagnosed with"])

    def test_a_strong_term_in_a_sentence_that_deals_with_papers_needs_a_close_tie(self) -> None:
        assert scan("She told the committee about her lupus.", strong=["lupus"]) == ["lupus"]
        assert scan("She told the committee about lupus.", strong=["lupus"]) == []

    def test_a_name_that_is_known_is_a_person(self) -> None:
        text = "Yesterday Kowalczyk rang again about the lift and mentioned suffering from lupus"
        assert scan(text, weak=["lupus"]) == []
        assert scan(text, persons=("Kowalczyk",), weak=["lupus"]) == ["lupus"]

    def test_a_word_that_is_a_persons_name_is_no_term(self) -> None:
        text = "He has met Gay Burns, his neighbour."
        assert scan(text, strong=["burns"]) == ["Burns"]
        assert scan(text, persons=("Gay Burns",), strong=["burns"]) == []

    def test_notes_leave_out_of_whom_they_speak(self) -> None:
        says = ["(suffers|suffering) from {any}"]
        assert scan("Saw Mr Fell today.\nSuffers from gout.", says=says) == ["Suffers from"]
        assert scan("Suffers from gout.", says=says) == []

    def test_the_reader_is_a_person(self) -> None:
        assert scan("Your lupus was taken into account.", strong=["lupus"]) == ["lupus"]
        assert scan("I have lupus.", weak=["lupus"]) == ["lupus"]
        assert scan("Can you print the page on lupus?", strong=["lupus"]) == []

    def test_confidence_falls_with_the_strength_of_the_tie(self) -> None:
        scanner = TermScanner({"health": file_of(says=["{is} diabetic"], strong=["lupus"], weak=["cancer"])})
        said, tied, weak = scanner.scan("She is diabetic, she has lupus and he has cancer.", [])
        assert said.confidence == tied.confidence == 0.9 > weak.confidence == 0.75
        assert [t.weak for t in (said, tied, weak)] == [False, False, True]


class TestWhatDoesNotCount:
    @pytest.mark.parametrize(
        "text",
        [
            "If you have lupus, ask her for a form.",
            "People with lupus can ring him.",
            "Anyone who has lupus may ring her.",
            "The report says that 23 children have lupus, he told us.",
            "14 per cent of adults have lupus, says Mr Low.",
            "Any applicant with lupus may ask him for help.",
            "Do you have lupus?",
        ],
    )
    def test_people_in_general(self, text: str) -> None:
        assert scan(text.replace("ask her", "ask us"), strong=["lupus"]) == []

    @pytest.mark.parametrize(
        "text",
        [
            "He will write the lupus strategy.",
            "Her lupus awareness week stall is booked.",
            "She chairs the lupus partnership board.",
            "Mr Low is the lupus coordinator.",
        ],
    )
    def test_papers_events_bodies_and_posts(self, text: str) -> None:
        assert scan(text, strong=["lupus"]) == []

    def test_somebodys_own_nurse_is_no_post(self) -> None:
        assert scan("Her lupus nurse came.", strong=["lupus"]) == ["lupus"]

    def test_a_thing_is_nobody(self) -> None:
        assert scan("He says that stop 450012 is blind.", says=["{is} blind"], weak=["blind"]) == []
        assert scan("He says that it is blind.", says=["{is} blind"], weak=["blind"]) == []
        assert scan("The thing that he hit her with.", says=["{he} hit her"]) == []

    @pytest.mark.parametrize("before", ["She said that", "Allegations are that", "He told me that"])
    def test_the_that_of_what_is_said_is_no_thing(self, before: str) -> None:
        assert scan(f"{before} he hit her.", says=["{he} hit her"]) == ["he hit her"]

    def test_a_denial_counts(self) -> None:
        assert scan("She denies that she has lupus.", weak=["lupus"]) == ["lupus"]
        assert scan("He does not have lupus.", weak=["lupus"]) == ["lupus"]

    def test_a_term_inside_a_phrase_of_no_meaning(self) -> None:
        assert scan("He has a blind spot.", weak=["blind"], not_in=["blind spot"]) == []

    def test_a_statement_longer_than_a_phrase_of_no_meaning_counts(self) -> None:
        found = scan("He is under the stroke team.", says=["under the stroke team"], not_in=["stroke team"])
        assert found == ["under the stroke team"]

    def test_a_statement_that_a_phrase_of_no_meaning_goes_beyond_does_not_count(self) -> None:
        says, not_in = ["{is} a member of Unite"], ["member of unite housing"]
        assert scan("She is a member of Unite.", says=says, not_in=not_in) == ["is a member of Unite"]
        assert scan("She is a member of Unite Housing.", says=says, not_in=not_in) == []


class TestListsAndTables:
    def test_an_entry_in_a_line_with_a_name_or_an_identifier_counts(self) -> None:
        assert scan("Ash, Tom  12/03/2004  asthma, by bus", weak=["asthma"]) == ["asthma"]
        assert scan("Tom Ash - asthma - by bus", persons=("Tom Ash",), weak=["asthma"]) == ["asthma"]

    def test_the_number_of_the_next_line_is_no_count(self) -> None:
        text = "1. Edith Crowe, 12 Mill Lane - angina\n2. Bob Hart, 3 Oak Road - key in safe\n"
        assert scan(text, ("Edith Crowe", "Bob Hart"), strong=["angina"]) == ["angina"]
        assert scan("Edith Crowe, visits - stress  31", ("Edith Crowe",), weak=["stress"]) == []

    @pytest.mark.parametrize(
        ("note", "sure"), [("angina", True), ("angina, bad", True), ("MS", True), ("MS worse", False)]
    )
    def test_a_note_about_one_person_is_sure_where_it_says_it_by_itself(self, note: str, sure: bool) -> None:
        text = f"Edith Crowe, 12 Mill Lane - {note}"
        scanner = TermScanner({"health": file_of(strong=["angina"], weak=["MS"])})
        assert [term.labelled for term in scanner.scan(text, [(0, 11)])] == [sure]

    def test_what_heads_a_note_is_no_name(self) -> None:
        text = "Mrs Crowe of Mill Lane. Asbestosis, lives alone."
        assert scan(text, ("Mrs Crowe",), strong=["asbestosis"]) == ["Asbestosis"]

    def test_a_word_in_running_text_with_a_date_is_no_entry(self) -> None:
        assert scan("The talk for the asthma day on 12/03/2026, in the hall", weak=["asthma"]) == []

    def test_cells_of_peoples_rows_need_no_person(self) -> None:
        assert scan("asthma", row=True, weak=["asthma"]) == ["asthma"]
        assert scan("asthma", weak=["asthma"]) == []

    def test_a_cell_that_names_a_team_says_nothing(self) -> None:
        assert scan("Asthma team", row=True, weak=["asthma"]) == []


class TestScanner:
    def test_terms_come_in_the_order_of_the_text_and_once(self) -> None:
        text = "She has lupus and severe lupus nephritis, and he has gout."
        found = scan(text, strong=["lupus", "lupus nephritis", "gout"], weak=["lupus"])
        assert found == ["lupus", "lupus nephritis", "gout"]

    def test_only_the_entities_asked_for_are_searched(self, shipped: TermScanner) -> None:
        text = "He has schizophrenia and was convicted of arson."
        assert {t.entity for t in shipped.scan(text, [])} == {"SPECIAL_CATEGORY", "CRIMINAL_OFFENCE"}
        only = shipped.scan(text, [], frozenset({"CRIMINAL_OFFENCE"}))
        assert {t.entity for t in only} == {"CRIMINAL_OFFENCE"}

    def test_line_ends_and_quote_marks_part_no_phrase(self) -> None:
        assert scan("> she was diagnosed\n> with lupus", says=["diagnosed with"]) == ["diagnosed\n> with"]

    def test_offsets_hold_beyond_latin_1(self) -> None:
        text = "Łukasz “Lu” Święty – his epilepsy"
        (term,) = TermScanner({"health": file_of(strong=["epilepsy"])}).scan(text, [])
        assert isinstance(term, TermMatch)
        assert text[term.start : term.end] == "epilepsy"

    @pytest.mark.parametrize(
        "piece", ["she was arrested for ", "people with ", "Mr Mr Mr ", "his ", "is is is not not ", "\n- ", "lupus "]
    )
    def test_hostile_repetition_takes_linear_time(self, shipped: TermScanner, piece: str) -> None:
        assert grows_linearly(lambda text: list(shipped.scan(text, [])), piece)


class TestShipped:
    def test_every_topic_has_a_source_and_enough_examples(self) -> None:
        files = {name: file for name, file in shipped_rules.ruleset().terms.items() if name.startswith(_LEXICONS)}
        assert len(files) >= 18
        assert [name for name, f in files.items() if not f.source or len(f.matches) < 15 or len(f.no_match) < 15] == []

    def test_every_topic_lists_a_phrase_once(self, texts: dict[str, str]) -> None:
        repeated = []
        for name, text in texts.items():
            value = yaml.load(text, yaml.CSafeLoader)
            if isinstance(value, dict) and value.get("kind") == "terms":
                for key in ("says", "strong", "weak", "not_in"):
                    phrases = value.get(key, [])
                    repeated += [(name, key, p) for p in set(phrases) if phrases.count(p) > 1]
        assert repeated == []

    @pytest.mark.parametrize(
        ("text", "entity"),
        [
            ("Mr Okafor was diagnosed with vascular dementia.", "SPECIAL_CATEGORY"),
            ("Her community order ends in June.", "CRIMINAL_OFFENCE"),
            ("He goes missing from his foster placement.", "SAFEGUARDING"),
            ("There is no evidence that she has been sexually abused.", "SAFEGUARDING"),
        ],
    )
    def test_statements_are_found(self, shipped: TermScanner, text: str, entity: str) -> None:
        assert entity in entities(shipped, text)

    def test_ordinary_mail_says_nothing_sensitive(self, shipped: TermScanner) -> None:
        text = (
            "Dear Mrs Low,\n\nThank you for your letter about the hedge in Blind Lane. Mr Black will call on Monday.\n"
            "The race night is on Friday, and Christian has the tickets. He charges his phone in my office."
            "\n\nKind regards\n"
        )
        assert entities(shipped, text) == set()


def test_the_example_that_administrators_are_shown_holds() -> None:
    page = (Path(__file__).parents[4] / "docs" / "lexicons.md").read_text(encoding="utf-8")
    file = TermFile.model_validate(yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0]))
    scanner = TermScanner({"hostels": file})
    assert all(list(scanner.scan(example, [])) for example in file.matches)
    assert not any(list(scanner.scan(example, [])) for example in file.no_match)


class TestOfNobodyInParticular:
    @pytest.mark.parametrize(
        "text",
        [
            "Q. I am deaf, can I have an interpreter? A. Two weeks before.",
            "Which queen had haemophilia in the family?",
            "You do not have to have epilepsy to come along.",
            'Ms Hart leads "Living Well with Arthritis" on Tuesdays.',
            "Diabetic dessert every day, she says.",
            "Asthma.\n\nMs Hart will cook.",
            "Round 3. 1 Dr Crippen. 2 Mrs Ellis. 3 Typhoid. 4 The Ripper.",
            "Epilepsy, asthma or a bad back need a doctor's note.",
            "Ms Hart does our feet. She does not do bunions.",
        ],
    )
    def test_titles_questions_and_the_next_paragraph(self, shipped: TermScanner, text: str) -> None:
        assert not list(shipped.scan(text, []))

    @pytest.mark.parametrize(
        "text",
        [
            'Ms Hart said "my arthritis is bad".',
            "Ms Hart rang.\n\nAsthma.",
            "Which tablets? She has epilepsy.",
        ],
    )
    def test_what_is_said_of_somebody_still_counts(self, shipped: TermScanner, text: str) -> None:
        assert list(shipped.scan(text, []))
