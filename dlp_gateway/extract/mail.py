"""Header fields of every part, file names, and which node of a message is what."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Area, MimePart, Passage

# Values of pure syntax, each a word from a list or random octets made by a program; the file names
# and any other parameters of these fields are read below.
_SYNTAX = frozenset({"content-type", "content-disposition", "content-transfer-encoding", "mime-version"})
_SYNTAX_PARAMS = frozenset(
    {"boundary", "charset", "format", "delsp", "name", "filename", "type", "micalg", "protocol", "start", "method"}
)
_SUBJECTS = frozenset({"subject", "thread-topic"})


def header_passages(root: MimePart) -> Iterator[Passage]:
    """A passage for each header field of each part, in order. The message's own header is part "HEADER",
    that of a nested message "3.HEADER", that of an ordinary part "2.MIME" (RFC 9051, 6.4.5)."""
    yield from _of_node(root, "HEADER")


def _of_node(node: MimePart, part: str) -> Iterator[Passage]:
    for header in node.header:
        name = header.name.lower()
        if name in _SYNTAX or not header.text.strip():
            continue
        subject = name in _SUBJECTS and not part.endswith("MIME")
        yield Passage(
            part=part,
            place=name if name == "subject" else f"header {_shown(header.name)}",
            text=header.text,
            area=Area.SUBJECT if subject else Area.HEADER,
        )
    for name, value in node.params:
        if name not in _SYNTAX_PARAMS and value.strip():
            yield Passage(part=part, place="header Content-Type", text=value, area=Area.HEADER)
    yield from name_passages(node.path or "HEADER", node.filenames or filter(None, [node.filename]))
    for child in node.children:
        nested = node.media_type.startswith("message/")
        yield from _of_node(child, f"{node.path}.HEADER" if nested else f"{child.path}.MIME")


def name_passages(part: str, names: Iterator[str] | tuple[str, ...]) -> Iterator[Passage]:
    """The file names of a part: underscores and the like part words in names, so they are read as blanks too."""
    for name in names:
        yield Passage(part=part, place="file name", text=name, area=Area.FILE_NAME)


def nested_messages(root: MimePart) -> Iterator[MimePart]:
    """The nodes that are attached messages, in order."""
    for child in root.children:
        if root.media_type.startswith("message/"):
            yield root
        yield from nested_messages(child)


def _shown(name: str) -> str:
    """A field's name fit for a record: names are typed by the sender as well."""
    return name if len(name) <= 40 and name.isascii() and name.replace("-", "").isalnum() else "(unusual)"
