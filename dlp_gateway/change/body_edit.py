"""One edit of one text part: which octets to replace by which, in the part's own transfer encoding
and charset."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace

from ..model import MimePart
from .disclaimer_text import fold, fold_html, html_label
from .html_place import insertion_offset
from .part_edits import Edit
from .quoted import own_html, own_text, quote_start, stands_at
from .values import DisclaimerText, Once

# Charsets that hold ASCII as it is and are safe to append to; mail's labels on the left.
_CODECS: dict[str, str] = {
    "us-ascii": "ascii",
    "ascii": "ascii",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "iso-8859-1": "iso8859-1",
    "latin1": "iso8859-1",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "gb2312": "gb2312",
    "gbk": "gbk",
    "gb18030": "gb18030",
    "big5": "big5",
    "shift_jis": "shift_jis",
    "euc-jp": "euc_jp",
    "euc-kr": "euc_kr",
    "macintosh": "mac-roman",
}
_CODECS |= {f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)}
_CODECS |= {f"windows-{n}": f"cp{n}" for n in range(1250, 1259)} | {"windows-874": "cp874"}
# Charsets with shifts: plain ASCII can follow a whole text, but octets inside are not what they seem.
_STATEFUL = frozenset({"iso-2022-jp", "iso-2022-jp-2", "iso-2022-kr"})
_WIDE = {
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-32": "utf-32-le",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
}
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_QP_UNIT = re.compile(rb"=[ \t]{0,99}\r?\n|=[0-9A-Fa-f]{2}")
_SOFT_BREAK_AT_END = re.compile(rb"=[ \t]{0,99}(\r?\n)?\Z")
_STUFFED = (" ", ">", "From ")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """No edit, and why, in fixed words."""

    why: str


def edit_body(octets: bytes, part: MimePart, text: DisclaimerText, eol: bytes, once: Once) -> Edit | LeftAlone:
    """The edit that adds the disclaimer to one text/plain or text/html part: at its end, or, where only the
    author's own text counts, above an earlier mail that follows it."""
    raw = octets[part.body_start : part.body_end]
    charset = part.charset or "us-ascii"
    codec = _CODECS.get(charset) or ("ascii" if charset in _STATEFUL else None)
    # Outside base64, octets of UTF-16 would be line ends.
    if codec is None and not (charset in _WIDE and part.encoding == "base64"):
        return LeftAlone(why="charset")
    if part.media_type == "text/html" and charset in _STATEFUL:
        return LeftAlone(why="charset")
    if charset in _STATEFUL:
        # Its octets may look like an earlier mail's head and be something else: then nothing counts as quoted.
        once = "anywhere"
    decoded = _decode(raw, part.encoding)
    if decoded is None:
        return LeftAlone(why="transfer encoding")
    wide = _wide_codec(charset, decoded) if codec is None else None
    shown = _shown(decoded, wide or codec or "ascii")
    if shown is None:
        return LeftAlone(why="charset")
    if "-----BEGIN PGP MESSAGE-----" in shown or "-----BEGIN PGP SIGNED MESSAGE-----" in shown:
        return LeftAlone(why="OpenPGP in the text")
    if _has_disclaimer(shown, part, text, once):
        return LeftAlone(why="disclaimer is there already")
    if wide is not None:
        return _edit_wide(shown, part, text, raw, wide, once)
    html = part.media_type == "text/html"
    place = insertion_offset(decoded) if html else _end_of_own(decoded, once)
    if place is None:
        return LeftAlone(why="HTML ends inside a comment, tag or script")
    assert codec is not None
    addition = _html_addition(text, eol) if html else _plain_addition(text, part, codec, eol)
    if not html and place < len(decoded):
        addition += eol  # an empty line before the earlier mail
    edit = _edit_narrow(raw, decoded, place, addition, part, eol, at_end_of_message=part.body_end == len(octets))
    if not raw and not octets[: part.body_start].endswith((b"\n\n", b"\n\r\n")):
        # A part that is a header alone: the line end after it belongs to the next delimiter.
        return replace(edit, new=eol + edit.new)
    return edit


