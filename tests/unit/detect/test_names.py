from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.detect.detector import Detector
from dlp_gateway.detect.names.capitals import truecase
from dlp_gateway.detect.names.lists import NameLists
from dlp_gateway.model import Detection

Detect = Callable[..., Detection]


def names(detection: Detection, body: str) -> list[str]:
    return [body[f.start : f.end] for f in detection.findings if f.entity == "PERSON"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Mr & Mrs Patel came.", ["Patel"]),
        ("Mrs J. O'Connor-Hall came.", ["J. O'Connor-Hall"]),
        ("Dr Zoë Müller came.", ["Zoë Müller"]),
        ("Dear Ms Kowalska,\n\nHello", ["Kowalska"]),
        ("Hi Priya,\n\nHello", ["Priya"]),
        ("See you.\n\nBest wishes,\nPriya Shah\n", ["Priya Shah"]),
        ("Tenant: Michelle Whitlock\n", ["Michelle Whitlock"]),
        ("Child's name: Jayden Burrows", ["Jayden Burrows"]),
        ("Client: Smith, John", ["Smith, John"]),
        ("I spoke to Sarah Whitlock about it.", ["Sarah Whitlock"]),
        ("I spoke to Fatima about it.", ["Fatima"]),
        ("Cllr Hussain and Councillor Sarah Whitfield", ["Hussain", "Sarah Whitfield"]),
    ],
)
def test_names_that_rules_find(body: str, expected: list[str], detect: Detect) -> None:
    assert names(detect(body), body) == expected


NOBODY = [
    "Nelson Mandela House is closed.",
    "The Sarah Whitlock Foundation gave money.",
    "St George Hall, Victoria Road, Leeds",
    "Kind Regards\nHousing Team\n",
    "Dear Sir or Madam,\n\nHello",
    "Dear Colleagues,\n\nHello",
    "Dear Customer Services,\n\nHello",
    "May and June will be warm; Grace periods apply.",
    "Name: Housing Services",
    "Client: Example Homes Ltd",
    "John Lewis Partnership supplied the chairs.",
]


@pytest.mark.parametrize("body", NOBODY)
def test_what_only_looks_like_a_name(body: str, detect: Detect) -> None:
    assert names(detect(body), body) == []


@pytest.mark.parametrize(
    "body",
    [
        "The KPI for Q3 is in Annex B.",
        "Order 4500123981 from Screwfix",
        "Bus 42 to Otley via Yeadon",
        "LocMem and SpamAssassin were updated.",
    ],
)
def test_the_model_is_vetoed_where_it_errs(body: str, detect: Detect, with_model: Detector) -> None:
    assert names(detect(body, detector=with_model), body) == []


def test_the_model_finds_names_that_no_rule_knows(detect: Detect, with_model: Detector) -> None:
    body = "We then met Xanthe Featherstonehaugh at the depot and she agreed."
    assert names(detect(body, detector=with_model), body) == ["Xanthe Featherstonehaugh"]


def test_capitals_are_read_as_names_too(detect: Detect, with_model: Detector) -> None:
    body = "THE TENANCY OF SARAH WHITLOCK IN LEEDS WAS ENDED LAST WEEK"
    assert names(detect(body, detector=with_model), body) == ["SARAH WHITLOCK"]


@pytest.mark.parametrize(
    "text", ["", "ABC DEF GHI JKL", "STRASSE ÄÖÜ ẞ HEISST", "abc\nTHE LONG LINE OF CAPITALS\nİİİİİİİİİİ"]
)
def test_truecase_keeps_every_offset(text: str) -> None:
    assert len(truecase(text, NameLists({}))) == len(text)
