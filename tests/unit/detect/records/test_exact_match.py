"""Who is recorded is found: by every plausible spelling, beside what was found anyhow, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dlp_gateway.detect.detector import Detector
from dlp_gateway.detect.found import Found, Reading
from dlp_gateway.detect.layout import lay_out
from dlp_gateway.detect.normalise import Canonical, canonical
from dlp_gateway.detect.people.exempt import Exempter
from dlp_gateway.detect.records.exact_match import ExactMatcher
from dlp_gateway.model import Area, Category, Controls, Exemption, Passage, Question
from tests.support import shipped_rules
from tests.support.council_records import KEY, build, opened
from tests.support.cpu_time import in_step
from tests.support.untraced import untraced
from tests.unit.detect.conftest import detect_mail

AUTHOR = Controls(author="jane.doe@council.example", author_count=1)
ALL = Question(indexes=None)
SHORT = ("elizabeth liz",)

# The fields of the records in the tests below.
PERSON = ("name", "date_of_birth", "postcode", "phone", "email", "reference")
PEOPLE = [
    ("Elizabeth Anne O'Neill-Smith", "1984-03-09", "LS6 2AB", "07700 900461", "liz@home.example", "SW/2231907"),
    ("Kwame Mensah", "2012-11-30", "LS7 3AD", "", "", ""),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three indexes: `protected` knows names alone, `residents` combinations, `relations` who acts for whom."""
    folder = tmp_path_factory.mktemp("indexes")
    singles = ["name", "name+date_of_birth", "phone", "email", "reference"]
    build(folder, "protected", PERSON, singles, PEOPLE)
    combined = ["name+date_of_birth", "name+postcode", "surname+postcode", "name+date_of_birth+postcode"]
    build(folder, "residents", PERSON, combined, PEOPLE)
    keys = ["contact+name", "contact+forename", "contact+reference"]
    rows = [("dad@home.example", "Amelia Hughes", "A1234567")]
    build(folder, "relations", ("contact", "name", "reference"), keys, rows)
    return folder


@pytest.fixture(scope="module")
def matcher(folder: Path) -> ExactMatcher:
    return ExactMatcher(opened(folder), SHORT)


def reading(text: str, index: int = 0, *, table: bool = False, area: Area = Area.BODY, place: str = "") -> Reading:
    passage = Passage(part=str(index + 1), place=place, text=text, area=area, table=table)
    read = Canonical(text="") if table else canonical(text)
    return Reading(index=index, passage=passage, canonical=read, layout=lay_out(read.text, body=True))


def match(
    matcher: ExactMatcher, *readings: Reading, found: Sequence[Found] = (), question: Question = ALL
) -> list[Found]:
    return matcher.match(
        readings, found, question, Exempter(question, AUTHOR, {"jane.doe@council.example": "Jane Doe"})
    )


def finding(read: Reading, value: str, entity: str = "PERSON", category: Category = Category.NAME) -> Found:
    start = read.canonical.text.index(value)
    return Found(
        reading=read, entity=entity, category=category, recogniser="test", at=start, until=start + len(value),
        start=start, end=start + len(value), place="", value=value, confidence=0.6, mask="",
    )  # fmt: skip


def seen(items: Sequence[Found]) -> set[tuple[str, str]]:
    return {(item.value, name) for item in items for name in item.indexes}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Please call on Liz O’Neill Smith about it.", "Liz O'Neill Smith"),
        ("O'NEILL-SMITH, ELIZABETH is to be rung", "O'NEILL-SMITH, ELIZABETH"),
        ("about Elizabeth\r\n> O'Neill-Smith of", "Elizabeth\n> O'Neill-Smith"),
        ("Ring 07700 900 461 today", "07700 900 461"),
        ("write to LIZ@home.example.", "LIZ@home.example"),
        ("our reference SW 2231907, please", "SW 2231907"),
        ("case SW-223-1907.", "SW-223-1907"),
    ],
)
def test_a_single_field_is_found_in_any_spelling(matcher: ExactMatcher, text: str, value: str) -> None:
    assert (value, "protected") in seen(match(matcher, reading(text.replace("\r\n", "\n"))))


