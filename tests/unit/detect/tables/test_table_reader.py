from __future__ import annotations

from collections.abc import Callable

from dlp_gateway.detect.checks import nhs_mod_11
from dlp_gateway.detect.detector import Detector
from dlp_gateway.model import Area, Detection, Finding, Passage
from tests.support.cpu_time import within

Detect = Callable[..., Detection]


def table(text: str, place: str = "sheet Clients", **more: int) -> Passage:
    return Passage(part="2", place=place, text=text, area=Area.ATTACHMENT, table=True, **more)


def found(detection: Detection, text: str) -> list[tuple[str, str, str]]:
    return [(f.entity, f.place, text[f.start : f.end]) for f in detection.findings]


def nhs_numbers(count: int) -> list[str]:
    numbers = (str(n) for n in range(4_000_000_000, 5_000_000_000, 7))
    valid = (n for n in numbers if nhs_mod_11(n))
    return [next(valid) for _ in range(count)]


CLIENTS = (
    "Client list\n"
    "Surname\tForename\tNHS number\tD.O.B.\tNotes\n"
    "Okafor\tGrace\t9434765919\t01/02/1990\thas dementia\n"
    "Lindqvist\tPeter\t4010232137\t05/06/1985\tring 07700 900123 first\n"
)


def test_headers_type_the_columns_and_places_name_the_cells(detect: Detect) -> None:
    assert found(detect("x", extra=(table(CLIENTS),)), CLIENTS) == [
        ("PERSON", "sheet Clients, cell A3", "Okafor"),
        ("UK_NHS", "sheet Clients, cell C3", "9434765919"),
        ("DATE_OF_BIRTH", "sheet Clients, cell D3", "01/02/1990"),
        ("SPECIAL_CATEGORY", "sheet Clients, cell E3", "has dementia"),
        ("PERSON", "sheet Clients, cell A4", "Lindqvist"),
        ("UK_NHS", "sheet Clients, cell C4", "4010232137"),
        ("DATE_OF_BIRTH", "sheet Clients, cell D4", "05/06/1985"),
        ("PHONE_NUMBER", "sheet Clients, cell E4", "07700 900123"),
    ]


def test_each_row_is_a_person(detect: Detect) -> None:
    detection = detect("x", extra=(table(CLIENTS),))
    assert [len(i.findings) for i in detection.individuals] == [4, 4]


def test_the_same_person_in_prose_and_table_has_one_fingerprint(detect: Detect) -> None:
    in_table = detect("x", extra=(table(CLIENTS),)).individuals[0]
    in_prose = detect("Grace Okafor, NINO JG103759A").individuals[0]
    assert in_table.fingerprint == in_prose.fingerprint


def test_the_first_cell_may_stand_anywhere_in_the_sheet(detect: Detect) -> None:
    text = "NHS number\n9434765919"
    detection = detect("x", extra=(table(text, place="", first_row=10, first_column=28),))
    assert [f.place for f in detection.findings] == ["cell AB11"]


def test_numbers_under_other_headers_are_no_identifiers(detect: Detect) -> None:
    text = "Order number\tInvoice\tMeter\tAmount\n9434765919\t4010232137\t4111111111111111\t100071234567\n" * 3
    assert detect("x", extra=(table(text),)).findings == ()


def test_a_column_without_header_is_typed_by_what_nearly_all_its_cells_are(detect: Detect) -> None:
    text = "\n".join(f"{n}\trow {i}" for i, n in enumerate(nhs_numbers(12)))
    assert {f.entity for f in detect("x", extra=(table(text),)).findings} == {"UK_NHS"}


def test_a_few_lucky_numbers_do_not_type_a_column(detect: Detect) -> None:
    lucky = nhs_numbers(3)
    text = "\n".join([*lucky, *(str(4_000_000_011 + 2 * n) for n in range(20))])
    assert detect("x", extra=(table(text),)).findings == ()


def test_names_stand_in_columns_with_and_without_header(detect: Detect) -> None:
    names = ["Grace Okafor", "Peter Lindqvist", "Priya Shah", "Sarah Whitlock", "Ahmed Khan"]
    for text in ("Name\tPaid\n" + "\n".join(f"{n}\t5" for n in names), "\n".join(f"{n}\t5" for n in names)):
        people: list[Finding] = [f for f in detect("x", extra=(table(text),)).findings if f.entity == "PERSON"]
        assert [text[f.start : f.end] for f in people] == names


def test_columns_of_things_are_no_names(detect: Detect) -> None:
    text = "Street name\tFile name\tSchool\tName of organisation\nMill Lane\treport\tHill Top\tExample Homes\n"
    assert detect("x", extra=(table(text),)).findings == ()


def test_a_form_with_labels_at_the_left_is_about_one_person(detect: Detect) -> None:
    text = "Name\tGrace Okafor\nDate of birth\t01/02/1990\nNHS number\t943 476 5919\nOrder number\t4010232137\n"
    detection = detect("x", extra=(table(text),))
    assert [f.entity for f in detection.findings] == ["PERSON", "DATE_OF_BIRTH", "UK_NHS"]
    assert len(detection.individuals) == 1


def test_offsets_of_cells_beyond_ascii_lead_back(detect: Detect) -> None:
    text = "Náme\tNHS number\nZoë Müller\u200b\t943\u00a0476\u00a05919\n"
    assert [v for _, _, v in found(detect("x", extra=(table(text),)), text)] == ["943\u00a0476\u00a05919"]


def test_twenty_thousand_rows_take_seconds_not_minutes(by_rule: Detector, detect: Detect) -> None:
    numbers = nhs_numbers(20_000)
    rows = [f"Okafor\tGrace\t{n}\t01/02/1990\tLS{i % 9 + 1} {i % 9}AD\tno change" for i, n in enumerate(numbers)]
    text = "Surname\tForename\tNHS number\tDOB\tPostcode\tNotes\n" + "\n".join(rows)
    detection = within(6, lambda: detect("x", extra=(table(text),)))  # 1.6 s on an idle core
    assert len(detection.individuals) == 5000


def test_characters_nobody_sees_do_not_move_a_finding_in_its_cell(detect: Detect) -> None:
    """Found by fuzzing: what was matched in the cell as it stands was looked up in its reading without them."""
    text = "NHS number\tNotes\n\x01\x019434\x01765919\t\x01none\n"
    assert found(detect("x", extra=(table(text),)), text) == [("UK_NHS", "sheet Clients, cell A2", "9434\x01765919")]


def test_many_findings_in_one_cell_take_linear_time(detect: Detect) -> None:
    """Found by fuzzing: the whole cell was read anew for each of them, two minutes for 100 kB."""
    text = "\u0435@council.example" * 5_000  # a Cyrillic letter
    assert within(5, lambda: detect("x", extra=(table(text),))).findings


def test_rows_that_hold_what_only_people_have_are_people(detect: Detect) -> None:
    """Headers such as "X1" and "Need" say nothing; two dates of birth or pupil numbers do."""
    text = "X1\tX2\tNeed\nG603250814879\tPlan 4417\tepilepsy\nF573481515344\tPlan 3982\tnone\n"
    places = [
        place for entity, place, _ in found(detect("x", extra=(table(text),)), text) if entity == "SPECIAL_CATEGORY"
    ]
    assert places == ["sheet Clients, cell C2"]


def test_rows_that_hold_nothing_of_people_are_none(detect: Detect) -> None:
    text = "X1\tX2\tTopic\n4417\tRoom 2\tepilepsy\n3982\tRoom 4\tasthma\n"
    assert [entity for entity, _, _ in found(detect("x", extra=(table(text),)), text)] == []
