"""Python's codecs for the numbers of Windows code pages, as old documents name their charset."""

from __future__ import annotations

import codecs

_OTHERS = {
    367: "ascii", 1200: "utf-16-le", 1201: "utf-16-be", 10000: "mac-roman", 10006: "mac-greek", 10007: "mac-cyrillic",
    10029: "mac-latin2", 20127: "ascii", 20866: "koi8-r", 20932: "euc_jp", 20936: "gb2312", 21866: "koi8-u",
    32768: "mac-roman", 32769: "cp1252", 38598: "iso8859-8", 50220: "iso2022_jp", 50221: "iso2022_jp",
    50222: "iso2022_jp", 50225: "iso2022_kr", 51932: "euc_jp", 51936: "gb2312", 51949: "euc_kr", 52936: "hz",
    54936: "gb18030", 65000: "utf-7", 65001: "utf-8",
    **{28590 + number: f"iso8859-{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15)},
}  # fmt: skip


_KNOWN = (
    *(
        437,
        720,
        737,
        775,
        850,
        852,
        855,
        856,
        857,
        858,
        860,
        861,
        862,
        863,
        864,
        865,
        866,
        869,
        874,
        932,
        936,
        949,
        950,
    ),
    *range(1250, 1259),
)
# Looked up now: a locked-down reader can't load a codec any more.
CODECS = {page: codecs.lookup(name).name for page, name in {**{p: f"cp{p}" for p in _KNOWN}, **_OTHERS}.items()}


def codec_of_page(code_page: int) -> str:
    """The codec of a code page; Windows' Western one where there is none of this number."""
    return CODECS.get(code_page, "cp1252")


def decode_page(octets: bytes, code_page: int) -> str:
    """The text of octets in a code page; what does not fit becomes a replacement character."""
    return octets.decode(codec_of_page(code_page), "replace")
