from pathlib import Path

import pytest

from dlp_gateway.change import disclaimer_text_from, disclaimer_texts
from dlp_gateway.change.disclaimer_text import ascii_form, fold, fold_html
from dlp_gateway.errors import ConfigError

FOLDER = Path(__file__).parents[3] / "rules" / "templates"
SHIPPED = {f"templates/{path.name}": path.read_text("utf-8") for path in FOLDER.glob("disclaimer*")}


@pytest.mark.parametrize("name", ["disclaimer", "disclaimer:cy"])
def test_the_shipped_disclaimers_can_be_used(name: str) -> None:
    text = disclaimer_text_from(name, SHIPPED, "Exampleshire Council")
    assert text.name == name
    assert "Exampleshire Council" in text.text
    assert "{" not in text.text + text.html
    assert text.ascii_text.isascii()
    assert "?" not in text.ascii_text
    assert text.html.isascii()
    assert all(len(line) <= 72 for line in text.text.splitlines())
    assert all(len(line) < 900 for line in text.html.splitlines())
    assert fold(text.marker) in fold(text.text)
    assert fold(text.marker) in fold(text.ascii_text)
    assert fold(text.marker) in fold_html(text.html)


def test_welsh_is_welsh() -> None:
    assert "dilëwch" in disclaimer_text_from("disclaimer:cy", SHIPPED, "Cyngor Enghraifft").text
    assert "dil&#235;wch" in disclaimer_text_from("disclaimer:cy", SHIPPED, "Cyngor Enghraifft").html


def test_the_html_form_is_made_of_the_text_where_none_is_given() -> None:
    text = disclaimer_text_from(
        "disclaimer", {"templates/disclaimer.txt": "From {council} & nobody else at all.\n\nTwo.\n"}, "A < B"
    )
    assert "<p>From A &lt; B &amp; nobody else at all.</p><p>Two.</p>" in text.html


@pytest.mark.parametrize(
    ("templates", "file"),
    [
        ({}, "templates/disclaimer.txt"),
        ({"templates/disclaimer.txt": "Short.\n\nSecond paragraph."}, "templates/disclaimer.txt"),
        (
            {
                "templates/disclaimer.txt": "A first paragraph of some length.",
                "templates/disclaimer.html": "<p>Other words</p>",
            },
            "templates/disclaimer.html",
        ),
    ],
)
def test_templates_by_which_no_copy_could_be_recognised_are_refused(templates: dict[str, str], file: str) -> None:
    with pytest.raises(ConfigError) as caught:
        disclaimer_text_from("disclaimer", templates)
    assert [fault.file for fault in caught.value.faults] == [file]


WELSH = "Daw'r neges hon gan Gyngor Tŷ a neb arall."


def test_the_ascii_form_may_be_the_councils_own_and_is_no_text_of_its_own() -> None:
    own = "From Ty Council alone.\n\nDaw'r neges hon gan Gyngor Ty a neb arall.\n"
    templates = {"templates/disclaimer.cy.txt": WELSH, "templates/disclaimer.cy.ascii.txt": own}
    found = disclaimer_texts(templates)
    assert list(found) == ["disclaimer:cy"]
    assert found["disclaimer:cy"].ascii_text == own.strip()
    assert found["disclaimer:cy"].text == WELSH


@pytest.mark.parametrize(
    ("words", "says"), [(WELSH, "beyond ASCII"), ("Something else of some length.", "must hold the first paragraph")]
)
def test_an_ascii_form_that_can_not_be_used_is_refused(words: str, says: str) -> None:
    templates = {"templates/disclaimer.txt": WELSH, "templates/disclaimer.ascii.txt": words}
    with pytest.raises(ConfigError) as caught:
        disclaimer_texts(templates)
    (fault,) = caught.value.faults
    assert fault.file == "templates/disclaimer.ascii.txt"
    assert says in fault.text


def test_ascii_form_spells_signs_out() -> None:
    assert ascii_form("“Tŷ” – £5 … • it’s") == '"Ty" - GBP 5 ... * it\'s'


def test_folding_sees_through_quoting_wrapping_and_markup() -> None:
    marker = fold("This email comes from Tŷ Council.")
    assert marker in fold("> > This email\r\n> comes\r\n> from T\u0177 Council.")
    assert marker in fold_html("<p>This <b>email</b> comes&nbsp;from T&#375; Council.")
