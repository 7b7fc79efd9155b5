"""How often a passage of a registered document is known again, and how often another text is taken for one.

The documents are made of the hand-written council mails, the other texts of the generated ones.
"""

from __future__ import annotations

import textwrap
from random import Random

import pytest

from dlp_gateway.detect.found import Reading
from dlp_gateway.detect.layout import Layout
from dlp_gateway.detect.normalise import canonical
from dlp_gateway.detect.records.documents import DocumentMatcher, words_of
from dlp_gateway.exact_index import Registration
from dlp_gateway.model import Area, Passage
from tests.accuracy.clean_mails import clean_mails
from tests.accuracy.labelled import Part, read_mails
from tests.support.council_records import opened, register

PASSAGES, PASSAGE_WORDS, CHANGED = 600, 60, 6
OTHERS = 900
MAILS_OF_A_DOCUMENT = 4


@pytest.fixture(scope="module")
def documents() -> list[str]:
    texts = [mail.pieces[1].text for mail in read_mails() if mail.part is Part.DEVELOPMENT]
    made = [" ".join(texts[n : n + MAILS_OF_A_DOCUMENT]) for n in range(0, len(texts), MAILS_OF_A_DOCUMENT)]
    return [text for text in made if len(text.split()) > 2 * PASSAGE_WORDS]


@pytest.fixture(scope="module")
def matcher(documents: list[str], tmp_path_factory: pytest.TempPathFactory) -> DocumentMatcher:
    folder = tmp_path_factory.mktemp("register")
    registrations = [
        Registration(name=str(n), kind="internal", partner=None, words=words_of(canonical(text).text))
        for n, text in enumerate(documents)
    ]
    register(folder, registrations)
    return DocumentMatcher(opened(folder))


def names(matcher: DocumentMatcher, text: str) -> set[str]:
    passage = Passage(part="1", place="", text=text, area=Area.BODY)
    reading = Reading(index=0, passage=passage, canonical=canonical(text), layout=Layout())
    return {match.name for match in matcher.match([reading])}


def rewritten(words: list[str], chance: Random, others: list[str]) -> str:
    """The words with every tenth changed: another in its place, one added, none; wrapped anew, often quoted."""
    words = list(words)
    for at in sorted(chance.sample(range(len(words)), CHANGED), reverse=True):
        words[at : at + 1] = chance.choice([[chance.choice(others)], [words[at], chance.choice(others)], []])
    text = textwrap.fill(" ".join(words), chance.randint(40, 90))
    return textwrap.indent(text, "> ") if chance.random() < 0.5 else text


def test_of_passages_of_sixty_words_with_six_changed_95_in_100_are_known(
    matcher: DocumentMatcher, documents: list[str]
) -> None:
    chance = Random(60)
    others = sorted({word for text in documents for word in text.split()})
    known = 0
    for _ in range(PASSAGES):
        number = chance.randrange(len(documents))
        words = documents[number].split()
        first = chance.randrange(len(words) - PASSAGE_WORDS)
        text = rewritten(words[first : first + PASSAGE_WORDS], chance, others)
        known += str(number) in names(matcher, f"Hi,\n\nsee below.\n\n{text}\n\nRegards\n")
    assert known / PASSAGES >= 0.95


def test_no_other_mail_is_taken_for_a_passage(matcher: DocumentMatcher) -> None:
    taken = [mail.id for mail in clean_mails(Part.DEVELOPMENT, OTHERS) if names(matcher, mail.pieces[1].text)]
    assert len(taken) / OTHERS < 0.001, taken
