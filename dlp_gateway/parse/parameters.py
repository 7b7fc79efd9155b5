"""Values of Content-Type, Content-Disposition and Content-Transfer-Encoding (RFC 2045, 2183, 2231).

Reading is tolerant; whatever another reader could take differently is named as a problem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from .charset import decode_charset
from .words import decode_value

_TOKEN = rb"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+"
_TYPE = re.compile(rb"\s*(" + _TOKEN + rb")/(" + _TOKEN + rb")\s*")
_WORD = re.compile(rb"\s*(" + _TOKEN + rb")?\s*")
_PARAM = re.compile(rb";\s*(" + _TOKEN + rb')\s*=\s*(?:"((?:[^"\\]|\\.)*)"|(' + _TOKEN + rb"))\s*(?=;|\Z)", re.DOTALL)
_LOOSE_PARAM = re.compile(rb";\s*(" + _TOKEN + rb")\s*=\s*([^;]*)", re.DOTALL)
_BLANK_PARAM = re.compile(rb";\s*(?=;|\Z)")
_SECTION = re.compile(r"([^*]+)(?:\*([0-9]{1,4}))?(\*)?\Z")
_REPEATABLE = frozenset({"name", "boundary", "charset"})  # all names are read; the others have a problem of their own
_SPLIT_VALUE = re.compile(rb"[\s\"\\]")
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_COMMENT_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|\\.|[()"\\]|[^()"\\]+', re.DOTALL)
_WORD_INSIDE = re.compile(rb"=\?[^?]{1,70}\?[bqBQ]\?")
_ODD_BOUNDARY = re.compile(rb"[^!-~ ]|[\";<>\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """One value with parameters. `word` is the type, disposition or encoding in lower case, None
    where it can't be read. `params`: decoded values, names in lower case, RFC 2231 forms first."""

    word: str | None
    params: tuple[tuple[str, str], ...] = ()
    boundary: bytes | None = None
    problems: tuple[str, ...] = ()

    def param(self, name: str) -> str | None:
        return next((value for key, value in self.params if key == name), None)

    def all_of(self, name: str) -> list[str]:
        return [value for key, value in self.params if key == name and value]


def read_content_type(value: bytes) -> FieldValue:
    problems: list[str] = []
    plain, commented, unbalanced = strip_comments(value)
    if commented:
        problems.append("comment in Content-Type")
    if unbalanced:
        problems.append("unbalanced quote or comment in Content-Type")
    match = _TYPE.match(plain)
    if match is None:
        return FieldValue(word=None, problems=(*problems, "Content-Type is not a type"))
    rest = plain[match.end() :]
    if rest and not rest.startswith(b";"):
        problems.append("unexpected text in Content-Type")
    word = (match[1] + b"/" + match[2]).decode("ascii").lower()
    raw, loose = _split_params(rest)
    problems += _type_problems(raw, loose)
    boundary = next((value for name, value in raw if name == "boundary"), None)
    if boundary is None:
        extended = next((value for name, value in _decode_params(raw) if name == "boundary"), None)
        boundary = extended.encode("utf-8", "replace") if extended is not None else None
    return FieldValue(word=word, params=_decode_params(raw), boundary=boundary, problems=tuple(problems))


def read_disposition(value: bytes) -> FieldValue:
    """Nothing here decides what exists, so nothing here is a problem."""
    plain, _, _ = strip_comments(value)
    match = _WORD.match(plain)
    word = match[1].decode("ascii").lower() if match is not None and match[1] else None
    raw, _ = _split_params(plain[match.end() if match is not None else 0 :])
    return FieldValue(word=word, params=_decode_params(raw))


def read_encoding(value: bytes) -> FieldValue:
    """A comment is legal here (RFC 2045, 6.1) and is left out."""
    plain, _, unbalanced = strip_comments(value)
    word = plain.strip(b" \t\r\n").lower()
    problems = ("unbalanced quote or comment in Content-Transfer-Encoding",) if unbalanced else ()
    if b"\n" in value.strip(b" \t\r\n"):
        problems = (*problems, "folded Content-Transfer-Encoding")
    return FieldValue(word=word.decode("ascii", "replace"), problems=problems)


def boundary_problem(boundary: bytes) -> str | None:
    """Why a boundary is one that readers take differently (RFC 2046, 5.1.1), None when it is sound."""
    if not boundary.strip():
        return "empty boundary"
    if len(boundary) > 70:
        return "boundary longer than 70 characters"
    if boundary != boundary.strip(b" \t"):
        return "boundary with blanks at its ends"
    if _ODD_BOUNDARY.search(boundary):
        return "boundary with forbidden characters"
    if _WORD_INSIDE.search(boundary):
        return "boundary as encoded word"
    return None


