"""What a style does to text: hides it, sets it in another order, or lets it stand in a line of its own.

Only what decides whether and in which order people see text is read of CSS. What can't be judged without laying
the page out (selectors that count, positions, masks) leaves the text shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

Colour = tuple[int, int, int]
Declarations = dict[str, tuple[str, bool]]
"""Property to its value in lower case and whether it is important; the last one that counts."""

# Semicolons inside quotes and brackets part nothing. Each alternative takes what it began, so that this is linear.
_DECLARATION = re.compile(r"(?:[^;\"'()]++|\"[^\"]*+\"?|'[^']*+'?|\([^)]*+\)?|\))++")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\r\n\f]?|([^\r\n\f0-9a-fA-F]))")
_READ = frozenset(
    (
        *("display", "visibility", "font-size", "font", "opacity", "mso-hide", "color", "-webkit-text-fill-color"),
        *("background", "background-color", "background-image", "height", "max-height", "width", "max-width"),
        *("overflow", "overflow-x", "overflow-y", "position", "left", "top", "right", "bottom", "text-indent"),
        *("margin-left", "margin-top", "margin", "clip", "clip-path", "transform", "scale", "content-visibility"),
        *("flex-direction", "flex-flow", "direction", "unicode-bidi", "float", "white-space", "text-transform"),
        *("zoom", "filter"),
    )
)
_HIDING = frozenset(
    (
        *("display", "mso-hide", "content-visibility", "opacity", "transform", "scale", "zoom", "filter", "position"),
        *("overflow", "overflow-x", "overflow-y", "text-indent", "margin-left", "margin-top", "clip-path"),
    )
)
_LENGTH = re.compile(r"([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(px|pt|em|rem|ex|ch|%|in|cm|mm|pc|q|vw|vh)?")
_PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "in": 96.0, "cm": 37.8, "mm": 3.78, "pc": 16.0, "q": 0.945}
_PIXELS |= {"em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "vw": 10.0, "vh": 8.0}
_RELATIVE = frozenset(("em", "ex", "ch", "%", "larger", "smaller", "inherit"))
_FONT_SIZE = re.compile(r"(?:^|\s)((?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(?:px|pt|em|rem|ex|%|in|cm|mm|pc)?)(?=[\s/]|$)")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+([0-9.]{1,9})(%?))?\s*\)")
_NOTHING = re.compile(r"^0(?:\.0*)?%?$|(?:scale|opacity)\(\s*0(?:\.0*)?%?\s*[,)]|opacity\s*=\s*0\s*\)")
_COLOURS: dict[str, Colour] = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "lime": (0, 255, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "yellow": (255, 255, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "maroon": (128, 0, 0),
    "purple": (128, 0, 128),
    "teal": (0, 128, 128),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255),
    "floralwhite": (255, 250, 240),
    "mintcream": (245, 255, 250),
    "azure": (240, 255, 255),
}
_ALIKE = 16  # of 255, in each channel: people can't read it
_UNSEEN_PIXELS = 1.0
_FAR_PIXELS = -500.0
_BLOCKS = frozenset(("block", "flex", "grid", "list-item", "flow-root", "table-row", "table"))
_IN_LINE = frozenset(("inline", "inline-flex", "inline-block", "inline-table", "inline-grid", "contents", "ruby"))
# Text in the colour of nothing. No colour has this value.
_CLEAR: Colour = (-1, -1, -1)


@dataclass(slots=True, kw_only=True, eq=False)  # not frozen, which would cost a page of many styles half its time
class Style:
    """What the styles of one element say, never changed. None: nothing, so that it is as around the element."""

    gone: bool = False  # with all that is in it, whatever that says
    doubtful: bool = False  # hidden only on some screens, or by a rule that may not mean this element
    tiny: bool | None = None
    unseen: bool | None = None  # `visibility`
    colour: Colour | None = None
    background: Colour | None = None
    painted: bool = False  # has a background that is no plain colour
    display: str = ""  # "block", "line", "cell" or ""
    reverse: bool = False  # items in the reverse order
    right_to_left: bool | None = None
    overrides: bool = False  # characters in the order of `right_to_left`, whatever they are
    floats_right: bool = False
    keeps_lines: bool = False
    capitals: bool = False
    before: str = ""  # text that the style puts in
    after: str = ""

    @property
    def sets_out(self) -> bool:
        """Whether it does more than change the look of the text."""
        return bool(
            self.display
            or self.reverse
            or self.right_to_left is not None
            or self.overrides
            or self.floats_right
            or self.keeps_lines
            or self.capitals
            or self.before
            or self.after
        )


PLAIN = Style()


class Look(NamedTuple):
    """How text looks at one place, by all the elements around it."""

    gone: bool = False
    doubtful: bool = False
    tiny: bool = False
    unseen: bool = False
    colour: Colour = (0, 0, 0)
    background: Colour | None = (255, 255, 255)  # None: a picture, or unknown
    right_to_left: bool = False

    @property
    def hidden(self) -> bool:
        return self.gone or self.tiny or self.unseen or self.colour == _CLEAR or _alike(self.colour, self.background)

    def under(self, style: Style) -> Look:
        """The look inside an element of that style, which stands at this place."""
        background = None if style.painted else self.background
        return Look(
            gone=self.gone or style.gone,
            doubtful=self.doubtful or style.doubtful,
            tiny=self.tiny if style.tiny is None else style.tiny,
            unseen=self.unseen if style.unseen is None else style.unseen,
            colour=self.colour if style.colour is None else style.colour,
            background=background if style.background is None else style.background,
            right_to_left=self.right_to_left if style.right_to_left is None else style.right_to_left,
        )


def declarations(text: str) -> Declarations:
    """The declarations in a style attribute or the body of a rule that are read here (CSS Syntax 3, 5.4.4)."""
    if "\\" in text or "/*" in text:
        text = unescape(_COMMENT.sub("", text))
    found: Declarations = {}
    for piece in parts(text):
        name, _, value = piece.partition(":")
        name = name.strip().lower()
        if name not in _READ:
            continue
        value, important, _ = value.lower().partition("!")
        if important or name not in found or not found[name][1]:
            found[name] = (value.strip(), bool(important))
    return found


def parts(text: str) -> list[str]:
    """Declarations as they are written."""
    plain = '"' not in text and "'" not in text and "(" not in text
    return text.split(";") if plain else _DECLARATION.findall(text)


def put_over(found: Declarations, others: Declarations) -> None:
    """Put declarations over those found so far, but for important ones under one that is not."""
    for name, declared in others.items():
        if declared[1] or name not in found or not found[name][1]:
            found[name] = declared


def unescape(text: str) -> str:
    """The text with CSS escapes resolved (CSS Syntax 3, 4.3.7)."""
    return _ESCAPE.sub(_escaped, text) if "\\" in text else text


def _escaped(match: re.Match[str]) -> str:
    if match[2] is not None:
        return match[2]
    number = int(match[1], 16)
    return chr(number) if 0 < number < 0xD800 or 0xDFFF < number < 0x110000 else "\ufffd"


def style_of(found: Declarations, *, doubtful: bool = False, before: str = "", after: str = "") -> Style:
    """The style that declarations make."""
    if not found and not (doubtful or before or after):
        return PLAIN
    said = {name: value for name, (value, _) in found.items()}
    background, painted = _background(said)
    order = said.get("flex-direction", "") + " " + said.get("flex-flow", "")
    colour = said.get("-webkit-text-fill-color", said.get("color"))
    return Style(
        gone=_is_gone(said) and not doubtful,
        doubtful=doubtful,
        tiny=None if doubtful else _is_tiny(said),
        unseen={"hidden": True, "collapse": True, "visible": False}.get(said.get("visibility", "")) and not doubtful,
        colour=parse_colour(colour) if colour else None,
        background=background,
        painted=painted,
        display=_display(said),
        reverse="reverse" in order,
        right_to_left={"rtl": True, "ltr": False}.get(said.get("direction", "")),
        overrides="override" in said.get("unicode-bidi", ""),
        floats_right=said.get("float") == "right",
        keeps_lines=said.get("white-space", "").startswith(("pre", "break")),
        capitals=said.get("text-transform") == "uppercase",
        before=before,
        after=after,
    )


def hides(found: Declarations) -> bool:
    """Whether declarations hide text for certain."""
    said = {name: value for name, (value, _) in found.items()}
    return _is_gone(said) or bool(_is_tiny(said)) or said.get("visibility") in ("hidden", "collapse")


def _is_gone(said: Mapping[str, str]) -> bool:
    if said.keys().isdisjoint(_HIDING):
        return False
    get = said.get
    if get("display") == "none" or get("mso-hide") == "all" or get("content-visibility") == "hidden":
        return True
    if "opacity" in said and _number(said["opacity"], 1.0) < 0.05:
        return True
    if any(_NOTHING.search(said[name]) for name in ("transform", "scale", "zoom", "filter") if name in said):
        return True
    if any(get(name) in ("hidden", "clip") for name in ("overflow", "overflow-x", "overflow-y")) and any(
        name in said and _pixels(said[name], 100.0) <= _UNSEEN_PIXELS
        for name in ("height", "max-height", "width", "max-width")
    ):
        return True
    if get("position") in ("absolute", "fixed"):
        cut = get("clip", "").replace(" ", "").replace(",", "").replace("px", "").replace("auto", "")
        if cut in ("rect(0000)", "rect(1111)") or "inset(50%" in get("clip-path", "") + get("clip", ""):
            return True
        if any(_pixels(get(name, ""), 0.0) <= _FAR_PIXELS for name in ("left", "top", "right", "bottom")):
            return True
    moved = ("text-indent", "margin-left", "margin-top")
    return any(_pixels(get(name, ""), 0.0) <= _FAR_PIXELS for name in moved) or "inset(100%" in get("clip-path", "")


def _is_tiny(said: Mapping[str, str]) -> bool | None:
    """Whether letters are too small to be seen; None where that is as around the element."""
    size = said.get("font-size")
    if size is None:
        match = _FONT_SIZE.search(said.get("font", ""))
        size = match[1] if match else None
    if not size:
        return None
    match = _LENGTH.match(size)
    if match is None:
        return None if size in _RELATIVE else False
    unit = match[2] or ""
    if unit == "%":
        return True if float(match[1]) <= 10 else None
    tiny = float(match[1]) * _PIXELS[unit] <= _PIXELS["pt"] + 0.01
    return True if tiny else None if unit in _RELATIVE else False


def _display(said: Mapping[str, str]) -> str:
    display = said.get("display", "")
    if display == "table-cell":
        return "cell"
    if said.get("float") in ("left", "right") or (display == "inline-block" and "width" in said):
        return "cell"  # beside what follows, but apart from it
    return "block" if display in _BLOCKS else "line" if display in _IN_LINE else ""


def _background(said: Mapping[str, str]) -> tuple[Colour | None, bool]:
    """The plain colour behind the text, and whether there is something else behind it."""
    if said.keys().isdisjoint(("background", "background-color", "background-image")):
        return None, False
    value = said.get("background-color") or said.get("background") or ""
    image = said.get("background-image", "") + said.get("background", "")
    if "url(" in image or "gradient(" in image:
        return None, True
    if not value or value in ("none", "transparent", "inherit", "initial", "unset"):
        return None, False
    colour = parse_colour(value) or parse_colour(value.split(None, 1)[0])
    return (None, False) if colour == _CLEAR else (colour, colour is None)


def parse_colour(value: str) -> Colour | None:
    """A colour in hexadecimal digits, as rgb() or by a common name, in lower case; None for any other."""
    value = value.strip()
    if value in _COLOURS:
        return _COLOURS[value]
    digits = value.removeprefix("#")
    if len(digits) in (3, 4, 6, 8) and all(c in "0123456789abcdef" for c in digits):
        if len(digits) < 5:
            digits = "".join(c + c for c in digits)
        if digits[6:] == "00":
            return _CLEAR
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    if value == "transparent":
        return _CLEAR
    match = _RGB.fullmatch(value)
    if match is None:
        return None
    if match[4] is not None and _number(match[4], 1.0) < 0.05:
        return _CLEAR
    return min(int(match[1]), 255), min(int(match[2]), 255), min(int(match[3]), 255)


def _alike(colour: Colour, background: Colour | None) -> bool:
    return background is not None and all(abs(a - b) <= _ALIKE for a, b in zip(colour, background, strict=True))


def _number(text: str, otherwise: float) -> float:
    match = _LENGTH.match(text)
    if match is None:
        return otherwise
    return float(match[1]) / (100 if match[2] == "%" else 1)


def _pixels(text: str, otherwise: float) -> float:
    match = _LENGTH.match(text)
    if match is None or match[2] == "%":
        return otherwise if match is None or float(match[1]) else 0.0
    return float(match[1]) * _PIXELS[match[2] or ""]
