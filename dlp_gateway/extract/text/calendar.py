"""Calendars and contact cards, in words: iCalendar (RFC 5545), vCard 3 and 4 (RFC 2426, RFC 6350), and vCard 2.1
(versit Consortium, 1996), which phones and Outlook still write.

Our own reader: it must lose nothing, whatever stands in a file, while libraries refuse what they don't know.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...model import GapReason
from ..html.data_url import parse_data_url
from ..source import Inner, Item, Source, Tools
from .plain import OTHER_READING

_OLD_CARD = re.compile(rb"version:[ \t]*2\.1", re.IGNORECASE)
_NAMES_AND_VALUE = re.compile(rb'((?:[^":]|"[^"]*")*):(.*)', re.DOTALL)
_PARAM = re.compile(rb'(?:[^";]|"[^"]*"?)+')
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_BASE64_AND_BLANKS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\n"
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=]+\Z")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)  # RFC 5545, 3.3.11; RFC 6350, 3.4
_SEPARATOR = re.compile(r"(?<!\\);")
_CARET = {"^n": " ", "^N": " ", "^'": '"', "^^": "^"}  # RFC 6868, 3.2; a line end would begin another property
_CARET_ESCAPE = re.compile(r"\^[nN'^]")
_FILES = {"ATTACH": "attachment", "PHOTO": "photo", "LOGO": "logo", "SOUND": "sound", "KEY": "key"}
_ASCII_INSIDE = frozenset((None, "us-ascii", "utf-8", "iso-8859-1"))
_A_FILE = "(a file)"
_NAME_ORDER = (3, 1, 2, 0, 4)  # of N: family, given and other names, prefix, suffix (RFC 6350, 6.2.2)
# Parameters that say how a value is written, and words from the standards' lists: they say nothing of anybody.
_SYNTAX = frozenset({"", "ENCODING", "CHARSET", "VALUE", "FMTTYPE", "LANGUAGE"})
_SAID_ELSEWHERE = frozenset({"CN", "FILENAME", "X-FILENAME"})
_DIGITS_OF_A_NUMBER = 5
_STANDARD_WORDS = frozenset(
    """TRUE FALSE REQ-PARTICIPANT OPT-PARTICIPANT NON-PARTICIPANT CHAIR NEEDS-ACTION ACCEPTED DECLINED TENTATIVE
    DELEGATED COMPLETED IN-PROCESS INDIVIDUAL GROUP RESOURCE ROOM UNKNOWN PARENT CHILD SIBLING START END BASE64 B
    QUOTED-PRINTABLE 8BIT 7BIT HOME WORK VOICE CELL FAX PREF INTERNET MSG PAGER VIDEO TEXT DOM INTL POSTAL PARCEL
    JPEG PNG GIF PUBLIC PRIVATE CONFIDENTIAL""".split()  # noqa: SIM905  # a word a line would be no easier to read
) | frozenset(f"ISO-8859-{number}" for number in range(1, 17))


def read_calendar(source: Source, tools: Tools) -> Iterator[Item]:
    """One line for each property: its name, its value in clear, what its parameters say. Values of several
    lines stand in a passage of their own, files inside are files. Linear."""
    readings = tools.readings(source.octets, source.charset)
    wide = b"\0" in source.octets
    forms = [readings[0].encode() if wide else source.octets, *(text.encode() for text in readings[1:])]
    for number, octets in enumerate(forms):
        charset = "utf-8" if wide or number else source.charset
        first = _read(octets, charset, tools, folds_are_blanks=False)
        yield from first.items(source, OTHER_READING if number else "")
        if _OLD_CARD.search(octets):
            # vCard 2.1 keeps the blank that a fold begins with, and many programs do not.
            second = _read(octets, charset, tools, folds_are_blanks=True)
            if (second.lines, second.long) != (first.lines, first.long):
                yield source.passage("\n".join([*second.lines, *second.long]), OTHER_READING)


@dataclass(slots=True)
class _Contents:
    """What one file says: a line for each property, values of several lines, files, and whether one is broken."""

    lines: list[str] = field(default_factory=list)
    long: list[str] = field(default_factory=list)
    files: list[Inner] = field(default_factory=list)
    broken: bool = False

    def items(self, source: Source, place: str) -> Iterator[Item]:
        yield source.passage("\n".join(self.lines), place)
        yield source.passage("\n\n".join(self.long), f"{place}, descriptions" if place else "descriptions")
        yield from self.files
        if self.broken:
            yield source.gap(GapReason.CORRUPT, "a file inside a calendar or contact card that can't be decoded")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Property:
    """A content line, unfolded. `value` is as it stands, escapes and encoding included."""

    name: str
    params: tuple[tuple[str, str], ...]  # names in upper case; "" where an old card gives a value alone
    value: bytes

    @property
    def key(self) -> str:
        """The name in upper case, without the group of a card ("item1.TEL")."""
        return self.name.rpartition(".")[2].upper()

    def param(self, name: str) -> str:
        return next((value for key, value in self.params if key == name), "")

    @property
    def encoding(self) -> str:
        words = {value.upper() for key, value in self.params if key in ("ENCODING", "")}
        if "BASE64" in words or self.param("ENCODING").upper() == "B":
            return "base64"
        return "quoted-printable" if "QUOTED-PRINTABLE" in words else ""


def _read(octets: bytes, charset: str | None, tools: Tools, *, folds_are_blanks: bool) -> _Contents:
    contents = _Contents()
    component = ""
    begun: set[bytes] = set()
    for line in _unfold(octets, folds_are_blanks=folds_are_blanks):
        found = _property(line, charset, tools)
        if found is None:
            contents.lines.append(_text(line, charset, tools))
        elif found.key == "BEGIN":
            component = found.value.strip().decode("latin-1").upper()
            begun.add(found.value.strip().upper())
            contents.lines.append(_text(line, charset, tools))
        elif found.key == "END" and found.value.strip().upper() in begun:
            continue
        else:
            _add(contents, found, charset, tools, card=component == "VCARD")
    return contents


def _unfold(octets: bytes, *, folds_are_blanks: bool) -> Iterator[bytes]:
    """Content lines: a line that begins with a blank goes on the one before (RFC 5545, 3.1; RFC 6350, 3.2), as do
    soft line breaks of quoted-printable and bare lines of base64 in vCard 2.1. Octets, since a fold may part those of
    one character."""
    pieces: list[bytes] = []
    quoted = base64 = False
    for line in octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if pieces and quoted and pieces[-1].endswith(b"="):
            pieces += [b"\n", line if folds_are_blanks else line.lstrip(b" \t")]
        elif pieces and line[:1] in (b" ", b"\t"):
            pieces.append(line if folds_are_blanks else line[1:])
        elif pieces and base64 and _BASE64_LINE.match(line):
            pieces.append(line)
        else:
            if pieces:
                yield b"".join(pieces)
            head = line.partition(b":")[0].upper()
            quoted, base64 = b"QUOTED-PRINTABLE" in head, b"BASE64" in head or b"ENCODING=B" in head
            pieces = [line] if line.strip() else []
    if pieces:
        yield b"".join(pieces)


def _property(line: bytes, charset: str | None, tools: Tools) -> _Property | None:
    """The property of a content line, None where the line is none."""
    match = _NAMES_AND_VALUE.match(line)
    head, colon, value = (match[1], b":", match[2]) if match else line.partition(b":")
    words = _PARAM.findall(head)
    if not colon or not words:
        return None
    params = []
    for word in words[1:]:
        name, equals, text = _text(word, charset, tools).partition("=")
        plain = _CARET_ESCAPE.sub(lambda match: _CARET[match[0]], (text if equals else name).replace('"', ""))
        params.append((name.strip().upper() if equals else "", " ".join(plain.split())))
    return _Property(name=_text(words[0], charset, tools).strip(), params=tuple(params), value=value)


def _add(contents: _Contents, found: _Property, charset: str | None, tools: Tools, *, card: bool) -> None:
    octets = found.value
    if found.encoding == "base64":
        octets = _decode_base64(octets)
        if found.value.translate(None, _BASE64_AND_BLANKS):  # some readers will show it as it stands
            contents.lines.append(f"{found.name}: {_text(found.value, charset, tools)}")
            contents.broken |= not octets
    elif found.encoding == "quoted-printable":
        octets = binascii.a2b_qp(octets)
    text = _text(octets, found.param("CHARSET") or charset, tools)
    data = parse_data_url(text.replace("\\", "")) if text.lstrip()[:5].lower() == "data:" else None
    if data is not None:
        contents.files.append(_file(found, data.octets, data.suffix))
        text = _A_FILE
    elif found.encoding == "base64" and (found.key in _FILES or not text.isprintable()):
        contents.files.append(_file(found, octets, ""))
        text = _A_FILE
    elif found.param("FMTTYPE").lower() == "text/html":
        contents.files.append(_file(found, _unescape(text).encode("utf-8", "replace"), "html"))
        text = _A_FILE
    value = _structured(found.key, text) if card and found.key in ("N", "ADR", "ORG") else _unescape(text).strip()
    said = _said(found, value)
    if "\n" in value:
        contents.long.append(said)
    else:
        contents.lines.append(said)


def _said(found: _Property, value: str) -> str:
    """The line of a property: "ATTENDEE: Ann Example, ann@example.org (DELEGATED-TO bob@example.org)"."""
    more = [f"{name} {_without_scheme(text)}".strip() for name, text in found.params if _says_something(name, text)]
    shown = ", ".join(filter(None, (found.param("CN"), _without_scheme(value))))
    return f"{found.name}: {shown}" + (f" ({'; '.join(more)})" if more else "")


def _says_something(name: str, text: str) -> bool:
    """Whether a parameter is more than a word of the standards or how a value is written."""
    if name in _SAID_ELSEWHERE or all(word in _STANDARD_WORDS for word in text.upper().split(",")):
        return False
    return name not in _SYNTAX or " " in text or sum(c.isdigit() for c in text) >= _DIGITS_OF_A_NUMBER


def _without_scheme(text: str) -> str:
    return text[7:] if text[:7].lower() == "mailto:" else text


def _structured(name: str, text: str) -> str:
    """A card's value of components (RFC 6350, 3.3) as it would be written: "Ms Ann Example", "14 High St, Leeds"."""
    parts = [_unescape(part).strip() for part in _SEPARATOR.split(text)]
    if name == "N":
        return " ".join(
            parts[i] for i in (*_NAME_ORDER, *range(len(_NAME_ORDER), len(parts))) if parts[i : i + 1] > [""]
        )
    return ", ".join(filter(None, parts))


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text) if "\\" in text else text


def _decode_base64(text: bytes) -> bytes:
    digits = _NOT_BASE64.sub(b"", text)
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def _file(found: _Property, octets: bytes, suffix: str) -> Inner:
    """A file that stands in a property; what it is, its content says."""
    given = found.param("FILENAME") or found.param("X-FILENAME")
    name = given or _FILES.get(found.key, found.key.lower()) + (f".{suffix}" if suffix else "")
    return Inner(name=name, octets=octets, listed=found.key == "ATTACH")


def _text(octets: bytes, charset: str | None, tools: Tools) -> str:
    if octets.isascii() and charset in _ASCII_INSIDE:
        return octets.decode("ascii")  # nearly every line
    return tools.readings(octets, charset)[0]
