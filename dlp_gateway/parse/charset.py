"""Octets to text under a declared charset: only charsets that mail programs know, never raising.

A charset label comes from outside, and Python's codec registry also holds things that are no
charsets (rot13, unicode_escape, idna) or that shrink and grow text; so labels go through a table.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

# Labels without "_", which stands for "-" in them, by the codec that reads them. Sources: the labels of the Encoding
# Standard (4.2), which web and mail programs share, IANA's aliases, and code pages that Outlook offers.
_LABELS: dict[str, str] = {
    "ascii": "ascii us-ascii ansi-x3.4-1968 ansi-x3.4-1986 iso646-us iso-ir-6 iso-646.irv csascii cp367 ibm367 7bit",
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 csutf8 utf-8n utf-8-mac utf8mb4",
    "utf-7": "utf-7 utf7 unicode-1-1-utf-7 unicode-2-0-utf-7 x-unicode-2-0-utf-7 csunicode11utf7 csutf7",
    "utf-16": "utf-16 utf16 ucs-2 ucs2 iso-10646-ucs-2 unicode csunicode csutf16",
    "utf-16-le": "utf-16le utf-16-le ucs-2le csutf16le unicodefeff",
    "utf-16-be": "utf-16be utf-16-be ucs-2be csutf16be unicodefffe",
    "utf-32": "utf-32 utf32 ucs-4 ucs4 iso-10646-ucs-4 csucs4 csutf32",
    "utf-32-le": "utf-32le utf-32-le ucs-4le csutf32le",
    "utf-32-be": "utf-32be utf-32-be ucs-4be csutf32be",
    # Web and mail programs read Latin-1 as the Windows set, whose extra characters people do send.
    "cp1252": "iso-8859-1 iso8859-1 iso88591 latin1 latin-1 l1 iso-ir-100 ibm819 cp819 csisolatin1 windows-1252 cp1252"
    " x-cp1252 win-1252 ansi x-ansi",
    "iso8859-2": "iso-8859-2 latin2 l2 csisolatin2 iso-ir-101",
    "iso8859-3": "iso-8859-3 latin3 l3 csisolatin3 iso-ir-109",
    "iso8859-4": "iso-8859-4 latin4 l4 csisolatin4 iso-ir-110",
    "iso8859-5": "iso-8859-5 cyrillic csisolatincyrillic iso-ir-144",
    "iso8859-6": "iso-8859-6 iso-8859-6-e iso-8859-6-i arabic asmo-708 ecma-114 csisolatinarabic iso-ir-127",
    "iso8859-7": "iso-8859-7 greek greek8 ecma-118 elot-928 csisolatingreek iso-ir-126",
    "iso8859-8": "iso-8859-8 iso-8859-8-e iso-8859-8-i hebrew logical visual csisolatinhebrew iso-ir-138",
    "cp1254": "iso-8859-9 latin5 l5 csisolatin5 iso-ir-148 windows-1254 cp1254",
    "iso8859-10": "iso-8859-10 latin6 l6 csisolatin6 iso-ir-157",
    "cp874": "iso-8859-11 tis-620 windows-874 cp874 dos-874",
    "iso8859-13": "iso-8859-13 latin7",
    "iso8859-14": "iso-8859-14 latin8 iso-celtic",
    "iso8859-15": "iso-8859-15 latin9 latin-9 l9 csisolatin9",
    "iso8859-16": "iso-8859-16 latin10",
    **{f"cp{n}": f"windows-{n} cp{n} x-cp{n} win-{n}" for n in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{f"cp{n}": f"cp{n} ibm{n} dos-{n}" for n in (437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862)},
    **{f"cp{n}": f"cp{n} ibm{n} dos-{n}" for n in (863, 864, 865, 866, 869)},
    # EBCDIC: octets that no other charset reads as text
    "cp037": "cp037 cp37 ibm037 ibm37 ebcdic-cp-us ebcdic-cp-ca ebcdic-cp-nl csibm037 x-ebcdic",
    "cp273": "cp273 ibm273 csibm273 x-ebcdic-germany",
    "cp424": "cp424 ibm424 ebcdic-cp-he",
    "cp500": "cp500 ibm500 ebcdic-cp-be ebcdic-cp-ch csibm500 x-ebcdic-international",
    "cp875": "cp875 ibm875 x-ebcdic-greekmodern",
    "cp1026": "cp1026 ibm1026 csibm1026",
    "cp1140": "cp1140 ibm01140 ibm1140 cp01140 x-ebcdic-cp-us-euro x-ebcdic-cpus-euro",
    "koi8-r": "koi8-r koi8 koi cskoi8r",
    "koi8-u": "koi8-u koi8-ru",
    "gb18030": "gb18030 gb2312 gbk x-gbk cp936 ms936 windows-936 gb-2312-80 csgb2312 csiso58gb231280 chinese"
    " iso-ir-58 x-euc-cn euc-cn",
    "hz": "hz-gb-2312 hz",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 csbig5 chinesebig5",
    "cp950": "cp950 windows-950",
    "cp932": "shift-jis shift-jisx0213 sjis x-sjis ms-kanji csshiftjis windows-31j cp932 ms932",
    "euc_jp": "euc-jp x-euc-jp cseucpkdfmtjapanese",
    "iso2022_jp_ext": "iso-2022-jp csiso2022jp",
    "iso2022_jp_1": "iso-2022-jp-1",
    "iso2022_jp_2": "iso-2022-jp-2 csiso2022jp2",
    "iso2022_jp_3": "iso-2022-jp-3",
    "cp949": "euc-kr cp949 windows-949 uhc ks-c-5601-1987 ks-c-5601-1989 ksc-5601 ksc5601 korean cseuckr"
    " csksc56011987 iso-ir-149",
    "johab": "johab cp1361",
    "iso2022_kr": "iso-2022-kr csiso2022kr",
    "mac-roman": "macintosh mac macroman mac-roman x-mac-roman csmacintosh",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian mac-cyrillic",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_CODECS[""] = "ascii"
# What programs write where they do not know: as good as no label.
_NO_LABELS = frozenset(
    ("unknown", "x-unknown", "unknown-8bit", "8bit", "binary", "default", "default-charset", "none", "null", "auto")
)

_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
_EBCDIC = ("cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140")
# Charsets in which ASCII octets can mean something else: a reader that ignores the label sees other text.
_SHIFTING = ("utf-7", "hz", "iso2022_jp_ext", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr", *_EBCDIC)
# Charsets whose characters may hold an ASCII octet as their second.
_MULTI_BYTE = ("gb18030", "big5hkscs", "cp950", "cp932", "euc_jp", "cp949", "johab")
# UTF-32's mark begins with UTF-16's, so it is asked first.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096
_FEW = 3
# Escape sequences: to change the charset (ISO/IEC 2022) or, of terminals, the colour (ECMA-48, 5.4).
_ESCAPE = re.compile(r"\x1b(?:[\x20-\x2f]{1,3}[\x30-\x7e]|\[[\x30-\x3f]{0,20}[\x20-\x2f]{0,3}[\x40-\x7e])")
_CONTROLS = "\0\b\x1b"
_OVERSTRUCK = re.compile(r"[^\n\x08]\x08")
_ASCII_RUN = re.compile(rb"[A-Za-z0-9 ]{6}")
_ASCII_PAIR = re.compile(r"[\u2020-\u7e7e]")  # as UTF-16, characters of two octets that are mostly printable ASCII

UNKNOWN_CHARSET = "text in a character set that is not known here"
NOT_ITS_CHARSET = "text that is not in the character set it names"


@lru_cache(maxsize=256)
def codec_of(charset: str | None) -> str | None:
    """Python's codec for a charset label, None where the label is not on our list."""
    return _CODECS.get(_label(charset))


