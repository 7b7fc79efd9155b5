import base64

import pytest

from dlp_gateway.parse.words import base64_streams, decode_value

SPLIT = "Cwyn am sŵn".encode()
AT = SPLIT.index("ŵ".encode()) + 1


def word(octets: bytes, charset: str = "utf-8") -> bytes:
    return f"=?{charset}?B?{base64.b64encode(octets).decode()}?=".encode()


VALUES: dict[str, tuple[bytes, str]] = {
    "plain": (b" Skip permit", "Skip permit"),
    "folded": (b" Skip\r\n permit\r\n\tgranted", "Skip permit\tgranted"),
    "Q": (b"=?iso-8859-1?Q?Caf=E9_Bourne?=", "Café Bourne"),
    "Q with raw blanks": (b"=?utf-8?Q?=51=51 =31=32?=", "QQ 12"),
    "Q beginning with an escape": (b"=?utf-8?q?=51?=", "Q"),
    "B without padding": (b"=?utf-8?B?U2k?=", "Si"),
    "language tag": (b"=?utf-8*cy?Q?s=C5=B5n?=", "sŵn"),
    "adjacent words lose the blank between": (b"=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab"),
    "adjacent words without a blank": (word(b"QQ 12") + word(b" 34"), "QQ 12 34"),
    "split inside a character": (word(SPLIT[:AT]) + b" " + word(SPLIT[AT:]), "Cwyn am sŵn"),
    "two charsets": (word("é".encode("latin-1"), "iso-8859-1") + b" " + word("ŵ".encode()), "éŵ"),
    "blank beside plain text stays": (b"a =?utf-8?Q?b?= c", "a b c"),
    "unknown charset": (word("Siôn".encode(), "x-klingon"), "Siôn"),
    "UTF-16": (word("QQ".encode("utf-16-le"), "utf-16le"), "QQ"),
    "in quotes": (b'"=?utf-8?Q?b?="', '"b"'),
    "raw UTF-8": ("tŷ".encode(), "tŷ"),
    "raw Latin-1": (b"caf\xe9", "café"),
    "never closed": (b"=?utf-8?Q?abc", "=?utf-8?Q?abc"),
    "no encoding": (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
    "a word inside an unclosed one": (b"=?utf-8?Q?x =?utf-8?Q?=51?=", "=?utf-8?Q?x Q"),
    "question marks": (b"what=? =?utf-8?Q?why?=", "what=? why"),
}


@pytest.mark.parametrize(("value", "text"), VALUES.values(), ids=VALUES.keys())
def test_header_value(value: bytes, text: str) -> None:
    assert decode_value(value) == text


def test_every_base64_stream_is_decoded() -> None:
    assert (
        base64_streams(base64.b64encode(b"a") + b"\r\n" + base64.b64encode(b"bc") + b"!" + base64.b64encode(b"def"))
        == b"abcdef"
    )