def _decode(raw: bytes, encoding: str) -> bytes | None:
    """The decoded octets; None where the encoding is unknown or irregular, for nobody can edit what
    two readers see differently."""
    if encoding in ("7bit", "8bit", "binary"):
        return raw
    if encoding == "quoted-printable":
        return _QP_UNIT.sub(_qp_octet, raw)
    if encoding != "base64":
        return None
    try:
        decoded = binascii.a2b_base64(raw)
    except binascii.Error:
        return None
    return decoded if base64.b64encode(decoded) == raw.translate(None, b" \t\r\n") else None


def _qp_octet(match: re.Match[bytes]) -> bytes:
    unit = match[0]
    return b"" if unit.endswith(b"\n") else bytes.fromhex(unit[1:].decode("ascii"))


def _wide_codec(charset: str, decoded: bytes) -> str | None:
    """Byte order of UTF-16 or UTF-32: what the mark says, else the label, else the zero octets."""
    codec = _WIDE[charset]
    marked = next((found for bom, found in _BOMS if decoded.startswith(bom)), None)
    if marked is not None and marked[:6] == codec[:6]:
        return marked
    if charset in ("utf-16", "utf-32"):
        sample = decoded[:400]
        return codec if sample[0::2].count(0) < sample[1::2].count(0) else charset + "-be"
    return codec


def _shown(decoded: bytes, codec: str) -> str | None:
    """Text to look for an earlier copy in. For UTF-16 and UTF-32 None where it can't be read."""
    if codec in _WIDE.values():
        try:
            return decoded.decode(codec)
        except UnicodeDecodeError:
            return None
    return decoded.decode("utf-8" if codec == "ascii" else codec, "replace")


def _end_of_own(decoded: bytes, once: Once) -> int:
    start = quote_start(decoded) if once == "new-text" else None
    return len(decoded) if start is None else start


def _has_disclaimer(shown: str, part: MimePart, text: DisclaimerText, once: Once) -> bool:
    marker, label = fold(text.marker), html_label(text.name)
    if part.media_type != "text/html":
        return marker in fold(shown if once == "anywhere" else own_text(shown))
    if once == "anywhere":
        return label in shown or marker in fold_html(shown)
    place = insertion_offset(shown.encode("ascii", "replace"))
    return (place is not None and stands_at(shown, label, place)) or marker in fold_html(own_html(shown))


def _html_addition(text: DisclaimerText, eol: bytes) -> bytes:
    return eol.join(text.html.encode("ascii").splitlines())


def _plain_addition(text: DisclaimerText, part: MimePart, codec: str, eol: bytes) -> bytes:
    """An empty line and the disclaimer, each line with its end."""
    flowed = (part.param("format") or "").lower() == "flowed"
    try:
        if part.encoding == "7bit" and not text.text.isascii():
            raise UnicodeEncodeError(codec, text.text, 0, 1, "only 7 bits")
        return _lines(text.text, flowed, codec, eol)
    except UnicodeEncodeError:
        return _lines(text.ascii_text, flowed, codec, eol)


def _lines(text: str, flowed: bool, codec: str, eol: bytes) -> bytes:
    lines = [line.rstrip() for line in ("\n" + text).splitlines()]
    if flowed:
        # RFC 3676, 4.4: space-stuffing; no line of ours ends in a space, so none flows.
        lines = [f" {line}" if line.startswith(_STUFFED) else line for line in lines]
    return b"".join(line.encode(codec) + eol for line in lines)


