"""Streams of a PDF, decoded within the budget.

qpdf's own limits end Flate, run lengths and predictors before the memory is taken; LZW has none there, so it is counted
here.
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pikepdf.settings

from ..budget import FileTooLargeError
from ..source import Tools

_LARGEST_LIMIT = 2**32 - 1
_LZW_RATIO = 3500  # codes of 9 to 12 bits, entries of up to 3,838 octets
_FLATE_RATIO = 1032  # the most that Deflate can expand (zlib's technical note)
_LZW = ("/LZWDecode", "/LZW")
_UNPACKED = frozenset(
    (
        *("/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL", "/ASCII85Decode", "/A85"),
        *("/ASCIIHexDecode", "/AHx", "/Crypt"),
    )
)
_TOO_LARGE = "a PDF with a stream that expands to more than is read"


def open_document(octets: bytes) -> pikepdf.Pdf:
    """Raises pikepdf.PasswordError, pikepdf.PdfError or ValueError."""
    # What pages inherit is looked up where it is needed: to push it down, qpdf makes a page of each entry of the tree.
    document = pikepdf.open(io.BytesIO(octets), inherit_page_attributes=False)
    if "/Pages" not in document.Root:  # PdfError where there is no root
        raise ValueError("a PDF without pages")
    return document


def set_limits(room: int) -> None:
    """What one stream may expand to, in this process: a reader's process reads one message."""
    limit = max(1, min(room, _LARGEST_LIMIT))
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=limit, run_length_max_memory=limit, png_max_memory=limit, tiff_max_memory=limit
    )


def decoded(stream: pikepdf.Stream, tools: Tools) -> bytes | None:
    """The octets of a stream; None where its filters are those of pictures, or it is broken.

    Raises FileTooLargeError where it expands to more than one file may, and BudgetSpentError.
    """
    names = filters(stream)
    if not names <= _UNPACKED:
        return None
    if not names.isdisjoint(_LZW) and _is_lzw_bomb(stream, tools.meter.room()):
        raise FileTooLargeError(_TOO_LARGE)
    try:
        content = stream.read_bytes()
    except (pikepdf.PdfError, ValueError) as error:  # ValueError: of a message that is no UTF-8
        if "memory limit" in str(error):
            raise FileTooLargeError(_TOO_LARGE) from None
        return None
    tools.meter.expand(len(content))
    return content


def filters(stream: pikepdf.Stream) -> frozenset[str]:
    """The names of a stream's filters; one that is no name counts as unknown."""
    value: Any = stream.get("/Filter")
    if value is None:
        return frozenset()
    names = list(value) if isinstance(value, pikepdf.Array) else [value]
    return frozenset(name_of(name) for name in names)


def name_of(value: Any) -> str:
    """The text of a name ("/Font"), "" for anything else. Names are octets; pikepdf fails where they are no UTF-8."""
    if not isinstance(value, pikepdf.Name):
        return ""
    try:
        return str(value)
    except UnicodeDecodeError:
        return value.unparse().decode("latin-1")


def may_be_bomb(stream: pikepdf.Stream, tools: Tools) -> bool:
    """Whether a stream that another library will decode could expand to more than one file may: asked of its stored
    size first, and only then by decoding."""
    names = filters(stream)
    if names.isdisjoint(_UNPACKED):
        return False
    several = isinstance(stream.get("/Filter"), pikepdf.Array) and len(names) > 1
    length: Any = stream.get("/Length")
    if (
        not several
        and names.isdisjoint(_LZW)
        and isinstance(length, int)
        and length * _FLATE_RATIO <= tools.meter.room()
    ):
        return False
    try:
        decoded(stream, tools)
    except FileTooLargeError:
        return True
    return False


def _is_lzw_bomb(stream: pikepdf.Stream, room: int) -> bool:
    octets = stream.read_raw_bytes()
    if len(octets) * _LZW_RATIO <= room:
        return False
    if isinstance(stream.get("/Filter"), pikepdf.Array) and len(filters(stream)) > 1:
        return True  # large, and packed twice: no program does that
    parameters: Any = stream.get("/DecodeParms")
    if isinstance(parameters, pikepdf.Array) and len(parameters):
        parameters = parameters[0]
    early = parameters.get("/EarlyChange", 1) if isinstance(parameters, pikepdf.Dictionary) else 1
    return _lzw_length(octets, room, early=bool(early)) > room


def _lzw_length(octets: bytes, limit: int, *, early: bool) -> int:
    """How many octets LZW data expands to (ISO 32000-2, 7.4.4), or a number above `limit`.

    Codes have 9 to 12 bits; an entry is as long as the one before it and one more.
    """
    lengths = [1] * 258
    total = previous = bits = held = 0
    width = 9
    for octet in octets:
        held = (held << 8) | octet
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = held >> bits
        held &= (1 << bits) - 1
        if code == 256:  # clear
            del lengths[258:]
            width, previous = 9, 0
            continue
        if code == 257 or total > limit:  # end of data
            break
        if previous:
            lengths.append(previous + 1)
        previous = lengths[code] if code < len(lengths) else 1
        total += previous
        width = min(12, max(9, (len(lengths) + early).bit_length()))
    return total
