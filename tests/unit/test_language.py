"""All that we say to people is said in Welsh as well, by the shipped catalogue or the council's own words."""

from __future__ import annotations

import ast
from datetime import datetime
from pathlib import Path

import pytest

from dlp_gateway.errors import ConfigError
from dlp_gateway.language import ENGLISH, OWN_CATALOGUE, Language, languages_of, links_language, placeholders
from dlp_gateway.po_file import read_entries
from tests.support.texts_of_ours import PACKAGE, UnseenTextError, texts_in_source, texts_of_ours, words_outside

TEMPLATES = PACKAGE / "web" / "templates"
CATALOGUE = PACKAGE / "languages" / "cy.po"
ENTRIES = {e.text: e for e in read_entries(CATALOGUE.read_text(encoding="utf-8"), CATALOGUE.name) if e.text}
WELSH = languages_of({})["cy"]


def own(text: str) -> Language:
    return languages_of({OWN_CATALOGUE: text})["cy"]


def test_every_text_of_ours_has_a_welsh_one() -> None:
    """Write each missing one into dlp_gateway/languages/cy.po, as the message shows it."""
    missing = {said.text: said for said in texts_of_ours() if said.text not in ENTRIES}
    stubs = [f'\n#: {said.where}\nmsgid "{said.text}"\nmsgstr "..."' for said in missing.values()]
    assert not stubs, "".join(stubs)


def test_the_catalogue_has_no_text_that_nobody_says() -> None:
    assert set(ENTRIES) - {said.text for said in texts_of_ours()} == set()


def test_plurals_are_those_of_the_code() -> None:
    said = {one.text: one.plural for one in texts_of_ours() if one.plural}
    assert {text: entry.plural for text, entry in ENTRIES.items() if entry.plural} == said
    assert all(set(ENTRIES[text].translations) == {0, 1, 2, 3} for text in said)


@pytest.mark.parametrize("text", sorted(ENTRIES))
def test_the_welsh_text_has_the_placeholders_of_the_english_one(text: str) -> None:
    entry = ENTRIES[text]
    for number, words in entry.translations.items():
        wanted = placeholders(text)
        # “ac un derbynnydd arall”: one and two are words, not numbers.
        exact = placeholders(words) | ({"count"} & wanted if entry.plural and number < 2 else set())
        assert exact == wanted
        assert words.endswith((".", "?")) == text.endswith((".", "?"))


def test_a_text_that_could_not_be_gathered_is_seen() -> None:
    """Otherwise the tests above would pass for a text that nobody translated."""
    for source in ("language.say(text)", "language.say(f'{a}')", "language.several('a', many, 3)", "say(words_of(x))"):
        with pytest.raises(UnseenTextError):
            list(texts_in_source(ast.parse(source), "here"))
    (one, other) = texts_in_source(ast.parse("language.say('a' if x else 'b')"), "here")
    assert (one.text, other.text) == ("a", "b")


def test_welsh_counts_as_welsh_does() -> None:
    def others(count: int) -> str:
        return WELSH.several("{first} and {count} other", "{first} and {count} others", count, first="a@b.example")

    assert others(1) == "a@b.example ac un derbynnydd arall"
    assert others(2) == "a@b.example a dau dderbynnydd arall"
    assert others(3) == "a@b.example a derbynwyr eraill (3)"


def test_times_are_told_in_each_language() -> None:
    local = datetime(2026, 11, 23, 14, 5)  # noqa: DTZ001 - local already
    assert ENGLISH.time_words(local) == "Monday 23 November 2026 at 14:05"
    assert WELSH.time_words(local) == "dydd Llun 23 Tachwedd 2026 am 14:05"
    assert WELSH.day_and_time_words(local) == "23 Tachwedd 2026 am 14:05"


def test_every_day_begins_as_templates_reckon_with() -> None:
    """They write `d$sent_at`, so that “dydd” becomes “ddydd” after words that ask for it."""
    assert all(WELSH.time_words(datetime(2026, 6, day, 9)).startswith("dydd ") for day in range(1, 8))  # noqa: DTZ001


def test_the_council_replaces_single_texts_and_all_others_stay() -> None:
    language = own('msgid "an NHS number"\nmsgstr "rhif y GIG"\n')
    assert language.say("an NHS number") == "rhif y GIG"
    assert language.say("a postcode") == "cod post"
    assert WELSH.say("an NHS number") == "rhif GIG"


def test_what_no_catalogue_has_is_said_in_english() -> None:
    assert WELSH.say("Something new about {name}.", name="x") == "Something new about x."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('msgid "an NHS nubmer"\nmsgstr "x"\n', "languages/cy.po:1: no text of ours is “an NHS nubmer”"),
        ('\nmsgid "page {name}"\nmsgstr "tudalen {nmae}"\n', "languages/cy.po:2: unknown placeholder {nmae}"),
        ('msgid "page {name}"\nmsgstr "tudalen {name"\n', "languages/cy.po:1: has braces that can't be read"),
        ('msgid "page {name}"\nmsgstr "tudalen {}"\n', "languages/cy.po:1: unknown placeholder {}"),
        (
            'msgid "{first} and {count} other"\nmsgstr "a"\n',
            "languages/cy.po:1: needs 4 translations (msgstr[n])",
        ),
        ("nonsense\n", "languages/cy.po:1: is no line of a catalogue"),
    ],
)
def test_a_fault_in_the_councils_own_words_is_told_in_its_place(text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        own(text)
    assert fault in str(caught.value)


def test_a_link_opens_its_page_in_its_language() -> None:
    assert links_language("https://a.example/x/", WELSH) == "https://a.example/x/?lang=cy"
    assert links_language("https://a.example/x?y=z", WELSH) == "https://a.example/x?y=z&lang=cy"
    assert links_language("", WELSH) == ""


def test_the_catalogue_travels_with_the_package() -> None:
    assert CATALOGUE.is_file()
    assert Path(__file__).parents[2] / "dlp_gateway" == PACKAGE


@pytest.mark.parametrize(
    "template", sorted((PACKAGE / "web" / "templates").rglob("*.html")), ids=lambda path: path.name
)
def test_a_page_says_nothing_that_has_only_english_words(template: Path) -> None:
    assert words_outside(template.read_text(encoding="utf-8")) == []


def test_words_outside_are_seen_wherever_they_are_read() -> None:
    source = '<nav aria-label="Back"><p class="a">Hello {{ say("x") }} you</p>{{ made({"text": "Go", "href": "a b"}) }}'
    assert sorted(words_outside(source)) == ["Back", "Go", "Hello   you"]
