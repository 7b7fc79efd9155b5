from __future__ import annotations

import pytest

from dlp_gateway.detect.names import NameFinder, NameKind
from dlp_gateway.detect.names.capitals import is_capitals, truecase
from dlp_gateway.detect.names.lists import NameLists
from dlp_gateway.detect.recognisers.engine import ModelName
from tests.support import shipped_rules
from tests.support.cpu_time import grows_linearly


@pytest.fixture(scope="module")
def finder() -> NameFinder:
    return NameFinder(shipped_rules.ruleset())


def found(finder: NameFinder, text: str, *spans: tuple[str, str]) -> list[str]:
    """The names in a text. `spans`: what the model would name there, with its kind."""
    model = [ModelName(kind=kind, start=text.index(value), end=text.index(value) + len(value)) for value, kind in spans]
    return [text[m.start : m.end] for m in finder.find(text, finder.capitals(text), model)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We saw Anneke van der Berg.", ["Anneke van der Berg"]),
        ("MR J VAN DER BERG CAME", ["J VAN DER BERG"]),
        ("Mrs De Souza came.", ["De Souza"]),
        ("Dear Ms de Souza,", ["de Souza"]),
        ("We saw J.R. Hartley.", ["J.R. Hartley"]),
        ("Mr G & Mrs M Tolliver came.", ["G & Mrs M Tolliver"]),
        ("Pay G & M Tolliver.", ["G & M Tolliver"]),
        ('Mr Balwinder "Bobby" Gill did write.', ['Balwinder "Bobby" Gill']),
        ("The Tregenza family moved.", ["Tregenza"]),
        ("R v Hocking", ["Hocking"]),
        ("The Bibby-Wray children are safe.", ["Bibby-Wray"]),
        ("- Elowen, 15, has been caring for him", ["Elowen"]),
        ("PC 4471 Gareth Onions says so.", ["Gareth Onions"]),
        ("KHAN Mohammed, flat 3", ["KHAN Mohammed"]),
        ("Ahlberg, Kerstin  15/06/1946  polio", ["Ahlberg, Kerstin"]),
        ("Messrs Pettigrew and Lamb objected.", ["Pettigrew", "Lamb"]),
        ("Dawit N - seen on Monday", ["Dawit N"]),
        ("Chantelle F., paid", ["Chantelle F."]),
        ("Amara S-J is well.", ["Amara S-J"]),
        ("Chantelle I think is well.", ["Chantelle"]),
        ("HOLLOWAY J AJ200365A", ["HOLLOWAY J"]),
        ("He sleeps in the car park.\nNardos", ["Nardos"]),
        ("Any bother, ring.\nIvy H\n", ["Ivy H"]),
        ("Please allocate.\n\nPrecious\nSocial worker, Hospital Team 2\n", ["Precious"]),
        ("The Haslam boy was out again.", ["Haslam"]),
        ("I told them that Ivy lives here.", ["Ivy"]),
    ],
)
def test_the_forms_of_names(text: str, expected: list[str], finder: NameFinder) -> None:
    assert found(finder, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Works on James Street, William Road and Alice Close",
        "Harker, Lowe and Pettigrew Solicitors have written.",
        "Harker, Lowe and Tuffnell is a firm.",
        'The printer "Alfred" is down.',
        "Their dog Bruno barks, and the dog (Rufus) too.",
        "Started at Carlton St library",
        "Nat. Ins. PX 70 63 28 B",
        "The ICO says Ward 12 is full.",
        "Sir Fred Mulley Way is closed.",
        "The bus to Barry via Penarth is late.",
        "The meeting of 12 Jan 2026",
        "https://priya.example/Sarah/Whitlock and /home/Priya/x",
        "priya.shah@council.example",
    ],
)  # fmt: skip
def test_what_lists_know_but_is_nobody(text: str, finder: NameFinder) -> None:
    assert found(finder, text) == []


def test_the_model_takes_back_what_lists_doubt(finder: NameFinder) -> None:
    text = "We then asked Wexley Thornton about it."
    assert found(finder, text) == ["Wexley Thornton"]
    assert found(finder, text, ("Wexley Thornton", "ORGANIZATION")) == []


