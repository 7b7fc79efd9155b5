from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from dlp_gateway.detect.overlap import Match
from dlp_gateway.detect.ruleset import StatementFile, Trust
from dlp_gateway.detect.sensitive.somebody import Known
from dlp_gateway.detect.sensitive.statement_model import LABELS, Floats, StatementModel
from dlp_gateway.detect.sensitive.statements import RECOGNISER, StatementReader
from dlp_gateway.model import Category

TOPICS = {"SPECIAL_CATEGORY": "health", "CRIMINAL_OFFENCE": "offences", "SAFEGUARDING": "harm"}
FILE = StatementFile(
    kind="statements",
    threshold=0.5,
    amid=0.35,
    doubt=0.1,
    topics=TOPICS,
    matches=("She wheezes.",),
    no_match=("She waves.",),
)


class Believing(StatementModel):
    """A model that believes each clause with "wheezes" to be special, with "faints" half as much, each with "maybe"
    a little, and no other."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def probabilities(self, clauses: list[list[str]]) -> Floats:  # type: ignore[override]
        self.asked += clauses
        told = [[max(0.8 * ("wheezes" in c), 0.4 * ("faints" in c), 0.2 * ("maybe" in c)), 0.0, 0.0] for c in clauses]
        return np.array(told, np.float32).reshape(len(clauses), len(LABELS))


def reader() -> StatementReader:
    return StatementReader(FILE, Believing(), frozenset())


def read(
    text: str,
    persons: Sequence[tuple[int, int]] = (),
    terms: Sequence[Match] = (),
    entities: frozenset[str] | None = None,
    known: Known = Known.IDENTIFIED,
    *,
    amid: bool = False,
) -> list[Match]:
    asking = reader()
    (asked,) = asking.ask([(text, lambda _start: False)])
    return asking.judge(asked, persons, terms, entities, known, amid=amid)


def term(text: str, word: str) -> Match:
    start = text.index(word)
    return Match(
        entity="SAFEGUARDING",
        category=Category.SAFEGUARDING,
        recogniser="safeguarding-children",
        start=start,
        end=start + len(word),
        confidence=0.8,
        mask="harm",
    )


def test_a_clause_that_says_it_of_a_person_counts() -> None:
    text = "Thanks. She wheezes at night. Bye."
    (match,) = read(text)
    assert (match.entity, match.recogniser, match.mask) == ("SPECIAL_CATEGORY", RECOGNISER, "health")
    assert text[match.start : match.end] == "She wheezes at night."
    assert match.confidence == pytest.approx(0.8)


def test_what_is_named_after_somebody_is_nobody() -> None:
    """A pool is shut; nobody is."""
    for before, counts in (("the ", 0), ("for ", 1)):
        text = f"Pump wheezes {before}Roger Bannister"
        start = text.index("Roger")
        assert len(read(text, [(start, len(text))])) == counts


@pytest.mark.parametrize("text", ["The boiler in the hall wheezes loudly.", "Anyone who wheezes should see a doctor."])
def test_what_is_said_of_nobody_in_particular_does_not_count(text: str) -> None:
    assert read(text) == []


def test_a_note_beside_a_name_is_about_who_is_named() -> None:
    text = "Okafor: wheezes badly"
    assert read(text) == []
    assert len(read(text, [(0, 6)], [])) == 1


def test_what_a_lexicon_found_stands_instead() -> None:
    text = "She wheezes since he hit her."
    found = term(text, "hit her")
    assert read(text, [], [found]) == [found]


def test_what_stands_beside_a_term_in_its_clause_is_read_by_itself() -> None:
    text = "Since he hit her she wheezes at night, and the door is mended."
    found = term(text, "hit her")
    assert read(text, [], [found]) == [found], "the piece that wheezes holds the term"
    text = "He hit her on Monday, and she wheezes at night, and the door is mended."
    found = term(text, "hit her")
    first, second = read(text, [], [found])
    assert first == found
    assert text[second.start : second.end] == "she wheezes at night"


def test_amid_what_is_sure_less_is_enough_but_not_where_nobody_is_known() -> None:
    """The model believes 0.4 of who faints; 0.5 is what counts, 0.35 amid what is sure."""
    text = "She faints at work."
    counts = {amid: [len(read(text, known=known, amid=amid)) for known in Known] for amid in (False, True)}
    assert counts == {False: [0, 0, 0], True: [0, 1, 1]}


def test_amid_what_is_sure_only_the_likeliest_is_told() -> None:
    class Wavering(Believing):
        def probabilities(self, clauses: list[list[str]]) -> Floats:  # type: ignore[override]
            return np.array([[0.45, 0.0, 0.4]] * len(clauses), np.float32).reshape(len(clauses), len(LABELS))

    asking = StatementReader(FILE, Wavering(), frozenset())
    (asked,) = asking.ask([("She is like that with him.", lambda _start: False)])
    assert [m.entity for m in asking.judge(asked, [], [], amid=True)] == ["SPECIAL_CATEGORY"]
    assert asking.judge(asked, [], []) == []


@pytest.mark.parametrize(("key", "amid"), [("least", False), ("least_amid", True)])
@pytest.mark.parametrize(("least", "told"), [(0.8, 1), (0.81, 0)])
def test_of_a_kind_that_is_often_wrong_more_is_asked_whatever_else_is_enough(
    key: str, least: float, told: int, *, amid: bool
) -> None:
    """The model believes 0.8 of who wheezes."""
    file = FILE.model_copy(update={key: {"SPECIAL_CATEGORY": least - 1e-6}})
    asking = StatementReader(file, Believing(), frozenset())
    (asked,) = asking.ask([("She wheezes at night.", lambda _start: False)])
    assert len(asking.judge(asked, [], [], amid=amid)) == told
    assert len(asking.judge(asked, [], [], amid=not amid)) == 1


@pytest.mark.parametrize("key", ["least", "least_amid"])
def test_a_least_of_what_is_no_such_kind_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="may name"):
        StatementFile.model_validate(FILE.model_dump() | {key: {"PERSON": 0.5}})


def test_a_text_is_sure_where_what_was_found_in_it_stands_in_a_clause_of_which_the_model_is() -> None:
    text = "She wheezes at night. She faints at work."
    asking = reader()
    (asked,) = asking.ask([(text, lambda _start: False)])
    assert asking.is_sure(asked, [(4, 11)])
    assert not asking.is_sure(asked, [(text.index("faints"), len(text))])
    assert not asking.is_sure(asked, [])


def test_what_a_lexicon_found_where_the_model_has_no_belief_does_not_count() -> None:
    text = "Her report on neglect is late. Maybe she is a victim of neglect."
    first, second = term(text, "neglect"), term(text, "victim of neglect")
    assert read(text, [], [first, second]) == [second]


def test_what_the_label_of_a_form_says_is_not_doubted() -> None:
    found = replace(term("Type of abuse: neglect", "neglect"), labelled=True)
    assert read("Type of abuse: neglect", [], [found]) == [found]


def test_the_less_is_known_of_whom_it_is_said_the_surer_it_must_be() -> None:
    """The model believes 0.8 of what wheezes, 0.2 of what may be."""
    text = "Maybe he is a victim of neglect."
    found = term(text, "victim of neglect")
    assert [len(read("He wheezes.", known=known)) for known in Known] == [0, 1, 1]
    assert [len(read(text, [], [found], known=known)) for known in Known] == [0, 0, 1]


def test_where_nobody_is_known_the_writer_and_the_reader_are() -> None:
    file = FILE.model_copy(update={"nobody": Trust(threshold=0.7, doubt=0.7)})
    asking = StatementReader(file, Believing(), frozenset())
    for text, counts in (("She wheezes at night.", 0), ("My son wheezes at night.", 1)):
        (asked,) = asking.ask([(text, lambda _start: False)])
        assert len(asking.judge(asked, [], [], None, Known.NOBODY)) == counts


def test_only_the_entities_asked_for_are_looked_for() -> None:
    assert read("She wheezes.", entities=frozenset({"PERSON"})) == []
    assert read("She wheezes.", entities=frozenset({"SAFEGUARDING"})) == []
    assert len(read("She wheezes.", entities=frozenset({"SPECIAL_CATEGORY"}))) == 1


def test_cells_are_read_one_by_one_and_two_words_say_too_little() -> None:
    column = "wheezes at night\nwheezes badly\nhas a dog, maybe two"
    matches = list(reader().read_cells(column, []))
    assert [column[m.start : m.end] for m in matches] == ["wheezes at night"]


def test_a_file_must_name_a_topic_of_each_entity() -> None:
    with pytest.raises(ValueError, match="must name a topic each of"):
        StatementFile.model_validate({**FILE.model_dump(), "topics": {"SAFEGUARDING": "harm"}})
