"""Values that are typed in a code that anybody can undo: base64, base32, hexadecimal, characters by number, ROT13,
digits in words, backwards, letters for digits.

Each is undone where it stands, so that the words around it are its context.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import unquote

from ..gate import Gate
from .broken import has_short_value, is_short_value
from .stretch import Stretch, spread

_FEWEST_DIGITS = 4  # of what a code says, or else an address: all else is words
_DEPTH = 3  # codes within codes
_FEWEST_SPELLED = 5
_FEWEST_OF_SHORT = 2  # digits in words of a postcode or a registration mark

_TOKEN = re.compile(r"(?<![A-Za-z0-9+/_\-%\\])(?:0x)?[A-Za-z0-9+/_\-]{8,400}={0,6}(?![A-Za-z0-9+/=_\-])")
_LONG_WORD = re.compile(r"\S{8,}")
_MOST_CODES = 20_000
_FEWEST_DIGITS_OF_HEX = 16  # fewer without a letter are a number: 7737396762 would be a postcode
_HEX = re.compile(r"(?:0x)?((?:[0-9A-Fa-f]{2}){4,})")
_BASE32 = re.compile(r"([A-Z2-7]{8,}|[a-z2-7]{8,})={0,6}")
_BASE64 = re.compile(r"([A-Za-z0-9+/]{8,}|[A-Za-z0-9_\-]{8,})={0,2}")
_ODD = re.compile(r"[0-9=+/_\-%&\\]|[a-z][A-Z]|[A-Z]{12}")  # what words of a language have not

# Runs of characters by their numbers.
_CHARACTER = "(?:3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])"  # in decimal
_ESCAPED = re.compile(
    r"(?<![A-Za-z0-9%])[A-Za-z0-9\-]{1,12}(?:%(?:25){0,3}2[0CcDdFf][A-Za-z0-9\-]{0,12}){1,9}(?![A-Za-z0-9%])"
    r"|(?:%(?:25){0,3}[0-9A-Fa-f]{2}[A-Za-z0-9@.\-]{0,3}){3,400}"
    r"|(?:&(?:amp;){0,2}#(?:[0-9]{2,5}|x[0-9A-Fa-f]{2,4});){3,400}"
    r"|(?:\\[0-7]{3}){4,400}"
)
_LISTED = re.compile(
    r"(?<![A-Za-z0-9])(?:[0-9A-Fa-f]{2}[ :,\-]){5,400}[0-9A-Fa-f]{2}(?![0-9A-Fa-f])"
    rf"|(?<![0-9])(?:{_CHARACTER}[ ,]{{1,2}}){{5,400}}{_CHARACTER}(?![0-9])"
    r"|(?<![01])(?:[01]{8}[ ,]?){4,400}(?![01])"
)
_PARTED = re.compile(r"[ ,:@]")  # what no code within a code has
_OCTAL = re.compile(r"\\([0-7]{3})")

_DIGIT_WORDS = {
    "zero": "0", "oh": "0", "nought": "0", "naught": "0", "nil": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_ONE_WORD = rf"(?:(?i:(?:{'|'.join(_TIMES)})[ \-]{{1,2}})?(?i:{'|'.join(_DIGIT_WORDS)})|[0-9]|[A-Za-z]|[A-Z]{{2}})"
_SPELLED = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_ONE_WORD}(?:[ ,.\-/]{{1,3}}|\n)){{{_FEWEST_SPELLED - 1},60}}{_ONE_WORD}(?![A-Za-z0-9])"
)
_SPELLED_WORD = re.compile("[A-Za-z]+|[0-9]")
_DIGIT_WORD = "(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine)"

_PIECE = r"(?:[A-Za-z]{0,5}[0-9][A-Za-z0-9]{0,20}|[A-Z]{1,5}|[a-z]{1,2})"  # of a value: no word of prose
_WITH_DIGITS = re.compile(rf"(?<![A-Za-z0-9@.]){_PIECE}(?:[ .\-/]{_PIECE}){{0,9}}(?![A-Za-z0-9@])")
_ADDRESS = re.compile(r"[A-Za-z0-9._\-]{2,60}@[A-Za-z0-9._\-]{2,60}")
_LIKE_DIGITS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9|](?:[ .\-/]?[A-Za-z0-9|]){5,40}(?![A-Za-z0-9])")
_BESIDE_DIGITS = re.compile(r"[0-9][OoIlSsBZz|]|[OoIlSsBZz|][0-9]")
_LOOKS = str.maketrans("OoIlSsBZz|", "0011558221")
_LABEL = r"[A-Za-z0-9\-]{1,63}"
_DOT_WORD = r"(?: ?[(\[<{] ?dot ?[)\]>}] ?| dot )"
_AT = re.compile(
    r"(?i)(?<![A-Za-z0-9._+\-])([A-Za-z0-9._+\-]{1,64})"
    rf"(?: ?[(\[<{{] ?at ?[)\]>}}] ?({_LABEL}(?:(?:{_DOT_WORD}|\.){_LABEL}){{1,5}})"
    rf"| at ({_LABEL}(?:\.{_LABEL}){{0,3}}{_DOT_WORD}{_LABEL}(?:(?:{_DOT_WORD}|\.){_LABEL}){{0,3}}))"
)
_DOT = re.compile(f"(?i){_DOT_WORD}")
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>]{4,2000}")
_PARAMETER = re.compile(r"(?<=[=/:])[A-Za-z0-9%+._@~\-]{5,200}")
_SHORT_VALUE = re.compile(
    r"(?<![A-Za-z0-9@])(?:[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}|[A-Za-z]{2}[0-9]{2} ?[A-Za-z]{3})"
    r"(?![A-Za-z0-9@])"
)
_LIST_GAP = re.compile(r"[ :,\-]+")
_GATE = Gate(
    {
        "escaped": r"%[0-9A-Fa-f]{2}|&(?:amp;){0,2}#[0-9x]|(?:\\[0-7]{3}){4}",
        "listed": r"(?:[0-9A-Fa-f]{2}[ :,\-]){5}|(?:[0-9]{2,3}[ ,]{1,2}){5}|[01]{8}",
    }
)
# What must occur in a text in which a reader below finds anything.
SPELLED_GATE = rf"(?i)\b{_DIGIT_WORD}[ ,.\-/\n]{{1,3}}(?:(?:double|triple|treble) )?{_DIGIT_WORD}\b"
ADDRESS_GATE = r"(?i)\bdot\b|[(\[<{] ?at ?[)\]>}]"
SMALL_GATE = r"[a-z][0-9]|[0-9](?:[a-z][A-Za-z]|[A-Z][a-z])|[A-Za-z][a-z][0-9]|[0-9] [A-Za-z]{0,2}[a-z]"
BESIDE_GATE = r"[0-9][OoIlSsBZz|]|[OoIlSsBZz|][0-9]"
WEB_GATE = "https?://"


def decoded(text: str) -> Iterator[Stretch]:
    """What codes say, in order, where it can be a value: digits or an address. Linear."""
    end = 0
    for match in sorted(islice(_codes(text), _MOST_CODES), key=_start):
        if match.start() < end:
            continue
        said = _undone(match[0].rstrip(".-"), _DEPTH)
        if said is not None:
            yield spread(match.start(), match.end(), f" {said} ")
            end = match.end()


def _codes(text: str) -> Iterator[re.Match[str]]:
    """What has the form of a code."""
    occurring = _GATE.occurring(text)
    for word in _LONG_WORD.finditer(text):
        if _ODD.search(word[0]):  # without it the word would say nothing
            yield from _TOKEN.finditer(text, *word.span())
    if "escaped" in occurring:
        yield from _ESCAPED.finditer(text)
    if "listed" in occurring:
        yield from _LISTED.finditer(text)


def _start(match: re.Match[str]) -> int:
    return match.start()


def _undone(code: str, depth: int) -> str | None:
    """What a code says, codes within it undone; None where it says nothing."""
    if depth == 0 or not _ODD.search(code):
        return None
    for undo in _CODES:
        said = undo(code)
        if said is None or said == code:
            continue
        inner = None if _PARTED.search(said.strip()) else _undone(said.strip(), depth - 1)
        if inner is not None:
            return inner
        if _is_value(said):
            return said.strip()
    return None


def _is_value(said: str) -> bool:
    return sum(map(str.isdigit, said)) >= _FEWEST_DIGITS or "@" in said or has_short_value(said)


def _printable(octets: bytes) -> str | None:
    return (
        octets.decode("ascii")
        if octets and all(32 <= octet < 127 or octet in (9, 10, 13) for octet in octets)
        else None
    )


def _numbered(code: str) -> str | None:
    if "%" in code:
        return unquote(unquote(unquote(code)))
    if code.startswith("&"):
        return html.unescape(html.unescape(html.unescape(code)))
    if code.startswith("\\"):
        return _printable(bytes(int(number, 8) & 255 for number in _OCTAL.findall(code)))
    return None


def _hex_list(code: str) -> str | None:
    return _of_numbers(_LIST_GAP.split(code.strip(" ,")), 16)


def _decimal_list(code: str) -> str | None:
    return _of_numbers(_LIST_GAP.split(code.strip(" ,")), 10)


def _binary(code: str) -> str | None:
    if not set(code) <= set("01 ,"):
        return None
    bits = code.replace(" ", "").replace(",", "")
    return _of_numbers([bits[i : i + 8] for i in range(0, len(bits), 8)], 2)


def _of_numbers(numbers: list[str], base: int) -> str | None:
    if len(numbers) < _FEWEST_DIGITS:
        return None
    try:
        return _printable(bytes(int(number, base) for number in numbers))
    except ValueError:
        return None


def _hex(code: str) -> str | None:
    match = _HEX.fullmatch(code)
    if match is None or (match[1].isdigit() and len(match[1]) < _FEWEST_DIGITS_OF_HEX):
        return None
    return _printable(binascii.unhexlify(match[1]))


def _base32(code: str) -> str | None:
    match = _BASE32.fullmatch(code)
    if match is None:
        return None
    return _attempt(base64.b32decode, match[1].upper() + "=" * (-len(match[1]) % 8))


def _base64(code: str) -> str | None:
    match = _BASE64.fullmatch(code)
    if match is None or len(match[1]) % 4 == 1:
        return None
    run = match[1].replace("-", "+").replace("_", "/")
    return _attempt(binascii.a2b_base64, run + "=" * (-len(run) % 4))


def _attempt(decode: Callable[[str], bytes], run: str) -> str | None:
    try:
        return _printable(decode(run))
    except ValueError:
        return None


_CODES: tuple[Callable[[str], str | None], ...] = (
    _numbered,
    _binary,
    _hex_list,
    _decimal_list,
    _hex,
    _base32,
    _base64,
)


def spelled_out(text: str) -> Iterator[Stretch]:
    """Digits in words, as digits: "nine four three, double four". In order, linear."""
    for run in _SPELLED.finditer(text):
        pieces: list[str] = []
        origins: list[int] = []
        times = 1
        words = 0
        for word in _SPELLED_WORD.finditer(run[0]):
            lower = word[0].lower()
            if lower in _TIMES:
                times = _TIMES[lower]
                continue
            words += lower in _DIGIT_WORDS
            said = _DIGIT_WORDS.get(lower, word[0].upper()) * times
            pieces += said
            origins += [run.start() + word.start()] * len(said)
            times = 1
        while len(pieces) > 1 and text[origins[0]] in "aI" and pieces[1].isdigit():
            del pieces[0], origins[0]
        if pieces and (words >= _FEWEST_DIGITS or (words >= _FEWEST_OF_SHORT and is_short_value("".join(pieces)))):
            origins[-1] = run.end() - 1
            yield Stretch(origins[0], run.end(), "".join(pieces), origins)


def backwards(text: str) -> Iterator[Stretch]:
    """Numbers, then addresses, as they read from right to left. Linear."""
    for run in _lettered_or_numbered(text):
        if _is_value(run[0][::-1]):
            yield Stretch(run.start(), run.end(), run[0][::-1], range(run.end() - 1, run.start() - 1, -1))


def _lettered_or_numbered(text: str) -> Iterator[re.Match[str]]:
    """Words with digits, then addresses."""
    yield from _WITH_DIGITS.finditer(text)
    if "@" in text:
        yield from _ADDRESS.finditer(text)


def rotated(text: str) -> Iterator[Stretch]:
    """Values with letters, then addresses, as ROT13 reads them. Linear."""
    for run in _lettered_or_numbered(text):
        if any(map(str.isalpha, run[0])) and _is_value(run[0]):
            yield Stretch(run.start(), run.end(), codecs.encode(run[0], "rot13"), range(run.start(), run.end()))


def in_capitals(text: str) -> Iterator[Stretch]:
    """Postcodes and registration marks in small letters, in capitals. In order, linear."""
    for run in _SHORT_VALUE.finditer(text):
        if not run[0].isupper():
            yield Stretch(run.start(), run.end(), run[0].upper(), range(run.start(), run.end()))


def letters_for_digits(text: str) -> Iterator[Stretch]:
    """Letters beside digits that look like digits: "o77OO". In order, linear; first read with noughts alone."""
    for run in _LIKE_DIGITS.finditer(text):
        if not any(map(str.isdigit, run[0])) or _BESIDE_DIGITS.search(run[0]) is None:
            continue
        for letters in ("Oo", "OoIlSsBZz|"):
            said = _with_digits(run[0], letters)
            if said != run[0] and (sum(map(str.isdigit, said)) >= _FEWEST_SPELLED or is_short_value(said)):
                yield Stretch(run.start(), run.end(), said, range(run.start(), run.end()))


def _with_digits(word: str, letters: str) -> str:
    """Those of the letters that stand beside a digit, or beside another that does, as digits."""
    said = list(word)
    for places in (range(1, len(said)), range(len(said) - 2, -1, -1)):
        for place in places:
            if said[place] in letters and said[place - places.step].isdigit():
                said[place] = said[place].translate(_LOOKS)
    return "".join(said)


def addresses_in_words(text: str) -> Iterator[Stretch]:
    """E-mail addresses whose signs are words: "jane.smith (at) mail dot example". In order, linear."""
    for found in _AT.finditer(text):
        yield spread(found.start(), found.end(), f"{found[1]}@{_DOT.sub('.', found[2] or found[3])}")


def in_web_addresses(text: str) -> Iterator[Stretch]:
    """The parameters of web addresses, decoded: what stands in them has no blanks around it. In order, linear."""
    for address in _WEB_ADDRESS.finditer(text):
        for value in _PARAMETER.finditer(text, *address.span()):
            said = unquote(value[0].replace("+", " "))
            if _is_value(said):
                yield spread(value.start(), value.end(), f" {said} ")
