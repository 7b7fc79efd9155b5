"""Where the parts of a multipart body begin and end (RFC 2046, 5.1.1), by search, not by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

_DECLARED = re.compile(rb'boundary\s{0,9}=\s{0,9}(?:"([^"\r\n]{1,100})"|([^\s;"]{1,100}))')
_MIME_LINE = re.compile(rb"\ncontent-[a-z\-]{1,40}[ \t]{0,20}:")
_MAX_IRREGULAR = 1000
_MAX_INNER = 100


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
    problems: dict[str, None] = {}
    spans: list[tuple[int, int]] = []
    first: int | None = None
    open_at: int | None = None
    closed_at: int | None = None
    after_close = 0
    for closing, line_start, line_end in _delimiters(octets, start, end, boundary, problems):
        if len(spans) >= max_parts or after_close > _MAX_IRREGULAR:
            break
        if closed_at is not None:
            problems["delimiter after the closing delimiter"] = None
            after_close += 1
            continue
        if open_at is not None:
            spans.append((open_at, _before_line_end(octets, open_at, line_start)))
        first = line_start if first is None else first
        open_at, closed_at = (None, line_end) if closing else (line_end, None)
    if first is None:
        problems["no delimiter in a multipart"] = None
    elif closed_at is None:
        problems["no closing delimiter"] = None
    if open_at is not None and len(spans) < max_parts:
        spans.append((open_at, end))
    too_many = len(spans) >= max_parts and closed_at is None
    if first is not None and not spans and not too_many:
        problems["multipart without a part"] = None
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
        too_many=too_many,
    )


def _delimiters(
    octets: bytes, start: int, end: int, boundary: bytes, problems: dict[str, None]
) -> Iterator[tuple[bool, int, int]]:
    """(is it the closing one, offset of the line, offset after it) of each delimiter line. What only
    resembles one goes into `problems`."""
    delimiter = b"--" + boundary
    inner: frozenset[bytes] | None = None
    irregular = 0
    position = start
    while irregular <= _MAX_IRREGULAR and (hit := octets.find(delimiter, position, end)) >= 0:
        position = hit + len(delimiter)
        if hit > start and octets[hit - 1] != 0x0A:
            problems["delimiter inside a line"] = None
            irregular += 1
            continue
        line_end = octets.find(b"\n", position, end)
        line_end = end if line_end < 0 else line_end + 1
        rest = octets[position:line_end].rstrip(b" \t\r\n")  # transport padding is legal (RFC 2046, 5.1.1)
        if rest in (b"", b"--"):
            position = line_end
            yield rest == b"--", hit, line_end
            continue
        irregular += 1
        inner = _inner_boundaries(octets, start, end, boundary) if inner is None else inner
        line = octets[hit + 2 : min(line_end, hit + 2 + 200)].lower()
        if not any(line.startswith(other) for other in inner):
            problems["line that begins like a delimiter"] = None
    if irregular > _MAX_IRREGULAR:
        problems["too many irregular delimiters"] = None


def _inner_boundaries(octets: bytes, start: int, end: int, boundary: bytes) -> frozenset[bytes]:
    """Boundaries, in lower case, declared inside that begin with ours: their delimiter lines are no trick."""
    ours = boundary.lower()
    found = (match[1] or match[2] for match in _DECLARED.finditer(octets[start:end].lower()))
    continued = (other for other in found if other != ours and other.startswith(ours))
    return frozenset(islice(continued, _MAX_INNER))


def _before_line_end(octets: bytes, start: int, hit: int) -> int:
    """The line end before a delimiter belongs to the delimiter."""
    if octets[hit - 2 : hit] == b"\r\n":
        return max(start, hit - 2)
    return max(start, hit - 1)