def charset_problem(octets: bytes, charset: str | None) -> str | None:
    """What is doubtful about a charset label, in the fixed words of a gap; None where any reader sees one of `views`.

    A label that is not on our list may make octets mean anything to a program that knows it. One that moves
    ASCII octets and does not fit leaves each program to its own repairs.
    """
    label = _label(charset)
    if not octets.strip() or label in _NO_LABELS:
        return None
    codec = _CODECS.get(label)
    if codec is None:
        return UNKNOWN_CHARSET
    if codec in _SHIFTING or codec in _WIDE:
        marked = any(octets.startswith(bom) for bom, _ in _BOMS)
        return None if marked or _strict(octets, codec) is not None else NOT_ITS_CHARSET
    return None


def _label(charset: str | None) -> str:
    label = (charset or "").strip(" \t\r\n\"';,").lower().replace("_", "-")
    return label.partition(":")[0]  # "ISO_8859-1:1987"


def decode_charset(octets: bytes, charset: str | None) -> tuple[str, bool]:
    """Text of the octets, and whether it could be read exactly as declared.

    None as charset is US-ASCII (RFC 2045, 5.2). Where the declared charset is unknown or does not
    fit: byte order mark, UTF-8, UTF-16 by the pattern of its zero octets, then Windows-1252. The
    text never holds lone surrogates; NULs stay.
    """
    codec = codec_of(charset)
    # The common case; zero octets in it are the trace of UTF-16 under a false label.
    if codec in ("ascii", "utf-8") and octets.isascii() and b"\0" not in octets:
        return octets.decode("ascii"), True
    for bom, marked in _BOMS:
        if octets.startswith(bom):
            text = _strict(octets[len(bom) :], marked)
            if text is not None:
                return text, codec is not None and (codec == marked or marked.startswith(f"{codec}-"))
    wide = None if codec in _WIDE else _looks_wide(octets)
    if codec is not None and wide is None:
        # Without a mark, UTF-16 and UTF-32 are big-endian (RFC 2781, 4.3), but mail programs send little-endian.
        text = _strict(octets, _looks_wide(octets) or f"{codec}-le" if codec in ("utf-16", "utf-32") else codec)
        if text is not None:
            return text, True
    wide = wide or _looks_wide(octets)
    for guess in ("utf-8",) if wide is None else (wide, "utf-8"):
        text = _strict(octets, guess) if guess == "utf-8" else _cut_off(octets, guess)
        if text is not None:
            return text, False
    return _western(octets), codec == "cp1252" and wide is None


