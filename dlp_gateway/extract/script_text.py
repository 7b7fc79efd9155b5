"""The words in a script: its strings, comments and long numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A string ends at its quote or its line. Nothing fails once begun, so that this is linear.
_LEXEME = re.compile(
    r"\"((?:[^\"\\\n]|\\.)*+)\"?"
    r"|'((?:[^'\\\n]|\\.)*+)'?"
    r"|`((?:[^`\\]|\\.)*+)`?"
    r"|/\*(.*?)(?:\*/|\Z)"
    r"|(?<!:)//([^\n]*)"
    r"|((?<![\w.])\d{6,}(?![\w.]))",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r?\n)|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\n", "b": "", "f": "", "v": "", "0": ""}


def script_text(script: str) -> str:
    """Strings, comments and numbers of six digits or more, one a line; strings that are added up on one line."""
    lines: list[str] = []
    end = 0
    for lexeme, text in _words(script):
        if lines and script[end : lexeme.start()].strip() == "+":
            lines[-1] += text
        elif text.strip():
            lines.append(text)
        end = lexeme.end()
    return "\n".join(lines)


def _words(script: str) -> Iterator[tuple[re.Match[str], str]]:
    for lexeme in _LEXEME.finditer(script):
        text = lexeme[lexeme.lastindex or 0]
        yield lexeme, (_ESCAPE.sub(_escaped, text) if "\\" in text else text)


def _escaped(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if digits:
        number = int(digits, 16)
        return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else "\ufffd"
    return "" if match[4] else _LETTERS.get(match[5], match[5])
