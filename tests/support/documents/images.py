"""Pictures with text in them, in every format that is read, and what stands in their properties."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont

LETTER = (
    "Exampleshire Council - Housing Benefit",
    "National Insurance number: QQ 12 34 56 C",
    "Name: Jane Example  Date of birth: 01/02/1980",
    "Address: 4 Mill Lane, Exampleton, EX1 2MP",
    "Sort code 12-34-56 Account 12345678",
)


def picture(
    lines: Sequence[str] = LETTER,
    *,
    size: tuple[int, int] = (1240, 500),
    letters: int = 28,
    ink: Any = "black",
    paper: Any = "white",
    mode: str = "RGB",
) -> Image.Image:
    """Lines of text; `letters` is their size in pixels."""
    drawn = Image.new(mode, size, paper)
    brush = ImageDraw.Draw(drawn)
    for number, line in enumerate(lines):
        font = ImageFont.load_default(letters)
        brush.text((max(4, letters), max(2, letters // 2) + number * letters * 1.7), line, font=font, fill=ink)
    return drawn


def page(dots_per_inch: int = 150, *, points: float = 10, times: int = 6) -> Image.Image:
    """A scanned A4 page."""
    size = (int(8.27 * dots_per_inch), int(11.69 * dots_per_inch))
    return picture(LETTER * times, size=size, letters=round(points * dots_per_inch / 72), mode="L", ink=0, paper=255)


def photograph(size: tuple[int, int], seed: int = 1) -> Image.Image:
    """Soft shapes and noise, no text: as a camera sees a hedge."""
    width, height = size[0] // 16 or 1, size[1] // 16 or 1
    small = Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(3 * width * height))
    return small.resize(size, Image.Resampling.BICUBIC)


def encoded(drawn: Image.Image, name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    if name == "PNG":
        options.setdefault("compress_level", 1)  # to press hard takes longer than all that a test is about
    drawn.save(out, name, **options)
    return out.getvalue()
