import pytest

from dlp_gateway.model import GapScope
from dlp_gateway.parse import decode_charset, parse_message, views
from dlp_gateway.parse.charset import NOT_ITS_CHARSET, UNKNOWN_CHARSET, charset_problem, codec_of

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
    "UTF-16 with an octet too many": (TEXT.encode("utf-16-le") + b"x", "utf-16le", f"{TEXT}x", False),
    "EBCDIC with the euro": ("QQ 12".encode("cp1140"), "IBM01140", "QQ 12", True),
    "a registered alias": (TEXT.encode("cp1252"), "ISO_8859-1:1987", TEXT, True),
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


@pytest.mark.parametrize(
    ("octets", "charset", "seen"),
    [
        (TEXT.encode("utf-16-le"), "utf-16be", TEXT),
        ("９４３".encode("gbk") + b"\xff", "gbk", "９４３\ufffd"),
        ("QQ 12".encode("utf-16-le") + b"94 3\x00 476 59", "us-ascii", "QQ 1294 3 476 59"),
        (b"Q\x1b[1mQ\x1b[0m 12", "utf-8", "QQ 12"),
        (b"_\bQ_\bQ 12", None, "QQ 12"),
        (b"QQ 12 34", "cp037", "QQ 12 34"),
    ],
    ids=[
        "the other end",
        "a broken character",
        "ASCII among UTF-16",
        "colours",
        "underlined by hand",
        "ASCII as EBCDIC",
    ],
)
def test_what_a_tolerant_reader_shows_is_a_view(octets: bytes, charset: str | None, seen: str) -> None:
    assert seen in views(octets, charset)


@pytest.mark.parametrize("charset", ["us-ascii", "iso-8859-1", "windows-1252", "utf-8", None])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"])
def test_a_wrong_label_that_misleads_nobody_gives_one_view(charset: str | None, encoding: str) -> None:
    """Text found twice counts twice, and is read at twice the cost."""
    assert len(views("Thank you – £40 for Zoë".encode(encoding), charset)) == 1


@pytest.mark.parametrize(
    ("octets", "charset", "problem"),
    [
        (b"Zl AV", "rot13", UNKNOWN_CHARSET),
        (b"\\x51", "unicode_escape", UNKNOWN_CHARSET),
        ("Zoë".encode(), "x-klingon", UNKNOWN_CHARSET),
        (b" \r\n", "x-klingon", None),
        (b"hello", "x-unknown", None),
        ("Zoë".encode("cp1252"), "utf-8", None),
        ("Ffôn: QQ 12".encode("cp037"), "cp037", None),
        (b"odd", "utf-16le", NOT_ITS_CHARSET),
        (b"\xff\xfeo\x00", "utf-7", None),
        (b"caf\xe9", "utf-7", NOT_ITS_CHARSET),
        (b"hello", None, None),
    ],
)
def test_a_label_that_leaves_the_text_in_doubt_is_a_problem(
    octets: bytes, charset: str | None, problem: str | None
) -> None:
    assert charset_problem(octets, charset) == problem


def test_only_charsets_are_charsets() -> None:
    """Python's registry also holds codecs that turn text into other text."""
    assert [codec_of(label) for label in ("rot13", "hex", "base64", "zlib", "idna", "punycode", "undefined")] == [
        None
    ] * 7


@pytest.mark.parametrize(
    ("disposition", "scope"), [("inline", GapScope.MESSAGE), ('attachment; filename="a.txt"', GapScope.ATTACHMENT)]
)
def test_text_under_an_unknown_charset_is_a_gap_of_its_part(disposition: str, scope: GapScope) -> None:
    """Python's own library raises LookupError here, or decodes by a codec that is no charset."""
    head = f"Subject: x\r\nContent-Type: text/plain; charset=rot13\r\nContent-Disposition: {disposition}\r\n\r\n"
    gaps = parse_message(head.encode() + b"Zl AV\r\n").gaps
    assert [(gap.part, gap.scope, gap.detail) for gap in gaps] == [("1", scope, UNKNOWN_CHARSET)]
