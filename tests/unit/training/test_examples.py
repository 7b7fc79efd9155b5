"""What the model of statements learns from: what is sealed never, what lines of files say."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dlp_gateway.detect.sensitive.statement_words import clauses
from tests.accuracy.clean_mails import topics
from tests.accuracy.labelled import Part, part_of, read_mails
from tests.support.untraced import untraced
from training.statements import examples
from training.statements.examples import read_examples

TESTED = Path(__file__).parents[2] / "accuracy" / "sensitive-sentences.txt"


@cache
def learned_with(mails_below: int) -> frozenset[str]:
    with untraced():
        return frozenset(example.text for example in read_examples(mails_below=mails_below))


def test_nothing_that_is_sealed_is_learned() -> None:
    learned = learned_with(1000)
    sentences = [line.partition(" | ")[2] for line in TESTED.read_text(encoding="utf-8").splitlines() if " | " in line]
    sealed = {sentence for sentence in sentences if part_of(sentence) is Part.SEALED}
    for mail in read_mails():
        for piece in mail.pieces if mail.part is Part.SEALED else ():
            sealed |= {piece.text[start:end] for start, end in clauses(piece.text)}
    # "Thank you." and "--- Forwarded message ---" stand in all mails.
    told = {text for text in sealed if len(text) > 30 and len(text.split()) > 4}
    assert len(told) > 900
    assert not learned & told


def test_of_sealed_topics_of_clean_mails_nothing_is_learned() -> None:
    learned = learned_with(1000)
    lines = [text for topic in topics() if topic.part is Part.SEALED for text in topic.lines["text"] if "{" not in text]
    assert len(lines) > 50
    assert not learned & {line.strip() for line in lines}


def test_mails_of_higher_numbers_are_left_out_where_they_are_to_be_measured() -> None:
    assert learned_with(51) < learned_with(1000)


@pytest.mark.parametrize(
    "line", ["special She wheezes.", "health | She wheezes.", "special | ", "special+weather | She wheezes."]
)
def test_a_line_that_is_no_example_is_named(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.txt").write_text(f"# ours\nspecial | She wheezes.\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(examples, "SENTENCES", tmp_path)
    with pytest.raises(ValueError, match=r"own\.txt:3: is not label \| text"):
        read_examples(mails_below=0)
