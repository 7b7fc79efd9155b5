"""The header block of one entity: its fields with their offsets, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model import HeaderField
from .words import decode_value

MAX_BLOCK_BYTES = 256 * 1024
MAX_FIELD_BYTES = 32 * 1024

_FIELD = re.compile(rb"([!-9;-~]+)([ \t]*):([^\n]*(?:\n|\Z)(?:[ \t][^\n]*(?:\n|\Z))*)")
_LINE = re.compile(rb"[^\n]*(?:\n|\Z)")
_BLANK_FOLD = re.compile(rb"\n[ \t]+\r?(?:\n|\Z)")
_LOGICAL_LINE = re.compile(rb"[^\n]+(?:\n[ \t]+[^\n]+)*")
_STRUCTURAL = ("content-type", "content-transfer-encoding", "content-disposition")
_SHOWN = ("from", "subject")
_SPELLING = {
    "content-type": "Content-Type",
    "content-transfer-encoding": "Content-Transfer-Encoding",
    "content-disposition": "Content-Disposition",
    "from": "From",
    "subject": "Subject",
}
_ODD_NAME = re.compile(r"content-.*[^a-z0-9-]")
_LOOKALIKES = frozenset({"contenttype", "contenttransferencoding", "contentdisposition"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A header block. `values`: raw value of the first field of each (lower case) name."""

    fields: tuple[HeaderField, ...]
    values: dict[str, bytes]
    body_start: int
    problems: tuple[str, ...]
    too_large: tuple[str, ...]


def read_block(octets: bytes, start: int, end: int, *, outermost: bool) -> Block:
    """Fields from `start` on, up to the empty line or `end`."""
    block_end, body_start = _find_end(octets, start, end)
    problems: list[str] = []
    too_large: list[str] = []
    if body_start is None:
        # A part that consists of a header alone is legal (RFC 2046, 5.1.1: body-part), as long as
        # its last line is complete; a whole message without the empty line is read in two ways.
        if outermost or (block_end > start and octets[end - 1 : end] != b"\n"):
            problems.append("no empty line after the header")
        body_start = end
    if outermost and block_end == start:
        problems.append("empty line before the header")
    # mbox files begin so, and every reader passes over it.
    mailbox_line = outermost and octets.startswith((b"From ", b">From "), start, block_end)
    limit = block_end
    if block_end - start > MAX_BLOCK_BYTES:
        too_large.append("header block over 256 kB")
        limit = start + MAX_BLOCK_BYTES
    first_field = min(octets.find(b"\n", start, block_end) + 1 or limit, limit) if mailbox_line else start
    fields, values, counts = _read_fields(octets, first_field, limit, problems, too_large)
    problems += _name_problems(counts, outermost)
    return Block(
        fields=tuple(fields),
        values=values,
        body_start=body_start,
        problems=tuple(dict.fromkeys(problems)),
        too_large=tuple(dict.fromkeys(too_large)),
    )


def _find_end(octets: bytes, start: int, end: int) -> tuple[int, int | None]:
    """Offsets of the empty line and of the body after it; None where there is no empty line."""
    if octets.startswith(b"\r\n", start, end):
        return start, start + 2
    if octets.startswith(b"\n", start, end):
        return start, start + 1
    strict = octets.find(b"\r\n\r\n", start, end)
    # A message with bare LF is found by its first empty line, whichever line end that has.
    bare = octets.find(b"\n\n", start, strict if strict >= 0 else end)
    mixed = octets.find(b"\n\r\n", start, bare if bare >= 0 else strict + 4 if strict >= 0 else end)
    found = [(at + 1, at + 1 + len(eol)) for at, eol in ((bare, b"\n"), (mixed, b"\r\n")) if at >= 0]
    return min(found) if found else (end, None)


def _read_fields(
    octets: bytes, position: int, limit: int, problems: list[str], too_large: list[str]
) -> tuple[list[HeaderField], dict[str, bytes], dict[str, int]]:
    fields: list[HeaderField] = []
    values: dict[str, bytes] = {}
    counts: dict[str, int] = {}
    while position < limit:
        match = _FIELD.match(octets, position, limit)
        if match is None:
            problems.append(_line_problem(octets, position, first=not fields))
            line = _LINE.match(octets, position, limit)
            position = line.end() if line is not None and line.end() > position else limit
            continue
        name = match[1].decode("ascii")
        key = name.lower()
        value = match[3]
        if match[2]:
            problems.append("blank before the colon of a header field")
        if value.count(b"\n") > 1 and _BLANK_FOLD.search(value):
            problems.append("blank line folded into the header")
        if match.end() - position > MAX_FIELD_BYTES:
            too_large.append("header field over 32 kB")
        counts[key] = counts.get(key, 0) + 1
        values.setdefault(key, value[:MAX_FIELD_BYTES])
        fields.append(
            HeaderField(
                name=name,
                text=decode_value(value[:MAX_FIELD_BYTES]),
                start=position,
                end=match.end(),
                raw=match[0],
            )
        )
        position = match.end()
    return fields, values, counts


def _line_problem(octets: bytes, position: int, *, first: bool) -> str:
    if octets[position : position + 1] in (b" ", b"\t"):
        return "header begins with a blank" if first else "folded line without a field"
    return "header line that is not a field"


def _name_problems(counts: dict[str, int], outermost: bool) -> list[str]:
    names = _STRUCTURAL + _SHOWN if outermost else _STRUCTURAL
    problems = [f"duplicate {_SPELLING[name]}" for name in names if counts.get(name, 0) > 1]
    odd = [name for name in counts if name.startswith("content") and name not in _STRUCTURAL]
    if any(_ODD_NAME.search(name) or name.replace("-", "").replace("_", "") in _LOOKALIKES for name in odd):
        problems.append("misspelt MIME field name")
    return problems


def decoded_fields(octets: bytes) -> tuple[bytes, bool]:
    """Of a text that consists of header fields (RFC 3464, 2.1; RFC 6522, 4) those that read otherwise when decoded, as
    UTF-8: encoded words decoded, folds removed, a line for each field; and whether a field was too long for that."""
    lines: list[bytes] = []
    too_long = False
    for line in _LOGICAL_LINE.findall(octets):
        name, colon, value = line.partition(b":")
        if colon and (b"=?" in value or b"\n" in value):
            too_long |= len(value) > MAX_FIELD_BYTES
            lines.append(name + b": " + decode_value(value[:MAX_FIELD_BYTES]).encode("utf-8", "replace"))
    return b"\n".join(lines), too_long
