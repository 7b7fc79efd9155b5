from __future__ import annotations

from collections import Counter

import pytest

from dlp_gateway.detect.patterns.context import same_length_lower
from dlp_gateway.detect.people.told import Headed, Told
from dlp_gateway.detect.references.clues import NAMED_OTHERWISE, TextClues, clues_of_message, with_pairs
from tests.support import shipped_rules

TOKEN = "70331245"


def around(text: str, people: tuple[str, ...] = (), header: str | None = None) -> list[str]:
    book = shipped_rules.ruleset().scanner.book
    spans = [(text.index(name), text.index(name) + len(name)) for name in people]
    start = text.index(TOKEN)
    return TextClues(text, same_length_lower(text), book, spans).around(start, start + len(TOKEN), header)


WORDS = """shape=98 digits=8 all-digits begins=8:7 b0=on b1=payin before=ferre a0=again behind=frida above=rents
far-above=hello below=thank sign-before=x_"""


@pytest.mark.parametrize("clue", [*WORDS.split(), "b01=payin on", "sign-behind= "])
def test_the_words_around_it_are_clues(clue: str) -> None:
    text = f"Hello\n\nRents to look at\nMr Ferreira is paying on {TOKEN} again from Friday.\nThank you"
    assert clue in around(text)


def test_where_in_its_line_it_stands_is_a_clue() -> None:
    assert {"begins-line", "ends-line"} <= set(around(f"Claims:\n- {TOKEN}\n"))
    assert not {"begins-line", "ends-line"} & set(around(f"Claim {TOKEN} again"))


def test_what_the_rules_call_it_is_a_clue() -> None:
    assert "right-label=UK_RENT_REF" in around(f"rent account {TOKEN}")
    assert "label-above~UK_RENT_REF" in around(f"Rent arrears\n{TOKEN}")
    assert NAMED_OTHERWISE in around(f"purchase order {TOKEN}")


def test_whom_the_text_names_is_a_clue() -> None:
    assert "nobody" in around(f"Call {TOKEN}")
    assert {"person-in-line", "person-within=0"} <= set(around(f"Okafor {TOKEN}", ("Okafor",)))
    assert {"person", "person-within=1"} <= set(around(f"Okafor rang about it.\n{TOKEN}", ("Okafor",)))


def test_the_header_of_its_column_is_a_clue() -> None:
    assert "column=tenan" in around(TOKEN, header="tenancy no")


def test_what_the_message_speaks_of_is_a_clue() -> None:
    told = Told(
        weights=Counter({"UK_RENT_REF": 2, "UK_PCN": 5}),
        headed=Headed(entities=frozenset({"UK_PCN"})),
        names_others=True,
    )
    clues = clues_of_message(told, ("UK_RENT_REF", "UK_PCN", "UK_DBS"), ["Charges to pay"])
    assert {"told=UK_RENT_REF", "told2=UK_RENT_REF", "told4=UK_PCN", "most=UK_PCN", "headed=UK_PCN"} <= set(clues)
    assert {"headed=others", "subject=charg", "subject=to", "subject=pay"} <= set(clues)
    assert not any("DBS" in clue for clue in clues)


def test_form_and_name_are_a_clue_together() -> None:
    assert with_pairs(["digits=8", "b0=rent", "below=x"]) == ["digits=8", "b0=rent", "below=x", "digits=8&b0=rent"]


def test_of_long_lines_and_texts_only_the_near_part_is_read() -> None:
    clues = around("far " * 50_000 + f"near {TOKEN} close" + " away" * 50_000)
    assert "b0=near" in clues
    assert len(clues) < 200
