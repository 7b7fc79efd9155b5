from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.detect.disguise.views import FROM_PICTURE
from dlp_gateway.model import Area, Detection, Passage

Detect = Callable[..., Detection]


def values(detection: Detection, entity: str) -> list[tuple[int, int]]:
    return [(f.start, f.end) for f in detection.findings if f.entity == entity]


@pytest.mark.parametrize(
    "number",
    [
        "J G 1 0 3 7 5 9 A",
        "J.G.1.0.3.7.5.9.A",
        "JG    10    37    59    A",
        "\u202eA 95 73 01 GJ\u202c",
        "ＪＧ １０ ３７ ５９ Ａ",
        "JG 10 37 59 А",  # Cyrillic
        "J\u0336G\u0336 1\u03360\u0336 37 59 A",
        "J\u0301G\u0301 10 37 59 A\u0301",
        "J\u200bG\u200b 10\u00ad 37 59 A",
        "J\x02G\x02 1\x020\x02 37 59 A",
        "🅹🅶 10 37 59 🅰",
        "JG\n10\n37\n59\nA",
        "JG·10·37·59·A",
    ],
)
def test_a_disguised_identifier_is_found_once_where_it_stands(number: str, detect: Detect) -> None:
    text = f"Her number: {number} thanks"
    start = text.index(number)
    ((first, last),) = values(detect(text), "UK_NINO")
    assert start <= first < last <= start + len(number)
    assert len(text[first:last].strip()) >= len(number.strip("\u202e\u202c")) - 1
    plain = detect("Her number: JG 10 37 59 A thanks")
    assert {f.fingerprint for f in detect(text).findings} == {f.fingerprint for f in plain.findings}


def test_an_identifier_in_clear_is_not_found_twice(detect: Detect) -> None:
    text = "NI JG 10 37 59 A, NI J G 1 0 3 7 5 9 A, and \u202ethis\u202c"
    assert len(values(detect(text), "UK_NINO")) == 2


def test_one_letter_a_cell_is_found_with_its_cell(detect: Detect) -> None:
    table = Passage(
        part="2", place="sheet A", area=Area.ATTACHMENT, table=True, text="x\ty\nJ\tG\t1\t0\t3\t7\t5\t9\tA", first_row=4
    )
    (finding,) = [f for f in detect("See attached", extra=(table,)).findings if f.entity == "UK_NINO"]
    assert (finding.place, table.text[finding.start : finding.end]) == ("sheet A, cell A5", "J\tG\t1\t0\t3\t7\t5\t9\tA")


def test_recognised_text_needs_no_exact_blanks(detect: Detect) -> None:
    scan = Passage(
        part="2",
        place=f"page 1 {FROM_PICTURE}",
        area=Area.ATTACHMENT,
        text="NHS number 943 47 6 59 19\nNI numberJG 1037 59A",
    )
    found = {f.entity for f in detect("See attached", extra=(scan,)).findings}
    assert {"UK_NHS", "UK_NINO"} <= found


@pytest.mark.parametrize(
    "text",
    [
        "Scores 4 5 3 2 0 1 5 5 5 5 5 5 4 4 4 4 4 were given",
        "Y N Y N Y Y N Y",
        "2019\n2020\n2021\n2022\n2023\n2024\n",
        "4539\n1488\n0343\n6467\n",
        "12|34|56|78|90|12\n",
        "A B C D E F G H",
        "order no 9 4 3 4 7 6 5 9 1 9",
        "1, 2, 3, 4, 5, 6, 7 and 8",
    ],
)
def test_lists_and_scores_are_no_identifiers(text: str, detect: Detect) -> None:
    """A view joins what may not belong together."""
    assert [f.entity for f in detect(text).findings] == []


def test_the_end_of_a_row_and_the_beginning_of_the_next_are_no_card(detect: Detect) -> None:
    table = Passage(part="2", place="", area=Area.ATTACHMENT, table=True, text="Paid\t66826\n46814540\tPaid")
    assert [f.entity for f in detect("See attached", extra=(table,)).findings] == []
    assert [f.entity for f in detect("Her card is 66826\n46814540").findings] == ["CREDIT_CARD"]


def test_a_table_of_single_digits_is_no_table_of_cards(detect: Detect) -> None:
    """Answers of a survey pass a check digit one time in ten."""
    rows = "\n".join("\t".join(str((row * 7 + column * 3) % 5 + 1) for column in range(16)) for row in range(200))
    table = Passage(part="2", place="", area=Area.ATTACHMENT, table=True, text=rows)
    assert [f.entity for f in detect("See attached", extra=(table,)).findings] == []
