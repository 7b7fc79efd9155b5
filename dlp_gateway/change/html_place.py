"""Where in an HTML document text can be put so that it is shown."""

from __future__ import annotations

import re

# Inside these, "</body>" is text and nothing put there would be shown as ours.
_RAW_TEXT = frozenset(
    {
        b"script",
        b"style",
        b"textarea",
        b"title",
        b"xmp",
        b"iframe",
        b"noembed",
        b"noframes",
        b"noscript",
        b"template",
    }
)
_TAG_NAME = re.compile(rb"</?([a-z][^\s/>]*)")
_VALUE_OR_END = re.compile(rb"=\s*([\"'])|>")
_COMMENT_END = re.compile(rb"--!?>")


def insertion_offset(document: bytes) -> int | None:
    """Offset before the last `</body>` outside comments and raw text, else before `</html>`, else the
    end; None where the document ends inside a comment, tag or raw text. Linear in the length.

    The octets must be of a charset in which "<" means nothing but "<".
    """
    lower = document.lower()
    body: int | None = None
    html: int | None = None
    position = 0
    while (start := lower.find(b"<", position)) >= 0:
        name, after = _markup(lower, start)
        if name == b"/body":
            body = start
        elif name == b"/html":
            html = start
        if after is None:
            return body if body is not None else html
        position = after
    return next((place for place in (body, html) if place is not None), len(document))


def _markup(lower: bytes, start: int) -> tuple[bytes, int | None]:
    """Name of the tag at `start` ("/" before an end tag's, empty for other markup) and the offset
    after it, or after the element it makes raw text; None where that never ends."""
    if lower.startswith(b"<!--", start):
        return b"", _comment_end(lower, start)
    if lower.startswith((b"<!", b"<?"), start):
        return b"", _after(lower.find(b">", start + 2), 1)
    match = _TAG_NAME.match(lower, start)
    if match is None:
        return b"", start + 1
    end = _tag_end(lower, match.end())
    closing = lower[start + 1 : start + 2] == b"/"
    if end is None or closing:
        return (b"/" if closing and end is not None else b"") + match[1], end
    if match[1] == b"plaintext":
        return b"", None
    if match[1] in _RAW_TEXT:
        return b"", _raw_text_end(lower, end, match[1])
    return match[1], end


def _comment_end(lower: bytes, start: int) -> int | None:
    for short in (b"<!-->", b"<!--->"):
        if lower.startswith(short, start):
            return start + len(short)
    match = _COMMENT_END.search(lower, start + 4)
    return match.end() if match is not None else None


def _tag_end(lower: bytes, position: int) -> int | None:
    while (match := _VALUE_OR_END.search(lower, position)) is not None:
        if match[1] is None:
            return match.end()
        closing = lower.find(match[1], match.end())
        if closing < 0:
            return None
        position = closing + 1
    return None


def _raw_text_end(lower: bytes, position: int, name: bytes) -> int | None:
    """Offset of the end tag itself, so that it is read as a tag next."""
    end_tag = b"</" + name
    while (position := lower.find(end_tag, position)) >= 0:
        after = lower[position + len(end_tag) : position + len(end_tag) + 1]
        if after in (b"", b">", b"/") or after.isspace():
            return position
        position += len(end_tag)
    return None


def _after(found: int, length: int) -> int | None:
    return found + length if found >= 0 else None
