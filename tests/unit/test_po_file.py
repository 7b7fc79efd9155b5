"""Catalogues as translators' tools write them."""

from __future__ import annotations

import pytest

from dlp_gateway.errors import ConfigError
from dlp_gateway.po_file import read_entries

HEADER = 'msgid ""\nmsgstr ""\n"Language: cy\\n"\n\n'


def pairs(text: str) -> dict[str, dict[int, str]]:
    return {entry.text: entry.translations for entry in read_entries(text, "cy.po")}


def test_comments_long_strings_escapes_and_plurals_are_read() -> None:
    text = (
        "\ufeff# a translator's note\n#: a.py:1\n#, python-brace-format\n"
        'msgid "one"\nmsgstr "un"\n\n'
        'msgid ""\n"a \\"long\\" "\n"text\\n"\nmsgstr ""\n"testun "\n"hir"\n'
        'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} diwrnod"\nmsgstr[1] "{n} ddiwrnod"\n'
        '#~ msgid "gone"\n#~ msgstr "wedi mynd"\n'
    )
    assert pairs(text) == {
        "one": {0: "un"},
        'a "long" text\n': {0: "testun hir"},
        "{n} day": {0: "{n} diwrnod", 1: "{n} ddiwrnod"},
    }
    assert read_entries(text, "cy.po")[2].plural == "{n} days"


def test_what_is_not_translated_or_only_guessed_is_left_out() -> None:
    text = HEADER + 'msgid "a"\nmsgstr ""\n\n#, fuzzy\nmsgid "b"\nmsgstr "be"\n\nmsgid "c"\nmsgstr "ec"\n'
    assert set(pairs(text)) == {"", "c"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("hello\n", "cy.po:1: is no line of a catalogue"),
        ('msgstr "x"\n', "cy.po:1: msgstr without a msgid before it"),
        ('msgid "a"\nmsgstr "x\n', "cy.po:2: is no line of a catalogue"),
        ('msgid "a" + "b"\n', "cy.po:1: is no line of a catalogue"),
        ('"loose"\n', "cy.po:1: is no line of a catalogue"),
        ('msgid "a"\nmsgstr "x"\n\n"loose"\n', "cy.po:4: is no line of a catalogue"),
        ('msgid "a"\nmsgstr "x"\nmsgid "a"\nmsgstr "y"\n', "cy.po:3: this text stands twice, first in line 1"),
    ],
)
def test_a_line_that_can_not_be_read_is_a_fault_in_its_place(text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_entries(text, "cy.po")
    assert fault in str(caught.value)