def _edit_narrow(
    raw: bytes, decoded: bytes, place: int, addition: bytes, part: MimePart, eol: bytes, *, at_end_of_message: bool
) -> Edit:
    if part.encoding == "base64":
        closing = b"" if place < len(decoded) or not decoded or decoded.endswith(b"\n") else eol
        return _replace_base64(raw, decoded[:place] + closing + addition + decoded[place:], part, eol)
    if place < len(decoded):
        if part.encoding == "quoted-printable":
            offset = _raw_offset(raw, place)
            new = quote(addition, eol)
            if part.media_type == "text/html":
                new = b"=" + eol + new + b"=" + eol
        elif part.media_type == "text/plain":
            offset, new = place, addition
        else:
            # On lines of its own: a line over 998 octets is refused by others (RFC 5322, 2.1.1).
            offset, new = place, eol + addition + eol
    else:
        offset = len(raw)
        new = quote(addition, eol) if part.encoding == "quoted-printable" else addition
        new = _close_last_line(raw, part.encoding, eol) + new
        if new.endswith(eol) and not raw.endswith(b"\n") and not at_end_of_message:
            new = new.removesuffix(eol)
        elif not new.endswith(eol) and (at_end_of_message or raw.endswith(b"\n")):
            new += eol
    at = part.body_start + offset
    return Edit(start=at, end=at, new=new)


def _close_last_line(raw: bytes, encoding: str, eol: bytes) -> bytes:
    """What ends the last line of a body, soft line break of quoted-printable included."""
    if encoding == "quoted-printable" and (match := _SOFT_BREAK_AT_END.search(raw[-200:])) is not None:
        return eol if match[1] else eol + eol
    return b"" if not raw or raw.endswith(b"\n") else eol


def quote(octets: bytes, eol: bytes) -> bytes:
    """Quoted-printable, lines kept as lines and at most 76 long."""
    lines = [
        binascii.b2a_qp(line).replace(b"\r\n", b"\n").replace(b"=\n", b"=" + eol)
        for line in octets.replace(b"\r\n", b"\n").split(b"\n")
    ]
    return eol.join(lines)


def _raw_offset(raw: bytes, decoded_offset: int) -> int:
    """Offset in quoted-printable of the octet that decodes to the one at `decoded_offset`."""
    shrunk = 0
    for match in _QP_UNIT.finditer(raw):
        if match.start() - shrunk >= decoded_offset:
            break
        shrunk += len(match[0]) - (0 if match[0].endswith(b"\n") else 1)
    return decoded_offset + shrunk


def _replace_base64(raw: bytes, decoded: bytes, part: MimePart, eol: bytes) -> Edit:
    first_line = raw.split(b"\n", 1)[0].strip()
    width = min(len(first_line) // 4 * 4, 76) or 76
    # A short text in one line says nothing about the width that its writer uses.
    width = width if b"\n" in raw.strip() else 76
    encoded = base64.b64encode(decoded)
    lines = eol.join(encoded[i : i + width] for i in range(0, len(encoded), width))
    start = part.body_start + len(raw) - len(raw.lstrip(b" \t\r\n"))
    end = part.body_start + len(raw.rstrip(b" \t\r\n"))
    return Edit(start=min(start, end), end=end, new=lines)


def _edit_wide(
    shown: str, part: MimePart, text: DisclaimerText, raw: bytes, codec: str, once: Once
) -> Edit | LeftAlone:
    eol = "\r\n" if "\r\n" in shown else "\n"
    if part.media_type == "text/html":
        # Each character that is not ASCII becomes one octet, so that offsets count characters.
        place = insertion_offset(shown.encode("ascii", "replace"))
        if place is None:
            return LeftAlone(why="HTML ends inside a comment, tag or script")
        new = shown[:place] + text.html + shown[place:]
    else:
        place = _end_of_own(shown.encode("ascii", "replace"), once)
        closing = "" if not shown or place < len(shown) or shown.endswith("\n") else eol
        flowed = (part.param("format") or "").lower() == "flowed"
        addition = _lines(text.text, flowed, "utf-8", b"\n").decode("utf-8").replace("\n", eol)
        new = shown[:place] + closing + addition + (eol if place < len(shown) else "") + shown[place:]
    body_eol = b"\r\n" if b"\r\n" in raw or b"\n" not in raw else b"\n"
    return _replace_base64(raw, new.encode(codec, "surrogatepass"), part, body_eol)
