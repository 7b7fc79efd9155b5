"""Octets to text under a declared charset: only charsets that mail programs know, never raising.

A charset label comes from outside, and Python's codec registry also holds things that are no
charsets (rot13, unicode_escape, idna) or that shrink and grow text; so labels go through a table.
"""

from __future__ import annotations

import codecs
import re

_ALIASES: dict[str, str] = {
    "": "ascii",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "ansi-x3.4-1968": "ascii",
    "iso646-us": "ascii",
    "7bit": "ascii",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-7": "utf-7",
    "unicode-1-1-utf-7": "utf-7",
    "utf-16": "utf-16",
    "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16",
    "unicode": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-32": "utf-32",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
    # Web and mail programs read Latin-1 as the Windows set, whose extra characters people do send.
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "cp950": "cp950",
    "shift-jis": "cp932",
    "shift-jisx0213": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "cp932": "cp932",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-1": "iso2022_jp_1",
    "iso-2022-jp-2": "iso2022_jp_2",
    "iso-2022-jp-3": "iso2022_jp_3",
    "euc-kr": "cp949",
    "ks-c-5601-1987": "cp949",
    "cp949": "cp949",
    "iso-2022-kr": "iso2022_kr",
    "macintosh": "mac-roman",
    "mac": "mac-roman",
    "x-mac-roman": "mac-roman",
}
_ALIASES |= {f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
_ALIASES |= {"iso-8859-8-i": "iso8859-8", "iso-8859-6-i": "iso8859-6", "latin-9": "iso8859-15"}
_ALIASES |= {f"windows-{n}": f"cp{n}" for n in range(1250, 1259)}
_ALIASES |= {f"cp{n}": f"cp{n}" for n in (*range(1250, 1259), 437, 850, 852, 855, 858, 866, 37, 500)}
_ALIASES |= {f"ibm{n}": f"cp{n}" for n in (437, 850, 852, 855, 858, 866)} | {"cp037": "cp037", "ibm037": "cp037"}
_ALIASES["cp37"] = "cp037"

_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
# Charsets in which ASCII octets can mean something else: a reader that ignores the label sees other text.
_SHIFTING = (
    "utf-7",
    "hz",
    "iso2022_jp_ext",
    "iso2022_jp_1",
    "iso2022_jp_2",
    "iso2022_jp_3",
    "iso2022_kr",
    "cp037",
    "cp500",
)
# UTF-32's mark begins with UTF-16's, so it is asked first.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096
_ISO_2022 = re.compile(r"\x1b[\x20-\x2f]{1,3}[\x30-\x7e]")


def codec_of(charset: str | None) -> str | None:
    """Python's codec for a charset label, None where the label is not on our list."""
    label = (charset or "").strip().strip("\"'").lower().replace("_", "-")
    return _ALIASES.get(label)


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
    for guess in ("utf-8", wide) if wide is None else (wide, "utf-8"):
        text = _strict(octets, guess) if guess is not None else None
        if text is not None:
            return text, False
    return _western(octets), codec == "cp1252" and wide is None


def views(octets: bytes, charset: str | None) -> tuple[str, ...]:
    """The text as declared first, then every other plausible reading, each once.

    There is more than one only where the label is doubtful: unknown, not fitting, or one under
    which a reader that ignores it would show something else.
    """
    main, exact = decode_charset(octets, charset)
    codec = codec_of(charset)
    readings = [main]
    if not exact or codec in _SHIFTING or (codec in _WIDE and b"\0" not in octets):
        readings.append(_strict(octets, "utf-8") or _western(octets))
        if b"\0" in octets:
            readings += [text for text in (_strict(octets, "utf-16-le"), _strict(octets, "utf-16-be")) if text]
        declared = _strict(octets, codec) if codec is not None else None
        if declared:
            readings.append(declared)
    if "\x1b" in main:
        readings.append(_ISO_2022.sub("", main))
    if "\0" in main:
        readings.append(main.replace("\0", ""))
    return tuple(dict.fromkeys(readings))


def _strict(octets: bytes, codec: str) -> str | None:
    try:
        text = octets.decode(codec)
    except (UnicodeError, LookupError):
        return None
    if codec == "utf-7":
        # Python's UTF-7 lets lone surrogates through, and every later encoding would fail on them.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.removeprefix("\ufeff")


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
    if len(octets) % 4 == 0 and quarters[1:] == [True, True, True]:
        return "utf-32-le"
    if len(octets) % 4 == 0 and quarters[:3] == [True, True, True]:
        return "utf-32-be"
    if len(octets) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return "utf-16-le" if odd > even * 2 else "utf-16-be" if even > odd * 2 else None
