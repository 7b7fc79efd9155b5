import pytest

from dlp_gateway.parse import decode_charset, views

TEXT = "Ffôn: £40 – NI QQ 12 34 56 C"

READ: dict[str, tuple[bytes, str | None, str, bool]] = {
    "UTF-8": (TEXT.encode(), "utf-8", TEXT, True),
    "UTF-8 with its mark": (b"\xef\xbb\xbf" + TEXT.encode(), "UTF-8", TEXT, True),
    "quoted label": (TEXT.encode(), '"utf-8"', TEXT, True),
    "Latin-1 label on Windows text": (TEXT.encode("cp1252"), "iso-8859-1", TEXT, True),
    "UTF-16 with its mark": (TEXT.encode("utf-16"), "utf-16", TEXT, True),
    "UTF-16LE": (TEXT.encode("utf-16-le"), "utf-16le", TEXT, True),
    "UTF-16 without a mark, little-endian": (TEXT.encode("utf-16-le"), "utf-16", TEXT, True),
    "UTF-16 without a mark, big-endian": (TEXT.encode("utf-16-be"), "utf-16", TEXT, True),
    "UTF-7": (b"+AFEAUQ- 12", "utf-7", "QQ 12", True),
    "Japanese": ("住所".encode("iso-2022-jp"), "ISO-2022-JP", "住所", True),
    "EBCDIC": ("QQ 12".encode("cp037"), "cp037", "QQ 12", True),
    "no label, ASCII": (b"QQ 12", None, "QQ 12", True),
    "no label, UTF-8": (TEXT.encode(), None, TEXT, False),
    "no label, Windows": (TEXT.encode("cp1252"), None, TEXT, False),
    "ASCII label on UTF-16": (TEXT.encode("utf-16-le"), "us-ascii", TEXT, False),
    "ASCII label on marked UTF-16": (TEXT.encode("utf-16"), "us-ascii", TEXT, False),
    "UTF-8 label on UTF-32": (TEXT.encode("utf-32"), "utf-8", TEXT, False),
    "UTF-8 label on Windows text": (TEXT.encode("cp1252"), "utf-8", TEXT, False),
    "unknown label": (TEXT.encode(), "x-klingon", TEXT, False),
    "a codec that is no charset": (b"Zl AV", "rot13", "Zl AV", False),
    "another": (b"\\x51", "unicode_escape", "\\x51", False),
    "nothing": (b"", "utf-8", "", True),
}


@pytest.mark.parametrize(("octets", "charset", "text", "exact"), READ.values(), ids=READ.keys())
def test_text_of_a_charset(octets: bytes, charset: str | None, text: str, exact: bool) -> None:
    assert decode_charset(octets, charset) == (text, exact)


def test_lone_surrogates_never_come_out() -> None:
    decode_charset(b"+2AA-", "utf-7")[0].encode("utf-8")
    decode_charset(b"\x00\xd8", "utf-16le")[0].encode("utf-8")


def test_sound_text_has_one_view() -> None:
    assert views(TEXT.encode(), "utf-8") == (TEXT,)
    assert views(b"QQ 12", None) == ("QQ 12",)


@pytest.mark.parametrize(
    ("octets", "charset", "seen"),
    [
        (b"QQ 12+ADM-", "utf-7", "QQ 12+ADM-"),
        (b"QQ 12 34", "utf-16", "QQ 12 34"),
        (b"QQ 12\x1b(B 34", "us-ascii", "QQ 12 34"),
        (b"Q\0Q\0", "x-klingon", "QQ"),
        (b"Q\0Q 12", "utf-8", "QQ 12"),
        ("QQ 12".encode("utf-16-le"), "us-ascii", "QQ 12"),
        ("QQ 12".encode("utf-16-be"), "utf-8", "QQ 12"),
    ],
)
def test_doubtful_text_has_the_view_that_another_reader_shows(octets: bytes, charset: str, seen: str) -> None:
    assert seen in views(octets, charset)
