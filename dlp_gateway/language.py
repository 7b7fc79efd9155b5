"""The languages in which we write to people: English, in which our texts stand in the code, and Welsh by a catalogue.

A text is said by `language.say("It was sent to {address}.", address=...)`: the English text is its own name. Welsh
comes from `languages/cy.po` beside this file, with single texts replaced by `languages/cy.po` of a council's rules.
Tests gather every text that is said and fail where one has no Welsh, so a table of texts has a name ending in `_WORDS`.
"""

from __future__ import annotations

import functools
import gettext
import io
import string
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import AfterValidator

from .errors import ConfigError, Fault
from .po_file import Entry, read_entries

LanguageCode = Literal["en", "cy"]


def _each_once(codes: tuple[LanguageCode, ...]) -> tuple[LanguageCode, ...]:
    if len(set(codes)) < len(codes):
        raise ValueError("names a language twice")
    return codes


LanguageCodes = Annotated[tuple[LanguageCode, ...], AfterValidator(_each_once)]
"""Languages in their order, as an administrator writes them."""

OWN_CATALOGUE = "languages/cy.po"
"""In the rules folder: the council's own words for texts of ours."""

DAY_WORDS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_WORDS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language. What its catalogue lacks is said in English."""

    code: LanguageCode
    catalogue: gettext.NullTranslations = field(repr=False, compare=False)

    def say(self, text: str, /, **values: object) -> str:
        """The text in this language, with its placeholders filled."""
        found = self.catalogue.gettext(text) if text else ""
        return found.format(**values) if values else found

    def several(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The text for so many; `{count}` in it is the number."""
        return self.catalogue.ngettext(one, many, count).format(count=count, **values)

    def time_words(self, local: datetime) -> str:
        """“Monday 23 November 2026 at 14:05”, of a time in the zone in which it is told."""
        return f"{self.say(DAY_WORDS[local.weekday()])} {self.day_and_time_words(local)}"

    def day_and_time_words(self, local: datetime) -> str:
        """“3 June 2025 at 09:00”."""
        return self.say("{date} at {time}", date=self.day_words(local), time=f"{local:%H:%M}")

    def day_words(self, day: date) -> str:
        """“3 June 2025”."""
        return f"{day.day} {self.say(MONTH_WORDS[day.month - 1])} {day.year}"


ENGLISH = Language(code="en", catalogue=gettext.NullTranslations())


def languages_of(texts: Mapping[str, str]) -> Mapping[LanguageCode, Language]:
    """The languages by code, with the council's own words from the files of its rules folder.

    Raises ConfigError with every fault of its catalogue: lines that can't be read, texts that we do not have,
    placeholders that the English text has not.
    """
    return {"en": ENGLISH, "cy": _welsh(texts.get(OWN_CATALOGUE, ""))}


def links_language(link: str, language: Language) -> str:
    """A link to a page of ours, which opens it in this language."""
    return f"{link}{'&' if '?' in link else '?'}lang={language.code}" if link else ""


@functools.lru_cache(maxsize=4)
def _welsh(own: str) -> Language:
    entries = {entry.text: entry for entry in _shipped()}
    faults = []
    for entry in read_entries(own, OWN_CATALOGUE):
        if (text := _fault_of(entry, entries.get(entry.text))) is not None:
            faults.append(Fault(file=OWN_CATALOGUE, line=entry.line, text=text))
        elif entry.text:  # the header says how to count, which our own texts are written for
            entries[entry.text] = entry
    if faults:
        raise ConfigError(faults)
    return Language(code="cy", catalogue=gettext.GNUTranslations(io.BytesIO(_compiled(list(entries.values())))))


@functools.cache
def _shipped() -> tuple[Entry, ...]:
    text = (files(__package__) / "languages" / "cy.po").read_text(encoding="utf-8")
    return tuple(read_entries(text, "languages/cy.po"))


def _fault_of(entry: Entry, ours: Entry | None) -> str | None:
    if not entry.text:
        return None
    if ours is None:
        return f"no text of ours is “{entry.text}”; copy the msgid from the shipped catalogue"
    if set(entry.translations) != set(ours.translations):
        return f"needs {len(ours.translations)} translations (msgstr{'[n]' if ours.plural else ''})"
    for words in entry.translations.values():
        try:
            unknown = placeholders(words) - placeholders(entry.plural or entry.text)
        except ValueError as error:
            return f"has braces that can't be read: {error}"
        if unknown:
            return f"unknown placeholder {{{min(unknown)}}}; the English text has it not"
    return None


def placeholders(text: str) -> frozenset[str]:
    """Names of the placeholders of a text. Raises ValueError where its braces do not match."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def _compiled(entries: Sequence[Entry]) -> bytes:
    """The entries as an MO file (GNU gettext manual, 10.3), which the standard library reads."""
    pairs = sorted(
        (
            "\0".join((entry.text, entry.plural) if entry.plural else (entry.text,)).encode(),
            "\0".join(entry.translations[n] for n in sorted(entry.translations)).encode(),
        )
        for entry in entries
    )
    head = 28
    offset = head + 16 * len(pairs)
    tables: tuple[list[int], list[int]] = ([], [])
    octets = b""
    for side, table in enumerate(tables):
        for pair in pairs:
            table += [len(pair[side]), offset + len(octets)]
            octets += pair[side] + b"\0"
    numbers = (0x950412DE, 0, len(pairs), head, head + 8 * len(pairs), 0, 0, *tables[0], *tables[1])
    return struct.pack(f"<{len(numbers)}I", *numbers) + octets
