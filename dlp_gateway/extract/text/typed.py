"""Encoded text and files that are typed into a text: uuencode, yEnc, base64, hexadecimal, and characters by number.

Anybody can decode them, mail programs do so for some. Most of what looks like base64 in mail is no text at all
(signatures, keys, hashes, identifiers), and such runs say nothing: only what decodes to text or to a known kind of
file is read. All of it takes time linear in the text.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import product
from urllib.parse import unquote

from ..kind import Kind, kind_of
from ..source import Inner, Item, Readings, Source, Tools
from .binhex import read_binhex

TYPED_AS = "typed as "
"""How the place of such text begins."""

_UU_BEGIN = re.compile(r"^begin(-base64)? +[0-7]{3,4} +(\S[^\n]{0,200})\n", re.MULTILINE)
_YENC_BEGIN = re.compile(
    rb"^=ybegin [^\r\n]{0,400}?size=(\d{1,10})[^\r\n]{0,80}?name=([^\r\n]{0,200})\r?\n", re.MULTILINE
)
_YENC_PART = re.compile(rb"=ypart [^\r\n]{0,200}\r?\n")
_YENC_END = re.compile(rb"\r?\n=y(?:end|begin) ")
_TO_OCTET = str.maketrans(
    {bytes((octet,)).decode("cp1252", "ignore") or chr(octet): octet for octet in range(128, 160)}
)
_YENC_TABLE = bytes((octet - 42) % 256 for octet in range(256))

_FEWEST_CHARS = 40  # of a run that are looked at
_FEWEST_OCTETS = 16  # of a text: fewer may read so by chance
_FEWEST_BEFORE_A_FAULT = 24  # what follows may be no part of the run
_FEWEST_BLANKS = 2
_RUN_LINE = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_LONG = b"x" * _FEWEST_CHARS
_KIND_OF_OCTET = bytes(
    {" ": 32, "\t": 32, ">": 32, "|": 32, "\n": 10}.get(
        chr(octet), ord("x") if chr(octet) in "+/_-=" or (octet < 128 and chr(octet).isalnum()) else ord(".")
    )
    for octet in range(256)
)
_SOLID_LINE = re.compile(rb"\n *(x+) *(?=\n)")
_EDGE_LINES = 4
_TRIAL_LINES, _TRIAL_CHARS = 64, 4096
_LONGEST_ADDRESS = 2000
_URL_SAFE = str.maketrans("-_", "+/")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_PRINTABLE = bytes([9, 10, 13, *range(32, 127)])
_NOT_PRINTABLE = bytes(sorted({*range(256)} - {*_PRINTABLE}))
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd-\uffff]")
_ARMOUR = re.compile(r"-----BEGIN (?:PGP MESSAGE|PKCS|CMS|AGE)[^\n]{0,200}\n.*?(?:-----END|\Z)", re.DOTALL)
_FILES = frozenset(
    {
        *(Kind.PDF, Kind.OFFICE_OPEN, Kind.OPEN_DOCUMENT, Kind.ZIP, Kind.GZIP, Kind.BZIP2, Kind.XZ, Kind.TAR),
        *(Kind.OTHER_ARCHIVE, Kind.OLE, Kind.RTF, Kind.IMAGE, Kind.CMS, Kind.TNEF),
    }
)
_CHANCE = (b"BM", b"MZ", b"\x1f\x9d")  # signatures of two octets: a key or a signature begins so now and then
_CMS = bytes.fromhex("2a864886f70d0107")  # not a certificate alone, which holds a key
_MOSTLY_ASCII = 0.85

# A letter or digit by its number, which no program writes so of itself: "=41", "%41", "\x41", "\u0041".
_ALNUM = r"(?:3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])"
_FEWEST_ESCAPES = 3
_LEAST_SHARE = 0.25  # of a line's characters that are escapes: "a=30" stands in settings and addresses
_PERCENT_ALNUM, _PERCENT_BLANK = re.compile(f"%(?:25)*{_ALNUM}"), re.compile("%(?:25)*20")
_BACKSLASH = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,5})\})")
_BACKSLASH_ALNUM = re.compile(rf"\\(?:x|u00|u\{{0{{0,3}}){_ALNUM}")
_QUOTED_PAIR = re.compile(f"={_ALNUM}=[0-9A-Fa-f]{{2}}")
_QUOTED_ALNUM = re.compile(f"={_ALNUM}")


def read_typed(source: Source, tools: Tools) -> Iterator[Item]:
    """What is typed into a text in another form: files as files, characters by number as passages of the lines
    concerned. Nothing for ordinary text."""
    text = tools.readings(source.octets, source.charset)[0].replace("\r\n", "\n")
    yield from read_typed_text(source, text, tools)
    yield from _yencoded(source.octets, text)


def read_typed_text(source: Source, text: str, tools: Tools) -> Iterator[Item]:
    """The same of text that does not stand so in the octets, as what a page shows; lines end with LF."""
    yield from _uuencoded(text)
    yield from read_binhex(text, tools)
    for octets in _runs(text, tools.readings):
        yield Inner(name=f"{TYPED_AS}base64", octets=octets, listed=False, hidden=True)
    for name, lines in (
        ("quoted-printable", list(_quoted_lines(text))),
        ("percent signs", list(_percent_words(text))),
        ("backslashes", list(_backslash_lines(text))),
    ):
        if lines:
            yield source.passage("\n".join(lines), f"{TYPED_AS}{name}")


def _uuencoded(text: str) -> Iterator[Inner]:
    """Blocks of uuencode and of its base64 form (POSIX, uuencode). What is cut off is read as far as it goes."""
    if "begin" not in text[:5] and "\nbegin" not in text:
        return
    position = 0
    while (begin := _UU_BEGIN.search(text, position)) is not None:
        lines: list[bytes] = []
        position = begin.end()
        while position < len(text):
            end = text.find("\n", position)
            line = text[position : end if end >= 0 else len(text)].rstrip()
            octets = _uu_line(line) if begin[1] is None else _base64_line(line)
            if octets is None:
                break
            lines.append(octets)
            position = end + 1 if end >= 0 else len(text)
        if lines:
            yield Inner(name=begin[2].strip(), octets=b"".join(lines))


def _uu_line(line: str) -> bytes | None:
    """One line of uuencode; None where it is none. A character of checksum may follow."""
    if not line or not line.isascii():
        return None
    count = (ord(line[0]) - 32) & 63
    needed = (count + 2) // 3 * 4
    if not count or len(line) > needed + 2:
        return None
    try:
        return binascii.a2b_uu(line[: 1 + needed])
    except binascii.Error:
        return None


def _base64_line(line: str) -> bytes | None:
    return _decoded(line) if line and _RUN_LINE.fullmatch(line) else None


def _yencoded(octets: bytes, text: str) -> Iterator[Inner]:
    """Blocks of yEnc (draft 1.3, 2002): each octet plus 42, critical ones escaped."""
    if b"=ybegin " not in octets:
        return
    # As sent, or as a mail program carried it over into Unicode.
    forms = (octets, text.translate(_TO_OCTET).encode("latin-1", "replace"))
    for found in zip(*(_YENC_BEGIN.finditer(form) for form in forms), strict=False):
        blocks = [_yenc_block(form, begin.end()) for form, begin in zip(forms, found, strict=True)]
        size = int(found[0][1])
        octets = next((block for block in blocks if len(block) == size), blocks[0])
        if octets:
            yield Inner(name=found[0][2].decode("latin-1").strip() or "yEnc", octets=octets)


def _yenc_block(octets: bytes, start: int) -> bytes:
    part = _YENC_PART.match(octets, start)
    start = part.end() if part else start
    end = _YENC_END.search(octets, start - 1)
    data = octets[start : end.start() if end else len(octets)].translate(None, b"\r\n")
    first, *escaped = data.split(b"=")
    rest = (bytes(((piece[0] - 64 - 42) % 256,)) + piece[1:].translate(_YENC_TABLE) for piece in escaped if piece)
    return b"".join((first.translate(_YENC_TABLE), *rest))


def _runs(text: str, readings: Readings) -> Iterator[bytes]:
    """What long runs of base64 and hexadecimal say, over lines or within one."""
    if "-----BEGIN " in text:
        text = _ARMOUR.sub("\n.\n", text)  # has a reader of its own
    # One octet a character says whether it can stand in a run: most text is then told by a search for line ends.
    kinds = b"\n%b\n" % text.encode("latin-1", "replace").translate(_KIND_OF_OCTET)
    if _LONG not in kinds and sum(map(len, _SOLID_LINE.findall(kinds))) < _FEWEST_CHARS:
        return
    block: list[str] = []
    start = 0
    for kind in kinds[1:-1].split(b"\n"):
        end = start + len(kind)
        inside = kind.strip()
        if inside and not inside.strip(b"x"):
            block.append(text[start:end].strip(" \t>|"))
        elif inside:
            if block:
                yield from _block(block, readings)
                block = []
            if _LONG in inside:
                yield from _runs_inside(text[start:end], readings)
        start = end + 1
    yield from _block(block, readings)


def _runs_inside(line: str, readings: Readings) -> Iterator[bytes]:
    """What long runs within a line say; in a web address only what has words."""
    for run in _RUN.finditer(line):
        said = _said(_decoded(run[0]), readings)
        if said is not None and not (_in_address(line, run.start()) and said.count(b" ") < _FEWEST_BLANKS):
            yield said


def _block(lines: list[str], readings: Readings) -> Iterator[bytes]:
    """What lines of nothing but base64 say together. A word alone in its line above or below looks like one of them."""
    if sum(map(len, lines)) < _FEWEST_CHARS:
        return
    edge = range(min(_EDGE_LINES, len(lines)))
    for first, last in product(edge, edge):
        inside = lines[first : len(lines) - last]
        sample = "".join(inside[:_TRIAL_LINES])[:_TRIAL_CHARS]
        if _said(_decoded(sample), readings) is not None:
            said = _said(_decoded("".join(inside)), readings)
            if said is not None:
                yield said
                return


def _decoded(run: str) -> bytes:
    """Octets of hexadecimal where it is that and says something, else of base64, streams after padding too."""
    if _HEX.fullmatch(run) and len(run) % 2 == 0:
        octets = binascii.unhexlify(run)
        if not octets.translate(None, _PRINTABLE):
            return octets
    out: list[bytes] = []
    for stream in run.translate(_URL_SAFE).split("="):
        whole = stream[:-1] if len(stream) % 4 == 1 else stream
        out.append(binascii.a2b_base64(whole + "=" * (-len(whole) % 4)))
    return b"".join(out)


def _said(octets: bytes, readings: Readings) -> bytes | None:
    """The octets of a file, or those of a text as far as it is one; None where they are neither: a key, a signature,
    an identifier."""
    if len(octets) < _FEWEST_OCTETS:
        return None
    kind = kind_of(Source(part="", octets=octets), readings)
    if kind in _FILES and not octets.startswith(_CHANCE) and (kind is not Kind.CMS or _CMS in octets[:40]):
        return octets
    wide = _utf_16(octets)
    text = octets.decode(wide or "utf-8", "replace")
    fault = _NOT_TEXT.search(text)
    if fault is None or wide:
        return None if fault else text.encode()
    if len(octets.translate(None, _NOT_PRINTABLE)) >= _MOSTLY_ASCII * len(octets):
        return _NOT_TEXT.sub("", octets.decode("cp1252", "replace")).encode()
    return text[: fault.start()].encode() if fault.start() >= _FEWEST_BEFORE_A_FAULT else None


def _utf_16(octets: bytes) -> str | None:
    """The codec of what looks like UTF-16, by where its zero octets stand."""
    if octets.count(0) * 3 < len(octets):
        return None
    return "utf-16-le" if octets[1::2].count(0) >= octets[::2].count(0) else "utf-16-be"


def _in_address(line: str, position: int) -> bool:
    """Whether a position stands in a web address: those carry identifiers of programs as a rule."""
    before = line[max(0, position - _LONGEST_ADDRESS) : position]
    return "://" in before[max(before.rfind(" "), before.rfind("\t")) + 1 :]


def _quoted_lines(text: str) -> Iterator[str]:
    """Lines of quoted-printable, decoded. A soft line break takes the next line with it."""
    if text.count("=") < _FEWEST_ESCAPES or len(_QUOTED_ALNUM.findall(text)) < _FEWEST_ESCAPES:
        return
    lines: list[str] = []
    for line in text.split("\n"):
        soft = bool(lines) and lines[-1].endswith("=")
        escapes = len(_QUOTED_ALNUM.findall(line))
        enough = escapes >= (_FEWEST_ESCAPES if _QUOTED_PAIR.search(line) else 2 * _FEWEST_ESCAPES)
        if soft or (enough and escapes * 3 >= _LEAST_SHARE * len(line)):
            lines.append(line)
        elif lines:
            yield _unquoted(lines)
            lines = []
    if lines:
        yield _unquoted(lines)


def _unquoted(lines: list[str]) -> str:
    return binascii.a2b_qp("\n".join(lines).encode()).decode("utf-8", "replace")


def _percent_words(text: str) -> Iterator[str]:
    """Words in percent-encoding (RFC 3986, 2.1), decoded, up to three times over. An address whose own marks alone are
    encoded is left as it is."""
    if "%" not in text:
        return
    for word in text.split():
        if "%" not in word:
            continue
        alnum, blanks = len(_PERCENT_ALNUM.findall(word)), len(_PERCENT_BLANK.findall(word))
        if alnum >= _FEWEST_ESCAPES or blanks >= _FEWEST_BLANKS:
            yield unquote(unquote(unquote(word)))


def _backslash_lines(text: str) -> Iterator[str]:
    """Lines with characters by their numbers, as programs write them."""
    if "\\x" not in text and "\\u" not in text:
        return
    for line in text.split("\n"):
        if len(_BACKSLASH_ALNUM.findall(line)) >= _FEWEST_ESCAPES:
            yield _BACKSLASH.sub(_character, line)


def _character(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2] or escape[3], 16)
    return chr(number) if number < 0xD800 or 0xE000 <= number <= 0x10FFFF else escape[0]
