"""Ways of writing an identifier that a reader must decode first."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable, Iterator
from random import Random
from urllib.parse import quote

from .disguises import Disguise, Make
from .identifiers import Value

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
Encode = Callable[[str], str]


def _encoded(encode: Encode, *, with_label: bool = False) -> Make:
    """The written value encoded by itself, or with a word that names it."""

    def make(value: Value, _chance: Random) -> str | None:
        label = value.entity.removeprefix("UK_").replace("_", " ").lower()
        return encode(f"{label} {value.written}" if with_label else value.written)

    return make


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _base64_of_urls(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _base32(text: str) -> str:
    return base64.b32encode(text.encode()).decode()


def _hex(text: str) -> str:
    return text.encode().hex()


def _hex_apart(text: str) -> str:
    return text.encode().hex(" ")


def _percent(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode())


def _x_escapes(text: str) -> str:
    return "".join(f"\\x{octet:02x}" for octet in text.encode())


def _u_escapes(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" for c in text)


def _quoted_printable(text: str) -> str:
    return "".join(f"={octet:02X}" for octet in text.encode())


def _rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


def _then(*encodes: Encode) -> Encode:
    """One after another."""

    def encode(text: str) -> str:
        for one in encodes:
            text = one(text)
        return text

    return encode


def _reversed(value: Value, _chance: Random) -> str | None:
    return f"{value.written[::-1]} (backwards)"


def _spelled(between: str) -> Make:
    """Digits in words, letters one by one."""

    def make(value: Value, _chance: Random) -> str | None:
        if not value.groups or not any(c.isdigit() for c in value.written):
            return None
        return ", account ".join(between.join(_WORDS[int(c)] if c.isdigit() else c for c in g) for g in value.groups)

    return make


def _spoken(value: Value, _chance: Random) -> str | None:
    """As people say a number: "oh" for nought, "double" for two in a row."""
    if not value.groups or not any(c.isdigit() for c in value.written):
        return None
    return ", account ".join(" ".join(_said(group)) for group in value.groups)


def _said(group: str) -> Iterator[str]:
    words = ("oh", *_WORDS[1:])
    index = 0
    while index < len(group):
        twice = group[index].isdigit() and group[index : index + 1] == group[index + 1 : index + 2]
        if twice:
            yield "double"
        yield words[int(group[index])] if group[index].isdigit() else group[index]
        index += 2 if twice else 1


def _at_in_words(value: Value, chance: Random) -> str | None:
    if value.entity != "EMAIL_ADDRESS":
        return None
    at, dot = chance.choice(((" [at] ", " [dot] "), (" (at) ", " (dot) "), (" at ", " dot ")))
    local, _, domain = value.written.partition("@")
    return local + at + domain.replace(".", dot)


def _rotated(value: Value, _chance: Random) -> str | None:
    made = _rot13(value.written)
    return f"{made} (rot13)" if made != value.written and value.entity != "UK_BANK_ACCOUNT" else None


def _in_url(encode: Encode, parameter: str) -> Make:
    def make(value: Value, _chance: Random) -> str | None:
        return f"https://drop.example/upload?{parameter}={encode(value.written)}&x=1"

    return make


DECODE = (
    Disguise(name="base64", make=_encoded(_base64)),
    Disguise(name="base64 with its label", make=_encoded(_base64, with_label=True)),
    Disguise(name="base64 of URLs", make=_encoded(_base64_of_urls, with_label=True)),
    Disguise(name="base32", make=_encoded(_base32)),
    Disguise(name="hex", make=_encoded(_hex)),
    Disguise(name="hex with its label", make=_encoded(_hex, with_label=True)),
    Disguise(name="hex, octets apart", make=_encoded(_hex_apart)),
    Disguise(name="percent", make=_encoded(_percent)),
    Disguise(name="\\x escapes", make=_encoded(_x_escapes)),
    Disguise(name="\\u escapes", make=_encoded(_u_escapes)),
    Disguise(name="quoted-printable typed in", make=_encoded(_quoted_printable)),
    Disguise(name="reversed", make=_reversed),
    Disguise(name="ROT13", make=_rotated),
    Disguise(name="in words", make=_spelled(" ")),
    Disguise(name="in words, commas", make=_spelled(", ")),
    Disguise(name="in words, hyphens", make=_spelled("-")),
    Disguise(name="in words, as spoken", make=_spoken),
    Disguise(name="at in words", make=_at_in_words),
    Disguise(name="base64 twice", make=_encoded(_then(_base64, _base64))),
    Disguise(name="base64 of hex", make=_encoded(_then(_hex, _base64))),
    Disguise(name="hex of base64", make=_encoded(_then(_base64, _hex))),
    Disguise(name="percent of base64", make=_encoded(_then(_base64, _percent))),
    Disguise(name="plain in a URL", make=_in_url(quote, "ref")),
    Disguise(name="base64 in a URL", make=_in_url(_base64_of_urls, "data")),
    Disguise(name="percent in a URL", make=_in_url(_percent, "q")),
)
