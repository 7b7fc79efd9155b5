"""A passage of a registered document is known again, however it was brought into the mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp_gateway.detect.found import Reading
from dlp_gateway.detect.layout import Layout
from dlp_gateway.detect.normalise import Canonical, canonical
from dlp_gateway.detect.records.documents import (
    SHINGLE_WORDS,
    WINDOW,
    DocumentMatcher,
    shingles,
    words_of,
)
from dlp_gateway.exact_index import Registration
from dlp_gateway.model import Area, DocumentMatch, Passage
from tests.support.council_records import opened, register

BULLETIN = (
    "Colleagues will want to know that the move of the housing teams to the third floor begins on Monday. Crates are "
    "delivered on Friday morning, and every desk must be cleared by four. Parking behind the depot is closed for the "
    "week, so please use the car park in Mill Lane and allow ten minutes for the walk. Questions go to the moves desk. "
    "Those who work from the annexe keep their desks until the second half of the month, when the lifts are serviced."
)
REPORT = (
    "The trust found that eleven wards had no named lead for discharge, and that referrals waited nine days on "
    "average. It proposes a shared rota, one number for families, and a review each quarter with the council."
)
FOOTER = (
    "This message is meant for the person it is addressed to. If it reached you by mistake please tell us and delete "
    "it. The council may read messages sent to and from its addresses to see that its rules are kept."
)


def registration(text: str, kind: str = "internal", partner: str | None = None) -> Registration:
    return Registration(name="Staff news 7", kind=kind, partner=partner, words=words_of(canonical(text).text))


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> DocumentMatcher:
    folder = tmp_path_factory.mktemp("register")
    register(folder, [registration(f"{BULLETIN} {FOOTER}")])
    register(folder, [registration(REPORT, "partner", "example-hospitals"), registration(FOOTER, "common")])
    return DocumentMatcher(opened(folder))


def reading(text: str, index: int = 0, part: str = "1", *, table: bool = False, area: Area = Area.BODY) -> Reading:
    read = Canonical(text="") if table else canonical(text)
    passage = Passage(part=part, place="", text=text, area=area, table=table)
    return Reading(index=index, passage=passage, canonical=read, layout=Layout())


def kinds(matches: tuple[DocumentMatch, ...]) -> list[str]:
    return [match.kind for match in matches]


@pytest.mark.parametrize(
    "text",
    [
        BULLETIN,
        BULLETIN.upper(),
        "> " + BULLETIN[60:330].replace(" the ", "\n> the "),
        f"FYI\n\n{BULLETIN[100:330]}\n\nBest, Jo",
        BULLETIN.replace("Monday", "Tuesday").replace("four", "five").replace("Mill Lane", "Hill Road"),
        BULLETIN.replace(",", "").replace(".", ";").replace(" ", "  "),
        BULLETIN.replace(". ", ".\n\n"),
    ],
)
def test_a_substantial_passage_is_known_again(matcher: DocumentMatcher, text: str) -> None:
    (match,) = matcher.match([reading(text)])
    assert (match.kind, match.name, match.partner, match.part) == ("internal", "Staff news 7", None, "1")
    assert match.words >= 25


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Crates are delivered on Friday morning, and every desk must be cleared by four.",
        "The housing teams move to the third floor on Monday; desks must be cleared on Friday. Use Mill Lane.",
        FOOTER,
        f"Hello there, here is the plan. {FOOTER}",
        " ".join(reversed(BULLETIN.split())),
    ],
)
def test_a_sentence_the_same_news_in_other_words_and_common_text_are_not(matcher: DocumentMatcher, text: str) -> None:
    assert matcher.match([reading(text)]) == ()


def test_pages_of_one_part_are_one_text_and_parts_are_not(matcher: DocumentMatcher) -> None:
    words = BULLETIN.split()
    pages = [reading(" ".join(words[n : n + 12]), n, "2", area=Area.ATTACHMENT) for n in range(0, 60, 12)]
    assert kinds(matcher.match(pages)) == ["internal"]
    apart = [reading(" ".join(words[n : n + 12]), n, f"{n + 2}", area=Area.ATTACHMENT) for n in range(0, 60, 12)]
    assert matcher.match(apart) == ()


def test_content_of_a_partner_says_whose_it_is_and_a_table_is_text_too(matcher: DocumentMatcher) -> None:
    (match,) = matcher.match([reading(REPORT.replace(". ", ".\t").replace(", ", ",\n"), table=True)])
    assert (match.kind, match.partner) == ("partner", "example-hospitals")


def test_nothing_registered_matches_nothing(tmp_path: Path) -> None:
    assert DocumentMatcher(opened(tmp_path)).match([reading(BULLETIN)]) == ()


def test_texts_with_a_window_in_common_share_a_fingerprint() -> None:
    words = words_of(BULLETIN)
    length = SHINGLE_WORDS + WINDOW - 1
    whole = set(shingles(words))
    for first in range(len(words) - length + 1):
        piece = ["something", "else", "before", *words[first : first + length], "and", "after", "it"]
        assert whole & set(shingles(piece))


def test_two_of_five_words_are_kept_and_short_texts_are_not_lost() -> None:
    words = [f"w{n * n % 997}x{n}" for n in range(5000)]
    assert 0.35 * len(words) < len(list(shingles(words))) < 0.45 * len(words)
    assert len(list(shingles(words[:SHINGLE_WORDS]))) == 1
    assert list(shingles(words[: SHINGLE_WORDS - 1])) == []
