"""The words in a script: its strings, comments, and what could be an identifier outside of both."""

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
    r"|([\w@.]{6,}+)",
    re.DOTALL,
)
_WORD = 6
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r?\n)|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\n", "b": "", "f": "", "v": "", "0": ""}


def is_telling(word: str) -> bool:
    """Whether a name or word, of the kind that programs make, could be an identifier or an address."""
    return "@" in word or sum(map(str.isdigit, word)) >= 4


def script_text(script: str) -> str:
    """Strings, comments and words with digits, one a line; strings that are added up on one line."""
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
        if lexeme.lastindex == _WORD and not is_telling(text):
            continue
        yield lexeme, (_ESCAPE.sub(_escaped, text) if "\\" in text else text)


def _escaped(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if digits:
        number = int(digits, 16)
        return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else "\ufffd"
    return "" if match[4] else _LETTERS.get(match[5], match[5])