@pytest.mark.parametrize(
    "text",
    [
        "Elizabeth Smith and Anne Neill came by.",
        "Kwame rang. Mensah did not.",
        "Ring 07700 900462 about SW/2231908.",
        "E. O'Neill-Smith wrote to us.",
    ],
)
def test_nobody_else_is_found(matcher: ExactMatcher, text: str) -> None:
    assert match(matcher, reading(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "e. o'neill-smith, born 9 march 1984, is to be visited",
        "DOB 09.03.84: Smith, Elizabeth",
        "Mrs O'Neill-Smith of LS6 2AB",
    ],
)
def test_less_of_a_name_is_enough_beside_a_date_or_postcode(matcher: ExactMatcher, text: str) -> None:
    found = match(matcher, reading(text))
    assert {"residents"} <= {name for item in found for name in item.indexes}
    assert {item.entity for item in found} >= {"PERSON"}
    assert {item.confidence for item in found} == {1.0}


def test_the_parts_of_a_combination_belong_to_one_record(matcher: ExactMatcher) -> None:
    question = Question(indexes=frozenset({"residents"}))
    assert match(matcher, reading("Elizabeth O'Neill-Smith, born 30/11/2012, LS7 3AD"), question=question) == []


def test_parts_far_apart_belong_together_only_in_a_small_message(matcher: ExactMatcher) -> None:
    question = Question(indexes=frozenset({"residents"}))
    subject, body = reading("K. Mensah", area=Area.SUBJECT), reading("born 30/11/2012", 1)
    assert seen(match(matcher, subject, body, question=question)) == {
        ("K. Mensah", "residents"), ("30/11/2012", "residents")}  # fmt: skip
    crowd = "".join(f"On {day}/1/2020 Ann Wood met Tom Hall.\n" for day in range(1, 29)) * 3
    far = reading(f"K. Mensah\n{crowd}\nborn 30/11/2012")
    assert match(matcher, far, question=question) == []
    assert match(matcher, reading(f"{crowd}\nK. Mensah\nborn 30/11/2012"), question=question)


def test_what_was_found_becomes_certain_and_is_not_found_twice(matcher: ExactMatcher) -> None:
    read = reading("Please ring Kwame Mensah.")
    item = finding(read, "Kwame Mensah")
    assert match(matcher, read, found=[item]) == []
    assert (item.confidence, item.indexes) == (1.0, ("protected",))


def test_an_index_nobody_asks_for_is_looked_through_for_findings_only(matcher: ExactMatcher) -> None:
    read = reading("Kwame Mensah, and once more: Kwame Mensah, 07700 900461")
    item = finding(read, "Kwame Mensah")
    assert match(matcher, read, found=[item], question=Question()) == []
    assert item.indexes == ("protected",)


def test_the_author_of_the_same_name_is_not_meant_but_with_a_date_of_birth(matcher: ExactMatcher) -> None:
    read = reading("Kwame Mensah, 30/11/2012")
    item = finding(read, "Kwame Mensah")
    item.exempt = Exemption.AUTHOR
    match(matcher, reading("Kwame Mensah"), found=[item], question=Question(indexes=frozenset({"protected"})))
    match(matcher, read, found=[item], question=Question(indexes=frozenset({"protected"})))
    assert item.indexes == ("protected",)
    alone = finding(read, "Kwame Mensah")
    alone.exempt = Exemption.AUTHOR
    assert match(matcher, reading("Kwame Mensah"), found=[alone]) == []
    assert alone.indexes == ()


def test_a_signature_of_the_author_that_nobody_asked_names_of_is_not_meant(folder: Path) -> None:
    build(folder.parent / "own", "protected", ("name",), ["name"], [("Jane Doe",)])
    matcher = ExactMatcher(opened(folder.parent / "own"), ())
    assert match(matcher, reading("The report is here.\n\nRegards,\nJane Doe\n")) == []
    assert match(matcher, reading("Mary Jane Doeringer\n")) == []


