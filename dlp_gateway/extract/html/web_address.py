"""The words in an address: what a link tells who it leads to, and who reads the page's source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

_BLANKS = re.compile(r"[\x00-\x20\x7f]+")
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.\-]{0,30}):", re.IGNORECASE)
_MARKS = re.compile(r"[?&=#;|<>\"{}]+")
_LONG = re.compile(r"[A-Za-z0-9_\-]{65,}")
_PIECES = re.compile(r"[A-Za-z0-9]+")
_CONTACTS = frozenset(("mailto", "tel", "sms", "smsto", "callto", "skype", "sip", "whatsapp", "facetime", "xmpp"))
_WITHOUT_WORDS = frozenset(("cid", "mid", "about", "blob"))
_TIMES = 2  # an address inside the query of another one is encoded twice


def scheme(address: str) -> str:
    """The scheme in lower case, "" where there is none."""
    match = _SCHEME.match(address)
    return match[1].lower() if match else ""


def is_contact(address: str) -> bool:
    """Whether the address is a person's: for mail, telephone or messages."""
    return scheme(address) in _CONTACTS


def contact_text(address: str) -> str:
    """A mail or telephone address decoded, each field of its query (subject, body) on a line."""
    target, _, query = address.strip().partition("?")
    lines = [unquote(target)]
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        lines.append(f"{unquote(name)}: {unquote(value)}" if value else unquote(name))
    return "\n".join(lines)


def address_text(address: str) -> str:
    """A web address in words: host and path, then name and value of each pair of the query, percent-decoded.

    Long runs of letters and digits are marks that a program made; they are left out, but for what could be an
    identifier between signs.
    """
    kind = "https" if address.startswith(("https://", "http://")) else scheme(address)
    if kind in _WITHOUT_WORDS:
        return ""
    if kind in ("javascript", "vbscript"):
        return unquote(address.strip())
    rest = address if address.isprintable() else _BLANKS.sub(" ", address)
    rest = rest.strip()
    rest = rest.partition("://")[2] if kind and "://" in rest else rest
    return without_blobs(" ".join(piece for piece in _decoded(rest) if piece))


def _decoded(rest: str) -> Iterator[str]:
    path, _, query = rest.partition("?")
    for text in (path, query.replace("+", " ")):  # a plus is a blank in queries (URL Standard, 5.1)
        words = _MARKS.sub(" ", text)
        for _ in range(_TIMES):
            if "%" not in words:
                break
            words = _MARKS.sub(" ", unquote(words))
        yield words.strip()


def without_blobs(text: str) -> str:
    """The text, without long runs of mixed letters and digits that no person could read."""
    return _LONG.sub(_shortened, text) if len(text) > 64 else text


def _shortened(match: re.Match[str]) -> str:
    run = match[0]
    pieces = _PIECES.findall(run)
    if not any(len(p) >= 20 and not p.isdigit() and not p.isalpha() for p in pieces):
        return run  # words between hyphens
    kept = [p for p in pieces if 6 <= len(p) <= 34 and sum(map(str.isdigit, p)) * 5 >= len(p) * 2]
    return " ".join(("…", *kept))
