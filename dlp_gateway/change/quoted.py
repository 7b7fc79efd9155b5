"""What of a text its author wrote, and what stands there as quoted from earlier mail.

Only what mail programs mark without doubt counts as quoted: a disclaimer that is added once too often does less harm
than one that is missing.
"""

from __future__ import annotations

import re

# Outlook and its like put the earlier mail below a line or a block of fields, without a sign on each line.
_FIELD = rb"\*?(?:%s): ?\*? ?[^\r\n]*\r?\n"
_FROM = _FIELD % rb"From|Oddi wrth|O"
_SENT = _FIELD % rb"Sent|Date|Anfonwyd|Dyddiad"
_TO = _FIELD % rb"To|At|I"
_SEPARATOR = re.compile(
    rb"^-{2,20} ?(?:Original Message|Original Appointment|Forwarded message|Neges Wreiddiol) ?-{2,20}[ \t]*\r?$"
    rb"|^(?:_{20,100}[ \t]*\r?\n)?" + _FROM + _SENT + rb"(?:" + _TO + rb")",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTED_LINE = re.compile(r"^[ \t]{0,3}>.*$", re.MULTILINE)
_BLOCKQUOTE = re.compile(r"<(/?)blockquote\b", re.IGNORECASE)
_HTML_START = re.compile(
    r"<[a-z]+\b[^<>]{0,300}?\b(?:"
    r"id=[\"']?(?:x_)?(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container)"
    r"|class=[\"']?(?:gmail_quote|yahoo_quoted|moz-cite-prefix)"
    r"|name=[\"']?_MailOriginal"
    r"|style=[\"']border:none; ?border-top: ?solid #[0-9A-F]{6} 1\.0pt"
    r")",
    re.IGNORECASE,
)


def quote_start(text: bytes) -> int | None:
    """Offset of the line from which on a plain text is an earlier mail; None where no such line stands in it."""
    match = _SEPARATOR.search(text)
    return match.start() if match is not None else None


def own_text(text: str) -> str:
    """What the author wrote in a plain text: no quoted lines, nothing from an earlier mail's head on."""
    # Each character that is not ASCII becomes one octet, so that offsets count characters.
    start = quote_start(text.encode("ascii", "replace"))
    return _QUOTED_LINE.sub("", text[:start])


def own_html(document: str) -> str:
    """The same of HTML, up to the first mark of an earlier mail, blockquotes left out."""
    match = _HTML_START.search(document)
    document = document[: match.start()] if match is not None else document
    kept: list[str] = []
    depth = position = 0
    for tag in _BLOCKQUOTE.finditer(document):
        if depth == 0:
            kept.append(document[position : tag.start()])
        depth = max(0, depth + (-1 if tag[1] else 1))
        position = tag.start()
    return "".join([*kept, document[position:]] if depth == 0 else kept)


def stands_at(document: str, label: str, place: int) -> bool:
    """Whether an element with this label stands at the same depth as `place` and before it: what we put there
    does, what somebody quoted stands deeper."""
    start = document.rfind(label, 0, place)
    if start < 0:
        return False
    between = document[document.rfind("<", 0, start) : place].lower()
    return all(between.count(f"<{tag}") == between.count(f"</{tag}") for tag in ("div", "blockquote", "table"))
