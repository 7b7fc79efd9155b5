"""Where the parts of a multipart body begin and end (RFC 2046, 5.1.1), by search, not by line."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DECLARED = re.compile(rb'boundary\s{0,9}=\s{0,9}(?:"([^"\r\n]{1,100})"|([^\s;"]{1,100}))')
_MIME_LINE = re.compile(rb"\ncontent-[a-z\-]{1,40}[ \t]{0,20}:")
_MAX_IRREGULAR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """`spans`: (start, end) of each part, header included. `preamble` and `epilogue` are (start,
    end), the same where empty. `first_delimiter` is None when there is no delimiter line."""

    spans: tuple[tuple[int, int], ...]
    preamble: tuple[int, int]
    epilogue: tuple[int, int]
    first_delimiter: int | None
    problems: tuple[str, ...]
    too_many: bool


def split_multipart(octets: bytes, start: int, end: int, boundary: bytes, max_parts: int) -> Pieces:
    """Linear in the length of the body, whatever it holds: every delimiter line ends a part, of
    which there are at most `max_parts`, and the search gives up after 1,000 irregular ones."""
    delimiter = b"--" + boundary
    problems: dict[str, None] = {}
    spans: list[tuple[int, int]] = []
    first: int | None = None
    open_at: int | None = None
    closed_at: int | None = None
    irregular = 0
    inner: frozenset[bytes] | None = None
    position = start
    while (hit := octets.find(delimiter, position, end)) >= 0 and len(spans) < max_parts:
        position = hit + len(delimiter)
        line_end = octets.find(b"\n", position, end)
        line_end = end if line_end < 0 else line_end + 1
        kind, problem = _kind_of_line(octets, start, hit, position, line_end)
        if kind is None and problem == _PREFIX:
            inner = _inner_boundaries(octets, start, end, boundary) if inner is None else inner
            line = octets[hit + 2 : min(line_end, hit + 2 + 200)].lower()
            problem = "" if any(line.startswith(other) for other in inner) else problem
        if problem:
            problems[problem] = None
        if kind is None:
            irregular += 1
            if irregular > _MAX_IRREGULAR:
                problems["too many irregular delimiters"] = None
                break
            continue
        if closed_at is not None:
            problems["delimiter after the closing delimiter"] = None
            irregular += 1
            if irregular > _MAX_IRREGULAR:
                break
            continue
        if open_at is not None:
            spans.append((open_at, _before_line_end(octets, open_at, hit)))
        first = hit if first is None else first
        position = line_end
        open_at, closed_at = (None, line_end) if kind == "close" else (line_end, None)
    if first is None:
        problems["no delimiter in a multipart"] = None
    elif closed_at is None:
        problems["no closing delimiter"] = None
    if open_at is not None and len(spans) < max_parts:
        spans.append((open_at, end))
    preamble = (start, first if first is not None else end)
    epilogue = (closed_at if closed_at is not None else end, end)
    for name, (begin, stop) in (("preamble", preamble), ("epilogue", epilogue)):
        if stop > begin and first is not None and _MIME_LINE.search(b"\n" + octets[begin:stop].lower()):
            problems[f"MIME header in the {name}"] = None
    return Pieces(
        spans=tuple(spans),
        preamble=preamble,
        epilogue=epilogue,
        first_delimiter=first,
        problems=tuple(problems),
        too_many=len(spans) >= max_parts and closed_at is None,
    )


_PREFIX = "line that begins like a delimiter"


def _kind_of_line(octets: bytes, start: int, hit: int, after: int, line_end: int) -> tuple[str | None, str]:
    """("open" or "close", "") for a delimiter line, else (None, the problem)."""
    if hit > start and octets[hit - 1] != 0x0A:
        return None, "delimiter inside a line"
    # Transport padding is legal (RFC 2046, 5.1.1) but not endless.
    rest = octets[after : min(line_end, after + 1000)]
    if not rest.strip(b" \t\r\n"):
        return "open", ""
    if rest.startswith(b"--") and not rest[2:].strip(b" \t\r\n"):
        return "close", ""
    return None, _PREFIX


def _inner_boundaries(octets: bytes, start: int, end: int, boundary: bytes) -> frozenset[bytes]:
    """Boundaries, in lower case, declared inside that begin with ours: their delimiter lines are no trick."""
    ours = boundary.lower()
    found = (match[1] or match[2] for match in _DECLARED.finditer(octets[start:end].lower()))
    return frozenset(other for other in found if other != ours and other.startswith(ours))


def _before_line_end(octets: bytes, start: int, hit: int) -> int:
    """The line end before a delimiter belongs to the delimiter."""
    if octets[hit - 2 : hit] == b"\r\n":
        return max(start, hit - 2)
    return max(start, hit - 1)
