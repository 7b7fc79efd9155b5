"""Rich Text Format, specification 1.9.1: text, cells, headers, notes; hidden text and annotations apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..model import GapReason
from .source import Item, Source, Tools

_TOKEN = re.compile(
    rb"\\bin(\d{1,9}) ?|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)",
)
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator pict themedata colorschememapping "
    b"latentstyles datastore xmlnstbl filetbl revtbl objdata blipuid fldinst mmathPr wgrffmtfilter".split()
)
_APART = {b"annotation": "comment", b"info": "document properties", b"deleted": "tracked deletion", b"v": "hidden text"}
_WORDS = {
    b"par": "\n",
    b"line": "\n",
    b"row": "\n",
    b"sect": "\n",
    b"page": "\n",
    b"cell": "\t",
    b"nestcell": "\t",
    b"tab": "\t",
    b"nestrow": "\n",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
}
_MAX_DEPTH = 10_000


@dataclass(frozen=True, slots=True)
class _Group:
    skipped: bool = False
    place: str = ""
    unicode_skip: int = 1
    starred: bool = False


def read_rtf(source: Source, tools: Tools) -> Iterator[Item]:
    """The document's text; embedded objects are a gap."""
    del tools
    octets = source.octets
    codec = "cp1252"
    if (page := re.search(rb"\\ansicpg(\d{3,5})", octets[:2000])) is not None and page[1] in _CODE_PAGES:
        codec = f"cp{page[1].decode()}"
    texts: dict[str, list[str]] = {"": []}
    state = _Group()
    stack: list[_Group] = []
    position = to_skip = 0
    while (token := _TOKEN.match(octets, position)) is not None:
        position = token.end()
        binary, word, number, code, symbol, brace, plain = token.groups()
        if binary is not None:
            position += int(binary)
        elif brace == b"{":
            if len(stack) >= _MAX_DEPTH:
                yield source.gap(GapReason.TOO_DEEP, "a document whose groups are nested too deep")
                break
            stack.append(state)
            state = replace(state, starred=False)
        elif brace == b"}":
            state = stack.pop() if stack else _Group()
        elif word is not None:
            if word == b"u" and number is not None:
                to_skip = state.unicode_skip
                _put(texts, state, chr(int(number) % 65536))
            else:
                state = _after_word(state, word, number)
                _put(texts, state, _WORDS.get(word, ""))
        elif symbol == b"*":
            state = replace(state, starred=True)
        else:
            octets_said = bytes.fromhex(code.decode()) if code else plain or b""
            text = octets_said.decode(codec, "replace")
            text = {b"~": " ", b"_": "-", b"-": ""}.get(symbol, symbol.decode("latin-1")) if symbol else text
            used = min(to_skip, len(text))
            to_skip -= used
            _put(texts, state, text[used:])
    for place, pieces in texts.items():
        text = "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        yield source.passage(text, place, hidden=place not in ("", "document properties"))
    if b"\\objdata" in octets:
        yield source.gap(GapReason.UNSUPPORTED, "a document with an embedded object that can't be read")


_CODE_PAGES = frozenset(b"437 850 852 866 874 932 936 949 950 1250 1251 1252 1253 1254 1255 1256 1257 1258".split())


def _after_word(state: _Group, word: bytes, number: bytes | None) -> _Group:
    on = number != b"0"
    if word in _SKIPPED:
        return replace(state, skipped=True)
    if word in _APART:
        return replace(state, place=_APART[word] if on else "")
    if word == b"plain" and state.place == "hidden text":
        return replace(state, place="")
    if word == b"uc" and number is not None:
        return replace(state, unicode_skip=max(0, int(number)))
    return state


def _put(texts: dict[str, list[str]], state: _Group, text: str) -> None:
    if text and not state.skipped:
        texts.setdefault(state.place, []).append(text)
