from __future__ import annotations

import pytest

from dlp_gateway.extract.text.script_text import script_text


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("var x=\"one\", y='two', z=`three\n${four}`", "one\ntwo\nthree\n${four}"),
        ('x = "QQ" + " 12" +\n"34"', "QQ 1234"),
        (
            r'"\x51\u0051\u{31}\n\"\'\
z\d"',
            "QQ1\n\"'zd",
        ),
        ("// a comment\ncode /* another\none */ code", "a comment\nanother\none"),
        ("x = 9434765919; y = 123; z = AB123456C; name", "9434765919\nAB123456C"),
        ('open("https://x.example/")', "https://x.example/"),
        ('"never closed\ncode "closed"', "never closed\nclosed"),
        ('{"nhs": 9434765919, "name": "Ann"}', "nhs\n9434765919\nname\nAnn"),
        ('"\\ud800"', "\ufffd"),
        ('""', ""),
    ],
)
def test_strings_comments_and_long_numbers(script: str, text: str) -> None:
    assert "\n".join(line.strip() for line in script_text(script).split("\n")) == text
