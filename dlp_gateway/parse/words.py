"""Header values to text: unfolding, encoded words (RFC 2047) and octets beyond ASCII, in linear time."""

from __future__ import annotations

import binascii
import re

from .charset import decode_charset

_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=]+")
_MAX_STREAMS = 1000


def decode_value(value: bytes) -> str:
    """Text of a header field's value.

    Folds are removed, the white space after them stays; encoded words are decoded wherever they
    stand, in quoted strings and comments too, because mail programs show them so. Octets beyond
    ASCII are UTF-8 (RFC 6532), or else Windows-1252.
    """
    value = value.strip(b" \t\r\n")
    if b"\n" in value or b"\r" in value:
        value = value.replace(b"\r\n", b"").replace(b"\n", b"").replace(b"\r", b" ")
    if b"=?" not in value:
        return value.decode("ascii") if value.isascii() else decode_charset(value, "utf-8")[0]
    return _decode_words(value)


def _decode_words(value: bytes) -> str:
    """Every position is looked at a fixed number of times: a search that failed is not repeated."""
    pieces: list[tuple[str | None, bytes]] = []  # (charset of an encoded word or None, octets)
    position = literal = 0
    close = -1
    while (start := value.find(b"=?", position)) >= 0:
        mark = value.find(b"?", start + 2)
        if mark < 0:
            break
        charset = value[start + 2 : mark]
        encoding = value[mark + 1 : mark + 2].lower()
        if encoding not in (b"b", b"q") or value[mark + 2 : mark + 3] != b"?" or not _is_label(charset):
            position = start + 2
            continue
        text_start = mark + 3
        if close < text_start:
            close = value.find(b"?=", text_start)
            if close < 0:
                break
        inner = value.find(b"=?", text_start, close)
        if inner >= 0:
            position = inner
            continue
        if start > literal:
            pieces.append((None, value[literal:start]))
        word = value[text_start:close]
        octets = base64_streams(word) if encoding == b"b" else _q_decode(word)
        pieces.append((charset.partition(b"*")[0].decode("ascii", "replace").lower(), octets))
        position = literal = close + 2
    if literal < len(value):
        pieces.append((None, value[literal:]))
    return _join(pieces)


def _is_label(charset: bytes) -> bool:
    return 0 < len(charset) <= 64 and b" " not in charset and b"\t" not in charset


def _join(pieces: list[tuple[str | None, bytes]]) -> str:
    """White space between two encoded words is not text (RFC 2047, 6.2); neighbours of the same
    charset are decoded together, since programs split words inside a character."""
    out: list[str] = []
    run: list[bytes] = []
    run_charset: str | None = None
    for index, (charset, octets) in enumerate(pieces):
        between = 0 < index < len(pieces) - 1 and pieces[index - 1][0] is not None and pieces[index + 1][0] is not None
        if charset is None and between and not octets.strip(b" \t"):
            continue
        if charset is None or charset != run_charset:
            if run:
                out.append(decode_charset(b"".join(run), run_charset)[0])
                run = []
            run_charset = charset
        if charset is None:
            out.append(decode_charset(octets, "utf-8")[0])
        else:
            run.append(octets)
    if run:
        out.append(decode_charset(b"".join(run), run_charset)[0])
    return "".join(out)


def _q_decode(word: bytes) -> bytes:
    return binascii.a2b_qp(word.replace(b"_", b" "), header=False)


def base64_streams(data: bytes) -> bytes:
    """All that can be decoded: foreign characters skipped, each stream after padding decoded too."""
    clean = _FOREIGN.sub(b"", data)
    streams = clean.split(b"=", _MAX_STREAMS)
    # A flood of "=" must not make a flood of Python objects: the rest counts as one stream.
    streams[-1] = streams[-1].replace(b"=", b"")
    out: list[bytes] = []
    for stream in streams:
        whole = stream[:-1] if len(stream) % 4 == 1 else stream
        if whole:
            out.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return b"".join(out)