def test_the_model_takes_back_nothing_that_lists_are_sure_of(finder: NameFinder) -> None:
    text = "We asked Olumide Adeyemi about it."
    assert found(finder, text, ("Olumide Adeyemi", "ORGANIZATION")) == ["Olumide Adeyemi"]


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("We asked Xqzt Bvrwk about it.", "Xqzt Bvrwk", ["Xqzt Bvrwk"]),
        ("We asked Xqzt Bvrwk and Qwrt Zxcv about it.", "Xqzt Bvrwk and Qwrt Zxcv", ["Xqzt Bvrwk", "Qwrt Zxcv"]),
        ("We asked Xqzt Bvrwk\nHousing about it.", "Xqzt Bvrwk\nHousing", ["Xqzt Bvrwk"]),
        ("We asked Mrs Xqzt Bvrwk about it.", "Mrs Xqzt Bvrwk", ["Xqzt Bvrwk"]),
        ("We asked Xqzt Bvrwk's team.", "Xqzt Bvrwk's", ["Xqzt Bvrwk"]),
        ("Noah, Ava, Ibrahim", "Noah, Ava, Ibrahim", ["Noah", "Ava", "Ibrahim"]),
        ("We use LocMem here.", "LocMem", []),
        ("Order 12 Bvrwk came.", "12 Bvrwk", []),
        ("We went to Bvrwk on Monday.", "Bvrwk", []),
        ("Grace periods apply.", "Grace", []),
    ],
)
def test_the_spans_of_the_model_are_judged(text: str, span: str, expected: list[str], finder: NameFinder) -> None:
    assert found(finder, text, (span, "PERSON")) == expected


def test_a_public_role_is_told(finder: NameFinder) -> None:
    text = "Cllrs Hussain, Whitfield and Shah voted; Sarah Whitlock, Director of Housing, spoke; Priya Shah did not."
    public = {text[m.start : m.end]: m.public for m in finder.find(text, finder.capitals(text))}
    assert public == {"Hussain": True, "Whitfield": True, "Shah": True, "Sarah Whitlock": True, "Priya Shah": False}


def test_only_titled_names_are_found_where_names_alone_do_not_matter(finder: NameFinder) -> None:
    text = "Mrs Begum spoke to Priya Shah and Cllr Hussain."
    assert [text[m.start : m.end] for m in finder.titled(text)] == ["Begum", "Hussain"]


def test_a_greeting_is_the_first_name_greeted(finder: NameFinder) -> None:
    match = finder.greeting("Dear Mrs Begum and Mr Khan,\n\nHello")
    assert match is not None
    assert (match.kind, match.title, match.start) == (NameKind.GREETING, "Mrs", 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PRIYA SHAH WAS DISCHARGED FROM THE WARD", "Priya Shah was discharged from the ward"),
        ("Priya was discharged", "Priya was discharged"),
        ("can you call dave smith", "can you call Dave Smith"),
        ("O'NEILL OF THE COUNCIL", "O'Neill of the council"),
    ],
)
def test_the_model_reads_names_as_they_are_written(text: str, expected: str, finder: NameFinder) -> None:
    assert finder.for_model(text) == expected


@pytest.mark.parametrize(
    "text", ["", "ABC DEF GHI JKL", "STRASSE ÄÖÜ ẞ HEISST", "abc\nTHE LONG LINE OF CAPITALS\nİİİİİİİİİİİ", "ŉ ǰ ΐ" * 9]
)
def test_truecase_keeps_every_offset(text: str, finder: NameFinder) -> None:
    assert len(truecase(text, NameLists({}))) == len(text)
    assert len(finder.for_model(text)) == len(text)


@pytest.mark.parametrize(("line", "expected"), [("URGENT: LEAK", True), ("NHS no.", False), ("all small", False)])
def test_a_line_of_capitals(line: str, expected: bool) -> None:
    assert is_capitals(line) is expected


@pytest.mark.parametrize(
    "piece",
    ["Aa ", "A. ", "Priya ", "Priya Shah, ", "Mr ", "Dear Mr and ", "Hi Priya, ", "Name: ", "To: a; ", "priya ",
     "shah ", "dave smith ", "AA BB ", "Smith, ", '"Mo" ', "van der ", "Regards\n", 'Priya:\n"', "x family ",
     "R v ", "A & B ",
     "Officer\n", "wrote:", "<a@", "Attendees:\nPriya\n", "\n", " ", "e\u0301", "Ünal "],
)  # fmt: skip
def test_hostile_repetition_takes_linear_time(piece: str, finder: NameFinder) -> None:
    assert grows_linearly(
        lambda text: (finder.for_model(text), finder.find(text, finder.capitals(text))), piece, longest=40_000
    )
