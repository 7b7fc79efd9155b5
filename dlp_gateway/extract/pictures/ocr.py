"""The text in a picture, by a recognition program (`Tools.run`).

Figures were measured with Tesseract 5.3, `--psm 1`, one thread (`docs/coverage.md`): print of 6 points needs 150 dpi,
noisy print of 8 points gains up to 200, more only takes longer; small print on screens needs enlarging.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from ..source import Tools

PAGE_PIXELS = 4_500_000  # an A4 page at 215 dpi
DOTS_PER_INCH = 200
READ_FROM_PICTURE = "(read from a picture)"
"""The end of every place of recognised text: blanks in it mean little."""

_LONG_SIDE, _SHORT_SIDE, _ICON_SIDE = 60, 12, 64  # pixels
_SMALLEST_SHARE = 0.1  # starting the program costs that much of a page
_SPEAKS = re.compile(r"\w.*\w")


@dataclass(frozen=True, slots=True)
class Grey:
    """A picture of 8-bit grey pixels, row by row from the top, 0 is black."""

    width: int
    height: int
    pixels: bytes = field(repr=False)


def may_hold_text(width: int, height: int) -> bool:
    """False for icons, tracking pixels, rules and bullets: no line of legible text fits into so few pixels."""
    if width <= _ICON_SIDE and height <= _ICON_SIDE:
        return False
    return max(width, height) >= _LONG_SIDE and min(width, height) >= _SHORT_SIDE


def recognise(grey: Grey, tools: Tools) -> str:
    """The text of a picture, lines of marks without letters left out; the same picture is recognised once in a message.

    Raises BudgetSpentError and ProgramError.
    """
    digest = hashlib.sha256(b"%d " % grey.width + grey.pixels).digest()
    known = tools.pictures.get(digest)
    if known is not None:
        return known
    if grey.pixels.count(grey.pixels[:1]) == len(grey.pixels):  # all of one colour
        text = ""
    else:
        tools.meter.picture(max(_SMALLEST_SHARE, grey.width * grey.height / PAGE_PIXELS))
        answer = tools.run("ocr", b"P5\n%d %d\n255\n" % (grey.width, grey.height) + grey.pixels)
        text = "\n".join(line for line in answer.decode("utf-8", "replace").splitlines() if _SPEAKS.search(line))
    tools.pictures[digest] = text
    return text
