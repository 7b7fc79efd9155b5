"""The language model behind presidio's interface."""

from __future__ import annotations

from dlp_gateway.detect.recognisers.names import NameEngine
from dlp_gateway.detect.sensitive.statement_model import load_model

TEXT = (
    "Dear Mrs Okonkwo,\n\nThank you for the letter about Adebayo Whitlock of the Riverside Tenants' Association. "
    "He lives in Leeds, and Priya Raman met him there on the first of May, in the office."
)


def test_words_that_are_known_beforehand_change_no_name():
    """They are taken apart sooner, that is all: the model sees the same words."""
    plain = NameEngine(wanted=True)
    ready = NameEngine(wanted=True, common_words=load_model().common_words(3000))
    plain.load()
    ready.load()
    names = plain.process_text(TEXT, "en").entities
    assert "Adebayo Whitlock" in [TEXT[name.start_char : name.end_char] for name in names if name.label_ == "PERSON"]
    assert ready.process_text(TEXT, "en").entities == names


def test_the_common_words_are_those_of_every_text():
    """Words of letters, the most frequent first: what is seldom said is not worth knowing beforehand."""
    words = load_model().common_words(1000)
    assert words[:5] == ["the", "of", "to", "and", "a"]
    assert len(words) == 1000
    assert all(word.isalpha() for word in words)
