"""Header fields of every part, file names, and which node of a message is what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from ..model import Area, HeaderField, MimePart, Passage

# Fields of syntax, each word of which comes from a list: only what is not on it is read as text.
_SYNTAX = frozenset({"content-type", "content-disposition", "content-transfer-encoding", "mime-version"})
_CHARSET = (
    r"(?:us-)?ascii|utf-?(?:7|8|16|32)(?:[lb]e)?|iso-?8859-\d{1,2}(?:-[ei])?|iso-2022-[a-z]{2}|windows-125\d|koi8-[ru]"
)
_ORDINARY_WORD = re.compile(
    r"(?i)\s*(?:[a-z]{1,20}/[a-z]{1,20}(?:[.+-][a-z]{1,20}){0,8}|inline|attachment|form-data|7bit|8bit|binary|base64"
    r"|quoted-printable|1\.0)\s*(?=;|\Z)"
)
_ORDINARY_PARAM = re.compile(
    rf"(?i);\s*(?:charset=(?:\"(?:{_CHARSET})\"|(?:{_CHARSET}))|format=\"?(?:flowed|fixed)\"?|delsp=\"?(?:yes|no)\"?"
    r"|type=\"?[a-z]{1,20}/[a-z+-]{1,20}\"?|report-type=\"?[a-z-]{1,30}\"?|method=\"?[a-z]{1,20}\"?|size=\d{1,9}"
    r"|(?:file)?name(?:\*\d{0,3}\*?)?=(?:\"[^\"\\]*\"|[^\s\";]*))\s*(?=;|\Z)"
)
_SUBJECTS = frozenset({"subject", "thread-topic"})
_ADDRESSES = frozenset({"content-location", "content-base"})  # of the web, whose blanks are escapes
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_DIGITS = re.compile(r"\d")
_WITHOUT_SYNTAX = str.maketrans('<>@"', "    ")
_PARTED = str.maketrans("_+", "  ")
# More than host names and counts hold; no identifier has fewer.
_MANY_DIGITS = 4

UNDECODED = "header as written"
WORDS = "words of the header"


def header_passages(root: MimePart) -> Iterator[Passage]:
    """A passage for each header field of each part, in order. The message's own header is part "HEADER",
    that of a nested message "3.HEADER", that of an ordinary part "2.MIME" (RFC 9051, 6.4.5).

    Two more for a header in which there is something to them: fields with encoded words as they are written, since
    readers decode more or less of them; and words that only stand apart when quotes, escapes and the signs of
    addresses are taken away.
    """
    yield from _of_node(root, "HEADER")


def _of_node(node: MimePart, part: str) -> Iterator[Passage]:
    for header in node.header:
        name = header.name.lower()
        text = _unusual(header.text) if name in _SYNTAX else header.text.replace("\t", " ")
        if not text.strip():
            continue
        subject = name in _SUBJECTS and not part.endswith("MIME")
        yield Passage(
            part=part,
            place=name if name == "subject" else f"header {_shown(header.name)}",
            text=text,
            area=Area.SUBJECT if subject else Area.HEADER,
        )
    undecoded = "\n".join(_as_written(header) for header in node.header if b"=?" in header.raw)
    words = "\n".join(line for header in node.header for line in _words(header))
    for place, text in ((UNDECODED, undecoded), (WORDS, words)):
        if text:
            yield Passage(part=part, place=place, text=text, area=Area.HEADER)
    for name, value in node.params:
        # The extended form (RFC 2231) is decoded in `params` only.
        if name not in ("boundary", "charset", "name") and _PERCENT.search(_raw_type(node)) and value.strip():
            yield Passage(part=part, place="header Content-Type", text=value, area=Area.HEADER)
    yield from name_passages(node.path or "HEADER", node.filenames or filter(None, [node.filename]))
    for child in node.children:
        nested = node.media_type.startswith("message/")
        yield from _of_node(child, f"{node.path}.HEADER" if nested else f"{child.path}.MIME")


def _raw_type(node: MimePart) -> str:
    return next((header.text for header in node.header if header.name.lower() == "content-type"), "")


def _unusual(text: str) -> str:
    """What of a field of syntax is not an ordinary word or parameter: comments, boundaries, labels of the sender's own.
    File names are left out: they are read as such."""
    rest = _ORDINARY_PARAM.sub("", text)
    word = _ORDINARY_WORD.match(rest)
    return (rest[word.end() :] if word is not None else rest).strip(" ;")


def _as_written(header: HeaderField) -> str:
    """The value before any decoding, unfolded; without addresses, which are the same in both."""
    value = header.raw.partition(b":")[2].decode("utf-8", "replace")
    return " ".join(word for word in value.split() if "@" not in word)


def _words(header: HeaderField) -> Iterator[str]:
    """Other readings of a field: its name where that is no plain word, its value without quotes, escapes and the
    signs of addresses where that brings words together or apart."""
    if len(_DIGITS.findall(header.name)) >= _MANY_DIGITS:
        yield header.name
    text = header.text
    if "\\" in text or '" "' in text or _has_numbered_address(text):
        yield _ESCAPE.sub(r"\1", text).replace('" "', " ").translate(_WITHOUT_SYNTAX)
    name = header.name.lower()
    address = text if name in _ADDRESSES else _unusual(text) if name in _SYNTAX and "%" in text else ""
    if _PERCENT.search(address):
        yield unquote(address)


def _has_numbered_address(text: str) -> bool:
    """Whether the left side of an address or identifier holds digits: it is a word of its own then."""
    return "@" in text and any(
        len(_DIGITS.findall(word.partition("@")[0])) >= _MANY_DIGITS for word in text.split() if "@" in word
    )


def name_passages(part: str, names: Iterable[str]) -> Iterator[Passage]:
    """The file names of a part. Underscores and plus signs part the words of names, so they are read as blanks too, and
    the escapes of web addresses as what they stand for."""
    for name in names:
        yield Passage(part=part, place="file name", text=name, area=Area.FILE_NAME)
        parted = (unquote(name) if _PERCENT.search(name) else name).translate(_PARTED)
        if parted != name:
            yield Passage(part=part, place="words of the file name", text=parted, area=Area.FILE_NAME)


def nested_messages(root: MimePart) -> Iterator[MimePart]:
    """The nodes that are attached messages, in order."""
    for child in root.children:
        if root.media_type.startswith("message/"):
            yield root
        yield from nested_messages(child)


def _shown(name: str) -> str:
    """A field's name fit for a record: names are typed by the sender as well."""
    plain = name.replace("-", "").replace("_", "")  # "msip_labels" is how Outlook writes it
    return name if len(name) <= 40 and name.isascii() and plain.isalnum() else "(unusual)"