def views(octets: bytes, charset: str | None) -> tuple[str, ...]:
    """The text as declared first, then every other plausible reading, each once.

    There is more than one only where the label is doubtful: not fitting, or one under which a reader
    that ignores it would show other ASCII characters.
    """
    main, exact = decode_charset(octets, charset)
    codec = codec_of(charset)
    if exact and codec not in _SHIFTING and codec not in _WIDE and not any(c in main for c in _CONTROLS):
        return (main,)
    readings = [main]
    if codec in _SHIFTING and (codec not in _EBCDIC or _ASCII_RUN.search(octets)):
        readings.append(_plain(octets))
    if codec in _WIDE or "\0" in main or _looks_wide(octets) is not None:
        readings += _of_wide(octets, main, codec)
    if not exact and codec in (*_SHIFTING, *_WIDE, *_MULTI_BYTE) and codec != "utf-7" and main == _western(octets):
        readings.append(octets.decode(codec, "replace"))  # one broken character must not make the others unreadable
    if "\x1b" in main:
        readings.append(_ESCAPE.sub("", main))
        readings += filter(None, (_strict(octets, "iso2022_jp_2"), _strict(octets, "iso2022_kr")))
    if "\0" in main:
        readings.append(main.replace("\0", ""))
    if "\b" in main:
        readings.append(_OVERSTRUCK.sub("", main))
    return tuple(dict.fromkeys(readings))


def _plain(octets: bytes) -> str:
    return _strict(octets, "utf-8") or _western(octets)


def _of_wide(octets: bytes, main: str, codec: str | None) -> Iterator[str]:
    """Other readings of octets that may be UTF-16 or UTF-32, or octets of one each that look or are labelled so."""
    if b"\0" not in octets or len(_ASCII_PAIR.findall(main[:_SAMPLE])) >= _FEW:
        yield _plain(octets).replace("\0", "")
    wide = _looks_wide(octets)
    if wide is not None and codec in _WIDE and not wide.startswith(codec):
        yield octets.decode(wide, "replace")
    if wide is None and b"\0" in octets:
        yield from filter(None, (_strict(octets, "utf-16-le"), _strict(octets, "utf-16-be")))


def _strict(octets: bytes, codec: str) -> str | None:
    try:
        text = octets.decode(codec)
    except (UnicodeError, LookupError):
        return None
    if codec == "utf-7":
        # Python's UTF-7 lets lone surrogates through, and every later encoding would fail on them.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.removeprefix("\ufeff")


def _cut_off(octets: bytes, codec: str) -> str | None:
    """Text in UTF-16 or UTF-32, what is left of the last character by itself."""
    rest = len(octets) % (4 if "32" in codec else 2)
    text = _strict(octets[: len(octets) - rest], codec)
    return text and text + octets[len(octets) - rest :].decode("latin-1").strip("\0")


def _western(octets: bytes) -> str:
    try:
        return octets.decode("cp1252")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _looks_wide(octets: bytes) -> str | None:
    """The UTF-16 or UTF-32 that the pattern of zero octets speaks for, None where it does not."""
    sample = octets[:_SAMPLE]
    if len(sample) < 4 or sample.count(0) * 4 < len(sample):
        return None
    quarters = [sample[i::4].count(0) * 10 >= len(sample[i::4]) * 9 for i in range(4)]
    if quarters[1:] == [True, True, True]:
        return "utf-32-le"
    if quarters[:3] == [True, True, True]:
        return "utf-32-be"
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return "utf-16-le" if odd > even * 2 else "utf-16-be" if even > odd * 2 else None
