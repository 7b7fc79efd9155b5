"""Catalogues of messages as translators keep them: GNU gettext's PO format, text in, entries out. Pure.

Only what a catalogue of ours needs is read: comments, `msgid`, `msgid_plural`, `msgstr`, `msgstr[n]` and strings over
several lines. Entries marked fuzzy (a guess of a tool that nobody has looked at) and those without a translation are
left out, as msgfmt does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .errors import ConfigError, Fault

_KEYWORD = re.compile(r'(msgid|msgid_plural|msgstr|msgstr\[([0-9])\])\s+(".*")$')
_FUZZY = re.compile(r"#,.*\bfuzzy\b")


@dataclass(kw_only=True)
class Entry:
    """One text and its translations: one, or one for each plural form. The header's `text` is empty."""

    line: int
    text: str
    plural: str | None = None
    translations: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False


def read_entries(text: str, file: str) -> list[Entry]:
    """The entries in order. Raises ConfigError with every line that can't be read and every text that stands twice."""
    faults: list[Fault] = []
    found = [entry for entry in _entries(text, file, faults) if entry.translations and not entry.fuzzy]
    first: dict[str, int] = {}
    for entry in found:
        if entry.text in first:
            where = f"this text stands twice, first in line {first[entry.text]}; keep one of them"
            faults.append(Fault(file=file, line=entry.line, text=where))
        first.setdefault(entry.text, entry.line)
    if faults:
        raise ConfigError(faults)
    return [entry for entry in found if all(entry.translations.values())]


def _entries(text: str, file: str, faults: list[Fault]) -> Iterator[Entry]:
    entry: Entry | None = None
    fuzzy = False
    at: int | str | None = None  # where a string that goes on belongs: a plural form, or "text" or "plural"
    for number, raw in enumerate(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            fuzzy = fuzzy or bool(_FUZZY.match(line))
            at = None
            continue
        keyword = _KEYWORD.match(line)
        value = _string(keyword[3] if keyword else line)
        if value is None or (keyword is None and (entry is None or at is None)):
            what = "is no line of a catalogue; write msgid, msgid_plural or msgstr and a text in double quotes"
            faults.append(Fault(file=file, line=number, text=what))
            continue
        if keyword is None:
            assert entry is not None and at is not None  # noqa: PT018 - one claim
            _add(entry, at, value)
        elif keyword[1] == "msgid":
            if entry is not None:
                yield entry
            entry, at = Entry(line=number, text=value, fuzzy=fuzzy), "text"
            fuzzy = False
        elif entry is None:
            faults.append(Fault(file=file, line=number, text=f"{keyword[1]} without a msgid before it"))
        elif keyword[1] == "msgid_plural":
            entry.plural, at = value, "plural"
        else:
            at = int(keyword[2] or 0)
            entry.translations[at] = value
    if entry is not None:
        yield entry


def _add(entry: Entry, at: int | str, value: str) -> None:
    if isinstance(at, int):
        entry.translations[at] += value
    elif at == "plural":
        entry.plural = (entry.plural or "") + value
    else:
        entry.text += value


def _string(quoted: str) -> str | None:
    """The value of a string in double quotes with C's escapes, which for what is used here are Python's."""
    if len(quoted) < 2 or not (quoted.startswith('"') and quoted.endswith('"')):
        return None
    try:
        value = ast.literal_eval(quoted)
    except (SyntaxError, ValueError):
        return None
    return value if isinstance(value, str) else None
