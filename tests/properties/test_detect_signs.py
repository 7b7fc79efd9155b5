"""What people say of others, with brackets, quotation marks and blanks wherever a hand can slip: a fault in detection
would keep such a mail for ever."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dlp_gateway.model import Area, Controls, Passage, Question
from tests.support import shipped_rules

SENTENCES = sorted(
    line.partition(" | ")[2]
    for path in Path("training/statements/sentences").glob("*.txt")
    for line in path.read_text(encoding="utf-8").splitlines()
    if " | " in line
)
SIGNS = [*"()[]{}\"'’“:;,.-–/\\|<>=*#@£?!_ \t\n\xa0", " ( ", ' " ', " ' ", "'s", " n't ", "\n\n", "\n> ", "--", "..."]
SLIPS = st.lists(st.tuples(st.integers(0, 120), st.sampled_from(SIGNS)), max_size=8)


def with_signs(sentence: str, slips: list[tuple[int, str]]) -> str:
    for place, sign in slips:
        sentence = sentence[:place] + sign + sentence[place:]
    return sentence


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(SENTENCES), SLIPS), min_size=1, max_size=6))
def test_a_slip_of_the_hand_is_no_fault(written: list[tuple[str, list[tuple[int, str]]]]) -> None:
    detector = shipped_rules.inspector(names=False)._detector
    text = "Dear Mrs Okafor,\n" + " ".join(with_signs(*one) for one in written)
    passage = Passage(part="1", place="", text=text, area=Area.BODY)
    for finding in detector.detect([passage], Controls(), Question(), {}).findings:
        assert 0 <= finding.start < finding.end <= len(text)