def test_rows_of_a_table_are_one_person_each(matcher: ExactMatcher) -> None:
    rows = ["Surname\tForename\tBorn\tRef", *[f"Wood\tAnn{n}\t0{n % 9 + 1}/01/1990\tX" for n in range(60)]]
    rows[31] = "O'Neill-Smith\tElizabeth\t09/03/1984\tX"
    rows[40] = "Mensah\tK\t09/03/1984\tX"  # another's date
    found = match(matcher, reading("\n".join(rows), table=True), question=Question(indexes=frozenset({"residents"})))
    assert {item.row for item in found} == {31}
    assert {(item.entity, item.place) for item in found} == {("PERSON", "cell A32"), ("DATE_OF_BIRTH", "cell C32")}


def test_notes_in_a_table_are_read_as_text(matcher: ExactMatcher) -> None:
    note = "Rang on Monday about the boiler; spoke to Liz O’Neill-Smith, who has moved; will ring again."
    (item,) = match(matcher, reading(f"Ref\tNotes\n1\tnothing\n2\t{note}", table=True), question=Question(
        indexes=frozenset({"protected"})))  # fmt: skip
    assert (item.entity, item.row, item.place) == ("PERSON", 2, "cell B3")


def test_the_address_fields_of_a_message_are_no_text_about_people(matcher: ExactMatcher) -> None:
    assert match(matcher, reading("Kwame Mensah", area=Area.HEADER, place="header Reply-To")) == []
    assert match(matcher, reading("Kwame Mensah", area=Area.ATTACHMENT, place="document properties")) == []
    assert match(matcher, reading("Kwame Mensah.docx", area=Area.FILE_NAME))


def test_without_indexes_nothing_is_looked_at(tmp_path: Path) -> None:
    assert match(ExactMatcher(opened(tmp_path), ()), reading("Kwame Mensah")) == []


def test_a_long_text_takes_time_in_proportion(matcher: ExactMatcher) -> None:
    question = Question(indexes=frozenset({"protected", "residents"}))
    line = "On 3 May 2020 Mrs Ann Wood (ref 123456/78) of LS1 4AP met Tom Hall and Priya Nair, 01632 960111.\n"

    def work(lines: int) -> Callable[[], object]:
        read = reading(line * lines)
        return lambda: match(matcher, read, question=question)

    assert in_step(work, 800)


# -- as the detector uses it --


@pytest.fixture(scope="module")
def detector(folder: Path) -> Detector:
    with untraced():
        return Detector(shipped_rules.texts(), names=False, fingerprint_key=KEY, records=opened(folder))


def test_the_detector_tells_individuals_what_they_are_in_and_who_acts_for_them(detector: Detector) -> None:
    detection = detect_mail(
        detector, "Amelia Hughes has had her review.", to=("dad@home.example", "uncle@home.example")
    )  # fmt: skip
    assert [person.known_to for person in detection.individuals] == [("dad@home.example",)]
    first_name = detect_mail(detector, "Mr Hughes, Amelia is well.", to=("dad@home.example",))
    assert ("dad@home.example",) in [person.known_to for person in first_name.individuals]
    assert not any(person.known_to for person in detect_mail(detector, "Amelia Hughes", to="x@y.example").individuals)


def test_the_detector_finds_the_recorded_even_where_nothing_else_is_asked(detector: Detector) -> None:
    passages = (Passage(part="1", place="", text="kwame mensah, born 30/11/12, is here", area=Area.BODY),)
    question = Question(entities=frozenset(), indexes=frozenset({"protected"}))
    detection = detector.detect(passages, AUTHOR, question, {})
    assert {f.entity for f in detection.findings} == {"PERSON", "DATE_OF_BIRTH"}
    assert {f.indexes for f in detection.findings} == {("protected",)}
    (person,) = detection.individuals
    assert person.indexes == ("protected",)
    assert all("ensah" not in f.masked for f in detection.findings)
