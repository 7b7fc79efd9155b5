"""What must hold of everything that is read, whatever the octets are. Each check raises BrokenPromiseError."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path

import dlp_gateway
from dlp_gateway import model_json
from dlp_gateway.extract import Budget, Spent
from dlp_gateway.extract.source import Told
from dlp_gateway.model import Attachment, Gap, GapReason, MimePart, ParsedMessage, Passage

from .target import require

_BEYOND = (GapReason.TOO_LARGE, GapReason.TOO_DEEP)
_LONGEST_PLACE = 120
_MOST_GAPS = 100  # as many as are told of one file
_COVER = 8  # characters in a row that tell a word of ours from chance
_LONGEST_FOREIGN = 12


def check_told(told: Sequence[Told], spent: Spent, budget: Budget, part: str) -> None:
    """What reading one file told the outside."""
    for item in told:
        require(item.part == part or item.part.startswith(f"{part}/"), "an item speaks of this file or one inside")
        require(_is_unicode(item.part), "a part's name has no lone surrogate")
        if isinstance(item, Passage):
            check_passage(item)
        elif isinstance(item, Gap):
            check_gap(item)
        else:
            check_attachment(item)
    check_spent(told, spent, budget)


def check_passage(passage: Passage) -> None:
    require(bool(passage.text.strip()), "a passage holds text")
    require(_is_unicode(passage.text), "a passage has no lone surrogate")
    require(len(passage.place) <= _LONGEST_PLACE and passage.place.isprintable(), "a place is short and printable")
    require(_is_unicode(passage.place), "a place has no lone surrogate")
    require(passage.first_row >= 1 and passage.first_column >= 1, "a table begins at a cell")


def check_gap(gap: Gap) -> None:
    require(is_ours(gap.detail), "a gap is told in words of ours")


def check_attachment(attachment: Attachment) -> None:
    require(attachment.filename is None or _is_unicode(attachment.filename), "a file name has no lone surrogate")
    require(attachment.size_bytes >= 0, "a size is not negative")


def check_spent(told: Sequence[Told], spent: Spent, budget: Budget) -> None:
    """Nothing goes beyond the budget, but for the one step that ended the reading; and that is told as a gap."""
    texts = [item.text for item in told if isinstance(item, Passage)]
    require(sum(map(len, texts)) <= min(spent.text_chars, budget.text_chars), "all text told is counted")
    require(spent.expanded_bytes <= budget.message_bytes + budget.file_bytes, "octets beyond the budget are not made")
    counts = (
        (spent.expanded_bytes, budget.message_bytes),
        (spent.files, budget.files),
        (spent.pages, budget.pages),
        (spent.pictures, budget.pictures),
        (spent.cells, budget.cells),
        (spent.text_chars, budget.text_chars),
        (spent.tags, budget.tags),
    )
    if any(count > limit for count, limit in counts):
        gaps = [item for item in told if isinstance(item, Gap)]
        told_so = len(gaps) >= _MOST_GAPS or any(gap.reason in _BEYOND for gap in gaps)
        require(told_so, "a spent budget is told as a gap")


def check_written(values: Iterable[object]) -> None:
    """The values survive the way to another process."""
    for value in values:
        require(model_json.decode(type(value), model_json.encode(value)) == value, "a value is the same when read back")


def check_tree(octets: bytes, parsed: ParsedMessage) -> None:
    """Offsets stand within one another, fields slice back, and every leaf is a part."""
    leaves = set()
    stack = [parsed.root]
    while stack:
        node = stack.pop()
        check_node(octets, node)
        stack += node.children
        if not node.children:
            leaves.add(node.path)
    paths = [part.path for part in parsed.parts]
    require(len(set(paths)) == len(paths), "a path is given once")
    require(leaves <= set(paths), "every leaf is a part")
    for part in parsed.parts:
        require(all(_is_unicode(name) for name in part.filenames), "a file name has no lone surrogate")
    for gap in parsed.gaps:
        check_gap(gap)


def check_node(octets: bytes, node: MimePart) -> None:
    inside = 0 <= node.header_start <= node.body_start <= node.body_end <= len(octets)
    require(inside, "offsets of a part lie in the message")
    position = node.body_start
    for child in node.children:
        require(position <= child.header_start and child.body_end <= node.body_end, "parts follow one another")
        position = child.body_end
    for field in node.header:
        require(octets[field.start : field.end] == field.raw, "a header field slices back")
        require(_is_unicode(field.text), "a field's value has no lone surrogate")


def check_margins(octets: bytes, parsed: ParsedMessage) -> None:
    """What lies outside every leaf and header is a delimiter, blank, or shown as a margin, but beyond a limit."""
    if any(gap.reason in _BEYOND for gap in parsed.gaps):
        return
    shown = b"\n".join(part.octets for part in parsed.parts if part.path.endswith(("PREAMBLE", "EPILOGUE")))
    stack = [parsed.root]
    while stack:
        node = stack.pop()
        stack += node.children
        if not node.children or not node.media_type.startswith("multipart/"):
            continue
        last = node.children[-1].body_end
        for edge in (octets[node.body_start : node.first_delimiter], octets[last : node.body_end]):
            for line in edge.split(b"\n"):
                seen = not line.strip() or line.startswith(b"--") or line.strip() in shown
                require(seen, "text around the parts is shown")


@lru_cache(maxsize=4096)
def is_ours(detail: str) -> bool:
    """Whether words come from the source of the package, but for short pieces such as numbers.

    Stronger than looking for the input in them: what came out of a compressed file counts as well.
    """
    source = _strings_of_ours()
    covered = [False] * len(detail)
    for at in range(len(detail) - _COVER + 1):
        if detail[at : at + _COVER] in source:
            covered[at : at + _COVER] = [True] * _COVER
    if len(detail) < _COVER:
        return detail in source
    foreign = "".join(" " if known else "x" for known in covered)
    return all(len(run) < _LONGEST_FOREIGN for run in foreign.split())


@cache
def _strings_of_ours() -> str:
    found = []
    for path in Path(dlp_gateway.__file__).parent.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_bytes()))
        found += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return "\n".join(found)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
