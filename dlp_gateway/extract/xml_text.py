"""Words of any XML part: its text, and the attributes that a person may have typed into."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from . import xml
from .budget import Meter

# Names whose end parts nothing: runs of one word, and what stands inside runs.
_INLINE = frozenset(
    (
        *("r", "t", "span", "tspan", "a", "s", "b", "i", "u", "em", "strong", "sub", "sup", "font", "rich", "is"),
        *("rPr", "noProof", "proofErr", "bookmarkStart", "bookmarkEnd", "latin", "ea", "cs", "solidFill", "srgbClr"),
    )
)
# Attributes that hold what somebody typed, in any of the vocabularies.
_TYPED = frozenset(
    (
        *("descr", "title", "alt", "displayText", "tooltip", "prompt", "promptTitle", "error", "errorTitle", "text"),
        *("alias", "connection", "command", "desc", "string-value", "description", "author", "caption", "comment"),
        *("userId", "displayName", "initials", "string", "href", "sourceFile", "odcFile", "refreshedBy", "userName"),
        *("help", "statusText", "customMenu", "shortcutKey", "UnicodeString", "formula", "fmlaMacro", "macro"),
        *("name", "label", "url", "value", "v", "n", "uniqueName", "codeName", "totalsRowLabel", "headerRowCellStyle"),
        *("query", "user", "login", "server", "ed", "person", "providerId", "dataCaption", "rowHeaderCaption"),
    )
)
# Attributes that programs write: blanks and signs in them are syntax.
_TECHNICAL = frozenset(
    (
        *(
            "style",
            "eqn",
            "path",
            "fmla",
            "sqref",
            "spans",
            "Ignorable",
            "ProcessContent",
            "MustUnderstand",
            "typeface",
        ),
        *("panose", "coordsize", "coordorigin", "points", "adj", "connectlocs", "connectangles", "textboxrect", "limo"),
        *("schemaLocation", "ascii", "hAnsi", "cs", "eastAsia", "font", "ref", "r", "d", "Requires", "uri", "Type"),
        *("viewBox", "transform", "class", "id", "activeCell", "formatCode", "stroke-dasharray", "choose", "Target"),
        *("ContentType", "PartName", "fill", "stroke", "strokecolor", "fillcolor", "values", "keyTimes", "by", "rect"),
    )
)
_LETTERS = re.compile(r"[^\W\d_]+")
_SWITCHES = frozenset(("true", "false", "none", "auto"))
# Digests, keys and pictures in base64: octets, not text.
_OCTETS = frozenset(
    (
        *("DigestValue", "SignatureValue", "X509Certificate", "EncapsulatedTimeStamp", "EncapsulatedX509Certificate"),
        *(
            "EncapsulatedOCSPValue",
            "EncapsulatedCRLValue",
            "Modulus",
            "binData",
            "fldData",
            "SignatureImage",
            "DataMashup",
        ),
    )
)


def is_typed(name: str, value: str) -> bool:
    """Whether somebody may have typed an attribute's value: a name known to hold words, or a value that has
    the form of some."""
    if name in _TYPED:
        return bool(value) and not value.isspace() and (not value.isdigit() or len(value) > 5)
    if " " not in value and "@" not in value:
        return False
    return name not in _TECHNICAL and any(word[0].lower() not in _SWITCHES for word in _LETTERS.finditer(value))


class Texts:
    """All text of a document, one line an element but for runs; below it the attributes that hold words
    (`every_attribute`: all of them, as in data of a vocabulary that is not known)."""

    def __init__(self, *, every_attribute: bool = False) -> None:
        self.pieces: list[str] = []
        self.attributes: dict[str, None] = {}
        self._every = every_attribute
        self._skipped = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name not in _INLINE:
            self.pieces.append("\n")
        if self._skipped or name in _OCTETS:
            self._skipped += 1
        for key, value in attributes.items():
            if value and (is_typed(key, value) or (self._every and not value.isspace())):
                self.attributes[value] = None

    def end(self, name: str) -> None:
        self._skipped -= bool(self._skipped)
        if name not in _INLINE:
            self.pieces.append("\n")

    def data(self, text: str) -> None:
        if not self._skipped:
            self.pieces.append(text)

    @property
    def text(self) -> str:
        return lines("".join(self.pieces), "\n".join(self.attributes))


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """A string of SpreadsheetML, which writes characters that XML can't hold, and any other it likes, as _x0041_
    (ECMA-376, part 1: 22.9.2.19)."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


def lines(*texts: str) -> str:
    """The texts below one another, without empty lines."""
    stripped = (line.strip() for text in texts for line in text.split("\n"))
    return "\n".join(line for line in stripped if line)


def distinct(texts: Iterable[str]) -> str:
    """Each text once, one a line."""
    return "\n".join(dict.fromkeys(text for text in texts if text and not text.isspace()))


def text_of(octets: bytes, meter: Meter, *, every_attribute: bool = False) -> tuple[str, xml.Fault | None]:
    """The text of any XML document, and what was wrong with it."""
    texts = Texts(every_attribute=every_attribute)
    fault = xml.parse(octets, texts, meter)
    return texts.text, fault