def strip_comments(value: bytes) -> tuple[bytes, bool, bool]:
    """The value without comments; whether there were any; whether a quote or comment stays open."""
    if b"(" not in value and b")" not in value and value.count(b'"') % 2 == 0 and b"\\" not in value:
        return value, False, False
    out: list[bytes] = []
    depth = 0
    commented = unbalanced = False
    for match in _COMMENT_TOKEN.finditer(value):
        token = match[0]
        if token == b"(":
            depth += 1
            commented = True
        elif token == b")":
            unbalanced |= depth == 0
            depth = max(0, depth - 1)
        elif depth == 0:
            unbalanced |= token == b'"'
            out.append(token)
        elif token[:1] == b'"' and (b"(" in token or b")" in token):
            # A quote has no meaning inside a comment (RFC 5322, 3.2.2): its parentheses count,
            # and readers that think otherwise see other parameters.
            depth = max(0, depth + token.count(b"(") - token.count(b")"))
            unbalanced = True
    return b"".join(out), commented, unbalanced or depth > 0


def _split_params(rest: bytes) -> tuple[list[tuple[str, bytes]], list[str]]:
    """(name, raw value) in order, and the names of those that were not well formed; "" for text
    that is no parameter at all."""
    params: list[tuple[str, bytes]] = []
    loose: list[str] = []
    position = 0
    while position < len(rest):
        match = _PARAM.match(rest, position)
        if match is not None:
            value = match[3] if match[2] is None else match[2].replace(b"\r\n", b"").replace(b"\n", b"")
            if match[2] is not None and b"\\" in value:
                value = _ESCAPE.sub(rb"\1", value)
            params.append((match[1].decode("ascii").lower(), value))
        elif (match := _BLANK_PARAM.match(rest, position)) is not None:
            pass
        elif (match := _LOOSE_PARAM.match(rest, position)) is not None:
            name = match[1].decode("ascii").lower()
            value = match[2].strip()
            # `type=text/html` should be in quotes, but every reader takes it the same way.
            if name in ("boundary", "charset") or not value or _SPLIT_VALUE.search(value):
                loose.append(name)
            params.append((name, value.strip(b'"')))
        else:
            loose.append("")
            following = rest.find(b";", position + 1)
            position = len(rest) if following < 0 else following
            continue
        position = match.end()
    return params, loose


def _type_problems(raw: list[tuple[str, bytes]], loose: list[str]) -> list[str]:
    # Many programs forget the quotes around a file name; nobody reads a structure out of it.
    problems = [
        f"malformed {name}" if name in ("boundary", "charset") else "malformed parameter in Content-Type"
        for name in loose
        if name.partition("*")[0] != "name"
    ]
    for name in ("boundary", "charset"):
        if sum(key == name for key, _ in raw) > 1:
            problems.append(f"duplicate {name}")
        if any(key != name and key.partition("*")[0] == name for key, _ in raw):
            problems.append(f"{name} in RFC 2231 form")
    first: dict[str, bytes] = {}
    if any(first.setdefault(key, value) != value for key, value in raw if key not in _REPEATABLE):
        problems.append("parameter with two values in Content-Type")
    return problems


def _decode_params(raw: list[tuple[str, bytes]]) -> tuple[tuple[str, str], ...]:
    if not any("*" in name for name, _ in raw):
        return tuple((name, decode_value(value)) for name, value in raw)
    plain: list[tuple[str, str]] = []
    sections: dict[str, list[tuple[int, bool, bytes]]] = {}
    for name, value in raw:
        match = _SECTION.match(name)
        if "*" not in name or match is None:
            plain.append((name, decode_value(value)))
        else:
            sections.setdefault(match[1], []).append((int(match[2] or 0), match[3] is not None, value))
    return (*((name, _join_sections(found)) for name, found in sections.items()), *plain)


def _join_sections(sections: list[tuple[int, bool, bytes]]) -> str:
    """RFC 2231, 3 and 4. Sections are taken in the order of their numbers, gaps or not: all their
    text shall be seen."""
    charset: str | None = "utf-8"
    octets: list[bytes] = []
    for position, (_, extended, value) in enumerate(sorted(sections, key=lambda section: section[0])):
        text = value
        if extended and position == 0 and value.count(b"'") >= 2:
            label, _, text = value.split(b"'", 2)
            charset = label.decode("ascii", "replace") or "utf-8"
        octets.append(unquote_to_bytes(text) if extended else text)
    return decode_charset(b"".join(octets), charset)[0]
