from __future__ import annotations

import pytest

from dlp_gateway.detect.names.lists import (
    FIRST,
    LAST,
    NameLists,
    ends_name,
    fold,
    never,
    strong_first,
    strong_last,
    unknown,
)
from tests.support import shipped_rules
from tests.support.cpu_time import within


@pytest.fixture(scope="module")
def lists() -> NameLists:
    return NameLists(shipped_rules.ruleset().words)


@pytest.mark.parametrize(
    ("written", "folded"),
    [("Zoë", "zoe"), ("Łukasz", "lukasz"), ("Ó Súilleabháin", "o suilleabhain"), ("Ebru Yılmaz", "ebru yilmaz"),
     ("Þórunn", "thorunn"), ("O’Neill", "o'neill"), ("Nguyễn", "nguyen"), ("plain", "plain")],
)  # fmt: skip
def test_accents_are_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    "name",
    """Priya Harpreet Mohammed Muhammad Aisha Zainab Olumide Chidi Ngozi Kwame Akosua Tendai Hodan Abdirahman Tesfaye
    Agnieszka Zbigniew Ionuț Oksana Gintaras Besnik Dilnoza Hêvîn Shirin Yılmaz Nguyen Xiaoming Siân Rhiannon Caoimhe
    Tadhg Mairead Delroy Shanice Thiago Conceição Luzviminda Sivakumar Gurpreet Zoë Kelly Dave Kath""".split(),  # noqa: SIM905
)
def test_first_names_of_all_of_the_country_are_known(name: str, lists: NameLists) -> None:
    assert lists.flags(name) & (FIRST | LAST)


@pytest.mark.parametrize(
    "name",
    """Khan Begum Patel Chaudhry Dhillon Okonkwo Adeyemi Mensah Warsame Gebremariam Wójcik Kowalczyk Popescu Kovalenko
    Nowak Demir Barzanî Hosseini Nguyen Cheung O'Rourke McGuinness Llewellyn Pritchard MacLeod Featherstonehaugh
    Ferreira Nascimento Magbanua Subramaniam Jayawardena Papadopoulos Smith-Jones Al-Hassan Gunawardena
    Ó'Súilleabháin
    Stephanopoulos Tkachenko Wisniewska Björgvinsdóttir""".split(),  # noqa: SIM905
)
def test_last_names_of_all_of_the_country_are_known(name: str, lists: NameLists) -> None:
    assert lists.flags(name) & LAST


@pytest.mark.parametrize("word", ["council", "Housing", "Regards", "NHS", "Monday", "EHCP"])
def test_words_of_mails_are_never_names(word: str, lists: NameLists) -> None:
    assert never(lists.flags(word))


@pytest.mark.parametrize("word", ["table", "Grant", "Will", "Rose", "Bill", "hearing"])
def test_ordinary_words_are_no_plain_names(word: str, lists: NameLists) -> None:
    assert not strong_first(lists.flags(word))
    assert not strong_last(lists.flags(word))


@pytest.mark.parametrize("word", ["table", "Germany", "Polish", "Friday"])
def test_a_name_ends_at_what_is_no_name(word: str, lists: NameLists) -> None:
    assert ends_name(lists.flags(word))


def test_a_strange_word_is_unknown(lists: NameLists) -> None:
    assert unknown(lists.flags("Xqzt"))


def test_words_of_a_list_are_looked_up_in_any_case_and_with_a_possessive() -> None:
    lists = NameLists({"first-names": frozenset({"zoe"}), "last-names": frozenset({"oneill"})})
    assert {lists.flags(w) for w in ("zoe", "ZOË", "Zoë's")} == {FIRST}
    assert lists.flags("O'Neill") == LAST


def test_the_lists_load_in_no_time() -> None:
    within(0.5, lambda: NameLists(shipped_rules.ruleset().words))


def test_no_list_holds_a_word_twice(texts: dict[str, str]) -> None:
    for kind in ("first", "last"):
        own, derived = (
            set(texts[f"lexicons/{kind}-names{end}.yaml"].partition("text: >")[2].split()) for end in ("-added", "")
        )
        assert not own & derived
        assert all(fold(w) == w for w in own | derived)
