"""The texts of a disclaimer, and how an earlier copy of it is recognised."""

from __future__ import annotations

import html
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from ..errors import ConfigError, Fault
from .values import DisclaimerText

WIDTH = 72
MIN_MARKER = 20

_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2022": "*",
        "\u2026": "...",
        "\u00a0": " ",
        "\u00a3": "GBP ",
        "\u20ac": "EUR ",
        "\u00a9": "(c)",
    }
)
_ASCII_END = ".ascii.txt"
_TEMPLATE = re.compile(r"templates/(disclaimer(?:\.[^/]+)?)\.txt")
_TAG = re.compile(r"<[^<>]*>")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_BLANK_LINES = re.compile(r"\n[ \t]*\n")


def ascii_form(text: str) -> str:
    """The text in ASCII: typographic signs spelled out, accents taken off, the rest as "?"."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.encode("ascii", "replace").decode("ascii")


def fold(text: str) -> str:
    """Only letters and digits, in ASCII and lower case: the same before and after a reply has
    wrapped, quoted and re-encoded the text."""
    plain = text if text.isascii() else ascii_form(text)
    return _NOT_A_WORD.sub("", plain.lower())


def fold_html(document: str) -> str:
    return fold(html.unescape(_TAG.sub("", document)))


def html_label(name: str) -> str:
    """The attribute that our copy carries in HTML."""
    return f'data-dlp-gateway="{html.escape(name)}"'


def disclaimer_text_from(name: str, templates: Mapping[str, str], council: str = "the council") -> DisclaimerText:
    """The disclaimer that the change `name` adds ("disclaimer", "disclaimer:cy").

    `templates` maps names in the rules folder ("templates/disclaimer.txt", ".html") to their text;
    without an HTML form one is made of the paragraphs. The first paragraph is the marker. Raises
    ConfigError when the text is missing or too short to be recognised, or when the HTML form does
    not begin with the same words.
    """
    stem = "templates/" + name.replace(":", ".")
    source = templates.get(f"{stem}.txt", "").strip().replace("\r\n", "\n").replace("{council}", council)
    paragraphs = [" ".join(paragraph.split()) for paragraph in _BLANK_LINES.split(source)]
    marker = paragraphs[0]
    if len(fold(marker)) < MIN_MARKER:
        text = f"the first paragraph must have {MIN_MARKER} letters or more: an earlier copy is recognised by it"
        raise ConfigError([Fault(file=f"{stem}.txt", line=1, text=text)])
    body = templates.get(f"{stem}.html", "").strip().replace("{council}", html.escape(council))
    if not body:
        body = "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
    if fold(marker) not in fold_html(body):
        text = "must hold the first paragraph of the text form: an earlier copy is recognised by it"
        raise ConfigError([Fault(file=f"{stem}.html", text=text)])
    wrapped = _wrapped(paragraphs)
    references = _short_lines(body.encode("ascii", "xmlcharrefreplace").decode("ascii"))
    return DisclaimerText(
        name=name,
        text=wrapped,
        ascii_text=_ascii_text(stem, templates, council, marker) or ascii_form(wrapped),
        html=f"<div {html_label(name)}>{references}</div>",
        marker=marker,
    )


def _wrapped(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(textwrap.fill(p, WIDTH, break_on_hyphens=False) for p in paragraphs)


def _ascii_text(stem: str, templates: Mapping[str, str], council: str, marker: str) -> str | None:
    """The form for charsets that can't hold the text, where the council has written one."""
    file = f"{stem}{_ASCII_END}"
    if file not in templates:
        return None
    source = templates[file].strip().replace("\r\n", "\n").replace("{council}", ascii_form(council))
    if not source.isascii():
        raise ConfigError([Fault(file=file, text="holds letters beyond ASCII; spell them out")])
    if fold(marker) not in fold(source):
        text = "must hold the first paragraph of the text form: an earlier copy is recognised by it"
        raise ConfigError([Fault(file=file, text=text)])
    return _wrapped([" ".join(paragraph.split()) for paragraph in _BLANK_LINES.split(source)])


def disclaimer_texts(texts: Mapping[str, str], council: str = "the council") -> dict[str, DisclaimerText]:
    """All disclaimers among the files of a rules folder, by the change that adds them. Raises ConfigError
    with every fault."""
    found: dict[str, DisclaimerText] = {}
    faults: list[Fault] = []
    for name in disclaimer_names(texts):
        try:
            found[name] = disclaimer_text_from(name, texts, council)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return found


def disclaimer_names(texts: Iterable[str]) -> list[str]:
    """The changes that the templates among these files make possible: "disclaimer", "disclaimer:cy"."""
    matches = (_TEMPLATE.fullmatch(name) for name in sorted(texts) if not name.endswith(_ASCII_END))
    return [match[1].replace(".", ":") for match in matches if match is not None]


def _short_lines(document: str) -> str:
    """Lines far below 998 octets (RFC 5322, 2.1.1), broken at blanks, which HTML does not show."""
    lines = (textwrap.fill(line, 400, break_long_words=False, break_on_hyphens=False) for line in document.splitlines())
    return "\n".join(lines)
