"""A word of a format again and again, alone and in turn with another: what is quadratic anywhere shows itself here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random

import pytest

from tests.support.cpu_time import within
from tests.support.small_documents import zipped

from .targets import TARGETS
from .tokens import tokens

_BYTES = 32_000
_PAIRS = 40
_SECONDS = 2.0  # of CPU time: linear readers take hundredths, a quadratic one ten seconds and more


def _part(name: str, before: str) -> Callable[[bytes], bytes]:
    """A package whose main part begins so."""
    types = b"<Types><Override PartName='/%b' ContentType='application/xml'/></Types>" % name.encode()
    return lambda octets: zipped({"[Content_Types].xml": types, name: before.encode() + octets})


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STARTS: dict[str, bytes | Callable[[bytes], bytes]] = {
    "mime": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n',
    "second-opinion": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n',
    "header": b"",
    "charset": b"\0",
    "canonical": b"",
    "detect": b"a",
    "text": b"",
    "html": b"<html>",
    "csv": b"a,b\n",
    "calendar": b"BEGIN:VCALENDAR\r\n",
    "rtf": b"{\\rtf1 ",
    "pdf": b"%PDF-1.4\n",
    "cms": b"\x30\x82\x7d\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    "tnef": b"\x78\x9f\x3e\x22\x01\x00",
    "docx": _part("word/document.xml", f'<w:document xmlns:w="{_WORD}"><w:body>'),
    "xlsx": _part("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{_SHEET}"><sheetData>'),
    "any-file": b"",
}


def _repeated(words: tuple[bytes, ...]) -> Iterator[bytes]:
    chance = Random(1)
    units = [*words, *(chance.choice(words) + chance.choice(words) for _ in range(_PAIRS))]
    for unit in units:
        yield unit * (_BYTES // len(unit))


@pytest.mark.parametrize("name", _STARTS)
def test_words_of_a_format_again_and_again_take_linear_time(name: str) -> None:
    """A fuzzer rarely repeats a word ten thousand times; whoever attacks does."""
    target, start = TARGETS[name], _STARTS[name]
    target.check(b"")  # loads what it needs
    for repeated in _repeated(tokens(target.words)):
        octets = start(repeated) if callable(start) else start + repeated
        within(_SECONDS, partial(target.check, octets), repr(octets[:80]))


def test_one_finding_after_another_in_a_cell_takes_linear_time() -> None:
    """The same for a table, which another part of detection reads."""
    target = TARGETS["detect"]
    for repeated in _repeated(tokens(target.words)):
        within(_SECONDS, partial(target.check, b"\xff" + repeated))
